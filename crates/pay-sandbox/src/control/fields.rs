//! Reads control-plane JSON field by field, so that every complaint names the field.

use crate::Error;
use serde_json::{Map, Value};
use std::time::Duration;

/// A JSON object whose fields are taken out one by one; `finish` refuses what is left.
#[derive(Debug)]
pub(crate) struct Fields {
    at: String,
    map: Map<String, Value>,
}

impl Fields {
    /// Opens an object; `at` is the path of the field that holds it, empty for the body itself.
    pub(crate) fn new(value: Value, at: &str) -> Result<Self, Error> {
        match value {
            Value::Object(map) => Ok(Self { at: at.to_owned(), map }),
            _ => Err(Error::invalid(if at.is_empty() { "body" } else { at }, "must be a JSON object")),
        }
    }

    /// The full path of a field.
    pub(crate) fn path(&self, name: &str) -> String {
        if self.at.is_empty() { name.to_owned() } else { format!("{}.{name}", self.at) }
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.map.contains_key(name)
    }

    /// Takes a field out; JSON null counts as absent.
    pub(crate) fn take(&mut self, name: &str) -> Option<Value> {
        self.map.remove(name).filter(|value| !value.is_null())
    }

    pub(crate) fn text(&mut self, name: &str) -> Result<Option<String>, Error> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.wrong(name, "must be a text")),
        }
    }

    pub(crate) fn number(&mut self, name: &str, max: u64) -> Result<Option<u64>, Error> {
        let Some(value) = self.take(name) else {
            return Ok(None);
        };
        match value.as_u64() {
            Some(number) if number <= max => Ok(Some(number)),
            _ => Err(self.wrong(name, &format!("must be a whole number from 0 to {max}"))),
        }
    }

    pub(crate) fn seconds(&mut self, name: &str) -> Result<Option<Duration>, Error> {
        let Some(value) = self.take(name) else {
            return Ok(None);
        };
        let seconds = value.as_f64();
        match seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()) {
            Some(time) if time <= crate::clock::FARTHEST => Ok(Some(time)),
            _ => Err(self.wrong(name, "must be a number of seconds from 0 to a hundred years")),
        }
    }

    pub(crate) fn list(&mut self, name: &str) -> Result<Option<Vec<Value>>, Error> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Array(list)) => Ok(Some(list)),
            Some(_) => Err(self.wrong(name, "must be a list")),
        }
    }

    /// Every field, with its value as it is.
    pub(crate) fn into_entries(self) -> impl Iterator<Item = (String, Value)> {
        self.map.into_iter()
    }

    /// Every field that was not taken yet, as texts.
    pub(crate) fn texts(self) -> Result<Vec<(String, String)>, Error> {
        let at = self.at;
        self.map
            .into_iter()
            .map(|(name, value)| match value {
                Value::String(text) => Ok((name, text)),
                _ => Err(Error::invalid(format!("{at}.{name}"), "must be a text")),
            })
            .collect()
    }

    pub(crate) fn required<T>(&self, name: &str, value: Option<T>) -> Result<T, Error> {
        value.ok_or_else(|| self.wrong(name, "is required"))
    }

    pub(crate) fn wrong(&self, name: &str, message: &str) -> Error {
        Error::invalid(self.path(name), message)
    }

    /// Refuses fields that nobody asked for.
    pub(crate) fn finish(self) -> Result<(), Error> {
        match self.map.keys().next() {
            Some(name) => Err(Error::invalid(self.path(name), "unknown field")),
            None => Ok(()),
        }
    }
}

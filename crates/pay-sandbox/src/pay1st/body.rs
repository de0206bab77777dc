//! Request bodies whose values stay the text that was sent: amounts never pass through floating point.

use super::answers::Refusal;
use crate::schema;
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// A JSON object.
#[derive(Default)]
pub(super) struct Object(BTreeMap<String, Box<RawValue>>);

impl Object {
    /// Reads an object; `None`: it is none.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        serde_json::from_slice(text).map(Self).ok()
    }

    /// The members as a value to validate: only that, since numbers in it are floats.
    pub(super) fn value(&self) -> Result<Value, Refusal> {
        let present = self.0.iter().filter(|(_, value)| value.get() != "null");
        let members = present.map(|(name, value)| {
            let value = schema::readable(value.get()).ok_or_else(|| missing(name))?;
            Ok((name.clone(), value))
        });
        members.collect::<Result<_, _>>().map(Value::Object)
    }

    /// The member's JSON text; null counts as absent.
    pub(super) fn raw(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|value| value.get()).filter(|text| *text != "null")
    }

    /// The member, if it is a text that is not empty.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        let text: String = serde_json::from_str(self.raw(name)?).ok()?;
        (!text.is_empty()).then_some(text)
    }

    /// The member, which must be such a text.
    pub(super) fn required(&self, name: &str) -> Result<String, Refusal> {
        self.text(name).ok_or_else(|| missing(name))
    }

    /// The member, which may be left out but must be a text where it is there.
    pub(super) fn optional(&self, name: &str) -> Result<Option<String>, Refusal> {
        match self.raw(name) {
            None => Ok(None),
            Some(text) => serde_json::from_str(text).map_err(|_| missing(name)),
        }
    }

    /// The objects of a list.
    pub(super) fn objects(&self, name: &str) -> Result<Vec<Self>, Refusal> {
        let text = self.raw(name).ok_or_else(|| missing(name))?;
        let items: Vec<BTreeMap<String, Box<RawValue>>> = serde_json::from_str(text).map_err(|_| missing(name))?;
        Ok(items.into_iter().map(Self).collect())
    }
}

/// A member that is not there or not what it should be.
pub(super) fn missing(name: &str) -> Refusal {
    Refusal::bad(format!("{name} is missing or not of its type"))
}

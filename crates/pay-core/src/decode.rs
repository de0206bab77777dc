//! Reading replies: typed JSON whose errors name the place and never the value.

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::fmt;

/// Where and how a reply does not parse. Holds no value of the reply: it may be a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError {
    path: String,
    problem: &'static str,
}

impl DecodeError {
    /// A problem at a JSON path, such as `receipt.amount`.
    pub fn new(path: impl Into<String>, problem: &'static str) -> Self {
        Self { path: path.into(), problem }
    }

    /// The JSON path.
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() || self.path == "." {
            f.write_str(self.problem)
        } else {
            write!(f, "at {}: {}", self.path, self.problem)
        }
    }
}

impl std::error::Error for DecodeError {}

/// Reads JSON into `T`.
///
/// # Errors
/// Names the JSON path of the first thing that does not fit.
pub fn json<T: DeserializeOwned>(body: &[u8]) -> Result<T, DecodeError> {
    // The path is looked for only when it is needed: following it costs time on every field.
    serde_json::from_slice(body).map_err(|error| explain::<T>(body, &error))
}

#[cold]
fn explain<T: DeserializeOwned>(body: &[u8], first: &serde_json::Error) -> DecodeError {
    let problem = match first.classify() {
        serde_json::error::Category::Data => "a member is missing or of another type",
        serde_json::error::Category::Eof => "the JSON ends too early",
        serde_json::error::Category::Syntax | serde_json::error::Category::Io => "not JSON",
    };
    let mut reader = serde_json::Deserializer::from_slice(body);
    let path = match serde_path_to_error::deserialize::<_, T>(&mut reader) {
        Ok(_) => String::new(),
        Err(error) => error.path().to_string(),
    };
    DecodeError::new(path, problem)
}

/// All members of a JSON object as raw text: what a typed model does not name is still there.
///
/// # Errors
/// Where the text is not a JSON object.
pub fn members(body: &[u8]) -> Result<BTreeMap<String, Box<RawValue>>, DecodeError> {
    // Lists are common answers, and a judge looks for an envelope in each: finding out where it fails costs more than reading one.
    if body.trim_ascii_start().starts_with(b"[") {
        return Err(DecodeError::new("", "a list, not an object"));
    }
    json(body)
}

/// `#[serde(deserialize_with = "pay_core::decode::lenient", default)]`: a member that documents contradict each other on; what is of
/// another type than the model's is left out, and stays in the raw body.
///
/// # Errors
/// Only where the text is not JSON at all.
pub fn lenient<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<Option<T>, D::Error> {
    let raw = Box::<RawValue>::deserialize(deserializer)?;
    Ok(serde_json::from_str(raw.get()).ok())
}

/// Text that a provider sends now as a string, now as a number: `"0"` and `0` are both `0`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LooseText(String);

impl LooseText {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, owned.
    pub fn into_string(self) -> String {
        self.0
    }
}

impl Serialize for LooseText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for LooseText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let text = raw.get();
        match text.as_bytes().first() {
            Some(b'"') => serde_json::from_str(text).map(Self).map_err(D::Error::custom),
            Some(b'-' | b'0'..=b'9') => Ok(Self(text.to_owned())),
            _ => Err(D::Error::custom("neither text nor a number")),
        }
    }
}

/// An id that is a number here and a string there; it is sent back in the form in which it came.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Id {
    /// Came as a JSON number.
    Number(u64),
    /// Came as a JSON string.
    Text(String),
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => f.write_str(text),
        }
    }
}

impl From<u64> for Id {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl From<&str> for Id {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Id {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Number(number) => serializer.serialize_u64(*number),
            Self::Text(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        match serde_json::from_str::<u64>(raw.get()) {
            Ok(number) => Ok(Self::Number(number)),
            Err(_) => serde_json::from_str(raw.get()).map(Self::Text).map_err(D::Error::custom),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Deserialize, Debug)]
    #[allow(dead_code)]
    struct Outer {
        inner: Vec<Inner>,
    }

    #[derive(Deserialize, Debug)]
    #[allow(dead_code)]
    struct Inner {
        amount: crate::Amount,
        state: u8,
    }

    #[test]
    fn errors_name_the_path_and_never_the_value() {
        let error = json::<Outer>(br#"{"inner":[{"amount":1,"state":"PIN-4711"}]}"#).unwrap_err();
        assert_eq!(error.path(), "inner[0].state");
        let error = json::<Outer>(br#"{"inner":[{"amount":"PIN-4711","state":1}]}"#).unwrap_err();
        assert_eq!(error.path(), "inner[0].amount");
        assert!(!format!("{error}{error:?}").contains("4711"));
        assert_eq!(json::<Outer>(b"<html>").unwrap_err().to_string(), "not JSON");
        assert_eq!(json::<Outer>(b"{\"inner\":[").unwrap_err().problem, "the JSON ends too early");
    }

    #[test]
    fn loose_text_and_ids_take_both_forms() {
        assert_eq!(json::<LooseText>(b"0").unwrap(), json::<LooseText>(b"\"0\"").unwrap());
        assert!(json::<LooseText>(b"true").is_err());
        for text in ["21450", "\"P9X8Y7\"", "\"0012\""] {
            let id: Id = json(text.as_bytes()).unwrap();
            assert_eq!(serde_json::to_string(&id).unwrap(), text);
        }
    }

    proptest! {
        #[test]
        fn an_id_is_sent_back_as_it_came(number: u64, text in "\\PC*") {
            let quoted = serde_json::to_string(&text).unwrap();
            for (json, shown) in [(number.to_string(), number.to_string()), (quoted, text.clone())] {
                let id: Id = serde_json::from_str(&json).unwrap();
                prop_assert_eq!(serde_json::to_string(&id).unwrap(), json);
                prop_assert_eq!(id.to_string(), shown);
            }
        }

        #[test]
        fn loose_text_keeps_every_digit_and_letter(number in "-?(0|[1-9][0-9]{0,30})([.][0-9]{1,9})?", text in "\\PC*") {
            let read = |json: &str| serde_json::from_str::<LooseText>(json).unwrap().into_string();
            prop_assert_eq!(read(&number), number.as_str());
            prop_assert_eq!(read(&serde_json::to_string(&number).unwrap()), number.as_str());
            prop_assert_eq!(read(&serde_json::to_string(&text).unwrap()), text);
        }
    }
}

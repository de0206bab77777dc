//! A small ordered JSON value whose money is raw text, so that no amount passes through floating point.

use serde::ser::{Error as _, SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

/// A JSON value to be written; objects keep the order in which the provider's documents show their fields.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    Null,
    Bool(bool),
    Int(i64),
    /// A number given as its exact text, e.g. `30.0000`.
    Number(String),
    Text(String),
    List(Vec<Node>),
    Object(Vec<(&'static str, Node)>),
}

impl Node {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// The value as bytes, ready to be sent.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        // Writing fails only for a `Number` that is no number; every caller builds those from integers.
        serde_json::to_vec(self).unwrap_or_else(|_| b"null".to_vec())
    }
}

impl From<&str> for Node {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Int(value) => serializer.serialize_i64(*value),
            Self::Number(text) => RawValue::from_string(text.clone()).map_err(S::Error::custom)?.serialize(serializer),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(item)?;
                }
                list.end()
            }
            Self::Object(fields) => {
                let mut object = serializer.serialize_map(Some(fields.len()))?;
                for (name, value) in fields {
                    object.serialize_entry(name, value)?;
                }
                object.end()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_order_and_the_text_of_numbers() {
        let node = Node::Object(vec![
            ("z", Node::Number("30.0000".to_owned())),
            ("a", Node::List(vec![Node::Int(1), Node::Null, "x\"y".into()])),
        ]);
        assert_eq!(String::from_utf8(node.to_bytes()).unwrap(), r#"{"z":30.0000,"a":[1,null,"x\"y"]}"#);
    }
}

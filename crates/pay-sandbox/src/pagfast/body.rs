//! Request bodies whose values stay the text that was sent: amounts never pass through floating point.

use crate::schema;
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::fmt;

/// The text of a JSON object.
#[derive(Default)]
pub(super) struct Body(String);

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Body(..)")
    }
}

type Members = BTreeMap<String, Box<RawValue>>;

impl Body {
    /// Reads an object; `None`: it is none.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?;
        serde_json::from_str::<Members>(text).ok()?;
        Some(Self(text.to_owned()))
    }

    /// The whole as a value to validate: only that, since numbers in it are floats.
    pub(super) fn value(&self) -> Option<Value> {
        schema::readable(&self.0)
    }

    /// The JSON text of what stands at a pointer such as `/payment/value`; null counts as absent.
    pub(super) fn raw(&self, pointer: &str) -> Option<String> {
        let mut text = self.0.clone();
        for name in pointer.split('/').skip(1) {
            let members: Members = serde_json::from_str(&text).ok()?;
            text = members.get(name)?.get().to_owned();
        }
        (text != "null").then_some(text)
    }

    /// A text that is not empty.
    pub(super) fn text(&self, pointer: &str) -> Option<String> {
        let text: String = serde_json::from_str(&self.raw(pointer)?).ok()?;
        (!text.trim().is_empty()).then_some(text)
    }

    pub(super) fn flag(&self, pointer: &str) -> Option<bool> {
        serde_json::from_str(&self.raw(pointer)?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_by_pointer() {
        let body = Body::parse(br#"{"payment":{"value":{"original":"50.10","editable":true},"payer":null},"n":1.50}"#)
            .unwrap();
        assert_eq!(body.text("/payment/value/original").as_deref(), Some("50.10"));
        assert_eq!(body.flag("/payment/value/editable"), Some(true));
        assert_eq!(body.raw("/n").as_deref(), Some("1.50"), "digit by digit");
        assert_eq!((body.raw("/payment/payer"), body.raw("/payment/x/y"), body.text("/n")), (None, None, None));
        for wrong in ["", "[]", "1", "null", "{", "\"x\"", "{}{}"] {
            assert!(Body::parse(wrong.as_bytes()).is_none(), "{wrong}");
        }
        assert!(Body::parse(b"{\"a\":\"\xff\"}").is_none());
    }
}

//! Request bodies whose values stay the text that was sent: amounts never pass through floating point.

use super::answers::Refusal;
use super::unseal::Members;
use crate::schema;
use serde_json::Value;
use std::fmt;

/// The members of a JSON object; null counts as absent. Holds card data for as long as the call lasts.
#[derive(Default)]
pub(super) struct Object(Members);

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Object(..)")
    }
}

impl From<Members> for Object {
    fn from(members: Members) -> Self {
        Self(members)
    }
}

impl Object {
    /// Reads an object; `None`: it is none.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        serde_json::from_slice(text).map(Self).ok()
    }

    /// The members as a value to validate: only that, since numbers in it are floats.
    pub(super) fn value(&self) -> Result<Value, Refusal> {
        let present = self.0.iter().filter(|(_, value)| value.get() != "null");
        let members = present.map(|(name, value)| {
            let value = schema::readable(value.get()).ok_or_else(|| Refusal::wrong([(name, "cannot be read")]))?;
            Ok((name.clone(), value))
        });
        members.collect::<Result<_, _>>().map(Value::Object)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.raw(name).is_some()
    }

    /// The member's JSON text.
    pub(super) fn raw(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|value| value.get()).filter(|text| *text != "null")
    }

    /// The member, if it is a text that is not empty.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        let text: String = serde_json::from_str(self.raw(name)?).ok()?;
        (!text.trim().is_empty()).then_some(text)
    }

    /// The members that are not filled texts, of these.
    pub(super) fn unfilled(&self, names: &[&str]) -> Vec<String> {
        names.iter().filter(|name| self.text(name).is_none()).map(|name| (*name).to_owned()).collect()
    }

    /// The member, which must be such a text.
    pub(super) fn required(&self, name: &str) -> Result<String, Refusal> {
        self.text(name).ok_or_else(|| Refusal::missing([name]))
    }
}

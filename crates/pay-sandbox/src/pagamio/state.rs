//! What Pagamio's part remembers, and one call to it.

use super::accounts::Account;
use super::answers;
use super::auth::Tokens;
use super::book::Book;
use super::limits::Limits;
use super::modes::Modes;
use crate::provider::{ProviderRequest, Reply};
use http::header::CONTENT_TYPE;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::time::SystemTime;

/// Everything behind the one lock. A call acts whole under it, or not at all.
#[derive(Default)]
pub(super) struct State {
    pub(super) modes: Modes,
    pub(super) tokens: Tokens,
    pub(super) limits: Limits,
    pub(super) book: Book,
}

/// One call, at one moment of the sandbox clock.
pub(super) struct Call<'a> {
    pub(super) request: &'a ProviderRequest,
    /// The path's parameter, where it has one.
    pub(super) parameter: String,
    pub(super) now: SystemTime,
}

/// A call whose token is good.
pub(super) struct Caller {
    pub(super) account: &'static Account,
    pub(super) token: String,
}

impl Call<'_> {
    /// The path as the provider itself would see it.
    pub(super) fn full_path(&self) -> String {
        self.request.path.clone()
    }

    /// The body as a JSON object, or the answer that refuses it.
    pub(super) fn object(&self) -> Result<Object, Reply> {
        let content_type = self.request.headers.get(CONTENT_TYPE);
        let media_type = content_type
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split(';').next())
            .unwrap_or_default()
            .trim();
        if !media_type.eq_ignore_ascii_case("application/json") {
            return Err(answers::not_json("Content-Type must be application/json"));
        }
        serde_json::from_slice(&self.request.body)
            .map(Object)
            .map_err(|_| answers::not_json("Request body is not a JSON object"))
    }

    /// A query parameter that is not empty.
    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.request.query.iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }
}

/// A JSON object whose values are still the text that was sent: amounts never pass through floating point.
pub(super) struct Object(BTreeMap<String, Box<RawValue>>);

impl Object {
    pub(super) fn parse(body: &[u8]) -> Option<Self> {
        serde_json::from_slice(body).map(Self).ok()
    }

    /// The field's JSON text; null and "" count as absent, as the documents ask to leave empty fields out.
    pub(super) fn raw(&self, name: &str) -> Option<&str> {
        let text = self.0.get(name)?.get();
        (text != "null" && text != "\"\"").then_some(text)
    }

    /// The field, if it is a text.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        serde_json::from_str(self.raw(name)?).ok()
    }

    /// Every field with its JSON text, in the order of their names.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.get()))
    }
}

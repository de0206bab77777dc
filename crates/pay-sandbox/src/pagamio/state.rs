//! What Pagamio's part remembers, and one call to it.

use super::accounts::Account;
use super::answers::{self, Refusal};
use super::auth::Tokens;
use super::book::Book;
use super::limits::Limits;
use super::modes::Modes;
use crate::generated::pagamio::DOCUMENT;
use crate::provider::{ProviderRequest, Reply};
use crate::schema::{self, Flaw, Part, Schemas, Violation};
use http::header::CONTENT_TYPE;
use serde_json::Value;
use serde_json::value::RawValue;
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::time::SystemTime;

/// Everything behind the one lock. A call acts whole under it, or not at all.
#[derive(Default)]
pub(super) struct State {
    pub(super) modes: Modes,
    pub(super) tokens: Tokens,
    pub(super) limits: Limits,
    pub(super) book: Book,
}

/// The schemas of Pagamio's document; read once in a process, on the first request that needs one.
static SCHEMAS: LazyLock<Schemas> = LazyLock::new(|| Schemas::new(DOCUMENT));

/// One call, at one moment of the sandbox clock.
pub(super) struct Call<'a> {
    pub(super) request: &'a ProviderRequest,
    operation: &'static str,
    /// The path's parameter, where it has one.
    pub(super) parameter: String,
    pub(super) now: SystemTime,
    violation: OnceCell<String>,
}

/// Why a body is not the JSON that it has to be.
#[derive(Clone, Copy, Debug)]
pub(super) struct NotJson(pub(super) &'static str);

/// A call whose token is good.
pub(super) struct Caller {
    pub(super) account: &'static Account,
    pub(super) token: String,
}

impl<'a> Call<'a> {
    pub(super) fn new(
        request: &'a ProviderRequest,
        operation: &'static str,
        parameter: String,
        now: SystemTime,
    ) -> Self {
        Self { request, operation, parameter, now, violation: OnceCell::new() }
    }

    /// The answer, with what the log is to tell of the request.
    pub(super) fn finish(self, mut reply: Reply) -> Reply {
        reply.violation = self.violation.into_inner();
        reply
    }

    /// The path as the provider itself would see it.
    pub(super) fn full_path(&self) -> String {
        self.request.path.clone()
    }

    /// The body as a JSON object, or why it is none.
    pub(super) fn object(&self) -> Result<Object, NotJson> {
        self.is_json()?;
        Object::parse(&self.request.body).ok_or(NotJson("Request body is not a JSON object"))
    }

    /// A body of which no document says anything: any JSON; what is no object has no members.
    pub(super) fn any_json(&self) -> Result<Object, NotJson> {
        self.is_json()?;
        match serde_json::from_slice::<&RawValue>(&self.request.body) {
            Ok(_) => Ok(Object::parse(&self.request.body).unwrap_or_default()),
            Err(_) => Err(NotJson("Request body is not JSON")),
        }
    }

    fn is_json(&self) -> Result<(), NotJson> {
        let content_type = self.request.headers.get(CONTENT_TYPE);
        let media_type = content_type
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split(';').next())
            .unwrap_or_default()
            .trim();
        if media_type.eq_ignore_ascii_case("application/json") {
            return Ok(());
        }
        Err(NotJson("Content-Type must be application/json"))
    }

    /// Holds the body against the operation's schema.
    pub(super) fn check(&self, body: &Object) -> Result<(), Refusal> {
        check(self.operation, body).map_err(|violation| {
            let free = match &violation.flaw {
                Flaw::Wrong(field) => field == "additionalInfo" || !SCHEMAS.lists(self.operation, field),
                Flaw::Missing(_) => false,
            };
            let assumed = free.then_some("what additionalInfo and unlisted fields may hold");
            Refusal { assumed, ..self.refusal(violation) }
        })
    }

    /// Holds parameters against the schema of the operation's query, wherever they stood.
    pub(super) fn check_parameters(&self, parameters: &BTreeMap<String, String>) -> Result<(), Refusal> {
        let members = parameters.iter().map(|(name, text)| {
            let value = SCHEMAS.parameter(self.operation, name, text);
            (name.clone(), value)
        });
        let query = Value::Object(members.collect());
        SCHEMAS.check(self.operation, Part::Query, &query).map_err(|violation| self.refusal(violation))
    }

    fn refusal(&self, violation: Violation) -> Refusal {
        let refusal = answers::against_schema(&violation.flaw);
        // One violation is enough to be refused, so there is never a second.
        let _ = self.violation.set(violation.place);
        refusal
    }

    /// The query parameters that are not empty; of two with one name the first counts.
    pub(super) fn query(&self) -> BTreeMap<String, String> {
        let given = self.request.query.iter().rev().filter(|(_, value)| !value.is_empty());
        given.cloned().collect()
    }
}

/// Holds a body against the schema of an operation.
pub(super) fn check(operation: &str, body: &Object) -> Result<(), Violation> {
    SCHEMAS.check(operation, Part::Body, &body.value()?)
}

/// A JSON object whose values are still the text that was sent: amounts never pass through floating point.
#[derive(Default)]
pub(super) struct Object(BTreeMap<String, Box<RawValue>>);

impl Object {
    pub(super) fn parse(body: &[u8]) -> Option<Self> {
        serde_json::from_slice(body).map(Self).ok()
    }

    /// The members that count, as a value to validate: only that, since numbers in it are floats.
    fn value(&self) -> Result<Value, Violation> {
        let members = self.0.keys().filter_map(|name| Some((name, self.raw(name)?)));
        let members = members.map(|(name, text)| match schema::readable(text) {
            Some(value) => Ok((name.clone(), value)),
            None => Err(Violation::unreadable(name)),
        });
        members.collect::<Result<_, _>>().map(Value::Object)
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

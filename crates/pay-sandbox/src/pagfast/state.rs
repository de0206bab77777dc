//! What PagFast's part remembers, and one call to it.

use super::account;
use super::answers::{Detail, Refusal};
use super::body::Body;
use super::book::Book;
use super::modes::{KeyTypes, Modes};
use super::moves::Move;
use crate::generated::pagfast::DOCUMENT;
use crate::schema::{Part, SchemaError, Schemas};
use crate::webhooks::Event;
use serde_json::{Map, Value};
use std::collections::{HashMap, VecDeque};
use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

/// Documented as the default.
const TOKEN_LIFE: Duration = Duration::from_secs(3600);
/// Tokens remembered at most, for the search of leaks.
const TOKENS: usize = 10_000;

/// Everything behind the one lock. A call acts whole under it, or not at all.
pub(super) struct State {
    pub(super) modes: Modes,
    /// What addresses of pages begin with.
    pub(super) base: String,
    pub(super) token_life: Duration,
    /// Signs the tokens. A new one ends all of them.
    pub(super) jwt_key: String,
    /// The beginnings of the signatures of tokens.
    pub(super) tokens: VecDeque<String>,
    pub(super) book: Book,
    /// Events that were caused and not handed on yet, each with its transaction.
    pub(super) outgoing: Vec<(String, Event)>,
    /// What the answer to this call hangs on: whether the webhook could be sent.
    pub(super) watch: Option<Watch>,
    /// Answers that wait for a delivery.
    pub(super) awaited: HashMap<u64, Watch>,
}

/// A simulation whose answer depends on its webhook.
#[derive(Clone, Debug)]
pub(super) struct Watch {
    pub(super) id: String,
    /// What is done only once the webhook was sent; `None`: it was done before.
    pub(super) by: Option<Move>,
}

impl State {
    pub(super) fn new(base: &str) -> Self {
        Self {
            modes: Modes::default(),
            base: base.to_owned(),
            token_life: TOKEN_LIFE,
            jwt_key: account::voucher(),
            tokens: VecDeque::new(),
            book: Book::default(),
            outgoing: Vec::new(),
            watch: None,
            awaited: HashMap::new(),
        }
    }

    /// Remembers a token that was issued.
    pub(super) fn note_token(&mut self, token: &str) {
        if self.tokens.len() >= TOKENS {
            self.tokens.pop_front();
        }
        let signature = token.rsplit('.').next().unwrap_or_default();
        self.tokens.extend(signature.get(..32).map(str::to_owned));
    }
}

/// One call, at one moment of the sandbox clock.
pub(super) struct Call<'a> {
    pub(super) operation: &'static str,
    /// Whose token it carries; empty: it needs none.
    pub(super) account: &'static str,
    pub(super) body: Body,
    /// The id in the path.
    pub(super) id: Option<String>,
    pub(super) query: &'a [(String, String)],
    pub(super) now: SystemTime,
    /// How the last webhook of the transaction in the path went, in our words.
    pub(super) delivery_status: Option<&'static str>,
}

impl Call<'_> {
    pub(super) fn query(&self, name: &str) -> &str {
        self.query.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    pub(super) fn id(&self) -> &str {
        self.id.as_deref().unwrap_or_default()
    }
}

/// The schemas of PagFast's document; read once in a process, on the first request that needs one.
static SCHEMAS: LazyLock<Schemas> = LazyLock::new(|| Schemas::new(DOCUMENT));

/// Holds a body against the operation's schema.
pub(super) fn check_body(operation: &str, body: &Body, modes: &Modes) -> Result<(), Refusal> {
    let value = body.value().ok_or_else(|| Refusal::member("", "type", "The body cannot be read"))?;
    let relaxed = |error: &SchemaError| modes.key_types == KeyTypes::Any && error.pointer == "/payment/key/type";
    refuse(SCHEMAS.errors(operation, Part::Body, &value).into_iter().filter(|it| !relaxed(it)).collect(), "body")
}

/// Holds the query against the operation's schema.
pub(super) fn check_query(call: &Call<'_>) -> Result<(), Refusal> {
    let values = call.query.iter().map(|(name, text)| (name.clone(), SCHEMAS.parameter(call.operation, name, text)));
    let query = Value::Object(values.collect::<Map<_, _>>());
    refuse(SCHEMAS.errors(call.operation, Part::Query, &query), "query")
}

fn refuse(errors: Vec<SchemaError>, part: &str) -> Result<(), Refusal> {
    let Some(first) = errors.first() else { return Ok(()) };
    let place = format!("{part} {}: {}", crate::request_log::masked(&first.pointer), first.keyword);
    let detail = |error: SchemaError| Detail {
        message: Some(match &error.missing {
            Some(name) => format!("must have required property '{name}'"),
            None => "must be as the schema says".to_owned(),
        }),
        path: Some(error.pointer),
        code: Some(error.keyword),
        missing: error.missing,
        allowed: error.allowed,
        ..Detail::default()
    };
    Err(Refusal::format(errors.into_iter().map(detail).collect()).breaks(place))
}

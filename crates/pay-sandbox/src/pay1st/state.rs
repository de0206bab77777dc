//! What Pay1st's part remembers, and one call to it.

use super::account::SIGNING_KEY;
use super::answers::Refusal;
use super::body::Object;
use super::book::Book;
use super::modes::Modes;
use super::payment::Payment;
use super::settings::{Console, Settings};
use super::tokens::{Grant, Table};
use crate::generated::pay1st::DOCUMENT;
use crate::provider::ProviderRequest;
use crate::schema::{Flaw, Part, Schemas};
use crate::webhooks::Event;
use std::sync::LazyLock;
use std::time::SystemTime;

/// Everything behind the one lock. A call acts whole under it, or not at all.
pub(super) struct State {
    pub(super) modes: Modes,
    pub(super) settings: Settings,
    pub(super) console: Console,
    pub(super) signing_key: String,
    pub(super) access: Table,
    pub(super) refresh: Table,
    pub(super) book: Book,
    /// Events that were caused and not handed on yet.
    pub(super) outgoing: Vec<Event>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            modes: Modes::default(),
            settings: Settings::default(),
            console: Console::default(),
            signing_key: SIGNING_KEY.to_owned(),
            access: Table::default(),
            refresh: Table::default(),
            book: Book::default(),
            outgoing: Vec::new(),
        }
    }
}

impl State {
    /// Where a payment's events and customer go: what it brought itself goes before the console's defaults.
    pub(super) fn urls(&self, payment: &Payment) -> Console {
        let (own, console) = (payment.order.urls.clone(), &self.console);
        Console {
            webhook_url: own.webhook_url.or_else(|| console.webhook_url.clone()),
            success_url: own.success_url.or_else(|| console.success_url.clone()),
            failure_url: own.failure_url.or_else(|| console.failure_url.clone()),
            pending_url: own.pending_url.or_else(|| console.pending_url.clone()),
            cancel_url: own.cancel_url.or_else(|| console.cancel_url.clone()),
        }
    }
}

/// One call, at one moment of the sandbox clock.
pub(super) struct Call<'a> {
    pub(super) request: &'a ProviderRequest,
    pub(super) operation: &'static str,
    pub(super) now: SystemTime,
    /// The access token's, for calls that need one.
    pub(super) grant: Option<Grant>,
}

impl Call<'_> {
    /// The body as a JSON object.
    pub(super) fn object(&self) -> Result<Object, Refusal> {
        Object::parse(&self.request.body).ok_or_else(|| Refusal::bad("the body is not a JSON object"))
    }

    /// A query parameter that is there once and not empty.
    pub(super) fn query(&self, name: &str) -> Option<&str> {
        let mut values = self.request.query.iter().filter(|(known, _)| known == name);
        let (_, value) = values.next()?;
        (!value.is_empty() && values.next().is_none()).then_some(value)
    }
}

/// The schemas of Pay1st's document; read once in a process, on the first request that needs one.
static SCHEMAS: LazyLock<Schemas> = LazyLock::new(|| Schemas::new(DOCUMENT));

impl Call<'_> {
    /// Holds the body against the operation's schema.
    pub(super) fn check(&self, body: &Object) -> Result<(), Refusal> {
        let value = body.value()?;
        SCHEMAS.check(self.operation, Part::Body, &value).map_err(|violation| {
            let message = match violation.flaw {
                Flaw::Missing(names) => format!("missing: {}", names.join(", ")),
                Flaw::Wrong(name) => format!("{name} is not as it should be"),
            };
            Refusal::bad(message).breaks(violation.place)
        })
    }
}

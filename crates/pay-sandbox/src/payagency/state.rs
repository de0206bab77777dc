//! What Pay Agency's part remembers, and one call to it.

use super::account::{Environment, Keys, WEBHOOK_SECRET};
use super::answers::Refusal;
use super::body::Object;
use super::book::Book;
use super::modes::{Modes, WebhookKey};
use super::settings::Settings;
use crate::generated::payagency::DOCUMENT;
use crate::schema::{Flaw, Part, Schemas};
use crate::webhooks::Event;
use std::sync::LazyLock;
use std::time::{Duration, SystemTime};
use time::OffsetDateTime;

/// Everything behind the one lock. A call acts whole under it, or not at all.
pub(super) struct State {
    pub(super) modes: Modes,
    pub(super) settings: Settings,
    test: Keys,
    live: Keys,
    pub(super) webhook_secret: String,
    pub(super) book: Book,
    /// Events that were caused and not handed on yet.
    pub(super) outgoing: Vec<Event>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            modes: Modes::default(),
            settings: Settings::default(),
            test: Keys::of(Environment::Test),
            live: Keys::of(Environment::Live),
            webhook_secret: WEBHOOK_SECRET.to_owned(),
            book: Book::default(),
            outgoing: Vec::new(),
        }
    }
}

impl State {
    pub(super) fn keys(&self, environment: Environment) -> &Keys {
        match environment {
            Environment::Test => &self.test,
            Environment::Live => &self.live,
        }
    }

    pub(super) fn keys_mut(&mut self, environment: Environment) -> &mut Keys {
        match environment {
            Environment::Test => &mut self.test,
            Environment::Live => &mut self.live,
        }
    }

    /// The key that signs webhooks (C9).
    pub(super) fn webhook_key(&self, environment: Environment) -> &str {
        match self.modes.webhook_key {
            WebhookKey::Secret => &self.webhook_secret,
            WebhookKey::EncryptionKey => &self.keys(environment).encryption,
        }
    }
}

/// One call, at one moment of the sandbox clock, opened and held against its schema.
pub(super) struct Call<'a> {
    pub(super) environment: Environment,
    pub(super) body: Object,
    /// The id in the path.
    pub(super) id: Option<String>,
    pub(super) query: &'a [(String, String)],
    pub(super) now: SystemTime,
    /// What addresses of pages begin with.
    pub(super) base: &'a str,
}

impl Call<'_> {
    pub(super) fn today(&self) -> OffsetDateTime {
        self.now.into()
    }

    /// A query parameter that is not empty.
    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str()).filter(|it| !it.is_empty())
    }

    pub(super) fn after(&self, wait: Duration) -> SystemTime {
        // Far beyond any clock is as good as never.
        self.now.checked_add(wait).unwrap_or(self.now)
    }
}

/// The schemas of Pay Agency's document; read once in a process, on the first request that needs one.
static SCHEMAS: LazyLock<Schemas> = LazyLock::new(|| Schemas::new(DOCUMENT));

/// Holds an opened body against the operation's schema.
pub(super) fn check(operation: &str, body: &Object) -> Result<(), Refusal> {
    SCHEMAS.check(operation, Part::Body, &body.value()?).map_err(|violation| {
        let refusal = match violation.flaw {
            Flaw::Missing(names) => Refusal::missing(names),
            Flaw::Wrong(name) => Refusal::wrong([(name, "is not of its type")]),
        };
        refusal.breaks(violation.place)
    })
}

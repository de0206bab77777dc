//! Collects spans and events, so that tests can read what a user's log would hold. The clients' tests use it too.

use std::fmt::{Debug, Write as _};
use std::sync::{Arc, LazyLock, Mutex};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Dispatch, Event, Level, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

/// One event or span, as a log would show it.
#[derive(Debug, Clone)]
pub struct Seen {
    pub name: &'static str,
    pub level: Level,
    pub span: bool,
    /// The span that an event belongs to.
    pub parent: Option<&'static str>,
    pub fields: Vec<(String, String)>,
    /// All that it can have, filled or not.
    pub known: Vec<&'static str>,
}

impl Seen {
    /// A field's text, and none where it is missing.
    pub fn said(&self, name: &str) -> &str {
        self.field(name).unwrap_or_default()
    }

    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// With one subscriber alone, tracing asks the thread that meets an event first whether anybody wants it: another test's thread, which
/// has none, would switch the event off for all. With two it asks all.
static SECOND: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(tracing_subscriber::registry()));

/// Everything at TRACE that happens on this thread while the guard lives.
#[derive(Clone, Default)]
pub struct Events(Arc<Mutex<Vec<Seen>>>);

impl Events {
    pub fn capture() -> (Self, tracing::subscriber::DefaultGuard) {
        LazyLock::force(&SECOND);
        let events = Self::default();
        let guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(events.clone()));
        (events, guard)
    }

    pub fn all(&self) -> Vec<Seen> {
        self.0.lock().unwrap().clone()
    }

    pub fn named(&self, name: &str) -> Vec<Seen> {
        self.all().into_iter().filter(|seen| seen.name == name).collect()
    }

    /// All of it as text.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for seen in self.all() {
            writeln!(text, "{seen:?}").unwrap();
        }
        text
    }

    fn push(&self, metadata: &Metadata<'static>, parent: Option<&'static str>, fields: Fields) {
        let known = metadata.fields().iter().map(|field| field.name()).collect();
        let (name, level, span) = (metadata.name(), *metadata.level(), metadata.is_span());
        self.0.lock().unwrap().push(Seen { name, level, span, parent, fields: fields.0, known });
    }
}

#[derive(Default)]
struct Fields(Vec<(String, String)>);

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.push((field.name().to_owned(), value.to_owned()));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.push((field.name().to_owned(), format!("{value:?}")));
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Events {
    fn on_new_span(&self, attributes: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        self.push(attributes.metadata(), None, fields);
    }

    fn on_record(&self, _: &Id, values: &Record<'_>, _: Context<'_, S>) {
        let mut fields = Fields::default();
        values.record(&mut fields);
        let seen = Seen {
            name: "recorded",
            level: Level::TRACE,
            span: true,
            parent: None,
            fields: fields.0,
            known: Vec::new(),
        };
        self.0.lock().unwrap().push(seen);
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let parent = context.event_span(event).map(|span| span.name());
        self.push(event.metadata(), parent, fields);
    }
}

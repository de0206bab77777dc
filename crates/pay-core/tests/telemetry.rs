//! Spans and events have the documented names, and nothing in them is secret, at any level.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pay_core::auth::{MemoryStore, StoreError, StoredTokens, TokenKey, TokenStore};
use pay_core::journal::{Ended, Intent, Journal, JournalError};
use pay_core::provider::{Access, BaseUrl, Credentials, Engine, Operation, Parts, Repeat, Settings, Verb};
use pay_core::script::Play;
use pay_core::{Call, CredentialError, CredentialSource, Kind, RawRequest};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use support::events::{Events, Seen};
use support::provider::{Acme, AcmeGrant, CHARGE, READ, call, plain};
use support::server::{Endpoint, Server};
use support::{access_of, engine, millis, secs, settings};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{sleep, timeout};
use tracing::Level;

static PAY: Operation = Operation::new("pay", Verb::Post, "/accounts/{account}/pay", Repeat::Keyed);

/// What may never appear. Tokens are made of the account's id, so that one marker finds the tokens too.
const MARKERS: [&str; 9] = [
    "ID-5101",
    "SECRET-5102",
    "PATH-5103",
    "QUERY-5104",
    "BODY-5105",
    "HEADER-5106",
    "ANSWER-5107",
    "RAW-5108",
    "KEY-5109",
];

fn credentials() -> Credentials {
    Credentials::new("ID-5101", "SECRET-5102").with_key("signing", "KEY-5109")
}

fn vault() -> support::Vault {
    support::Vault::holding(credentials())
}

/// A money call with a marker in every place that can hold one.
fn pay(engine: &Engine, access: &Access) -> Call<bytes::Bytes> {
    let parts = Parts::new(&PAY)
        .path_value("account", "PATH-5103")
        .query("phone", "QUERY-5104")
        .secret_header(http::HeaderName::from_static("x-key"), b"HEADER-5106")
        .json("BODY-5105")
        .reference("INV-1");
    plain(engine, access, parts)
}

fn names(events: &Events, span: bool) -> BTreeSet<&'static str> {
    events.all().iter().filter(|seen| seen.span == span && seen.name != "recorded").map(|seen| seen.name).collect()
}

#[track_caller]
fn holds_no_marker(text: &str) {
    for marker in MARKERS {
        let bytes = format!("{:?}", marker.as_bytes());
        let hex: String = marker.bytes().map(|byte| format!("{byte:02x}")).collect();
        for form in [marker, bytes.trim_matches(['[', ']']), &hex] {
            assert!(!text.contains(form), "{form} in {text}");
        }
    }
}

/// The names that the module documents, with their levels.
fn documented() -> Vec<(String, String)> {
    let source = include_str!("../src/telemetry.rs");
    let rows = source.lines().filter_map(|line| line.strip_prefix("//! | `"));
    rows.map(|row| {
        let (name, rest) = row.split_once('`').unwrap();
        (name.to_owned(), rest.trim_end_matches(['|', ' ']).rsplit('|').next().unwrap().trim().to_owned())
    })
    .collect()
}

/// Rows of the guide's table with this header, as cells.
fn rows<'g>(guide: &'g str, header: &str) -> Vec<Vec<&'g str>> {
    let (_, table) = guide.split_once(&format!("\n| {header} |")).unwrap_or_else(|| panic!("no table `{header}`"));
    let lines = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    lines.map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect()).collect()
}

/// What stands between backticks.
fn ticked(text: &str) -> BTreeSet<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// A store that is down for its first two questions.
#[derive(Default)]
struct Returns {
    asked: AtomicUsize,
    store: MemoryStore,
}

#[async_trait::async_trait]
impl TokenStore for Returns {
    async fn load(&self, key: &TokenKey) -> Result<Option<StoredTokens>, StoreError> {
        if self.asked.fetch_add(1, Ordering::Relaxed) < 2 {
            return Err(StoreError("refused\nforged line".to_owned()));
        }
        self.store.load(key).await
    }

    async fn claim(&self, key: &TokenKey, now: u64, ttl: Duration) -> Result<pay_core::auth::Claimed, StoreError> {
        self.store.claim(key, now, ttl).await
    }

    async fn save(
        &self,
        claim: &pay_core::auth::Claim,
        pair: &StoredTokens,
    ) -> Result<pay_core::auth::Saved, StoreError> {
        self.store.save(claim, pair).await
    }

    async fn release(&self, claim: &pay_core::auth::Claim) -> Result<(), StoreError> {
        self.store.release(claim).await
    }

    async fn forget(&self, key: &TokenKey) -> Result<(), StoreError> {
        self.store.forget(key).await
    }
}

/// A store that is down.
struct Down;

#[async_trait::async_trait]
impl TokenStore for Down {
    async fn load(&self, _: &TokenKey) -> Result<Option<StoredTokens>, StoreError> {
        Err(StoreError("refused\nforged line".to_owned()))
    }

    async fn claim(&self, _: &TokenKey, _: u64, _: Duration) -> Result<pay_core::auth::Claimed, StoreError> {
        Err(StoreError("refused".to_owned()))
    }

    async fn save(&self, _: &pay_core::auth::Claim, _: &StoredTokens) -> Result<pay_core::auth::Saved, StoreError> {
        Err(StoreError("refused".to_owned()))
    }

    async fn release(&self, _: &pay_core::auth::Claim) -> Result<(), StoreError> {
        Err(StoreError("refused".to_owned()))
    }

    async fn forget(&self, _: &TokenKey) -> Result<(), StoreError> {
        Err(StoreError("refused".to_owned()))
    }
}

/// It writes intents and then goes down.
#[async_trait::async_trait]
impl Journal for Down {
    async fn begin(&self, _: &Intent) -> Result<(), JournalError> {
        Ok(())
    }

    async fn end(&self, _: &str, _: &Ended) -> Result<(), JournalError> {
        Err(JournalError::not_written("refused\nforged line"))
    }
}

/// A server for the account of [`credentials`], whose answers hold a marker too.
fn marked_server(play: fn(usize) -> Play) -> Server {
    let server = Server::with_api(move |sent| play(sent.index));
    server.set(|s| {
        s.gives_refresh_tokens = true;
        s.secrets.insert("ID-5101".to_owned(), "SECRET-5102".to_owned());
    });
    server
}

fn answer(status: u16) -> Play {
    Play::answer(status, r#"{"pin":"ANSWER-5107"}"#).header("set-cookie", "session=ANSWER-5107")
}

/// Every path of the engine that tells something.
async fn everything() -> Events {
    let (events, _guard) = Events::capture();
    let mut errors = String::new();
    // Good, repeated, refused, lost and dropped calls; refreshed, refused and failing tokens; a store that is down.
    let server = marked_server(|index| match index % 5 {
        0 => Play::lost(),
        1 => answer(429),
        2 => answer(200),
        3 => answer(503),
        _ => answer(402),
    });
    let mut settings = settings(&server);
    settings.token_store = Some(Arc::new(Down));
    settings.journal = Some(Arc::new(Down));
    settings.set_proxy("http://u:SECRET-5102@proxy".to_owned());
    let engine = engine(settings);
    let access = access_of(&engine, vault());
    for _ in 0..10 {
        if let Err(error) = pay(&engine, &access).send().await {
            errors.push_str(&format!("{error} {error:#} {error:?}\n"));
        }
    }
    let raw = RawRequest::get("/RAW-5108").query("phone", "QUERY-5104").body("text/plain", "BODY-5105");
    errors.push_str(&format!("{raw:?} {:?}\n", engine.raw(&access, raw.clone())));
    let _ = engine.raw(&access, raw).send().await;
    // A model that does not fit.
    let typed = engine.call(&access, Parts::new(&CHARGE).json("BODY-5105"), |answer| {
        pay_core::provider::json::<support::provider::Done>(&answer.body)
    });
    errors.push_str(&format!("{typed:?}"));
    for _ in 0..5 {
        let typed = engine.call(&access, Parts::new(&CHARGE).json("BODY-5105"), |answer| {
            pay_core::provider::json::<support::provider::Done>(&answer.body)
        });
        if let Err(error) = typed.send().await {
            errors.push_str(&format!("{error} {error:#} {error:?}\n"));
        }
    }
    // Dropped while it waits for a token of its own.
    let _ = timeout(millis(50), pay(&engine, &access_of(&engine, vault())).send()).await;
    for (at, refresh, login) in [
        (1600, Endpoint::Works, Endpoint::Works),
        (2000, Endpoint::Refuses, Endpoint::Works),
        (2000, Endpoint::Refuses, Endpoint::Refuses),
        (2000, Endpoint::Fails, Endpoint::Fails),
        (2000, Endpoint::Down, Endpoint::Down),
        (2000, Endpoint::Hangs, Endpoint::Hangs),
    ] {
        sleep(secs(at)).await;
        server.set(|s| (s.refresh, s.login) = (refresh, login));
        if let Err(error) = pay(&engine, &access).send().await {
            errors.push_str(&format!("{error} {error:#} {error:?}\n"));
        }
    }
    sleep(secs(2000)).await;
    server.set(|s| (s.refresh, s.login) = (Endpoint::Works, Endpoint::Works));
    server.set(|s| s.refuses_all = true);
    let _ = pay(&engine, &access).send().await;
    // An outage of the store, and its end.
    let mut returns = support::settings(&server);
    returns.token_store = Some(Arc::new(Returns::default()));
    let engine = support::engine(returns);
    for _ in 0..3 {
        let _ = pay(&engine, &access_of(&engine, vault())).send().await;
    }
    // An outage, until the budget is empty.
    let server = marked_server(|_| answer(503));
    let engine = support::engine(support::settings(&server));
    let access = access_of(&engine, vault());
    for _ in 0..20 {
        let _ = pay(&engine, &access).send().await;
    }
    holds_no_marker(&errors);
    holds_no_marker(&format!("{engine:?} {access:?} {:?} {:?}", credentials(), server.script));
    events
}

#[tokio::test(start_paused = true)]
async fn names_and_levels_are_the_documented_ones() {
    let events = everything().await;
    let documented = documented();
    assert!(documented.len() >= 7, "{documented:?}");
    let mut expected = BTreeSet::new();
    for (name, level) in &documented {
        expected.insert(name.as_str());
        let seen = events.named(name);
        assert!(!seen.is_empty(), "{name} is documented and never seen");
        let level: Level = level.parse().unwrap();
        assert!(seen.iter().all(|seen| seen.level == level), "{name} is documented as {level}: {seen:?}");
    }
    let seen: BTreeSet<_> = names(&events, true).union(&names(&events, false)).copied().collect();
    assert_eq!(seen, expected, "nothing is told that is not documented");
    assert_eq!(names(&events, true), BTreeSet::from(["pay.call", "pay.token"]));
}

#[tokio::test(start_paused = true)]
async fn the_guide_names_what_is_emitted() {
    // The packed crate does not hold the repository's guide.
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/observability.md");
    let Ok(guide) = std::fs::read_to_string(path) else { return };
    let events = everything().await;
    let mut told = Vec::new();
    for row in rows(&guide, "Span") {
        told.push((ticked(row[0]).pop_first().unwrap(), row[2]));
    }
    for row in rows(&guide, "Event") {
        let (name, level, fields) = (ticked(row[0]).pop_first().unwrap(), row[2], row[3]);
        told.push((name, level));
        // The values of the last field stand behind a colon.
        let (fields, values) = fields.split_once(": ").unwrap_or((fields, ""));
        for seen in events.named(name) {
            let known: BTreeSet<_> = seen.known.iter().copied().filter(|field| *field != "message").collect();
            assert_eq!(known, ticked(fields), "fields of {name}");
            if let Some(last) = seen.field(fields.rsplit('`').nth(1).unwrap()).filter(|_| !values.is_empty()) {
                assert!(ticked(values).contains(last), "`{last}` of {name} is not in the guide");
            }
        }
    }
    let told: BTreeSet<_> = told.into_iter().map(|(name, level)| (name.to_owned(), level.to_owned())).collect();
    assert_eq!(told, BTreeSet::from_iter(documented()), "names and levels");

    let attributes = rows(&guide, "Attribute of `pay.call`");
    let attributes: BTreeSet<_> = attributes.iter().flat_map(|row| ticked(row[0])).collect();
    let known = |span: &str| -> BTreeSet<&str> { events.named(span).remove(0).known.into_iter().collect() };
    assert_eq!(known("pay.call"), attributes);
    assert_eq!(known("pay.token"), BTreeSet::from(["pay.provider", "otel.status_code"]));
}

#[tokio::test(start_paused = true)]
async fn nothing_secret_is_told_at_any_level() {
    let text = everything().await.text();
    holds_no_marker(&text);
    for refused in ["https://", "http://", "/v1", "Bearer", "set-cookie"] {
        assert!(!text.contains(refused), "{refused}: path templates only, no URL, header or token\n{text}");
    }
    assert!(!text.contains("\nforged line"), "one event is one line");
}

#[test]
#[should_panic(expected = "SECRET-5102")]
fn the_search_finds_what_it_looks_for() {
    holds_no_marker("password=SECRET-5102");
}

#[test]
#[should_panic(expected = "83, 69")]
fn the_search_finds_bytes_too() {
    holds_no_marker(&format!("{:?}", b"SECRET-5102".to_vec()));
}

#[track_caller]
fn field<'a>(seen: &'a Seen, name: &str) -> &'a str {
    seen.field(name).unwrap_or_else(|| panic!("no `{name}` in {seen:?}"))
}

#[tokio::test(start_paused = true)]
async fn the_span_of_a_call_follows_the_conventions() {
    let server = marked_server(|index| if index == 1 { Play::lost() } else { answer(200) });
    let engine = engine(settings(&server));
    let access = access_of(&engine, vault());
    let (events, _guard) = Events::capture();
    pay(&engine, &access).send().await.unwrap();
    let span = events.named("pay.call").remove(0);
    for (name, value) in [
        ("otel.name", "POST /accounts/{account}/pay"),
        ("otel.kind", "client"),
        ("pay.provider", "acme"),
        ("pay.operation", "pay"),
        ("http.request.method", "POST"),
        ("url.template", "/accounts/{account}/pay"),
        ("server.address", "api.acme.example"),
        ("server.port", "443"),
    ] {
        assert_eq!(field(&span, name), value);
    }
    let recorded: Vec<_> = events.named("recorded").into_iter().flat_map(|seen| seen.fields).collect();
    let value = |name: &str| recorded.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str());
    assert_eq!(value("http.response.status_code"), Some("200"));
    assert_eq!(value("http.request.resend_count"), Some("1"));
    for absent in ["error.type", "pay.outcome", "otel.status_code"] {
        assert_eq!(value(absent), None);
    }

    let attempts = events.named("pay.attempt");
    assert_eq!(attempts.len(), 2);
    for (attempt, (number, status, result)) in
        attempts.iter().zip([("1", None, "failed"), ("2", Some("200"), "accepted")])
    {
        assert_eq!((field(attempt, "operation"), field(attempt, "number")), ("pay", number));
        assert_eq!((attempt.field("status"), field(attempt, "result")), (status, result));
    }
    let token = events.named("pay.token.call").remove(0);
    assert_eq!((field(&token, "operation"), field(&token, "status"), field(&token, "result")), ("login", "200", "ok"));
}

/// What was recorded after the span had begun.
fn recorded(events: &Events, name: &str) -> Vec<String> {
    events.named("recorded").iter().filter_map(|seen| seen.field(name).map(str::to_owned)).collect()
}

#[tokio::test(start_paused = true)]
async fn an_error_is_recorded_by_its_kind_and_outcome() {
    for (play, kind, outcome, status) in [
        (answer(402), "Refused", "refused", Some("402")),
        (answer(429), "RateLimited", "not done", Some("429")),
        (Play::lost(), "Interrupted", "unknown", None),
    ] {
        let server = Server::with_api(move |_| play.clone());
        server.set(|s| _ = s.secrets.insert("ID-5101".to_owned(), "SECRET-5102".to_owned()));
        let engine = engine(settings(&server));
        let access = access_of(&engine, vault());
        let (events, _guard) = Events::capture();
        pay(&engine, &access).attempts(1).send().await.unwrap_err();
        assert_eq!(recorded(&events, "error.type"), [kind]);
        assert_eq!(recorded(&events, "pay.outcome"), [outcome]);
        assert_eq!(recorded(&events, "otel.status_code"), ["ERROR"]);
        assert_eq!(recorded(&events, "http.response.status_code"), Vec::from_iter(status));
    }
}

#[tokio::test(start_paused = true)]
async fn an_accepted_answer_that_cannot_be_read_is_recorded_as_an_error() {
    let server = marked_server(|_| answer(200));
    let engine = engine(settings(&server));
    let access = access_of(&engine, vault());
    let (events, _guard) = Events::capture();
    let typed = engine.call(&access, Parts::new(&CHARGE).json("BODY-5105"), |answer| {
        pay_core::provider::json::<support::provider::Done>(&answer.body)
    });
    assert_eq!(typed.send().await.unwrap_err().kind(), Kind::Decode);
    assert_eq!(recorded(&events, "http.response.status_code"), ["200"]);
    assert_eq!(
        (recorded(&events, "error.type"), recorded(&events, "pay.outcome")),
        (vec!["Decode".to_owned()], vec!["unknown".to_owned()])
    );
}

#[tokio::test(start_paused = true)]
async fn a_dropped_call_is_told_in_its_own_span() {
    let server = marked_server(|_| answer(200).after(secs(5)));
    let engine = engine(settings(&server));
    let access = access_of(&engine, vault());
    let (events, _guard) = Events::capture();
    assert!(timeout(secs(2), pay(&engine, &access).send()).await.is_err());
    let dropped = events.named("pay.call.dropped").remove(0);
    assert_eq!((field(&dropped, "reference"), field(&dropped, "outcome")), ("INV-1", "unknown"));
    assert_eq!(dropped.parent, Some("pay.call"));
    assert_eq!(recorded(&events, "pay.outcome"), ["unknown"]);
}

#[tokio::test(start_paused = true)]
async fn token_events_stand_in_a_span_of_their_own() {
    let server = marked_server(|_| answer(200));
    let engine = engine(settings(&server));
    let access = access_of(&engine, vault());
    let (events, _guard) = Events::capture();
    server.set(|s| s.login = Endpoint::Fails);
    pay(&engine, &access).send().await.unwrap_err();
    let span = events.named("pay.token").remove(0);
    assert_eq!((field(&span, "pay.provider"), span.parent), ("acme", None));
    for name in ["pay.token.call", "pay.token.cool_down"] {
        assert_eq!(events.named(name).remove(0).parent, Some("pay.token"), "{name}");
    }
    // The refresh, and the call that needed it.
    assert_eq!(recorded(&events, "otel.status_code"), ["ERROR", "ERROR"]);
}

#[tokio::test(start_paused = true)]
async fn an_event_s_message_is_its_name() {
    for seen in everything().await.all().iter().filter(|seen| !seen.span) {
        assert_eq!(field(seen, "message"), seen.name);
    }
}

#[tokio::test(start_paused = true)]
async fn cool_downs_and_an_empty_budget_are_told_once_each_time() {
    let server = marked_server(|_| answer(503));
    server.set(|s| s.login = Endpoint::Fails);
    let engine = engine(settings(&server));
    let access = access_of(&engine, vault());
    let (events, _guard) = Events::capture();
    for _ in 0..100 {
        pay(&engine, &access).send().await.unwrap_err();
    }
    let told = events.named("pay.token.cool_down");
    assert_eq!(told.len(), 1, "one failure, not one per call");
    assert_eq!((field(&told[0], "provider"), field(&told[0], "seconds")), ("acme", "1"));
    sleep(secs(10)).await;
    server.set(|s| s.login = Endpoint::Works);
    for _ in 0..13 {
        pay(&engine, &access).send().await.unwrap_err();
    }
    // Twelve calls with four repeats each, then two: the budget of fifty.
    assert_eq!(events.named("pay.retry.budget_empty").len(), 1);
}

/// A source whose message goes through a log.
struct Loud;

#[async_trait::async_trait]
impl CredentialSource for Loud {
    async fn credentials(&self) -> Result<Credentials, CredentialError> {
        Err(CredentialError("vault:\n\u{1b}[31mFORGED".to_owned()))
    }
}

#[tokio::test(start_paused = true)]
async fn a_message_from_elsewhere_forges_no_line() {
    let server = Server::new();
    let engine = engine(settings(&server));
    let access = engine.access(Arc::new(Loud), Some(Arc::new(AcmeGrant::default())), None);
    let (events, _guard) = Events::capture();
    let error = call(&engine, &access, &READ, "a").send().await.unwrap_err();
    assert_eq!(error.kind(), Kind::Credentials);
    for text in [error.to_string(), format!("{error:#}"), format!("{error:?}"), events.text()] {
        assert!(!text.contains("\u{1b}[31m") && !text.contains("\n\u{1b}") && !text.contains("vault:\n"), "{text:?}");
    }
}

/// The libraries below tell nothing secret either: one call over a real socket, everything at TRACE.
#[tokio::test]
async fn nothing_secret_is_told_over_a_real_socket() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/v1", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut buffer = vec![0; 65536];
            while let Ok(read) = stream.read(&mut buffer).await
                && read > 0
            {
                let body = if buffer.starts_with(b"POST /v1/login") {
                    r#"{"access":"ID-5101-token","expires_in":1800,"refresh":"SECRET-5102"}"#
                } else {
                    r#"{"pin":"ANSWER-5107"}"#
                };
                let head =
                    format!("HTTP/1.1 200 OK\r\nset-cookie: ANSWER-5107\r\ncontent-length: {}\r\n\r\n", body.len());
                stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
            }
        }
    });
    let (events, _guard) = Events::capture();
    let base = BaseUrl::parse("base_url", &base).unwrap();
    let engine = Engine::new(Arc::new(Acme::default()), base, Settings::default()).unwrap();
    let access = access_of(&engine, vault());
    let reply = timeout(secs(20), pay(&engine, &access).reply()).await.unwrap().unwrap();
    assert!(!events.named("pay.attempt").is_empty());
    holds_no_marker(&events.text());
    holds_no_marker(&format!("{:?} {:?} {:?}", reply.status, reply.headers, reply.body));
}

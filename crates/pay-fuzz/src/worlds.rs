//! Clients over a scripted wire on paused time: no sockets, and waits that cost nothing.

use pay_core::provider::{
    Access, Answer, BaseUrl, Credentials, Engine, Failure, Operation, Provider, Repeat, Settings, Verb, Verdict,
};
use pay_core::script::Script;
use pay_core::{Kind, Outcome, Transport};
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

pub(crate) const BASE: &str = "https://api.made.example/api/v1";

pub(crate) static READ: Operation = Operation::new("read", Verb::Get, "/a/{id}/b", Repeat::Safe);
pub(crate) static PAY: Operation = Operation::new("pay", Verb::Post, "/pay", Repeat::Keyed);

/// Runs on paused time, which jumps over every wait.
pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(future)
}

struct Made;

impl Provider for Made {
    fn name(&self) -> &'static str {
        "made"
    }

    fn version(&self) -> &'static str {
        "0.0.0"
    }

    fn judge(&self, _: &'static Operation, answer: &Answer) -> Verdict {
        match answer.status.as_u16() {
            200..300 => Verdict::Accept,
            429 => Verdict::Fail(Failure::new(Kind::RateLimited, Outcome::NotDone).again()),
            _ => Verdict::Fail(Failure::new(Kind::Unavailable, Outcome::Unknown).again()),
        }
    }
}

/// An engine of a made-up provider, without tokens.
pub(crate) fn engine(script: &Script) -> (Engine, Access) {
    let mut settings = Settings::default();
    settings.transport = Some(Transport::scripted(script));
    settings.set_wall_clock(|| UNIX_EPOCH + Duration::from_secs(1_795_000_000));
    settings.set_fixed_jitter(1000);
    let base = BaseUrl::parse("base_url", BASE).expect("a base URL");
    let engine = Engine::new(Arc::new(Made), base, settings).expect("an engine");
    let access = engine.access(Arc::new(Credentials::new("a", "a-secret")), None, None);
    (engine, access)
}

/// A client of Pagamio.
pub(crate) fn pagamio(script: &Script) -> pagamio::Client {
    let builder = pagamio::Client::builder()
        .provider_test()
        .transport(Transport::scripted(script))
        .credentials("shop@example.co.za", "a-password")
        .account(pagamio::Account::Merchant("M-1001".into()))
        .channel("F5YZP7")
        .user_type_id("u5T9hG2kLq8ZxW1v");
    builder.build().expect("a client")
}

/// A client of Pay1st.
pub(crate) fn pay1st(script: &Script) -> pay1st::Client {
    let builder = pay1st::Client::builder()
        .provider_test()
        .transport(Transport::scripted(script))
        .credentials("a-key", "a-secret")
        .signing_key("a-signing-key")
        .wall_clock(|| UNIX_EPOCH + Duration::from_secs(1_795_000_000));
    builder.build().expect("a client")
}

/// Made up: the encryption key of Pay Agency's client, and what its webhooks are hashed with.
pub(crate) const PAYAGENCY_KEY: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";

/// A client of Pay Agency.
pub(crate) fn payagency(script: &Script) -> payagency::Client {
    let builder = payagency::Client::builder()
        .credentials("PA_TEST_made_up", PAYAGENCY_KEY)
        .transport(Transport::scripted(script));
    builder.build().expect("a client")
}

/// A client of PagFast that brings its own token.
pub(crate) fn pagfast(script: &Script) -> pagfast::Client {
    pagfast_builder(script).token_source(Arc::new(Jwt)).build().expect("a client")
}

/// A client of PagFast that logs in.
pub(crate) fn pagfast_with(script: &Script) -> pagfast::Client {
    pagfast_builder(script).credentials("a-key", "a-secret").build().expect("a client")
}

fn pagfast_builder(script: &Script) -> pagfast::Builder {
    let builder = pagfast::Client::builder().assumed_provider_test().transport(Transport::scripted(script));
    builder.wall_clock(|| UNIX_EPOCH + Duration::from_secs(1_795_000_000))
}

/// A token without an end.
struct Jwt;

#[async_trait::async_trait]
impl pagfast::auth::TokenSource for Jwt {
    async fn token(&self) -> Result<pagfast::SecretString, pagfast::CredentialError> {
        Ok("eyJhbGciOiJIUzM4NCIsInR5cCI6IkpXVCJ9.eyJ1aWQiOiJ1In0.c2ln".into())
    }
}

/// A client of Paga Connect.
pub(crate) fn paga_connect(script: &Script) -> paga_connect::Client {
    let builder = paga_connect::Client::builder()
        .provider_test()
        .credentials("a-client", "a-secret")
        .redirect_uri("https://shop.example/paga/callback")
        .transport(Transport::scripted(script))
        .wall_clock(|| UNIX_EPOCH + Duration::from_secs(1_795_000_000));
    builder.build().expect("a client")
}

//! The made-up provider: its operations, its judge and its token calls.

use bytes::Bytes;
use http::StatusCode;
use pay_core::provider::{
    Access, Answer, Credentials, DecodeError, Engine, Failure, Grant, GrantFailure, GrantStep, Limit, Operation, Parts,
    Provider, Repeat, Scope, Tokens, Verb, Verdict, json,
};
use pay_core::{Call, ExposeSecret, Kind, Outcome, SecretString};
use serde::{Deserialize, Serialize};
use std::time::Duration;

pub static READ: Operation = Operation::new("read", Verb::Get, "/things/{id}", Repeat::Safe);
pub static PAY: Operation = Operation::new("pay", Verb::Post, "/pay", Repeat::Keyed);
pub static CHARGE: Operation = Operation::new("charge", Verb::Post, "/charge", Repeat::Never);
pub static PACED: Operation = Operation::new("paced", Verb::Post, "/paced", Repeat::Never).limited(&TEN);
static LOGIN: Operation = Operation::new("login", Verb::Post, "/login", Repeat::Never).public();
static REFRESH: Operation = Operation::new("refresh", Verb::Post, "/refresh", Repeat::Never).public();

pub static TEN: Limit = Limit { name: "POST /paced", max: 10, per: Duration::from_secs(60), scope: Scope::Token };

#[derive(Debug, Deserialize, PartialEq)]
pub struct Done {
    pub id: String,
}

#[derive(Serialize)]
struct Body<'a> {
    account: &'a str,
}

/// A call of `operation` as `account`; money calls carry the reference `INV-1`.
pub fn call(engine: &Engine, access: &Access, operation: &'static Operation, account: &str) -> Call<Done> {
    let parts = match operation.repeat {
        Repeat::Safe => Parts::new(operation).path_value("id", account),
        _ => Parts::new(operation).json(&Body { account }).reference("INV-1"),
    };
    engine.call(access, parts, |answer| json(&answer.body))
}

/// The body as bytes, for calls whose model does not matter.
pub fn plain(engine: &Engine, access: &Access, parts: Parts) -> Call<Bytes> {
    engine.call(access, parts, |answer| Ok::<_, DecodeError>(answer.body.clone()))
}

pub struct Acme {
    pub backoff: (Duration, Duration),
    pub unknown_lifetime: Option<Duration>,
    pub token_limit: Option<&'static Limit>,
}

impl Default for Acme {
    fn default() -> Self {
        Self {
            backoff: (Duration::from_millis(500), Duration::from_secs(20)),
            unknown_lifetime: None,
            token_limit: None,
        }
    }
}

impl Provider for Acme {
    fn name(&self) -> &'static str {
        "acme"
    }

    fn version(&self) -> &'static str {
        "1.2.3"
    }

    fn judge(&self, _: &'static Operation, answer: &Answer) -> Verdict {
        judge(answer)
    }

    fn request_id(&self, answer: &Answer) -> Option<String> {
        answer.header("x-request-id").map(str::to_owned)
    }

    fn unknown_lifetime(&self) -> Option<Duration> {
        self.unknown_lifetime
    }

    fn token_limit(&self, _: GrantStep) -> Option<&'static Limit> {
        self.token_limit
    }

    fn backoff(&self) -> (Duration, Duration) {
        self.backoff
    }
}

/// What the made-up provider's facts say about an answer.
pub fn judge(answer: &Answer) -> Verdict {
    let fail = |kind, outcome| Failure::new(kind, outcome);
    match answer.status.as_u16() {
        200..300 => Verdict::Accept,
        // Status alone is not enough: another 401 refuses the caller.
        401 if answer.body.as_ref() == b"token refused" => {
            Verdict::TokenRefused(fail(Kind::TokenRefused, Outcome::NotDone))
        }
        401 | 403 => Verdict::Fail(fail(Kind::Forbidden, Outcome::Refused)),
        402 => Verdict::Fail(
            fail(Kind::Refused, Outcome::Refused).provider(Some("E402".into()), Some("insufficient balance".into())),
        ),
        409 => Verdict::Fail(fail(Kind::Duplicate, Outcome::Unknown)),
        410 => Verdict::Fail(fail(Kind::Refused, Outcome::Refused).transaction(Some("T-9".into())).authoritative()),
        429 => Verdict::Fail(fail(Kind::RateLimited, Outcome::NotDone).again()),
        503 => Verdict::Fail(fail(Kind::Unavailable, Outcome::Unknown).again()),
        500..600 => Verdict::Fail(fail(Kind::Unavailable, Outcome::Unknown)),
        _ => Verdict::Fail(fail(Kind::Unexpected, Outcome::Unknown)),
    }
}

/// The token calls: JSON in, JSON out. `consent`: a user must have agreed, so there is no log-in.
#[derive(Default)]
pub struct AcmeGrant {
    pub consent: bool,
}

#[derive(Serialize)]
struct Login<'a> {
    id: &'a str,
    secret: &'a str,
}

#[derive(Serialize)]
struct Refresh<'a> {
    id: &'a str,
    refresh_token: &'a str,
}

#[derive(Deserialize)]
struct TokenReply {
    access: String,
    refresh: Option<String>,
    expires_in: Option<u64>,
}

impl Grant for AcmeGrant {
    fn login(&self, credentials: &Credentials) -> Option<Parts> {
        let body = Login { id: credentials.id(), secret: credentials.secret().expose_secret() };
        (!self.consent).then(|| Parts::new(&LOGIN).json(&body))
    }

    fn refresh(&self, credentials: &Credentials, refresh: &SecretString) -> Option<Parts> {
        let body = Refresh { id: credentials.id(), refresh_token: refresh.expose_secret() };
        Some(Parts::new(&REFRESH).json(&body))
    }

    fn consent_only(&self) -> bool {
        self.consent
    }

    fn read(&self, _: GrantStep, answer: &Answer) -> Result<Tokens, GrantFailure> {
        match answer.status {
            StatusCode::UNAUTHORIZED => Err(GrantFailure::refused("the credentials were refused")),
            status if !status.is_success() => Err(GrantFailure::transient("the token endpoint is unwell")),
            _ => {
                let reply: TokenReply = json(&answer.body).map_err(|_| GrantFailure::transient("no token in it"))?;
                let mut tokens = Tokens::new(reply.access);
                tokens.refresh = reply.refresh.map(SecretString::from);
                tokens.lifetime = reply.expires_in.map(Duration::from_secs);
                Ok(tokens)
            }
        }
    }
}

//! Faults of the server, by the sandbox.

use super::Acts::{Maybe, No, Yes};
use super::{Acts, Fault, Hits, How};
use pay_sandbox::{Acting, Ends, Fault as Sandbox, StatusFault};
use std::time::Duration;

fn status(code: u16, acting: Acting) -> StatusFault {
    StatusFault::new(code, acting)
}

fn body(code: u16, acting: Acting, content_type: &str, text: &str) -> Sandbox {
    status(code, acting).content_type(content_type).body(text).into()
}

fn list(hits: Hits, faults: Vec<(&str, Acts, Sandbox)>) -> Vec<Fault> {
    faults.into_iter().map(|(name, acts, fault)| Fault::new(name, hits, acts, How::Sandbox(fault))).collect()
}

/// Faults of the operation's own request.
pub(super) fn calls() -> Vec<Fault> {
    use Acting::{After, Before};
    const JSON: &str = "application/json";
    let limited = |wait: &str| Sandbox::from(status(429, Before).retry_after(wait));
    let mut faults = list(
        Hits::Call,
        vec![
            ("401 on a good token", No, Sandbox::Unauthorized),
            ("401 of some proxy", No, body(401, Before, "text/html", "<h1>Unauthorized</h1>")),
            ("429", No, status(429, Before).into()),
            ("429 with Retry-After", No, limited("1")),
            ("429 with a date", No, limited("Wed, 21 Oct 2099 07:28:00 GMT")),
            ("429, Retry-After: 999999999", No, limited("999999999")),
            ("429, Retry-After: -1", No, limited("-1")),
            ("429, Retry-After: soon", No, limited("soon")),
            ("500 before acting", No, status(500, Before).into()),
            ("500 after acting", Yes, status(500, After).into()),
            ("502 before acting", No, status(502, Before).into()),
            ("502 after acting", Yes, status(502, After).into()),
            ("503 before acting", No, status(503, Before).into()),
            ("503 after acting", Yes, status(503, After).into()),
            ("503 with a hostile Retry-After", No, status(503, Before).retry_after("999999999").into()),
            ("504 before acting", No, status(504, Before).into()),
            ("504 after acting", Yes, status(504, After).into()),
            ("HTML for JSON", Yes, Sandbox::Html),
            ("HTML with 502", Yes, body(502, After, "text/html", "<h1>Bad gateway</h1>")),
            ("empty body", Yes, body(200, After, JSON, "")),
            ("null", Yes, body(200, After, JSON, "null")),
            ("a number", Yes, body(200, After, JSON, "7")),
            ("bytes that are no text", Yes, body(200, After, "application/octet-stream", "\u{0}\u{1}\u{fffd}")),
            ("deep nesting", Yes, body(200, After, JSON, &"[".repeat(100_000))),
            ("204 without a body", Yes, body(204, After, JSON, "")),
            ("302 to elsewhere", No, body(302, Before, JSON, "")),
            ("418", No, body(418, Before, JSON, "{}")),
            ("truncated JSON", Yes, body(200, After, JSON, r#"{"successful":true,"responseCo"#)),
            ("oversized body", Yes, Sandbox::OversizedBody { bytes: 8 << 20 }),
            ("slow drip", Maybe, Sandbox::SlowDrip { chunk_bytes: 64, pause: Duration::from_millis(2) }),
            ("stall before acting", No, Sandbox::StallBeforeActing(None)),
            ("stall after acting", Yes, Sandbox::StallAfterActing(None)),
        ],
    );
    let hour = Duration::from_secs(3600);
    faults.push(Fault::new("token that expires early", Hits::Call, Maybe, How::Clock(hour)));
    faults
}

/// Faults of the request for a token.
pub(super) fn tokens() -> Vec<Fault> {
    let answer = |text: &str| body(200, Acting::Before, "application/json", text);
    list(
        Hits::Token,
        vec![
            ("token: 400", Maybe, status(400, Acting::Before).into()),
            ("token: 401", Maybe, status(401, Acting::Before).into()),
            ("token: 429, Retry-After: 999999999", Maybe, status(429, Acting::Before).retry_after("999999999").into()),
            ("token: 500", Maybe, status(500, Acting::Before).into()),
            ("token: 503", Maybe, status(503, Acting::Before).into()),
            ("token: HTML for JSON", Maybe, Sandbox::Html),
            ("token: empty body", Maybe, answer("")),
            ("token: no token in it", Maybe, answer(r#"{"successful":true,"data":{}}"#)),
            ("token: a token that is no text", Maybe, answer(r#"{"successful":true,"data":{"token":7}}"#)),
            ("token: a token with a line end", Maybe, answer(r#"{"successful":true,"data":{"token":"a\r\nx: b"}}"#)),
            ("token: an empty token", Maybe, answer(r#"{"successful":true,"data":{"token":""}}"#)),
            ("token: stall", Maybe, Sandbox::StallBeforeActing(None)),
        ],
    )
}

/// Faults of providers whose sales can be pending: the sandbox settles them later.
pub(crate) fn pending() -> Vec<Fault> {
    let settle_after = Duration::from_millis(30);
    list(
        Hits::Money,
        vec![
            ("pending, completes", Yes, Sandbox::Pending { settle_after, ends: Ends::Completed }),
            ("pending, fails", Maybe, Sandbox::Pending { settle_after, ends: Ends::Failed }),
            (
                "provider's own timeout, completes",
                Yes,
                Sandbox::ProviderTimeout { settle_after, ends: Ends::Completed },
            ),
            ("provider's own timeout, fails", Maybe, Sandbox::ProviderTimeout { settle_after, ends: Ends::Failed }),
        ],
    )
}

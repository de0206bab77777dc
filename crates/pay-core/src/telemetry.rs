//! Spans and events, their names in one place. Path templates are logged, never URLs, headers or bodies.
//!
//! An event's message is its name: a log line without it says nothing, and OpenTelemetry calls an event by its message.
//! `docs/observability.md` says what the attributes mean.
//!
//! | Name | What | Level |
//! |---|---|---|
//! | `pay.call` (span) | one call with all its attempts | info |
//! | `pay.token` (span) | one refresh of the token, with all its token calls | info |
//! | `pay.attempt` (event) | one attempt ended | debug |
//! | `pay.token.call` (event) | one token call ended | info |
//! | `pay.token.cool_down` (event) | a refresh failed; no other before the wait is over | warn |
//! | `pay.token.store` (event) | the token store did not answer: the first refresh of an outage | warn |
//! | `pay.token.store.still` (event) | nor at a later refresh of the outage | debug |
//! | `pay.token.store.back` (event) | the outage is over | info |
//! | `pay.journal` (event) | the journal did not write what became of a call | warn |
//! | `pay.retry.budget_empty` (event) | a repeat was not made because too many calls fail | warn |
//! | `pay.call.dropped` (event) | a money call was dropped before its end, with what is known of its outcome | warn |

use crate::error::{Error, Outcome};
use crate::provider::Operation;
use http::{Method, StatusCode};
use std::time::Duration;
use tracing::{Span, debug, info, info_span, warn};

/// The span of one call, by the names of OpenTelemetry's HTTP client conventions.
pub(crate) fn call_span(
    provider: &'static str,
    operation: &Operation,
    method: &Method,
    host: Option<&str>,
    port: Option<u16>,
) -> Span {
    info_span!(
        "pay.call",
        otel.name = format_args!("{method} {}", operation.path),
        otel.kind = "client",
        otel.status_code = tracing::field::Empty,
        pay.provider = provider,
        pay.operation = operation.name,
        http.request.method = method.as_str(),
        url.template = operation.path,
        server.address = host,
        server.port = port,
        http.response.status_code = tracing::field::Empty,
        http.request.resend_count = tracing::field::Empty,
        error.type = tracing::field::Empty,
        pay.outcome = tracing::field::Empty,
    )
}

/// The span of one refresh: of its own, since it serves many calls and outlives the one that starts it, which it names.
pub(crate) fn token_span(provider: &'static str) -> Span {
    let span = info_span!(
        parent: None,
        "pay.token",
        otel.status_code = tracing::field::Empty,
        pay.provider = provider,
    );
    span.follows_from(Span::current());
    span
}

/// Inside its span.
pub(crate) fn no_token() {
    Span::current().record("otel.status_code", "ERROR");
}

pub(crate) fn attempt(operation: &Operation, number: u32, status: Option<StatusCode>, result: &'static str) {
    debug!(name: "pay.attempt", operation = operation.name, number, status = status.map(|s| s.as_u16()), result, "pay.attempt");
}

pub(crate) fn ended(span: &Span, attempts: u32, result: &Result<StatusCode, &Error>) {
    span.record("http.request.resend_count", attempts.saturating_sub(1));
    let status = match result {
        Ok(status) => Some(*status),
        Err(error) => {
            failed(span, error);
            error.status()
        }
    };
    if let Some(status) = status {
        span.record("http.response.status_code", status.as_u16());
    }
}

/// Also where an accepted answer cannot be read.
pub(crate) fn failed(span: &Span, error: &Error) {
    span.record("otel.status_code", "ERROR");
    span.record("error.type", tracing::field::debug(error.kind()));
    span.record("pay.outcome", tracing::field::display(error.outcome()));
}

pub(crate) fn token_call(
    provider: &'static str,
    operation: &'static str,
    status: Option<StatusCode>,
    result: &'static str,
) {
    info!(name: "pay.token.call", provider, operation, status = status.map(|s| s.as_u16()), result, "pay.token.call");
}

pub(crate) fn cool_down(provider: &'static str, wait: Duration, error: &Error) {
    warn!(name: "pay.token.cool_down", provider, seconds = wait.as_secs(), %error, "pay.token.cool_down");
}

pub(crate) fn store_failed(provider: &'static str, error: &dyn std::error::Error) {
    warn!(name: "pay.token.store", provider, error = %crate::secret::printable(&error.to_string()), "pay.token.store");
}

pub(crate) fn store_still_fails(provider: &'static str, error: &dyn std::error::Error) {
    let error = crate::secret::printable(&error.to_string());
    debug!(name: "pay.token.store.still", provider, %error, "pay.token.store.still");
}

pub(crate) fn store_back(provider: &'static str) {
    info!(name: "pay.token.store.back", provider, "pay.token.store.back");
}

/// The call has its outcome; what is lost is the note of it, until a recovery.
pub(crate) fn journal_failed(provider: &'static str, error: &dyn std::error::Error) {
    warn!(name: "pay.journal", provider, error = %crate::secret::printable(&error.to_string()), "pay.journal");
}

pub(crate) fn budget_empty(operation: &Operation) {
    warn!(name: "pay.retry.budget_empty", operation = operation.name, "pay.retry.budget_empty");
}

pub(crate) fn dropped(
    span: &Span,
    provider: &'static str,
    operation: &Operation,
    reference: Option<&str>,
    outcome: Outcome,
) {
    let reference = reference.map(crate::secret::printable);
    span.record("pay.outcome", tracing::field::display(outcome));
    // In the call's own span, which is not entered where a future is dropped: outside of any span a trace would lose it.
    warn!(
        name: "pay.call.dropped",
        parent: span,
        provider,
        operation = operation.name,
        reference,
        %outcome,
        "pay.call.dropped"
    );
}

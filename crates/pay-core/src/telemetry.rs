//! Spans and events, their names in one place. Path templates are logged, never URLs, headers or bodies.
//!
//! | Name | What | Level |
//! |---|---|---|
//! | `pay.call` (span) | one call with all its attempts | info |
//! | `pay.attempt` (event) | one attempt ended | debug |
//! | `pay.token.call` (event) | one token call ended | info |
//! | `pay.token.cool_down` (event) | a refresh failed; no other before the wait is over | warn |
//! | `pay.token.store` (event) | the token store did not answer | warn |
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
        otel.kind = "client",
        pay.provider = provider,
        pay.operation = operation.name,
        http.request.method = method.as_str(),
        url.template = operation.path,
        server.address = host,
        server.port = port,
        http.response.status_code = tracing::field::Empty,
        http.request.resend_count = tracing::field::Empty,
        error.type = tracing::field::Empty,
    )
}

pub(crate) fn attempt(operation: &Operation, number: u32, status: Option<StatusCode>, result: &'static str) {
    debug!(name: "pay.attempt", operation = operation.name, number, status = status.map(|s| s.as_u16()), result);
}

pub(crate) fn ended(span: &Span, attempts: u32, result: &Result<StatusCode, &Error>) {
    span.record("http.request.resend_count", attempts.saturating_sub(1));
    match result {
        Ok(status) => {
            span.record("http.response.status_code", status.as_u16());
        }
        Err(error) => {
            span.record("error.type", tracing::field::debug(error.kind()));
            if let Some(status) = error.status() {
                span.record("http.response.status_code", status.as_u16());
            }
        }
    }
}

pub(crate) fn token_call(
    provider: &'static str,
    operation: &'static str,
    status: Option<StatusCode>,
    result: &'static str,
) {
    info!(name: "pay.token.call", provider, operation, status = status.map(|s| s.as_u16()), result);
}

pub(crate) fn cool_down(provider: &'static str, wait: Duration, error: &Error) {
    warn!(name: "pay.token.cool_down", provider, seconds = wait.as_secs(), %error, "no token");
}

pub(crate) fn store_failed(provider: &'static str, error: &dyn std::error::Error) {
    warn!(name: "pay.token.store", provider, error = %crate::secret::printable(&error.to_string()), "the token store did not answer");
}

pub(crate) fn budget_empty(operation: &Operation) {
    warn!(name: "pay.retry.budget_empty", operation = operation.name, "too many calls fail: not repeated");
}

pub(crate) fn dropped(provider: &'static str, operation: &Operation, reference: Option<&str>, outcome: Outcome) {
    let reference = reference.map(crate::secret::printable);
    warn!(
        name: "pay.call.dropped",
        provider,
        operation = operation.name,
        reference,
        %outcome,
        "a money call was dropped before its end"
    );
}

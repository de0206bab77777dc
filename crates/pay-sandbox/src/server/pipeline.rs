//! One request, from its head to its answer: control plane or provider, fault or none.

use super::body::AnswerBody;
use super::connection::{Connection, Cut};
use super::visitor;
use crate::faults::{Acting, Fault, StatusFault, Subject};
use crate::json::Node;
use crate::provider::{Provider, ProviderRequest, Reply};
use crate::request_log::{RequestRecord, legible, masked, shown};
use crate::sandbox::Shared;
use crate::{control, pages};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use http::{HeaderName, Request, Response, StatusCode};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;

/// The connection ends without a (whole) answer.
#[derive(Debug, thiserror::Error)]
#[error("the sandbox ends this connection on purpose")]
pub(crate) struct Abort;

const LARGEST_BODY: usize = 1 << 20;

/// How long a customer waits for the merchant's server to hear first.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// Answers one request.
pub(crate) async fn answer(
    shared: Arc<Shared>,
    connection: Arc<Connection>,
    peer: IpAddr,
    request: Request<Incoming>,
) -> Result<Response<AnswerBody>, Abort> {
    let path = request.uri().path().to_owned();
    let (first, rest) = split(&path);
    if path == "/" || first == "_sandbox" {
        let (parts, body) = request.into_parts();
        if let Some(why) = visitor::refused(&parts) {
            return Ok(plain(control::forbidden(why)));
        }
        let Some(body) = read(body).await else {
            return Ok(plain(control::too_large()));
        };
        if let Some(page) = pages::answer(&shared, &parts, &body) {
            return Ok(plain(page));
        }
        return Ok(plain(control::answer(&shared, &parts.method, rest, &body)));
    }
    let Some(provider) = shared.providers().into_iter().find(|provider| provider.name() == first) else {
        return Ok(plain(control::not_found(&path)));
    };
    provider_answer(&shared, provider, &connection, peer, rest, request).await
}

async fn provider_answer(
    shared: &Shared,
    provider: &dyn Provider,
    connection: &Connection,
    peer: IpAddr,
    path: &str,
    request: Request<Incoming>,
) -> Result<Response<AnswerBody>, Abort> {
    let known = provider.known_path(path);
    let operation = known.map(|known| known.operation);
    let (parts, body) = request.into_parts();
    let number = shared.log.add(RequestRecord {
        at: shared.now_text(),
        provider: provider.name(),
        operation,
        method: parts.method.to_string(),
        path: known.map_or_else(|| masked(path), |known| known.template.to_owned()),
        ..RequestRecord::default()
    });
    let note_fault = |fault: &Fault| {
        shared.log.update(number, |record| record.fault = Some(fault.name().to_owned()));
    };

    if shared.faults.take_before_reading(provider.name(), operation) {
        note_fault(&Fault::ResetBeforeReading);
        connection.reset();
        return Err(Abort);
    }
    let Some(body) = read(body).await else {
        return Ok(plain(control::too_large()));
    };
    let request = ProviderRequest {
        method: parts.method,
        path: path.to_owned(),
        query: form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()).into_owned().collect(),
        raw_query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body,
        peer,
    };
    let reference = operation.and_then(|name| provider.reference(name, &request));
    shared.log.update(number, |record| {
        record.fields = field_names(&request);
        record.reference = reference.as_deref().map(shown);
    });
    if let (Some(operation), Some(reference)) = (operation, &reference) {
        provider.note_attempt(operation, reference);
    }
    let fault = shared.faults.take(Subject { provider: provider.name(), operation, reference: reference.as_deref() });
    fault.iter().for_each(note_fault);

    let mut reply = match before_acting(provider, connection, fault.as_ref()).await? {
        Some(reply) => reply,
        None => {
            let behaviour = fault.as_ref().and_then(Fault::behaviour);
            provider.handle(&request, behaviour.as_ref())
        }
    };
    if let Some(delivery) = reply.wait_for {
        shared.outbox.tried(delivery, LONGEST_WAIT).await;
        reply = provider.after_delivery(delivery, reply);
    }
    let undisturbed = fault.as_ref().is_none_or(|fault| fault.behaviour().is_some());
    if let (true, Some(operation), Some(reference)) = (undisturbed, operation, &reference) {
        provider.note_answered(operation, reference);
    }
    let (assumed, violation) = (reply.assumed.clone(), reply.violation.clone());
    let outcome = after_acting(provider, connection, fault.as_ref(), reply).await;
    shared.log.update(number, |record| {
        record.status = outcome.as_ref().ok().map(|answer| answer.status().as_u16());
        record.assumed = assumed;
        record.violation = violation;
    });
    outcome
}

/// Faults that strike before the provider acts. `Some`: the fault answers in its place.
async fn before_acting(
    provider: &dyn Provider,
    connection: &Connection,
    fault: Option<&Fault>,
) -> Result<Option<Reply>, Abort> {
    match fault {
        Some(Fault::ResetBeforeReading | Fault::ResetAfterReading) => {
            connection.reset();
            Err(Abort)
        }
        Some(Fault::StallBeforeActing(time)) => {
            stall(*time).await;
            Ok(None)
        }
        Some(Fault::Status(status)) if status.acting == Acting::Before => Ok(Some(status_reply(provider, status))),
        Some(Fault::Unauthorized) => Ok(Some(provider.unauthorized())),
        _ => Ok(None),
    }
}

/// Faults that strike once the provider has acted, or its answer as it is.
async fn after_acting(
    provider: &dyn Provider,
    connection: &Connection,
    fault: Option<&Fault>,
    reply: Reply,
) -> Result<Response<AnswerBody>, Abort> {
    let mut reply = reply;
    let mut body = AnswerBody::Whole(reply.body.clone());
    match fault {
        Some(Fault::ResetAfterActing) => {
            connection.reset();
            return Err(Abort);
        }
        Some(Fault::CloseAfterActing) => return Err(Abort),
        Some(Fault::HalfHeaders) => connection.cut(Cut::Head),
        Some(Fault::TruncatedBody) => connection.cut(Cut::Body(reply.body.len() / 2)),
        Some(Fault::StallAfterActing(time)) => stall(*time).await,
        Some(Fault::SlowDrip { chunk_bytes, pause }) => {
            body = AnswerBody::drip(reply.body.clone(), *chunk_bytes, *pause);
        }
        Some(Fault::Status(status)) if status.acting == Acting::After => {
            reply = status_reply(provider, status);
            body = AnswerBody::Whole(reply.body.clone());
        }
        Some(Fault::Html) => {
            reply.status = StatusCode::OK;
            "text/html; charset=utf-8".clone_into(&mut reply.content_type);
            body = AnswerBody::Whole(Bytes::from_static(HTML));
        }
        Some(Fault::OversizedBody { bytes }) => body = AnswerBody::Oversized { left: *bytes },
        _ => {}
    }
    let mut response = respond(&reply, body);
    if let Some(fault) = fault {
        response.headers_mut().insert(FAULT, HeaderValue::from_static(fault.name()));
    }
    Ok(response)
}

const FAULT: HeaderName = HeaderName::from_static("x-sandbox-fault");
const ASSUMED: HeaderName = HeaderName::from_static("x-sandbox-assumed");
const HTML: &[u8] = b"<!doctype html><title>Bad gateway</title><h1>Something went wrong</h1>\n";

/// Waits; without a time, until the client hangs up, which ends this future.
async fn stall(time: Option<Duration>) {
    match time {
        Some(time) => sleep(time).await,
        None => std::future::pending().await,
    }
}

/// A status in the provider's own envelope, where it has one for every status; what the rule says itself goes first.
fn status_reply(provider: &dyn Provider, fault: &StatusFault) -> Reply {
    let status = StatusCode::from_u16(fault.code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut reply = provider.failure(status).unwrap_or_else(|| {
        let reason = status.canonical_reason().unwrap_or("Error");
        let message = "answered by a fault rule of the sandbox";
        Reply::json(status, &Node::Object(vec![("error", reason.into()), ("message", message.into())]))
    });
    if let Some(content_type) = &fault.content_type {
        reply.content_type.clone_from(content_type);
    }
    if let Some(body) = &fault.body {
        reply.body = body.clone().into();
    }
    reply.retry_after.clone_from(&fault.retry_after);
    reply
}

fn respond(reply: &Reply, body: AnswerBody) -> Response<AnswerBody> {
    let mut response = Response::new(body);
    *response.status_mut() = reply.status;
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&reply.content_type) {
        headers.insert(CONTENT_TYPE, value);
    }
    if let Some(Ok(value)) = reply.retry_after.as_deref().map(HeaderValue::from_str) {
        headers.insert(RETRY_AFTER, value);
    }
    for (name, value) in &reply.headers {
        headers.insert(name.clone(), value.clone());
    }
    if !reply.assumed.is_empty()
        && let Ok(value) = HeaderValue::from_str(&reply.assumed.join(", "))
    {
        headers.insert(ASSUMED, value);
    }
    response
}

fn plain(reply: Reply) -> Response<AnswerBody> {
    let body = AnswerBody::Whole(reply.body.clone());
    respond(&reply, body)
}

/// `/first/rest...` as `first` and `/rest...`.
fn split(path: &str) -> (&str, &str) {
    let path = path.strip_prefix('/').unwrap_or(path);
    path.find('/').map_or((path, ""), |at| path.split_at(at))
}

async fn read(body: Incoming) -> Option<Bytes> {
    let body = Limited::new(body, LARGEST_BODY).collect().await.ok()?;
    Some(body.to_bytes())
}

/// Names of body fields and query parameters: enough to see what was sent, nothing of what it said.
fn field_names(request: &ProviderRequest) -> Vec<String> {
    let body: BTreeMap<String, &serde_json::value::RawValue> =
        serde_json::from_slice(&request.body).unwrap_or_default();
    let query = request.query.iter().map(|(name, _)| name.clone());
    body.into_keys().chain(query).take(32).map(|name| legible(&masked(&name))).collect()
}

//! The control plane: the typed methods of the sandbox over HTTP, as JSON.

mod fields;
mod webhooks;

use crate::faults::{self, FaultStatus};
use crate::provider::Reply;
use crate::request_log::disguises;
use crate::sandbox::Shared;
use crate::{Error, paga_connect, pagfast, pay1st, payagency};
use bytes::Bytes;
pub(crate) use fields::Fields;
use http::{Method, StatusCode};
use serde::Serialize;
use serde_json::{Value, json};

/// Answers a request to `/_sandbox` plus `path`.
pub(crate) fn answer(shared: &Shared, method: &Method, path: &str, body: &Bytes) -> Reply {
    let path = path.trim_end_matches('/');
    let result = match (path, method.as_str()) {
        ("/health", "GET") => Ok(reply(&json!({
            "status": "ok",
            "version": env!("CARGO_PKG_VERSION"),
            "providers": shared.providers().map(|provider| provider.name()),
        }))),
        ("/reset", "POST") => empty(body).map(|()| {
            shared.reset();
            reply(&json!({ "reset": true }))
        }),
        ("/clock", "GET") => Ok(clock(shared)),
        ("/clock", "POST") => set_clock(shared, body),
        ("/faults", "GET") => Ok(fault_list(shared)),
        ("/faults", "POST") => add_faults(shared, body),
        ("/faults", "DELETE") => empty(body).map(|()| {
            shared.faults.clear();
            fault_list(shared)
        }),
        ("/ledger", "GET") => Ok(ledger(shared)),
        ("/leaks", "POST") => leaks(shared, body),
        ("/requests", "GET") => Ok(reply(&shared.log.all())),
        ("/modes", "GET") => Ok(modes(shared)),
        ("/modes", "POST") => set_modes(shared, body),
        ("/pagamio/float", "POST") => set_float(shared, body),
        (path, "DELETE") if path.starts_with("/faults/") => remove_fault(shared, path),
        (path, _) if allowed(path).is_some_and(|methods| methods.split(", ").any(|it| it == method.as_str())) => {
            below(shared, method, path, body)
        }
        (path, _) if allowed(path).is_some() => return wrong_method(path),
        _ => return not_found(&format!("/_sandbox{path}")),
    };
    result.unwrap_or_else(|error| refused(&error))
}

fn allowed(path: &str) -> Option<&'static str> {
    match path {
        "/health" | "/ledger" | "/requests" => Some("GET"),
        "/reset" | "/leaks" | "/pagamio/float" => Some("POST"),
        "/clock" | "/modes" => Some("GET, POST"),
        "/faults" => Some("GET, POST, DELETE"),
        _ if path.starts_with("/faults/") => Some("DELETE"),
        _ => match part(path) {
            ("/webhooks", rest) => webhooks::allowed(rest),
            ("/pay1st", rest) => pay1st::allowed(rest),
            ("/payagency", rest) => payagency::allowed(rest),
            ("/pagfast", rest) => pagfast::allowed(rest),
            ("/paga-connect", rest) => paga_connect::allowed(rest),
            _ => None,
        },
    }
}

/// `/part/rest...` as `/part` and `/rest...`.
fn part(path: &str) -> (&str, &str) {
    let second = path.get(1..).and_then(|rest| rest.find('/'));
    second.map_or((path, ""), |at| path.split_at(at + 1))
}

/// What has a module of its own.
fn below(shared: &Shared, method: &Method, path: &str, body: &Bytes) -> Result<Reply, Error> {
    let body = if body.is_empty() { json!({}) } else { parse(body)? };
    let answer = match part(path) {
        ("/webhooks", rest) => webhooks::answer(shared, method, rest, body),
        ("/pay1st", rest) => pay1st::answer(shared, method, rest, body),
        ("/payagency", rest) => payagency::answer(shared, method, rest, body),
        ("/pagfast", rest) => pagfast::answer(shared, method, rest, body),
        ("/paga-connect", rest) => paga_connect::answer(shared, method, rest, body),
        _ => None,
    };
    answer.map_or_else(|| Ok(not_found(&format!("/_sandbox{path}"))), |answer| answer.map(|value| reply(&value)))
}

fn clock(shared: &Shared) -> Reply {
    reply(&json!({
        "now": shared.now_text(),
        "offset_seconds": shared.clock.offset().as_secs_f64(),
    }))
}

fn set_clock(shared: &Shared, body: &Bytes) -> Result<Reply, Error> {
    let mut fields = Fields::new(parse(body)?, "")?;
    let advance = fields.seconds("advance_seconds")?;
    let offset = fields.seconds("offset_seconds")?;
    match (advance, offset) {
        (Some(_), Some(_)) => return Err(fields.wrong("offset_seconds", "not beside advance_seconds")),
        (None, None) => {
            fields.finish()?;
            return Err(Error::invalid("advance_seconds", "this or offset_seconds is required"));
        }
        (advance, offset) => {
            fields.finish()?;
            if let Some(by) = advance {
                shared.clock.advance(by);
            }
            if let Some(offset) = offset {
                shared.clock.set_offset(offset);
            }
        }
    }
    Ok(clock(shared))
}

fn fault_list(shared: &Shared) -> Reply {
    let rules = shared.faults.all();
    reply(&rules.iter().map(FaultStatus::to_json).collect::<Vec<_>>())
}

fn add_faults(shared: &Shared, body: &Bytes) -> Result<Reply, Error> {
    let rules = faults::rules(parse(body)?)?;
    // All or none: a list with one bad rule must not leave half of itself behind.
    rules.iter().try_for_each(|rule| shared.check_fault(rule))?;
    let ids: Vec<u64> = rules.into_iter().map(|rule| shared.faults.add(rule)).collect();
    Ok(reply(&json!({ "ids": ids })))
}

fn remove_fault(shared: &Shared, path: &str) -> Result<Reply, Error> {
    let id = path.trim_start_matches("/faults/").parse();
    let id = id.map_err(|_| Error::invalid("id", "must be a whole number"))?;
    if shared.faults.remove(id) { Ok(fault_list(shared)) } else { Ok(not_found(&format!("/_sandbox{path}"))) }
}

fn ledger(shared: &Shared) -> Reply {
    #[derive(Serialize)]
    struct View {
        providers: std::collections::BTreeMap<&'static str, crate::ProviderLedger>,
        violations: Vec<String>,
    }
    let ledger = shared.ledger();
    let violations = ledger.check();
    reply(&View { providers: ledger.providers, violations })
}

fn leaks(shared: &Shared, body: &Bytes) -> Result<Reply, Error> {
    let mut fields = Fields::new(parse(body)?, "")?;
    let text = fields.text("text")?;
    let text = fields.required("text", text)?;
    fields.finish()?;
    Ok(reply(&json!({ "leaks": shared.leaks(&text) })))
}

fn modes(shared: &Shared) -> Reply {
    let mut all = json!({});
    for mode in shared.providers().iter().flat_map(|it| it.modes()) {
        all[mode.provider][mode.name] = json!({
            "value": mode.value,
            "default": mode.default,
            "about": mode.about,
            "allowed": mode.allowed,
        });
    }
    reply(&all)
}

fn set_modes(shared: &Shared, body: &Bytes) -> Result<Reply, Error> {
    let fields = Fields::new(parse(body)?, "")?;
    let mut wanted = Vec::new();
    for (name, value) in fields.into_entries() {
        let provider = shared.provider(&name, &name)?;
        wanted.push((provider, Fields::new(value, &name)?.texts()?));
    }
    for (provider, modes) in wanted {
        let modes: Vec<(&str, &str)> = modes.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        provider.set_modes(&modes)?;
    }
    Ok(modes(shared))
}

fn set_float(shared: &Shared, body: &Bytes) -> Result<Reply, Error> {
    let mut fields = Fields::new(parse(body)?, "")?;
    let account = fields.text("account")?;
    let account = fields.required("account", account)?;
    let amount = match fields.take("amount") {
        Some(Value::String(amount)) => amount,
        Some(_) => return Err(fields.wrong("amount", "must be a decimal text such as \"123.45\"")),
        None => return Err(fields.wrong("amount", "is required")),
    };
    fields.finish()?;
    let cents = shared.pagamio.set_float(&account, &amount)?;
    Ok(reply(&json!({ "account": account, "float_cents": cents })))
}

fn parse(body: &Bytes) -> Result<Value, Error> {
    serde_json::from_slice(body).map_err(|error| Error::invalid("body", format!("not JSON: {error}")))
}

fn empty(body: &Bytes) -> Result<(), Error> {
    if body.is_empty() {
        return Ok(());
    }
    Fields::new(parse(body)?, "")?.finish()
}

fn reply<T: Serialize>(value: &T) -> Reply {
    status_reply(StatusCode::OK, value)
}

fn status_reply<T: Serialize>(status: StatusCode, value: &T) -> Reply {
    Reply {
        status,
        content_type: "application/json".to_owned(),
        retry_after: None,
        headers: Vec::new(),
        wait_for: None,
        // These values are made of texts and integers: writing them cannot fail.
        body: escaped(&serde_json::to_string(value).unwrap_or_default()).into(),
        assumed: Vec::new(),
        violation: None,
    }
}

/// JSON that a terminal shows as it is: outside of ASCII it escapes nothing by itself, and texts may be a client's.
fn escaped(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for c in json.chars() {
        // All of them have four digits.
        if disguises(c) { escaped.push_str(&format!("\\u{:04x}", u32::from(c))) } else { escaped.push(c) }
    }
    escaped
}

fn refused(error: &Error) -> Reply {
    let body = match error {
        Error::Invalid { field, message } => json!({ "error": message, "field": field }),
        other => json!({ "error": other.to_string() }),
    };
    status_reply(StatusCode::BAD_REQUEST, &body)
}

fn wrong_method(path: &str) -> Reply {
    let body = json!({ "error": format!("use {}", allowed(path).unwrap_or("GET")) });
    status_reply(StatusCode::METHOD_NOT_ALLOWED, &body)
}

pub(crate) fn not_found(path: &str) -> Reply {
    let hint = "nothing here; providers are under /pagamio, /pay1st, /payagency, /pagfast and /paga-connect, control under /_sandbox";
    let body = json!({ "error": hint, "path": crate::request_log::masked(path) });
    status_reply(StatusCode::NOT_FOUND, &body)
}

/// For whoever is none of this machine's people and programs.
pub(crate) fn forbidden(why: &str) -> Reply {
    status_reply(StatusCode::FORBIDDEN, &json!({ "error": why }))
}

pub(crate) fn too_large() -> Reply {
    let body = json!({ "error": "the body is broken off or larger than 1 MiB" });
    status_reply(StatusCode::PAYLOAD_TOO_LARGE, &body)
}

//! Pay1st's part of the control plane: what its console and a customer would do.

use super::checkout::Action;
use crate::Error;
use crate::control::Fields;
use crate::sandbox::Shared;
use http::Method;
use serde_json::{Value, json};

/// Answers a request below `/_sandbox/pay1st`. `None`: not one of these.
pub(crate) fn answer(shared: &Shared, method: &Method, path: &str, body: Value) -> Option<Result<Value, Error>> {
    let provider = &shared.pay1st;
    let now = shared.clock.now();
    Some(match (path, method.as_str()) {
        ("/payments", "GET") => {
            Ok(json!(provider.lock().book.payments().iter().map(super::payment::Payment::record).collect::<Vec<_>>()))
        }
        ("/refunds", "GET") => {
            Ok(json!(provider.lock().book.refunds.iter().map(|refund| refund.record(now)).collect::<Vec<_>>()))
        }
        ("/console", "GET") => Ok(json!(provider.lock().console)),
        ("/console", "POST") => {
            let state = &mut *provider.lock();
            state.console.changed(body).map(|console| {
                state.console = console;
                json!(state.console)
            })
        }
        ("/settings", "GET") => Ok(provider.lock().settings.to_json()),
        ("/settings", "POST") => {
            let state = &mut *provider.lock();
            state.settings.changed(body).map(|settings| {
                state.settings = settings;
                state.settings.to_json()
            })
        }
        ("/signing_key", "POST") => set_signing_key(shared, body),
        ("/end_access_tokens", "POST") => finished(body).map(|()| {
            provider.lock().access.end_all(now);
            json!({ "ended": true })
        }),
        (path, "POST") if path.starts_with("/payments/") => on_payment(shared, path, body),
        _ => return None,
    })
}

/// The methods of a path.
pub(crate) fn allowed(path: &str) -> Option<&'static str> {
    match path {
        "/payments" | "/refunds" => Some("GET"),
        "/console" | "/settings" => Some("GET, POST"),
        "/signing_key" | "/end_access_tokens" => Some("POST"),
        path if path.starts_with("/payments/") => Some("POST"),
        _ => None,
    }
}

/// `/payments/REFERENCE/ACTION`
fn on_payment(shared: &Shared, path: &str, body: Value) -> Result<Value, Error> {
    let rest = path.trim_start_matches("/payments/");
    let (reference, action) = rest.split_once('/').unwrap_or((rest, ""));
    let unknown = || Error::invalid("reference", "no such payment");
    if action == "event" {
        let mut fields = Fields::new(body, "")?;
        let status = fields.text("status")?;
        let status = fields.required("status", status)?;
        fields.finish()?;
        let id = shared.pay1st.send_event(reference, &status)?;
        return Ok(json!({ "delivery": id }));
    }
    let action = Action::named(action)
        .ok_or_else(|| Error::invalid("action", "not one of pay, fail, pay_later, cancel, expire, event"))?;
    let mut fields = Fields::new(body, "")?;
    let channel = fields.number("channel_id", u32::MAX.into())?;
    fields.finish()?;
    let channel = channel.and_then(|id| u32::try_from(id).ok());
    let acted = shared.pay1st.act(reference, action, channel).ok_or_else(unknown)?;
    Ok(json!({
        "status": acted.status,
        "changed": acted.changed,
        "redirect": acted.redirect,
        "delivery": acted.first_deliver,
    }))
}

fn set_signing_key(shared: &Shared, body: Value) -> Result<Value, Error> {
    let mut fields = Fields::new(body, "")?;
    let key = fields.text("key")?.filter(|key| !key.is_empty());
    let key = fields.required("key", key)?;
    fields.finish()?;
    shared.pay1st.lock().signing_key = key;
    Ok(json!({ "set": true }))
}

fn finished(body: Value) -> Result<(), Error> {
    Fields::new(body, "")?.finish()
}

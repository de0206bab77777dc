//! Paga Connect's part of the control plane: what its back office and its users would do.

use super::records;
use crate::Error;
use crate::control::Fields;
use crate::sandbox::Shared;
use http::Method;
use serde_json::{Value, json};

/// Answers a request below `/_sandbox/paga-connect`. `None`: not one of these.
pub(crate) fn answer(shared: &Shared, method: &Method, path: &str, body: Value) -> Option<Result<Value, Error>> {
    let provider = &shared.paga_connect;
    Some(match (path, method.as_str()) {
        ("/clients", "GET") => Ok(json!(records::clients(&provider.lock()))),
        ("/users", "GET") => Ok(json!(records::users(&provider.lock()))),
        ("/consents", "GET") => Ok(json!(records::consents(&provider.lock()))),
        ("/settings", "GET") => Ok(provider.lock().settings.to_json()),
        ("/settings", "POST") => {
            let state = &mut *provider.lock();
            state.settings.changed(body).map(|settings| {
                state.settings = settings;
                state.settings.to_json()
            })
        }
        ("/consent", "POST") => consent(shared, body),
        ("/balance", "POST") => set_balance(shared, body),
        ("/end_access_tokens", "POST") => end_access_tokens(shared, body),
        (path, "POST") => {
            match path.split('/').collect::<Vec<_>>()[..] {
                ["", "clients", id, "redirect_uris"] => one_text(body, "redirect_uri")
                    .and_then(|uri| provider.register(id, &uri).map(|client| json!(client))),
                ["", "clients", id, "secret"] => one_text(body, "secret")
                    .and_then(|secret| provider.set_secret(id, &secret).map(|client| json!(client))),
                ["", "users", name, "lock"] => {
                    finished(body).and_then(|()| provider.set_locked(name, true)).map(|it| json!(it))
                }
                ["", "users", name, "unlock"] => {
                    finished(body).and_then(|()| provider.set_locked(name, false)).map(|it| json!(it))
                }
                ["", "users", name, "revoke"] => revoke(shared, name, body),
                _ => return None,
            }
        }
        _ => return None,
    })
}

/// The methods of a path.
pub(crate) fn allowed(path: &str) -> Option<&'static str> {
    match path.split('/').collect::<Vec<_>>()[..] {
        ["", "clients" | "users" | "consents"] => Some("GET"),
        ["", "settings"] => Some("GET, POST"),
        ["", "consent" | "balance" | "end_access_tokens"]
        | ["", "clients", _, "redirect_uris" | "secret"]
        | ["", "users", _, "lock" | "unlock" | "revoke"] => Some("POST"),
        _ => None,
    }
}

/// `{"url": "...", "user": "ada", "approve": true}`: the redirect that the browser would follow.
fn consent(shared: &Shared, body: Value) -> Result<Value, Error> {
    let mut fields = Fields::new(body, "")?;
    let (url, user) = (fields.text("url")?, fields.text("user")?);
    let (url, user) = (fields.required("url", url)?, fields.required("user", user)?);
    let approve = match fields.take("approve") {
        None => true,
        Some(Value::Bool(approve)) => approve,
        Some(_) => return Err(fields.wrong("approve", "must be true or false")),
    };
    fields.finish()?;
    shared.paga_connect.consent(&url, &user, approve).map(|redirect| json!({ "redirect": redirect }))
}

fn set_balance(shared: &Shared, body: Value) -> Result<Value, Error> {
    let mut fields = Fields::new(body, "")?;
    let (account, amount) = (fields.text("account")?, fields.text("amount")?);
    let (account, amount) = (fields.required("account", account)?, fields.required("amount", amount)?);
    fields.finish()?;
    let cents = shared.paga_connect.set_balance(&account, &amount)?;
    Ok(json!({ "account": account, "balance_cents": cents }))
}

fn end_access_tokens(shared: &Shared, body: Value) -> Result<Value, Error> {
    let mut fields = Fields::new(body, "")?;
    let user = fields.text("user")?;
    fields.finish()?;
    shared.paga_connect.lock().grants.end_access(shared.clock.now(), user.as_deref());
    Ok(json!({ "ended": true }))
}

fn revoke(shared: &Shared, user: &str, body: Value) -> Result<Value, Error> {
    let mut fields = Fields::new(body, "")?;
    let client = fields.text("client_id")?;
    fields.finish()?;
    shared.paga_connect.revoke(user, client.as_deref()).map(|ended| json!({ "revoked": ended }))
}

fn one_text(body: Value, name: &str) -> Result<String, Error> {
    let mut fields = Fields::new(body, "")?;
    let text = fields.text(name)?;
    let text = fields.required(name, text)?;
    fields.finish()?;
    Ok(text)
}

fn finished(body: Value) -> Result<(), Error> {
    Fields::new(body, "")?.finish()
}

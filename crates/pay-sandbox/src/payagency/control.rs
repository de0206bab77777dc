//! Pay Agency's part of the control plane: what its dashboard, its operator and a payer would do.

use super::account::Environment;
use super::console::no_payment;
use super::hosted::Decision;
use super::link::Link;
use super::payment::Payment;
use super::payout::{Payout, Wallet};
use crate::Error;
use crate::control::Fields;
use crate::sandbox::Shared;
use http::Method;
use serde_json::{Value, json};

/// Answers a request below `/_sandbox/payagency`. `None`: not one of these.
pub(crate) fn answer(shared: &Shared, method: &Method, path: &str, body: Value) -> Option<Result<Value, Error>> {
    let provider = &shared.payagency;
    Some(match (path, method.as_str()) {
        ("/payments", "GET") => {
            Ok(json!(provider.lock().book.payments.iter().map(Payment::record).collect::<Vec<_>>()))
        }
        ("/payouts", "GET") => Ok(json!(provider.lock().book.payouts.iter().map(Payout::record).collect::<Vec<_>>())),
        ("/wallets", "GET") => Ok(json!(provider.lock().book.wallets.iter().map(Wallet::record).collect::<Vec<_>>())),
        ("/links", "GET") => Ok(json!(provider.lock().book.links.iter().map(Link::record).collect::<Vec<_>>())),
        ("/templates", "GET") => Ok(json!(provider.lock().book.templates)),
        ("/settings", "GET") => Ok(provider.lock().settings.to_json()),
        ("/settings", "POST") => {
            let state = &mut *provider.lock();
            state.settings.changed(body).map(|settings| {
                state.settings = settings;
                state.settings.to_json()
            })
        }
        ("/keys", "POST") => set_keys(shared, body),
        (path, "POST") => match path.split('/').collect::<Vec<_>>()[..] {
            ["", "payments", id, action] => on_payment(shared, id, action, body),
            ["", "wallets", id] => set_wallet(shared, id, body),
            ["", "templates", id] => provider.set_template(id, |template| template.changed(body)).map(|it| json!(it)),
            _ => return None,
        },
        _ => return None,
    })
}

/// The methods of a path.
pub(crate) fn allowed(path: &str) -> Option<&'static str> {
    match path.split('/').collect::<Vec<_>>()[..] {
        ["", "payments" | "payouts" | "wallets" | "links" | "templates"] => Some("GET"),
        ["", "settings"] => Some("GET, POST"),
        ["", "keys"] | ["", "payments", _, _] | ["", "wallets" | "templates", _] => Some("POST"),
        _ => None,
    }
}

fn on_payment(shared: &Shared, id: &str, action: &str, body: Value) -> Result<Value, Error> {
    Fields::new(body, "")?.finish()?;
    if action == "charge_back" {
        return shared.payagency.charge_back(id, &shared.clock).map(|changed| json!({ "changed": changed }));
    }
    let decision = Decision::named(action).ok_or_else(|| {
        Error::invalid("action", "not one of approve, decline, abandon, pay_under, pay_over, charge_back")
    })?;
    let decided = shared.payagency.decide(id, decision).ok_or_else(no_payment)?;
    Ok(json!({
        "status": decided.status,
        "changed": decided.changed,
        "redirect": decided.redirect,
        "delivery": decided.first_deliver,
    }))
}

fn set_wallet(shared: &Shared, id: &str, body: Value) -> Result<Value, Error> {
    let mut fields = Fields::new(body, "")?;
    let amount = fields.text("amount")?;
    let amount = fields.required("amount", amount)?;
    fields.finish()?;
    shared.payagency.set_wallet(id, &amount).map(|wallet| json!(wallet))
}

fn set_keys(shared: &Shared, body: Value) -> Result<Value, Error> {
    let mut fields = Fields::new(body, "")?;
    let environment = fields.text("environment")?;
    let environment = fields.required("environment", environment)?;
    let environment =
        Environment::named(&environment).ok_or_else(|| Error::invalid("environment", "must be test or live"))?;
    let (secret, encryption) = (fields.text("secret_key")?, fields.text("encryption_key")?);
    fields.finish()?;
    shared.payagency.set_keys(environment, secret, encryption)?;
    Ok(json!({ "set": true }))
}

//! PagFast's part of the control plane: what its panel, its staff, payers and banks would do. None of this is the provider's.

use super::account::{AccessKey, KeyStatus};
use super::moves::{Move, Payer, Payment};
use super::transaction::Transaction;
use crate::Error;
use crate::control::Fields;
use crate::sandbox::Shared;
use http::Method;
use serde_json::{Value, json};

/// Answers a request below `/_sandbox/pagfast`. `None`: not one of these.
pub(crate) fn answer(shared: &Shared, method: &Method, path: &str, body: Value) -> Option<Result<Value, Error>> {
    let provider = &shared.pagfast;
    Some(match (path, method.as_str()) {
        ("/transactions", "GET") => {
            let state = provider.lock();
            Ok(json!(state.book.transactions.iter().map(Transaction::record).collect::<Vec<_>>()))
        }
        ("/accounts", "GET") => {
            let state = provider.lock();
            let account = |it: &super::account::Account| {
                let keys = state.book.keys.iter().filter(|key| key.account == it.id).map(|key| key.status);
                json!({ "account": it.id, "name": it.name, "wallet_cents": it.wallet, "keys": keys.collect::<Vec<_>>() })
            };
            Ok(json!(state.book.accounts.iter().map(account).collect::<Vec<_>>()))
        }
        ("/keys", "POST") => create_key(shared, body),
        ("/keys/approve", "POST") => set_key(shared, body, KeyStatus::Active),
        ("/keys/suspend", "POST") => set_key(shared, body, KeyStatus::Pending),
        ("/webhook_key", "POST") => set_webhook_key(shared, body),
        ("/wallet", "POST") => set_wallet(shared, body),
        ("/pix_keys", "POST") => set_pix_key(shared, body),
        ("/settings", "GET") => Ok(settings(shared)),
        ("/settings", "POST") => change_settings(shared, body),
        ("/end_tokens", "POST") => Fields::new(body, "").and_then(Fields::finish).map(|()| {
            provider.end_tokens();
            json!({ "ended": true })
        }),
        (path, "POST") if path.starts_with("/transactions/") => on_transaction(shared, path, body),
        _ => return None,
    })
}

/// The methods of a path.
pub(crate) fn allowed(path: &str) -> Option<&'static str> {
    match path {
        "/transactions" | "/accounts" => Some("GET"),
        "/settings" => Some("GET, POST"),
        "/keys" | "/keys/approve" | "/keys/suspend" | "/webhook_key" | "/wallet" | "/pix_keys" | "/end_tokens" => {
            Some("POST")
        }
        path if path.starts_with("/transactions/") => Some("POST"),
        _ => None,
    }
}

/// `/transactions/ID/MOVE`
fn on_transaction(shared: &Shared, path: &str, body: Value) -> Result<Value, Error> {
    let rest = path.trim_start_matches("/transactions/");
    let (id, name) = rest.split_once('/').unwrap_or((rest, ""));
    let unknown = || Error::invalid("action", format!("not one of {}", Move::NAMES.join(", ")));
    let by = Move::named(name).ok_or_else(unknown)?;
    let mut fields = Fields::new(body, "")?;
    let by = match by {
        Move::Complete(payment) if payment == Payment::default() => Move::Complete(payment_of(&mut fields)?),
        by => by,
    };
    fields.finish()?;
    let acted = shared.pagfast.act(id, &by)?;
    Ok(json!({
        "state": acted.state,
        "changed": acted.changed,
        "redirect": acted.redirect,
        "delivery": acted.first_deliver,
    }))
}

fn payment_of(fields: &mut Fields) -> Result<Payment, Error> {
    let (name, tax_number) = (fields.text("name")?, fields.text("tax_number")?);
    if name.is_some() && tax_number.is_none() {
        return Err(fields.wrong("tax_number", "is required beside a name"));
    }
    let payer = tax_number.map(|tax_number| Payer { name: name.unwrap_or_default(), tax_number });
    Ok(Payment { payer, amount: fields.text("amount")? })
}

fn required(fields: &mut Fields, name: &str) -> Result<String, Error> {
    let text = fields.text(name)?.filter(|text| !text.is_empty());
    fields.required(name, text)
}

fn create_key(shared: &Shared, body: Value) -> Result<Value, Error> {
    let mut fields = Fields::new(body, "")?;
    let account = required(&mut fields, "account")?;
    fields.finish()?;
    let AccessKey { access_key, secret, status, account } = shared.pagfast.create_key(&account)?;
    Ok(json!({ "access_key": access_key, "secret": secret, "status": status, "account": account }))
}

fn set_key(shared: &Shared, body: Value, status: KeyStatus) -> Result<Value, Error> {
    let mut fields = Fields::new(body, "")?;
    let access_key = required(&mut fields, "access_key")?;
    fields.finish()?;
    shared.pagfast.set_key(&access_key, status)?;
    Ok(json!({ "status": status }))
}

fn set_webhook_key(shared: &Shared, body: Value) -> Result<Value, Error> {
    let mut fields = Fields::new(body, "")?;
    let (account, key) = (required(&mut fields, "account")?, required(&mut fields, "key")?);
    fields.finish()?;
    shared.pagfast.set_webhook_key(&account, key)?;
    Ok(json!({ "set": true }))
}

fn set_wallet(shared: &Shared, body: Value) -> Result<Value, Error> {
    let mut fields = Fields::new(body, "")?;
    let account = required(&mut fields, "account")?;
    let amount = match fields.take("amount") {
        Some(Value::String(amount)) => amount,
        Some(_) => return Err(fields.wrong("amount", "must be a decimal text such as \"123.45\"")),
        None => return Err(fields.wrong("amount", "is required")),
    };
    fields.finish()?;
    Ok(json!(shared.pagfast.set_wallet(&account, &amount)?))
}

fn set_pix_key(shared: &Shared, body: Value) -> Result<Value, Error> {
    let mut fields = Fields::new(body, "")?;
    let (kind, value) = (required(&mut fields, "type")?, required(&mut fields, "value")?);
    let owner = fields.text("owner")?;
    fields.finish()?;
    shared.pagfast.set_pix_key(&kind, &value, owner);
    Ok(json!({ "set": true }))
}

fn settings(shared: &Shared) -> Value {
    json!({ "token_seconds": shared.pagfast.lock().token_life.as_secs() })
}

fn change_settings(shared: &Shared, body: Value) -> Result<Value, Error> {
    let mut fields = Fields::new(body, "")?;
    let life = fields.number("token_seconds", 100 * 365 * 86_400)?;
    fields.finish()?;
    if let Some(life) = life {
        shared.pagfast.set_token_life(std::time::Duration::from_secs(life));
    }
    Ok(settings(shared))
}

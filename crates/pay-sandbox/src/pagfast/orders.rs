//! What the three creating calls have in common: amounts, order ids, webhooks, and the transaction that comes of them.

use super::account;
use super::answers::{self, Refusal};
use super::events;
use super::modes::{CpfCheckDigits, CreationAnswer, CreationStatus, DuplicateOrderId, Modes, Registration};
use super::record;
use super::state::{Call, State};
use super::status;
use super::transaction::{Hook, Kind, Order, Transaction};
use crate::json::Node;
use crate::money::{self, Cents};
use crate::provider::Reply;
use http::{HeaderName, HeaderValue, StatusCode};
use std::time::Duration;

/// More than anybody pays, and far from where sums would overflow: our choice.
const MOST: Cents = 10_000_000_000;

/// A positive amount of at most two decimals, as it was sent and in cents.
pub(super) fn amount(call: &Call<'_>, pointer: &str) -> Result<(String, Cents), Refusal> {
    let text = call.body.text(pointer).unwrap_or_default();
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let cents = Some(&text).filter(|_| plain).and_then(|text| money::cents(text));
    match cents {
        Some(cents) if (1..=MOST).contains(&cents) => Ok((text, cents)),
        _ => Err(Refusal::member(pointer, "amount", "must be a positive decimal text of at most two decimals")),
    }
}

/// A CPF whose form the schema has seen.
pub(super) fn cpf(call: &Call<'_>, pointer: &str, modes: &Modes) -> Result<String, Refusal> {
    let text = call.body.text(pointer).unwrap_or_default();
    let checked = modes.cpf_check_digits == CpfCheckDigits::Checked;
    let good = text.len() == 11 && text.bytes().all(|byte| byte.is_ascii_digit());
    if !good || checked && !account::is_cpf(&text) {
        return Err(Refusal::member(pointer, "cpf", "must be a CPF, digits only"));
    }
    Ok(text)
}

/// Headers of the call itself, which nobody may set.
const OWN: [&str; 9] = [
    "host",
    "content-length",
    "content-type",
    "transfer-encoding",
    "connection",
    "upgrade",
    "te",
    "user-agent",
    "x-webhook-signature",
];

/// Where events go. A header that could break the call itself is refused.
pub(super) fn hook(call: &Call<'_>) -> Result<Hook, Refusal> {
    let text = |name: &str| call.body.text(&format!("/webhook/{name}"));
    let header = match (text("customHeaderName"), text("customHeaderValue")) {
        (Some(name), Some(value)) => {
            let known = name.parse::<HeaderName>().is_ok_and(|name| !OWN.contains(&name.as_str()));
            if !known {
                return Err(Refusal::member("/webhook/customHeaderName", "header", "cannot be set as a header"));
            }
            if HeaderValue::from_str(&value).is_err() {
                return Err(Refusal::member("/webhook/customHeaderValue", "header", "cannot be the value of a header"));
            }
            Some((name, value))
        }
        _ => None,
    };
    Ok(Hook { url: text("url"), header })
}

/// The merchant's own words.
pub(super) fn words(call: &Call<'_>) -> (Option<String>, Option<String>) {
    (call.body.text("/transaction/orderId"), call.body.text("/transaction/orderDescription"))
}

/// Makes the transaction, or answers for the one that was made before with this order id.
pub(super) fn open(state: &mut State, call: &Call<'_>, order: Order) -> Result<Reply, Refusal> {
    let order_id = order.order_id.as_deref();
    let first = order_id.and_then(|order_id| state.book.first(order.account, order.kind, order_id));
    let mut repeated = false;
    if let Some(first) = first {
        match state.modes.duplicate_order_id {
            DuplicateOrderId::Refuse => {
                return Err(Refusal::business("SandboxDuplicateOrderId", "The order id was used before")
                    .assume("answer to a repeated order id"));
            }
            DuplicateOrderId::First => return Ok(answer(state, first).assume("answer to a repeated order id")),
            DuplicateOrderId::Allow => repeated = true,
        }
    }
    let id = state.book.open(order, call.now);
    let reply = state.book.find(&id).map(|transaction| answer(state, transaction));
    if state.modes.registration == Registration::AtOnce && state.book.advance(&id, status::State::Registered, call.now)
    {
        events::queue(state, &id, Duration::ZERO);
    }
    let reply = reply.unwrap_or_else(|| answers::done(StatusCode::CREATED, Node::Null));
    Ok(if repeated { reply.assume("answer to a repeated order id") } else { reply })
}

/// What a creation answers. Documented for Open Finance only.
fn answer(state: &State, transaction: &Transaction) -> Reply {
    if transaction.order.kind == Kind::OpenFinance {
        let data = Node::Object(vec![
            ("transactionId", Node::text(&transaction.id)),
            ("checkoutUrl", Node::Text(record::page_url(&state.base, transaction))),
        ]);
        return answers::done(StatusCode::CREATED, data);
    }
    let modes = &state.modes;
    let mut fields = match modes.creation_answer {
        CreationAnswer::Transaction => vec![("transaction", record::created(transaction, modes))],
        CreationAnswer::TransactionId => vec![("transactionId", Node::text(&transaction.id))],
        CreationAnswer::NoId => Vec::new(),
    };
    if transaction.order.kind == Kind::Deposit {
        fields.push((
            "payment",
            Node::Object(vec![
                ("qrCode", Node::Text(record::code(transaction))),
                ("qrCodeLocation", Node::Text(record::page_url(&state.base, transaction))),
            ]),
        ));
    }
    let status = match modes.creation_status {
        CreationStatus::Created => StatusCode::CREATED,
        CreationStatus::Ok => StatusCode::OK,
    };
    answers::done(status, Node::Object(fields)).assume("status and shape of this answer")
}

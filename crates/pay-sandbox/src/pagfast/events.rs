//! Webhook events: written, and put where the outbox takes them from.

use super::account;
use super::modes::{Stamps, WebhookId};
use super::record::{self, Fields};
use super::sign::WebhookSigner;
use super::state::State;
use super::transaction::Transaction;
use crate::json::Node;
use crate::webhooks::Event;
use http::{HeaderName, HeaderValue};
use std::sync::Arc;
use std::time::Duration;

/// What the delivery log shows in place of personal data.
const REDACTED: &str = "[redacted]";

/// Puts an event aside on a transaction as it stands; the provider hands it on once it has acted.
pub(super) fn queue(state: &mut State, id: &str, after: Duration) {
    if let Some(event) = state.book.find(id).and_then(|transaction| event(state, transaction, after)) {
        state.outgoing.push((id.to_owned(), event));
    }
}

/// The event on a transaction. `None`: nobody is to be told.
pub(super) fn event(state: &State, transaction: &Transaction, after: Duration) -> Option<Event> {
    let hook = &transaction.order.hook;
    let url = hook.url.as_ref()?;
    let id = match state.modes.webhook_id {
        WebhookId::Transaction => transaction.id.clone(),
        WebhookId::Event => account::uuid(),
    };
    let body = |shown: Option<&str>| Node::Object(fields(state, transaction, &id, url, shown)).to_bytes();
    let header = hook.header.as_ref().and_then(|(name, value)| {
        // Both were read when the transaction was made.
        Some((name.parse::<HeaderName>().ok()?, HeaderValue::from_str(value).ok()?))
    });
    let key = state.book.account(transaction.order.account).map(|account| account.webhook_key.clone());
    Some(Event {
        provider: super::NAME,
        subject: transaction.id.clone(),
        name: transaction.state.as_str().to_owned(),
        target: Some(url.clone()),
        body: body(None).into(),
        shown: String::from_utf8_lossy(&body(Some(REDACTED))).into_owned(),
        signer: Arc::new(WebhookSigner { key: key.unwrap_or_default(), form: state.modes.signature_form }),
        headers: header.into_iter().collect(),
        restamp: true,
        sandbox_stamps: state.modes.stamps == Stamps::SandboxClock,
        after,
    })
}

/// The flat object of 5.2. Which members stand in which state could not be read: those of a receipt stand from `Completed` on.
fn fields(state: &State, transaction: &Transaction, id: &str, url: &str, shown: Option<&str>) -> Fields {
    let (order, modes) = (&transaction.order, &state.modes);
    let personal = |own: Option<&str>| own.map_or(Node::Null, |own| shown.unwrap_or(own).into());
    let mut fields = vec![
        ("id", id.into()),
        ("transactionState", transaction.state.as_str().into()),
        ("transactionDate", record::date(Some(transaction.created))),
        ("transactionOrderId", record::text(order.order_id.as_deref())),
        ("transactionOrderDescription", personal(order.description.as_deref())),
    ];
    if let Some(receipt) = record::receipt_url(&state.base, transaction) {
        fields.extend([
            ("transactionReceipt", Node::Text(receipt)),
            ("transactionReceiptDate", record::date(transaction.since(super::status::State::Completed))),
            ("transactionReceiptVoucher", Node::Text(record::voucher(transaction, modes))),
        ]);
    }
    fields.extend([
        ("transactionAmount", record::amount(transaction.paid_cents, modes)),
        ("transactionType", order.kind.direction().into()),
        ("transactionPaymentType", "PIX".into()),
    ]);
    fields.extend(record::dates(transaction, modes));
    let (payer, recipient) = record::parties(transaction, shown);
    fields.extend([("webhookUrl", personal(Some(url))), ("payer", payer), ("recipient", recipient)]);
    fields
}

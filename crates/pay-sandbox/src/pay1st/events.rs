//! Payment webhook events: written, and put where the outbox takes them from.

use super::account::{PARTNER_CODE, PARTNER_ID};
use super::modes::{Stamps, TransactionReference, WebhookRetryStamp};
use super::payment::Payment;
use super::sign::WebhookSigner;
use super::state::State;
use crate::json::Node;
use crate::webhooks::Event;
use std::sync::Arc;
use std::time::Duration;

/// The statuses that an event may carry.
pub(super) const STATUSES: [&str; 17] = [
    "ABANDONED",
    "CANCELLED",
    "CHARGEBACK",
    "FAILED",
    "NEW",
    "PAY_OFFLINE",
    "PENDING",
    "PENDING_INVESTIGATION",
    "READY",
    "REFUND",
    "SEND_BIRTHDAY",
    "SEND_PHONE",
    "SEND_PIN",
    "SEND_OTP",
    "SEND_VALIDATION_TOKEN",
    "SUCCESSFUL",
    "VALIDATED",
];

/// Puts an event on a payment aside; the provider hands it on once it has acted. `None`: no such payment.
pub(super) fn queue(state: &mut State, reference: &str, status: &str, after: Duration) -> Option<()> {
    let event = event(state, reference, status, after)?;
    state.outgoing.push(event);
    Some(())
}

fn event(state: &State, reference: &str, status: &str, after: Duration) -> Option<Event> {
    let payment = state.book.find(reference)?;
    let body = |customer: &str| Node::Object(fields(state, payment, status, customer)).to_bytes();
    Some(Event {
        provider: super::NAME,
        subject: payment.reference.clone(),
        name: status.to_owned(),
        target: state.urls(payment).webhook_url,
        body: body(&payment.order.customer).into(),
        shown: String::from_utf8_lossy(&body("[redacted]")).into_owned(),
        signer: Arc::new(WebhookSigner { key: state.signing_key.clone() }),
        headers: Vec::new(),
        restamp: state.modes.webhook_retry_stamp == WebhookRetryStamp::Fresh,
        sandbox_stamps: state.modes.stamps == Stamps::SandboxClock,
        after,
    })
}

/// The readable fields of 7.2, in the order of the page.
fn fields(state: &State, payment: &Payment, status: &str, customer: &str) -> Vec<(&'static str, Node)> {
    let order = &payment.order;
    let mut fields = vec![
        ("partnerId", Node::Int(PARTNER_ID)),
        ("partnerCode", PARTNER_CODE.into()),
        ("partnerReference", Node::text(&order.partner_reference)),
        ("reference", Node::text(&payment.reference)),
        ("orderAmount", Node::Number(order.amount.clone())),
        ("currencyCode", Node::text(&order.currency)),
        ("countryCode", Node::text(&order.country)),
        ("customerId", customer.into()),
        ("status", status.into()),
    ];
    if state.modes.transaction_reference == TransactionReference::Present {
        fields.push(("transactionReference", Node::text(&payment.transaction)));
    }
    fields
}

//! Webhook events: written, and put where the outbox takes them from.

use super::amounts::Place;
use super::modes::Modes;
use super::reply::{self, Names};
use super::sign::WebhookSigner;
use super::state::State;
use super::status::Status;
use crate::webhooks::Event;
use std::sync::Arc;
use std::time::Duration;

/// Puts an event on a payment aside: that it has, or after a while will have, this status. Nothing, where no URL was given.
pub(super) fn queue(state: &mut State, id: &str, status: Status, after: Duration) {
    let Some(payment) = state.book.payment(id) else { return };
    let data = |names, modes: &Modes| reply::payment(payment, Place::Creation, names, modes);
    let body =
        |names| reply::body(status.word(&state.modes), status.message(), None, data(names, &state.modes)).to_bytes();
    let event = Event {
        provider: super::NAME,
        subject: payment.id.clone(),
        name: status.as_str().to_owned(),
        target: payment.order.webhook_url.clone(),
        body: body(Names::Whole).into(),
        shown: String::from_utf8_lossy(&body(Names::Redacted)).into_owned(),
        signer: Arc::new(WebhookSigner { key: state.webhook_key(payment.order.environment).to_owned() }),
        restamp: false,
        sandbox_stamps: false,
        after,
    };
    if event.target.is_some() {
        state.outgoing.push(event);
    }
}

/// The same for a payout, whose body no source shows.
pub(super) fn queue_payout(state: &mut State, id: &str, status: Status, after: Duration) {
    let Some(payout) = state.book.payouts.iter().find(|payout| payout.id == id) else { return };
    let data = |names| reply::payout(payout, Place::Creation, names, &state.modes);
    let body = |names| reply::body(status.word(&state.modes), status.message(), None, data(names)).to_bytes();
    let event = Event {
        provider: super::NAME,
        subject: payout.id.clone(),
        name: status.as_str().to_owned(),
        target: payout.webhook_url.clone(),
        body: body(Names::Whole).into(),
        shown: String::from_utf8_lossy(&body(Names::Redacted)).into_owned(),
        signer: Arc::new(WebhookSigner { key: state.webhook_key(payout.environment).to_owned() }),
        restamp: false,
        sandbox_stamps: false,
        after,
    };
    if event.target.is_some() {
        state.outgoing.push(event);
    }
}

//! Webhook events: written, and put where the outbox takes them from.

use super::account::Environment;
use super::amounts::Place;
use super::reply::{self, Names};
use super::sign::WebhookSigner;
use super::state::State;
use super::status::Status;
use crate::json::Node;
use crate::webhooks::Event;
use std::sync::Arc;
use std::time::Duration;

/// Puts an event on a payment aside: that it has, or after a while will have, this status. Nothing, where no URL was given.
pub(super) fn queue(state: &mut State, id: &str, status: Status, after: Duration) {
    let Some(payment) = state.book.payment(id) else { return };
    let (environment, target) = (payment.order.environment, payment.order.webhook_url.clone());
    let data = |names| reply::payment(payment, Place::Creation, names, &state.modes);
    let event = event(state, (id, environment, target), status, after, data);
    state.outgoing.extend(event);
}

/// The same for a payout, whose body no source shows.
pub(super) fn queue_payout(state: &mut State, id: &str, status: Status, after: Duration) {
    let Some(payout) = state.book.payouts.iter().find(|payout| payout.id == id) else { return };
    let (environment, target) = (payout.environment, payout.webhook_url.clone());
    let data = |names| reply::payout(payout, Place::Creation, names, &state.modes);
    let event = event(state, (id, environment, target), status, after, data);
    state.outgoing.extend(event);
}

fn event(
    state: &State,
    (id, environment, target): (&str, Environment, Option<String>),
    status: Status,
    after: Duration,
    data: impl Fn(Names) -> Node,
) -> Option<Event> {
    let body = |names| reply::body(status.word(&state.modes), status.message(), None, data(names)).to_bytes();
    Some(Event {
        provider: super::NAME,
        subject: id.to_owned(),
        name: status.as_str().to_owned(),
        target: Some(target?),
        body: body(Names::Whole).into(),
        shown: String::from_utf8_lossy(&body(Names::Redacted)).into_owned(),
        signer: Arc::new(WebhookSigner { key: state.webhook_key(environment).to_owned() }),
        headers: Vec::new(),
        restamp: false,
        sandbox_stamps: false,
        after,
    })
}

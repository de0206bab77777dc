//! Status calls: the answer that decides.

use super::amounts::Place;
use super::answers::Refusal;
use super::reply::{self, Names};
use super::state::{Call, State};
use super::status::Status;
use crate::provider::Reply;

/// As the pages of both calls show it: without the full stop of creation.
fn message(status: Status) -> &'static str {
    if status == Status::Success { "Transaction processed successfully!" } else { status.message() }
}

/// `GET /status/{id}`, by either id.
pub(super) fn payment(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let id = call.id.as_deref().unwrap_or_default();
    let payment = state.book.asked(call.environment, id).ok_or_else(Refusal::no_transaction)?;
    let data = reply::payment(payment, Place::Status, Names::Whole, &state.modes);
    let body = reply::body(payment.status.asked(&state.modes), message(payment.status), None, data);
    Ok(assumed(Reply::ok(&body), payment.status))
}

/// `GET /payout/{id}/status`, by either id.
pub(super) fn payout(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let id = call.id.as_deref().unwrap_or_default();
    let payout = state.book.asked_payout(call.environment, id).ok_or_else(Refusal::no_transaction)?;
    let data = reply::payout(payout, Place::Status, Names::Whole, &state.modes);
    let body = reply::body(payout.status.asked(&state.modes), message(payout.status), None, data);
    Ok(assumed(Reply::ok(&body), payout.status))
}

fn assumed(reply: Reply, status: Status) -> Reply {
    if status == Status::Success { reply } else { reply.assume("message of this status") }
}

//! `POST /refund`: always in full, once, and not after a chargeback.

use super::amounts::Place;
use super::answers::Refusal;
use super::events;
use super::modes::{RefundAmount, RefundEvent};
use super::orders;
use super::payment::Kind;
use super::reply::{self, Names};
use super::state::{Call, State};
use super::status::Status;
use crate::provider::Reply;
use std::time::Duration;

/// Refunds a payment. The id is the provider's: no source says that an order id works.
pub(super) fn refund(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    orders::filled(&call.body, &["transaction_id", "reason"])?;
    let has_amount = call.body.has("amount");
    if has_amount && state.modes.refund_amount == RefundAmount::Refused {
        return Err(Refusal::ours("A refund has no amount.", "what an amount in a refund does"));
    }
    let id = call.body.required("transaction_id")?;
    let own = |id: &str| state.book.payment(id).filter(|payment| payment.order.environment == call.environment);
    let payment = own(&id).ok_or_else(Refusal::no_transaction)?;
    if payment.refunded.is_some() {
        return Err(Refusal::known("Transaction has already been refunded."));
    }
    if payment.charged_back.is_some() {
        return Err(Refusal::known("Transaction has already been charged back."));
    }
    let refundable = !matches!(payment.order.kind, Kind::CryptoPayin | Kind::OnRamp | Kind::OffRamp);
    if payment.status != Status::Success || !refundable {
        return Err(Refusal::ours("Transaction cannot be refunded.", "refund of an unpaid or a crypto payment"));
    }
    if let Some(payment) = state.book.payment_mut(&id) {
        payment.refunded = Some(call.now);
    }
    if state.modes.refund_event == RefundEvent::On {
        events::queue(state, &id, Status::Success, Duration::ZERO);
    }
    let payment = state.book.payment(&id).ok_or_else(Refusal::no_transaction)?;
    let data = reply::payment(payment, Place::Creation, Names::Whole, &state.modes);
    let body = reply::body(Status::Success.word(&state.modes), "Transaction marked as refunded.", None, data);
    let reply = Reply::ok(&body);
    Ok(if has_amount { reply.assume("what an amount in a refund does") } else { reply })
}

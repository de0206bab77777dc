//! `POST /transactions/refunds/create`, and how a refund goes on by the sandbox clock.

use super::answers::Refusal;
use super::body::Object;
use super::events;
use super::modes::{Modes, RefundDates, RefundEnds, RefundEvent, RefundHandling, RefundTakes};
use super::payment::{Payment, Status};
use super::state::{Call, State};
use crate::SandboxClock;
use crate::json::Node;
use crate::money::{self, Cents};
use crate::provider::Reply;
use http::StatusCode;
use serde::Serialize;
use std::time::{Duration, SystemTime};

/// Where a refund stands, in the provider's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RefundStatus {
    Pending,
    Processing,
    Successful,
    Failed,
    Rejected,
}

impl RefundStatus {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Processing => "PROCESSING",
            Self::Successful => "SUCCESSFUL",
            Self::Failed => "FAILED",
            Self::Rejected => "REJECTED",
        }
    }

    /// Whether no money goes back.
    pub(super) fn is_void(self) -> bool {
        matches!(self, Self::Failed | Self::Rejected)
    }
}

/// A refund that was accepted.
pub(super) struct Refund {
    pub(super) reference: String,
    /// The Pay1st reference of its payment.
    pub(super) payment: String,
    transaction: String,
    partner_refund: Option<String>,
    /// The amount as it was written, and in hundredths.
    amount: String,
    pub(super) cents: Cents,
    full: bool,
    reason: Option<String>,
    handling: &'static str,
    created: SystemTime,
    processing: Duration,
    end: Duration,
    ends: RefundStatus,
}

impl Refund {
    pub(super) fn status(&self, now: SystemTime) -> RefundStatus {
        let age = now.duration_since(self.created).unwrap_or_default();
        match age {
            age if age >= self.end => self.ends,
            age if age >= self.processing => RefundStatus::Processing,
            _ => RefundStatus::Pending,
        }
    }

    pub(super) fn record(&self, now: SystemTime) -> RefundRecord {
        RefundRecord {
            refund_reference: self.reference.clone(),
            transaction_reference: self.transaction.clone(),
            payment_reference: self.payment.clone(),
            partner_refund_reference: self.partner_refund.clone(),
            amount: self.amount.clone(),
            status: self.status(now).as_str(),
            handling_type: self.handling,
        }
    }
}

/// A refund as a test may look at it; the provider's own query is documented by title only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RefundRecord {
    /// The provider's reference, `R-...`.
    pub refund_reference: String,
    /// The reference that the request named.
    pub transaction_reference: String,
    /// The payment, `C-...-P`.
    pub payment_reference: String,
    /// The partner's reference.
    pub partner_refund_reference: Option<String>,
    /// The amount in major units.
    pub amount: String,
    /// Where it stands now.
    pub status: &'static str,
    /// How it is handled.
    pub handling_type: &'static str,
}

/// Accepts a refund.
pub(super) fn create(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let body = call.object()?;
    call.check(&body)?;
    let named = body.required("transactionReference")?;
    let partner_refund = body.optional("partnerRefundReference")?;
    let reason = body.optional("reason")?;
    body.optional("refundWebhookUrl")?;
    let payment = payment(state, &named)?;
    if payment.status != Status::Successful {
        return Err(Refusal::bad("The payment is not SUCCESSFUL").assume("a refund of an unpaid payment is refused"));
    }
    let (amount, cents) = amount(&body, payment, state.book.refunded(&payment.reference, call.now))?;
    if partner_refund.is_some() && state.book.refunds.iter().any(|refund| refund.partner_refund == partner_refund) {
        return Err(
            Refusal::bad("partnerRefundReference was used before").assume("a repeated refund reference is refused")
        );
    }
    let (full, reference) = (cents == payment.order.cents, payment.reference.clone());
    let handling = match state.modes.refund_handling {
        RefundHandling::PspApi => "PSP_API",
        RefundHandling::PspManual => "PSP_MANUAL",
        RefundHandling::NoRefund => "NO_REFUND",
    };
    let ends = match state.modes.refund_ends {
        RefundEnds::Successful => RefundStatus::Successful,
        RefundEnds::Failed => RefundStatus::Failed,
        RefundEnds::Rejected => RefundStatus::Rejected,
    };
    let refund = Refund {
        reference: format!("R-{}", state.book.id()),
        payment: reference.clone(),
        transaction: named,
        partner_refund,
        amount,
        cents,
        full,
        reason,
        handling,
        created: call.now,
        processing: state.settings.refund_processing,
        end: state.settings.refund_final,
        ends,
    };
    if state.modes.refund_event == RefundEvent::On && ends == RefundStatus::Successful {
        events::queue(state, &reference, "REFUND", refund.end);
    }
    let reply = answer(&refund, state.book.find(&reference), &state.modes, call.now);
    state.book.refunds.push(refund);
    Ok(reply.assume("form of the dates"))
}

/// The payment that a reference names, as far as the mode takes it.
fn payment<'a>(state: &'a State, named: &str) -> Result<&'a Payment, Refusal> {
    let by_payment = state.modes.refund_takes != RefundTakes::Transaction;
    let by_transaction = state.modes.refund_takes != RefundTakes::Payment;
    let found =
        state.book.payments().iter().find(|payment| {
            (by_payment && payment.reference == named) || (by_transaction && payment.transaction == named)
        });
    found.ok_or_else(|| Refusal::bad("transactionReference is not known").assume("status of an unknown reference"))
}

/// What is to go back: the amount asked for, or all that the payment was.
fn amount(body: &Object, payment: &Payment, refunded: Cents) -> Result<(String, Cents), Refusal> {
    let (amount, cents) = match body.raw("amount") {
        None => (payment.order.amount.clone(), payment.order.cents),
        Some(text) => {
            let cents = money::cents(text).filter(|cents| *cents > 0);
            (text.to_owned(), cents.ok_or_else(|| Refusal::bad("amount is not a positive decimal number"))?)
        }
    };
    if cents > payment.order.cents.saturating_sub(refunded) {
        return Err(
            Refusal::bad("More than is left of the payment").assume("a refund of more than was paid is refused")
        );
    }
    Ok((amount, cents))
}

/// What the request did not have is left out: no document shows a null.
fn answer(refund: &Refund, payment: Option<&Payment>, modes: &Modes, now: SystemTime) -> Reply {
    let date = date(refund.created, modes);
    let mut fields = vec![
        ("refundReference", Node::text(&refund.reference)),
        ("transactionReference", Node::text(&refund.transaction)),
    ];
    fields.extend(payment.map(|payment| ("partnerReference", Node::text(&payment.order.partner_reference))));
    fields.extend(refund.partner_refund.as_ref().map(|reference| ("partnerRefundReference", Node::text(reference))));
    fields.push(("amount", Node::Number(refund.amount.clone())));
    fields.extend(payment.map(|payment| ("currencyCode", Node::text(&payment.order.currency))));
    fields.extend([
        ("status", refund.status(now).as_str().into()),
        ("handlingType", refund.handling.into()),
        ("fullRefund", Node::Bool(refund.full)),
    ]);
    fields.extend(refund.reason.as_ref().map(|reason| ("reason", Node::text(reason))));
    fields.extend([("createdDate", Node::text(&date)), ("lastModifiedDate", Node::text(&date))]);
    Reply::json(StatusCode::CREATED, &Node::Object(fields))
}

fn date(at: SystemTime, modes: &Modes) -> String {
    let text = SandboxClock::text_of(at);
    match modes.refund_dates {
        RefundDates::Rfc3339 => text,
        RefundDates::Zoneless => text.replace('T', " ").chars().take(19).collect(),
    }
}

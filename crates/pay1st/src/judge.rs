//! What an answer means: the table status × body → outcome of `docs/providers/pay1st.md`, one test per row.

use crate::envelope::Envelope;
use crate::generated::operations::{CREATE_PAYMENT, PAYMENT, REFUND};
use crate::generated::types::{Refund, RefundStatus};
use pay_core::provider::{Answer, Auth, Failure, Operation, Verdict, json};
use pay_core::{Kind, Outcome, Repeat};

const NOT_CREATED: &str = "not created by this call, though an earlier one with this partnerReference may stand; where all signed \
                           calls end so, check the signing key and the clock";
const NOT_REFUNDED: &str = "not taken by this call, though an earlier one with this partnerRefundReference may stand; where all \
                            signed calls end so, check the signing key and the clock";
const SIGNED: &str = "where all signed calls end so, check the signing key and the clock";
const SUPPORT: &str = "give the request id to your Implementation Manager";
const BY_OURS: &str = "a payment is asked for by Pay1st's reference, not by yours";
const MEDIA: &str = "check the base URL: the provider answers so to a wrong method and to a wrong Content-Type";

pub(crate) fn judge(operation: &'static Operation, answer: &Answer) -> Verdict {
    let is = |known| std::ptr::eq(operation, known);
    let status = answer.status.as_u16();
    if (200..300).contains(&status) {
        return if is(&REFUND) { refund(answer) } else { Verdict::Accept };
    }
    let ours = Envelope::read(&answer.body);
    let known = ours.is_some();
    let envelope = ours.unwrap_or_default();
    let fail = |kind, outcome| Failure::new(kind, outcome);
    let failure = match status {
        // Nothing is done for too many requests, whoever says so.
        429 => fail(Kind::RateLimited, Outcome::NotDone).again(),
        500..=599 if operation.repeat == Repeat::Safe => {
            fail(Kind::Unavailable, Outcome::Unknown).again().advice(SUPPORT)
        }
        500..=599 => fail(Kind::Unavailable, Outcome::Unknown).again(),
        // What is not the provider's envelope may come from anybody on the way.
        _ if !known => fail(Kind::Unexpected, Outcome::Unknown),
        401 if operation.auth == Auth::Token => {
            let refused = fail(Kind::TokenRefused, Outcome::NotDone);
            return Verdict::TokenRefused(refused.provider(envelope.code, envelope.message));
        }
        400 if is(&CREATE_PAYMENT) => fail(Kind::Refused, Outcome::Refused).advice(NOT_CREATED),
        400 if is(&REFUND) => fail(Kind::Refused, Outcome::Refused).advice(NOT_REFUNDED),
        400 if operation.sign => fail(Kind::Refused, Outcome::Refused).advice(SIGNED),
        400 => fail(Kind::Refused, Outcome::Refused),
        403 => {
            fail(Kind::Forbidden, Outcome::Refused).advice("the credentials lack access to this: see the Admin Console")
        }
        404 if is(&PAYMENT) => fail(Kind::NotFound, Outcome::Refused).advice(BY_OURS),
        404 => fail(Kind::NotFound, Outcome::Refused),
        405 => fail(Kind::Unexpected, Outcome::Refused).advice(MEDIA),
        _ => fail(Kind::Unexpected, Outcome::Unknown),
    };
    Verdict::Fail(failure.provider(envelope.code, envelope.message))
}

/// A refund that is there, and that will not be made.
fn refund(answer: &Answer) -> Verdict {
    match json::<Refund>(&answer.body) {
        Ok(refund) if matches!(refund.status, RefundStatus::Failed | RefundStatus::Rejected) => Verdict::Fail(
            Failure::new(Kind::Refused, Outcome::Refused)
                .provider(Some(refund.status.as_str().to_owned()), None)
                .transaction(Some(refund.refund_reference)),
        ),
        _ => Verdict::Accept,
    }
}

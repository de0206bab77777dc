//! What an answer means: the body first, the status second, and nothing by the words of a message but a missing route.

use crate::generated::operations::{
    APM, CARD, CRYPTO_PAYIN, CRYPTO_RAMP, HOSTED_CARD, PAYOUT, PAYOUT_STATUS, REFUND, STATUS,
};
use crate::generated::types::PaymentStatus;
use crate::reply::Outline;
use pay_core::provider::{Answer, Failure, Operation, Repeat, StatusCode, Verdict};
use pay_core::{Kind, Outcome};

const LOOK: &str = "no document says what a used order id or any other error of this call looks like: ask `status` (for a payout \
                    `payout_status`) by the order id before anything is started again";
const KEYS: &str = "check the secret key, its environment, and the base URL";
const ROUTE: &str =
    "the path does not exist at this host: check the base URL, or set another path with `path` of the builder";
const REFUNDS: &str = "`status` by the transaction id shows refund and chargeback";

/// Whether operations are the same one.
fn is(operation: &'static Operation, one_of: &[&'static Operation]) -> bool {
    one_of.iter().any(|known| std::ptr::eq(*known, operation))
}

/// Starts a payment, a payout or a ramp under an order id; what is sent raw may do so too.
fn creates(operation: &'static Operation) -> bool {
    let raw = operation.name == "raw" && operation.repeat == Repeat::Never;
    raw || is(operation, &[&CARD, &HOSTED_CARD, &APM, &PAYOUT, &CRYPTO_RAMP, &CRYPTO_PAYIN])
}

/// Answers with a payment reply.
fn tells(operation: &'static Operation) -> bool {
    operation.name != "raw" && (creates(operation) || is(operation, &[&REFUND, &STATUS, &PAYOUT_STATUS]))
}

pub(crate) fn judge(operation: &'static Operation, answer: &Answer) -> Verdict {
    let outline = Outline::read(&answer.body);
    let status = answer.status;
    if tells(operation)
        && let Some(outline) = &outline
        && let Some(word) = &outline.result
    {
        return match word {
            // Whatever the status of HTTP, this is a result; only "paid" beside an error is nothing to rely on.
            PaymentStatus::Success | PaymentStatus::Redirect if !status.is_success() => {
                fail(unclear().advice(LOOK), outline)
            }
            _ => Verdict::Accept,
        };
    }
    match outline {
        Some(outline) if !status.is_success() => fail(by_status(operation, status, &outline), &outline),
        // A message where a payment was asked for.
        Some(outline) if tells(operation) => fail(unclear().advice(LOOK), &outline),
        None if !status.is_success() => Verdict::Fail(bare(operation, status)),
        // What it holds is the decoder's to say.
        _ => Verdict::Accept,
    }
}

fn fail(failure: Failure, outline: &Outline) -> Verdict {
    let mut message = outline.message.clone();
    if !outline.wrong.is_empty() {
        let names = outline.wrong.join(", ");
        message = Some(message.map_or_else(|| names.clone(), |text| format!("{text} ({names})")));
    }
    Verdict::Fail(failure.provider(None, message).transaction(outline.transaction_id.clone()))
}

fn unclear() -> Failure {
    Failure::new(Kind::Unexpected, Outcome::Unknown)
}

/// A JSON object that is no result, at a status that is no success.
fn by_status(operation: &'static Operation, status: StatusCode, outline: &Outline) -> Failure {
    let order_id = outline.wrong.iter().any(|name| name == "order_id");
    match status.as_u16() {
        401 if outline.message.is_some() => Failure::new(Kind::Login, Outcome::NotDone).advice(KEYS),
        404 if no_route(outline) => Failure::new(Kind::NoRoute, Outcome::NotDone).advice(ROUTE),
        409 => Failure::new(Kind::Duplicate, Outcome::Unknown).advice(LOOK),
        429 | 300..=399 | 500..=599 => bare(operation, status),
        // A rule of the order id, or one that was used before.
        400..=499 if order_id => Failure::new(Kind::Duplicate, Outcome::Unknown).advice(LOOK),
        400..=499 if outline.has_errors => Failure::new(Kind::Refused, Outcome::Refused),
        _ if creates(operation) => unclear().advice(LOOK),
        _ if outline.message.is_none() => unclear(),
        403 => Failure::new(Kind::Forbidden, Outcome::Refused),
        404 => Failure::new(Kind::NotFound, Outcome::Refused),
        _ if is(operation, &[&REFUND]) => Failure::new(Kind::Refused, Outcome::Refused).advice(REFUNDS),
        400..=499 => Failure::new(Kind::Refused, Outcome::Refused),
        _ => unclear(),
    }
}

/// A status with nothing readable beside it.
fn bare(operation: &'static Operation, status: StatusCode) -> Failure {
    let look = if creates(operation) { LOOK } else { REFUNDS };
    let failure = match status.as_u16() {
        // Refused before it acted, by the meaning of HTTP; no document says so, hence no repeat of what moves money.
        429 if operation.repeat == Repeat::Safe => return Failure::new(Kind::RateLimited, Outcome::NotDone).again(),
        429 => return Failure::new(Kind::RateLimited, Outcome::NotDone),
        500..=599 => Failure::new(Kind::Unavailable, Outcome::Unknown).again(),
        _ => unclear(),
    };
    if creates(operation) || is(operation, &[&REFUND]) { failure.advice(look) } else { failure }
}

/// The one message that is read: it says that host or path are wrong, which no caller could tell from an unknown id otherwise.
fn no_route(outline: &Outline) -> bool {
    outline.message.as_deref().is_some_and(|text| text.trim_start().starts_with("Route not found"))
}

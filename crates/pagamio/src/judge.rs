//! What an answer means: the table status × body → outcome of `docs/providers/pagamio.md`, one test per row.

use crate::code::{Class, Code};
use crate::envelope::Envelope;
use crate::operations::PURCHASE;
use pay_core::provider::{Answer, Failure, Operation, Verdict};
use pay_core::{Kind, Outcome, Repeat};

const SETTLE: &str = "it may have happened: ask with `settle`, or send the same purchase again with the same reference";
const EXISTS: &str = "the first purchase with this reference counts: ask with `settle` what became of it";
const FLOAT: &str = "top up the account's float";
const CATALOGUE: &str = "fetch the account's own products again: only those can be bought";
const METHOD: &str = "the provider's pages disagree on GET or POST for this call";

pub(crate) fn judge(operation: &'static Operation, answer: &Answer) -> Verdict {
    let envelope = Envelope::read(&answer.body);
    let status = answer.status.as_u16();
    if status == 401 {
        return unauthorized(envelope);
    }
    if (200..300).contains(&status) {
        let sale = std::ptr::eq(operation, &PURCHASE);
        return if sale { purchase(envelope) } else { read(operation, envelope) };
    }
    let envelope = envelope.unwrap_or_default();
    // A code that repeats the status is none of the list.
    let code = envelope.code.as_deref().filter(|code| *code != answer.status.as_str());
    let sale = operation.repeat != Repeat::Safe;
    // Business failures come with 4xx too: the body is read first.
    let by_body = match code.map(|code| Code::from(code).class()) {
        Some(Class::Terminal) => true,
        Some(Class::Confirm | Class::Duplicate | Class::Success) => sale,
        Some(Class::Unlisted) => sale && status == 400,
        None => false,
    };
    let fail = |kind, outcome| Failure::new(kind, outcome);
    let failure = match status {
        // Another sale has this reference, whatever the code.
        409 => fail(Kind::Duplicate, Outcome::Unknown).advice(EXISTS),
        400..=499 if by_body => return by_code(envelope),
        400 if !sale || envelope.code.is_some() || envelope.message.is_some() => fail(Kind::Refused, Outcome::Refused),
        403 => fail(Kind::Forbidden, Outcome::Refused)
            .advice("only merchants and sub-merchants may buy, and only for their own account"),
        404 => fail(Kind::NotFound, Outcome::Refused),
        405 => fail(Kind::Unexpected, Outcome::Refused).advice(METHOD),
        429 => fail(Kind::RateLimited, Outcome::NotDone).again().advice("the provider counts by the minute: wait one"),
        500..=599 => fail(Kind::Unavailable, Outcome::Unknown).again(),
        _ => fail(Kind::Unexpected, Outcome::Unknown),
    };
    Verdict::Fail(failure.provider(envelope.code, envelope.message).transaction(envelope.transaction_id))
}

/// A refused token is documented with the codes 401 and 1105; a 401 of another shape is some proxy's.
fn unauthorized(envelope: Option<Envelope>) -> Verdict {
    match envelope {
        Some(Envelope { code: Some(code), message, has_response_code: true, .. })
            if code == "401" || code == "1105" =>
        {
            Verdict::TokenRefused(Failure::new(Kind::TokenRefused, Outcome::NotDone).provider(Some(code), message))
        }
        envelope => {
            let Envelope { code, message, .. } = envelope.unwrap_or_default();
            Verdict::Fail(Failure::new(Kind::Unexpected, Outcome::Unknown).provider(code, message))
        }
    }
}

/// An answer to a read, or to a raw request: arrays and pages have no envelope; an envelope that says no is a refusal.
fn read(operation: &'static Operation, envelope: Option<Envelope>) -> Verdict {
    match envelope {
        Some(envelope)
            if envelope.successful == Some(false) || envelope.code.as_deref().is_some_and(|code| code != "0") =>
        {
            if operation.repeat == Repeat::Safe {
                let failure = Failure::new(Kind::Refused, Outcome::Refused);
                Verdict::Fail(failure.provider(envelope.code, envelope.message).transaction(envelope.transaction_id))
            } else {
                by_code(envelope)
            }
        }
        _ => Verdict::Accept,
    }
}

/// `successful` is true only for a successful *terminal* result, so false never means failed by itself: only a code that
/// the documents call terminal does.
fn purchase(envelope: Option<Envelope>) -> Verdict {
    let Some(envelope) = envelope else {
        // The sale may stand; the same reference brings its answer again.
        return Verdict::Fail(Failure::new(Kind::Decode, Outcome::Unknown).again().advice(SETTLE));
    };
    match sale(&envelope) {
        Sale::Completed | Sale::Pending => Verdict::Accept,
        Sale::Other => by_code(envelope),
    }
}

/// What a 2xx answer to a purchase says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Sale {
    Completed,
    Pending,
    Other,
}

pub(crate) fn sale(envelope: &Envelope) -> Sale {
    let status = envelope.status.as_deref().map(str::to_ascii_uppercase);
    let class = envelope.code.as_deref().map(|code| Code::from(code).class());
    match (class, status.as_deref(), envelope.successful) {
        (Some(Class::Success), None | Some("COMPLETED"), Some(true)) => Sale::Completed,
        // How a pending answer looks is not documented; a status that says so is taken at its word, unless a code
        // says that the sale is refused.
        (None | Some(Class::Success | Class::Unlisted), Some("PENDING" | "PROCESSING"), Some(false) | None) => {
            Sale::Pending
        }
        _ => Sale::Other,
    }
}

/// A code that refuses the sale beside a flag or a status that does not: nobody can say which of them is true.
fn contradicts(envelope: &Envelope) -> bool {
    let refused = envelope.code.as_deref().is_some_and(|code| Code::from(code).is_final());
    let status = envelope.status.as_deref().map(str::to_ascii_uppercase);
    refused
        && (envelope.successful == Some(true)
            || matches!(status.as_deref(), Some("COMPLETED" | "PENDING" | "PROCESSING")))
}

fn by_code(envelope: Envelope) -> Verdict {
    let known = envelope.code.as_deref().map(Code::from);
    let unclear = || Failure::new(Kind::Unexpected, Outcome::Unknown).advice(SETTLE);
    if contradicts(&envelope) {
        let failure = unclear().provider(envelope.code, envelope.message);
        return Verdict::Fail(failure.transaction(envelope.transaction_id));
    }
    let failure = match known.as_ref().map(Code::class) {
        // The provider answers the same reference with the original's result, so this settles it.
        Some(Class::Terminal) => Failure::new(Kind::Refused, Outcome::Refused).authoritative(),
        Some(Class::Confirm) => Failure::new(Kind::Unavailable, Outcome::Unknown).advice(SETTLE),
        Some(Class::Duplicate) => Failure::new(Kind::Duplicate, Outcome::Unknown).advice(EXISTS),
        // Flags that contradict each other, and codes that nobody documents.
        Some(Class::Success | Class::Unlisted) | None => unclear(),
    };
    let failure = match known {
        Some(Code::InsufficientBalance) => failure.advice(FLOAT),
        Some(Code::NotAvailable | Code::ProductInactive) => failure.advice(CATALOGUE),
        Some(Code::InvalidPhoneNumber) => failure.advice("phone numbers are sent as +27..."),
        _ => failure,
    };
    Verdict::Fail(failure.provider(envelope.code, envelope.message).transaction(envelope.transaction_id))
}

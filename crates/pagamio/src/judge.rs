//! What an answer means: the table status × body → outcome of `docs/providers/pagamio.md`, one test per row.

use crate::envelope::Envelope;
use crate::generated::codes::{Code, Meaning};
use crate::generated::operations::{PURCHASE, TRANSACTIONS};
use crate::style::is_read;
use pay_core::provider::{Answer, Auth, Failure, Operation, Verdict};
use pay_core::{Kind, Outcome, Repeat};

const SETTLE: &str = "it may have happened: ask with `settle`, or send the same purchase again with the same reference";
const EXISTS: &str = "the first purchase with this reference counts: ask with `settle` what became of it";
const FLOAT: &str = "top up the account's float";
const CATALOGUE: &str = "fetch the account's own products again: only those can be bought";
const METHOD: &str = "the provider's pages disagree on GET or POST for this call";
const READ_METHOD: &str =
    "the provider's pages disagree on GET or POST for this call: build the client with the other `read_method`";
const STYLE: &str =
    "the provider's pages disagree on GET or POST for this call: build the client with another `transactions_style`";

pub(crate) fn judge(operation: &'static Operation, answer: &Answer) -> Verdict {
    let envelope = Envelope::read(&answer.body);
    let status = answer.status.as_u16();
    if status == 401 {
        return unauthorized(operation, envelope);
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
    let by_body = match code.map(|code| Code::from(code).meaning()) {
        Some(Some(Meaning::Failure(_, Outcome::Refused))) => true,
        Some(Some(_)) => sale,
        Some(None) => sale && status == 400,
        None => false,
    };
    let fail = |kind, outcome| Failure::new(kind, outcome);
    let failure = match status {
        // Another sale has this reference, whatever the code.
        409 => fail(Kind::Duplicate, Outcome::Unknown).advice(EXISTS),
        400..=499 if by_body => return by_code(operation, envelope),
        400 if !sale || envelope.code.is_some() || envelope.message.is_some() => fail(Kind::Refused, Outcome::Refused),
        403 if operation.auth == Auth::None => fail(Kind::Forbidden, Outcome::Refused),
        403 => fail(Kind::Forbidden, Outcome::Refused)
            .advice("only merchants and sub-merchants may buy, and only for their own account"),
        404 => fail(Kind::NotFound, Outcome::Refused),
        405 => fail(Kind::Unexpected, Outcome::Refused).advice(other_method(operation)),
        429 => fail(Kind::RateLimited, Outcome::NotDone).again().advice("the provider counts by the minute: wait one"),
        500..=599 => fail(Kind::Unavailable, Outcome::Unknown).again(),
        _ => fail(Kind::Unexpected, Outcome::Unknown),
    };
    Verdict::Fail(failure.provider(envelope.code, envelope.message).transaction(envelope.transaction_id))
}

/// The setting that says how this call is sent.
fn other_method(operation: &'static Operation) -> &'static str {
    if std::ptr::eq(operation, &TRANSACTIONS) {
        STYLE
    } else if is_read(operation) {
        READ_METHOD
    } else {
        METHOD
    }
}

/// A refused token is documented with the codes 401 and 1105; a 401 of another shape is some proxy's.
fn unauthorized(operation: &'static Operation, envelope: Option<Envelope>) -> Verdict {
    match envelope {
        Some(Envelope { code: Some(code), message, has_response_code: true, .. })
            if operation.auth == Auth::Token && (code == "401" || code == "1105") =>
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
                by_code(operation, envelope)
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
        Sale::Other => by_code(&PURCHASE, envelope),
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
    let meaning = envelope.code.as_deref().map(|code| Code::from(code).meaning());
    match (meaning, status.as_deref(), envelope.successful) {
        (Some(Some(Meaning::Success)), None | Some("COMPLETED"), Some(true)) => Sale::Completed,
        // How a pending answer looks is not documented; a status that says so is taken at its word, unless a code
        // says that the sale is refused.
        (None | Some(Some(Meaning::Success) | None), Some("PENDING" | "PROCESSING"), Some(false) | None) => {
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

fn by_code(operation: &'static Operation, envelope: Envelope) -> Verdict {
    let known = envelope.code.as_deref().map(Code::from);
    let failure = match known.as_ref().and_then(Code::meaning) {
        _ if contradicts(&envelope) => unclear(),
        // The provider answers the same reference with the original's result, so a final code settles it.
        Some(Meaning::Failure(kind, Outcome::Refused)) => Failure::new(kind, Outcome::Refused).authoritative(),
        Some(Meaning::Failure(kind, outcome)) => Failure::new(kind, outcome),
        // Flags that contradict each other, and codes that nobody documents.
        Some(Meaning::Success) | None => unclear(),
    };
    // What is public sells nothing: there is no sale to ask for.
    let failure = match (operation.auth, failure.outcome, failure.kind, known) {
        (Auth::None, ..) => failure,
        (_, Outcome::Unknown, Kind::Duplicate, _) => failure.advice(EXISTS),
        (_, Outcome::Unknown, ..) => failure.advice(SETTLE),
        (.., Some(Code::InsufficientBalance)) => failure.advice(FLOAT),
        (.., Some(Code::NotAvailable | Code::ProductInactive)) => failure.advice(CATALOGUE),
        (.., Some(Code::InvalidPhoneNumber)) => failure.advice("phone numbers are sent as +27..."),
        _ => failure,
    };
    Verdict::Fail(failure.provider(envelope.code, envelope.message).transaction(envelope.transaction_id))
}

fn unclear() -> Failure {
    Failure::new(Kind::Unexpected, Outcome::Unknown)
}

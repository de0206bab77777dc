//! What an answer means: the table status × body → outcome of `docs/providers/paga-connect.md`, one test per row.

use crate::generated::operations::{MONEY_TRANSFER, USER_DETAILS, USER_DETAILS_BY_PATH};
use crate::result::{DETAILS_PROOF, MONEY_PROOFS, OperationResult, Standing};
use crate::token::shown_text;
use pay_core::provider::{Answer, Failure, Operation, Verdict, members};
use pay_core::{Kind, Outcome, Repeat};

pub(crate) const PAYMENT: &str = "merchantPaymentResult";
pub(crate) const TRANSFER: &str = "moneyTransferResult";
pub(crate) const DETAILS: &str = "detailsResult";

const EARLIER: &str =
    "nothing was moved by this call; where an earlier one with this referenceNumber was left open, that one may have";
const INDETERMINATE: &str = "the answer holds neither an error nor an id of a transaction, which proves nothing; do not start it again: look in \
                             your books at Paga, or ask Paga's support by this referenceNumber";
const BUSINESS: &str = "Paga's Business API uses this code where the outcome is open (105 duplicate reference, 3 pending, -1 unknown error); \
                        whether Connect does is unknown, so look in your books at Paga before anything is started again";
const SCOPE: &str = "the user did not consent to this: ask for the scope in a new consent";
const ROUTE: &str = "check base URL and `payment_form`: with another path the provider may answer so";

/// What an operation is judged by.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Money(&'static str),
    Details,
    /// The one-time token and the escape hatch: no source shows an answer.
    Unknown,
}

fn class(operation: &'static Operation) -> Class {
    let is = |known| std::ptr::eq(operation, known);
    if is(&MONEY_TRANSFER) {
        Class::Money(TRANSFER)
    } else if operation.name.starts_with("merchant_payment") {
        Class::Money(PAYMENT)
    } else if is(&USER_DETAILS) || is(&USER_DETAILS_BY_PATH) {
        Class::Details
    } else {
        Class::Unknown
    }
}

/// Whether an operation moves money.
pub(crate) fn is_money(operation: &'static Operation) -> bool {
    matches!(class(operation), Class::Money(_))
}

pub(crate) fn judge(operation: &'static Operation, answer: &Answer) -> Verdict {
    let class = class(operation);
    let (wrapper, proofs) = match class {
        Class::Money(wrapper) => (wrapper, &MONEY_PROOFS[..]),
        Class::Details => (DETAILS, &DETAILS_PROOF[..]),
        Class::Unknown => ("", &[][..]),
    };
    let success = answer.status.is_success();
    // No JSON on a 2xx: decoding says so, and that nothing is known.
    let Ok(result) = OperationResult::read(&answer.body, wrapper) else {
        return if success { Verdict::Accept } else { Verdict::Fail(without_result(operation, answer)) };
    };
    let fail = |kind, outcome| {
        let failure = Failure::new(kind, outcome).transaction(result.text("transactionId"));
        failure.provider(result.text("errorCode"), result.text("errorMessage"))
    };
    let standing = result.standing(proofs);
    let refused = |code: &str| match (class, code.trim()) {
        (Class::Money(_), "105") => fail(Kind::Duplicate, Outcome::Unknown).advice(BUSINESS),
        (Class::Money(_), "3" | "-1") => fail(Kind::Unavailable, Outcome::Unknown).advice(BUSINESS),
        (Class::Money(_), _) => fail(Kind::Refused, Outcome::Refused).advice(EARLIER),
        _ => fail(Kind::Refused, Outcome::Refused),
    };
    match (success, answer.status.as_u16(), standing) {
        (true, ..) if class == Class::Unknown => Verdict::Accept,
        (true, _, Standing::Success) => Verdict::Accept,
        (true, _, Standing::Failure(code)) => Verdict::Fail(refused(&code)),
        (true, _, Standing::Indeterminate) => {
            let failure = fail(Kind::Unexpected, Outcome::Unknown);
            let failure = if is_money(operation) { failure.advice(INDETERMINATE) } else { failure };
            Verdict::Fail(match oauth(answer) {
                Some((error, description)) if !result.is_own() => failure.provider(Some(error), description),
                _ => failure,
            })
        }
        // A refusal is read on any status of the 4xx: which one Paga uses no source says.
        (false, 400..=428 | 430..=499, Standing::Failure(code)) if result.is_own() => Verdict::Fail(refused(&code)),
        // The OAuth layer stands before the operation and knows no id: where one is, the operation has begun, whatever else is said.
        (false, ..) if is_money(operation) && result.holds_any(proofs) => Verdict::Fail(match answer.status.as_u16() {
            500..=599 => without_result(operation, answer),
            _ => fail(Kind::Unexpected, Outcome::Unknown),
        }),
        (false, 401, _) if oauth(answer).is_some_and(|(error, _)| error == "invalid_token") => {
            let refused = Failure::new(Kind::TokenRefused, Outcome::NotDone);
            Verdict::TokenRefused(with_oauth(refused, answer))
        }
        _ => Verdict::Fail(without_result(operation, answer)),
    }
}

/// What status and an error of the OAuth layer say, where there is no result of the operation that does.
fn without_result(operation: &'static Operation, answer: &Answer) -> Failure {
    let error = oauth(answer);
    let safe = operation.repeat == Repeat::Safe;
    let fail = |kind, outcome| Failure::new(kind, outcome);
    let failure = match (answer.status.as_u16(), error.as_ref().map(|(error, _)| error.as_str())) {
        // Nothing is done for too many requests, whoever says so.
        (429, _) => fail(Kind::RateLimited, Outcome::NotDone),
        (500..=599, _) => fail(Kind::Unavailable, Outcome::Unknown),
        (403, Some("insufficient_scope")) => fail(Kind::Forbidden, Outcome::Refused).advice(SCOPE),
        // A gateway that waited in vain, or a reference that is known: no OAuth layer refuses so.
        (408 | 409 | 425 | 499, _) => fail(Kind::Unexpected, Outcome::Unknown),
        // The OAuth layer stands before the operation: what it refuses has not begun.
        (401 | 403, Some(_)) => fail(Kind::Forbidden, Outcome::Refused),
        (400..=499, Some(_)) => fail(Kind::Refused, Outcome::Refused),
        // What is not Paga's may come from anybody on the way.
        (404 | 405, None) => fail(Kind::Unexpected, Outcome::Unknown).advice(ROUTE),
        _ => fail(Kind::Unexpected, Outcome::Unknown),
    };
    let failure =
        if safe && matches!(failure.kind, Kind::RateLimited | Kind::Unavailable) { failure.again() } else { failure };
    with_oauth(failure, answer)
}

fn with_oauth(failure: Failure, answer: &Answer) -> Failure {
    match oauth(answer) {
        Some((error, description)) => failure.provider(Some(error), description),
        None => failure,
    }
}

/// `error` and `error_description` of the OAuth layer. The description may repeat the token, so only plain words are kept.
fn oauth(answer: &Answer) -> Option<(String, Option<String>)> {
    let members = members(&answer.body).ok()?;
    let text = |name| serde_json::from_str::<String>(members.get(name)?.get()).ok();
    let error = text("error").filter(|error| !error.is_empty())?;
    Some((shown_text(&error), text("error_description").map(|text| shown_text(&text))))
}

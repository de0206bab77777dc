//! Results of the secured operations, in every form that a mode asks for.

use super::modes::{ErrorCode, FailureStatus, Modes, NoError, ResultForm};
use crate::json::Node;
use crate::provider::Reply;
use bytes::Bytes;
use http::StatusCode;

/// A failure that the operation itself tells. The codes are plainly the sandbox's: Paga's are not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    code: &'static str,
    number: i64,
    message: &'static str,
}

const fn failure(code: &'static str, number: i64, message: &'static str) -> Failure {
    Failure { code, number, message }
}

pub(super) const INSUFFICIENT_FUNDS: Failure =
    failure("SANDBOX_INSUFFICIENT_FUNDS", -9001, "The account does not hold enough money");
pub(super) const UNKNOWN_RECIPIENT: Failure =
    failure("SANDBOX_UNKNOWN_RECIPIENT", -9002, "No account has this phone number");
pub(super) const BAD_AMOUNT: Failure =
    failure("SANDBOX_BAD_AMOUNT", -9003, "The amount must be a plain decimal above zero with at most two places");
pub(super) const BAD_CURRENCY: Failure = failure("SANDBOX_BAD_CURRENCY", -9004, "The only currency is NGN");
pub(super) const DUPLICATE_REFERENCE: Failure =
    failure("SANDBOX_DUPLICATE_REFERENCE", -9005, "This reference was used before");
pub(super) const BAD_REFERENCE: Failure =
    failure("SANDBOX_BAD_REFERENCE", -9006, "The reference must have 1 to 50 characters");
pub(super) const MISSING_PARAMETER: Failure =
    failure("SANDBOX_MISSING_PARAMETER", -9007, "A required value is missing");
pub(super) const BAD_PARAMETER: Failure = failure("SANDBOX_BAD_PARAMETER", -9008, "A value is not one of its kind");
pub(super) const ACCOUNT_LOCKED: Failure = failure("SANDBOX_ACCOUNT_LOCKED", -9009, "The account is locked");

/// The members of a result, beside the two about errors.
pub(super) type Members = Vec<(&'static str, Node)>;

/// How one operation writes its result.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    /// The member that holds a wrapped result.
    pub(super) wrapper: &'static str,
    /// Whether the libraries' models have the wrapper.
    pub(super) wrapped: bool,
    /// Without these members nobody knows what has happened.
    pub(super) ids: &'static [&'static str],
    /// Every member, for a result that has none of them.
    pub(super) members: &'static [&'static str],
}

impl Shape {
    /// A success or a failure, as the modes have it.
    pub(super) fn reply(self, modes: &Modes, result: Result<Members, Failure>) -> Reply {
        let is_failure = result.is_err();
        let (mut fields, mut members) = match result {
            Ok(members) => (no_error(modes.no_error), members),
            Err(failure) => {
                let code = match modes.error_code {
                    ErrorCode::Text => failure.code.into(),
                    ErrorCode::Number => Node::Int(failure.number),
                };
                let error = vec![("errorCode", code), ("errorMessage", failure.message.into())];
                (error, self.members.iter().map(|name| (*name, Node::Null)).collect())
            }
        };
        if modes.result == ResultForm::WithoutIds {
            members.retain(|(name, _)| !self.ids.contains(name));
        }
        fields.append(&mut members);
        let wraps = match modes.result {
            ResultForm::Flat => false,
            ResultForm::Wrapped => true,
            _ => self.wrapped,
        };
        let body = Node::Object(fields);
        let body = if wraps { Node::Object(vec![(self.wrapper, body)]) } else { body };
        let status = match modes.failure_status {
            FailureStatus::BadRequest if is_failure => StatusCode::BAD_REQUEST,
            _ => StatusCode::OK,
        };
        let mut reply = Reply::json(status, &body).assume("values of the result");
        if is_failure {
            reply = reply.assume("status and code of a failure");
        }
        match modes.result {
            ResultForm::Empty => reply.body = Bytes::new(),
            ResultForm::Html => {
                "text/html; charset=utf-8".clone_into(&mut reply.content_type);
                reply.body = Bytes::from_static(b"<!doctype html><title>Paga</title><h1>Please try again later</h1>\n");
            }
            _ => {}
        }
        reply
    }
}

fn no_error(how: NoError) -> Members {
    let both = |code: Node, message: Node| vec![("errorCode", code), ("errorMessage", message)];
    match how {
        NoError::Null => both(Node::Null, Node::Null),
        NoError::Absent => Vec::new(),
        NoError::EmptyText => both("".into(), "".into()),
        NoError::ZeroText => both("0".into(), Node::Null),
        NoError::ZeroNumber => both(Node::Int(0), Node::Null),
    }
}

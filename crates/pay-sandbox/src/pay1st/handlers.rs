//! Who answers for which path.

use super::answers::Refusal;
use super::state::{Call, State};
use super::{auth, create, fulfilments, methods, query, refunds};
use crate::provider::Reply;

/// What answers for an endpoint.
pub(super) type Handle = fn(&mut State, &Call<'_>) -> Result<Reply, Refusal>;

/// What an endpoint asks of a call before it looks at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Needs {
    /// No access token and no signature.
    Nothing,
    /// An access token.
    Token,
    /// An access token and a signature.
    Signature,
}

/// The handler of a path.
pub(super) fn handler(path: &str) -> Option<(Needs, Handle)> {
    Some(match path.strip_prefix("/api/pay1st")? {
        "/auth/token" => (Needs::Nothing, auth::token),
        "/auth/refresh" => (Needs::Nothing, auth::refresh),
        "/payments/methods" => (Needs::Token, methods::methods),
        "/payments" => (Needs::Token, query::query),
        "/payments/create" => (Needs::Signature, create::create),
        "/payments/fulfilments" => (Needs::Signature, fulfilments::create),
        "/transactions/refunds/create" => (Needs::Signature, refunds::create),
        _ => return None,
    })
}

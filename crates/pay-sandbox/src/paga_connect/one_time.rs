//! `getOneTimeToken`: purpose, scope and answer are unknown, so the answer is plainly the sandbox's own.

use super::operations::reference;
use super::results::{Failure, Shape};
use super::state::State;
use super::table;
use crate::json::Node;
use crate::provider::Reply;

/// For failures only.
pub(super) const SHAPE: Shape = Shape { wrapper: "oneTimeTokenResult", wrapped: false, ids: &[], members: &[] };

/// Gives out a token that opens nothing.
pub(super) fn act(state: &mut State, given: &str) -> Result<Reply, Failure> {
    let reference = reference(given)?;
    let token = state.one_time.issue((), table::uuid);
    let fields = vec![("sandboxOneTimeToken", Node::Text(token)), ("sandboxReferenceNumber", Node::text(reference))];
    Ok(Reply::ok(&Node::Object(fields)).assume("everything about one-time tokens"))
}

//! `getUserDetails`: what the user has allowed to be told.

use super::modes::{AccountBalance, MobileNumber};
use super::operations::reference;
use super::results::{BAD_PARAMETER, Failure, Members, Shape};
use super::state::{Call, State};
use crate::json::Node;
use crate::money;
use http::header::CONTENT_TYPE;
use std::collections::HashMap;

/// A failure has no `details`: they are an object, and nothing shows a null in its place.
pub(super) const SHAPE: Shape = Shape { wrapper: "detailsResult", wrapped: true, ids: &["details"], members: &[] };

/// Tells; `given` is the reference in the path, which one library sends.
pub(super) fn act(state: &State, call: &Call<'_>, given: Option<&str>) -> Result<Members, Failure> {
    if let Some(given) = given {
        reference(given)?;
    }
    check_body(call)?;
    let Some(user) = state.user(call.allowed.user) else { return Err(BAD_PARAMETER) };
    let wants = |field: &str| call.allowed.user_data.iter().any(|it| it == field);
    let mut details =
        vec![("accountStatus", Node::from(if user.locked { "SANDBOX_LOCKED" } else { "SANDBOX_ACTIVE" }))];
    for (field, member, value) in [
        ("FIRST_NAME", "firstName", user.first_name),
        ("LAST_NAME", "lastName", user.last_name),
        ("USERNAME", "username", user.username),
        ("EMAIL", "email", user.email),
    ] {
        if wants(field) {
            details.push((member, value.into()));
        }
    }
    if wants("MOBILE_NUMBER") && state.modes.mobile_number == MobileNumber::Sandbox {
        details.push(("sandboxMobileNumber", user.mobile.into()));
    }
    if wants("ACCOUNT_BALANCE") {
        let balance = money::decimal(state.book.balance(user.username), 2);
        details.push((
            "accountBalance",
            match state.modes.account_balance {
                AccountBalance::Text => Node::Text(balance),
                AccountBalance::Number => Node::Number(balance),
            },
        ));
    }
    details.push(("publicId", user.public_id.into()));
    details.push(("authorities", Node::List(vec![Node::Object(vec![("authority", "SANDBOX_USER".into())])])));
    Ok(vec![("details", Node::Object(details))])
}

/// One library sends a reference and its client id as JSON; nobody else sends a body.
fn check_body(call: &Call<'_>) -> Result<(), Failure> {
    let kind = super::answers::header(&call.request.headers, CONTENT_TYPE);
    if call.request.body.is_empty() || !kind.starts_with("application/json") {
        return Ok(());
    }
    let members: HashMap<String, String> = serde_json::from_slice(&call.request.body).map_err(|_| BAD_PARAMETER)?;
    if let Some(text) = members.get("referenceNumber") {
        reference(text)?;
    }
    let own = members.get("publicId").is_none_or(|id| id == call.allowed.client);
    if own { Ok(()) } else { Err(BAD_PARAMETER) }
}

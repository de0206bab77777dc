//! The secured operations: what a token must allow, and who answers.

use super::answers::{Refusal, header};
use super::grants::{Allowed, Dead};
use super::results::{Members, Shape};
use super::routes::{self, Lost, Target};
use super::state::{Call, State};
use super::{details, one_time, payment, transfer};
use crate::provider::{ProviderRequest, Reply};
use http::header::{ACCEPT, AUTHORIZATION};
use http::{Method, StatusCode};
use std::time::SystemTime;

/// Answers a request below `secure`.
pub(super) fn answer(state: &mut State, request: &ProviderRequest, now: SystemTime) -> Result<Reply, Refusal> {
    let allowed = bearer(state, request, now)?;
    let target = routes::find(&request.path, state.modes.last_dot).map_err(|lost| match lost {
        Lost::Unknown => Refusal::not_found(),
        Lost::BadValue => Refusal::bad("A value in the path holds a character that is refused there"),
    })?;
    if request.method != Method::POST {
        return Err(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "Use POST"));
    }
    let accept = header(&request.headers, ACCEPT);
    if accept.contains("xml") && !accept.contains("json") && !accept.contains("*/*") {
        return Err(Refusal::new(StatusCode::NOT_ACCEPTABLE, "not_acceptable", "The sandbox speaks JSON only"));
    }
    let call = Call { request, allowed };
    if let Some(scope) = needs(&target).filter(|scope| !call.allowed.scopes.iter().any(|it| it == scope)) {
        let description = format!("Insufficient scope for this resource: {scope}");
        return Err(Refusal::bearer(StatusCode::FORBIDDEN, "insufficient_scope", description));
    }
    Ok(act(state, &call, target))
}

/// Whose token it is, and what it allows.
fn bearer(state: &State, request: &ProviderRequest, now: SystemTime) -> Result<Allowed, Refusal> {
    let given = header(&request.headers, AUTHORIZATION);
    let token = given.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let Some((_, token)) = token else {
        let description = "Full authentication is required to access this resource";
        return Err(Refusal::bearer(StatusCode::UNAUTHORIZED, "unauthorized", description));
    };
    state.grants.check_access(token, now).cloned().map_err(|dead| {
        Refusal::token(match dead {
            Dead::Unknown => format!("Invalid access token: {token}"),
            Dead::Expired => format!("Access token expired: {token}"),
        })
    })
}

/// The scope that an operation needs. Which one a one-time token needs is unknown.
fn needs(target: &Target) -> Option<&'static str> {
    match target {
        Target::Payment(_) | Target::PaymentForm => Some("MERCHANT_PAYMENT"),
        Target::Transfer => Some("MONEY_TRANSFER"),
        Target::Details(_) => Some("USER_DETAILS_REQUEST"),
        Target::OneTime(_) | Target::Authorization | Target::Token => None,
    }
}

fn act(state: &mut State, call: &Call<'_>, target: Target) -> Reply {
    let write = |state: &State, shape: Shape, result: Result<Members, _>| shape.reply(&state.modes, result);
    match target {
        Target::Payment(values) => {
            let values: Vec<Option<String>> = values.into_iter().map(Some).collect();
            let result = payment::act(state, call, &values);
            write(state, payment::SHAPE, result)
        }
        Target::PaymentForm => {
            let result = payment::act(state, call, &payment::form_values(call.request));
            write(state, payment::SHAPE, result).assume("that a payment may come as a form")
        }
        Target::Transfer => {
            let result = transfer::act(state, call);
            write(state, transfer::SHAPE, result).assume("whose money a transfer moves")
        }
        Target::Details(reference) => {
            let result = details::act(state, call, reference.as_deref());
            write(state, details::SHAPE, result)
        }
        Target::OneTime(reference) => {
            let result = one_time::act(state, &reference);
            result.unwrap_or_else(|failure| write(state, one_time::SHAPE, Err(failure)))
        }
        // Neither stands below `secure`.
        Target::Authorization | Target::Token => Refusal::not_found().reply(),
    }
}

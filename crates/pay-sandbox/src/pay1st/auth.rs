//! Tokens issued and refreshed; and what every other call must carry.

use super::account::{API_KEY, API_SECRET};
use super::answers::Refusal;
use super::modes::{OldAccessTokens, OldRefreshToken, RefreshBasic, SignedReads, Stamps, TimestampRule};
use super::state::{Call, State};
use super::tokens::{Dead, Grant};
use super::{sign, stamp};
use crate::json::Node;
use crate::provider::{ProviderRequest, Reply};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderName;
use http::header::AUTHORIZATION;
use std::time::SystemTime;

const ROLE: &str = "API_USER";
const ACCESS_TOKEN: HeaderName = HeaderName::from_static("accesstoken");

/// What the Basic header of this partner holds after its scheme.
pub(super) fn basic() -> String {
    STANDARD.encode(format!("{API_KEY}:{API_SECRET}"))
}

/// `None`: no header; else whether key and secret are right.
fn basic_is_right(request: &ProviderRequest) -> Option<bool> {
    let header = request.headers.get(AUTHORIZATION)?;
    let given = header.to_str().ok().and_then(|text| text.split_once(' '));
    Some(given.is_some_and(|(scheme, value)| scheme.eq_ignore_ascii_case("basic") && value == basic()))
}

/// `POST /auth/token`.
pub(super) fn token(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    if basic_is_right(call.request) != Some(true) {
        return Err(Refusal::unauthorized("API key or secret"));
    }
    role(call)?;
    Ok(issue(state, call.now))
}

/// `POST /auth/refresh`. The page lists no Basic header, another source does (C6).
pub(super) fn refresh(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    match basic_is_right(call.request) {
        Some(true) => {}
        None if state.modes.refresh_basic == RefreshBasic::Optional => {}
        _ => return Err(Refusal::unauthorized("API key or secret")),
    }
    role(call)?;
    let old = call.object()?.required("refreshToken")?;
    if state.refresh.check(&old, call.now).is_err() {
        return Err(Refusal::unauthorized("refresh token").assume("status of a dead refresh token"));
    }
    if state.modes.old_refresh_token == OldRefreshToken::Void {
        state.refresh.forget(&old);
    }
    match state.modes.old_access_tokens {
        OldAccessTokens::Live => {}
        OldAccessTokens::DeadInLinks => state.access.spoil_links(),
        OldAccessTokens::Dead => state.access.end_all(call.now),
    }
    Ok(issue(state, call.now).assume("what becomes of the older tokens"))
}

fn role(call: &Call<'_>) -> Result<(), Refusal> {
    let body = call.object()?;
    call.check(&body)?;
    if body.required("role")? == ROLE { Ok(()) } else { Err(Refusal::bad("role must be API_USER")) }
}

fn issue(state: &mut State, now: SystemTime) -> Reply {
    let access = state.access.issue(now, state.settings.access_life);
    let refresh = state.refresh.issue(now, state.settings.refresh_life);
    Reply::ok(&Node::Object(vec![
        ("role", ROLE.into()),
        ("accessToken", Node::Text(access)),
        ("refreshToken", Node::Text(refresh)),
    ]))
}

/// The access token of a call: a header of its own, not `Authorization`.
pub(super) fn bearer(state: &State, request: &ProviderRequest, now: SystemTime) -> Result<Grant, Refusal> {
    let header = request.headers.get(ACCESS_TOKEN).and_then(|value| value.to_str().ok());
    let token = header.and_then(|header| header.strip_prefix("Bearer ")).unwrap_or_default();
    state.access.check(token, now).map_err(|dead| {
        Refusal::unauthorized(match dead {
            Dead::Unknown => "access token",
            Dead::Expired => "access token expired",
        })
    })
}

/// Holds signature and timestamp of a call against its bytes and the time.
pub(super) fn signed(state: &State, call: &Call<'_>, is_read: bool) -> Result<(), Refusal> {
    if is_read && state.modes.signed_reads == SignedReads::Off {
        return Ok(());
    }
    let request = call.request;
    let stamped = sign::verified(&state.signing_key, &request.headers, &request.body).map_err(Refusal::unsigned)?;
    let measure = match (state.modes.timestamp_rule, state.modes.stamps, call.grant) {
        (TimestampRule::AccessToken, _, Some(grant)) => grant.issued,
        (_, Stamps::SandboxClock, _) => call.now,
        (_, Stamps::WallTime, _) => SystemTime::now(),
    };
    if stamp::is_fresh(stamped, measure) {
        return Ok(());
    }
    Err(Refusal::unsigned("X-TIMESTAMP is more than five minutes off"))
}

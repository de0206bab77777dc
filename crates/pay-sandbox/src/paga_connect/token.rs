//! The token endpoint: a code for tokens, a refresh token for new ones.

use super::answers::{Refusal, uncached};
use super::basic;
use super::grants::{Allowed, Dead, Pair};
use super::modes::{
    ConsentAgain, ExpiresIn, LimitMaximum, OldAccessToken, RefreshToken, Rfc9700, TokenType, UserDataMember,
};
use super::params::Params;
use super::scopes;
use super::state::State;
use crate::json::Node;
use crate::provider::{ProviderRequest, Reply};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{Method, StatusCode};
use sha2::{Digest, Sha256};
use std::time::SystemTime;

/// Answers a token call.
pub(super) fn answer(state: &mut State, request: &ProviderRequest, now: SystemTime) -> Result<Reply, Refusal> {
    if request.method != Method::POST {
        return Err(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "Use POST"));
    }
    let client = basic::client(state, request)?;
    let (client, registered) = (client.id, client.scopes);
    let params = Params::read(request, &state.modes)?;
    let asked = params.get("scope").map(scopes::split_scopes).unwrap_or_default();
    if let Some(wrong) = asked.iter().find(|scope| !registered.contains(&scope.as_str())) {
        let description = format!("Invalid scope: {wrong}");
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "invalid_scope", description));
    }
    let pair = match params.required("grant_type")? {
        "authorization_code" => exchange(state, client, &params, now)?,
        "refresh_token" if state.modes.refresh_token != RefreshToken::Unsupported => {
            refresh(state, client, &params, now)?
        }
        other => {
            let description = format!("Unsupported grant type: {other}");
            return Err(Refusal::new(StatusCode::BAD_REQUEST, "unsupported_grant_type", description));
        }
    };
    Ok(tokens(state, &pair, params.get("grant_type") == Some("refresh_token")))
}

fn exchange(state: &mut State, client: &'static str, params: &Params, now: SystemTime) -> Result<Pair, Refusal> {
    let (code, redirect) = (params.required("code")?, params.get("redirect_uri"));
    let strict = state.modes.rfc9700 == Rfc9700::On;
    let wrong = || Refusal::grant(format!("Invalid authorization code: {code}"));
    let taken = match state.grants.take_code(code, now) {
        Ok(taken) => taken,
        Err(_) => {
            if strict {
                state.grants.revoke_by_code(code);
            }
            return Err(wrong());
        }
    };
    if taken.allowed.client != client {
        return Err(wrong());
    }
    if redirect != Some(taken.redirect.as_str()) {
        return Err(Refusal::grant("Redirect URI mismatch."));
    }
    if strict {
        let verifier = params.get("code_verifier").unwrap_or_default();
        if taken.challenge.as_deref() != Some(challenge(verifier).as_str()) || !is_verifier(verifier) {
            return Err(Refusal::grant("PKCE verification failed"));
        }
    }
    let allowed = taken.allowed.clone();
    let again = !strict && state.modes.consent_again == ConsentAgain::SameToken;
    Ok(state.grants.open(code, allowed, again, now, &state.settings))
}

/// The S256 challenge of a verifier (RFC 7636, 4.2).
pub(super) fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

/// RFC 7636, 4.1.
fn is_verifier(text: &str) -> bool {
    (43..=128).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || "-._~".contains(c))
}

fn refresh(state: &mut State, client: &'static str, params: &Params, now: SystemTime) -> Result<Pair, Refusal> {
    let token = params.required("refresh_token")?;
    let strict = state.modes.rfc9700 == Rfc9700::On;
    let wrong = || Refusal::grant(format!("Invalid refresh token: {token}"));
    let (grant, good) = state.grants.check_refresh(token, now);
    let user = grant.map(|grant| grant.allowed.user);
    let foreign = grant.is_some_and(|grant| grant.allowed.client != client);
    let refusal = match good {
        _ if foreign => Some(Refusal::grant(format!("Wrong client for this refresh token: {token}"))),
        Err(Dead::Expired) if strict => Some(wrong()),
        Err(Dead::Expired) => Some(Refusal::token(format!("Invalid refresh token (expired): {token}"))),
        Err(Dead::Unknown) => {
            if strict {
                state.grants.revoke_by_refresh(token);
            }
            Some(wrong())
        }
        Ok(()) if state.modes.refresh_token == RefreshToken::Refused => Some(wrong()),
        Ok(()) => None,
    };
    if let Some(refusal) = refusal {
        if let Some(user) = user {
            state.grants.note_refused(user);
        }
        return Err(refusal);
    }
    let rotates = strict || state.modes.refresh_token == RefreshToken::Rotated;
    let old_dies = state.modes.old_access_token == OldAccessToken::Dead;
    Ok(state.grants.renew(token, rotates, old_dies, now, &state.settings))
}

/// The answer, in the members that the libraries' test names.
fn tokens(state: &State, pair: &Pair, refreshed: bool) -> Reply {
    let modes = &state.modes;
    let Allowed { scopes, user_data, .. } = &pair.allowed;
    let mut fields = vec![("access_token", Node::text(&pair.access))];
    match modes.token_type {
        TokenType::Lower => fields.push(("token_type", "bearer".into())),
        TokenType::Upper => fields.push(("token_type", "Bearer".into())),
        TokenType::Absent => {}
    }
    let omitted = refreshed && modes.refresh_token == RefreshToken::Omitted && modes.rfc9700 == Rfc9700::Off;
    if !omitted {
        fields.push(("refresh_token", Node::text(&pair.refresh)));
    }
    match modes.expires_in {
        ExpiresIn::Number => fields.push(("expires_in", Node::Number(pair.seconds.to_string()))),
        ExpiresIn::Text => fields.push(("expires_in", Node::Text(pair.seconds.to_string()))),
        ExpiresIn::Absent => {}
    }
    fields.push(("scope", Node::Text(scopes.join(" "))));
    match modes.user_data {
        UserDataMember::Text => fields.push(("user_data", Node::Text(user_data.join(" ")))),
        UserDataMember::List => fields.push(("user_data", Node::List(user_data.iter().map(Node::text).collect()))),
        UserDataMember::Absent => {}
    }
    let authority = Node::Object(vec![("authority", "SANDBOX_USER".into())]);
    fields.push(("authorities", Node::List(vec![authority])));
    match modes.limit_maximum {
        LimitMaximum::Absent => {}
        LimitMaximum::Number => fields.push(("limitMaximum", Node::Number("50000.0".to_owned()))),
        LimitMaximum::Text => fields.push(("limitMaximum", "50000.00".into())),
    }
    uncached(Reply::ok(&Node::Object(fields)))
        .assume("values and lifetimes of the token answer")
        .assume("whether a refresh works, and what it gives back")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_that_of_the_rfc() {
        // RFC 7636, appendix B.
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(challenge(verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        assert!(is_verifier(verifier) && !is_verifier(&verifier[1..]) && !is_verifier(&"a".repeat(129)));
        assert!(!is_verifier(&format!("{verifier}+")));
    }
}

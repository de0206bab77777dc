//! Tokens: user name and password, then a refresh token; both printed shapes of the answer.

use crate::envelope::Envelope;
use crate::generated::operations;
use crate::generated::types::{LoginRequest, RefreshRequest, TokenAnswer};
use pay_core::provider::{Answer, Credentials, Grant, GrantFailure, GrantStep, Parts, Tokens, json, members};
use pay_core::{ExposeSecret, SecretString};
use std::time::Duration;

const ADVICE: &str =
    "check three things: user name and password, that they belong to this environment, and that the account is active";

/// Half an hour, where the answer names no lifetime; an hour, which some pages say, would be half an hour of refusals.
const ASSUMED: Duration = Duration::from_secs(1800);

pub(crate) struct PasswordGrant;

impl Grant for PasswordGrant {
    fn login(&self, credentials: &Credentials) -> Option<Parts> {
        Some(operations::token(&LoginRequest::new(credentials.id(), credentials.secret().clone())))
    }

    fn refresh(&self, _credentials: &Credentials, refresh: &SecretString) -> Option<Parts> {
        Some(operations::refresh(&RefreshRequest::new(refresh.clone())))
    }

    fn read(&self, step: GrantStep, answer: &Answer) -> Result<Tokens, GrantFailure> {
        let status = answer.status.as_u16();
        match status {
            200..=299 => {}
            400 | 401 | 403 => {
                return Err(refused(
                    answer,
                    match step {
                        GrantStep::Login => "user name or password refused",
                        GrantStep::Refresh => "refresh token refused",
                    },
                ));
            }
            429 => return Err(GrantFailure::transient("too many token calls from this address")),
            _ => return Err(GrantFailure::transient("the token endpoint has a fault")),
        }
        // Such an answer may hold no token at all.
        if Envelope::read(&answer.body).is_some_and(|envelope| envelope.successful == Some(false)) {
            return Err(refused(answer, "the answer says that it was not successful"));
        }
        // The body may hold a token, so nothing of it goes into an error.
        let (access, refresh, expires_in) = match json(&answer.body) {
            Ok(TokenAnswer::Nested(nested)) => (nested.data.token, nested.data.refresh_token, nested.data.expires_in),
            Ok(TokenAnswer::Flat(flat)) => (flat.access_token, flat.refresh_token, flat.expires_in),
            Err(_) => return Err(GrantFailure::transient("the token answer does not parse, or holds no token")),
        };
        let given = |token: &SecretString| !token.expose_secret().is_empty();
        if !given(&access) {
            return Err(GrantFailure::transient("the token of the answer is empty"));
        }
        let seconds = expires_in.and_then(|seconds| seconds.as_str().parse().ok());
        let mut tokens = Tokens::new(access);
        tokens.refresh = refresh.filter(given);
        tokens.lifetime = Some(seconds.map_or(ASSUMED, Duration::from_secs));
        tokens.extra = extra_members(&answer.body);
        Ok(tokens)
    }
}

fn refused(answer: &Answer, message: &'static str) -> GrantFailure {
    let envelope = Envelope::read(&answer.body);
    let (code, text) = envelope.map_or((None, None), |envelope| (envelope.code, envelope.message));
    GrantFailure::refused(message).provider(code, text).advice(ADVICE)
}

/// What the model does not name: the account id for `/transactions` is said to be in here.
fn extra_members(body: &[u8]) -> Vec<(String, SecretString)> {
    const KNOWN: [&str; 6] = ["token", "accessToken", "refreshToken", "expiresIn", "successful", "data"];
    let mut extra = Vec::new();
    let mut collect = |body: &[u8]| {
        for (name, value) in members(body).unwrap_or_default() {
            if !KNOWN.contains(&name.as_str()) {
                extra.push((name, SecretString::from(value.get().to_owned())));
            }
        }
    };
    collect(body);
    if let Some(data) = members(body).unwrap_or_default().get("data") {
        collect(data.get().as_bytes());
    }
    extra
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(status: u16, body: &str) -> Result<Tokens, GrantFailure> {
        let answer = Answer::new(status.try_into().unwrap(), Default::default(), body.to_owned());
        PasswordGrant.read(GrantStep::Login, &answer)
    }

    fn token(body: &str) -> (String, Option<String>, u64) {
        let tokens = read(200, body).unwrap();
        let refresh = tokens.refresh.map(|r| r.expose_secret().to_owned());
        (tokens.access.expose_secret().to_owned(), refresh, tokens.lifetime.unwrap().as_secs())
    }

    #[test]
    fn both_printed_shapes_are_read() {
        let nested = r#"{"successful":true,"data":{"token":"a","refreshToken":"r","expiresIn":1800}}"#;
        assert_eq!(token(nested), ("a".into(), Some("r".into()), 1800));
        assert_eq!(token(r#"{"accessToken":"b","expiresIn":900}"#), ("b".into(), None, 900));
    }

    #[test]
    fn a_missing_lifetime_is_half_an_hour() {
        assert_eq!(token(r#"{"data":{"token":"a"}}"#).2, 1800);
    }

    #[test]
    fn answers_without_a_token_are_errors_that_hold_no_body() {
        for (status, body, refused) in [
            (200, r#"{"data":{}}"#, false),
            (200, r#"{"data":{"token":""}}"#, false),
            (200, r#"{"accessToken":"SENTINEL","successful":false}"#, true),
            (200, "<html>SENTINEL", false),
            (401, r#"{"responseCode":"401","responseMessage":"Unauthorized"}"#, true),
            (403, "", true),
            (429, r#"{"error":"Too Many Requests"}"#, false),
            (503, "", false),
            (404, "", false),
        ] {
            let failure = read(status, body).unwrap_err();
            assert_eq!(failure.refused, refused, "{status} {body}");
            assert!(!format!("{failure:?}").contains("SENTINEL"));
        }
    }

    #[test]
    fn members_that_the_model_does_not_name_stay_readable() {
        let tokens = read(200, r#"{"userTypeId":"U-1","data":{"token":"a","x":5}}"#).unwrap();
        let names: Vec<_> = tokens.extra.iter().map(|(name, value)| (name.as_str(), value.expose_secret())).collect();
        assert_eq!(names, [("userTypeId", "\"U-1\""), ("x", "5")]);
    }
}

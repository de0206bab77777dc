//! Tokens: API key and API secret, then refresh tokens that change with every use.

use crate::envelope::Envelope;
use crate::generated::operations;
use crate::generated::types::{RefreshRequest, TokenAnswer, TokenRequest};
use pay_core::provider::{Answer, Credentials, Grant, GrantFailure, GrantStep, Parts, Tokens, json, members};
use pay_core::{ExposeSecret, SecretString};

const ADVICE: &str =
    "check three things: API key and API secret, that they belong to this environment, and that they may use the API";

pub(crate) struct ApiGrant;

impl Grant for ApiGrant {
    fn login(&self, credentials: &Credentials) -> Option<Parts> {
        Some(operations::token(&TokenRequest::new()).basic_auth(credentials.id(), credentials.secret()))
    }

    // Its page lists no `Authorization` header; where that is wrong, the 401 falls back to a log-in.
    fn refresh(&self, _credentials: &Credentials, refresh: &SecretString) -> Option<Parts> {
        Some(operations::refresh(&RefreshRequest::new(refresh.clone())))
    }

    fn read(&self, step: GrantStep, answer: &Answer) -> Result<Tokens, GrantFailure> {
        match (answer.status.as_u16(), step) {
            (200..=299, _) => {}
            (429, _) => return Err(GrantFailure::transient("too many token calls")),
            (400 | 401 | 403, GrantStep::Login) => return Err(refused(answer, "API key or API secret refused")),
            (400..=499, GrantStep::Refresh) => return Err(refused(answer, "refresh token refused")),
            _ => return Err(GrantFailure::transient("the token endpoint has a fault")),
        }
        // The body may hold a token, so nothing of it goes into an error.
        let read: Result<TokenAnswer, _> = json(&answer.body);
        let Ok(TokenAnswer { access_token, refresh_token, .. }) = read else {
            return Err(GrantFailure::transient("the token answer does not parse, or holds no token"));
        };
        let given = |token: &SecretString| !token.expose_secret().is_empty();
        if !given(&access_token) {
            return Err(GrantFailure::transient("the token of the answer is empty"));
        }
        let mut tokens = Tokens::new(access_token);
        tokens.refresh = refresh_token.filter(given);
        tokens.extra = extra_members(&answer.body);
        Ok(tokens)
    }
}

fn refused(answer: &Answer, message: &'static str) -> GrantFailure {
    let Envelope { code, message: text, .. } = Envelope::read(&answer.body).unwrap_or_default();
    GrantFailure::refused(message).provider(code, text).advice(ADVICE)
}

/// What the model does not name: no page shows a lifetime, and here one would be seen.
fn extra_members(body: &[u8]) -> Vec<(String, SecretString)> {
    const KNOWN: [&str; 3] = ["role", "accessToken", "refreshToken"];
    let all = members(body).unwrap_or_default().into_iter();
    all.filter(|(name, _)| !KNOWN.contains(&name.as_str()))
        .map(|(name, value)| (name, SecretString::from(value.get().to_owned())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(step: GrantStep, status: u16, body: &str) -> Result<Tokens, GrantFailure> {
        ApiGrant.read(step, &Answer::new(status.try_into().unwrap(), Default::default(), body.to_owned()))
    }

    #[test]
    fn a_pair_is_read_and_has_no_lifetime() {
        for status in [200, 201] {
            let body = r#"{"role":"API_USER","accessToken":"a=","refreshToken":"r","new":5}"#;
            let tokens = read(GrantStep::Login, status, body).unwrap();
            assert_eq!(tokens.access.expose_secret(), "a=");
            assert_eq!(tokens.refresh.unwrap().expose_secret(), "r");
            assert_eq!(tokens.lifetime, None);
            assert_eq!((tokens.extra[0].0.as_str(), tokens.extra[0].1.expose_secret()), ("new", "5"));
        }
        assert!(read(GrantStep::Login, 200, r#"{"accessToken":"a","refreshToken":""}"#).unwrap().refresh.is_none());
    }

    #[test]
    fn answers_without_a_token_are_errors_that_hold_no_body() {
        use GrantStep::{Login, Refresh};
        for (step, status, body, refused) in [
            (Login, 200, "{}", false),
            (Login, 200, r#"{"accessToken":""}"#, false),
            (Login, 200, "<html>SENTINEL", false),
            (Login, 400, "", true),
            (Login, 401, r#"{"errorMessage":"no","errorCode":"0800"}"#, true),
            (Login, 403, "", true),
            (Login, 404, "SENTINEL", false),
            (Login, 429, "", false),
            (Login, 500, "", false),
            (Refresh, 400, "", true),
            (Refresh, 401, "", true),
            (Refresh, 404, "", true),
            (Refresh, 429, "", false),
            (Refresh, 503, "SENTINEL", false),
        ] {
            let failure = read(step, status, body).unwrap_err();
            assert_eq!(failure.refused, refused, "{step:?} {status} {body}");
            assert!(!format!("{failure:?}").contains("SENTINEL"));
        }
        let failure = read(Login, 401, r#"{"errorMessage":"no","errorCode":"0800"}"#).unwrap_err();
        assert_eq!((failure.code.as_deref(), failure.text.as_deref()), (Some("0800"), Some("no")));
    }
}

//! Tokens: a JWT for an access key and its secret, or one of the caller's own.
//!
//! PagFast documents that a token is a JWT of 60 minutes by default, whose `exp` has the real end. The page with the token call's
//! path, members and answer is in no readable copy, so all three are settings, and their defaults are the sister platform's.

use crate::envelope::{Envelope, Refusal};
use crate::generated::operations::LOGIN;
use pay_core::auth::TokenSource;
use pay_core::jwt::{Hint, is_jwt};
use pay_core::provider::{
    Answer, Credentials, Engine, Grant, GrantFailure, GrantStep, OwnTokens, Parts, Tokens, json, members,
};
use pay_core::{ExposeSecret, SecretString};
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::sync::Arc;

const KEYS: &str = "check four things: the access key and its secret; that PagFast has approved and activated the key, because a \
                    new one is Pending until you ask for that; that it belongs to this environment; and the token call's \
                    path and members, whose defaults are assumed";
const PATH: &str =
    "the path is assumed: ask PagFast for it and set `token_path`, or bring tokens of your own with `token_source`";
const MEMBERS: &str = "the names of its members are assumed: ask PagFast for them and set `token_fields`";
const SHAPE: &str =
    "the form of the answer is assumed: set `token_member`, or bring tokens of your own with `token_source`";

/// How a token is asked for, and where it stands in the answer.
#[derive(Debug, Clone)]
pub(crate) struct TokenCall {
    /// Below the API root.
    pub(crate) path: String,
    /// Names of the two members of the request.
    pub(crate) fields: (String, String),
    /// Where the token stands, such as `data.jwt`; `None`: wherever one is found.
    pub(crate) member: Option<String>,
}

/// A key and its secret.
pub(crate) struct KeyGrant {
    pub(crate) engine: Engine,
    pub(crate) call: Arc<TokenCall>,
}

/// The request, under names that the caller may set.
struct Login<'a> {
    fields: &'a (String, String),
    credentials: &'a Credentials,
}

impl Serialize for Login<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry(&self.fields.0, self.credentials.id())?;
        map.serialize_entry(&self.fields.1, self.credentials.secret().expose_secret())?;
        map.end()
    }
}

impl Grant for KeyGrant {
    fn login(&self, credentials: &Credentials) -> Option<Parts> {
        let body = Login { fields: &self.call.fields, credentials };
        Some(Parts::new(&LOGIN).template(&self.call.path).json(&body))
    }

    fn read(&self, _: GrantStep, answer: &Answer) -> Result<Tokens, GrantFailure> {
        let Envelope { refusal } = Envelope::read(&answer.body);
        if refusal.is_some() || !answer.status.is_success() {
            return Err(failure(answer.status.as_u16(), refusal));
        }
        // The body may hold a token, so nothing of it goes into an error.
        let token = self.call.token_in(&answer.body).map_err(|why| GrantFailure::transient(why).advice(SHAPE))?;
        Ok(tokens(&self.engine, token))
    }
}

/// With the end that the token claims for itself, as a hint.
fn tokens(engine: &Engine, token: SecretString) -> Tokens {
    let lifetime = Hint::read(&token).lifetime(engine.wall());
    let mut tokens = Tokens::new(token);
    tokens.lifetime = lifetime;
    tokens
}

/// No status and no error of this call is documented: what says that the key is refused counts, and all else may pass.
fn failure(status: u16, refusal: Option<Refusal>) -> GrantFailure {
    let name = refusal.as_ref().and_then(|refusal| refusal.name.clone());
    let failure = match (name.as_deref(), status) {
        (Some("AuthenticationError"), _) => GrantFailure::refused("access key or secret refused").advice(KEYS),
        (_, 429) => GrantFailure::transient("too many token calls"),
        (_, 500..=599) => GrantFailure::transient("the token endpoint has a fault"),
        (Some("InvalidRequestFormatError"), _) => GrantFailure::refused("the token call is malformed").advice(MEMBERS),
        (_, 404 | 405) => GrantFailure::transient("there is no token endpoint at this path").advice(PATH),
        (_, 400..=499) => GrantFailure::refused("access key or secret refused").advice(KEYS),
        (Some(_), _) => GrantFailure::refused("the token call was refused").advice(KEYS),
        _ => GrantFailure::transient("the token endpoint answered what no document lists").advice(PATH),
    };
    // No message: what a token endpoint says could hold what it was asked with.
    let reason = refusal.and_then(|refusal| refusal.reason().map(str::to_owned).or(refusal.name));
    failure.provider(reason, None)
}

impl TokenCall {
    /// The token of an answer: where the setting says, or a JWT as bare text, as JSON text, or in an object's usual places.
    fn token_in(&self, body: &[u8]) -> Result<SecretString, &'static str> {
        let text = std::str::from_utf8(body).map_err(|_| "the token answer is no text")?.trim();
        if text.is_empty() {
            return Err("the token answer is empty");
        }
        if let Some(path) = &self.member {
            let found = text_at(text, path).filter(|token| !token.is_empty());
            return found.map(SecretString::from).ok_or("the token answer has no text where `token_member` says");
        }
        if is_jwt(text) {
            return Ok(SecretString::from(text.to_owned()));
        }
        if let Ok(inner) = json::<String>(text.as_bytes()) {
            let inner = inner.trim();
            let token = is_jwt(inner).then(|| SecretString::from(inner.to_owned()));
            return token.ok_or("the token answer is a JSON text that is no JWT");
        }
        if members(text.as_bytes()).is_err() {
            return Err("the token answer is neither a JWT nor JSON that could hold one");
        }
        let usual = ["data", "data.token", "token", "accessToken", "access_token"];
        let token = usual.into_iter().find_map(|path| text_at(text, path).filter(|token| is_jwt(token)));
        token.map(|token| SecretString::from(token.trim().to_owned())).ok_or(
            "the token answer is a JSON object with no JWT in data, data.token, token, accessToken or access_token",
        )
    }
}

/// The text at a path of members, such as `data.token`.
fn text_at(body: &str, path: &str) -> Option<String> {
    let mut at = body.to_owned();
    for name in path.split('.') {
        at = members(at.as_bytes()).ok()?.remove(name)?.get().to_owned();
    }
    json(at.as_bytes()).ok()
}

/// Tokens of the caller's own.
pub(crate) struct OwnGrant {
    pub(crate) engine: Engine,
    pub(crate) source: Arc<dyn TokenSource>,
}

impl Grant for OwnGrant {
    fn login(&self, _: &Credentials) -> Option<Parts> {
        None
    }

    fn own(&self) -> Option<OwnTokens<'_>> {
        Some(Box::pin(async { Ok(tokens(&self.engine, self.source.token().await?)) }))
    }

    fn read(&self, _: GrantStep, _: &Answer) -> Result<Tokens, GrantFailure> {
        Err(GrantFailure::transient("the caller brings the tokens"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `{"alg":"HS384","typ":"JWT"}.{"uid":"u"}.`
    const JWT: &str = "eyJhbGciOiJIUzM4NCIsInR5cCI6IkpXVCJ9.eyJ1aWQiOiJ1In0.c2ln";

    fn call(member: Option<&str>) -> TokenCall {
        TokenCall {
            path: "/login".to_owned(),
            fields: ("accessKey".to_owned(), "secret".to_owned()),
            member: member.map(str::to_owned),
        }
    }

    fn read(member: Option<&str>, body: &str) -> Result<String, &'static str> {
        call(member).token_in(body.as_bytes()).map(|token| token.expose_secret().to_owned())
    }

    #[test]
    fn a_jwt_is_found_in_every_form_of_the_list() {
        for body in [
            JWT.to_owned(),
            format!("  {JWT}\r\n"),
            format!("\"{JWT}\""),
            format!(r#"{{"statusCode":"Done","data":"{JWT}"}}"#),
            format!(r#"{{"data":{{"token":"{JWT}"}}}}"#),
            format!(r#"{{"data":"ok","token":"{JWT}"}}"#),
            format!(r#"{{"accessToken":"{JWT}","expiresIn":3600}}"#),
            format!(r#"{{"token":7,"access_token":"{JWT}"}}"#),
        ] {
            assert_eq!(read(None, &body).as_deref(), Ok(JWT), "{body}");
        }
    }

    #[test]
    fn what_is_no_jwt_is_no_token_unless_the_caller_says_where_it_stands() {
        for body in ["", "  ", "ok", "a.b.c", "\"ok\"", "[]", "{}", r#"{"token":"opaque"}"#, "<html>", "7"] {
            assert!(read(None, body).is_err(), "{body}");
        }
        let odd = r#"{"result":{"jwt":"opaque"}}"#;
        assert_eq!(read(Some("result.jwt"), odd).as_deref(), Ok("opaque"));
        for path in ["result", "result.jwt.x", "jwt", ""] {
            assert!(read(Some(path), odd).is_err(), "{path}");
        }
        assert!(call(None).token_in(&[0xff]).is_err());
    }
}

//! Token calls: how a code or a refresh token is sent, and what the answer means.

mod answer;
mod redact;

pub use answer::TokenAnswer;
pub(crate) use redact::shown_text;

use crate::generated::operations::{self, TOKEN};
use crate::generated::types::TokenRequest;
use crate::style::{BasicEncoding, TokenParameters};
use http::header::CONTENT_TYPE;
use pay_core::provider::{Answer, Credentials, Grant, GrantFailure, GrantStep, Parts, Tokens, members};
use pay_core::{Kind, SecretString};

const CONSENT: &str = "send the user through the consent page again";
const CLIENT: &str = "check three things: client id, client secret, and that they belong to this environment; a secret with \
                      `@ % # = +` may need another `basic_encoding`";
const ODD: &str = "where it stays so, try the other `token_parameters`, and report the status and the shown body";

/// The token endpoint as one client sees it: the grant of every user's token cell, and of a code.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TokenCall {
    pub(crate) basic: BasicEncoding,
    pub(crate) parameters: TokenParameters,
}

impl TokenCall {
    /// The request with the client's own authentication.
    pub(crate) fn parts(self, credentials: &Credentials, request: &TokenRequest) -> Parts {
        let parts = match self.parameters {
            TokenParameters::Form => operations::token(request),
            // Three of the libraries that send a query say that the body, which is empty, is JSON.
            TokenParameters::Query => request
                .pairs()
                .iter()
                .fold(Parts::new(&TOKEN), |parts, (name, value)| parts.query(name, value))
                .header(CONTENT_TYPE, "application/json"),
        };
        match self.basic {
            BasicEncoding::Raw => parts.basic_auth(credentials.id(), credentials.secret()),
            BasicEncoding::Rfc6749 => {
                use pay_core::ExposeSecret as _;
                let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
                let secret = SecretString::from(encoded(credentials.secret().expose_secret()));
                parts.basic_auth(&encoded(credentials.id()), &secret)
            }
        }
    }
}

impl Grant for TokenCall {
    // A user consents in a browser: no credential of the client's brings a user's token.
    fn login(&self, _credentials: &Credentials) -> Option<Parts> {
        None
    }

    fn consent_only(&self) -> bool {
        true
    }

    // Neither scope nor user data: RFC 6749 takes those of the consent, and whether Paga wants `user_data` here is unknown.
    fn refresh(&self, credentials: &Credentials, refresh: &SecretString) -> Option<Parts> {
        Some(self.parts(credentials, &TokenRequest::new("refresh_token").refresh_token(refresh.clone())))
    }

    /// `GrantStep::Login` is the code here: the first step of a user's tokens.
    fn read(&self, step: GrantStep, answer: &Answer) -> Result<Tokens, GrantFailure> {
        let status = answer.status.as_u16();
        // What holds a token is one, on any 2xx: no source shows a whole answer.
        if (200..300).contains(&status)
            && let Some(tokens) = answer::tokens(&answer.body)
        {
            return Ok(tokens);
        }
        let text = |name| {
            let members = members(&answer.body).ok()?;
            serde_json::from_str::<String>(members.get(name)?.get()).ok()
        };
        let error = text("error");
        let failure = match (status, error.as_deref().unwrap_or_default(), step) {
            (429 | 500..=599, ..) => GrantFailure::transient("the token endpoint has a fault, or too many calls"),
            (_, "invalid_grant", GrantStep::Login) => {
                let message = "the code is used up, expired, another client's, or went to another address";
                GrantFailure::refused(message).kind(Kind::ConsentRequired).advice(CONSENT)
            }
            (_, "invalid_grant" | "invalid_token" | "unsupported_grant_type", GrantStep::Refresh) => {
                GrantFailure::refused("the refresh token is refused").kind(Kind::ConsentRequired).advice(CONSENT)
            }
            (_, "invalid_client" | "unauthorized_client", _) | (401, ..) => {
                GrantFailure::client_refused("client id or client secret refused").advice(CLIENT)
            }
            (400..=499, "", _) => {
                GrantFailure::transient("the token endpoint refused, and said in no known form why").advice(ODD)
            }
            // A refresh token is not given up for it.
            (400..=499, _, GrantStep::Refresh) => GrantFailure::transient("the token endpoint refused the request"),
            (400..=499, ..) => {
                GrantFailure::refused("the token endpoint refused the request").kind(Kind::Refused).advice(ODD)
            }
            _ => GrantFailure::transient("the token answer does not parse, or holds no token").advice(ODD),
        };
        let described = text("error_description").map(|text| shown_text(&text));
        let error = error.map(|error| shown_text(&error));
        Err(failure.provider(error, described).body(redact::body(&answer.body)))
    }
}

//! The token calls that are not a session's: a code for tokens, and the question whether the client is known.

use crate::client::Client;
use crate::consent::{AuthorizationCode, joined};
use crate::generated::types::TokenRequest;
use crate::token::TokenAnswer;
use pay_core::provider::GrantStep;
use pay_core::{Error, Kind, Outcome};

const MAYBE_USED: &str = "no money moved, but the code may be used up: send the user through the consent page again";
const MAYBE_USED_ODDLY: &str = "no money moved, but the code may be used up: send the user through the consent page again; where it stays so, try \
                                the other `token_parameters`, and report the status and the shown body";

/// Shaped like no token that was ever seen.
const INVENTED: &str = "not-a-refresh-token";

impl Client {
    /// Changes a code for the user's tokens. `POST /paga-webservices/oauth2/token` (Paga's libraries). Sent once: a code works once,
    /// and what became of a lost answer can only be found out by a new consent. It is tried again only where no connection could be made.
    ///
    /// # Errors
    /// `Kind::ConsentRequired` where the code is used up, expired or another client's; `Kind::Login` where client id or secret are
    /// refused; `Kind::Token` for everything that may pass (send the user through the consent page again: the code may be used);
    /// `Kind::Refused` for other refusals; `Kind::Invalid` for a code of another client or address. The outcome is always `NotDone`,
    /// and [`Error::body`] shows the answer without what could be a secret.
    pub async fn exchange(&self, code: AuthorizationCode) -> Result<TokenAnswer, Error> {
        if code.client_id != self.client_id() || code.base_url != self.hosts().api.as_str() {
            return Err(Error::invalid("token", "the code is of another client id or of another environment"));
        }
        // As every library does: scope and user data once more.
        let mut request = TokenRequest::new("authorization_code").redirect_uri(code.redirect_uri).code(code.code);
        request = request.scope(joined(&code.scopes));
        if !code.user_data.is_empty() {
            request = request.user_data(joined(&code.user_data));
        }
        request.code_verifier = code.verifier;
        self.token_call(GrantStep::Login, request).await.map_err(|error| {
            match (error.kind(), error.status().map(|status| status.as_u16())) {
                (Kind::Token, None | Some(429 | 500..)) => error.advice(MAYBE_USED),
                (Kind::Token, Some(_)) => error.advice(MAYBE_USED_ODDLY),
                _ => error,
            }
        })
    }

    /// Asks whether client id and secret are accepted. No call is documented for that: this one tries to refresh with an invented
    /// token, and takes it as a yes if the *token* is refused (assumed: RFC 6749 and servers like Paga's look at the client first).
    /// Nothing changes by it, and no user is concerned.
    ///
    /// # Errors
    /// `Kind::Login` where they are refused; any other kind where the answer tells nothing. The outcome is always `NotDone`.
    pub async fn check_credentials(&self) -> Result<(), Error> {
        let request = TokenRequest::new("refresh_token").refresh_token(INVENTED);
        match self.token_call(GrantStep::Refresh, request).await {
            Err(error) if error.kind() == Kind::ConsentRequired => Ok(()),
            Err(error) => Err(error),
            Ok(_) => Err(Error::new(Kind::Unexpected, Outcome::NotDone, "token").message(
                "the token endpoint gave tokens for an invented refresh token, which says nothing of the client",
            )),
        }
    }

    async fn token_call(&self, step: GrantStep, request: TokenRequest) -> Result<TokenAnswer, Error> {
        let credentials = self.credentials().await?;
        let grant = self.grant();
        let asked_at = self.engine().wall();
        let tokens = self.engine().token_call(&grant, step, grant.parts(&credentials, &request)).await?;
        Ok(TokenAnswer::new(tokens, asked_at))
    }
}

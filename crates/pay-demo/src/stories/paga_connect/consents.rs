//! The steps on consent: the page and the ways back from it, the code's exchange, what is kept.

use super::super::customer::{Acts, Ends, InTwoSteps, Instead, Visit};
use super::super::step::{Seen, Told};
use super::shop::Shop;
use paga_connect::{AuthorizationCode, ConsentError, ConsentUrl, PendingConsent, Scope, UserData};
use serde_json::json;
use std::error::Error;

impl Shop<'_> {
    pub(super) async fn credentials(&self) -> Told {
        self.client.check_credentials().await?;
        let seen = Seen::new("id and secret accepted: an invented refresh token was refused, not they");
        Ok(self.nothing_moved(seen))
    }

    fn asks(&self) -> Result<(ConsentUrl, PendingConsent), paga_connect::Error> {
        let scopes = [Scope::MerchantPayment, Scope::MoneyTransfer, Scope::UserDetailsRequest];
        self.client.consent(scopes).user_data([UserData::FirstName, UserData::AccountBalance]).start()
    }

    /// The user signs in at Paga, sees who asks for what, and decides.
    async fn decides(&self, url: &ConsentUrl, user: &str, approve: bool) -> Result<Visit, Box<dyn Error>> {
        let password = self.paga.password(user).unwrap_or_default();
        let fill = [("User name", user), ("Password", password)];
        let first = Acts { choose: false, fill: &fill, press: "Sign in", ends: Ends::Url("**/paga/callback**") };
        let acts = InTwoSteps { first, then: if approve { "Approve" } else { "Decline" } };
        let body = json!({ "url": url.expose_url(), "user": user, "approve": approve });
        let instead = Instead::Ask { path: "paga-connect/consent", body };
        self.customer.go(url.expose_url(), &acts, instead).await
    }

    pub(super) async fn consented(&mut self, user: &str) -> Told<AuthorizationCode> {
        let tokens = self.requests("token");
        let (url, mut pending) = self.asks()?;
        // As a shop keeps it in the user's session, and takes it out when the user is back.
        let session = serde_json::to_string(&pending)?;
        let visit = self.decides(&url, user, true).await?;
        let query = self.callback.next().await?;
        pending = serde_json::from_str(&session)?;
        let code = pending.finish(&query)?;
        let again = pending.finish(&query).err();
        let seen = Seen::new(format!("approved by {}; back with a code and the right state", visit.by))
            .same("the page asks to", visit.shown.as_str(), "Sign in")
            .same("the same return once more", again, Some(ConsentError::StateReplayed))
            .same("token calls", self.requests("token") - tokens, 0);
        Ok(self.nothing_moved(seen).with(code))
    }

    pub(super) async fn kept(&self, user: &str, code: Option<AuthorizationCode>) -> Told {
        let Some(code) = code else { return Ok(Seen::not_run("no code")) };
        let answer = self.client.exchange(code.clone()).await?;
        let session = self.session(user);
        session.keep(&answer).await?;
        let reused = self.client.exchange(code).await.err().map(|error| error.kind());
        let hours = answer.expires_in.map_or(0, |life| life.as_secs().div_ceil(3600));
        let seen =
            Seen::new(format!("tokens for {hours} hours, on the disk before they are used; the code works once"))
                .same("hours", hours, 12)
                .check("a refresh token came", answer.refresh.is_some())
                .same("scopes granted", answer.scope().map(|scopes| scopes.len()), Some(3))
                .same("the code once more", reused, Some(paga_connect::Kind::ConsentRequired))
                .check("it is kept", session.is_kept().await?);
        Ok(self.nothing_moved(seen))
    }

    pub(super) async fn declined(&mut self) -> Told {
        let tokens = self.requests("token");
        let (url, mut pending) = self.asks()?;
        let visit = self.decides(&url, "ngozi", false).await?;
        let denied = pending.finish(&self.callback.next().await?).err();
        let told = denied.as_ref().map_or_else(|| "a code".to_owned(), ToString::to_string);
        let seen = Seen::new(format!("declined by {}: {told}", visit.by))
            .check("it is told apart", matches!(denied, Some(ConsentError::Denied { .. })))
            .same("token calls", self.requests("token") - tokens, 0);
        Ok(self.nothing_moved(seen))
    }

    /// Somebody sends a user's browser to the callback with a code of their own.
    pub(super) async fn forged(&mut self) -> Told {
        let tokens = self.requests("token");
        let (_, mut pending) = self.asks()?;
        self.customer.visit(&format!("{}?code=Fo4ged&state=not-what-was-sent", self.callback.url)).await?;
        let refused = pending.finish(&self.callback.next().await?).err();
        let seen = Seen::new("StateWrong: stopped before anything was sent; the user's own return still counts")
            .same("the return", refused, Some(ConsentError::StateWrong))
            .same("token calls", self.requests("token") - tokens, 0);
        Ok(self.nothing_moved(seen))
    }
}

//! Consent: the address that a user's browser is sent to, and what is kept until it returns.

mod pending;
mod words;

pub use pending::{AuthorizationCode, ConsentError, PendingConsent};
pub(crate) use words::joined;
pub use words::{OtherWord, Scope, UserData};

use crate::client::Client;
use oauth2::basic::BasicClient;
use oauth2::url::Url;
use oauth2::{AuthUrl, ClientId, CsrfToken, PkceCodeChallenge, RedirectUrl};
use pay_core::Error;
use pay_core::provider::is_loopback;
use std::fmt;

/// What is to be asked of a user.
#[derive(Debug, Clone)]
#[must_use = "nothing is asked until it is started"]
pub struct Consent {
    client: Client,
    scopes: Vec<Scope>,
    user_data: Vec<UserData>,
    redirect_uri: Option<String>,
    pkce: bool,
}

/// The address of the consent page for one user, once. It holds the `state`: into a redirect, never into a log.
#[derive(Clone, PartialEq, Eq)]
pub struct ConsentUrl(String);

impl ConsentUrl {
    /// The whole address, for a redirect (`303 See Other`) or a link.
    pub fn expose_url(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ConsentUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ConsentUrl([REDACTED])")
    }
}

impl Consent {
    pub(crate) fn new(client: Client, scopes: Vec<Scope>) -> Self {
        Self { client, scopes, user_data: Vec::new(), redirect_uri: None, pkce: false }
    }

    /// What the client wants to know of the user.
    pub fn user_data(mut self, user_data: impl IntoIterator<Item = UserData>) -> Self {
        self.user_data = user_data.into_iter().collect();
        self
    }

    /// Where the browser returns to, in the place of the client's own. Paga must know the address, letter by letter (assumed).
    pub fn redirect_uri(mut self, uri: impl Into<String>) -> Self {
        self.redirect_uri = Some(uri.into());
        self
    }

    /// Adds PKCE (`S256`). No source about Paga mentions it: a server that does not know it ignores it, so it protects nothing there, and
    /// one that refuses unknown parameters would refuse. For servers that are known to check it.
    pub fn pkce(mut self) -> Self {
        self.pkce = true;
        self
    }

    /// The address to send the browser to, and what must be kept in this user's own session until it returns. Nothing is sent.
    ///
    /// # Errors
    /// `Kind::Invalid` without a scope; `Kind::Config` without a redirect address, or with one that is none.
    pub fn start(self) -> Result<(ConsentUrl, PendingConsent), Error> {
        if self.scopes.is_empty() {
            return Err(Error::invalid("consent", "a consent asks for at least one scope"));
        }
        let redirect_uri = match (self.redirect_uri, self.client.redirect_uri()) {
            (Some(uri), _) => checked_redirect(uri)?,
            (None, Some(uri)) => uri.to_owned(),
            (None, None) => {
                return Err(Error::config("redirect_uri", "is missing: give it to the client or to the consent"));
            }
        };
        let wrong = |_| Error::config("redirect_uri", "is no address");
        let page = AuthUrl::new(self.client.hosts().authorization.as_str().to_owned())
            .map_err(|_| Error::config("authorization_url", "is no address"))?;
        let oauth = BasicClient::new(ClientId::new(self.client.client_id().to_owned()))
            .set_auth_uri(page)
            .set_redirect_uri(RedirectUrl::new(redirect_uri.clone()).map_err(wrong)?);

        // 32 random bytes: twice what RFC 6749 wants against guessing.
        let mut request = oauth.authorize_url(|| CsrfToken::new_random_len(32));
        let (scope, user_data) = (joined(&self.scopes), joined(&self.user_data));
        request = request.add_scope(oauth2::Scope::new(scope));
        if !user_data.is_empty() {
            request = request.add_extra_param("user_data", user_data);
        }
        let verifier = self
            .pkce
            .then(PkceCodeChallenge::new_random_sha256)
            .map(|(challenge, verifier)| (challenge, verifier.into_secret()));
        let (challenge, verifier) = verifier.unzip();
        if let Some(challenge) = challenge {
            request = request.set_pkce_challenge(challenge);
        }
        let (url, state) = request.url();
        let pending = PendingConsent {
            base_url: self.client.hosts().api.as_str().to_owned(),
            client_id: self.client.client_id().to_owned(),
            state: state.into_secret(),
            redirect_uri,
            scopes: self.scopes,
            user_data: self.user_data,
            verifier,
            used: false,
        };
        Ok((ConsentUrl(url.into()), pending))
    }
}

/// An absolute address without a fragment (RFC 6749, section 3.1.2); plain HTTP only to this machine, because the code travels there.
pub(crate) fn checked_redirect(uri: String) -> Result<String, Error> {
    let refuse = |why: &'static str| Err(Error::config("redirect_uri", why));
    let Ok(url) = Url::parse(&uri) else {
        return refuse("must be an absolute address such as https://shop.example/paga/callback");
    };
    if url.fragment().is_some() {
        return refuse("must not have a fragment");
    }
    if url.scheme() == "http" && !is_loopback(&uri) {
        return refuse("must be https: the code never travels in clear, except to loopback");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("must not hold a user name or password");
    }
    Ok(uri)
}

//! The steps of the consent page: a browser's session, signing in, and the decision.

use super::authorize::{self, Asked, Query, Request};
use super::modes::ConsentWithoutBrowser;
use super::provider::PagaConnectProvider;
use super::state::{Session, State};
use super::table;
use crate::Error;
use crate::provider::ProviderRequest;
use http::header::COOKIE;

/// The cookie of a browser's session.
pub(super) const SESSION: &str = "sandbox_paga_session";

/// Who looks at the page.
pub(crate) struct Visitor {
    /// The session's secret.
    pub(super) session: String,
    /// Whether the browser has to be told the secret.
    pub(super) is_new: bool,
    pub(super) csrf: String,
    pub(super) user: Option<SignedIn>,
}

/// Who has signed in.
pub(crate) struct SignedIn {
    pub(super) username: &'static str,
    pub(super) name: String,
}

/// Why somebody cannot sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotSignedIn {
    /// Which of the two it was is not said.
    NameOrPassword,
    Locked,
}

impl PagaConnectProvider {
    /// What the query of an authorization address asks for.
    pub(super) fn asked(&self, query: &Query) -> Asked {
        authorize::read(&self.lock(), query)
    }

    /// The visitor of a page; one without a session gets one.
    pub(super) fn visitor(&self, request: &ProviderRequest) -> Visitor {
        let mut state = self.lock();
        let known = cookies(request).find(|secret| state.sessions.get(secret).is_some());
        let is_new = known.is_none();
        let session = known.map_or_else(|| new_session(&mut state, None), str::to_owned);
        let (csrf, user) = state.sessions.get(&session).map_or_else(Default::default, |it| (it.csrf.clone(), it.user));
        let signed_in = user.and_then(|name| state.user(name)).filter(|user| !user.locked);
        let user = signed_in
            .map(|user| SignedIn { username: user.username, name: format!("{} {}", user.first_name, user.last_name) });
        Visitor { session, is_new, csrf, user }
    }

    /// Signs in; the session gets a new secret, so that one known from before is worth nothing.
    pub(super) fn sign_in(&self, session: &str, username: &str, password: &str) -> Result<String, NotSignedIn> {
        let mut state = self.lock();
        let user = state.user(username).filter(|user| user.password == password);
        let user = user.ok_or(NotSignedIn::NameOrPassword)?;
        if user.locked {
            return Err(NotSignedIn::Locked);
        }
        let username = user.username;
        state.sessions.forget(session);
        Ok(new_session(&mut state, Some(username)))
    }

    /// Ends a session.
    pub(super) fn sign_out(&self, session: &str) {
        self.lock().sessions.forget(session);
    }

    /// Approves or declines; answers where the browser goes.
    pub(super) fn decide(&self, request: Request, user: &'static str, approve: bool) -> String {
        decide(&mut self.lock(), request, user, approve, self.clock.now())
    }

    /// Decides in a user's place, where the mode allows that; answers where the browser would go.
    pub(super) fn consent(&self, url: &str, username: &str, approve: bool) -> Result<String, Error> {
        let mut state = self.lock();
        if state.modes.consent_without_browser == ConsentWithoutBrowser::Off {
            return Err(Error::invalid("consent_without_browser", "this mode of paga-connect is off"));
        }
        let user = state.user(username).ok_or_else(|| Error::invalid("user", "no such user"))?;
        if user.locked {
            return Err(Error::invalid("user", "is locked"));
        }
        let username = user.username;
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        if !path.ends_with(super::routes::AUTHORIZATION) {
            return Err(Error::invalid("url", format!("must lead to {}", super::routes::AUTHORIZATION)));
        }
        let query: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        match authorize::read(&state, &query) {
            Asked::Consent(request) => Ok(decide(&mut state, request, username, approve, self.clock.now())),
            Asked::Back(back) => Ok(back),
            Asked::Nowhere(problem) => Err(Error::invalid("url", problem.words())),
        }
    }
}

fn decide(
    state: &mut State,
    request: Request,
    user: &'static str,
    approve: bool,
    now: std::time::SystemTime,
) -> String {
    let echo = request.state.as_deref();
    if !approve {
        let refused =
            [("error", Some("access_denied")), ("error_description", Some("User denied access")), ("state", echo)];
        return authorize::back(&request.redirect, &refused);
    }
    let allowed = request.allowed_by(user);
    let (redirect, challenge) = (request.redirect.clone(), request.challenge);
    let code = state.grants.issue_code(allowed, redirect, challenge, now, &state.settings);
    authorize::back(&request.redirect, &[("code", Some(&code)), ("state", request.state.as_deref())])
}

fn new_session(state: &mut State, user: Option<&'static str>) -> String {
    state.sessions.issue(Session { csrf: table::session(), user }, table::session)
}

/// The secrets that a browser sends as our cookie: another program of this machine may have set one too.
fn cookies(request: &ProviderRequest) -> impl Iterator<Item = &str> {
    let headers = request.headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    headers.flat_map(|text| text.split("; ")).filter_map(|pair| pair.strip_prefix(SESSION)?.strip_prefix('='))
}

impl authorize::Problem {
    /// What is wrong, to a developer.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::UnknownClient => "the client_id is missing, or this host knows no such client",
            Self::UnregisteredRedirect => {
                "the redirect_uri is missing, or is not, character by character, one that this client has registered"
            }
            Self::Ambiguous => "client_id or redirect_uri is given twice",
        }
    }
}

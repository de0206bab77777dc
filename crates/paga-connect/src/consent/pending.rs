//! A consent under way: kept in the user's session, and held against what the browser brings back.

use super::{Scope, UserData};
use pay_core::{ExposeSecret, SecretString, printable};
use serde::{Deserialize, Serialize};
use std::fmt;
use subtle::ConstantTimeEq;

/// What must be kept, in the session of the very user who was sent away, until the browser returns.
///
/// It can be serialised for that, and then holds its secrets in clear: keep it on the server, or in a cookie that is sealed. It is good for one
/// return; take it out of the session before you look at the return, and store it nowhere else.
#[derive(Clone, Serialize, Deserialize)]
pub struct PendingConsent {
    pub(super) base_url: String,
    pub(super) client_id: String,
    pub(super) state: String,
    pub(super) redirect_uri: String,
    pub(super) scopes: Vec<Scope>,
    pub(super) user_data: Vec<UserData>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(super) verifier: Option<String>,
    #[serde(default)]
    pub(super) used: bool,
}

/// A code that a user's consent brought, with all that must be sent along. It works once.
#[derive(Clone)]
pub struct AuthorizationCode {
    pub(crate) base_url: String,
    pub(crate) client_id: String,
    pub(crate) code: SecretString,
    pub(crate) redirect_uri: String,
    pub(crate) scopes: Vec<Scope>,
    pub(crate) user_data: Vec<UserData>,
    pub(crate) verifier: Option<SecretString>,
}

/// Why a return of the browser brings no code. Nothing was sent, and no money moved.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConsentError {
    /// No `state`: this is not the answer to a consent that was started here.
    StateMissing,
    /// Another `state` than the one that was sent: somebody else's return, or an attack. The pending consent stays good.
    StateWrong,
    /// The right `state`, and it was used before: the page was loaded again, or somebody replays the address.
    StateReplayed,
    /// The user said no: `error=access_denied`.
    Denied {
        /// What the server said of it, made printable.
        description: Option<String>,
    },
    /// Another error of the consent page.
    Refused {
        /// Its name, made printable.
        error: String,
        /// What the server said of it, made printable.
        description: Option<String>,
    },
    /// Neither a code nor an error.
    CodeMissing,
    /// A parameter that may stand there once stands there twice.
    Repeated {
        /// Which.
        parameter: &'static str,
    },
}

impl fmt::Display for ConsentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let described = |f: &mut fmt::Formatter<'_>, description: &Option<String>| match description {
            Some(text) => write!(f, ": \"{text}\""),
            None => Ok(()),
        };
        match self {
            Self::StateMissing => f.write_str("the return has no `state`"),
            Self::StateWrong => f.write_str("the return has another `state` than was sent"),
            Self::StateReplayed => f.write_str("the return was used before"),
            Self::Denied { description } => {
                f.write_str("the user did not consent")?;
                described(f, description)
            }
            Self::Refused { error, description } => {
                write!(f, "the consent page answered `{error}`")?;
                described(f, description)
            }
            Self::CodeMissing => f.write_str("the return has neither a code nor an error"),
            Self::Repeated { parameter } => write!(f, "the return has `{parameter}` more than once"),
        }
    }
}

impl std::error::Error for ConsentError {}

impl PendingConsent {
    /// Reads the query of the address that the browser came back to (what stands behind its `?`, still encoded), and compares the
    /// `state` in constant time. With the right `state` this consent is used up, whatever else came.
    ///
    /// ```
    /// # fn f(mut pending: paga_connect::PendingConsent, query: &str) -> Result<(), paga_connect::ConsentError> {
    /// let code = pending.finish(query)?;          // code=...&state=...
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// Why there is no code.
    pub fn finish(&mut self, query: &str) -> Result<AuthorizationCode, ConsentError> {
        let query = query.strip_prefix('?').unwrap_or(query);
        let one = |parameter: &'static str| {
            let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == parameter);
            let value = values.next().map(|(_, value)| value.into_owned());
            if values.next().is_some() { Err(ConsentError::Repeated { parameter }) } else { Ok(value) }
        };
        let state = one("state")?.filter(|state| !state.is_empty()).ok_or(ConsentError::StateMissing)?;
        if !bool::from(state.as_bytes().ct_eq(self.state.as_bytes())) {
            return Err(ConsentError::StateWrong);
        }
        if std::mem::replace(&mut self.used, true) {
            return Err(ConsentError::StateReplayed);
        }
        let shown = |text: String| printable(&text);
        if let Some(error) = one("error")? {
            let description = one("error_description")?.map(shown);
            return Err(match error.as_str() {
                "access_denied" => ConsentError::Denied { description },
                _ => ConsentError::Refused { error: shown(error), description },
            });
        }
        let code = one("code")?.filter(|code| !code.is_empty()).ok_or(ConsentError::CodeMissing)?;
        Ok(AuthorizationCode {
            base_url: self.base_url.clone(),
            client_id: self.client_id.clone(),
            code: code.into(),
            redirect_uri: self.redirect_uri.clone(),
            scopes: self.scopes.clone(),
            user_data: self.user_data.clone(),
            verifier: self.verifier.take().map(SecretString::from),
        })
    }

    /// The scopes that were asked for.
    pub fn scopes(&self) -> &[Scope] {
        &self.scopes
    }
}

impl AuthorizationCode {
    /// The scopes that were asked for. What was granted comes with the tokens.
    pub fn scopes(&self) -> &[Scope] {
        &self.scopes
    }

    /// The code itself: a secret until it is used.
    pub fn expose_code(&self) -> &str {
        self.code.expose_secret()
    }
}

/// `state` and verifier do not print.
impl fmt::Debug for PendingConsent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PendingConsent")
            .field("client_id", &self.client_id)
            .field("redirect_uri", &self.redirect_uri)
            .field("scopes", &self.scopes)
            .field("user_data", &self.user_data)
            .field("pkce", &self.verifier.is_some())
            .field("used", &self.used)
            .finish_non_exhaustive()
    }
}

/// Code and verifier do not print.
impl fmt::Debug for AuthorizationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorizationCode")
            .field("client_id", &self.client_id)
            .field("redirect_uri", &self.redirect_uri)
            .field("scopes", &self.scopes)
            .field("pkce", &self.verifier.is_some())
            .finish_non_exhaustive()
    }
}

//! The client of one OAuth client id: consent, tokens, and the sessions of its users.

use crate::builder::Builder;
use crate::consent::{Consent, Scope};
use crate::environment::{Environment, Hosts};
use crate::session::Users;
use crate::style::Style;
use crate::token::TokenCall;
use async_trait::async_trait;
use pay_core::provider::{Credentials, Engine};
use pay_core::{CredentialError, CredentialSource, Error, Kind, Outcome, SecretString};
use std::fmt;
use std::sync::Arc;

/// A client of one OAuth client id. Clones are cheap and share everything.
///
/// It holds no user's tokens: each user has a session of its own.
#[derive(Clone)]
pub struct Client {
    engine: Engine,
    source: Arc<dyn CredentialSource>,
    shared: Arc<Shared>,
}

pub(crate) struct Shared {
    pub(crate) environment: Environment,
    pub(crate) hosts: Hosts,
    pub(crate) client_id: String,
    pub(crate) redirect_uri: Option<String>,
    pub(crate) style: Style,
    /// The users whose sessions are in use: all sessions of one user share one token.
    pub(crate) users: Users,
}

impl Client {
    /// Starts a client. Environment and credentials are required.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// A client with its settings from the environment: [`Builder::from_env`] lists the variables.
    ///
    /// # Errors
    /// `Kind::Config`, naming the variable that is missing or wrong.
    pub fn from_env() -> Result<Self, Error> {
        Builder::from_env()?.build()
    }

    pub(crate) fn new(engine: Engine, source: Arc<dyn CredentialSource>, shared: Shared) -> Self {
        let source = Arc::new(OfOneClient { id: shared.client_id.clone(), source });
        Self { engine, source, shared: Arc::new(shared) }
    }

    /// Another OAuth client id over the same connections, in the same environment. It shares no user's tokens.
    ///
    /// # Errors
    /// `Kind::Config` where one of the two is empty, or the id holds a colon.
    pub fn with_credentials(
        &self,
        client_id: impl Into<String>,
        client_secret: impl Into<SecretString>,
    ) -> Result<Self, Error> {
        let id = client_id.into();
        let credentials = crate::builder::checked_credentials(&id, client_secret.into(), self.shared.style.basic)?;
        self.with_credential_source(id, Arc::new(credentials))
    }

    /// Another OAuth client id whose secret is read anew at each token call.
    ///
    /// # Errors
    /// `Kind::Config` where the id is empty or holds a colon.
    pub fn with_credential_source(
        &self,
        client_id: impl Into<String>,
        source: Arc<dyn CredentialSource>,
    ) -> Result<Self, Error> {
        let Shared { environment, hosts, redirect_uri, style, .. } = &*self.shared;
        let client_id = crate::builder::checked_id(client_id.into(), style.basic)?;
        let shared = Shared {
            environment: environment.clone(),
            hosts: hosts.clone(),
            client_id,
            redirect_uri: redirect_uri.clone(),
            style: *style,
            users: Users::default(),
        };
        Ok(Self::new(self.engine.clone(), source, shared))
    }

    /// Starts a consent: what a user is asked for, once.
    pub fn consent(&self, scopes: impl IntoIterator<Item = Scope>) -> Consent {
        Consent::new(self.clone(), scopes.into_iter().collect())
    }

    /// Where the calls go.
    pub fn environment(&self) -> &Environment {
        &self.shared.environment
    }

    /// The client id.
    pub fn client_id(&self) -> &str {
        &self.shared.client_id
    }

    pub(crate) fn redirect_uri(&self) -> Option<&str> {
        self.shared.redirect_uri.as_deref()
    }

    pub(crate) fn hosts(&self) -> &Hosts {
        &self.shared.hosts
    }

    pub(crate) fn users(&self) -> &Users {
        &self.shared.users
    }

    pub(crate) fn style(&self) -> Style {
        self.shared.style
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Where this client's own id and secret come from, checked to be this id's.
    pub(crate) fn source(&self) -> Arc<dyn CredentialSource> {
        Arc::clone(&self.source)
    }

    /// How this client asks for tokens: the grant of every user's token cell.
    pub(crate) fn grant(&self) -> TokenCall {
        TokenCall { basic: self.shared.style.basic, parameters: self.shared.style.parameters }
    }

    pub(crate) async fn credentials(&self) -> Result<Credentials, Error> {
        self.source.credentials().await.map_err(|cause| {
            Error::new(Kind::Credentials, Outcome::NotDone, "token")
                .message("the credential source failed")
                .with_source(cause)
        })
    }
}

/// Tokens belong to a client id, so a source that suddenly gives another one's secret must not be used with them.
struct OfOneClient {
    id: String,
    source: Arc<dyn CredentialSource>,
}

#[async_trait]
impl CredentialSource for OfOneClient {
    async fn credentials(&self) -> Result<Credentials, CredentialError> {
        let credentials = self.source.credentials().await?;
        if credentials.id() == self.id {
            Ok(credentials)
        } else {
            Err(CredentialError("the source gave the credentials of another client id".to_owned()))
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("environment", &self.shared.environment)
            .field("client_id", &self.shared.client_id)
            .field("redirect_uri", &self.shared.redirect_uri)
            .field("style", &self.shared.style)
            .field("engine", &self.engine)
            .finish_non_exhaustive()
    }
}

//! Building a client: nothing is guessed, and what is missing is named.

use crate::client::{Client, Shared};
use crate::consent::checked_redirect;
use crate::environment::Environment;
use crate::provider::PagaConnect;
use crate::session::Users;
use crate::style::{BasicEncoding, DottedValue, PaymentForm, References, Style, TokenParameters};
use pay_core::auth::MemoryStore;
use pay_core::provider::{Engine, Settings};
use pay_core::{CredentialSource, Credentials, Error, ExposeSecret, SecretString};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Builds a [`Client`]. Environment and credentials are required.
#[must_use = "a builder does nothing until it is built"]
pub struct Builder {
    environment: Option<Environment>,
    base_url: Option<String>,
    authorization_url: Option<String>,
    who: Option<Who>,
    redirect_uri: Option<String>,
    style: Style,
    settings: Settings,
}

/// The client id, and its secret or where that comes from.
struct Who {
    id: String,
    secret: Secret,
}

enum Secret {
    Fixed(SecretString),
    Source(Arc<dyn CredentialSource>),
}

impl Default for Builder {
    fn default() -> Self {
        let mut settings = Settings::default();
        // Two of Paga's own libraries wait for 120 s, and there is no question for an answer that was not waited for. Tokens and stores
        // keep the usual time.
        settings.token_timeout = Some(settings.attempt_timeout);
        settings.attempt_timeout = Duration::from_secs(120);
        settings.deadline = Duration::from_secs(150);
        Self {
            environment: None,
            base_url: None,
            authorization_url: None,
            who: None,
            redirect_uri: None,
            style: Style::default(),
            settings,
        }
    }
}

impl Builder {
    /// The test host, `https://beta.mypaga.com`, with credentials of its own.
    pub fn provider_test(self) -> Self {
        self.environment(Environment::ProviderTest)
    }

    /// Real money, `https://www.mypaga.com`.
    pub fn production(self) -> Self {
        self.environment(Environment::Production)
    }

    /// An address of your own, such as the local sandbox's: what stands before `/paga-webservices/...`.
    pub fn local(self, base_url: impl Into<String>) -> Self {
        self.environment(Environment::Local { base_url: base_url.into() })
    }

    /// Where the calls and the users go. There is no default.
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment = Some(environment);
        self
    }

    /// Another address than the environment's, such as `https://mypaga.com` or `https://qa1.mypaga.com`, which some libraries name.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// The whole address of the consent page. Default: `/paga-webservices/oauth2/authorization` below the base URL, which no official
    /// text spells out.
    pub fn authorization_url(mut self, url: impl Into<String>) -> Self {
        self.authorization_url = Some(url.into());
        self
    }

    /// The client id that Paga gave you, and the client secret, which Paga calls a password. Test and live have their own.
    pub fn credentials(mut self, client_id: impl Into<String>, client_secret: impl Into<SecretString>) -> Self {
        self.who = Some(Who { id: client_id.into(), secret: Secret::Fixed(client_secret.into()) });
        self
    }

    /// A secret that is read anew at each token call, so that a rotated one needs no restart. Its id must be the client id.
    pub fn credential_source(mut self, client_id: impl Into<String>, source: Arc<dyn CredentialSource>) -> Self {
        self.who = Some(Who { id: client_id.into(), secret: Secret::Source(source) });
        self
    }

    /// Where browsers return to after the consent page; a consent can name another one. As Paga knows it, letter by letter (assumed).
    pub fn redirect_uri(mut self, uri: impl Into<String>) -> Self {
        self.redirect_uri = Some(uri.into());
        self
    }

    /// How client id and secret are written into `Authorization`. Default: as they are.
    pub fn basic_encoding(mut self, encoding: BasicEncoding) -> Self {
        self.style.basic = encoding;
        self
    }

    /// Where the parameters of token calls travel. Default: in a form body.
    pub fn token_parameters(mut self, parameters: TokenParameters) -> Self {
        self.style.parameters = parameters;
        self
    }

    /// How merchant payments are sent. Default: by the path without a version, as every library of Paga's does.
    pub fn payment_form(mut self, form: PaymentForm) -> Self {
        self.style.payment = form;
        self
    }

    /// What happens to a value with a dot that stands last in a path. Default: a warning.
    pub fn dotted_value(mut self, dotted: DottedValue) -> Self {
        self.style.dotted = dotted;
        self
    }

    /// Which references are taken. Default: 1 to 50 of `A-Z a-z 0-9 _ -`.
    pub fn references(mut self, references: References) -> Self {
        self.style.references = references;
        self
    }

    pay_core::builder_settings!();

    /// Builds the client. Nothing is sent, and no runtime is needed.
    ///
    /// # Errors
    /// `Kind::Config`, naming the setting that is missing, empty or wrong.
    pub fn build(mut self) -> Result<Client, Error> {
        let environment = self.environment.ok_or_else(|| {
            Error::config(
                "environment",
                "is missing: choose `provider_test()`, `production()` or `local(base_url)`; none is the default",
            )
        })?;
        let hosts = environment.hosts(self.base_url.as_deref(), self.authorization_url.as_deref())?;
        let who = self.who.ok_or_else(|| Error::config("credentials", "is missing"))?;
        let client_id = checked_id(who.id, self.style.basic)?;
        let source = match who.secret {
            Secret::Source(source) => source,
            Secret::Fixed(secret) => Arc::new(checked_credentials(&client_id, secret, self.style.basic)?),
        };
        let redirect_uri = self.redirect_uri.map(checked_redirect).transpose()?;
        if self.style.payment == PaymentForm::PathV3 && self.style.dotted == DottedValue::SendForm {
            return Err(Error::config("dotted_value", "a form body is known without /v3 only: choose one of the two"));
        }
        // A user's tokens cannot be asked for again, so there is always a store that has them.
        self.settings.token_store.get_or_insert_with(|| Arc::new(MemoryStore::default()));
        let engine = Engine::new(Arc::new(PagaConnect), hosts.api.clone(), self.settings)?;
        let (style, users) = (self.style, Users::default());
        let shared = Shared { environment, hosts, client_id, redirect_uri, style, users };
        Ok(Client::new(engine, source, shared))
    }
}

pub(crate) fn checked_id(id: String, basic: BasicEncoding) -> Result<String, Error> {
    if id.trim().is_empty() {
        return Err(Error::config("client_id", "is empty"));
    }
    if basic == BasicEncoding::Raw && id.contains(':') {
        return Err(Error::config("client_id", "must not hold a colon: it goes into basic authentication"));
    }
    Ok(id)
}

pub(crate) fn checked_credentials(id: &str, secret: SecretString, basic: BasicEncoding) -> Result<Credentials, Error> {
    let id = checked_id(id.to_owned(), basic)?;
    if secret.expose_secret().is_empty() {
        return Err(Error::config("client_secret", "is empty"));
    }
    Ok(Credentials::new(id, secret))
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("environment", &self.environment)
            .field("base_url", &self.base_url)
            .field("authorization_url", &self.authorization_url)
            .field("client_id", &self.who.as_ref().map(|who| &who.id))
            .field("redirect_uri", &self.redirect_uri)
            .field("style", &self.style)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

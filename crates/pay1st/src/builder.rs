//! Building a client: nothing is guessed, and what is missing is named.

use crate::client::{Client, Style};
use crate::environment::{Environment, Hosts};
use crate::grant::ApiGrant;
use crate::provider::Pay1st;
use pay_core::mac::MacKey;
use pay_core::provider::{Engine, Settings};
use pay_core::{CredentialSource, Credentials, Error, ExposeSecret, SecretString};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// The name under which [`Credentials`] of a [`CredentialSource`] hold the key that signs requests.
pub const SIGNING_KEY: &str = "signing_key";

/// No page names a token's lifetime. Four minutes keep a signed request within five minutes of its token, which one source asks for.
const MAX_AGE: Duration = Duration::from_secs(240);
const LIMIT: Duration = Duration::from_secs(300);

/// Builds a [`Client`]. Environment, credentials and signing key are required.
#[must_use = "a builder does nothing until it is built"]
#[derive(Default)]
pub struct Builder {
    environment: Option<Environment>,
    base_url: Option<String>,
    checkout_url: Option<String>,
    keys: Keys,
    max_age: Option<Duration>,
    style: Style,
    settings: Settings,
}

/// Builds a client of another partner that shares connections and limits per address with its maker.
#[must_use = "a builder does nothing until it is built"]
pub struct AccountBuilder {
    maker: Client,
    keys: Keys,
}

/// Who calls, as far as it is known.
#[derive(Default)]
struct Keys {
    api: Option<(String, SecretString)>,
    signing: Option<SecretString>,
    source: Option<Arc<dyn CredentialSource>>,
}

impl Keys {
    fn source(self) -> Result<Arc<dyn CredentialSource>, Error> {
        if let Some(source) = self.source {
            return Ok(source);
        }
        let (key, secret) = self.api.ok_or_else(|| Error::config("credentials", "is missing"))?;
        let wrong = |setting, why: &'static str| Err(Error::config(setting, why));
        if key.trim().is_empty() {
            return wrong("api_key", "is empty");
        }
        if key.contains(':') {
            return wrong("api_key", "must not hold a colon: it goes into basic authentication");
        }
        if secret.expose_secret().is_empty() {
            return wrong("api_secret", "is empty");
        }
        let signing = self.signing.ok_or_else(|| Error::config("signing_key", "is missing"))?;
        if let Err(why) = MacKey::new(&signing) {
            return Err(Error::config("signing_key", why.to_string()));
        }
        Ok(Arc::new(Credentials::new(key, secret).with_key(SIGNING_KEY, signing)))
    }
}

/// The methods that say who calls, the same on both builders.
macro_rules! keys {
    () => {
        /// The API key and the API secret, from the Admin Console; each environment has its own.
        pub fn credentials(mut self, api_key: impl Into<String>, api_secret: impl Into<SecretString>) -> Self {
            self.keys.api = Some((api_key.into(), api_secret.into()));
            self.keys.source = None;
            self
        }

        /// The signing key, from the Admin Console. Its characters are the key: nothing is decoded.
        pub fn signing_key(mut self, key: impl Into<SecretString>) -> Self {
            self.keys.signing = Some(key.into());
            self
        }

        /// Credentials that are read anew at each log-in and each signature, so that a rotated secret needs no restart. Theirs
        /// is the signing key too, under the name [`SIGNING_KEY`].
        pub fn credential_source(mut self, source: Arc<dyn CredentialSource>) -> Self {
            self.keys.source = Some(source);
            self
        }
    };
}

impl Builder {
    /// The provider's staging environment, with credentials of its own.
    pub fn provider_test(self) -> Self {
        self.environment(Environment::ProviderTest)
    }

    /// Real money.
    pub fn production(self) -> Self {
        self.environment(Environment::Production)
    }

    /// Addresses of your own, such as the local sandbox's: of the API (before `/api/pay1st/...`) and of the checkout (before `/checkout`).
    pub fn local(self, base_url: impl Into<String>, checkout_url: impl Into<String>) -> Self {
        self.environment(Environment::Local { base_url: base_url.into(), checkout_url: checkout_url.into() })
    }

    /// Where the calls and the customers go. There is no default.
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment = Some(environment);
        self
    }

    /// Another address of the API than the environment's. One `/api` at its end is dropped.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Another address of the checkout than the environment's.
    pub fn checkout_url(mut self, url: impl Into<String>) -> Self {
        self.checkout_url = Some(url.into());
        self
    }

    /// How old a token may become. Default: 4 minutes; less than 5 are taken.
    ///
    /// No page names a lifetime. One source wants a signed request within five minutes of its *token*, another of the request; a
    /// token that is younger than that, and a fresh timestamp, satisfy both.
    pub fn token_max_age(mut self, age: Duration) -> Self {
        self.max_age = Some(age);
        self
    }

    /// Whether reads are signed too, over the timestamp alone. Off unless given: one sentence says that all requests are
    /// signed, and the tables of headers of both reads list no signature.
    pub fn sign_reads(mut self, sign: bool) -> Self {
        self.style.sign_reads = sign;
        self
    }

    keys!();
    pay_core::builder_settings!();

    /// Builds the client. Nothing is sent, and no runtime is needed.
    ///
    /// # Errors
    /// `Kind::Config`, naming the setting that is missing, empty or wrong.
    pub fn build(self) -> Result<Client, Error> {
        let environment = self.environment.ok_or_else(|| {
            Error::config(
                "environment",
                "is missing: choose `provider_test()`, `production()` or `local(base_url, checkout_url)`; none is the default",
            )
        })?;
        let Hosts { api, checkout } = environment.hosts(self.base_url.as_deref(), self.checkout_url.as_deref())?;
        let max_age = self.max_age.unwrap_or(MAX_AGE);
        if max_age.is_zero() || max_age >= LIMIT {
            return Err(Error::config(
                "token_max_age",
                "must be longer than nothing and less than 5 minutes: signed requests must be that close to their token",
            ));
        }
        let source = self.keys.source()?;
        let engine = Engine::new(Arc::new(Pay1st { max_age }), api, self.settings)?;
        let access = engine.access(source, Some(Arc::new(ApiGrant)), None);
        Ok(Client::new(engine, access, environment, checkout, self.style))
    }
}

impl AccountBuilder {
    pub(crate) fn new(maker: Client) -> Self {
        Self { maker, keys: Keys::default() }
    }

    keys!();

    /// Builds the client. Nothing is sent.
    ///
    /// # Errors
    /// `Kind::Config`, naming the setting that is missing or empty.
    pub fn build(self) -> Result<Client, Error> {
        let source = self.keys.source()?;
        Ok(self.maker.with_access(|engine| engine.access(source, Some(Arc::new(ApiGrant)), None)))
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("environment", &self.environment)
            .field("base_url", &self.base_url)
            .field("checkout_url", &self.checkout_url)
            .field("style", &self.style)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for AccountBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccountBuilder")
    }
}

//! Building a client: the key says the environment, and what is missing is named.

use crate::client::{Client, Profile};
use crate::generated::operations::OPERATIONS;
use crate::key::{self, Checked, Environment, environment_of};
use crate::provider::PayAgency;
use crate::rules::{AmountUnit, CountryCodes};
use pay_core::provider::{BaseUrl, Engine, Settings};
use pay_core::{CredentialSource, Credentials, Error, SecretString};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// The host in every page of the documents and in all SDKs.
const HOST: &str = "https://backend.pay.agency";

/// Builds a [`Client`]. The keys are required; with a live key also [`amounts`](Self::amounts).
#[must_use = "a builder does nothing until it is built"]
#[derive(Default)]
pub struct Builder {
    keys: Option<Keys>,
    /// What the caller says besides the key.
    expected: Option<Environment>,
    base_url: Option<String>,
    options: Options,
    settings: Settings,
}

pub(crate) enum Keys {
    Fixed(Box<Credentials>),
    Source(Environment, Arc<dyn CredentialSource>),
}

impl Keys {
    pub(crate) fn fixed(secret_key: impl Into<SecretString>, encryption_key: impl Into<SecretString>) -> Self {
        Self::Fixed(Box::new(key::credentials(secret_key, encryption_key)))
    }
}

/// What a profile is asked with; another profile over the same connections takes it over.
#[derive(Debug, Clone, Default)]
pub(crate) struct Options {
    pub(crate) amounts: Option<AmountUnit>,
    pub(crate) countries: CountryCodes,
    pub(crate) no_local_checks: bool,
    pub(crate) seal_estimates: bool,
    pub(crate) seal_payment_links: bool,
    pub(crate) paths: BTreeMap<String, String>,
}

impl Builder {
    /// The secret key (`PA_TEST_...` or `PA_LIVE_...`) and the encryption key (32 characters, used as they are) from the
    /// dashboard's settings. The environment is what the prefix says; other prefixes are refused.
    pub fn credentials(mut self, secret_key: impl Into<SecretString>, encryption_key: impl Into<SecretString>) -> Self {
        self.keys = Some(Keys::fixed(secret_key, encryption_key));
        self
    }

    /// Keys that are read anew for every request, so that a rotated one needs no restart: see [`credentials`](crate::credentials).
    /// Their prefix is checked each time: keys of another environment are an error, and nothing is sent.
    pub fn credential_source(mut self, environment: Environment, source: Arc<dyn CredentialSource>) -> Self {
        self.keys = Some(Keys::Source(environment, source));
        self
    }

    /// Says that the key is a test key; another one is refused.
    pub fn provider_test(self) -> Self {
        self.environment(Environment::ProviderTest)
    }

    /// Says that the key is a live key: real money. Another one is refused.
    pub fn production(self) -> Self {
        self.environment(Environment::Production)
    }

    /// Says which environment the key is of; a key of the other one is refused. Without it, the key's prefix alone says so.
    pub fn environment(mut self, environment: Environment) -> Self {
        self.expected = Some(environment);
        self
    }

    /// Another host than `https://backend.pay.agency`: the local sandbox, or the white-label host of your tenant.
    pub fn local(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = Some(base_url.into());
        self
    }

    /// What your amounts mean. Required with a live key: see [`AmountUnit`]. Nothing is converted.
    pub fn amounts(mut self, unit: AmountUnit) -> Self {
        self.options.amounts = Some(unit);
        self
    }

    /// Which country codes may be sent: two letters unless given.
    pub fn country_codes(mut self, codes: CountryCodes) -> Self {
        self.options.countries = codes;
        self
    }

    /// Leaves lengths, forms and ids to the provider: it documents few rules, and they may change.
    pub fn without_local_checks(mut self) -> Self {
        self.options.no_local_checks = true;
        self
    }

    /// Whether estimates are sealed, where the request does not say: not unless given.
    pub fn seal_estimates(mut self, seal: bool) -> Self {
        self.options.seal_estimates = seal;
        self
    }

    /// Whether payment links are sealed, where the request does not say: not unless given.
    pub fn seal_payment_links(mut self, seal: bool) -> Self {
        self.options.seal_payment_links = seal;
        self
    }

    /// Another path of one operation, below the base URL, with `{environment}` and `{id}` where they stand. Pages and SDKs
    /// disagree on those of `payment_templates` (`/v1/payment-templates`) and `crypto_payment_link`
    /// (`/api/v1/{environment}/crypto/payment-link`).
    pub fn path(mut self, operation: impl Into<String>, path: impl Into<String>) -> Self {
        self.options.paths.insert(operation.into(), path.into());
        self
    }

    pay_core::builder_settings!();

    /// Builds the client. Nothing is sent, and no runtime is needed.
    ///
    /// # Errors
    /// `Kind::Config`, naming the setting that is missing or wrong.
    pub fn build(self) -> Result<Client, Error> {
        let keys = self
            .keys
            .ok_or_else(|| Error::config("credentials", "are missing: `credentials(secret_key, encryption_key)`"))?;
        let base = BaseUrl::parse("base_url", self.base_url.as_deref().unwrap_or(HOST))?;
        if Environment::of_path(base.as_str()).is_some() {
            return Err(Error::config("base_url", "must not name an environment: the key does"));
        }
        let (environment, source) = checked(keys)?;
        if self.expected.is_some_and(|expected| expected != environment) {
            return Err(Error::config(
                "secret_key",
                format!("is a {environment} key, and the builder was told otherwise"),
            ));
        }
        let engine = Engine::new(Arc::new(PayAgency), base, self.settings)?;
        client(engine, environment, source, self.options)
    }
}

/// Another profile over the connections of an engine.
pub(crate) fn another(engine: Engine, keys: Keys, options: Options) -> Result<Client, Error> {
    let (environment, source) = checked(keys)?;
    client(engine, environment, source, options)
}

fn checked(keys: Keys) -> Result<(Environment, Arc<dyn CredentialSource>), Error> {
    Ok(match keys {
        Keys::Fixed(credentials) => (environment_of(&credentials)?, Arc::new(*credentials)),
        Keys::Source(environment, source) => (environment, Arc::new(Checked { source, environment })),
    })
}

fn client(
    engine: Engine,
    environment: Environment,
    source: Arc<dyn CredentialSource>,
    options: Options,
) -> Result<Client, Error> {
    if environment == Environment::Production && options.amounts.is_none() {
        return Err(Error::config(
            "amounts",
            "is missing: with a live key say what your amounts mean, `amounts(AmountUnit::Major)` or `Minor`; the \
             provider's documents contradict each other, so ask Pay Agency. Nothing is converted",
        ));
    }
    for (operation, path) in &options.paths {
        check_path(operation, path, environment)?;
    }
    let access = engine.access(source, None, None);
    Ok(Client::new(engine, access, Profile { environment, options }))
}

fn check_path(operation: &str, path: &str, environment: Environment) -> Result<(), Error> {
    let wrong = |why: String| Error::config("path", format!("of `{operation}` {why}"));
    let Some(known) = OPERATIONS.into_iter().find(|known| known.name == operation) else {
        let names: Vec<_> = OPERATIONS.into_iter().map(|known| known.name).collect();
        return Err(Error::config("path", format!("is of no operation; there are {}", names.join(", "))));
    };
    let bad = !path.starts_with('/')
        || path.contains(['?', '#', '\\', '%'])
        || path.split('/').skip(1).any(|segment| matches!(segment, "" | "." | ".."))
        || path.chars().any(|c| c.is_control() || c.is_whitespace());
    if bad {
        return Err(wrong(
            "must start with one `/` and hold no empty or dot segments, `?`, `#`, `%` or spaces".to_owned(),
        ));
    }
    if known.path.contains("{id}") != path.contains("{id}") {
        return Err(wrong("must have `{id}` exactly where the operation has one".to_owned()));
    }
    let filled = path.replacen("{environment}", environment.segment(), 1);
    if filled.replacen("{id}", "id", 1).contains(['{', '}']) {
        return Err(wrong("may hold `{environment}` and `{id}` once each, and no other value".to_owned()));
    }
    if Environment::of_path(&filled).is_some_and(|found| found != environment) {
        return Err(wrong(format!("names another environment than the {environment} key")));
    }
    Ok(())
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("base_url", &self.base_url.as_deref().unwrap_or(HOST))
            .field("options", &self.options)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

//! The client: what it is made of, and what every call goes through.

use crate::builder::{self, Builder, Keys, Options};
use crate::key::Environment;
use crate::rules::{AmountUnit, Rules};
use pay_core::auth::TokenKey;
use pay_core::decode::DecodeError;
use pay_core::provider::{Access, Answer, Engine, Operation, Parts, Repeat, Verb};
use pay_core::{Call, CredentialSource, Error, RawBody, RawRequest, SecretString};
use std::fmt;
use std::sync::Arc;

// A raw request that is refused before it has a path.
static ELSEWHERE: Operation = Operation::new("raw", Verb::Post, "/{raw}", Repeat::Never);

/// A client of one profile. Clones are cheap and share everything.
#[derive(Clone)]
pub struct Client {
    pub(crate) engine: Engine,
    access: Access,
    profile: Arc<Profile>,
}

/// Whose calls these are, and how they are made.
pub(crate) struct Profile {
    pub(crate) environment: Environment,
    pub(crate) options: Options,
}

impl Client {
    /// Starts a client. The keys are required, and with a live key what the amounts mean.
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

    pub(crate) fn new(engine: Engine, access: Access, profile: Profile) -> Self {
        Self { engine, access, profile: Arc::new(profile) }
    }

    /// Test or live, as the key's prefix says.
    pub fn environment(&self) -> Environment {
        self.profile.environment
    }

    /// What you declared your amounts to mean.
    pub fn amounts(&self) -> Option<AmountUnit> {
        self.profile.options.amounts
    }

    /// Another profile over the same connections, asked in the same way. It shares no key.
    ///
    /// # Errors
    /// `Kind::Config` where a key is wrong, or a live one comes to a client that was not told what its amounts mean.
    pub fn with_credentials(
        &self,
        secret_key: impl Into<SecretString>,
        encryption_key: impl Into<SecretString>,
    ) -> Result<Self, Error> {
        self.another(Keys::fixed(secret_key, encryption_key))
    }

    /// Another profile whose keys are read anew for every request; keys of another environment are an error, and nothing is sent.
    ///
    /// # Errors
    /// `Kind::Config` where the environment is the live one and this client was not told what its amounts mean.
    pub fn with_credential_source(
        &self,
        environment: Environment,
        source: Arc<dyn CredentialSource>,
    ) -> Result<Self, Error> {
        self.another(Keys::Source(environment, source))
    }

    fn another(&self, keys: Keys) -> Result<Self, Error> {
        builder::another(self.engine.clone(), keys, self.profile.options.clone())
    }

    /// Asks whether the secret key is taken, by reading the list of payments; nothing is changed, and what is read is dropped. The
    /// provider has no call for this alone, and says nothing about the encryption key before a payment.
    ///
    /// # Errors
    /// `Kind::Login` where the key is refused, `Kind::NoRoute` where the host is wrong; never `Unknown`.
    pub async fn check_credentials(&self) -> Result<(), Error> {
        self.transactions(&crate::ListQuery::new()).send().await.map(drop)
    }

    /// The escape hatch: any request below the base URL, with the same key, retries and errors. `sealed()` seals its body.
    ///
    /// A path that names the other environment than the key's is refused.
    pub fn raw(&self, request: RawRequest) -> Call<RawBody> {
        let own = self.profile.environment;
        match Environment::of_path(request.path()) {
            Some(other) if other != own => {
                let mistake = format!("the path names the {other} environment, and the key is a {own} key");
                let parts = Parts::new(&ELSEWHERE).mistake(mistake);
                self.engine.call(&self.access, parts, |answer| Ok(RawBody::new(answer.body.clone())))
            }
            _ => self.engine.raw(&self.access, request.signed()),
        }
    }

    pub(crate) async fn journal_account(&self) -> Result<TokenKey, Error> {
        self.engine.account(&self.access).await
    }

    pub(crate) fn rules(&self) -> Rules {
        let options = &self.profile.options;
        Rules {
            environment: self.profile.environment,
            amounts: options.amounts,
            countries: options.countries,
            local: !options.no_local_checks,
        }
    }

    pub(crate) fn options(&self) -> &Options {
        &self.profile.options
    }

    /// How this client's environment stands in a path.
    pub(crate) fn segment(&self) -> &'static str {
        self.profile.environment.segment()
    }

    /// Starts a call of checked parts, on the path that this client was told.
    pub(crate) fn start<T>(
        &self,
        operation: &'static Operation,
        parts: Parts,
        id: Option<&str>,
        decode: impl FnOnce(&Answer) -> Result<T, DecodeError> + Send + 'static,
    ) -> Call<T> {
        let parts = match self.profile.options.paths.get(operation.name) {
            None => parts,
            Some(path) => {
                let parts = parts.template(path).path_value("environment", self.segment());
                match id {
                    Some(id) => parts.path_value("id", id),
                    None => parts,
                }
            }
        };
        self.engine.call(&self.access, parts, decode)
    }
}

/// A request that is refused here keeps its reference, so that the error can be told apart.
pub(crate) fn checked(parts: Parts, check: Result<(), String>) -> Parts {
    match check {
        Ok(()) => parts,
        Err(mistake) => parts.mistake(mistake),
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("environment", &self.profile.environment)
            .field("options", &self.profile.options)
            .field("engine", &self.engine)
            .finish_non_exhaustive()
    }
}

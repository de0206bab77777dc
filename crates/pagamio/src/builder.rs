//! Building a client: nothing is guessed, and what is missing is named.

use crate::account::{Account, Environment};
use crate::client::{Client, User};
use crate::grant::PasswordGrant;
use crate::provider::Pagamio;
use crate::style::{ReadMethod, Style, TransactionsStyle};
use pay_core::provider::{Engine, Settings};
use pay_core::{CredentialSource, Credentials, Error, SecretString};
use std::fmt;
use std::sync::Arc;

/// Builds a [`Client`]. Environment, credentials, account and channel are required.
#[must_use = "a builder does nothing until it is built"]
#[derive(Default)]
pub struct Builder {
    environment: Option<Environment>,
    user: UserSettings,
    style: Style,
    settings: Settings,
}

/// Builds a client for another account that shares connections and limits per address with its maker.
#[must_use = "a builder does nothing until it is built"]
pub struct AccountBuilder {
    maker: Client,
    user: UserSettings,
}

#[derive(Default)]
pub(crate) struct UserSettings {
    source: Option<Arc<dyn CredentialSource>>,
    /// Fixed credentials can be looked at before anything is sent.
    empty: Option<&'static str>,
    account: Option<Account>,
    channel: Option<String>,
    user_type_id: Option<String>,
}

impl UserSettings {
    pub(crate) fn fixed(&mut self, username: String, password: SecretString) {
        use pay_core::ExposeSecret;
        self.empty = if username.trim().is_empty() {
            Some("username")
        } else if password.expose_secret().is_empty() {
            Some("password")
        } else {
            None
        };
        self.source = Some(Arc::new(Credentials::new(username, password)));
    }

    fn client(self, engine: Engine, environment: Environment, style: Style) -> Result<Client, Error> {
        let missing = |setting| Error::config(setting, "is missing");
        let empty = |setting| Error::config(setting, "is empty");
        if let Some(setting) = self.empty {
            return Err(empty(setting));
        }
        let source = self.source.ok_or_else(|| missing("credentials"))?;
        let account = self.account.ok_or_else(|| missing("account"))?;
        if account.id().trim().is_empty() {
            return Err(empty("account"));
        }
        let channel = self.channel.ok_or_else(|| missing("channel"))?;
        if channel.trim().is_empty() {
            return Err(empty("channel"));
        }
        if self.user_type_id.as_deref().is_some_and(|id| id.trim().is_empty()) {
            return Err(empty("user_type_id"));
        }
        let access = engine.access(source, Some(Arc::new(PasswordGrant)), None);
        let user_type_id = self.user_type_id;
        Ok(Client::new(engine, access, User { environment, account, channel, user_type_id, style }))
    }
}

/// The methods that say who buys, the same on both builders.
macro_rules! user_settings {
    () => {
        /// The account that buys.
        pub fn account(mut self, account: Account) -> Self {
            self.user.account = Some(account);
            self
        }

        /// The channel id that purchases name, from Pagamio.
        pub fn channel(mut self, channel_id: impl Into<String>) -> Self {
            self.user.channel = Some(channel_id.into());
            self
        }

        /// The account id that the history asks for (`userTypeId`). Without it [`Client::settle`] has nothing to ask.
        ///
        /// Pagamio says that it comes with the log-in answer, and no printed answer shows it:
        /// [`Client::check_credentials`] tells what yours holds.
        pub fn user_type_id(mut self, id: impl Into<String>) -> Self {
            self.user.user_type_id = Some(id.into());
            self
        }
    };
}

impl Builder {
    /// Pagamio's own sandbox, with credentials of its own.
    pub fn provider_test(self) -> Self {
        self.environment(Environment::ProviderTest)
    }

    /// Real money.
    pub fn production(self) -> Self {
        self.environment(Environment::Production)
    }

    /// A base URL of your own, version segment included, such as the local sandbox's.
    pub fn local(self, base_url: impl Into<String>) -> Self {
        self.environment(Environment::Local(base_url.into()))
    }

    /// Where the calls go. There is no default.
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment = Some(environment);
        self
    }

    /// User name and password from the welcome e-mail.
    pub fn credentials(mut self, username: impl Into<String>, password: impl Into<SecretString>) -> Self {
        self.user.fixed(username.into(), password.into());
        self
    }

    /// Credentials that are read anew at each log-in, so that a rotated password needs no restart.
    pub fn credential_source(mut self, source: Arc<dyn CredentialSource>) -> Self {
        self.user.empty = None;
        self.user.source = Some(source);
        self
    }

    /// The method of the catalogue's reads, where the provider's pages disagree: GET unless given.
    pub fn read_method(mut self, method: ReadMethod) -> Self {
        self.style.reads = method;
        self
    }

    /// How the history is asked, where the provider's pages disagree: POST with query parameters unless given.
    pub fn transactions_style(mut self, style: TransactionsStyle) -> Self {
        self.style.transactions = style;
        self
    }

    user_settings!();
    pay_core::builder_settings!();

    /// Builds the client. Nothing is sent, and no runtime is needed.
    ///
    /// # Errors
    /// `Kind::Config`, naming the setting that is missing, empty or wrong.
    pub fn build(self) -> Result<Client, Error> {
        let environment = self.environment.ok_or_else(|| {
            Error::config(
                "environment",
                "is missing: choose `provider_test()`, `production()` or `local(url)`; none is the default",
            )
        })?;
        let engine = Engine::new(Arc::new(Pagamio), environment.base_url()?, self.settings)?;
        self.user.client(engine, environment, self.style)
    }
}

impl AccountBuilder {
    pub(crate) fn new(maker: Client, source: Arc<dyn CredentialSource>) -> Self {
        Self { maker, user: UserSettings { source: Some(source), ..UserSettings::default() } }
    }

    pub(crate) fn fixed(maker: Client, username: String, password: SecretString) -> Self {
        let mut user = UserSettings::default();
        user.fixed(username, password);
        Self { maker, user }
    }

    user_settings!();

    /// Builds the client. Nothing is sent.
    ///
    /// # Errors
    /// `Kind::Config`, naming the setting that is missing or empty.
    pub fn build(self) -> Result<Client, Error> {
        let (engine, environment, style) = self.maker.share();
        self.user.client(engine, environment, style)
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("environment", &self.environment)
            .field("account", &self.user.account)
            .field("style", &self.style)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for AccountBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccountBuilder").field("account", &self.user.account).finish_non_exhaustive()
    }
}

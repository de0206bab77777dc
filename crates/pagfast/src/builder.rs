//! Building a client: nothing is guessed silently, and what is missing is named.

use crate::client::{Client, Shared};
use crate::environment::{Environment, SERVICE_PREFIX, prefix};
use crate::provider::PagFast;
use crate::token::{KeyGrant, OwnGrant, TokenCall};
use http::Method;
use pay_core::auth::TokenSource;
use pay_core::provider::{Access, Engine, Settings};
use pay_core::{CredentialSource, Credentials, Error, ExposeSecret, SecretString};
use std::fmt;
use std::sync::Arc;

/// Builds a [`Client`]. Environment and credentials are required.
#[must_use = "a builder does nothing until it is built"]
#[derive(Default)]
pub struct Builder {
    environment: Option<Environment>,
    service_prefix: Option<String>,
    simulation_prefix: Option<String>,
    simulate_pix_method: Option<Method>,
    token_path: Option<String>,
    token_fields: Option<(String, String)>,
    token_member: Option<String>,
    keys: Keys,
    settings: Settings,
}

/// Builds a client of another account that shares connections and settings with its maker.
#[must_use = "a builder does nothing until it is built"]
pub struct AccountBuilder {
    maker: Client,
    keys: Keys,
}

/// Who calls, as far as it is known.
#[derive(Default)]
struct Keys {
    account: Option<Who>,
    companies: Option<Who>,
}

enum Who {
    Key(String, SecretString),
    Source(Arc<dyn CredentialSource>),
    Tokens(Arc<dyn TokenSource>),
}

impl Who {
    /// `names`: the settings that are named where key or secret are wrong.
    fn access(self, engine: &Engine, call: &Arc<TokenCall>, names: [&'static str; 2]) -> Result<Access, Error> {
        let source: Arc<dyn CredentialSource> = match self {
            Self::Key(key, secret) => {
                let wrong = |setting| Err(Error::config(setting, "is empty"));
                if key.trim().is_empty() {
                    return wrong(names[0]);
                }
                if secret.expose_secret().trim().is_empty() {
                    return wrong(names[1]);
                }
                Arc::new(Credentials::new(key, secret))
            }
            Self::Source(source) => source,
            Self::Tokens(source) => {
                let grant = Arc::new(OwnGrant { engine: engine.clone(), source });
                return Ok(engine.access(Arc::new(Credentials::new("tokens of the caller", "")), Some(grant), None));
            }
        };
        let grant = Arc::new(KeyGrant { engine: engine.clone(), call: Arc::clone(call) });
        Ok(engine.access(source, Some(grant), None))
    }
}

impl Keys {
    fn build(
        self,
        engine: &Engine,
        call: &Arc<TokenCall>,
        token_store: bool,
    ) -> Result<(Access, Option<Access>), Error> {
        if token_store && matches!(self.account, Some(Who::Tokens(_))) {
            let why = "cannot keep tokens of a `token_source`: it does not know whose they are";
            return Err(Error::config("token_store", why));
        }
        let account = self.account.ok_or_else(|| Error::config("credentials", "is missing"))?;
        let account = account.access(engine, call, ["access_key", "secret"])?;
        let companies = self.companies.map(|who| who.access(engine, call, ["company_access_key", "company_secret"]));
        Ok((account, companies.transpose()?))
    }
}

/// The methods that say who calls, the same on both builders.
macro_rules! keys {
    () => {
        /// The access key and its secret, from the panel (Integration > Access Key). A new key is Pending until PagFast activates it.
        pub fn credentials(mut self, access_key: impl Into<String>, secret: impl Into<SecretString>) -> Self {
            self.keys.account = Some(Who::Key(access_key.into(), secret.into()));
            self
        }

        /// Credentials that are read anew at each log-in, so that a rotated secret needs no restart.
        pub fn credential_source(mut self, source: Arc<dyn CredentialSource>) -> Self {
            self.keys.account = Some(Who::Source(source));
            self
        }

        /// Tokens that you bring, in the place of the token call: its path, members and answer are assumed. They cannot be kept in
        /// a shared `token_store`.
        pub fn token_source(mut self, source: Arc<dyn TokenSource>) -> Self {
            self.keys.account = Some(Who::Tokens(source));
            self
        }

        /// A second key pair, for payments to companies alone, as PagFast recommends.
        pub fn company_credentials(
            mut self,
            company_access_key: impl Into<String>,
            company_secret: impl Into<SecretString>,
        ) -> Self {
            self.keys.companies = Some(Who::Key(company_access_key.into(), company_secret.into()));
            self
        }

        /// The same from a source that is read anew at each log-in.
        pub fn company_credential_source(mut self, source: Arc<dyn CredentialSource>) -> Self {
            self.keys.companies = Some(Who::Source(source));
            self
        }
    };
}

impl Builder {
    /// PagFast's sandbox at `https://api.sandbox.pagfast.com/v1`. **Assumed**: host and `/v1` stand in PagFast's samples of receipts; that
    /// the merchant's API lives there, below `/partners-int`, is concluded from the sister platform.
    pub fn assumed_provider_test(self) -> Self {
        self.environment(Environment::AssumedProviderTest)
    }

    /// PagFast's sandbox, at the API root that PagFast gave you (before the service prefix).
    pub fn provider_test(self, base_url: impl Into<String>) -> Self {
        self.environment(Environment::ProviderTest { base_url: base_url.into() })
    }

    /// Real money, at the API root that PagFast gave you (before the service prefix). There is no default.
    pub fn production(self, base_url: impl Into<String>) -> Self {
        self.environment(Environment::Production { base_url: base_url.into() })
    }

    /// An API root of your own: the local sandbox's.
    pub fn local(self, base_url: impl Into<String>) -> Self {
        self.environment(Environment::Local { base_url: base_url.into() })
    }

    /// Where the calls go. There is no default.
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment = Some(environment);
        self
    }

    /// Below what the merchant's paths hang. Default, assumed: `/partners-int`. May be empty.
    pub fn service_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.service_prefix = Some(prefix.into());
        self
    }

    /// Below what `/sandbox/...` hangs. Default, assumed: the service prefix. May be empty.
    pub fn simulation_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.simulation_prefix = Some(prefix.into());
        self
    }

    /// The method of the simulator for Pix. Default: PUT, as PagFast's page has it; the sister platform's has POST.
    pub fn simulate_pix_method(mut self, method: Method) -> Self {
        self.simulate_pix_method = Some(method);
        self
    }

    /// The path of the token call below the API root. Default, assumed: the service prefix and `/login`.
    pub fn token_path(mut self, path: impl Into<String>) -> Self {
        self.token_path = Some(path.into());
        self
    }

    /// The names of the token call's two members. Default, assumed: `accessKey` and `secret`.
    pub fn token_fields(mut self, access_key: impl Into<String>, secret: impl Into<String>) -> Self {
        self.token_fields = Some((access_key.into(), secret.into()));
        self
    }

    /// Where the token stands in the answer, such as `data.jwt`. Default: a JWT as bare text, as JSON text, or in `data`, `data.token`,
    /// `token`, `accessToken` or `access_token` of an object.
    pub fn token_member(mut self, path: impl Into<String>) -> Self {
        self.token_member = Some(path.into());
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
                "is missing: choose `assumed_provider_test()`, `provider_test(url)`, `production(url)` or `local(url)`; none is the default",
            )
        })?;
        let service_prefix = prefix("service_prefix", self.service_prefix.as_deref().unwrap_or(SERVICE_PREFIX))?;
        let simulation_prefix = match &self.simulation_prefix {
            Some(text) => prefix("simulation_prefix", text)?,
            None => service_prefix.clone(),
        };
        let root = environment.root(&service_prefix)?;
        let path = match &self.token_path {
            Some(text) => prefix("token_path", text)?,
            None => format!("{service_prefix}/login"),
        };
        if path.is_empty() {
            return Err(Error::config("token_path", "is empty"));
        }
        let fields = self.token_fields.unwrap_or_else(|| ("accessKey".to_owned(), "secret".to_owned()));
        if fields.0.is_empty() || fields.1.is_empty() || fields.0 == fields.1 {
            return Err(Error::config("token_fields", "must be two names that differ"));
        }
        if self.token_member.as_ref().is_some_and(|path| path.split('.').any(str::is_empty)) {
            return Err(Error::config("token_member", "must be names with dots between, such as data.token"));
        }
        let token_store = self.settings.token_store.is_some();
        let token_call = Arc::new(TokenCall { path, fields, member: self.token_member });
        let engine = Engine::new(Arc::new(PagFast), root, self.settings)?;
        let (access, companies) = self.keys.build(&engine, &token_call, token_store)?;
        let simulate_pix_method = self.simulate_pix_method;
        let shared =
            Shared { environment, service_prefix, simulation_prefix, simulate_pix_method, token_call, token_store };
        Ok(Client::new(engine, access, companies, Arc::new(shared)))
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
        let Client { engine, shared, .. } = self.maker;
        let (access, companies) = self.keys.build(&engine, &shared.token_call, shared.token_store)?;
        Ok(Client::new(engine, access, companies, shared))
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("environment", &self.environment)
            .field("service_prefix", &self.service_prefix)
            .field("simulation_prefix", &self.simulation_prefix)
            .field("token_path", &self.token_path)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for AccountBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccountBuilder")
    }
}

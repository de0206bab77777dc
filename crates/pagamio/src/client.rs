//! The client: one method per thing that Pagamio can do.

use crate::account::{Account, Environment};
use crate::builder::{AccountBuilder, Builder};
use crate::catalogue::{Category, CategoryFields, Product};
use crate::operations::{CATEGORIES, CATEGORY_FIELDS, MERCHANT_PRODUCTS, PURCHASE, SUB_MERCHANT_PRODUCTS};
use crate::purchase::Purchase;
use crate::purchased::{self, Purchased};
use crate::settle::{Settle, Sought};
use crate::transaction::{self, Transaction, TransactionQuery};
use pay_core::decode::{Id, json};
use pay_core::provider::{Access, Engine, Parts};
use pay_core::{Call, CredentialSource, Error, Lease, Page, Pages, Prepared, RawBody, RawRequest, SecretString};
use std::fmt;
use std::sync::Arc;

/// A client of one Pagamio account. Clones are cheap and share everything.
///
/// Tokens look after themselves: the first call logs in, and later ones find a token that is fresh.
#[derive(Clone)]
pub struct Client {
    engine: Engine,
    access: Access,
    user: Arc<User>,
}

struct User {
    environment: Environment,
    account: Account,
    channel: String,
    user_type_id: Option<String>,
}

/// What a log-in brought. Members that no document shows may be personal, so their values do not print.
#[non_exhaustive]
pub struct LoggedIn {
    /// The token's end, wall time.
    pub expires_at: Option<std::time::SystemTime>,
    /// Members of the answer that the model does not name, as raw JSON text.
    pub extra: Vec<(String, SecretString)>,
}

impl Client {
    /// Starts a client. Environment, credentials, account and channel are required.
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

    pub(crate) fn new(
        engine: Engine,
        access: Access,
        environment: Environment,
        account: Account,
        channel: String,
        user_type_id: Option<String>,
    ) -> Self {
        Self { engine, access, user: Arc::new(User { environment, account, channel, user_type_id }) }
    }

    pub(crate) fn share(&self) -> (Engine, Environment) {
        (self.engine.clone(), self.user.environment.clone())
    }

    /// Another account over the same connections. It shares limits that count per address, and no token.
    pub fn with_credentials(&self, username: impl Into<String>, password: impl Into<SecretString>) -> AccountBuilder {
        AccountBuilder::fixed(self.clone(), username.into(), password.into())
    }

    /// Another account whose credentials are read anew at each log-in.
    pub fn with_credential_source(&self, source: Arc<dyn CredentialSource>) -> AccountBuilder {
        AccountBuilder::new(self.clone(), source)
    }

    /// Logs in, or uses the token that is held, and tells what came with it. Nothing else is asked or changed.
    ///
    /// # Errors
    /// `Kind::Login` where user name or password are refused; the outcome is always `NotDone`.
    pub async fn check_credentials(&self) -> Result<LoggedIn, Error> {
        let lease = self.engine.lease(&self.access).await?;
        let extra = self.engine.token_extra(&self.access).await?;
        Ok(LoggedIn { expires_at: lease.expires_at, extra })
    }

    /// The current token with its expiry, for requests that this library does not send.
    ///
    /// # Errors
    /// Why there is no token; the outcome is always `NotDone`.
    pub async fn lease(&self) -> Result<Lease, Error> {
        self.engine.lease(&self.access).await
    }

    /// All categories. `GET /products/categories` (documented; an older page prints POST).
    pub fn categories(&self) -> Call<Vec<Category>> {
        self.engine.call(&self.access, Parts::new(&CATEGORIES), |answer| json(&answer.body))
    }

    /// What a purchase in a category must send. `GET /products/categories/{categoryId}/fields` (documented).
    pub fn category_fields(&self, category: impl Into<Id>) -> Call<CategoryFields> {
        let parts = Parts::new(&CATEGORY_FIELDS).path_value("categoryId", &category.into().to_string());
        self.engine.call(&self.access, parts, |answer| json(&answer.body))
    }

    /// The products that this account may buy: the one list that tells. `GET /merchants/{merchantId}/products` or
    /// `GET /sub-merchants/{subMerchantId}/products` (documented).
    pub fn products(&self) -> Call<Vec<Product>> {
        let parts = match &self.user.account {
            Account::Merchant(id) => Parts::new(&MERCHANT_PRODUCTS).path_value("merchantId", id),
            Account::SubMerchant(id) => Parts::new(&SUB_MERCHANT_PRODUCTS).path_value("subMerchantId", id),
        };
        self.engine.call(&self.access, parts, |answer| json(&answer.body))
    }

    /// Buys. `POST /purchase` (documented); de-duplicated by the provider on the reference, so a lost answer is asked for again with
    /// the same bytes. At most 10 a minute: see [`Pacing`](crate::Pacing).
    ///
    /// Errors: `Refused` with a [`Code`](crate::Code) for a final no, `NotDone` where nothing was sent or accepted,
    /// `Unknown` for everything that may have happened; then [`settle`](Self::settle).
    pub fn purchase(&self, purchase: Purchase) -> Call<Purchased> {
        let reference = purchase.merchant_reference().unwrap_or_default().to_owned();
        self.engine.call(&self.access, purchase.parts(&self.user.channel), |answer| purchased::read(answer, reference))
    }

    /// Sends a prepared purchase again, byte for byte: after a crash, from an outbox of your own.
    pub fn resend(&self, prepared: &Prepared) -> Call<Purchased> {
        let reference = prepared.reference().unwrap_or_default().to_owned();
        self.engine.resend(&self.access, &PURCHASE, prepared, |answer| purchased::read(answer, reference))
    }

    /// One page of the history, from page 0 on. `POST /transactions` with query parameters (documented so).
    pub fn transactions(&self, query: &TransactionQuery, page: u32) -> Call<Page<Transaction>> {
        let parts = query.parts(&self.user.account, self.user.user_type_id.as_deref(), page);
        self.engine.call(&self.access, parts, transaction::read)
    }

    /// The history, page by page, until nothing new comes.
    pub fn transaction_pages(&self, query: TransactionQuery) -> Pages<Transaction> {
        let client = self.clone();
        Pages::new(0, |record| record.transaction_id.as_deref(), move |page| client.transactions(&query, page))
    }

    /// Finds out what became of a purchase, by its reference, a [`Pending`](crate::Pending) or an [`Error`].
    ///
    /// It follows the provider's polling schedule and believes only a record that is verifiably the one asked for. It ends
    /// in `Completed`, `Failed` or `StillUnknown`, and "not found" is never `Failed`.
    pub fn settle(&self, sought: impl Into<Sought>) -> Settle {
        Settle::new(self.clone(), sought.into())
    }

    /// The escape hatch: any request below the base URL, with the same token, retries and errors.
    pub fn raw(&self, request: RawRequest) -> Call<RawBody> {
        self.engine.raw(&self.access, request)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("environment", &self.user.environment)
            .field("account", &self.user.account)
            .field("engine", &self.engine)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for LoggedIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.extra.iter().map(|(name, _)| name).collect();
        f.debug_struct("LoggedIn").field("expires_at", &self.expires_at).field("extra", &names).finish()
    }
}

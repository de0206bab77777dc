//! The client: one method per thing that Pagamio can do.

use crate::account::{Account, Environment};
use crate::builder::{AccountBuilder, Builder};
use crate::generated::operations::{self, MERCHANT_PRODUCTS, PURCHASE, SUB_MERCHANT_PRODUCTS, TRANSACTIONS};
use crate::generated::types::Product;
use crate::purchase::Purchase;
use crate::purchased::{self, Purchased};
use crate::settle::Settle;
use crate::sought::Sought;
use crate::style::Style;
use crate::transaction::{self, Transaction, TransactionQuery};
use pay_core::auth::TokenKey;
use pay_core::decode::{DecodeError, json};
use pay_core::provider::{Access, Answer, Engine, Operation, Parts};
use pay_core::{Call, CredentialSource, Error, Lease, Page, Pages, Prepared, RawBody, RawRequest, SecretString};
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

/// A client of one Pagamio account. Clones are cheap and share everything.
///
/// Tokens look after themselves: the first call logs in, and later ones find a token that is fresh.
#[derive(Clone)]
pub struct Client {
    engine: Engine,
    access: Access,
    user: Arc<User>,
}

/// Who buys, and how this client asks.
pub(crate) struct User {
    pub(crate) environment: Environment,
    pub(crate) account: Account,
    pub(crate) channel: String,
    pub(crate) user_type_id: Option<String>,
    pub(crate) style: Style,
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

    pub(crate) fn new(engine: Engine, access: Access, user: User) -> Self {
        Self { engine, access, user: Arc::new(user) }
    }

    pub(crate) fn share(&self) -> (Engine, Environment, Style) {
        (self.engine.clone(), self.user.environment.clone(), self.user.style)
    }

    /// Starts a call: what generated methods end in.
    pub(crate) fn start<T>(
        &self,
        operation: &'static Operation,
        parts: Parts,
        decode: impl FnOnce(&Answer) -> Result<T, DecodeError> + Send + 'static,
    ) -> Call<T> {
        self.engine.call(&self.access, self.user.style.apply(operation, parts), decode)
    }

    /// Where the calls go.
    pub fn environment(&self) -> &Environment {
        &self.user.environment
    }

    pub(crate) async fn journal_account(&self) -> Result<TokenKey, Error> {
        self.engine.account(&self.access).await
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

    /// Shows the value of the `Authorization` header to `read`, for requests that this library does not send. While a token is
    /// fresh it is borrowed: nothing is locked, copied or allocated. What `read` sees is a secret.
    ///
    /// ```no_run
    /// # async fn f(pagamio: pagamio::Client) -> Result<(), pagamio::Error> {
    /// let length = pagamio.with_authorization(|value| value.len()).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`lease`](Self::lease).
    pub fn with_authorization<'a, R: 'a>(
        &'a self,
        read: impl FnOnce(&[u8]) -> R + 'a,
    ) -> impl Future<Output = Result<R, Error>> + 'a {
        self.engine.with_authorization(&self.access, read)
    }

    /// The products that this account may buy: the one list that tells. `GET /merchants/{merchantId}/products` or
    /// `GET /sub-merchants/{subMerchantId}/products` (documented).
    pub fn products(&self) -> Call<Vec<Product>> {
        let (operation, parts) = match &self.user.account {
            Account::Merchant(id) => (&MERCHANT_PRODUCTS, operations::merchant_products(id)),
            Account::SubMerchant(id) => (&SUB_MERCHANT_PRODUCTS, operations::sub_merchant_products(id)),
        };
        self.start(operation, parts, |answer| json(&answer.body))
    }

    /// Buys. `POST /purchase` (documented); de-duplicated by the provider on the reference, so a lost answer is asked for again with
    /// the same bytes. At most 10 a minute: see [`Pacing`](crate::Pacing).
    ///
    /// Errors: `Refused` with a [`Code`](crate::Code) for a final no, `NotDone` where nothing was sent or accepted,
    /// `Unknown` for everything that may have happened; then [`settle`](Self::settle).
    pub fn purchase(&self, purchase: Purchase) -> Call<Purchased> {
        let reference = purchase.merchant_reference().unwrap_or_default().to_owned();
        self.start(&PURCHASE, purchase.parts(&self.user.channel), |answer| purchased::read(answer, reference))
            .progress(Purchased::progress)
    }

    /// Sends a prepared purchase again, byte for byte: after a crash, from an outbox of your own.
    pub fn resend(&self, prepared: &Prepared) -> Call<Purchased> {
        let reference = prepared.reference().unwrap_or_default().to_owned();
        self.engine.resend(&self.access, &PURCHASE, prepared, |answer| purchased::read(answer, reference))
    }

    /// One page of the history, from page 0 on. `POST /transactions` with query parameters (documented so);
    /// [`Builder::transactions_style`] has the other forms that the pages show.
    pub fn transactions(&self, query: &TransactionQuery, page: u32) -> Call<Page<Transaction>> {
        self.start(&TRANSACTIONS, query.parts(&self.user, page), transaction::read)
    }

    /// The history, page by page, until nothing new comes.
    pub fn transaction_pages(&self, query: TransactionQuery) -> Pages<Transaction> {
        self.pages_within(query, None)
    }

    /// The same, where no page may take longer than its asker has.
    pub(crate) fn pages_within(&self, query: TransactionQuery, left: Option<Duration>) -> Pages<Transaction> {
        let client = self.clone();
        let ask = move |page| {
            let call = client.transactions(&query, page);
            match left {
                Some(left) => call.no_longer_than(left),
                None => call,
            }
        };
        Pages::new(0, |record| record.transaction_id.as_deref(), ask)
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

//! The client: one method per thing that PagFast can do.

use crate::builder::{AccountBuilder, Builder};
use crate::companies::Companies;
use crate::deposit::{NewPixDeposit, PixCharge};
use crate::environment::Environment;
use crate::find::FindByOrderId;
use crate::generated::operations;
use crate::open_finance::{NewOpenFinanceDeposit, OpenFinanceCharge};
use crate::query::OrderQuery;
use crate::record::{Record, TransactionPage};
use crate::settle::{Settle, Sought};
use crate::simulate::Simulate;
use crate::token::TokenCall;
use crate::withdrawal::{NewPixWithdrawal, Withdrawal};
use http::Method;
use pay_core::decode::DecodeError;
use pay_core::provider::{Access, Answer, Engine, Parts};
use pay_core::{Call, Error, Lease, RawBody, RawRequest, SecretString};
use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

/// A client of one PagFast account. Clones are cheap and share everything.
///
/// Tokens look after themselves: the first call logs in, and later ones find a token that is fresh.
#[derive(Clone)]
pub struct Client {
    pub(crate) engine: Engine,
    access: Access,
    companies: Option<Access>,
    pub(crate) shared: Arc<Shared>,
}

/// Where things are, for all accounts of a client.
pub(crate) struct Shared {
    pub(crate) environment: Environment,
    pub(crate) service_prefix: String,
    pub(crate) simulation_prefix: String,
    pub(crate) simulate_pix_method: Option<Method>,
    pub(crate) token_call: Arc<TokenCall>,
    /// Whether tokens are kept in a store that others may read.
    pub(crate) token_store: bool,
}

/// What a log-in brought.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct LoggedIn {
    /// When the token claims to end; `None` where it does not say, and the documented 60 minutes count.
    pub expires_at: Option<SystemTime>,
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

    pub(crate) fn new(engine: Engine, access: Access, companies: Option<Access>, shared: Arc<Shared>) -> Self {
        Self { engine, access, companies, shared }
    }

    /// Starts a call of parts whose path is whole.
    pub(crate) fn start<T>(
        &self,
        parts: Parts,
        decode: impl FnOnce(&Answer) -> Result<T, DecodeError> + Send + 'static,
    ) -> Call<T> {
        self.engine.call(&self.access, parts, decode)
    }

    /// Starts a call below the service prefix.
    pub(crate) fn service<T>(
        &self,
        parts: Parts,
        decode: impl FnOnce(&Answer) -> Result<T, DecodeError> + Send + 'static,
    ) -> Call<T> {
        self.start(parts.below(&self.shared.service_prefix), decode)
    }

    /// Where the calls go.
    pub fn environment(&self) -> &Environment {
        &self.shared.environment
    }

    pub(crate) async fn journal_account(&self) -> Result<pay_core::auth::TokenKey, Error> {
        self.engine.account(&self.access).await
    }

    /// Another account over the same connections: a key belongs to one account. It shares no token.
    pub fn with_credentials(&self, access_key: impl Into<String>, secret: impl Into<SecretString>) -> AccountBuilder {
        AccountBuilder::new(self.clone()).credentials(access_key, secret)
    }

    /// Another account whose credentials are read anew at each log-in.
    pub fn with_credential_source(&self, source: Arc<dyn pay_core::CredentialSource>) -> AccountBuilder {
        AccountBuilder::new(self.clone()).credential_source(source)
    }

    /// Another account whose tokens you bring.
    pub fn with_token_source(&self, source: Arc<dyn pay_core::auth::TokenSource>) -> AccountBuilder {
        AccountBuilder::new(self.clone()).token_source(source)
    }

    /// Logs in, or uses the token that is held. Nothing else is asked or changed.
    ///
    /// # Errors
    /// `Kind::Login` where the key is refused, also where it is Pending still; the outcome is always `NotDone`.
    pub async fn check_credentials(&self) -> Result<LoggedIn, Error> {
        Ok(LoggedIn { expires_at: self.lease().await?.expires_at })
    }

    /// The current token, for requests that this library does not send.
    ///
    /// # Errors
    /// Why there is no token; the outcome is always `NotDone`.
    pub async fn lease(&self) -> Result<Lease, Error> {
        self.engine.lease(&self.access).await
    }

    /// Shows the value of the `Authorization` header, `Bearer ...`, to `read`, for requests that this library does not send. While a
    /// token is fresh it is borrowed: nothing is locked, copied or allocated. What `read` sees is a secret.
    ///
    /// # Errors
    /// As [`lease`](Self::lease).
    pub fn with_authorization<'a, R: 'a>(
        &'a self,
        read: impl FnOnce(&[u8]) -> R + 'a,
    ) -> impl Future<Output = Result<R, Error>> + 'a {
        self.engine.with_authorization(&self.access, read)
    }

    /// Asks for a deposit by Pix. `POST /accounts/pix/cashin` (documented; its answer is assumed), never sent again once it may have acted.
    ///
    /// Errors: `Refused` where PagFast said no, `NotDone` where nothing was sent or accepted, `Unknown` for everything that may have
    /// happened: [`settle`](Self::settle) it by [`NewPixDeposit::sought`].
    pub fn pix_cash_in(&self, deposit: NewPixDeposit) -> Call<PixCharge> {
        self.service(deposit.parts(), move |answer| deposit.read(answer)).progress(PixCharge::progress)
    }

    /// Withdraws by Pix. `POST /accounts/pix/cashout` (documented; its answer is assumed), never sent again once it may have acted.
    ///
    /// Errors: `Refused` where PagFast said no, `NotDone` where nothing was sent or accepted, `Unknown` for everything that may have
    /// happened, a used order id among it: [`settle`](Self::settle) it by [`NewPixWithdrawal::sought`] before you withdraw again.
    pub fn pix_cash_out(&self, withdrawal: NewPixWithdrawal) -> Call<Withdrawal> {
        self.service(withdrawal.parts(), move |answer| withdrawal.read(answer)).progress(Withdrawal::progress)
    }

    /// Asks for a deposit through Open Finance. `POST /accounts/payment-initiation` (documented), never sent again once it may have acted.
    ///
    /// Errors as [`pix_cash_in`](Self::pix_cash_in).
    pub fn open_finance_cash_in(&self, deposit: NewOpenFinanceDeposit) -> Call<OpenFinanceCharge> {
        self.service(deposit.parts(), move |answer| deposit.read(answer)).progress(OpenFinanceCharge::progress)
    }

    /// A transaction by PagFast's id. `GET /accounts/transactions/pix/{transactionId}` (documented).
    pub fn transaction(&self, id: impl Into<String>) -> Call<Record> {
        let id = id.into();
        self.service(operations::transaction(&id), move |answer| Record::read(answer, &id))
    }

    /// One page of the transactions with your order id, within a day. `GET /accounts/transactions/pix` (documented).
    pub fn transactions(&self, query: &OrderQuery) -> Call<TransactionPage> {
        let order_id = query.order_id.clone();
        self.service(query.parts(), move |answer| TransactionPage::read(answer, &order_id))
    }

    /// All transactions with your order id since you sent it: in windows of one day, each to its last page, with a margin for clocks
    /// that differ. One order id can have several.
    pub fn find_by_order_id(&self, order_id: impl Into<String>, sent_at: SystemTime) -> FindByOrderId {
        FindByOrderId::new(self.clone(), order_id.into(), sent_at)
    }

    /// Finds out what became of a transaction, asking again and again. Webhooks tell sooner.
    pub fn settle(&self, sought: impl Into<Sought>) -> Settle {
        Settle::new(self.clone(), sought.into())
    }

    /// Completes a deposit or withdrawal by Pix in the sandbox. `PUT /sandbox/transactions/complete/{transactionId}` (documented).
    pub fn simulate_pix(&self, id: impl Into<String>) -> Simulate {
        Simulate::pix(self.clone(), id.into())
    }

    /// Completes a deposit through Open Finance in the sandbox. `POST /sandbox/payment-initiation/complete/{transactionId}` (documented).
    pub fn simulate_open_finance(&self, id: impl Into<String>) -> Simulate {
        Simulate::open_finance(self.clone(), id.into())
    }

    /// Payments to companies, with the key pair that is for them where there is one.
    pub fn companies(&self) -> Companies {
        let access = self.companies.as_ref().unwrap_or(&self.access).clone();
        Companies::new(Self { access, ..self.clone() })
    }

    /// The escape hatch: any request below the API root, before the service prefix, with the same token, retries and errors.
    pub fn raw(&self, request: RawRequest) -> Call<RawBody> {
        self.engine.raw(&self.access, request)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("environment", &self.shared.environment)
            .field("service_prefix", &self.shared.service_prefix)
            .field("simulation_prefix", &self.shared.simulation_prefix)
            .field("engine", &self.engine)
            .finish_non_exhaustive()
    }
}

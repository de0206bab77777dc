//! The client: one method per thing that Pay1st can do.

use crate::builder::{AccountBuilder, Builder};
use crate::checkout::{CheckoutLink, CreatedPayment};
use crate::environment::Environment;
use crate::fulfilment::Fulfilment;
use crate::generated::operations;
use crate::generated::types::{Payment, PaymentMethodsQuery, PaymentQuery};
use crate::methods::{self, PaymentMethod};
use crate::payment::NewPayment;
use crate::refund::{NewRefund, Refunded};
use crate::settle::{Settle, Sought};
use pay_core::auth::TokenKey;
use pay_core::decode::{DecodeError, json};
use pay_core::provider::{Access, Answer, BaseUrl, Engine, Parts};
use pay_core::{Call, Error, Lease, RawBody, RawRequest, SecretString};
use std::fmt;
use std::sync::Arc;

/// A client of one Pay1st partner. Clones are cheap and share everything.
///
/// Tokens look after themselves: the first call logs in, and later ones find a token that is fresh.
#[derive(Clone)]
pub struct Client {
    engine: Engine,
    access: Access,
    shared: Arc<Shared>,
}

struct Shared {
    environment: Environment,
    checkout: BaseUrl,
    style: Style,
}

/// How this client asks, where the provider's pages disagree.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Style {
    pub(crate) sign_reads: bool,
}

/// What a log-in brought. Members that no document shows may be personal, so their values do not print.
#[non_exhaustive]
pub struct LoggedIn {
    /// Members of the answer that the model does not name, as raw JSON text.
    pub extra: Vec<(String, SecretString)>,
}

impl Client {
    /// Starts a client. Environment, credentials and signing key are required.
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
        checkout: BaseUrl,
        style: Style,
    ) -> Self {
        Self { engine, access, shared: Arc::new(Shared { environment, checkout, style }) }
    }

    pub(crate) fn with_access(self, access: impl FnOnce(&Engine) -> Access) -> Self {
        Self { access: access(&self.engine), ..self }
    }

    fn start<T>(
        &self,
        parts: Parts,
        decode: impl FnOnce(&Answer) -> Result<T, DecodeError> + Send + 'static,
    ) -> Call<T> {
        self.engine.call(&self.access, parts, decode)
    }

    /// A read, signed where this client was told so.
    fn read<T>(
        &self,
        parts: Parts,
        decode: impl FnOnce(&Answer) -> Result<T, DecodeError> + Send + 'static,
    ) -> Call<T> {
        self.start(parts.signed(self.shared.style.sign_reads), decode)
    }

    /// Where the calls go.
    pub fn environment(&self) -> &Environment {
        &self.shared.environment
    }

    pub(crate) async fn journal_account(&self) -> Result<TokenKey, Error> {
        self.engine.account(&self.access).await
    }

    /// Another partner over the same connections. It shares limits that count per address, and no token.
    pub fn with_credentials(&self, api_key: impl Into<String>, api_secret: impl Into<SecretString>) -> AccountBuilder {
        AccountBuilder::new(self.clone()).credentials(api_key, api_secret)
    }

    /// Another partner whose credentials are read anew at each log-in and each signature.
    pub fn with_credential_source(&self, source: Arc<dyn pay_core::CredentialSource>) -> AccountBuilder {
        AccountBuilder::new(self.clone()).credential_source(source)
    }

    /// Logs in, or uses the token that is held, and tells what came with it. Nothing else is asked or changed; the signing key is not
    /// tried, because no call that is signed is without effect.
    ///
    /// # Errors
    /// `Kind::Login` where API key or API secret are refused; the outcome is always `NotDone`.
    pub async fn check_credentials(&self) -> Result<LoggedIn, Error> {
        let extra = self.engine.token_extra(&self.access).await?;
        Ok(LoggedIn { extra })
    }

    /// The current token, for requests that this library does not send.
    ///
    /// # Errors
    /// Why there is no token; the outcome is always `NotDone`.
    pub async fn lease(&self) -> Result<Lease, Error> {
        self.engine.lease(&self.access).await
    }

    /// Shows the value of the `AccessToken` header, `Bearer ...`, to `read`, for requests that this library does not send. While a
    /// token is fresh it is borrowed: nothing is locked, copied or allocated. What `read` sees is a secret.
    ///
    /// ```no_run
    /// # async fn f(pay1st: pay1st::Client) -> Result<(), pay1st::Error> {
    /// let length = pay1st.with_authorization(|value| value.len()).await?;
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

    /// The payment methods of a country, by its code of two letters. `GET /api/pay1st/payments/methods` (documented). Only
    /// needed where customers choose on a page of your own: the hosted page lets them choose too.
    pub fn payment_methods(&self, country: impl Into<String>) -> Call<Vec<PaymentMethod>> {
        let country = country.into();
        let parts = operations::payment_methods(&PaymentMethodsQuery::new(country.as_str()));
        let fits = country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_alphabetic());
        let parts = if fits { parts } else { parts.mistake("a country is a code of two letters, such as NG") };
        self.read(parts, methods::read)
    }

    /// Creates a payment. `POST /api/pay1st/payments/create` (documented), signed, and never sent again once it may have acted.
    ///
    /// The answer must be of the reference, amount and currency that were asked for. Nothing is paid yet: the
    /// customer pays on the page of [`CreatedPayment::checkout_link`].
    ///
    /// Errors: `Refused` where Pay1st said no, `NotDone` where nothing was sent or accepted, `Unknown` for everything that may have
    /// happened; there is no question by your reference, so create another with a *new* one: without its link nobody can pay the first.
    pub fn create_payment(&self, payment: NewPayment) -> Call<CreatedPayment> {
        let checkout = self.shared.checkout.clone();
        self.start(payment.parts(), move |answer| CreatedPayment::read(answer, &payment, checkout))
            .progress(CreatedPayment::progress)
    }

    /// A payment as it stands, by Pay1st's reference (not yours). `GET /api/pay1st/payments` (documented).
    pub fn payment(&self, reference: impl Into<String>) -> Call<Payment> {
        let reference = reference.into();
        let parts = operations::payment(&PaymentQuery::new(reference.as_str()));
        let parts = if reference.trim().is_empty() { parts.mistake("the reference is empty") } else { parts };
        self.read(parts, move |answer| {
            let payment: Payment = json(&answer.body)?;
            let same = payment.reference == reference;
            if same { Ok(payment) } else { Err(DecodeError::new("reference", "is not what was asked for")) }
        })
    }

    /// Reports what was delivered. `POST /api/pay1st/payments/fulfilments` (documented), signed, never sent again by itself. The answer is
    /// empty, and any 2xx counts.
    pub fn report_fulfilment(&self, fulfilment: Fulfilment) -> Call<()> {
        self.start(fulfilment.parts(), |_| Ok(()))
    }

    /// Asks for a refund. `POST /api/pay1st/transactions/refunds/create` (beta; known at second hand), signed, never sent again once it
    /// may have acted.
    ///
    /// Errors: `Refused` where Pay1st said no or the refund has failed at once; `Unknown` for everything that may have
    /// happened: no question after refunds is documented, so ask Pay1st's support before you refund again.
    pub fn refund(&self, refund: NewRefund) -> Call<Refunded> {
        self.start(refund.parts(), move |answer| refund.read(answer)).progress(Refunded::progress)
    }

    /// Finds out what became of a payment, by Pay1st's reference or a [`CreatedPayment`], asking again and again. Webhooks tell
    /// sooner; a payment whose creation got no answer cannot be asked for at all.
    pub fn settle(&self, sought: impl Into<Sought>) -> Settle {
        Settle::new(self.clone(), sought.into())
    }

    /// The link to the page of a payment that was created earlier, with the newest token.
    ///
    /// # Errors
    /// Why there is no token; the outcome is always `NotDone`.
    pub async fn checkout_link(&self, reference: impl Into<String>) -> Result<CheckoutLink, Error> {
        let token = self.lease().await?.token;
        Ok(CheckoutLink::new(self.shared.checkout.clone(), reference.into(), token))
    }

    /// The escape hatch: any request below the base URL, with the same token, retries and errors, and signed if it says so. Pay1st
    /// wants a vendor media type on reads too: `RawRequest::get(path).body(media, "")`.
    pub fn raw(&self, request: RawRequest) -> Call<RawBody> {
        self.engine.raw(&self.access, request)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("environment", &self.shared.environment)
            .field("checkout", &self.shared.checkout.as_str())
            .field("style", &self.shared.style)
            .field("engine", &self.engine)
            .finish()
    }
}

impl fmt::Debug for LoggedIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.extra.iter().map(|(name, _)| name).collect();
        f.debug_struct("LoggedIn").field("extra", &names).finish()
    }
}

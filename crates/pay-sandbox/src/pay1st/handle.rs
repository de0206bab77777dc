//! The handle a test holds on Pay1st's part.

use super::account::{API_KEY, API_SECRET, PARTNER_CODE, PARTNER_ID};
use super::checkout::Action;
use super::payment::{PaymentRecord, Status};
use super::refunds::RefundRecord;
use super::settings::Console;
use crate::Error;
use crate::provider::Provider;
use crate::sandbox::Shared;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Pay1st's part of a running sandbox.
#[derive(Clone)]
pub struct Pay1st {
    shared: Arc<Shared>,
    base_url: String,
}

impl Pay1st {
    pub(crate) fn new(shared: Arc<Shared>, url: &str) -> Self {
        let base_url = format!("{url}/{}", super::NAME);
        Self { shared, base_url }
    }

    /// The API's base URL, to which clients add `/api/pay1st/...`; ends in `/pay1st`.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The base URL of checkout links, to which clients add `/checkout`; the same as the API's here.
    pub fn checkout_url(&self) -> &str {
        &self.base_url
    }

    /// The API key.
    pub fn api_key(&self) -> &'static str {
        API_KEY
    }

    /// The API secret.
    pub fn api_secret(&self) -> &'static str {
        API_SECRET
    }

    /// The signing key in force.
    pub fn signing_key(&self) -> String {
        self.shared.pay1st.lock().signing_key.clone()
    }

    /// Replaces the signing key, as somebody would in the provider's console.
    pub fn set_signing_key(&self, key: impl Into<String>) {
        self.shared.pay1st.lock().signing_key = key.into();
    }

    /// The partner's number.
    pub fn partner_id(&self) -> i64 {
        PARTNER_ID
    }

    /// The partner's code.
    pub fn partner_code(&self) -> &'static str {
        PARTNER_CODE
    }

    /// The console's defaults: where events and customers go.
    pub fn console(&self) -> Console {
        self.shared.pay1st.lock().console.clone()
    }

    /// Sets the console's defaults.
    pub fn set_console(&self, console: Console) {
        self.shared.pay1st.lock().console = console;
    }

    /// How long access and refresh tokens live that are issued from now on. No document says.
    pub fn set_token_lives(&self, access: Duration, refresh: Duration) {
        let settings = &mut self.shared.pay1st.lock().settings;
        (settings.access_life, settings.refresh_life) = (access, refresh);
    }

    /// Ends every access token, in the middle of whatever is going on; refresh tokens stay good.
    pub fn end_access_tokens(&self) {
        self.shared.pay1st.lock().access.end_all(self.shared.clock.now());
    }

    /// From the request until a refund is PROCESSING, and until it has ended, on the sandbox clock. No document says.
    pub fn set_refund_times(&self, processing: Duration, end: Duration) {
        let settings = &mut self.shared.pay1st.lock().settings;
        (settings.refund_processing, settings.refund_final) = (processing, end);
    }

    /// Every payment, oldest first.
    pub fn payments(&self) -> Vec<PaymentRecord> {
        self.shared.pay1st.lock().book.payments().iter().map(super::payment::Payment::record).collect()
    }

    /// The payment with this Pay1st reference.
    pub fn payment(&self, reference: &str) -> Option<PaymentRecord> {
        self.shared.pay1st.lock().book.find(reference).map(super::payment::Payment::record)
    }

    /// Every refund, oldest first.
    pub fn refunds(&self) -> Vec<RefundRecord> {
        let (provider, now) = (&self.shared.pay1st, self.shared.clock.now());
        provider.lock().book.refunds.iter().map(|refund| refund.record(now)).collect()
    }

    /// Does as a customer who pays on the hosted page. As all five: answers where the payment stands then; a payment
    /// that has ended does not change any more.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] when there is no such payment.
    pub fn pay(&self, reference: &str) -> Result<Status, Error> {
        self.act(reference, Action::Pay)
    }

    /// Does as a customer whose payment fails.
    ///
    /// # Errors
    ///
    /// As [`pay`](Self::pay).
    pub fn fail(&self, reference: &str) -> Result<Status, Error> {
        self.act(reference, Action::Fail)
    }

    /// Does as a customer who will pay later, at a kiosk for instance; `pay` completes it.
    ///
    /// # Errors
    ///
    /// As [`pay`](Self::pay).
    pub fn pay_later(&self, reference: &str) -> Result<Status, Error> {
        self.act(reference, Action::PayLater)
    }

    /// Does as a customer who cancels.
    ///
    /// # Errors
    ///
    /// As [`pay`](Self::pay).
    pub fn cancel(&self, reference: &str) -> Result<Status, Error> {
        self.act(reference, Action::Cancel)
    }

    /// Does as a customer who closes the page and never comes back.
    ///
    /// # Errors
    ///
    /// As [`pay`](Self::pay).
    pub fn expire(&self, reference: &str) -> Result<Status, Error> {
        self.act(reference, Action::Expire)
    }

    /// Sends an event on a payment with any of the seventeen documented statuses, without moving the payment; answers
    /// the number of its delivery.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] when there is no such payment or status.
    pub fn send_event(&self, reference: &str, status: &str) -> Result<u64, Error> {
        self.shared.pay1st.send_event(reference, status)
    }

    /// Sets one mode.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] when there is no such mode or value.
    pub fn set_mode(&self, name: &str, value: &str) -> Result<(), Error> {
        self.shared.pay1st.set_modes(&[(name, value)])
    }

    fn act(&self, reference: &str, action: Action) -> Result<Status, Error> {
        let acted = self.shared.pay1st.act(reference, action, None);
        acted.map(|acted| acted.status).ok_or_else(|| Error::invalid("reference", "no such payment"))
    }
}

impl fmt::Debug for Pay1st {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pay1st").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

//! The handle a test holds on Pay Agency's part.

use super::account::Environment;
use super::console::no_payment;
use super::hosted::Decision;
use super::link::{Link, LinkRecord, Template};
use super::payment::{Payment, PaymentRecord};
use super::payout::{Payout, PayoutRecord, Wallet, WalletRecord};
use super::status::Status;
use crate::Error;
use crate::provider::Provider;
use crate::sandbox::Shared;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Pay Agency's part of a running sandbox.
#[derive(Clone)]
pub struct PayAgency {
    shared: Arc<Shared>,
    base_url: String,
}

impl PayAgency {
    pub(crate) fn new(shared: Arc<Shared>, url: &str) -> Self {
        let base_url = format!("{url}/{}", super::NAME);
        Self { shared, base_url }
    }

    /// The base URL, to which clients add `/api/v1/test/card` and so on; ends in `/payagency`.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The secret key in force of an environment.
    pub fn secret_key(&self, environment: Environment) -> String {
        self.shared.payagency.lock().keys(environment).secret.clone()
    }

    /// The encryption key in force of an environment. That each has its own is assumed.
    pub fn encryption_key(&self, environment: Environment) -> String {
        self.shared.payagency.lock().keys(environment).encryption.clone()
    }

    /// The secret that signs webhooks, unless a mode says the encryption key.
    pub fn webhook_secret(&self) -> String {
        self.shared.payagency.lock().webhook_secret.clone()
    }

    /// Replaces keys, as somebody would in the dashboard; `None` leaves one as it is.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] when the secret key has another environment's prefix, or the other one not 32 bytes.
    pub fn set_keys(
        &self,
        environment: Environment,
        secret_key: Option<String>,
        encryption_key: Option<String>,
    ) -> Result<(), Error> {
        self.shared.payagency.set_keys(environment, secret_key, encryption_key)
    }

    /// Replaces the secret that signs webhooks; events that were caused before keep their signature.
    pub fn set_webhook_secret(&self, secret: impl Into<String>) {
        self.shared.payagency.lock().webhook_secret = secret.into();
    }

    /// How long a payer may stay away until a payment is `ABANDONED`, and how long what is pending takes, for payments
    /// from now on. On the sandbox clock; no document says.
    pub fn set_times(&self, abandon_after: Duration, pending_for: Duration) {
        let settings = &mut self.shared.payagency.lock().settings;
        (settings.abandon_after, settings.pending_for) = (abandon_after, pending_for);
    }

    /// Every payment, oldest first.
    pub fn payments(&self) -> Vec<PaymentRecord> {
        self.shared.payagency.lock().book.payments.iter().map(Payment::record).collect()
    }

    /// The payment with this transaction id or order id: the first one, in either environment.
    pub fn payment(&self, id: &str) -> Option<PaymentRecord> {
        let state = self.shared.payagency.lock();
        let found = Environment::ALL.into_iter().find_map(|environment| state.book.asked(environment, id));
        found.map(Payment::record)
    }

    /// Every payout, oldest first.
    pub fn payouts(&self) -> Vec<PayoutRecord> {
        self.shared.payagency.lock().book.payouts.iter().map(Payout::record).collect()
    }

    /// Every wallet.
    pub fn wallets(&self) -> Vec<WalletRecord> {
        self.shared.payagency.lock().book.wallets.iter().map(Wallet::record).collect()
    }

    /// Every link, oldest first.
    pub fn links(&self) -> Vec<LinkRecord> {
        self.shared.payagency.lock().book.links.iter().map(Link::record).collect()
    }

    /// Every template.
    pub fn templates(&self) -> Vec<Template> {
        self.shared.payagency.lock().book.templates.clone()
    }

    /// Sets what a wallet holds, in main units.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] when there is no such wallet, or this is no amount.
    pub fn set_wallet(&self, wallet_id: &str, amount: &str) -> Result<WalletRecord, Error> {
        self.shared.payagency.set_wallet(wallet_id, amount)
    }

    /// Says where the payers and the webhooks of a template's links go; empty: nowhere.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] when there is no such template.
    pub fn set_template_urls(&self, id: &str, redirect_url: &str, webhook_url: &str) -> Result<Template, Error> {
        self.shared.payagency.set_template(id, |template| {
            let (redirect_url, webhook_url) = (redirect_url.to_owned(), webhook_url.to_owned());
            Ok(Template { redirect_url, webhook_url, ..template.clone() })
        })
    }

    /// Does as a payer who approves: 3-D Secure, an alternative method, or a crypto payment paid exactly. As all five:
    /// answers where the payment stands then; a payment that has ended does not change any more.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] when there is no payment with this transaction id.
    pub fn approve(&self, transaction_id: &str) -> Result<Status, Error> {
        self.decide(transaction_id, Decision::Approve)
    }

    /// Does as a payer who declines.
    ///
    /// # Errors
    ///
    /// As [`approve`](Self::approve).
    pub fn decline(&self, transaction_id: &str) -> Result<Status, Error> {
        self.decide(transaction_id, Decision::Decline)
    }

    /// Does as a payer who closes the page and never comes back.
    ///
    /// # Errors
    ///
    /// As [`approve`](Self::approve).
    pub fn abandon(&self, transaction_id: &str) -> Result<Status, Error> {
        self.decide(transaction_id, Decision::Abandon)
    }

    /// Does as a payer who sends less crypto than was asked for. Changes crypto pay-ins only.
    ///
    /// # Errors
    ///
    /// As [`approve`](Self::approve).
    pub fn pay_under(&self, transaction_id: &str) -> Result<Status, Error> {
        self.decide(transaction_id, Decision::PayUnder)
    }

    /// Does as a payer who sends more crypto than was asked for. Changes crypto pay-ins only.
    ///
    /// # Errors
    ///
    /// As [`approve`](Self::approve).
    pub fn pay_over(&self, transaction_id: &str) -> Result<Status, Error> {
        self.decide(transaction_id, Decision::PayOver)
    }

    /// Charges a payment back; answers whether that changed anything.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] when there is no such payment, or it was not paid.
    pub fn charge_back(&self, transaction_id: &str) -> Result<bool, Error> {
        self.shared.payagency.charge_back(transaction_id, &self.shared.clock)
    }

    /// Sets one mode.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] when there is no such mode or value.
    pub fn set_mode(&self, name: &str, value: &str) -> Result<(), Error> {
        self.shared.payagency.set_modes(&[(name, value)])
    }

    fn decide(&self, transaction_id: &str, decision: Decision) -> Result<Status, Error> {
        let decided = self.shared.payagency.decide(transaction_id, decision);
        decided.map(|decided| decided.status).ok_or_else(no_payment)
    }
}

impl fmt::Debug for PayAgency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PayAgency").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

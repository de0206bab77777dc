//! The handle a test holds on Pagamio's part.

use super::accounts::{ACCOUNTS, Account, MERCHANT, OTHER_MERCHANT, PARTNER, POOR_MERCHANT, SUB_MERCHANT, VENDOR};
use super::routes::BASE;
use crate::Error;
use crate::provider::Provider;
use crate::sandbox::Shared;
use std::fmt;
use std::sync::Arc;

/// Pagamio's part of a running sandbox.
#[derive(Clone)]
pub struct Pagamio {
    shared: Arc<Shared>,
    base_url: String,
}

impl Pagamio {
    pub(crate) fn new(shared: Arc<Shared>, url: &str) -> Self {
        let base_url = format!("{url}/{}{BASE}", super::NAME);
        Self { shared, base_url }
    }

    /// What a client is configured with; ends in `/pagamio/api/v1`.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// A merchant with plenty of float.
    pub fn merchant(&self) -> Account {
        ACCOUNTS[MERCHANT]
    }

    /// A sub-merchant of [`merchant`](Self::merchant), with a float of its own.
    pub fn sub_merchant(&self) -> Account {
        ACCOUNTS[SUB_MERCHANT]
    }

    /// A merchant with R5.00.
    pub fn poor_merchant(&self) -> Account {
        ACCOUNTS[POOR_MERCHANT]
    }

    /// A second merchant, without bill payments and vouchers.
    pub fn other_merchant(&self) -> Account {
        ACCOUNTS[OTHER_MERCHANT]
    }

    /// A vendor: reads everything, buys nothing.
    pub fn vendor(&self) -> Account {
        ACCOUNTS[VENDOR]
    }

    /// A partner: reads everything, buys nothing.
    pub fn partner(&self) -> Account {
        ACCOUNTS[PARTNER]
    }

    /// Sets an account's float to a decimal text in rand, e.g. `"123.45"`; answers it in cents.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] when there is no such account, or the text is no amount with at most two decimals.
    pub fn set_float(&self, account_id: &str, amount: &str) -> Result<i64, Error> {
        self.shared.pagamio.set_float(account_id, amount)
    }

    /// An account's float in cents.
    pub fn float_cents(&self, account_id: &str) -> Option<i64> {
        self.shared.pagamio.float_cents(account_id)
    }

    /// Sets one mode.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] when there is no such mode or value.
    pub fn set_mode(&self, name: &str, value: &str) -> Result<(), Error> {
        self.shared.pagamio.set_modes(&[(name, value)])
    }
}

impl fmt::Debug for Pagamio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pagamio").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

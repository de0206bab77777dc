//! What the books hold: accounts, sales, refunds and payouts.

use serde::Serialize;
use std::fmt;

/// Where a sale stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum SaleState {
    /// Asked for; the customer is not charged yet.
    Open,
    /// Accepted; nobody works on it yet.
    Pending,
    /// Being fulfilled.
    Processing,
    /// Delivered. Final.
    Completed,
    /// Did not happen; the money was given back. Final.
    Failed,
}

impl SaleState {
    /// Whether the state never changes again.
    pub fn is_terminal(self) -> bool {
        matches!(self, Self::Completed | Self::Failed)
    }
}

/// One sale.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Sale {
    /// The caller's own reference.
    pub reference: String,
    /// The provider's id of the sale.
    pub transaction_id: String,
    /// The account that was debited.
    pub merchant: String,
    /// What was sold.
    pub product_code: String,
    /// For how much, in cents.
    pub amount_cents: i64,
    /// Where it stands.
    pub state: SaleState,
    /// How often it stands debited: 1, or 0 once a failed sale's money was given back. More is a bug.
    pub charges: u32,
    /// How many requests arrived with this reference, refused and disturbed ones included.
    pub attempts: u32,
    /// How many of them got a full answer that no fault disturbed.
    pub answered: u32,
    /// Phone, meter or account number: kept to be asked for, never shown.
    #[serde(skip)]
    pub(crate) customer: String,
    #[serde(skip)]
    pub(crate) history: Vec<SaleState>,
    #[serde(skip)]
    pub(crate) issued: Vec<String>,
}

impl fmt::Debug for Sale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sale")
            .field("reference", &self.reference)
            .field("transaction_id", &self.transaction_id)
            .field("merchant", &self.merchant)
            .field("product_code", &self.product_code)
            .field("amount_cents", &self.amount_cents)
            .field("state", &self.state)
            .field("charges", &self.charges)
            .field("attempts", &self.attempts)
            .field("answered", &self.answered)
            .finish_non_exhaustive()
    }
}

/// What an account has left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Balance {
    /// The account id.
    pub account: String,
    /// What it has left, in cents.
    pub float_cents: i64,
    /// Everything ever paid in, in cents.
    pub deposited_cents: i64,
}

/// Money on its way back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Refund {
    /// The provider's id of the refund.
    pub refund_id: String,
    /// The provider's id of the sale.
    pub transaction_id: String,
    /// How much, in cents.
    pub amount_cents: i64,
    /// Where it stands.
    pub state: SaleState,
}

/// Money paid out of an account.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Payout {
    /// The caller's own reference.
    pub reference: String,
    /// The provider's id of the payout.
    pub transaction_id: String,
    /// The account that pays.
    pub account: String,
    /// How much the receiver gets, in cents.
    pub amount_cents: i64,
    /// What it costs beside, in cents.
    pub fee_cents: i64,
    /// Where it stands; from pending on, the account is debited.
    pub state: SaleState,
    /// How often it was paid out: 1, or 0 while it is pending and after a failure. More is a bug.
    pub paid_out: u32,
    /// How many requests arrived with this reference, refused and disturbed ones included.
    pub attempts: u32,
    /// How many of them got a full answer that no fault disturbed.
    pub answered: u32,
    /// The receiver's e-mail address: kept to be asked for, never shown.
    #[serde(skip)]
    pub(crate) customer: String,
    #[serde(skip)]
    pub(crate) history: Vec<SaleState>,
}

impl fmt::Debug for Payout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Payout")
            .field("reference", &self.reference)
            .field("transaction_id", &self.transaction_id)
            .field("account", &self.account)
            .field("amount_cents", &self.amount_cents)
            .field("fee_cents", &self.fee_cents)
            .field("state", &self.state)
            .field("paid_out", &self.paid_out)
            .field("attempts", &self.attempts)
            .field("answered", &self.answered)
            .finish_non_exhaustive()
    }
}

/// One provider's accounts and sales.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ProviderLedger {
    /// Every account that can be debited.
    pub accounts: Vec<Balance>,
    /// Every sale, oldest first.
    pub sales: Vec<Sale>,
    /// Every refund, oldest first.
    pub refunds: Vec<Refund>,
    /// Every payout, oldest first.
    pub payouts: Vec<Payout>,
    /// What the provider's part itself sees broken.
    #[serde(skip)]
    pub(crate) broken: Vec<String>,
}

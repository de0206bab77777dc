//! What is paid: the merchant's order, and how it is remembered without card data.

use pay_core::Money;
use pay_core::provider::Parts;
use serde::{Deserialize, Serialize};
use std::fmt;

/// An order: your id, how much, and what can go with it. The amount is sent exactly as given.
///
/// The order id is unique to you and at least three characters long. Keep it *before* you send: it is what a lost answer is
/// looked up by. What a used one does is not documented, so an error that could mean it leaves the outcome `Unknown`.
#[derive(Clone, PartialEq, Eq)]
pub struct Order {
    pub(crate) id: String,
    pub(crate) money: Money,
    pub(crate) webhook_url: Option<String>,
    pub(crate) terminal_id: Option<String>,
}

impl Order {
    /// An order.
    pub fn new(id: impl Into<String>, money: Money) -> Self {
        Self { id: id.into(), money, webhook_url: None, terminal_id: None }
    }

    /// Where the provider tells what became of it.
    #[must_use]
    pub fn webhook_url(mut self, url: impl Into<String>) -> Self {
        self.webhook_url = Some(url.into());
        self
    }

    /// One connector, such as `T12345`: it bypasses the routing rules of your profile.
    #[must_use]
    pub fn terminal_id(mut self, id: impl Into<String>) -> Self {
        self.terminal_id = Some(id.into());
        self
    }

    /// Your id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// How much.
    pub fn money(&self) -> &Money {
        &self.money
    }

    /// A request of this order, with its money for a journal.
    pub(crate) fn worth(&self, parts: Parts) -> Parts {
        parts.worth(self.money.amount, &self.money.currency)
    }
}

/// A webhook's address may hold a secret.
impl fmt::Debug for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Order")
            .field("id", &self.id)
            .field("money", &self.money)
            .field("terminal_id", &self.terminal_id)
            .finish_non_exhaustive()
    }
}

/// What may be kept of a card payment or a payout before it is sent: enough to look it up, nothing of the card but four digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Intent {
    /// Your order id.
    pub order_id: String,
    /// How much.
    pub money: Money,
    /// The card's last four digits.
    pub last_four: String,
}

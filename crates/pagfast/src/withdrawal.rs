//! Withdrawals by Pix: who is paid how much, and how far it is.

use crate::created::{self, Created};
use crate::generated::operations;
use crate::generated::types::{PixCashOutPayment, PixCashOutRequest, TransactionState};
use crate::order::{Notify, Order, order};
use crate::person::Recipient;
use pay_core::Amount;
use pay_core::decode::DecodeError;
use pay_core::provider::{Answer, Parts};

/// A withdrawal by Pix (saque). `notify` is required.
///
/// PagFast's table calls the order id optional; it is required here, because nothing else could tell later whether a
/// withdrawal whose answer was lost was made. **One order id is one attempt**: what a second one with the same id does is not documented.
///
/// ```
/// use pagfast::{Cpf, NewPixWithdrawal, Notify, PixKey, Recipient};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let to = Recipient::new("Ana Exemplo", Cpf::new("00000000191")?, PixKey::email("ana@example.com"));
/// let withdrawal = NewPixWithdrawal::new("saque-1", "10.50".parse()?, to).notify(Notify::to("https://shop.example/pagfast"));
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPixWithdrawal {
    pub(crate) order: Order,
    recipient: Recipient,
}

impl NewPixWithdrawal {
    /// Pays `amount` to `recipient` under your order id.
    pub fn new(order_id: impl Into<String>, amount: Amount, recipient: Recipient) -> Self {
        Self { order: Order::withdrawal(order_id.into(), amount), recipient }
    }

    order!();

    pub(crate) fn parts(&self) -> Parts {
        let webhook = self.order.notify.clone().unwrap_or_else(|| Notify::to("")).fields();
        let body = PixCashOutRequest {
            payment: PixCashOutPayment {
                recipient: self.recipient.person(),
                key: self.recipient.key(),
                value: self.order.amount,
            },
            transaction: Some(self.order.fields()),
            webhook,
        };
        let parts = operations::pix_cash_out(&body).reference(&self.order.id).worth(self.order.amount, "BRL");
        match self.order.check(true).and_then(|()| self.recipient.check()) {
            Ok(()) => parts,
            Err(mistake) => parts.mistake(mistake),
        }
    }

    pub(crate) fn read(&self, answer: &Answer) -> Result<Withdrawal, DecodeError> {
        Ok(Withdrawal::of(created::read(answer, &self.order)?.created))
    }
}

/// A withdrawal that PagFast took.
///
/// Only the transaction decides: what a creation answers is a hint, and the state in it is assumed from the sister platform.
#[derive(Debug, Clone)]
#[must_use = "a withdrawal may not be paid yet"]
#[allow(clippy::exhaustive_enums)]
pub enum Withdrawal {
    /// Paid.
    Completed(Created),
    /// Taken and not final: `Created`, `Registered`, no state, or one that no document lists.
    Pending(Created),
    /// `Error`, `Cancelled` or `Reversed`.
    Failed(Created),
}

impl Withdrawal {
    fn of(created: Created) -> Self {
        match &created.state {
            Some(TransactionState::Completed) => Self::Completed(created),
            Some(state) if state.is_final() => Self::Failed(created),
            _ => Self::Pending(created),
        }
    }

    /// The transaction, and the answer as it came.
    pub fn created(&self) -> &Created {
        match self {
            Self::Completed(created) | Self::Pending(created) | Self::Failed(created) => created,
        }
    }

    /// PagFast's id; opaque.
    pub fn id(&self) -> &str {
        &self.created().id
    }
}

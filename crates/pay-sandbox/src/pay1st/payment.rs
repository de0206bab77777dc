//! One payment: what was asked for, where it stands, and how it may move.

use super::channels::Channel;
use super::settings::Console;
use serde::Serialize;

/// Where a payment stands, in the provider's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum Status {
    /// Created, nothing processed.
    New,
    /// Being paid, or to be paid later.
    Pending,
    /// Paid. Final.
    Successful,
    /// Not paid. Final.
    Failed,
    /// The customer has cancelled. Final.
    Cancelled,
    /// The customer has left. Final.
    Abandoned,
}

impl Status {
    /// As it stands on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "NEW",
            Self::Pending => "PENDING",
            Self::Successful => "SUCCESSFUL",
            Self::Failed => "FAILED",
            Self::Cancelled => "CANCELLED",
            Self::Abandoned => "ABANDONED",
        }
    }

    /// Whether it never changes again.
    pub fn is_final(self) -> bool {
        !matches!(self, Self::New | Self::Pending)
    }
}

/// What a create call asks for, checked.
pub(super) struct Order {
    pub(super) partner_reference: String,
    pub(super) country: String,
    pub(super) currency: String,
    /// The amount as it was written, and in hundredths.
    pub(super) amount: String,
    pub(super) cents: i64,
    /// JSON as it was sent, to be answered so.
    pub(super) products: String,
    pub(super) metadata: String,
    pub(super) titles: Vec<String>,
    pub(super) skus: Vec<String>,
    pub(super) customer: String,
    /// Where its events and its customer go, where the payment itself says so.
    pub(super) urls: Console,
}

/// A payment that was created.
pub(super) struct Payment {
    pub(super) order: Order,
    pub(super) reference: String,
    pub(super) transaction: String,
    pub(super) status: Status,
    pub(super) history: Vec<Status>,
    pub(super) channel: Option<&'static Channel>,
    pub(super) charges: u32,
    pub(super) fulfilments: u32,
    /// Reported as fulfilled without being paid: never, unless something is broken.
    pub(super) fulfilled_unpaid: bool,
}

impl Payment {
    /// Moves on. `false`: it has ended before, and nothing happens.
    pub(super) fn become_status(&mut self, status: Status) -> bool {
        if self.status.is_final() || self.status == status {
            return false;
        }
        if status == Status::Successful {
            self.charges += 1;
        }
        self.status = status;
        self.history.push(status);
        true
    }

    pub(super) fn record(&self) -> PaymentRecord {
        PaymentRecord {
            reference: self.reference.clone(),
            transaction_reference: self.transaction.clone(),
            partner_reference: self.order.partner_reference.clone(),
            amount: self.order.amount.clone(),
            currency: self.order.currency.clone(),
            country: self.order.country.clone(),
            status: self.status,
            channel_id: self.channel.map(|channel| channel.id),
            charges: self.charges,
            fulfilments: self.fulfilments,
        }
    }
}

/// A payment as a test may look at it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PaymentRecord {
    /// The provider's reference, `C-...-P`.
    pub reference: String,
    /// The reference of its transaction, `C-...-T`; no document says where a partner gets it from.
    pub transaction_reference: String,
    /// The partner's reference.
    pub partner_reference: String,
    /// The amount as it was sent, in major units.
    pub amount: String,
    /// Its currency.
    pub currency: String,
    /// Its country.
    pub country: String,
    /// Where it stands.
    pub status: Status,
    /// The method it was paid by, or was to be paid by.
    pub channel_id: Option<u32>,
    /// How often the customer was charged: 0 or 1 unless something is broken.
    pub charges: u32,
    /// How often its fulfilment was reported.
    pub fulfilments: u32,
}

//! One payment: what was asked for, where it stands, and how it may move on.

use super::account::Environment;
use super::amounts::Amount;
use super::cards::{Behaviour, Card};
use super::status::Status;
use crate::SandboxClock;
use serde::Serialize;
use std::fmt;
use std::time::SystemTime;

/// What kind of payment it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// A card, server to server.
    Card,
    /// The hosted card page.
    HostedCard,
    /// An alternative method.
    Apm,
    /// A payment link.
    Link,
    /// A price paid in crypto.
    CryptoPayin,
    /// Money to crypto.
    OnRamp,
    /// Crypto to money.
    OffRamp,
}

impl Kind {
    /// As lists call it; only `CARD` and `APM` are known.
    pub(super) fn listed(self) -> &'static str {
        match self {
            Self::Card | Self::HostedCard | Self::Link => "CARD",
            Self::Apm => "APM",
            Self::CryptoPayin | Self::OnRamp | Self::OffRamp => "CRYPTO",
        }
    }

    pub(super) fn is_ramp(self) -> bool {
        matches!(self, Self::OnRamp | Self::OffRamp)
    }

    pub(super) fn is_crypto(self) -> bool {
        self.is_ramp() || self == Self::CryptoPayin
    }
}

/// Who pays, or is paid.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Customer {
    pub(super) first_name: String,
    pub(super) last_name: String,
    pub(super) email: String,
    pub(super) country: String,
    pub(super) phone: String,
    pub(super) address: String,
}

impl fmt::Debug for Customer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Customer(..)")
    }
}

/// How much crypto came in, against what was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums)]
pub enum CryptoPaid {
    /// What was asked for.
    Exact,
    /// Less.
    Under,
    /// More.
    Over,
}

/// What a payment has to do with crypto.
#[derive(Clone, Debug, Default)]
pub(super) struct Crypto {
    pub(super) currency: String,
    pub(super) network: Option<String>,
    /// In coins, as a decimal text.
    pub(super) amount: Option<String>,
    pub(super) paid: Option<CryptoPaid>,
}

/// What was asked for, checked.
#[derive(Clone, Debug)]
pub(super) struct Order {
    pub(super) environment: Environment,
    pub(super) kind: Kind,
    pub(super) order_id: Option<String>,
    pub(super) amount: Amount,
    pub(super) currency: String,
    pub(super) customer: Customer,
    pub(super) redirect_url: Option<String>,
    pub(super) webhook_url: Option<String>,
    pub(super) card: Option<Card>,
    pub(super) crypto: Option<Crypto>,
}

/// A payment that was created.
#[derive(Debug)]
pub(super) struct Payment {
    pub(super) order: Order,
    /// `PA` and 16 digits.
    pub(super) id: String,
    pub(super) status: Status,
    pub(super) history: Vec<Status>,
    pub(super) created: SystemTime,
    /// When something happens by itself, and what.
    pub(super) due: Option<(SystemTime, Status)>,
    pub(super) refunded: Option<SystemTime>,
    pub(super) charged_back: Option<SystemTime>,
    pub(super) charges: u32,
}

impl Payment {
    /// Moves on. `false`: it has ended before, and nothing happens.
    pub(super) fn become_status(&mut self, status: Status) -> bool {
        if self.status.is_final() || self.status == status {
            return false;
        }
        if status == Status::Success {
            self.charges += 1;
        }
        self.due = None;
        self.status = status;
        self.history.push(status);
        true
    }

    /// Whether its card wants a 3-D Secure page.
    pub(super) fn wants_three_ds(&self) -> bool {
        let does = self.order.card.as_ref().map(|card| card.does);
        matches!(does, Some(Behaviour::ThreeDs | Behaviour::ThreeDsDeclined))
    }

    /// What the ledger knows it by: the merchant's order id, else the provider's own.
    pub(super) fn reference(&self) -> &str {
        self.order.order_id.as_deref().unwrap_or(&self.id)
    }

    pub(super) fn record(&self) -> PaymentRecord {
        let order = &self.order;
        PaymentRecord {
            transaction_id: self.id.clone(),
            order_id: order.order_id.clone(),
            environment: order.environment,
            kind: order.kind,
            amount: order.amount.text.clone(),
            currency: order.currency.clone(),
            status: self.status,
            card: order.card.as_ref().map(|card| card.masked.clone()),
            crypto_paid: order.crypto.as_ref().and_then(|crypto| crypto.paid),
            charges: self.charges,
            refund_date: self.refunded.map(SandboxClock::text_of),
            chargeback_date: self.charged_back.map(SandboxClock::text_of),
        }
    }
}

/// A payment as a test may look at it: nothing personal, and of a card ten digits at most.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PaymentRecord {
    /// The provider's id.
    pub transaction_id: String,
    /// The merchant's.
    pub order_id: Option<String>,
    /// Test or live.
    pub environment: Environment,
    /// What kind of payment it is.
    pub kind: Kind,
    /// The amount as it was sent.
    pub amount: String,
    /// Its currency.
    pub currency: String,
    /// Where it stands.
    pub status: Status,
    /// Six digits, capital X, four digits.
    pub card: Option<String>,
    /// For crypto pay-ins that were paid: how much came in.
    pub crypto_paid: Option<CryptoPaid>,
    /// How often the customer was charged: 0 or 1 unless something is broken.
    pub charges: u32,
    /// When it was refunded, in sandbox time.
    pub refund_date: Option<String>,
    /// When it was charged back, in sandbox time.
    pub chargeback_date: Option<String>,
}

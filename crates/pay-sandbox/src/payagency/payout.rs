//! Wallets, and payouts out of them.

use super::account::Environment;
use super::amounts::Amount;
use super::book::Tally;
use super::cards::Card;
use super::payment::Customer;
use super::status::Status;
use crate::money::Cents;
use crate::{Balance, SaleState};
use serde::Serialize;
use std::time::SystemTime;

/// A prefunded wallet.
#[derive(Clone, Debug)]
pub(super) struct Wallet {
    pub(super) id: String,
    pub(super) environment: Environment,
    pub(super) currency: String,
    pub(super) cents: Cents,
    /// Everything ever paid in.
    deposited: Cents,
    pub(super) active: bool,
}

impl Wallet {
    pub(super) fn seeded((id, environment, currency, cents, active): (&str, Environment, &str, Cents, bool)) -> Self {
        let (id, currency) = (id.to_owned(), currency.to_owned());
        Self { id, environment, currency, cents, deposited: cents, active }
    }

    /// Sets what is left, as a deposit or a withdrawal.
    pub(super) fn set(&mut self, cents: Cents) {
        self.deposited += cents - self.cents;
        self.cents = cents;
    }

    pub(super) fn balance(&self) -> Balance {
        Balance { account: self.id.clone(), float_cents: self.cents, deposited_cents: self.deposited }
    }

    pub(super) fn record(&self) -> WalletRecord {
        WalletRecord {
            wallet_id: self.id.clone(),
            environment: self.environment,
            currency: self.currency.clone(),
            cents: self.cents,
            active: self.active,
        }
    }
}

/// A wallet as a test may look at it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct WalletRecord {
    /// Its id.
    pub wallet_id: String,
    /// Whose it is.
    pub environment: Environment,
    /// Its currency.
    pub currency: String,
    /// What it holds, in hundredths.
    pub cents: i64,
    /// Whether it pays out.
    pub active: bool,
}

/// A payout that was accepted or blocked.
#[derive(Debug)]
pub(super) struct Payout {
    pub(super) environment: Environment,
    /// `PA` and 16 digits.
    pub(super) id: String,
    pub(super) order_id: Option<String>,
    pub(super) wallet: String,
    pub(super) amount: Amount,
    pub(super) cents: Cents,
    pub(super) fee: Cents,
    pub(super) currency: String,
    pub(super) customer: Customer,
    pub(super) webhook_url: Option<String>,
    pub(super) card: Card,
    pub(super) status: Status,
    pub(super) history: Vec<Status>,
    pub(super) created: SystemTime,
    pub(super) due: Option<(SystemTime, Status)>,
    pub(super) paid_out: u32,
}

impl Payout {
    /// Moves on. `false`: it has ended before, and nothing happens.
    pub(super) fn become_status(&mut self, status: Status) -> bool {
        if self.status.is_final() || self.status == status {
            return false;
        }
        self.paid_out += u32::from(status == Status::Success);
        self.due = None;
        self.status = status;
        self.history.push(status);
        true
    }

    pub(super) fn reference(&self) -> &str {
        self.order_id.as_deref().unwrap_or(&self.id)
    }

    pub(super) fn booked(&self, tally: Tally) -> crate::Payout {
        let state = |status: Status| match status.booked() {
            // The wallet is debited as soon as it is accepted.
            SaleState::Open => SaleState::Pending,
            state => state,
        };
        crate::Payout {
            reference: self.reference().to_owned(),
            transaction_id: self.id.clone(),
            account: self.wallet.clone(),
            amount_cents: self.cents,
            fee_cents: self.fee,
            state: state(self.status),
            paid_out: self.paid_out,
            attempts: tally.attempts,
            answered: tally.answered,
            customer: self.customer.email.clone(),
            history: self.history.iter().map(|status| state(*status)).collect(),
        }
    }

    pub(super) fn record(&self) -> PayoutRecord {
        PayoutRecord {
            transaction_id: self.id.clone(),
            order_id: self.order_id.clone(),
            environment: self.environment,
            wallet_id: self.wallet.clone(),
            amount: self.amount.text.clone(),
            fee_cents: self.fee,
            currency: self.currency.clone(),
            card: self.card.masked.clone(),
            status: self.status,
            paid_out: self.paid_out,
        }
    }
}

/// A payout as a test may look at it: nothing personal, and of the card ten digits at most.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PayoutRecord {
    /// The provider's id.
    pub transaction_id: String,
    /// The merchant's.
    pub order_id: Option<String>,
    /// Test or live.
    pub environment: Environment,
    /// The wallet that pays.
    pub wallet_id: String,
    /// The amount as it was sent.
    pub amount: String,
    /// The fee, in hundredths.
    pub fee_cents: i64,
    /// The currency of both.
    pub currency: String,
    /// Six digits, capital X, four digits.
    pub card: String,
    /// Where it stands.
    pub status: Status,
    /// How often it was paid out: 0 or 1 unless something is broken.
    pub paid_out: u32,
}

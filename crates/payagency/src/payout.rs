//! Payouts to cards, and what they would cost.
//!
//! A payout holds a card number, so it can be neither serialised nor prepared either:
//!
//! ```compile_fail,E0277
//! fn kept(payout: &payagency::Payout) -> String {
//!     serde_json::to_string(payout).unwrap()
//! }
//! ```
//!
//! ```compile_fail,E0277
//! fn kept(estimate: &payagency::Estimate) -> String {
//!     serde_json::to_string(estimate).unwrap()
//! }
//! ```

use crate::card::{Pan, PayoutCard};
use crate::generated::types::{EstimateData, EstimateRequest, PayoutRequest};
use crate::order::{Intent, Order};
use crate::payer::Payer;
use crate::rules::Rules;
use pay_core::Amount;
use std::fmt;

/// A payout to a card, from one of your [wallets](crate::Client::wallets).
#[derive(Clone)]
pub struct Payout {
    pub(crate) order: Order,
    payee: Payer,
    card: PayoutCard,
    wallet_id: String,
}

impl Payout {
    /// Pays `order` out of the wallet to the card of `payee`.
    pub fn new(wallet_id: impl Into<String>, order: Order, payee: Payer, card: PayoutCard) -> Self {
        Self { order, payee, card, wallet_id: wallet_id.into() }
    }

    /// What you may keep of it before you send.
    pub fn intent(&self) -> Intent {
        Intent {
            order_id: self.order.id.clone(),
            money: self.order.money.clone(),
            last_four: self.card.pan.last_four().to_owned(),
        }
    }

    pub(crate) fn check(&self, rules: Rules) -> Result<(), String> {
        rules.given("wallet_id", &self.wallet_id)?;
        rules.order(&self.order)?;
        rules.payer(&self.payee)
    }

    pub(crate) fn request(&self) -> PayoutRequest {
        let (order, payee) = (self.order.clone(), self.payee.clone());
        PayoutRequest {
            wallet_id: self.wallet_id.clone(),
            first_name: payee.first_name,
            last_name: payee.last_name,
            email: payee.email,
            address: payee.address,
            country: payee.country,
            city: payee.city,
            state: payee.state,
            zip: payee.zip,
            ip_address: payee.ip_address,
            phone_number: payee.phone_number,
            amount: order.money.amount,
            currency: order.money.currency,
            card_number: self.card.pan.secret().clone(),
            card_expiry_month: self.card.expiry.month(),
            card_expiry_year: self.card.expiry.year(),
            webhook_url: order.webhook_url,
            order_id: Some(order.id),
            terminal_id: order.terminal_id,
        }
    }
}

impl fmt::Debug for Payout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Payout")
            .field("wallet_id", &self.wallet_id)
            .field("order", &self.order)
            .field("card", &self.card)
            .finish_non_exhaustive()
    }
}

/// A payout to be estimated.
///
/// It is sent plain unless [`sealed`](Self::sealed) says otherwise: the documents and the newest SDK do so, three older SDKs seal
/// it. **The card number then travels with TLS alone around it.**
#[derive(Clone)]
pub struct Estimate {
    wallet_id: String,
    amount: Amount,
    pan: Pan,
    pub(crate) sealed: Option<bool>,
}

impl Estimate {
    /// What it would cost to pay `amount` out of the wallet to the card.
    pub fn new(wallet_id: impl Into<String>, amount: Amount, pan: Pan) -> Self {
        Self { wallet_id: wallet_id.into(), amount, pan, sealed: None }
    }

    /// Whether this one is sealed; the builder's `seal_estimates` decides for the rest.
    #[must_use]
    pub fn sealed(mut self, sealed: bool) -> Self {
        self.sealed = Some(sealed);
        self
    }

    pub(crate) fn check(&self, rules: Rules) -> Result<(), String> {
        rules.given("wallet_id", &self.wallet_id)?;
        rules.amount("amount", self.amount)
    }

    pub(crate) fn request(&self) -> EstimateRequest {
        EstimateRequest {
            wallet_id: self.wallet_id.clone(),
            amount: self.amount,
            card_number: self.pan.secret().clone(),
        }
    }
}

impl fmt::Debug for Estimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Estimate")
            .field("wallet_id", &self.wallet_id)
            .field("amount", &self.amount)
            .field("pan", &self.pan)
            .finish_non_exhaustive()
    }
}

/// What a payout would cost, in the unit that you declared.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Estimated {
    /// What it takes from the wallet, fees included. The provider misspells the member; both spellings are read.
    pub amount_required: Option<Amount>,
    /// What the wallet holds.
    pub wallet_balance: Option<Amount>,
    /// All fees.
    pub total_fee: Option<Amount>,
}

impl From<EstimateData> for Estimated {
    fn from(data: EstimateData) -> Self {
        Self {
            amount_required: data.amount_requried.or(data.amount_required),
            wallet_balance: data.wallet_balance,
            total_fee: data.total_fee,
        }
    }
}

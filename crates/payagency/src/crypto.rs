//! Crypto: ramps and pay-in. Exactly one amount, by the way that crypto goes.

use crate::coin::Coin;
use crate::generated::types::{CryptoDirection, PayinRequest, RampRequest};
use crate::order::Order;
use crate::payer::{Payer, missing_text};
use crate::rules::Rules;
use pay_core::provider::Parts;
use pay_core::{Amount, Money};
use serde::{Serialize, Serializer};
use std::fmt;

/// Which way, and how much.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Way {
    /// Money to crypto.
    On(Money),
    /// Crypto to money of this currency.
    Off(Amount, String),
}

/// A ramp between money and crypto.
#[derive(Clone, PartialEq, Eq)]
pub struct Ramp {
    pub(crate) order_id: String,
    way: Way,
    coin: Coin,
    wallet_address: String,
    payer: Payer,
    redirect_url: String,
    payment_method: Option<String>,
    webhook_url: Option<String>,
    terminal_id: Option<String>,
}

/// Where a ramp's crypto goes or comes from, and where the browser goes afterwards.
#[derive(Clone, PartialEq, Eq)]
pub struct RampEnds {
    wallet_address: String,
    redirect_url: String,
}

impl RampEnds {
    /// The address of the crypto wallet; the payer's browser goes to `redirect_url` afterwards, which is given next.
    pub fn wallet(address: impl Into<String>) -> Self {
        Self { wallet_address: address.into(), redirect_url: String::new() }
    }

    /// Where the payer's browser goes afterwards. Required.
    #[must_use]
    pub fn redirect_url(mut self, url: impl Into<String>) -> Self {
        self.redirect_url = url.into();
        self
    }
}

impl Ramp {
    /// Buys crypto for the order's money.
    pub fn on(order: Order, payer: Payer, coin: Coin, ends: RampEnds) -> Self {
        let way = Way::On(order.money);
        Self::new(order.id, way, payer, coin, ends).carrying(order.webhook_url, order.terminal_id)
    }

    /// Sells `amount` of `coin` for money of `currency`; the amount is in coins.
    pub fn off(order: OffRampOrder, payer: Payer, coin: Coin, ends: RampEnds) -> Self {
        let way = Way::Off(order.amount, order.currency);
        Self::new(order.id, way, payer, coin, ends).carrying(order.webhook_url, order.terminal_id)
    }

    fn new(order_id: String, way: Way, payer: Payer, coin: Coin, ends: RampEnds) -> Self {
        let RampEnds { wallet_address, redirect_url } = ends;
        let (payment_method, webhook_url, terminal_id) = (None, None, None);
        Self { order_id, way, coin, wallet_address, payer, redirect_url, payment_method, webhook_url, terminal_id }
    }

    fn carrying(mut self, webhook_url: Option<String>, terminal_id: Option<String>) -> Self {
        self.webhook_url = webhook_url;
        self.terminal_id = terminal_id;
        self
    }

    /// `CARD`, `BANK` or `WALLET`, as the page has it; no SDK sends it.
    #[must_use]
    pub fn payment_method(mut self, method: impl Into<String>) -> Self {
        self.payment_method = Some(method.into());
        self
    }

    pub(crate) fn check(&self, rules: Rules) -> Result<(), String> {
        rules.order_id(&self.order_id)?;
        match &self.way {
            Way::On(money) => {
                rules.amount("fiat_amount", money.amount)?;
                rules.currency("fiat_currency", &money.currency)?;
            }
            Way::Off(coins, currency) => {
                if !coins.is_positive() {
                    return Err("`crypto_amount` must be greater than zero".to_owned());
                }
                rules.currency("fiat_currency", currency)?;
            }
        }
        self.coin.check(rules)?;
        rules.given("wallet_address", &self.wallet_address)?;
        rules.given("redirect_url", &self.redirect_url)?;
        rules.ramp_payer(&self.payer)
    }

    /// A request of this ramp, with its money or its coins for a journal.
    pub(crate) fn worth(&self, parts: Parts) -> Parts {
        match &self.way {
            Way::On(money) => parts.worth(money.amount, &money.currency),
            Way::Off(coins, _) => parts.worth(*coins, &self.coin.currency),
        }
    }

    pub(crate) fn request(&self) -> RampRequest {
        let payer = self.payer.clone();
        let (transaction_type, fiat_currency, fiat_amount, crypto_amount) = match &self.way {
            Way::On(money) => (CryptoDirection::OnRamp, money.currency.clone(), Some(money.amount), None),
            Way::Off(coins, currency) => (CryptoDirection::OffRamp, currency.clone(), None, Some(*coins)),
        };
        RampRequest {
            transaction_type,
            first_name: payer.first_name,
            last_name: payer.last_name,
            phone_number: payer.phone_number,
            email: payer.email,
            ip_address: payer.ip_address,
            country: payer.country,
            fiat_currency,
            crypto_currency: self.coin.currency.clone(),
            crypto_network: Some(self.coin.network.clone()),
            fiat_amount,
            crypto_amount,
            wallet_address: self.wallet_address.clone(),
            payment_method: self.payment_method.clone(),
            redirect_url: self.redirect_url.clone(),
            webhook_url: self.webhook_url.clone(),
            order_id: Some(self.order_id.clone()),
            terminal_id: self.terminal_id.clone(),
        }
    }
}

/// An order whose amount is in coins: what an off-ramp sells.
#[derive(Clone, PartialEq, Eq)]
pub struct OffRampOrder {
    id: String,
    amount: Amount,
    currency: String,
    webhook_url: Option<String>,
    terminal_id: Option<String>,
}

impl OffRampOrder {
    /// An order of `coins`; the money's currency follows with [`into_currency`](Self::into_currency).
    pub fn new(id: impl Into<String>, coins: Amount) -> Self {
        Self { id: id.into(), amount: coins, currency: String::new(), webhook_url: None, terminal_id: None }
    }

    /// The ISO 4217 code of the money. Required.
    #[must_use]
    pub fn into_currency(mut self, code: impl Into<String>) -> Self {
        self.currency = code.into();
        self
    }

    /// Where the provider tells what became of it.
    #[must_use]
    pub fn webhook_url(mut self, url: impl Into<String>) -> Self {
        self.webhook_url = Some(url.into());
        self
    }

    /// One connector.
    #[must_use]
    pub fn terminal_id(mut self, id: impl Into<String>) -> Self {
        self.terminal_id = Some(id.into());
        self
    }
}

/// A payment in crypto for a price in money.
///
/// `SUCCESS` is not the end of it: where `crypto_payment_status` comes with it, too little or too much may have been paid, and
/// the payment is [`Pending`](crate::Payment::Pending) until you have looked.
#[derive(Clone, PartialEq, Eq)]
pub struct Payin {
    pub(crate) order: Order,
    payer: Payer,
    coin: Coin,
    redirect_url: String,
}

impl Payin {
    /// Takes the order's price in `coin`; the payer's browser goes to `redirect_url` afterwards. The payer needs an address line.
    pub fn new(order: Order, payer: Payer, coin: Coin, redirect_url: impl Into<String>) -> Self {
        Self { order, payer, coin, redirect_url: redirect_url.into() }
    }

    pub(crate) fn check(&self, rules: Rules) -> Result<(), String> {
        rules.order(&self.order)?;
        rules.country(&self.payer.country)?;
        if self.payer.address.trim().is_empty() {
            return Err(missing_text(&["address"]));
        }
        self.coin.check(rules)?;
        rules.given("redirect_url", &self.redirect_url)
    }

    pub(crate) fn request(&self) -> PayinRequest {
        let (order, payer) = (self.order.clone(), self.payer.clone());
        PayinRequest {
            first_name: payer.first_name,
            last_name: payer.last_name,
            email: payer.email,
            ip_address: payer.ip_address,
            phone_number: payer.phone_number,
            address: payer.address,
            amount: order.money.amount,
            currency: order.money.currency,
            crypto_currency: self.coin.currency.clone(),
            crypto_network: Some(self.coin.network.clone()),
            country: Some(payer.country),
            order_id: Some(order.id),
            redirect_url: self.redirect_url.clone(),
            webhook_url: order.webhook_url,
            terminal_id: order.terminal_id,
        }
    }
}

/// As it is sent, before it is sealed: it holds personal data.
impl Serialize for Ramp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.request().serialize(serializer)
    }
}

/// As it is sent, before it is sealed: it holds personal data.
impl Serialize for Payin {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.request().serialize(serializer)
    }
}

impl fmt::Debug for Ramp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ramp")
            .field("order_id", &self.order_id)
            .field("way", &self.way)
            .field("coin", &self.coin)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for RampEnds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RampEnds([REDACTED])")
    }
}

impl fmt::Debug for OffRampOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OffRampOrder")
            .field("id", &self.id)
            .field("amount", &self.amount)
            .field("currency", &self.currency)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Payin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Payin").field("order", &self.order).field("coin", &self.coin).finish_non_exhaustive()
    }
}

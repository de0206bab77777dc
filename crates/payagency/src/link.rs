//! Payment links: for money, and for crypto.

use crate::coin::Coin;
use crate::generated::types::{CryptoDirection, CryptoLinkRequest, PaymentLinkRequest};
use crate::rules::Rules;
use pay_core::{Amount, Money};
use serde::{Serialize, Serializer};

/// A payment link. Payer, return address and webhook come from the template.
///
/// With a live key a template is required; with a test key neither template nor terminal may be named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentLink {
    pub(crate) order_id: String,
    template_id: Option<String>,
    money: Option<Money>,
    expiry_date: Option<String>,
    terminal_id: Option<String>,
    pub(crate) sealed: Option<bool>,
}

impl PaymentLink {
    /// A link for an order of yours. Without a price, the payer is asked for one (assumed).
    pub fn new(order_id: impl Into<String>) -> Self {
        Self {
            order_id: order_id.into(),
            template_id: None,
            money: None,
            expiry_date: None,
            terminal_id: None,
            sealed: None,
        }
    }

    /// The template: `payment_template_id` of [`payment_templates`](crate::Client::payment_templates).
    #[must_use]
    pub fn template(mut self, payment_template_id: impl Into<String>) -> Self {
        self.template_id = Some(payment_template_id.into());
        self
    }

    /// The price.
    #[must_use]
    pub fn price(mut self, money: Money) -> Self {
        self.money = Some(money);
        self
    }

    /// The last day of the link, as `YYYY-MM-DD`.
    #[must_use]
    pub fn expires_on(mut self, day: impl Into<String>) -> Self {
        self.expiry_date = Some(day.into());
        self
    }

    /// One connector.
    #[must_use]
    pub fn terminal_id(mut self, id: impl Into<String>) -> Self {
        self.terminal_id = Some(id.into());
        self
    }

    /// Whether this one is sealed; the builder's `seal_payment_links` decides for the rest. The documents and three SDKs send it
    /// plain, one SDK seals it.
    #[must_use]
    pub fn sealed(mut self, sealed: bool) -> Self {
        self.sealed = Some(sealed);
        self
    }

    pub(crate) fn check(&self, rules: Rules) -> Result<(), String> {
        rules.order_id(&self.order_id)?;
        if let Some(money) = &self.money {
            rules.amount("amount", money.amount)?;
            rules.currency("currency", &money.currency)?;
        }
        rules.day("expiry_date", self.expiry_date.as_deref())?;
        rules.link_ids(self.template_id.as_deref(), self.terminal_id.as_deref())
    }

    pub(crate) fn request(&self) -> PaymentLinkRequest {
        PaymentLinkRequest {
            payment_template_id: self.template_id.clone(),
            amount: self.money.as_ref().map(|money| money.amount),
            currency: self.money.as_ref().map(|money| money.currency.clone()),
            expiry_date: self.expiry_date.clone(),
            terminal_id: self.terminal_id.clone(),
            order_id: Some(self.order_id.clone()),
        }
    }
}

impl Serialize for PaymentLink {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.request().serialize(serializer)
    }
}

/// What a crypto link asks for: exactly one amount, by the way that crypto goes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CryptoLinkOf {
    /// Buys crypto for this money.
    OnRamp(Money),
    /// Sells this many coins for money of this ISO 4217 code.
    OffRamp(Amount, String),
    /// Takes this price in crypto.
    PayIn(Money),
}

/// A crypto payment link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CryptoLink {
    pub(crate) order_id: String,
    template_id: String,
    of: CryptoLinkOf,
    coin: Coin,
    terminal_id: Option<String>,
    expiry_date: Option<String>,
}

impl CryptoLink {
    /// A link for an order of yours; its template follows with [`template`](Self::template). The network of `coin` is not sent.
    pub fn new(order_id: impl Into<String>, of: CryptoLinkOf, coin: Coin) -> Self {
        Self { order_id: order_id.into(), template_id: String::new(), of, coin, terminal_id: None, expiry_date: None }
    }

    /// The template. Required.
    #[must_use]
    pub fn template(mut self, payment_template_id: impl Into<String>) -> Self {
        self.template_id = payment_template_id.into();
        self
    }

    /// One connector.
    #[must_use]
    pub fn terminal_id(mut self, id: impl Into<String>) -> Self {
        self.terminal_id = Some(id.into());
        self
    }

    /// The last day of the link, as `YYYY-MM-DD`.
    #[must_use]
    pub fn expires_on(mut self, day: impl Into<String>) -> Self {
        self.expiry_date = Some(day.into());
        self
    }

    pub(crate) fn check(&self, rules: Rules) -> Result<(), String> {
        rules.order_id(&self.order_id)?;
        rules.given("payment_template_id", &self.template_id)?;
        rules.given("crypto_currency", &self.coin.currency)?;
        match &self.of {
            CryptoLinkOf::OnRamp(money) | CryptoLinkOf::PayIn(money) => {
                rules.amount("fiat_amount", money.amount)?;
                rules.currency("fiat_currency", &money.currency)?;
            }
            CryptoLinkOf::OffRamp(coins, currency) => {
                if !coins.is_positive() {
                    return Err("`crypto_amount` must be greater than zero".to_owned());
                }
                rules.currency("fiat_currency", currency)?;
            }
        }
        rules.day("expiry_date", self.expiry_date.as_deref())
    }

    pub(crate) fn request(&self) -> CryptoLinkRequest {
        let (transaction_type, fiat_amount, crypto_amount, currency) = match &self.of {
            CryptoLinkOf::OnRamp(money) => (CryptoDirection::OnRamp, Some(money.amount), None, &money.currency),
            CryptoLinkOf::PayIn(money) => (CryptoDirection::PayIn, Some(money.amount), None, &money.currency),
            CryptoLinkOf::OffRamp(coins, currency) => (CryptoDirection::OffRamp, None, Some(*coins), currency),
        };
        CryptoLinkRequest {
            payment_template_id: self.template_id.clone(),
            transaction_type,
            fiat_amount,
            crypto_amount,
            fiat_currency: Some(currency.clone()),
            crypto_currency: Some(self.coin.currency.clone()),
            order_id: Some(self.order_id.clone()),
            terminal_id: self.terminal_id.clone(),
            expiry_date: self.expiry_date.clone(),
        }
    }
}

impl Serialize for CryptoLink {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.request().serialize(serializer)
    }
}

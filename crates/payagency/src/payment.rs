//! Payments: with a card that you hold, and on a page of the provider.
//!
//! A card payment can be neither serialised nor prepared for an outbox: card data may not lie in one.
//!
//! ```
//! # use payagency::{Card, CardPayment, Cvv, Expiry, Money, Order, Pan, Payer};
//! # fn payment(payer: Payer) -> Result<CardPayment, payagency::Error> {
//! # let card = Card::new(Pan::new("4111 1111 1111 1111")?, Expiry::new(12, 2030)?, Cvv::new("123")?);
//! # let order = Order::new("ORDER-1", Money { amount: "10".parse().unwrap(), currency: "GBP".into() });
//! let payment = CardPayment::new(order, payer, card, "https://shop.example/back");
//! let kept = serde_json::to_string(&payment.intent()).unwrap();
//! # Ok(payment) }
//! ```
//!
//! The same with the payment itself does not compile:
//!
//! ```compile_fail,E0277
//! # use payagency::{Card, CardPayment, Cvv, Expiry, Money, Order, Pan, Payer};
//! # fn payment(payer: Payer) -> Result<CardPayment, payagency::Error> {
//! # let card = Card::new(Pan::new("4111 1111 1111 1111")?, Expiry::new(12, 2030)?, Cvv::new("123")?);
//! # let order = Order::new("ORDER-1", Money { amount: "10".parse().unwrap(), currency: "GBP".into() });
//! let payment = CardPayment::new(order, payer, card, "https://shop.example/back");
//! let kept = serde_json::to_string(&payment).unwrap();
//! # Ok(payment) }
//! ```

use crate::card::Card;
use crate::generated::types::{CardRequest, PagePaymentRequest};
use crate::order::{Intent, Order};
use crate::payer::Payer;
use crate::rules::Rules;
use serde::{Serialize, Serializer};
use std::fmt;

/// A card payment, server to server. It ends as [`Payment`](crate::Payment): 3-D Secure comes as a redirect.
///
/// Whoever takes card numbers is in scope of PCI DSS: the guide tells what that means, and what hosted pages spare you.
#[derive(Clone)]
pub struct CardPayment {
    pub(crate) order: Order,
    payer: Payer,
    card: Card,
    redirect_url: String,
}

impl CardPayment {
    /// A payment of `order` by `payer` with `card`; the payer's browser goes to `redirect_url` afterwards.
    pub fn new(order: Order, payer: Payer, card: Card, redirect_url: impl Into<String>) -> Self {
        Self { order, payer, card, redirect_url: redirect_url.into() }
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
        rules.order(&self.order)?;
        rules.payer(&self.payer)?;
        rules.given("redirect_url", &self.redirect_url)
    }

    pub(crate) fn request(&self) -> CardRequest {
        let (order, payer) = (self.order.clone(), self.payer.clone());
        CardRequest {
            first_name: payer.first_name,
            last_name: payer.last_name,
            email: payer.email,
            address: payer.address,
            country: payer.country,
            city: payer.city,
            state: payer.state,
            zip: payer.zip,
            ip_address: payer.ip_address,
            phone_number: payer.phone_number,
            amount: order.money.amount,
            currency: order.money.currency,
            card_number: self.card.pan.secret().clone(),
            card_expiry_month: self.card.expiry.month(),
            card_expiry_year: self.card.expiry.year(),
            card_cvv: self.card.cvv.secret().clone(),
            redirect_url: self.redirect_url.clone(),
            webhook_url: order.webhook_url,
            order_id: Some(order.id),
            terminal_id: order.terminal_id,
        }
    }
}

impl fmt::Debug for CardPayment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CardPayment").field("order", &self.order).field("card", &self.card).finish_non_exhaustive()
    }
}

/// A payment on a page of the provider: its card page, or an alternative method's. No card data passes through you.
#[derive(Clone, PartialEq, Eq)]
pub struct PagePayment {
    pub(crate) order: Order,
    payer: Payer,
    redirect_url: String,
}

impl PagePayment {
    /// A payment of `order` by `payer`; the payer's browser goes to `redirect_url` afterwards.
    pub fn new(order: Order, payer: Payer, redirect_url: impl Into<String>) -> Self {
        Self { order, payer, redirect_url: redirect_url.into() }
    }

    pub(crate) fn check(&self, rules: Rules) -> Result<(), String> {
        rules.order(&self.order)?;
        rules.payer(&self.payer)?;
        rules.given("redirect_url", &self.redirect_url)
    }

    pub(crate) fn request(&self) -> PagePaymentRequest {
        let (order, payer) = (self.order.clone(), self.payer.clone());
        PagePaymentRequest {
            first_name: payer.first_name,
            last_name: payer.last_name,
            email: payer.email,
            address: payer.address,
            country: payer.country,
            city: payer.city,
            state: payer.state,
            zip: payer.zip,
            ip_address: payer.ip_address,
            phone_number: payer.phone_number,
            amount: order.money.amount,
            currency: order.money.currency,
            redirect_url: self.redirect_url.clone(),
            webhook_url: order.webhook_url,
            order_id: Some(order.id),
            terminal_id: order.terminal_id,
        }
    }
}

/// As it is sent, before it is sealed: it holds personal data.
impl Serialize for PagePayment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.request().serialize(serializer)
    }
}

impl fmt::Debug for PagePayment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PagePayment").field("order", &self.order).finish_non_exhaustive()
    }
}

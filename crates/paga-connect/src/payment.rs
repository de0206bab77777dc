//! Merchant payments: the request as a plain value, in all forms that sources show.

use crate::generated::operations::{self, MERCHANT_PAYMENT};
use crate::generated::types::{MerchantPaymentForm, MerchantPaymentResult};
use crate::judge::PAYMENT;
use crate::path;
use crate::result::{OperationResult, same};
use crate::style::{DottedValue, PaymentForm, Style};
use pay_core::Amount;
use pay_core::decode::DecodeError;
use pay_core::provider::{Answer, Parts};
use serde::{Serialize, Serializer};
use std::fmt;

/// The two references of a payment.
#[derive(Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "two texts whose order nobody should have to know")]
pub struct PaymentReferences {
    /// Your unique id of this one intent to charge: make and keep it before you send, and never use it for another.
    pub reference: String,
    /// Your id of the customer, such as a telephone number, an e-mail address or a number of your own. Personal: it does not print.
    pub customer: String,
}

/// A charge of the user's wallet in your favour.
#[derive(Clone, PartialEq, Eq)]
pub struct MerchantPayment {
    references: PaymentReferences,
    amount: Amount,
    product_code: Option<String>,
    currency: Option<String>,
}

impl MerchantPayment {
    /// A payment of `amount` naira (not kobo): more than nothing, with at most two decimals.
    pub fn new(references: PaymentReferences, amount: Amount) -> Self {
        Self { references, amount, product_code: None, currency: None }
    }

    /// A code by which you can verify your payments.
    #[must_use]
    pub fn product_code(mut self, code: impl Into<String>) -> Self {
        self.product_code = Some(code.into());
        self
    }

    /// The currency, which can only be `NGN`. In a path it goes with a product code alone: no source shows another.
    #[must_use]
    pub fn currency(mut self, currency: impl Into<String>) -> Self {
        self.currency = Some(currency.into());
        self
    }

    /// Your reference.
    pub fn reference(&self) -> &str {
        &self.references.reference
    }

    /// How much, in naira.
    pub fn amount(&self) -> Amount {
        self.amount
    }

    pub(crate) fn parts(&self, style: Style) -> Parts {
        let (form, warn) = self.form(style);
        if let Some(mistake) = self.mistake(style, form) {
            return Parts::new(&MERCHANT_PAYMENT).reference(self.reference()).mistake(mistake);
        }
        if warn {
            path::warn_of_dot("merchant_payment", self.reference());
        }
        let PaymentReferences { reference, customer } = &self.references;
        let (reference, customer, amount) = (reference.as_str(), customer.as_str(), self.amount.to_string());
        let (product, currency) = (self.product_code.as_deref(), self.currency.as_deref());
        let v3 = form == PaymentForm::PathV3;
        let parts = match (product, currency) {
            _ if form == PaymentForm::Body => operations::merchant_payment_form(&self.as_form()),
            (Some(product), Some(currency)) if v3 => {
                operations::merchant_payment_v3_currency(reference, &amount, customer, product, currency)
            }
            (Some(product), Some(currency)) => {
                operations::merchant_payment_currency(reference, &amount, customer, product, currency)
            }
            (Some(product), None) if v3 => {
                operations::merchant_payment_v3_product(reference, &amount, customer, product)
            }
            (Some(product), None) => operations::merchant_payment_product(reference, &amount, customer, product),
            (None, _) if v3 => operations::merchant_payment_v3(reference, &amount, customer),
            (None, _) => operations::merchant_payment(reference, &amount, customer),
        };
        parts.reference(reference).worth(self.amount, "NGN")
    }

    /// How it is sent, and whether a dot at the end of a path is to be warned of.
    fn form(&self, style: Style) -> (PaymentForm, bool) {
        if style.payment == PaymentForm::Body || !path::could_be_cut(self.last()) {
            return (style.payment, false);
        }
        match style.dotted {
            DottedValue::SendForm => (PaymentForm::Body, false),
            DottedValue::Warn => (style.payment, true),
        }
    }

    /// The value that stands last in a path.
    fn last(&self) -> &str {
        let optional = self.currency.as_deref().or(self.product_code.as_deref());
        optional.unwrap_or(&self.references.customer)
    }

    fn mistake(&self, style: Style, form: PaymentForm) -> Option<String> {
        let in_form = form == PaymentForm::Body;
        let value = |value: &str| match path::mistake(value) {
            // A form carries what a path cannot.
            Some(_) if in_form && !value.is_empty() && !value.chars().any(char::is_control) => None,
            other => other,
        };
        let named = |name: &str, why: &str| Some(format!("{name} {why}"));
        if let Some(why) = path::reference_mistake(style.references, self.reference()) {
            return named("the reference", why);
        }
        if let Some(why) = path::amount_mistake(self.amount) {
            return named("the amount", why);
        }
        if let Some(why) = value(&self.references.customer) {
            return named("the reference of the customer", why);
        }
        if let Some(why) = self.product_code.as_deref().and_then(value) {
            return named("the product code", why);
        }
        match self.currency.as_deref() {
            Some(currency) if currency != "NGN" => named("the currency", "can only be NGN, as far as any source says"),
            Some(_) if self.product_code.is_none() && !in_form => {
                named("a currency", "without a product code has no path in any source: add one, or leave it out")
            }
            _ => None,
        }
    }

    fn as_form(&self) -> MerchantPaymentForm {
        MerchantPaymentForm {
            reference_number: self.references.reference.clone(),
            amount: self.amount,
            merchant_customer_reference: self.references.customer.clone(),
            merchant_product_code: self.product_code.clone(),
            currency: self.currency.clone(),
        }
    }

    pub(crate) fn read(&self, answer: &Answer) -> Result<MerchantPaymentResult, DecodeError> {
        let result: MerchantPaymentResult = OperationResult::read(&answer.body, PAYMENT)?.model()?;
        same("amount", result.amount.is_none_or(|amount| amount == self.amount))?;
        same("currency", result.currency.as_deref().is_none_or(is_naira))?;
        Ok(result)
    }
}

/// Whether a currency of an answer is the one that everything is in.
pub(crate) fn is_naira(currency: &str) -> bool {
    currency.is_empty() || currency == "NGN"
}

/// As the form that can be sent.
impl Serialize for MerchantPayment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_form().serialize(serializer)
    }
}

/// The customer's reference is personal.
impl fmt::Debug for PaymentReferences {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PaymentReferences").field("reference", &self.reference).finish_non_exhaustive()
    }
}

/// The customer's reference is personal.
impl fmt::Debug for MerchantPayment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MerchantPayment")
            .field("reference", &self.references.reference)
            .field("amount", &self.amount)
            .field("product_code", &self.product_code)
            .field("currency", &self.currency)
            .finish_non_exhaustive()
    }
}

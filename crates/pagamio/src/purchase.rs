//! A purchase: the request as a plain value.

use crate::operations::PURCHASE;
use pay_core::provider::Parts;
use pay_core::{Amount, money};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;

/// A purchase of airtime, data, electricity, a voucher or a bill payment.
///
/// The amount is in rand and is sent exactly as given. The reference is the idempotency key: keep it with your order
/// *before* you send, and use it again for the same sale. Source: the purchase page of the API reference.
#[derive(Clone, PartialEq)]
pub struct Purchase {
    product_code: String,
    amount: Amount,
    mobile_number: Option<String>,
    meter_number: Option<String>,
    fields: BTreeMap<String, FieldValue>,
    payment_method: String,
    channel_id: Option<String>,
    reference: Option<String>,
    any_reference: bool,
    additional_info: BTreeMap<String, FieldValue>,
}

/// The value of a field that a category's metadata names.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum FieldValue {
    /// A JSON string.
    Text(String),
    /// A JSON number, to the last digit.
    Number(Amount),
    /// A JSON boolean.
    Flag(bool),
}

/// A text can be an account number.
impl fmt::Debug for FieldValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "Text({} bytes)", text.len()),
            Self::Number(number) => f.debug_tuple("Number").field(number).finish(),
            Self::Flag(flag) => f.debug_tuple("Flag").field(flag).finish(),
        }
    }
}

impl From<&str> for FieldValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for FieldValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Amount> for FieldValue {
    fn from(number: Amount) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for FieldValue {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl Serialize for FieldValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Number(number) => money::number::serialize(number, serializer),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
        }
    }
}

/// Fields that have a method of their own: a field of metadata cannot override them.
const OWN: [&str; 8] = [
    "productCode",
    "amount",
    "mobileNumber",
    "meterNumber",
    "paymentMethod",
    "channelId",
    "merchantReference",
    "additionalInfo",
];

impl Purchase {
    /// Any product: what its category's metadata asks for is added with [`field`](Self::field).
    pub fn new(product_code: impl Into<String>, amount: Amount) -> Self {
        Self {
            product_code: product_code.into(),
            amount,
            mobile_number: None,
            meter_number: None,
            fields: BTreeMap::new(),
            // The only value that the documents ever show.
            payment_method: "cash".to_owned(),
            channel_id: None,
            reference: None,
            any_reference: false,
            additional_info: BTreeMap::new(),
        }
    }

    /// Airtime, data, minutes or SMS for a mobile number in the form `+27...`.
    pub fn airtime(product_code: impl Into<String>, amount: Amount, mobile_number: impl Into<String>) -> Self {
        Self { mobile_number: Some(mobile_number.into()), ..Self::new(product_code, amount) }
    }

    /// Prepaid electricity for a meter.
    pub fn electricity(product_code: impl Into<String>, amount: Amount, meter_number: impl Into<String>) -> Self {
        Self { meter_number: Some(meter_number.into()), ..Self::new(product_code, amount) }
    }

    /// A bill payment to a consumer's account at the biller.
    pub fn bill(product_code: impl Into<String>, amount: Amount, account_number: impl Into<String>) -> Self {
        Self::new(product_code, amount).field("accountNumber", account_number.into())
    }

    /// The idempotency key: 1 to 64 characters of `A-Z a-z 0-9 . _ -`. The provider names no rule; this one is ours.
    #[must_use]
    pub fn reference(mut self, reference: impl Into<String>) -> Self {
        self.reference = Some(reference.into());
        self
    }

    /// An idempotency key that our own rule for references would refuse.
    #[must_use]
    pub fn any_reference(mut self, reference: impl Into<String>) -> Self {
        self.any_reference = true;
        self.reference(reference)
    }

    /// Another payment method than `cash`.
    #[must_use]
    pub fn payment_method(mut self, method: impl Into<String>) -> Self {
        self.payment_method = method.into();
        self
    }

    /// Another channel than the client's.
    #[must_use]
    pub fn channel(mut self, channel_id: impl Into<String>) -> Self {
        self.channel_id = Some(channel_id.into());
        self
    }

    /// A field that the category's metadata names. Typed fields cannot be overridden.
    #[must_use]
    pub fn field(mut self, name: impl Into<String>, value: impl Into<FieldValue>) -> Self {
        self.fields.insert(name.into(), value.into());
        self
    }

    /// A key of `additionalInfo`.
    #[must_use]
    pub fn additional_info(mut self, name: impl Into<String>, value: impl Into<FieldValue>) -> Self {
        self.additional_info.insert(name.into(), value.into());
        self
    }

    /// The reference, if one was given.
    pub fn merchant_reference(&self) -> Option<&str> {
        self.reference.as_deref()
    }

    /// The amount in rand.
    pub fn amount(&self) -> Amount {
        self.amount
    }

    /// The product code.
    pub fn product_code(&self) -> &str {
        &self.product_code
    }

    fn mistake(&self) -> Option<String> {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if self.product_code.trim().is_empty() {
            return Some("`productCode` is empty".into());
        }
        if !self.amount.is_positive() || self.amount.decimals() > 2 {
            return Some("`amount` must be greater than zero with at most two decimals".into());
        }
        if self.mobile_number.as_deref().is_some_and(|number| !number.strip_prefix("+27").is_some_and(digits)) {
            return Some("`mobileNumber` must be in the form +27...".into());
        }
        if self.meter_number.as_deref().is_some_and(|number| !digits(number)) {
            return Some("`meterNumber` must be digits".into());
        }
        if let Some(name) = self.fields.keys().find(|name| OWN.contains(&name.as_str()) || name.is_empty()) {
            return Some(format!("the field `{name}` has a method of its own"));
        }
        match self.reference.as_deref() {
            None => Some("`reference` is missing: without it a resend could charge twice".into()),
            Some("") => Some("`reference` is empty".into()),
            Some(_) if self.any_reference => None,
            Some(text) => {
                let fits = text.len() <= 64 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
                (!fits).then(|| "`reference` must be 1 to 64 characters of A-Z a-z 0-9 . _ - (our own rule: `any_reference` lifts it)".into())
            }
        }
    }

    pub(crate) fn parts(mut self, channel: &str) -> Parts {
        self.channel_id.get_or_insert_with(|| channel.to_owned());
        let mut parts = Parts::new(&PURCHASE).json(&self);
        if let Some(reference) = &self.reference {
            parts = parts.reference(reference);
        }
        match self.mistake() {
            Some(mistake) => parts.mistake(mistake),
            None => parts,
        }
    }
}

/// The wire form. Written by hand: a map of further fields would lose money's digits through `flatten`.
impl Serialize for Purchase {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("productCode", &self.product_code)?;
        map.serialize_entry("amount", &FieldValue::Number(self.amount))?;
        for (name, value) in [("mobileNumber", &self.mobile_number), ("meterNumber", &self.meter_number)] {
            if let Some(value) = value {
                map.serialize_entry(name, value)?;
            }
        }
        for (name, value) in &self.fields {
            map.serialize_entry(name, value)?;
        }
        map.serialize_entry("paymentMethod", &self.payment_method)?;
        for (name, value) in [("channelId", &self.channel_id), ("merchantReference", &self.reference)] {
            if let Some(value) = value {
                map.serialize_entry(name, value)?;
            }
        }
        // Empty members are left out: https://vas-api-docs.pagamio.tech/docs/security/best-practices
        if !self.additional_info.is_empty() {
            map.serialize_entry("additionalInfo", &self.additional_info)?;
        }
        map.end()
    }
}

/// Phone, meter and account numbers are personal.
impl fmt::Debug for Purchase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Purchase")
            .field("product_code", &self.product_code)
            .field("amount", &self.amount)
            .field("reference", &self.reference)
            .finish_non_exhaustive()
    }
}

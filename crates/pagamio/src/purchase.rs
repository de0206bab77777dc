//! A purchase: the request as a plain value.

use crate::generated::operations::{self, PURCHASE};
use crate::generated::types::{FieldValue, PurchaseRequest};
use pay_core::Amount;
use pay_core::provider::Parts;
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;

/// A purchase of airtime, data, electricity, a voucher or a bill payment.
///
/// The amount is in rand and is sent exactly as given. The reference is the idempotency key: keep it with your order
/// *before* you send, and use it again for the same sale. Source: the purchase page of the API reference.
#[derive(Clone, PartialEq, Eq)]
pub struct Purchase {
    /// Without channel and reference, which stand below until it is sent.
    request: PurchaseRequest,
    channel: Option<String>,
    reference: Option<String>,
    any_reference: bool,
}

impl Purchase {
    /// Any product: what its category's metadata asks for is added with [`field`](Self::field).
    pub fn new(product_code: impl Into<String>, amount: Amount) -> Self {
        let request = PurchaseRequest {
            product_code: product_code.into(),
            amount,
            mobile_number: None,
            meter_number: None,
            // The only value that the documents ever show.
            payment_method: "cash".to_owned(),
            channel_id: String::new(),
            merchant_reference: String::new(),
            additional_info: BTreeMap::new(),
            extra: BTreeMap::new(),
        };
        Self { request, channel: None, reference: None, any_reference: false }
    }

    fn with(self, change: impl FnOnce(PurchaseRequest) -> PurchaseRequest) -> Self {
        Self { request: change(self.request), ..self }
    }

    /// Airtime, data, minutes or SMS for a mobile number in the form `+27...`.
    pub fn airtime(product_code: impl Into<String>, amount: Amount, mobile_number: impl Into<String>) -> Self {
        Self::new(product_code, amount).with(|request| request.mobile_number(mobile_number))
    }

    /// Prepaid electricity for a meter.
    pub fn electricity(product_code: impl Into<String>, amount: Amount, meter_number: impl Into<String>) -> Self {
        Self::new(product_code, amount).with(|request| request.meter_number(meter_number))
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
    pub fn payment_method(self, method: impl Into<String>) -> Self {
        self.with(|request| request.payment_method(method))
    }

    /// Another channel than the client's.
    #[must_use]
    pub fn channel(mut self, channel_id: impl Into<String>) -> Self {
        self.channel = Some(channel_id.into());
        self
    }

    /// A field that the category's metadata names. Typed fields cannot be overridden.
    #[must_use]
    pub fn field(self, name: impl Into<String>, value: impl Into<FieldValue>) -> Self {
        self.with(|request| request.field(name, value))
    }

    /// A key of `additionalInfo`.
    #[must_use]
    pub fn additional_info(self, name: impl Into<String>, value: impl Into<FieldValue>) -> Self {
        self.with(|request| request.additional_info(name, value))
    }

    /// The reference, if one was given.
    pub fn merchant_reference(&self) -> Option<&str> {
        self.reference.as_deref()
    }

    /// The amount in rand.
    pub fn amount(&self) -> Amount {
        self.request.amount
    }

    /// The product code.
    pub fn product_code(&self) -> &str {
        &self.request.product_code
    }

    /// Whether something goes out under this name; the client has a channel where the purchase names none.
    pub(crate) fn sends(&self, name: &str) -> bool {
        let given = |text: Option<&str>| text.is_some_and(|text| !text.is_empty());
        let request = &self.request;
        match name {
            "amount" | "channelId" => true,
            "productCode" => given(Some(&request.product_code)),
            "paymentMethod" => given(Some(&request.payment_method)),
            "merchantReference" => given(self.reference.as_deref()),
            "mobileNumber" => given(request.mobile_number.as_deref()),
            "meterNumber" => given(request.meter_number.as_deref()),
            "additionalInfo" => !request.additional_info.is_empty(),
            other => match request.extra.get(other) {
                Some(FieldValue::Text(text)) => given(Some(text)),
                Some(_) => true,
                None => false,
            },
        }
    }

    fn mistake(&self) -> Option<String> {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let request = &self.request;
        if request.product_code.trim().is_empty() {
            return Some("`productCode` is empty".into());
        }
        if !request.amount.is_positive() || request.amount.decimals() > 2 {
            return Some("`amount` must be greater than zero with at most two decimals".into());
        }
        if request.mobile_number.as_deref().is_some_and(|number| !number.strip_prefix("+27").is_some_and(digits)) {
            return Some("`mobileNumber` must be in the form +27...".into());
        }
        if request.meter_number.as_deref().is_some_and(|number| !digits(number)) {
            return Some("`meterNumber` must be digits".into());
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

    /// The request, as it is sent by a client with this channel.
    fn request(&self, channel: &str) -> PurchaseRequest {
        PurchaseRequest {
            channel_id: self.channel.as_deref().unwrap_or(channel).to_owned(),
            merchant_reference: self.reference.clone().unwrap_or_default(),
            ..self.request.clone()
        }
    }

    pub(crate) fn parts(&self, channel: &str) -> Parts {
        match (self.mistake(), &self.reference) {
            // A single-currency provider: rand, as the documents say.
            (None, _) => operations::purchase(&self.request(channel)).worth(self.request.amount, "ZAR"),
            (Some(mistake), None) => Parts::new(&PURCHASE).mistake(mistake),
            (Some(mistake), Some(reference)) => Parts::new(&PURCHASE).reference(reference).mistake(mistake),
        }
    }
}

/// As it is sent; a channel or a reference that is not there yet is empty.
impl Serialize for Purchase {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.request("").serialize(serializer)
    }
}

/// Phone, meter and account numbers are personal.
impl fmt::Debug for Purchase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Purchase")
            .field("product_code", &self.request.product_code)
            .field("amount", &self.request.amount)
            .field("reference", &self.reference)
            .finish_non_exhaustive()
    }
}

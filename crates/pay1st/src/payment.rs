//! A payment to be created: the request as a plain value.

use crate::generated::operations::{self, CREATE_PAYMENT};
use crate::generated::types::{CreatePaymentRequest, Metadata, Payment, Product};
use pay_core::decode::DecodeError;
use pay_core::provider::Parts;
use pay_core::{Amount, Money};
use serde::{Serialize, Serializer};
use std::fmt;

/// The metadata key of every example, which comes back in webhooks as a member of its own.
const CUSTOMER: &str = "customerId";

/// Who pays, and where.
#[derive(Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "two texts whose order nobody should have to know")]
pub struct Customer {
    /// Your id of the customer. It is sent as the metadata `customerId`.
    pub id: String,
    /// ISO 3166 code of two letters, such as `NG`.
    pub country: String,
}

/// What is bought.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "two texts whose order nobody should have to know")]
pub struct Item {
    /// What the customer reads.
    pub title: String,
    /// Your code of it, which a report of fulfilment names again.
    pub sku: String,
    /// The price of one.
    pub price: Money,
    /// How many.
    pub quantity: u64,
}

/// A payment that is to be created and then paid on the hosted page.
///
/// The amount is in the currency's main unit and is sent exactly as given. The reference is yours, unique for the life of the
/// integration: Pay1st does not say what it answers to a second one, and has no question by it. Keep it with your order
/// *before* you send. Source: `/reference/create-payment-request`.
///
/// At least one item and the customer's id are our rule: every example of the provider has both.
#[derive(Clone, PartialEq, Eq)]
pub struct NewPayment {
    request: CreatePaymentRequest,
    mistake: Option<&'static str>,
}

impl NewPayment {
    /// A payment of `price`, under your own `reference`.
    pub fn new(reference: impl Into<String>, price: Money, customer: Customer, first: Item) -> Self {
        let request = CreatePaymentRequest {
            country_code: customer.country,
            currency_code: price.currency,
            amount: price.amount,
            partner_reference: reference.into(),
            callback_success_url: None,
            callback_failure_url: None,
            callback_pending_url: None,
            callback_cancel_url: None,
            webhook_url: None,
            products: vec![product(first)],
            metadata: vec![Metadata { key: CUSTOMER.to_owned(), value: customer.id }],
        };
        Self { request, mistake: None }
    }

    fn with(self, change: impl FnOnce(CreatePaymentRequest) -> CreatePaymentRequest) -> Self {
        Self { request: change(self.request), ..self }
    }

    /// Another item.
    #[must_use]
    pub fn item(mut self, item: Item) -> Self {
        self.request.products.push(product(item));
        self
    }

    /// A key of yours with its value.
    #[must_use]
    pub fn metadata(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        let (key, value) = (key.into(), value.into());
        if key == CUSTOMER {
            self.mistake = Some("the metadata `customerId` is the customer's id, which is there already");
        }
        self.request.metadata.push(Metadata { key, value });
        self
    }

    /// Where the customer's browser goes after success; the Console's default without it. A redirect proves nothing: put your
    /// own order id into it and ask with [`Client::payment`](crate::Client::payment).
    #[must_use]
    pub fn success_url(self, url: impl Into<String>) -> Self {
        self.with(|request| request.callback_success_url(url))
    }

    /// Where it goes after a failure.
    #[must_use]
    pub fn failure_url(self, url: impl Into<String>) -> Self {
        self.with(|request| request.callback_failure_url(url))
    }

    /// Where it goes while the payment is under way, as with what is paid at a counter.
    #[must_use]
    pub fn pending_url(self, url: impl Into<String>) -> Self {
        self.with(|request| request.callback_pending_url(url))
    }

    /// Where it goes when the customer cancels.
    #[must_use]
    pub fn cancel_url(self, url: impl Into<String>) -> Self {
        self.with(|request| request.callback_cancel_url(url))
    }

    /// Where the server is notified; the Console's default without it.
    #[must_use]
    pub fn webhook_url(self, url: impl Into<String>) -> Self {
        self.with(|request| request.webhook_url(url))
    }

    /// Your reference.
    pub fn partner_reference(&self) -> &str {
        &self.request.partner_reference
    }

    /// The amount, in the main unit of [`currency`](Self::currency).
    pub fn amount(&self) -> Amount {
        self.request.amount
    }

    /// The currency's code.
    pub fn currency(&self) -> &str {
        &self.request.currency_code
    }

    /// What the items come to: the exact sum of price times quantity. `None` where one of them is priced in another currency
    /// than the payment, or the sum cannot be held exactly.
    ///
    /// Whether [`amount`](Self::amount) must equal it is not documented, so nothing is refused where it does not: compare
    /// yourself, where a difference means a mistake in your shop.
    pub fn items_total(&self) -> Option<Amount> {
        let zero = Amount::from_minor(0, 0)?;
        self.request.products.iter().try_fold(zero, |total, product| {
            let same = product.currency_code == self.request.currency_code;
            same.then(|| product.price.checked_mul(product.quantity))?.and_then(|price| total.checked_add(price))
        })
    }

    /// Nothing is known of limits beyond these, so there are no others.
    fn mistake(&self) -> Option<&'static str> {
        let request = &self.request;
        let letters = |text: &str, count| text.len() == count && text.bytes().all(|byte| byte.is_ascii_alphabetic());
        let empty = |text: &str| text.trim().is_empty();
        let urls = [
            &request.callback_success_url,
            &request.callback_failure_url,
            &request.callback_pending_url,
            &request.callback_cancel_url,
            &request.webhook_url,
        ];
        if self.mistake.is_some() {
            self.mistake
        } else if empty(&request.partner_reference) {
            Some("the reference is empty")
        } else if !request.amount.is_positive() {
            Some("the amount must be greater than zero")
        } else if !letters(&request.country_code, 2) {
            Some("the country must be a code of two letters, such as NG")
        } else if !letters(&request.currency_code, 3)
            || !request.products.iter().all(|product| letters(&product.currency_code, 3))
        {
            Some("a currency must be a code of three letters, such as NGN")
        } else if request.products.iter().any(|product| empty(&product.title) || empty(&product.sku)) {
            Some("an item has no title or no sku")
        } else if request.metadata.iter().any(|one| empty(&one.key) || (one.key == CUSTOMER && empty(&one.value))) {
            Some("the customer's id or a key of the metadata is empty")
        } else if urls.into_iter().flatten().any(|url| empty(url)) {
            Some("a URL is empty: leave it out to use the Console's")
        } else {
            None
        }
    }

    pub(crate) fn parts(&self) -> Parts {
        match self.mistake() {
            None => operations::create_payment(&self.request).worth(self.request.amount, &self.request.currency_code),
            Some(mistake) => Parts::new(&CREATE_PAYMENT).reference(self.partner_reference()).mistake(mistake),
        }
    }

    /// Whether an answer is about this payment: money is not handed on under a name that may be another's.
    pub(crate) fn is(&self, payment: &Payment) -> Result<(), DecodeError> {
        let asked = &self.request;
        let other = |member: &str| Err(DecodeError::new(member, "is not what was asked for"));
        if payment.partner_reference != asked.partner_reference {
            other("partnerReference")
        } else if payment.amount != asked.amount {
            other("amount")
        } else if payment.currency_code != asked.currency_code {
            other("currencyCode")
        } else if payment.reference.is_empty() {
            Err(DecodeError::new("reference", "is empty"))
        } else {
            Ok(())
        }
    }
}

fn product(item: Item) -> Product {
    Product {
        title: item.title,
        sku: item.sku,
        price: item.price.amount,
        quantity: item.quantity,
        currency_code: item.price.currency,
    }
}

/// As it is sent.
impl Serialize for NewPayment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.request.serialize(serializer)
    }
}

/// Metadata is personal.
impl fmt::Debug for NewPayment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewPayment")
            .field("partner_reference", &self.request.partner_reference)
            .field("amount", &self.request.amount)
            .field("currency", &self.request.currency_code)
            .field("items", &self.request.products.len())
            .finish_non_exhaustive()
    }
}

/// The id is personal.
impl fmt::Debug for Customer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Customer").field("country", &self.country).finish_non_exhaustive()
    }
}

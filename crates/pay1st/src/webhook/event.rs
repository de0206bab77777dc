//! What a webhook says: a payment event, or bytes that are signed and not known.

use crate::PaymentStatus;
use pay_core::decode::{self, DecodeError, Id, LooseText};
use pay_core::webhook::{EventKey, OtherEvent};
use pay_core::{Amount, Money, RawBody};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::fmt;

const PROVIDER: &str = "pay1st";

/// The key of a payment in a status, whether an event or a record says so.
pub(super) fn key(reference: &str, status: &PaymentStatus) -> EventKey {
    EventKey::new(PROVIDER, &[reference, status.as_str()])
}

/// What a delivery says, once its signature is found right.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A payment has a status.
    Payment(PaymentEvent),
    /// Signed, but not a payment event: refunds and chargebacks have events of which no field could be read.
    Other(OtherEvent),
}

impl Event {
    pub(super) fn read(body: &[u8]) -> Self {
        let raw = RawBody::new(body.to_vec());
        match PaymentEvent::read(body, &raw) {
            Ok(event) => Self::Payment(event),
            Err(problem) => Self::Other(OtherEvent::new(PROVIDER, raw, problem)),
        }
    }

    /// What one effect belongs to; see [`PaymentEvent::key`] and [`OtherEvent::key`].
    pub fn key(&self) -> EventKey {
        match self {
            Self::Payment(event) => event.key(),
            Self::Other(event) => event.key(),
        }
    }
}

/// A payment has a status. Source: <https://pay1st-docs.carry1st.com/reference/configuring-webhooks-and-callbacks>, whose
/// table of fields could be read up to `countryCode`; the rest stands in [`extra`](Self::extra).
///
/// It is a hint: confirm it before goods go out.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PaymentEvent {
    /// The partner's number.
    pub partner_id: Id,
    /// The partner's code, as in the Console.
    pub partner_code: String,
    /// The partner's reference, as sent when the payment was made.
    pub partner_reference: String,
    /// Pay1st's reference. Opaque.
    pub reference: String,
    /// The amount as sent when the payment was made, in the main unit of the currency.
    pub order_amount: Amount,
    /// The currency as sent.
    pub currency_code: String,
    /// The country as sent.
    pub country_code: String,
    /// The customer, as the partner calls them. Known from the notes on migration alone, so it may be missing.
    pub customer_id: Option<LooseText>,
    /// Where the payment stands.
    pub status: PaymentStatus,
    /// The body as it came.
    pub raw: RawBody,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    partner_id: Id,
    partner_code: String,
    partner_reference: String,
    reference: String,
    order_amount: Amount,
    currency_code: String,
    country_code: String,
    #[serde(default, deserialize_with = "decode::lenient")]
    customer_id: Option<LooseText>,
    status: PaymentStatus,
}

/// Members that the answer to a refund has. An event with one of them is about a refund, whatever else it holds; else a
/// refund that succeeded could pass for a payment that did.
const REFUND_MEMBERS: [&str; 4] = ["refundReference", "partnerRefundReference", "handlingType", "fullRefund"];

impl PaymentEvent {
    fn read(body: &[u8], raw: &RawBody) -> Result<Self, DecodeError> {
        let wire: Wire = decode::json(body)?;
        let members = decode::members(body)?;
        if let Some(name) = REFUND_MEMBERS.iter().find(|name| members.contains_key(**name)) {
            return Err(DecodeError::new(*name, "a member of a refund"));
        }
        if wire.reference.is_empty() || wire.partner_reference.is_empty() {
            return Err(DecodeError::new("reference", "empty"));
        }
        Ok(Self {
            partner_id: wire.partner_id,
            partner_code: wire.partner_code,
            partner_reference: wire.partner_reference,
            reference: wire.reference,
            order_amount: wire.order_amount,
            currency_code: wire.currency_code,
            country_code: wire.country_code,
            customer_id: wire.customer_id,
            status: wire.status,
            raw: raw.clone(),
        })
    }

    /// What one effect belongs to: reference and status. A payment comes with several statuses, and with each of them
    /// perhaps more than once.
    pub fn key(&self) -> EventKey {
        key(&self.reference, &self.status)
    }

    /// Amount and currency.
    pub fn money(&self) -> Money {
        Money { amount: self.order_amount, currency: self.currency_code.clone() }
    }

    /// All members as raw text, those too that no field of this type names.
    pub fn extra(&self) -> BTreeMap<String, Box<RawValue>> {
        decode::members(self.raw.expose()).unwrap_or_default()
    }
}

impl fmt::Debug for PaymentEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PaymentEvent")
            .field("reference", &self.reference)
            .field("partner_reference", &self.partner_reference)
            .field("status", &self.status)
            .field("order_amount", &self.order_amount)
            .field("currency_code", &self.currency_code)
            .field("country_code", &self.country_code)
            .field("customer_id", &self.customer_id.as_ref().map(|_| "[REDACTED]"))
            .field("raw", &self.raw)
            .finish_non_exhaustive()
    }
}

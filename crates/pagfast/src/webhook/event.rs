//! What a webhook says: one flat object about a transaction, without a name of the event.

use crate::generated::types::{Party, PaymentType, TransactionState, TransactionType};
use pay_core::decode::{self, DecodeError};
use pay_core::webhook::{EventKey, OtherEvent};
use pay_core::{Amount, RawBody};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::fmt;
use std::time::SystemTime;

const PROVIDER: &str = "pagfast";

/// The key of a transaction in a state, whether an event or a record says so.
pub(super) fn key(id: &str, state: &TransactionState) -> EventKey {
    EventKey::new(PROVIDER, &[id, state.as_str()])
}

/// What was signed beside the body.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stamp {
    /// The sender's nonce. Whether it is new at each try is not documented, so it tells deliveries apart and not events.
    pub nonce: String,
    /// `TS`: when it was sent, by the sender's clock, to the second.
    pub sent_at: SystemTime,
}

/// What a delivery says, once its signature is found right.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A transaction is in a state.
    Transaction(Box<TransactionEvent>),
    /// Signed, but without a transaction and its state.
    Other(OtherEvent, Stamp),
}

impl Event {
    pub(super) fn read(body: &[u8], stamp: Stamp) -> Self {
        let raw = RawBody::new(body.to_vec());
        match Wire::read(body) {
            Ok(wire) => Self::Transaction(Box::new(TransactionEvent::new(wire, raw, stamp))),
            Err(problem) => Self::Other(OtherEvent::new(PROVIDER, raw, problem), stamp),
        }
    }

    /// Nonce and time of sending.
    pub fn stamp(&self) -> &Stamp {
        match self {
            Self::Transaction(event) => &event.stamp,
            Self::Other(_, stamp) => stamp,
        }
    }

    /// What one effect belongs to; see [`TransactionEvent::key`] and [`OtherEvent::key`].
    pub fn key(&self) -> EventKey {
        match self {
            Self::Transaction(event) => event.key(),
            Self::Other(event, _) => event.key(),
        }
    }
}

/// A transaction is in a state. Source: <https://dev.pagfast.com/docs/asynchronous-events>, whose column that says in which states a
/// field is there could not be read: so all but id and state may be missing, and one of another type than the table's counts as missing.
///
/// It is a hint: confirm it before value goes out. Tax numbers are as they came; PagFast's own sample has wrong check digits.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TransactionEvent {
    /// The table calls it the event's id; in every sample it is the transaction's, and [`confirm`](crate::Client::confirm) asks by it.
    pub id: String,
    /// Where the transaction stands.
    pub state: TransactionState,
    /// When the transaction was made.
    pub date: Option<String>,
    /// Your order id.
    pub order_id: Option<String>,
    /// Your text. It does not print.
    pub order_description: Option<String>,
    /// A link to the receipt as PDF: use it as it is. It does not print.
    pub receipt_url: Option<String>,
    /// When the receipt was made.
    pub receipt_date: Option<String>,
    /// The voucher: hexadecimal digits in the sandbox; the end-to-end id in production, as a third party's script says.
    pub receipt_voucher: Option<String>,
    /// How much, in reais.
    pub amount: Option<Amount>,
    /// Which way the money goes.
    pub direction: Option<TransactionType>,
    /// By which rail: `PIX`, for Open Finance too.
    pub payment_type: Option<PaymentType>,
    /// When it was registered with the banks.
    pub state_registered_date: Option<String>,
    /// When it was paid.
    pub state_completed_date: Option<String>,
    /// When it was cancelled.
    pub state_cancelled_date: Option<String>,
    /// When it was refunded. There is no state of that name, so this and the next are kept apart.
    pub state_refund_date: Option<String>,
    /// When it was reversed.
    pub state_reversed_date: Option<String>,
    /// When it failed.
    pub state_error_date: Option<String>,
    /// Why it failed, as JSON text: its type is not documented. It may hold what a bank says of a person, so it does not print.
    pub state_error_cause: Option<RawBody>,
    /// Where it was sent. It does not print.
    pub webhook_url: Option<String>,
    /// Who paid.
    pub payer: Option<Party>,
    /// Who was paid.
    pub recipient: Option<Party>,
    /// The body as it came.
    pub raw: RawBody,
    /// Nonce and time of sending.
    pub stamp: Stamp,
}

/// The table of fields. Of its types only those of id and state are relied on.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    id: String,
    transaction_state: TransactionState,
    #[serde(default, deserialize_with = "decode::lenient")]
    transaction_date: Option<String>,
    #[serde(default, deserialize_with = "decode::lenient")]
    transaction_order_id: Option<String>,
    #[serde(default, deserialize_with = "decode::lenient")]
    transaction_order_description: Option<String>,
    #[serde(default, deserialize_with = "decode::lenient")]
    transaction_receipt: Option<String>,
    #[serde(default, deserialize_with = "decode::lenient")]
    transaction_receipt_date: Option<String>,
    #[serde(default, deserialize_with = "decode::lenient")]
    transaction_receipt_voucher: Option<String>,
    #[serde(default, deserialize_with = "decode::lenient")]
    transaction_amount: Option<Amount>,
    #[serde(default, deserialize_with = "decode::lenient")]
    transaction_type: Option<TransactionType>,
    #[serde(default, deserialize_with = "decode::lenient")]
    transaction_payment_type: Option<PaymentType>,
    #[serde(default, deserialize_with = "decode::lenient")]
    state_registered_date: Option<String>,
    #[serde(default, deserialize_with = "decode::lenient")]
    state_completed_date: Option<String>,
    #[serde(default, deserialize_with = "decode::lenient")]
    state_cancelled_date: Option<String>,
    #[serde(default, deserialize_with = "decode::lenient")]
    state_refund_date: Option<String>,
    #[serde(default, deserialize_with = "decode::lenient")]
    state_reversed_date: Option<String>,
    #[serde(default, deserialize_with = "decode::lenient")]
    state_error_date: Option<String>,
    #[serde(default)]
    state_error_cause: Option<Box<RawValue>>,
    #[serde(default, deserialize_with = "decode::lenient")]
    webhook_url: Option<String>,
    #[serde(default, deserialize_with = "decode::lenient")]
    payer: Option<Party>,
    #[serde(default, deserialize_with = "decode::lenient")]
    recipient: Option<Party>,
}

impl Wire {
    fn read(body: &[u8]) -> Result<Self, DecodeError> {
        // A list would be read too, its elements taken for fields in their order.
        decode::members(body)?;
        let wire: Self = decode::json(body)?;
        if wire.id.is_empty() {
            return Err(DecodeError::new("id", "empty"));
        }
        if wire.transaction_state.as_str().is_empty() {
            return Err(DecodeError::new("transactionState", "empty"));
        }
        Ok(wire)
    }
}

impl TransactionEvent {
    fn new(wire: Wire, raw: RawBody, stamp: Stamp) -> Self {
        Self {
            id: wire.id,
            state: wire.transaction_state,
            date: wire.transaction_date,
            order_id: wire.transaction_order_id,
            order_description: wire.transaction_order_description,
            receipt_url: wire.transaction_receipt,
            receipt_date: wire.transaction_receipt_date,
            receipt_voucher: wire.transaction_receipt_voucher,
            amount: wire.transaction_amount,
            direction: wire.transaction_type,
            payment_type: wire.transaction_payment_type,
            state_registered_date: wire.state_registered_date,
            state_completed_date: wire.state_completed_date,
            state_cancelled_date: wire.state_cancelled_date,
            state_refund_date: wire.state_refund_date,
            state_reversed_date: wire.state_reversed_date,
            state_error_date: wire.state_error_date,
            state_error_cause: wire.state_error_cause.map(|raw| RawBody::new(raw.get().as_bytes().to_vec())),
            webhook_url: wire.webhook_url,
            payer: wire.payer,
            recipient: wire.recipient,
            raw,
            stamp,
        }
    }

    /// What one effect belongs to: id and state. A transaction comes in several states, and in each of them perhaps more than once.
    pub fn key(&self) -> EventKey {
        key(&self.id, &self.state)
    }

    /// All members as raw text, those too that no field of this type names.
    pub fn extra(&self) -> BTreeMap<String, Box<RawValue>> {
        decode::members(self.raw.expose()).unwrap_or_default()
    }
}

impl fmt::Debug for TransactionEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransactionEvent")
            .field("id", &self.id)
            .field("state", &self.state)
            .field("order_id", &self.order_id)
            .field("amount", &self.amount)
            .field("direction", &self.direction)
            .field("date", &self.date)
            .field("stamp", &self.stamp)
            .field("raw", &self.raw)
            .finish_non_exhaustive()
    }
}

/// What a delivery claims of a transaction: what a question about it compares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Claim {
    pub(super) id: String,
    pub(super) state: TransactionState,
    pub(super) order_id: Option<String>,
    pub(super) amount: Option<Amount>,
    pub(super) direction: Option<TransactionType>,
    /// When the transaction was made: where `id` is the event's own, the order id is looked for around this time.
    pub(super) date: Option<String>,
}

impl From<&TransactionEvent> for Claim {
    fn from(event: &TransactionEvent) -> Self {
        Self {
            id: event.id.clone(),
            state: event.state.clone(),
            order_id: event.order_id.clone(),
            amount: event.amount,
            direction: event.direction.clone(),
            date: event.date.clone(),
        }
    }
}

/// An event that was signed right, but sent too long ago or too far ahead: a late retry, or a replay. Or, where you opted in, one that
/// nobody signed. Nothing of it can be read; [`confirm`](crate::Client::confirm) asks the API and gives the record.
///
/// ```compile_fail,E0616
/// fn open(event: pagfast::webhook::UnconfirmedEvent) -> Option<String> {
///     event.claim.map(|claim| claim.id)
/// }
/// ```
/// ```compile_fail,E0609
/// fn open(event: pagfast::webhook::UnconfirmedEvent) -> pagfast::TransactionState {
///     event.state
/// }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct UnconfirmedEvent {
    pub(super) claim: Option<Claim>,
    key: EventKey,
}

impl UnconfirmedEvent {
    pub(super) fn of(event: &Event) -> Self {
        let claim = match event {
            Event::Transaction(event) => Some(Claim::from(&**event)),
            Event::Other(..) => None,
        };
        Self { claim, key: event.key() }
    }

    /// What nobody signed; `None` where there is nothing to ask about.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let wire = Wire::read(body).ok()?;
        let key = key(&wire.id, &wire.transaction_state);
        let claim = Claim {
            id: wire.id,
            state: wire.transaction_state,
            order_id: wire.transaction_order_id,
            amount: wire.transaction_amount,
            direction: wire.transaction_type,
            date: wire.transaction_date,
        };
        Some(Self { claim: Some(claim), key })
    }

    /// What one effect belongs to, for keeping the event until it is confirmed. It is that of the event when it was fresh:
    /// acting on it without confirming acts on a replay.
    pub fn key(&self) -> EventKey {
        self.key.clone()
    }
}

impl fmt::Debug for UnconfirmedEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UnconfirmedEvent(..)")
    }
}

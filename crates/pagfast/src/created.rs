//! What a creation answers, read from every place in which its id may stand.

use crate::generated::types::TransactionState;
use crate::order::Order;
use crate::settle::Sought;
use pay_core::decode::{DecodeError, LooseText, json};
use pay_core::provider::Answer;
use pay_core::{Amount, RawBody};
use serde::Deserialize;

const UNREADABLE: &str = "created, id unreadable";

/// A transaction as its creation answered it, and the answer as it came.
///
/// For Pix no readable page shows the answer: all but the id is there only where it looks as the sister platform's does.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Created {
    /// PagFast's id; opaque.
    pub id: String,
    /// Your order id, where it came back.
    pub order_id: Option<String>,
    /// When it was made, as it came.
    pub date: Option<String>,
    /// Where it stands.
    pub state: Option<TransactionState>,
    /// How much.
    pub amount: Option<Amount>,
    /// The body as it came: what no readable page names is in it. It may be personal.
    pub raw: RawBody,
    pub(crate) sought: Sought,
}

#[derive(Deserialize)]
struct Body {
    #[serde(default, deserialize_with = "pay_core::decode::lenient")]
    data: Option<Data>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Data {
    #[serde(default, deserialize_with = "pay_core::decode::lenient")]
    transaction_id: Option<LooseText>,
    #[serde(default, deserialize_with = "pay_core::decode::lenient")]
    transaction: Option<Inner>,
    #[serde(default, deserialize_with = "pay_core::decode::lenient")]
    payment: Option<Payment>,
    #[serde(default, deserialize_with = "pay_core::decode::lenient")]
    checkout_url: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Inner {
    #[serde(default, deserialize_with = "pay_core::decode::lenient")]
    id: Option<LooseText>,
    #[serde(default, deserialize_with = "pay_core::decode::lenient")]
    order_id: Option<LooseText>,
    #[serde(default, deserialize_with = "pay_core::decode::lenient")]
    date: Option<String>,
    #[serde(default, deserialize_with = "pay_core::decode::lenient")]
    state: Option<TransactionState>,
    #[serde(default, deserialize_with = "pay_core::decode::lenient")]
    amount: Option<Amount>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Payment {
    #[serde(default, deserialize_with = "pay_core::decode::lenient")]
    qr_code: Option<String>,
    #[serde(default, deserialize_with = "pay_core::decode::lenient")]
    qr_code_location: Option<String>,
}

/// All that a creation may answer.
pub(crate) struct Read {
    pub(crate) created: Created,
    pub(crate) qr_code: Option<String>,
    pub(crate) qr_code_location: Option<String>,
    pub(crate) checkout_url: Option<String>,
}

/// Reads a creation of `order`.
///
/// # Errors
/// Where the id cannot be read, or what came back is of another order: created it is, and the error keeps the body.
pub(crate) fn read(answer: &Answer, order: &Order) -> Result<Read, DecodeError> {
    let body: Body = json(&answer.body).map_err(|_| DecodeError::new("", UNREADABLE))?;
    let Data { transaction_id, transaction, payment, checkout_url } = body.data.unwrap_or_default();
    let Inner { id, order_id, date, state, amount } = transaction.unwrap_or_default();
    let (payment, text) = (payment.unwrap_or_default(), LooseText::into_string);
    let id = transaction_id.or(id).map(text).filter(|id| !id.trim().is_empty());
    let id = id.ok_or_else(|| DecodeError::new("data", UNREADABLE))?;
    let order_id = order_id.map(text);
    if order_id.as_ref().is_some_and(|known| *known != order.id) {
        return Err(DecodeError::new("data.transaction.orderId", "created, but under another order id than was sent"));
    }
    // An answer of another amount is that of an earlier transaction with this order id.
    if order.fixed && amount.is_some_and(|known| known != order.amount) {
        return Err(DecodeError::new("data.transaction.amount", "created, but of another amount than was sent"));
    }
    let sought = order.expected(Sought::id(&id)).order_id(&order.id);
    let raw = RawBody::new(answer.body.clone());
    Ok(Read {
        created: Created { id, order_id, date, state, amount, raw, sought },
        qr_code: payment.qr_code,
        qr_code_location: payment.qr_code_location,
        checkout_url,
    })
}

//! Transactions as PagFast holds them: the model, and beside it what came.

use crate::generated::types::{Transaction, TransactionAnswer, TransactionData};
use pay_core::RawBody;
use pay_core::decode::{DecodeError, json};
use pay_core::provider::Answer;
use serde::Deserialize;
use serde_json::value::RawValue;

/// A transaction, and what came with it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Record {
    /// The record: its flow, participants and results.
    pub transaction: Transaction,
    /// What was asked for, as raw JSON: its members could not be read.
    pub payment: Option<RawBody>,
    /// Where its events go, as raw JSON.
    pub webhook: Option<RawBody>,
    /// The JSON that it was read from: the whole answer, or its item of a list. It is personal.
    pub raw: RawBody,
}

/// One page of the transactions with an order id.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TransactionPage {
    /// What stands on it.
    pub items: Vec<Record>,
    /// The size, as PagFast says.
    pub limit: Option<u64>,
    /// How many were passed over.
    pub offset: Option<u64>,
    /// How many there are in all.
    pub total: Option<u64>,
    /// The answer as it came.
    pub raw: RawBody,
}

#[derive(Deserialize)]
struct Page {
    data: PageData,
}

#[derive(Deserialize)]
struct PageData {
    #[serde(default, deserialize_with = "pay_core::decode::lenient")]
    limit: Option<u64>,
    #[serde(default, deserialize_with = "pay_core::decode::lenient")]
    offset: Option<u64>,
    #[serde(default, deserialize_with = "pay_core::decode::lenient")]
    total: Option<u64>,
    items: Vec<Box<RawValue>>,
}

impl Record {
    fn new(data: TransactionData, raw: RawBody) -> Self {
        Self { transaction: data.transaction, payment: data.payment, webhook: data.webhook, raw }
    }

    /// The transaction with this id, and no other.
    pub(crate) fn read(answer: &Answer, id: &str) -> Result<Self, DecodeError> {
        let TransactionAnswer { data, .. } = json(&answer.body)?;
        if data.transaction.id != id {
            return Err(DecodeError::new("data.transaction.id", "is not what was asked for"));
        }
        Ok(Self::new(data, RawBody::new(answer.body.clone())))
    }
}

impl TransactionPage {
    /// Transactions with this order id, and no others.
    pub(crate) fn read(answer: &Answer, order_id: &str) -> Result<Self, DecodeError> {
        let Page { data: PageData { limit, offset, total, items } } = json(&answer.body)?;
        let mut records = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            let at = |path: &str| format!("data.items[{index}].{path}");
            let data: TransactionData = json(item.get().as_bytes())
                .map_err(|error| DecodeError::new(at(error.path()), "a member is missing or of another type"))?;
            if data.transaction.order_id.as_deref() != Some(order_id) {
                return Err(DecodeError::new(at("transaction.orderId"), "is not what was asked for"));
            }
            records.push(Record::new(data, RawBody::new(item.get().to_owned())));
        }
        Ok(Self { items: records, limit, offset, total, raw: RawBody::new(answer.body.clone()) })
    }
}

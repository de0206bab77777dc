//! The history: what it is asked, and the records that come back.

use crate::account::Account;
use crate::operations::TRANSACTIONS;
use crate::receipt::Receipt;
use pay_core::decode::{DecodeError, Id, LooseText};
use pay_core::provider::{Answer, Parts, json};
use pay_core::{Amount, Page};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::fmt;

/// What to look for in the history. All filters but the page are optional.
///
/// Source: the transactions page of the API reference; it documents no filter for one transaction.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TransactionQuery {
    category_name: Option<String>,
    brand_name: Option<String>,
    aggregator_name: Option<String>,
    status: Option<u8>,
    key_word: Option<String>,
    size: Option<u32>,
    transaction_id: Option<String>,
    reference: Option<String>,
}

impl TransactionQuery {
    /// The whole history, newest first as far as seen.
    pub fn new() -> Self {
        Self::default()
    }

    /// Only this category, such as `Airtime`.
    #[must_use]
    pub fn category_name(mut self, name: impl Into<String>) -> Self {
        self.category_name = Some(name.into());
        self
    }

    /// Only this brand, such as `Vodacom`.
    #[must_use]
    pub fn brand_name(mut self, name: impl Into<String>) -> Self {
        self.brand_name = Some(name.into());
        self
    }

    /// Only this aggregator, such as `FLASH`.
    #[must_use]
    pub fn aggregator_name(mut self, name: impl Into<String>) -> Self {
        self.aggregator_name = Some(name.into());
        self
    }

    /// Only this status; one that the documents do not list has no number to ask by and is left out.
    #[must_use]
    pub fn status(mut self, status: &TransactionStatus) -> Self {
        self.status = status.code();
        self
    }

    /// Words in the product's name; ids and references are not searched.
    #[must_use]
    pub fn key_word(mut self, word: impl Into<String>) -> Self {
        self.key_word = Some(word.into());
        self
    }

    /// Records on a page. The provider's default is 20 and its recommended maximum 100.
    #[must_use]
    pub fn size(mut self, records: u32) -> Self {
        self.size = Some(records);
        self
    }

    /// Asks for one transaction, in the way that the provider's prose hints at.
    pub(crate) fn one(mut self, transaction_id: Option<String>, reference: Option<String>) -> Self {
        self.transaction_id = transaction_id;
        self.reference = reference;
        self
    }

    pub(crate) fn parts(&self, account: &Account, user_type_id: Option<&str>, page: u32) -> Parts {
        // Query parameters on a POST without a body, as the endpoint's own page prints them.
        let mut parts = Parts::new(&TRANSACTIONS).query("userType", account.user_type());
        let Some(user_type_id) = user_type_id else {
            return parts.mistake("`user_type_id` is not set: the account id for the history, which Pagamio says is in the log-in answer (`check_credentials` shows it)");
        };
        parts = parts.query("userTypeId", user_type_id);
        let status = self.status.map(|code| code.to_string());
        for (name, value) in [
            ("categoryName", &self.category_name),
            ("brandName", &self.brand_name),
            ("aggregatorName", &self.aggregator_name),
            ("status", &status),
            ("keyWord", &self.key_word),
            // Named in the provider's prose only; every record that comes back is checked.
            ("transactionId", &self.transaction_id),
            ("merchantReference", &self.reference),
        ] {
            if let Some(value) = value {
                parts = parts.query(name, value);
            }
        }
        parts = parts.query("page", &page.to_string());
        match self.size {
            Some(size) => parts.query("size", &size.to_string()),
            None => parts,
        }
    }
}

/// The status of a transaction, decided by its code and never by its label.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransactionStatus {
    /// 0: delivered. Final.
    Completed,
    /// 1: accepted, and no provider has picked it up.
    Pending,
    /// 2: a provider is fulfilling it.
    Processing,
    /// 3: it did not complete. Final; another try is a new purchase with a new reference.
    Failed,
    /// A code that the documents do not list, as text.
    Unknown(String),
}

impl TransactionStatus {
    fn code(&self) -> Option<u8> {
        match self {
            Self::Completed => Some(0),
            Self::Pending => Some(1),
            Self::Processing => Some(2),
            Self::Failed => Some(3),
            Self::Unknown(_) => None,
        }
    }

    fn from_code(code: &str) -> Self {
        match code {
            "0" => Self::Completed,
            "1" => Self::Pending,
            "2" => Self::Processing,
            "3" => Self::Failed,
            other => Self::Unknown(other.to_owned()),
        }
    }
}

/// A record of the history.
#[derive(Clone)]
#[non_exhaustive]
pub struct Transaction {
    /// The record's own id.
    pub id: Option<Id>,
    /// The status; `None` where the record has no code.
    pub status: Option<TransactionStatus>,
    /// The status in words, for people.
    pub status_label: Option<String>,
    /// The id that the purchase answered.
    pub transaction_id: Option<String>,
    /// Your reference, where records carry it: the documents do not say that they do.
    pub merchant_reference: Option<String>,
    /// The product's name.
    pub product_name: Option<String>,
    /// The amount for the books, in rand.
    pub total_amount: Option<Amount>,
    /// The price of one, in rand.
    pub price: Option<Amount>,
    /// How many.
    pub quantity: Option<i64>,
    /// When the provider answered, as received, without a zone.
    pub response_date: Option<String>,
    /// The brand.
    pub brand_name: Option<String>,
    /// The category.
    pub category_name: Option<String>,
    receipt: Option<Box<RawValue>>,
}

impl Transaction {
    /// The receipt, where records carry it: one page says so, and no sample shows it.
    pub fn receipt(&self) -> Option<Receipt> {
        let raw = self.receipt.as_ref()?;
        Some(Receipt::from_record(
            self.merchant_reference.clone().unwrap_or_default(),
            self.transaction_id.clone(),
            raw,
        ))
    }
}

impl fmt::Debug for Transaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transaction")
            .field("transaction_id", &self.transaction_id)
            .field("merchant_reference", &self.merchant_reference)
            .field("status", &self.status)
            .field("total_amount", &self.total_amount)
            .finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    id: Option<Id>,
    #[serde(deserialize_with = "pay_core::decode::lenient", default)]
    status: Option<Status>,
    transaction_id: Option<LooseText>,
    merchant_reference: Option<LooseText>,
    product_name: Option<String>,
    total_amount: Option<Amount>,
    price: Option<Amount>,
    #[serde(deserialize_with = "pay_core::decode::lenient", default)]
    quantity: Option<i64>,
    #[serde(deserialize_with = "pay_core::decode::lenient", default)]
    response_date: Option<String>,
    brand_name: Option<String>,
    category_name: Option<String>,
    receipt: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
struct Status {
    // No default: code 0 means completed.
    code: Option<LooseText>,
    label: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listing {
    content: Vec<Record>,
    #[serde(deserialize_with = "pay_core::decode::lenient", default)]
    page: Option<u32>,
    #[serde(deserialize_with = "pay_core::decode::lenient", default)]
    total_elements: Option<u64>,
    #[serde(deserialize_with = "pay_core::decode::lenient", default)]
    total_pages: Option<u32>,
}

impl From<Record> for Transaction {
    fn from(record: Record) -> Self {
        let (code, label) = record.status.map_or((None, None), |status| (status.code, status.label));
        Self {
            id: record.id,
            status: code.map(|code| TransactionStatus::from_code(code.as_str())),
            status_label: label,
            transaction_id: record.transaction_id.map(LooseText::into_string),
            merchant_reference: record.merchant_reference.map(LooseText::into_string),
            product_name: record.product_name,
            total_amount: record.total_amount,
            price: record.price,
            quantity: record.quantity,
            response_date: record.response_date,
            brand_name: record.brand_name,
            category_name: record.category_name,
            receipt: record.receipt,
        }
    }
}

/// Reads a page: `content` with its counts, or the plain array of an export.
pub(crate) fn read(answer: &Answer) -> Result<Page<Transaction>, DecodeError> {
    if answer.body.trim_ascii_start().first() == Some(&b'[') {
        let records: Vec<Record> = json(&answer.body)?;
        let total = u64::try_from(records.len()).ok();
        return Ok(Page::new(records.into_iter().map(Into::into).collect(), total, Some(true)));
    }
    let listing: Listing = json(&answer.body)?;
    // Both page bases occur, so only a page number beyond the count ends the list for certain.
    let last = match (listing.page, listing.total_pages) {
        (Some(page), Some(pages)) if page >= pages => Some(true),
        _ => None,
    };
    Ok(Page::new(listing.content.into_iter().map(Into::into).collect(), listing.total_elements, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(body: &str) -> Result<Page<Transaction>, DecodeError> {
        read(&Answer::new(http_ok(), Default::default(), body.to_owned()))
    }

    fn http_ok() -> pay_core::provider::StatusCode {
        pay_core::provider::StatusCode::OK
    }

    #[test]
    fn the_printed_record_is_read() {
        let body = r#"{"content":[{"id":"x","status":{"code":0,"label":"Successful","description":"d","badgeColor":"green"},
            "productName":"R10","productShortName":"F","quantity":1,"price":30.0000,"totalAmount":30.0000,
            "transactionId":"bdf82429","responseDate":"2025-10-21T12:57:51.831899","brandName":"B","categoryName":"C"}],
            "page":0,"size":20,"totalElements":1,"totalPages":1}"#;
        let page = page(body).unwrap();
        let record = &page.items[0];
        assert_eq!(record.status, Some(TransactionStatus::Completed));
        assert_eq!(record.total_amount.unwrap().to_string(), "30.0000");
        assert_eq!((page.total, page.last), (Some(1), None));
    }

    #[test]
    fn a_missing_status_code_is_never_completed() {
        for status in ["null", "{}", r#"{"code":null}"#, r#"{"label":"Successful"}"#] {
            let page = page(&format!(r#"{{"content":[{{"status":{status}}}]}}"#)).unwrap();
            assert_eq!(page.items[0].status, None, "{status}");
        }
        let page = page(r#"[{"status":{"code":9}}]"#).unwrap();
        assert_eq!(page.items[0].status, Some(TransactionStatus::Unknown("9".into())));
        assert_eq!(page.last, Some(true));
    }
}

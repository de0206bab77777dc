//! The history: what it is asked, and the records that come back.

use crate::client::User;
use crate::generated::operations::{self, TRANSACTIONS};
use crate::generated::types::{TransactionPage, TransactionRecord, TransactionStatus, TransactionsQuery, UserType};
use crate::receipt::Receipt;
use crate::style::TransactionsStyle;
use pay_core::decode::{DecodeError, Id, LooseText};
use pay_core::provider::{Answer, Parts, Verb, json};
use pay_core::{Amount, Page, RawBody};
use std::fmt;

/// What to look for in the history. All filters but the page are optional.
///
/// Source: the transactions page of the API reference; it documents no filter for one transaction.
#[derive(Clone, PartialEq, Eq)]
pub struct TransactionQuery {
    /// Without the account and the page, which the call adds.
    wanted: TransactionsQuery,
}

/// Nothing is left out.
impl Default for TransactionQuery {
    fn default() -> Self {
        Self { wanted: TransactionsQuery::new(UserType::Merchant, "") }
    }
}

/// The filters alone.
impl fmt::Debug for TransactionQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A key word may be somebody's number.
        let filters =
            self.wanted.pairs().into_iter().filter(|(name, _)| !name.starts_with("userType") && *name != "keyWord");
        f.write_str("TransactionQuery ")?;
        f.debug_map().entries(filters).finish()
    }
}

impl TransactionQuery {
    /// The whole history, newest first as far as seen.
    pub fn new() -> Self {
        Self::default()
    }

    fn with(self, change: impl FnOnce(TransactionsQuery) -> TransactionsQuery) -> Self {
        Self { wanted: change(self.wanted) }
    }

    /// Only this category, such as `Airtime`.
    #[must_use]
    pub fn category_name(self, name: impl Into<String>) -> Self {
        self.with(|query| query.category_name(name))
    }

    /// Only this brand, such as `Vodacom`.
    #[must_use]
    pub fn brand_name(self, name: impl Into<String>) -> Self {
        self.with(|query| query.brand_name(name))
    }

    /// Only this aggregator, such as `FLASH`.
    #[must_use]
    pub fn aggregator_name(self, name: impl Into<String>) -> Self {
        self.with(|query| query.aggregator_name(name))
    }

    /// Only this status; one that the documents do not list has no number to ask by and is left out.
    #[must_use]
    pub fn status(mut self, status: &TransactionStatus) -> Self {
        self.wanted.status = Some(status.clone()).filter(|status| !matches!(status, TransactionStatus::Unknown(_)));
        self
    }

    /// Words in the product's name; ids and references are not searched.
    #[must_use]
    pub fn key_word(self, word: impl Into<String>) -> Self {
        self.with(|query| query.key_word(word))
    }

    /// Records on a page. The provider's default is 20 and its recommended maximum 100.
    #[must_use]
    pub fn size(self, records: u32) -> Self {
        self.with(|query| query.size(records.into()))
    }

    /// All records in one plain list: the provider then ignores the pages.
    #[must_use]
    pub fn export_all(self) -> Self {
        self.with(|query| query.export_all(true))
    }

    /// Asks for one transaction, in the way that the provider's prose hints at; every record that comes back is checked.
    pub(crate) fn one(mut self, transaction_id: Option<String>, reference: Option<String>) -> Self {
        self.wanted.transaction_id = transaction_id;
        self.wanted.merchant_reference = reference;
        self
    }

    pub(crate) fn parts(&self, user: &User, page: u32) -> Parts {
        let Some(id) = &user.user_type_id else {
            return Parts::new(&TRANSACTIONS).mistake("`user_type_id` is not set: the account id for the history, which Pagamio says is in the log-in answer (`check_credentials` shows it)");
        };
        let query = TransactionsQuery {
            user_type: user.account.user_type(),
            user_type_id: id.clone(),
            ..self.wanted.clone().page(page.into())
        };
        match user.style.transactions {
            TransactionsStyle::PostQuery => operations::transactions(&query),
            TransactionsStyle::GetQuery => operations::transactions(&query).method(Verb::Get.into()),
            TransactionsStyle::PostJson => Parts::new(&TRANSACTIONS).json(&query),
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
    /// A shorter name.
    pub product_short_name: Option<String>,
    /// A picture.
    pub product_image: Option<String>,
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
    /// The channel.
    pub channel_name: Option<String>,
    /// The merchant.
    pub merchant_name: Option<String>,
    receipt: Option<RawBody>,
}

impl Transaction {
    /// The receipt, where records carry it: one page says so, and no sample shows it.
    pub fn receipt(&self) -> Option<Receipt> {
        let reference = self.merchant_reference.clone().unwrap_or_default();
        Some(Receipt::from_record(reference, self.transaction_id.clone(), self.receipt.clone()?))
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

impl From<TransactionRecord> for Transaction {
    fn from(record: TransactionRecord) -> Self {
        let (status, status_label) = record.status.map_or((None, None), |status| (status.code, status.label));
        Self {
            id: record.id,
            status,
            status_label,
            transaction_id: record.transaction_id.map(LooseText::into_string),
            merchant_reference: record.merchant_reference.map(LooseText::into_string),
            product_name: record.product_name,
            product_short_name: record.product_short_name,
            product_image: record.product_image,
            total_amount: record.total_amount,
            price: record.price,
            quantity: record.quantity,
            response_date: record.response_date,
            brand_name: record.brand_name,
            category_name: record.category_name,
            channel_name: record.channel_name,
            merchant_name: record.merchant_name,
            receipt: record.receipt,
        }
    }
}

/// Reads a page: `content` with its counts, or the plain array of an export.
pub(crate) fn read(answer: &Answer) -> Result<Page<Transaction>, DecodeError> {
    // Read as what it is, and not as a union of both: an error then names the place in it.
    if answer.body.trim_ascii_start().first() == Some(&b'[') {
        let records: Vec<TransactionRecord> = json(&answer.body)?;
        let total = u64::try_from(records.len()).ok();
        return Ok(Page::new(records.into_iter().map(Into::into).collect(), total, Some(true)));
    }
    let listing: TransactionPage = json(&answer.body)?;
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

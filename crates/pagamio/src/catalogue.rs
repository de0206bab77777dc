//! Categories, what each asks for, and the account's own products.

use pay_core::Amount;
use pay_core::decode::{DecodeError, Id};
use serde::{Deserialize, Serialize};

/// A product category. A listed category does not prove that any product of it can be bought.
///
/// Source: the categories page of the API reference (a captured sample).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Category {
    /// The id, for [`category_fields`](crate::Client::category_fields).
    pub id: Id,
    /// The name, such as `Airtime`.
    pub name: Option<String>,
    /// 1 active, 0 inactive.
    pub state: Option<i64>,
    /// A picture.
    pub image_url: Option<String>,
    /// Order in a list.
    pub order_of_appearance: Option<i64>,
    /// The category above it.
    pub parent_id: Option<Id>,
    /// The category's fields as JSON in a string; [`meta_fields`](Self::meta_fields) reads it.
    pub meta: Option<String>,
    /// When it was made, as received, without a zone.
    pub created_date: Option<String>,
    /// When it was last changed, as received, without a zone.
    pub last_modified_date: Option<String>,
}

impl Category {
    /// Reads [`meta`](Self::meta): what [`category_fields`](crate::Client::category_fields) answers too.
    ///
    /// # Errors
    /// Where the text is not what the documents show.
    pub fn meta_fields(&self) -> Option<Result<CategoryFields, DecodeError>> {
        self.meta.as_deref().map(|meta| pay_core::decode::json(meta.as_bytes()))
    }
}

/// What a purchase in a category must send, and what its receipt shows.
///
/// `channelId` and `merchantReference` are required by every purchase and never listed here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CategoryFields {
    /// Fields of the purchase.
    #[serde(default)]
    pub fields: Vec<Field>,
    /// Paths into the answer, in the order in which a receipt shows them.
    #[serde(default)]
    pub receipt_fields: Vec<String>,
}

/// One field that a purchase sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Field {
    /// The key in the purchase.
    pub name: String,
    /// `string`, `number` or another: the list is open.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Whether it must be sent.
    pub required: Option<bool>,
}

/// A product that this account may buy.
///
/// The provider calls the shape illustrative; `code`, `brandId`, `brandName`, `minAmount` and `maxAmount` are the
/// members that it tells to rely on. Source: the products-by-vendor page of the API reference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Product {
    /// The id: a string here, a number on other pages.
    pub id: Option<Id>,
    /// The code that a purchase names. It is opaque: do not derive a brand from it.
    pub code: String,
    /// The name.
    pub name: Option<String>,
    /// A shorter name.
    pub short_name: Option<String>,
    /// The brand's id.
    pub brand_id: Option<Id>,
    /// The brand's name.
    pub brand_name: Option<String>,
    /// The smallest amount, in rand.
    pub min_amount: Option<Amount>,
    /// The largest amount, in rand.
    pub max_amount: Option<Amount>,
    /// Said to tell a fixed price; the provider's samples contradict it: see [`fixed_price`](Self::fixed_price).
    #[serde(deserialize_with = "pay_core::decode::lenient", default)]
    pub fixed_amount: Option<bool>,
    /// Whether it works without a PIN; the samples contradict this one too.
    #[serde(deserialize_with = "pay_core::decode::lenient", default)]
    pub pin_less: Option<bool>,
}

impl Product {
    /// The price, where the smallest and the largest amount are the same.
    pub fn fixed_price(&self) -> Option<Amount> {
        self.min_amount.filter(|min| Some(*min) == self.max_amount)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pay_core::decode::json;

    #[test]
    fn the_printed_samples_are_read() {
        let category: Vec<Category> = json(
            br#"[{"id":2000,"createdById":1000,"lastModifiedById":1000,"createdDate":"2025-08-01T05:12:32.269743",
                "lastModifiedDate":"2025-09-07T04:19:29.161137","state":1,"name":"SMS","imageUrl":"https://x","orderOfAppearance":10,
                "parentId":null,"meta":"{\"fields\":[{\"name\":\"amount\",\"type\":\"number\",\"required\":true}],\"receiptFields\":[\"amount\"]}"}]"#,
        )
        .unwrap();
        let meta = category[0].meta_fields().unwrap().unwrap();
        assert_eq!((meta.fields[0].name.as_str(), meta.receipt_fields[0].as_str()), ("amount", "amount"));
        let product: Vec<Product> = json(
            br#"[{"id":"P9X8Y7","name":"Vodacom Airtime","code":"AIR-VOD-001","brandId":"V1A2B3","brandName":"Vodacom",
                "minAmount":5,"maxAmount":1000,"fixedAmount":false,"pinLess":true}]"#,
        )
        .unwrap();
        assert_eq!(product[0].fixed_price(), None);
        let bundle: Product = json(br#"{"id":21450,"code":"DAT-CLC-028","minAmount":19.00,"maxAmount":19}"#).unwrap();
        assert_eq!(bundle.fixed_price().unwrap().to_string(), "19.00");
    }
}

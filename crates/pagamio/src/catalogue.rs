//! What the catalogue says beyond its members: metadata inside a text, fixed prices, what a purchase lacks.

use crate::generated::types::{Category, CategoryFields, Field, Product};
use crate::purchase::Purchase;
use pay_core::Amount;
use pay_core::decode::DecodeError;

impl Category {
    /// Reads [`meta`](Self::meta): what [`category_fields`](crate::Client::category_fields) answers too.
    ///
    /// # Errors
    /// Where the text is not what the documents show.
    pub fn meta_fields(&self) -> Option<Result<CategoryFields, DecodeError>> {
        self.meta.as_deref().map(|meta| pay_core::decode::json(meta.as_bytes()))
    }
}

impl CategoryFields {
    /// The fields that a purchase must send.
    pub fn required_fields(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| field.required == Some(true))
    }

    /// The required fields that a purchase does not send, by name; none of them means that nothing is lacking.
    ///
    /// Nothing asks this by itself: metadata can be older or newer than what the provider checks. A channel counts as
    /// given, because the client has one.
    pub fn lacking<'a>(&'a self, purchase: &Purchase) -> Vec<&'a str> {
        self.required_fields().map(|field| field.name.as_str()).filter(|name| !purchase.sends(name)).collect()
    }
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

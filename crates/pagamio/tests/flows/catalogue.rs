//! From the log-in to the products that may be bought.

use crate::support::amount;
use pagamio::{Category, Client, Product};

/// Logs in, reads the categories, what each asks for, and the account's own products.
pub async fn discover(client: &Client) -> (Vec<Category>, Vec<Product>) {
    let logged_in = client.check_credentials().await.unwrap();
    assert!(logged_in.expires_at.is_some());
    let categories = client.categories().send().await.unwrap();
    for category in &categories {
        let fields = client.category_fields(category.id.clone()).send().await.unwrap();
        assert!(fields.fields.iter().any(|field| field.name == "amount"), "{category:?}");
        assert!(!fields.receipt_fields.is_empty(), "{category:?}");
        // The category carries the same metadata as JSON in a string.
        assert_eq!(category.meta_fields().unwrap().unwrap(), fields);
    }
    let products = client.products().send().await.unwrap();
    let airtime = products.iter().find(|product| product.code == "AIR-VOD-001").unwrap();
    assert_eq!(airtime.brand_name.as_deref(), Some("Vodacom"));
    assert!(airtime.min_amount.unwrap() <= amount("10.00") && airtime.max_amount.unwrap() >= amount("10.00"));
    assert_eq!(airtime.fixed_price(), None);
    (categories, products)
}

/// What each category asks for, by name.
pub fn named<'a>(categories: &'a [Category], name: &str) -> &'a Category {
    categories.iter().find(|category| category.name.as_deref() == Some(name)).unwrap()
}

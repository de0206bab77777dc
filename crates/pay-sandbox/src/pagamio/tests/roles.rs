//! What each of the four levels of accounts may do, over every endpoint.

use super::super::accounts::{PARTNER, SUB_MERCHANT, VENDOR};
use super::super::handlers::handler;
use super::*;
use crate::generated::pagamio::ROUTES;
use std::collections::BTreeSet;

/// Operation, and the status that partner, vendor, merchant and sub-merchant get.
const TABLE: [(&str, [u16; 4]); 14] = [
    ("token", [200, 200, 200, 200]),
    ("refresh", [200, 200, 200, 200]),
    ("categories", [200, 200, 200, 200]),
    ("category_fields", [200, 200, 200, 200]),
    ("category_products", [200, 200, 200, 200]),
    ("merchant_products", [403, 403, 200, 403]),
    ("sub_merchant_products", [403, 403, 403, 200]),
    ("lookups", [200, 200, 200, 200]),
    ("lookup_bill_payment", [200, 200, 200, 200]),
    ("lookup_money_transfer", [200, 200, 200, 200]),
    ("lookup_electricity", [200, 200, 200, 200]),
    ("purchase", [403, 403, 200, 200]),
    // The merchant's history, which stands above the sub-merchant's; then the sub-merchant's.
    ("transactions", [200, 200, 200, 403]),
    ("transactions of the sub-merchant", [200, 200, 200, 200]),
];

fn request(provider: &PagamioProvider, operation: &str, account: &Account) -> Request {
    let (token, refresh) = login(provider, account);
    let get = |path: &str| Request::new("GET", path).token(&token);
    let post = |path: &str, body: Value| Request::new("POST", path).token(&token).json(&body);
    let history = |of: usize| {
        let of = &ACCOUNTS[of];
        let request = Request::new("POST", "/transactions").token(&token);
        request.query("userType", of.role().user_type()).query("userTypeId", of.user_type_id())
    };
    match operation {
        "token" => post("/auth/token", json!({ "username": account.username(), "password": account.password() })),
        "refresh" => post("/auth/token/refresh", json!({ "refreshToken": refresh })),
        "categories" => get("/products/categories"),
        "category_fields" => get("/products/categories/1001/fields"),
        "category_products" => get("/products/category/1001"),
        "merchant_products" => get(&format!("/merchants/{}/products", account.account_id())),
        "sub_merchant_products" => get(&format!("/sub-merchants/{}/products", account.account_id())),
        "lookups" => get("/lookups/brands"),
        "lookup_bill_payment" => {
            post("/lookup/bill-payment", json!({ "accountNumber": "81715524", "productCode": "BIL-DST-001" }))
        }
        "lookup_money_transfer" => post("/lookup/money-transfer", json!({ "accountNumber": "27821234567" })),
        "lookup_electricity" => post("/lookup/electricity", json!({ "meterNumber": "00001100000" })),
        "purchase" => post(
            "/purchase",
            json!({ "productCode": "AIR-VOD-001", "amount": 10, "mobileNumber": "+27821234567", "paymentMethod": "cash",
                "channelId": account.channel_id(), "merchantReference": "r" }),
        ),
        "transactions" => history(MERCHANT),
        _ => history(SUB_MERCHANT),
    }
}

#[test]
fn every_level_may_do_what_the_table_says() {
    let provider = provider();
    for (operation, statuses) in TABLE {
        for (index, status) in [PARTNER, VENDOR, MERCHANT, SUB_MERCHANT].into_iter().zip(statuses) {
            let account = &ACCOUNTS[index];
            let reply = request(&provider, operation, account).send(&provider);
            assert_eq!(reply.status, status, "{operation} as {:?}: {reply:?}", account.role());
            if status == 403 {
                let expected = json!({ "responseCode": "403", "responseMessage": "Access denied" });
                assert_eq!(json_of(&reply), expected, "{operation}");
            }
        }
    }
    let sales = provider.ledger().sales;
    assert_eq!(sales.iter().map(|sale| sale.merchant.as_str()).collect::<Vec<_>>(), ["SBXM01", "SBXS01"]);
}

#[test]
fn the_table_has_every_endpoint_that_is_played() {
    let played = ROUTES.iter().filter(|route| handler(route).is_some()).map(|route| route.operation);
    let listed = TABLE.iter().map(|(operation, _)| *operation).filter(|operation| !operation.contains(' '));
    assert_eq!(listed.collect::<BTreeSet<_>>(), played.collect());
}

#[test]
fn every_private_endpoint_asks_for_a_token() {
    let provider = provider();
    for (operation, _) in &TABLE[2..] {
        let mut request = request(&provider, operation, &ACCOUNTS[MERCHANT]);
        request.headers.remove(AUTHORIZATION);
        assert_eq!(request.send(&provider).status, 401, "{operation}");
    }
}

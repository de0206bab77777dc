//! Keys, paths, mandatory fields, and the error bodies of section 7.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod payagency_common;

use pay_sandbox::payagency::Environment;
use pay_sandbox::{Acting, Fault, Sandbox, StatusFault};
use payagency_common::*;
use reqwest::Method;
use serde_json::json;

/// Every endpoint: method, path, whether its body is sealed.
const ALL: [(&str, &str); 17] = [
    ("POST", "/api/v1/{env}/card"),
    ("POST", "/api/v1/{env}/hosted/card"),
    ("POST", "/api/v1/{env}/apm"),
    ("POST", "/api/v1/{env}/payout"),
    ("GET", "/api/v1/wallet"),
    ("POST", "/api/v1/wallet/estimate-payout"),
    ("GET", "/api/v1/{env}/payout/order-1/status"),
    ("POST", "/api/v1/{env}/refund"),
    ("GET", "/api/{env}/status/order-1"),
    ("GET", "/api/v1/{env}-transactions"),
    ("GET", "/api/v1/{env}-wallet-transactions"),
    ("POST", "/api/v1/payment-link"),
    ("GET", "/api/v1/payment-templates"),
    ("POST", "/api/v1/{env}/crypto"),
    ("POST", "/api/v1/{env}/crypto/payin"),
    ("POST", "/api/v1/{env}/crypto/currencies"),
    ("POST", "/api/v1/crypto/payment-link"),
];

fn method(name: &str) -> Method {
    name.parse().unwrap()
}

#[tokio::test]
async fn every_endpoint_wants_the_key_of_its_environment() {
    let sandbox = Sandbox::start().await.unwrap();
    let (merchant, agency) = (merchant(&sandbox), sandbox.payagency());
    for (name, path) in ALL {
        let answer = send(merchant.bare(method(name), path)).await;
        assert_eq!((answer.status, answer.text.as_str()), (401, r#"{"message":"Authentication token is missing."}"#));
        let test_key = agency.secret_key(Environment::Test);
        for key in ["PA_TEST_unknown", "", &test_key[..test_key.len() - 1], &test_key.to_uppercase()] {
            let answer = send(merchant.bare(method(name), path).bearer_auth(key)).await;
            assert!(
                answer.status == 401 && answer.message() != "Please pass all mandatory fields",
                "{path}: {answer:?}"
            );
        }
        let basic = send(merchant.bare(method(name), path).basic_auth(&test_key, Some(""))).await;
        assert_eq!(basic.status, 401, "{path}");
        let foreign = send(merchant.bare(method(name), path).bearer_auth(agency.secret_key(Environment::Live))).await;
        if path.contains("{env}") {
            assert_eq!((foreign.status, foreign.message().as_str()), (401, "Invalid Secret Key."), "{path}");
        } else {
            assert_ne!(foreign.status, 401, "{path} is told apart by the key alone");
        }
    }
    agency.set_mode("missing_key_message", "secret_key").unwrap();
    let answer = send(merchant.bare(Method::GET, "/api/v1/wallet")).await;
    assert_eq!(answer.message(), "Authentication Secret Key is missing.");
    agency.set_mode("test_key_reads", "refused").unwrap();
    for path in ["/api/v1/wallet", "/api/v1/payment-templates"] {
        assert_eq!(merchant.get(path).await.status, 401, "{path}");
        assert_eq!(live(&sandbox).get(path).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn unknown_paths_and_methods_are_no_routes() {
    let sandbox = Sandbox::start().await.unwrap();
    let merchant = merchant(&sandbox);
    for (name, path) in [
        ("GET", "/"),
        ("POST", "/api/v1/card"),
        ("POST", "/api/v1/prod/card"),
        ("POST", "/api/v1/{env}/card/status/order-1"),
        ("GET", "/api/v1/{env}/status/order-1"),
        ("GET", "/api/v1/{env}/card"),
        ("POST", "/api/v1/wallet"),
        ("DELETE", "/api/v1/{env}-transactions"),
        ("GET", "/v1/payment-templates"),
        ("POST", "/api/v1/{env}/crypto/payment-link"),
    ] {
        let answer = send(merchant.keyed(method(name), path)).await;
        assert_eq!((answer.status, answer.text.as_str()), (404, r#"{"message":"Route not found"}"#), "{name} {path}");
    }
}

#[tokio::test]
async fn contradicting_paths_are_modes() {
    let sandbox = Sandbox::start().await.unwrap();
    let (merchant, live, agency) = (live(&sandbox), live(&sandbox), sandbox.payagency());
    let link = json!({
        "payment_template_id": TEMPLATE, "transaction_type": "PAYIN", "fiat_amount": 10,
        "fiat_currency": "USD", "crypto_currency": "BTC"
    });
    assert_eq!(live.get("/v1/payment-templates").await.status, 404);
    assert_eq!(live.post_plain("/api/v1/live/crypto/payment-link", &link).await.status, 404);
    agency.set_mode("templates_path", "page").unwrap();
    agency.set_mode("crypto_link_path", "page").unwrap();
    assert_eq!(live.get("/v1/payment-templates").await.status, 200);
    assert_eq!(live.get("/api/v1/payment-templates").await.status, 404);
    assert_eq!(live.post_plain("/api/v1/live/crypto/payment-link", &link).await.status, 200);
    assert_eq!(live.post_plain("/api/v1/crypto/payment-link", &link).await.status, 404);
    agency.set_mode("routes", "as_on_one_host").unwrap();
    for path in ["/api/v1/{env}-transactions", "/api/v1/{env}/payout/x/status", "/v1/payment-templates"] {
        assert_eq!(merchant.get(path).await.message(), "Route not found");
    }
    assert_eq!(merchant.get("/api/v1/wallet").await.status, 200);
}

#[tokio::test]
async fn what_is_missing_is_named_field_by_field() {
    let sandbox = Sandbox::start().await.unwrap();
    let (merchant, agency) = (merchant(&sandbox), sandbox.payagency());
    let body = card(PAID, "order-1");
    let required = body.as_object().unwrap().keys().filter(|name| *name != "order_id");
    for name in required {
        let answer = merchant.post("/api/v1/{env}/card", &without(&body, name)).await;
        assert_eq!((answer.status, answer.fields()), (400, vec![name.clone()]), "{answer:?}");
        assert_eq!(answer.message(), "Please pass all mandatory fields");
        let empty = merchant.post("/api/v1/{env}/card", &with(&body, json!({ name.as_str(): null }))).await;
        assert_eq!(empty, answer, "null is as good as nothing");
        let wrong = merchant.post("/api/v1/{env}/card", &with(&body, json!({ name.as_str(): [] }))).await;
        assert_eq!((wrong.status, wrong.fields()), (400, vec![name.clone()]));
    }
    for (change, field) in [
        (json!({ "amount": "100" }), "amount"),
        (json!({ "amount": 0 }), "amount"),
        (json!({ "amount": 0.001 }), "amount"),
        (json!({ "currency": "gbp" }), "currency"),
        (json!({ "order_id": "ab" }), "order_id"),
        (json!({ "terminal_id": "X1" }), "terminal_id"),
        (json!({ "card_number": "4111111111111112" }), "card_number"),
        (json!({ "card_number": 4111111111111111_u64 }), "card_number"),
        (json!({ "card_expiry_month": "13" }), "card_expiry_month"),
        (json!({ "card_expiry_year": "90" }), "card_expiry_year"),
        (json!({ "card_expiry_year": "2020" }), "card_expiry_year"),
        (json!({ "card_cvv": "12" }), "card_cvv"),
    ] {
        let answer = merchant.post("/api/v1/{env}/card", &with(&body, change.clone())).await;
        assert_eq!((answer.status, answer.fields()), (400, vec![field.to_owned()]), "{change}: {answer:?}");
    }
    agency.set_mode("field_errors", "absent").unwrap();
    let answer = merchant.post("/api/v1/{env}/card", &without(&body, "email")).await;
    assert_eq!(answer.text, r#"{"message":"Please pass all mandatory fields"}"#);
    let log = sandbox.requests();
    assert_eq!(log.last().unwrap().violation.as_deref(), Some("body: email missing"));
    assert_eq!(agency.payments(), []);
}

#[tokio::test]
async fn statuses_of_errors_follow_the_mode() {
    let sandbox = Sandbox::start().await.unwrap();
    let (merchant, agency) = (merchant(&sandbox), sandbox.payagency());
    for (value, key, route) in [("by_kind", 401, 404), ("400", 400, 400), ("200", 200, 200)] {
        agency.set_mode("error_status", value).unwrap();
        let answer = send(merchant.bare(Method::GET, "/api/v1/wallet")).await;
        assert_eq!(answer.status, key, "{value}");
        assert!(answer.assumed.contains("HTTP status of errors"));
        assert_eq!(merchant.get("/api/v1/nothing").await.status, route, "{value}");
    }
    // A fault's status is the fault's.
    add_fault(&sandbox, "wallets", Fault::Status(StatusFault::new(503, Acting::Before)));
    let answer = merchant.get("/api/v1/wallet").await;
    assert!(answer.status == 503 && answer.message().contains("fault rule"), "{answer:?}");
}

//! Pay1st's methods, payments and queries over raw HTTP.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod pay1st_common;

use pay_sandbox::pay1st::{Console, Status};
use pay_sandbox::{SaleState, Sandbox};
use pay1st_common::*;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::HashSet;

#[tokio::test]
async fn methods_come_nested_or_flat() {
    let sandbox = Sandbox::start().await.unwrap();
    let partner = partner(&sandbox).await;
    let ask = |country: &str| send(partner.get(&format!("{METHODS}?countryCode={country}"), CHANNEL));
    let (mut outer, mut inner) = (HashSet::new(), HashSet::new());
    for country in ["ZA", "NG", "KE", "EG", "MA", "GH"] {
        let answer = ask(country).await;
        assert_eq!(answer.status, 200);
        for group in answer.json()["data"]["groups"].as_array().unwrap() {
            for channel in group["channels"].as_array().unwrap() {
                outer.insert(channel["id"].as_u64().unwrap());
                inner.insert(channel["channel"]["id"].as_u64().unwrap());
                // JSON inside of a text, as documented.
                let required = channel["paymentMethodType"]["requiredParameters"].as_str().unwrap();
                let required: Value = serde_json::from_str(required).unwrap();
                assert!(required["personalInfo"]["phoneNumber"]["dataType"].is_string());
            }
        }
    }
    assert_eq!((outer.len(), inner.len()), (14, 14));
    assert!(outer.is_disjoint(&inner), "the one cannot be taken for the other (G5)");
    let card = &ask("NG").await.json()["data"]["groups"][0];
    assert_eq!((&card["name"], &card["channels"][0]["id"]), (&json!("Credit / Debit Card"), &json!(2)));
    assert_eq!(card["channels"][0]["channel"]["id"], 8, "the documented example");
    assert_eq!(ask("DE").await.json(), json!({ "data": { "groups": [] } }));

    sandbox.pay1st().set_mode("methods_shape", "flat").unwrap();
    let flat = ask("ZA").await.json();
    assert_eq!(flat[0], json!({ "channelId": 70, "channelName": "Card", "countryCode": "ZA", "currencyCode": "ZAR" }));
    for wrong in
        [METHODS.to_owned(), format!("{METHODS}?countryCode="), format!("{METHODS}?countryCode=NG&countryCode=ZA")]
    {
        assert!(send(partner.get(&wrong, CHANNEL)).await.is_error(400), "{wrong}");
    }
}

#[tokio::test]
async fn a_payment_is_created_and_can_be_asked_for() {
    let sandbox = Sandbox::start().await.unwrap();
    let partner = partner(&sandbox).await;
    let more = r#","callbackSuccessUrl":"https://shop.example/s","callbackFailureUrl":"https://shop.example/f","callbackPendingUrl":"https://shop.example/p","callbackCancelUrl":"https://shop.example/c","webhookUrl":"https://shop.example/hook""#;
    let created = partner.create(&order("order-1", more)).await;
    assert_eq!(created.status, 201);
    let reference = created.text("reference");
    let digits = reference.strip_prefix("C-").and_then(|rest| rest.strip_suffix("-P")).unwrap();
    assert!(digits.len() == 15 && digits.bytes().all(|byte| byte.is_ascii_digit()), "{reference}");
    assert_eq!(
        created.text,
        format!(
            r#"{{"reference":"{reference}","partnerReference":"order-1","countryCode":"NG","currencyCode":"NGN","amount":100.50,"status":"NEW"}}"#
        ),
        "the amount as it was written"
    );
    let asked = partner.query(&reference).await;
    assert_eq!(asked.status, 200);
    assert!(asked.text.contains(r#""amount":100.50,"#), "{}", asked.text);
    let asked = asked.json();
    // Names differ from those of the request.
    assert_eq!(asked["partnerSettings"]["successCallbackUrl"], "https://shop.example/s");
    assert_eq!(asked["partnerSettings"]["failureCallbackUrl"], "https://shop.example/f");
    assert_eq!(asked["partnerSettings"]["pendingCallbackUrl"], "https://shop.example/p");
    assert_eq!(asked["partnerSettings"]["cancelCallbackUrl"], "https://shop.example/c");
    assert_eq!(asked["partnerSettings"]["webhookUrl"], "https://shop.example/hook");
    assert_eq!(asked["partnerSettings"]["partnerId"], sandbox.pay1st().partner_id());
    assert_eq!(asked["products"][0]["sku"], "12345");
    assert_eq!(asked["metadata"][0], json!({ "key": "customerId", "value": "customer-order-1" }));
    assert_eq!((&asked["status"], &asked["partnerReference"]), (&json!("NEW"), &json!("order-1")));
    let sale = sandbox.ledger().sale("order-1").cloned().unwrap();
    assert_eq!((sale.amount_cents, sale.state, sale.charges), (10_050, SaleState::Open, 0));
    assert_sound(&sandbox);
}

#[tokio::test]
async fn the_published_body_is_taken_as_it_is() {
    let sandbox = Sandbox::start().await.unwrap();
    let partner = partner(&sandbox).await;
    let body = r#"{"countryCode":"NG","currencyCode":"NGN","amount":100,"partnerReference":"4a662291-2840-4bcd-aae9-553ab24601ed","callbackSuccessUrl":"<https://callback.success","callbackFailureUrl":"https://callback.failure","callbackPendingUrl":"https://callback.pending","callbackCancelUrl":"https://callback.cancel","webhookUrl":"https://webhook.success","products":[{"title":"10> Credits","sku":"12345","price":100,"quantity":1,"currencyCode":"NGN"}],"metadata":[{"key":"customerId","value":"1"}]}"#;
    let created = partner.create(body).await;
    assert_eq!((created.status, created.json()["amount"].to_string()), (201, "100".to_owned()));
    // Its webhook goes to no host that anybody has allowed, and its first callback is no URL.
    sandbox.pay1st().pay(&created.text("reference")).unwrap();
    idle(&sandbox).await;
    assert!(sandbox.deliveries().iter().all(|delivery| delivery.refused.is_some() && delivery.attempts.is_empty()));
}

#[tokio::test]
async fn what_the_console_says_stands_in_for_what_a_payment_leaves_out() {
    let sandbox = Sandbox::start().await.unwrap();
    let partner = partner(&sandbox).await;
    let url = |name: &str| Some(format!("http://127.0.0.1:9/{name}"));
    let console = Console {
        webhook_url: url("hook"),
        success_url: url("s"),
        failure_url: url("f"),
        pending_url: url("p"),
        cancel_url: None,
    };
    sandbox.pay1st().set_console(console);
    let own = r#","callbackSuccessUrl":"https://own.example/s","callbackFailureUrl":"""#;
    let reference = partner.create(&order("order-1", own)).await.text("reference");
    let asked = partner.query(&reference).await.json()["partnerSettings"].clone();
    assert_eq!(asked["successCallbackUrl"], "https://own.example/s");
    assert_eq!(asked["failureCallbackUrl"], "http://127.0.0.1:9/f");
    assert_eq!((&asked["webhookUrl"], &asked["cancelCallbackUrl"]), (&json!("http://127.0.0.1:9/hook"), &Value::Null));
}

#[tokio::test]
async fn a_body_that_is_not_right_is_refused_and_leaves_nothing() {
    let sandbox = Sandbox::start().await.unwrap();
    let partner = partner(&sandbox).await;
    let good = order("order-1", "");
    let change = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        good.replacen(from, to, 1)
    };
    for name in ["countryCode", "currencyCode", "amount", "partnerReference", "products", "metadata"] {
        let answer = partner.create(&change(&format!("\"{name}\""), "\"gone\"")).await;
        assert!(answer.is_error(400), "{name}: {answer:?}");
    }
    let amount = "\"amount\":100.50";
    for wrong in ["0", "-1", "\"100\"", "null", "true", "[]", "100.505", "1e400", "1e-3", "0.001"] {
        let answer = partner.create(&change(amount, &format!("\"amount\":{wrong}"))).await;
        assert!(answer.is_error(400), "{wrong}: {answer:?}");
    }
    for (from, to) in [
        ("\"NG\"", "\"NGA\""),
        ("\"NG\"", "\"ng\""),
        ("\"NG\"", "7"),
        ("\"NGN\"", "\"NG\""),
        ("\"NGN\"", "\"\""),
        ("\"order-1\"", "\"\""),
        ("\"order-1\"", "7"),
        ("\"sku\":\"12345\"", "\"sku\":7"),
        ("\"sku\":\"12345\",", ""),
        ("\"quantity\":1", "\"quantity\":\"1\""),
        ("\"key\":\"customerId\"", "\"key\":null"),
        ("[{\"title\"", "[7,{\"title\""),
    ] {
        let answer = partner.create(&change(from, to)).await;
        assert!(answer.is_error(400), "{from} -> {to}: {answer:?}");
    }
    for body in ["", "[]", "7", "{", &format!("{good}x"), &order("order-1", r#","webhookUrl":7"#)] {
        assert!(partner.create(body).await.is_error(400), "{body}");
    }
    let answer = partner
        .create(&order("order-1", "").replace(r#"[{"key":"customerId","value":"customer-order-1"}]"#, "[]"))
        .await;
    assert!(answer.is_error(400) && answer.assumed.contains("empty lists"), "{answer:?}");
    assert!(sandbox.pay1st().payments().is_empty());
    // The log says where, and never what.
    let violations: Vec<String> = sandbox.requests().into_iter().filter_map(|request| request.violation).collect();
    assert!(violations.iter().any(|violation| violation.starts_with("body /products")), "{violations:?}");
    sandbox.pay1st().set_mode("empty_lists", "accepted").unwrap();
    let empty = order("order-1", "").replace(r#"[{"key":"customerId","value":"customer-order-1"}]"#, "[]");
    assert_eq!(partner.create(&empty).await.status, 201);
}

#[tokio::test]
async fn amounts_are_exact() {
    let sandbox = Sandbox::start().await.unwrap();
    let partner = partner(&sandbox).await;
    for (index, (text, cents)) in [
        ("100", 10_000),
        ("4.350", 435),
        ("0.01", 1),
        ("1234567890123456.78", 123_456_789_012_345_678),
        ("1e2", 10_000),
        ("10.07", 1007),
    ]
    .into_iter()
    .enumerate()
    {
        let reference = format!("order-{index}");
        let body = order(&reference, "").replacen("\"amount\":100.50", &format!("\"amount\":{text}"), 1);
        let created = partner.create(&body).await;
        assert!(created.text.contains(&format!("\"amount\":{text},")), "{}", created.text);
        assert_eq!(sandbox.ledger().sale(&reference).unwrap().amount_cents, cents, "{text}");
    }
}

#[tokio::test]
async fn a_signature_is_over_the_bytes_and_the_time() {
    let sandbox = Sandbox::start().await.unwrap();
    let partner = partner(&sandbox).await;
    let (body, timestamp, key) = (order("order-1", ""), stamp(0), sandbox.pay1st().signing_key());
    let good = sign(&key, &timestamp, &body);
    let ask = |signature: Option<&str>, timestamp: Option<&str>, body: &str| {
        let mut request =
            partner.bare(Method::POST, CREATE, PAYMENT).header("AccessToken", format!("Bearer {}", partner.access));
        for (name, value) in [("X-SIGNATURE", signature), ("X-TIMESTAMP", timestamp)] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        send(request.body(body.to_owned()))
    };
    for (signature, timestamp, body) in [
        (None, Some(timestamp.as_str()), body.as_str()),
        (Some(good.as_str()), None, &body),
        (Some(&good), Some(&timestamp), &format!("{body} ")),
        (Some(&good), Some(&timestamp.replace('Z', ".0Z")), &body),
        (Some(&good.to_uppercase()), Some(&timestamp), &body),
        (Some(&good[1..]), Some(&timestamp), &body),
        (Some(""), Some(&timestamp), &body),
        (Some(&sign("another key", &timestamp, &body)), Some(&timestamp), &body),
        (Some(&sign(&timestamp, &key, &body)), Some(&timestamp), &body),
        (Some(&sign(&key, "", &body)), Some(&timestamp), &body),
        (Some(&sign(&key, &timestamp, &format!("\n{body}"))), Some(&timestamp), &body),
        (Some(&sign(&key, "today", &body)), Some("today"), &body),
    ] {
        let answer = ask(signature, timestamp, body).await;
        assert!(answer.is_error(400), "{answer:?}");
    }
    let twice = partner.signed(CREATE, PAYMENT, &body).header("X-SIGNATURE", "x");
    assert!(send(twice).await.is_error(400));
    assert!(sandbox.pay1st().payments().is_empty());
    assert_eq!(ask(Some(&good), Some(&timestamp), &body).await.status, 201);
    // A rotated key is in force at once.
    sandbox.pay1st().set_signing_key("another key");
    assert_eq!(partner.create(&order("order-2", "")).await.status, 201);
    assert!(ask(Some(&good), Some(&timestamp), &body).await.is_error(400));
}

#[tokio::test]
async fn a_timestamp_is_five_minutes_good_on_wall_time() {
    let sandbox = Sandbox::start().await.unwrap();
    let partner = partner(&sandbox).await;
    let ask = |offset: i64| send(partner.signed_at(CREATE, PAYMENT, &order(&format!("order{offset}"), ""), offset));
    for (offset, status) in [(-290, 201), (290, 201), (-310, 400), (310, 400)] {
        let answer = ask(offset).await;
        assert_eq!(answer.status, status, "{offset}: {answer:?}");
    }
    // The sandbox clock moves tokens, not this.
    sandbox.clock().advance(std::time::Duration::from_secs(600));
    assert_eq!(ask(0).await.status, 201);
    sandbox.pay1st().set_mode("stamps", "sandbox_clock").unwrap();
    assert_eq!((ask(1).await.status, ask(601).await.status), (400, 201));
    // Measured against the token (C5): issued ten minutes ago.
    sandbox.pay1st().set_mode("timestamp_rule", "access_token").unwrap();
    assert_eq!((ask(602).await.status, ask(2).await.status), (400, 201));
}

#[tokio::test]
async fn reads_are_signed_where_a_mode_asks_for_it() {
    let sandbox = Sandbox::start().await.unwrap();
    let partner = partner(&sandbox).await;
    sandbox.pay1st().set_mode("signed_reads", "required").unwrap();
    let path = format!("{METHODS}?countryCode=NG");
    assert!(send(partner.get(&path, CHANNEL)).await.is_error(400));
    let timestamp = stamp(0);
    let signature = sign(&sandbox.pay1st().signing_key(), &timestamp, "");
    let signed = partner.get(&path, CHANNEL).header("X-SIGNATURE", signature).header("X-TIMESTAMP", timestamp);
    assert_eq!(send(signed).await.status, 200);
}

#[tokio::test]
async fn a_reference_is_used_once() {
    let sandbox = Sandbox::start().await.unwrap();
    let partner = partner(&sandbox).await;
    let first = partner.created("order-1").await;
    let again = partner.create(&order("order-1", "")).await;
    assert!(again.is_error(400) && again.assumed.contains("repeated partnerReference"), "{again:?}");
    sandbox.pay1st().set_mode("duplicate_reference", "first_payment").unwrap();
    let again = partner.create(&order("order-1", "")).await;
    assert_eq!((again.status, again.text("reference")), (201, first.clone()));
    assert_eq!(sandbox.pay1st().payments().len(), 1);
    sandbox.pay1st().set_mode("duplicate_reference", "second_payment").unwrap();
    let again = partner.create(&order("order-1", "")).await;
    assert_ne!(again.text("reference"), first);
    for payment in sandbox.pay1st().payments() {
        sandbox.pay1st().pay(&payment.reference).unwrap();
    }
    assert_eq!((sandbox.ledger().charges("order-1"), sandbox.ledger().charges_to("customer-order-1")), (2, 2));
    assert!(sandbox.ledger().check()[0].contains("two sales for reference order-1"));
}

#[tokio::test]
async fn a_customer_moves_a_payment_once() {
    let sandbox = Sandbox::start().await.unwrap();
    let (partner, pay1st) = (partner(&sandbox).await, sandbox.pay1st());
    for (action, status) in
        [("pay", "SUCCESSFUL"), ("fail", "FAILED"), ("cancel", "CANCELLED"), ("expire", "ABANDONED")]
    {
        let reference = partner.created(action).await;
        let act = || match action {
            "pay" => pay1st.pay(&reference),
            "fail" => pay1st.fail(&reference),
            "cancel" => pay1st.cancel(&reference),
            _ => pay1st.expire(&reference),
        };
        assert_eq!(act().unwrap().as_str(), status);
        assert_eq!(partner.query(&reference).await.json()["status"], status);
        // Whatever comes after the end changes nothing.
        for again in [act(), pay1st.pay(&reference), pay1st.pay_later(&reference), pay1st.fail(&reference)] {
            assert_eq!(again.unwrap().as_str(), status);
        }
        assert_eq!(sandbox.ledger().charges(action), u32::from(action == "pay"));
    }
    let reference = partner.created("later").await;
    assert_eq!(pay1st.pay_later(&reference).unwrap(), Status::Pending);
    assert_eq!(sandbox.ledger().charges("later"), 0);
    assert_eq!(pay1st.pay(&reference).unwrap(), Status::Successful);
    assert_eq!((sandbox.ledger().charges("later"), sandbox.ledger().charges_to("customer-later")), (1, 1));
    assert!(pay1st.pay("C-000000000000000-P").is_err());
    assert_sound(&sandbox);
}

#[tokio::test]
async fn what_is_not_there_is_said_so() {
    let sandbox = Sandbox::start().await.unwrap();
    let partner = partner(&sandbox).await;
    let unknown = partner.query("C-000000000000000-P").await;
    assert!(unknown.is_error(404) && unknown.assumed.contains("unknown reference"), "{unknown:?}");
    assert!(send(partner.get(QUERY, PAYMENT)).await.is_error(400));
    // 5.8: documented by title only. No path of theirs is invented.
    for path in ["/api/pay1st/transactions/refunds", "/api/pay1st/chargebacks", "/api/pay1st/payments/create/", "/x"] {
        let answer = send(partner.get(path, PAYMENT)).await;
        assert!(answer.is_error(404) && answer.text.contains("documented by title only"), "{path}: {answer:?}");
    }
    sandbox.pay1st().set_mode("session_id", "absent").unwrap();
    assert!(partner.query("x").await.json().get("sessionId").is_none(), "older copies of the page");
}

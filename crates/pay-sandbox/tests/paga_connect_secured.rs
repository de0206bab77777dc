//! Paga Connect's secured operations over raw HTTP: charged once, refused, answered in every form, lost on the way.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod paga_connect_common;

use paga_connect_common::*;
use pay_sandbox::{Acting, Fault, FaultRule, StatusFault};
use serde_json::{Value, json};
use std::time::Duration;

type Fits = fn(&Value) -> bool;

#[tokio::test]
async fn a_payment_moves_money_from_the_user_to_the_merchant_in_all_seven_forms() {
    let sandbox = sandbox().await;
    let shop = merchant(&sandbox);
    let token = shop.connect("ada").await.access;
    let mut requests = Vec::new();
    for version in ["", "/v3"] {
        for more in ["", "/merchantProductCode/p-1", "/merchantProductCode/p-1/currency/NGN"] {
            let reference = format!("order-{}", requests.len());
            let path = format!(
                "/merchantPayment{version}/referenceNumber/{reference}/amount/500.50/merchantCustomerReference/a%40b.example{more}"
            );
            requests.push((reference, shop.secured(&token, &path)));
        }
    }
    let reference = "order-form".to_owned();
    let form =
        [("referenceNumber", reference.as_str()), ("amount", "500.50"), ("merchantCustomerReference", "a@b.example")];
    requests.push((reference.clone(), shop.secured(&token, "/merchantPayment").form(&form)));
    for (reference, request) in requests {
        let answer = send(request).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let result = &answer.json()["merchantPaymentResult"];
        assert!(result["errorCode"].is_null() && result["errorMessage"].is_null(), "{answer:?}");
        assert!(result["transactionId"].is_string() && result["confirmationCode"].is_string(), "{answer:?}");
        assert!(answer.text.contains(r#""amount":500.5,"#) && result["currency"] == "NGN", "{answer:?}");
        assert_eq!(sandbox.ledger().charges(&reference), 1);
    }
    let ledger = sandbox.ledger();
    assert_eq!(ledger.charges_to("ada"), 7);
    let float = |name: &str| {
        let accounts = &ledger.providers["paga-connect"].accounts;
        accounts.iter().find(|it| it.account == name).unwrap().float_cents
    };
    assert_eq!((float("ada"), float("sample-shop")), (25_000_000 - 7 * 50_050, 10_000_000 + 7 * 50_050));
    let sale = ledger.sale("order-2").unwrap();
    assert_eq!((sale.product_code.as_str(), sale.attempts, sale.answered), ("p-1", 1, 1));
    assert_sound(&sandbox);
    let log = serde_json::to_string(&sandbox.requests()).unwrap();
    assert!(!log.contains("a%40b") && !log.contains("a@b") && !log.contains("500.50"), "values stand in paths here");
}

/// The code of a result that is a failure.
fn code(answer: &Answer) -> String {
    let json = answer.json();
    let result = json.as_object().unwrap().values().find(|it| it.is_object()).unwrap_or(&json);
    assert!(result["errorMessage"].is_string() && result["transactionId"].is_null(), "{answer:?}");
    assert!(answer.assumed().contains("status and code of a failure"), "{answer:?}");
    result["errorCode"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_cannot_be_paid_is_refused_with_codes_that_are_plainly_ours() {
    let sandbox = sandbox().await;
    let shop = merchant(&sandbox);
    let (ada, emeka) = (shop.connect("ada").await.access, shop.connect("emeka").await.access);
    for (amount, expected) in [
        ("0", "SANDBOX_BAD_AMOUNT"),
        ("-1", "SANDBOX_BAD_AMOUNT"),
        ("1.005", "SANDBOX_BAD_AMOUNT"),
        ("1.0E7", "SANDBOX_BAD_AMOUNT"),
        ("250000.01", "SANDBOX_INSUFFICIENT_FUNDS"),
    ] {
        assert_eq!(code(&send(shop.pay(&ada, "order-1", amount)).await), expected, "{amount}");
    }
    assert_eq!(code(&send(shop.pay(&emeka, "order-1", "0.01")).await), "SANDBOX_INSUFFICIENT_FUNDS");
    let long = "x".repeat(51);
    assert_eq!(code(&send(shop.pay(&ada, &long, "1")).await), "SANDBOX_BAD_REFERENCE");
    let path = "/merchantPayment/referenceNumber/order-1/amount/1/merchantCustomerReference/c/merchantProductCode/p/currency/USD";
    assert_eq!(code(&send(shop.secured(&ada, path)).await), "SANDBOX_BAD_CURRENCY");
    let form = |pairs: &[(&str, &str)]| shop.secured(&ada, "/merchantPayment").form(pairs);
    for (pairs, expected) in [
        (vec![], "SANDBOX_MISSING_PARAMETER"),
        (vec![("referenceNumber", "r"), ("amount", "1")], "SANDBOX_MISSING_PARAMETER"),
        (
            vec![("referenceNumber", "r"), ("amount", "1"), ("merchantCustomerReference", "c"), ("currency", "EUR")],
            "SANDBOX_BAD_CURRENCY",
        ),
    ] {
        assert_eq!(code(&send(form(&pairs)).await), expected, "{pairs:?}");
    }
    shop.paga.set_locked("ada", true).unwrap();
    assert_eq!(code(&send(shop.pay(&ada, "order-1", "1")).await), "SANDBOX_ACCOUNT_LOCKED");
    shop.paga.set_locked("ada", false).unwrap();
    assert_eq!(sandbox.ledger().sales().count(), 0, "nothing of this moved money");
    shop.paga.set_balance("emeka", "0.01").unwrap();
    let paid = send(shop.pay(&emeka, "order-1", "0.01")).await;
    assert!(
        paid.json()["merchantPaymentResult"]["transactionId"].is_string(),
        "a refusal uses no reference up: {paid:?}"
    );
    assert_sound(&sandbox);
}

#[tokio::test]
async fn a_reference_is_rejected_or_replayed_the_second_time() {
    let sandbox = sandbox().await;
    let shop = merchant(&sandbox);
    let (ada, ngozi) = (shop.connect("ada").await.access, shop.connect("ngozi").await.access);
    let first = send(shop.pay(&ada, "order-1", "100")).await;
    assert_eq!(code(&send(shop.pay(&ada, "order-1", "100")).await), "SANDBOX_DUPLICATE_REFERENCE");
    assert_eq!(
        code(&send(shop.transfer(&ada, "order-1", "1", shop.paga.recipient())).await),
        "SANDBOX_DUPLICATE_REFERENCE"
    );
    shop.paga.set_mode("duplicate_reference", "replayed").unwrap();
    assert_eq!(
        send(shop.pay(&ada, "order-1", "999")).await.text,
        first.text,
        "the first answer, whatever is asked now"
    );
    assert_eq!(code(&send(shop.pay(&ngozi, "order-1", "100")).await), "SANDBOX_DUPLICATE_REFERENCE", "of another user");
    let other = as_client(&sandbox, &shop.paga.awkward_client_id());
    let theirs = other.connect("ada").await.access;
    assert_ne!(
        send(other.pay(&theirs, "order-1", "100")).await.text,
        first.text,
        "each client has references of its own"
    );
    let ledger = sandbox.ledger();
    let sale = ledger.sales().find(|sale| sale.reference == "order-1").unwrap();
    assert_eq!((sale.charges, sale.attempts), (1, 6), "counted by reference alone");
    assert_eq!(ledger.charges_to("ada"), 2);
}

#[tokio::test]
async fn sixteen_at_once_with_one_reference_are_charged_once() {
    let sandbox = sandbox().await;
    let shop = merchant(&sandbox);
    let token = shop.connect("ada").await.access;
    let calls: Vec<_> = (0..16).map(|_| tokio::spawn(send(shop.pay(&token, "order-1", "10")))).collect();
    let mut paid = 0;
    for call in calls {
        paid += u32::from(call.await.unwrap().json()["merchantPaymentResult"]["transactionId"].is_string());
    }
    assert_eq!((paid, sandbox.ledger().charges("order-1")), (1, 1));
    assert_sound(&sandbox);
}

#[tokio::test]
async fn a_transfer_credits_an_account_and_says_so_without_a_wrapper() {
    let sandbox = sandbox().await;
    let shop = merchant(&sandbox);
    let token = shop.connect("ada").await.access;
    let answer = send(shop.transfer(&token, "t-1", "200.0", shop.paga.recipient())).await;
    let json = answer.json();
    assert!(json["transactionId"].is_string() && json["errorCode"].is_null(), "{answer:?}");
    assert_eq!((json["externalReferenceNumber"].as_str(), json["currency"].as_str()), (Some("t-1"), Some("NGN")));
    assert!(answer.assumed().contains("whose money"), "{answer:?}");
    let balance = |sandbox: &pay_sandbox::Sandbox, name: &str| {
        let ledger = sandbox.ledger();
        ledger.providers["paga-connect"].accounts.iter().find(|it| it.account == name).unwrap().float_cents
    };
    assert_eq!(
        (balance(&sandbox, "recipient"), balance(&sandbox, "sample-shop"), balance(&sandbox, "ada")),
        (20_000, 9_980_000, 25_000_000)
    );
    shop.paga.set_mode("transfer_debits", "user").unwrap();
    send(shop.transfer(&token, "t-2", "200.0", shop.paga.mobile_number("ngozi").unwrap())).await;
    assert_eq!((balance(&sandbox, "ngozi"), balance(&sandbox, "ada")), (5_020_000, 24_980_000));
    assert_eq!((sandbox.ledger().paid_out("t-1"), sandbox.ledger().paid_out_to(shop.paga.recipient())), (1, 1));
    assert_eq!(code(&send(shop.transfer(&token, "t-3", "1", "08099999999")).await), "SANDBOX_UNKNOWN_RECIPIENT");
    assert_eq!(code(&send(shop.transfer(&token, "t-3", "0", shop.paga.recipient())).await), "SANDBOX_BAD_AMOUNT");
    assert_eq!(
        code(&send(shop.transfer(&token, "t-3", "250000", shop.paga.recipient())).await),
        "SANDBOX_INSUFFICIENT_FUNDS"
    );
    let query = |skip: Option<&str>| {
        let request = shop.secured(&token, "/moneyTransfer/v2");
        let request = request.query(&[
            ("amount", "1"),
            ("referenceNumber", "t-4"),
            ("recipientCredential", shop.paga.recipient()),
        ]);
        skip.map_or_else(
            || request.try_clone().unwrap(),
            |skip| request.try_clone().unwrap().query(&[("skipMessaging", skip)]),
        )
    };
    assert_eq!(code(&send(query(None)).await), "SANDBOX_MISSING_PARAMETER");
    assert_eq!(code(&send(query(Some("yes"))).await), "SANDBOX_BAD_PARAMETER");
    assert_eq!(send(query(Some("true"))).await.json()["amount"].to_string(), "1.0");
    assert_sound(&sandbox);
}

#[tokio::test]
async fn details_tell_what_was_consented_to_in_three_shapes_of_asking() {
    let sandbox = sandbox().await;
    let shop = merchant(&sandbox);
    let token = shop.connect("ada").await.access;
    let body = |id: &str| json!({ "referenceNumber": "r-1", "publicId": id }).to_string();
    let json_body =
        |id: &str| shop.secured(&token, "/getUserDetails").header("content-type", "application/json").body(body(id));
    for request in [
        shop.secured(&token, "/getUserDetails"),
        shop.secured(&token, "/getUserDetails/referenceNumber/r-1"),
        json_body(&shop.id),
    ] {
        let answer = send(request).await;
        let details = &answer.json()["detailsResult"]["details"];
        assert_eq!(details["firstName"], "Ada", "{answer:?}");
        assert_eq!((details["lastName"].as_str(), details["username"].as_str()), (Some("Obi"), Some("ada")));
        assert_eq!(
            (details["email"].as_str(), details["accountBalance"].as_str()),
            (Some("ada.obi@paga.example"), Some("250000.00"))
        );
        assert_eq!(details["sandboxMobileNumber"], "08000000001", "no model has the key: {answer:?}");
        assert!(
            details["accountStatus"].as_str().unwrap().starts_with("SANDBOX_") && details["authorities"].is_array()
        );
    }
    let refused = send(json_body("other")).await;
    assert_eq!(code(&refused), "SANDBOX_BAD_PARAMETER");
    assert!(refused.json()["detailsResult"].get("details").is_none(), "{refused:?}");
    shop.paga.set_mode("account_balance", "number").unwrap();
    shop.paga.set_mode("mobile_number", "absent").unwrap();
    let answer = send(shop.secured(&token, "/getUserDetails")).await;
    assert!(
        answer.text.contains(r#""accountBalance":250000.00"#) && !answer.text.contains("08000000001"),
        "{answer:?}"
    );
    // A part of the consent, a part of the details.
    let mut asks = shop.asks();
    (asks[3], asks[4]) = (("scope", "USER_DETAILS_REQUEST"), ("user_data", "EMAIL"));
    let part = tokens(&send(shop.exchange(&shop.code_for("ada", &asks))).await).access;
    let details = send(shop.secured(&part, "/getUserDetails")).await.json()["detailsResult"]["details"].clone();
    assert!(
        details["email"].is_string() && details.get("firstName").is_none() && details.get("accountBalance").is_none(),
        "{details}"
    );
}

#[tokio::test]
async fn a_one_time_token_is_plainly_the_sandboxs_own() {
    let sandbox = sandbox().await;
    let shop = merchant(&sandbox);
    let token = shop.connect("ada").await.access;
    let answer = send(shop.secured(&token, "/getOneTimeToken/referenceNumber/r-1")).await;
    assert_eq!((answer.status, answer.text("sandboxReferenceNumber").as_str()), (200, "r-1"));
    assert!(answer.assumed().contains("everything about one-time tokens"), "{answer:?}");
    let long = format!("/getOneTimeToken/referenceNumber/{}", "x".repeat(51));
    assert_eq!(send(shop.secured(&token, &long)).await.json()["errorCode"], "SANDBOX_BAD_REFERENCE");
}

#[tokio::test]
async fn a_token_that_does_not_do_is_refused_before_anything_is_looked_at() {
    let sandbox = sandbox().await;
    let shop = merchant(&sandbox);
    let tokens_of_ada = shop.connect("ada").await;
    let path = shop.at(&format!("{SECURE}/getUserDetails"));
    let bare = || shop.http.post(&path);
    let none = send(bare()).await;
    assert!(none.is_error(401, "unauthorized") && none.header("www-authenticate").starts_with("Bearer "), "{none:?}");
    for request in [
        bare().bearer_auth("00000000-0000-4000-8000-000000000000"),
        bare().bearer_auth(&tokens_of_ada.refresh),
        bare().bearer_auth(format!("{}x", tokens_of_ada.access)),
    ] {
        assert!(send(request).await.is_error(401, "invalid_token"));
    }
    // One integration forgot the space; imitating that shows here.
    assert!(
        send(bare().header("authorization", format!("Bearer{}", tokens_of_ada.access)))
            .await
            .is_error(401, "unauthorized")
    );
    let quoted = send(bare().bearer_auth("a\"b\\c")).await;
    assert!(quoted.header("www-authenticate").contains("Invalid access token: abc\""), "{quoted:?}");
    let fault = FaultRule::new("paga-connect", Fault::Unauthorized).operation("user_details");
    sandbox.add_fault(fault).unwrap();
    assert!(send(bare().bearer_auth(&tokens_of_ada.access)).await.is_error(401, "invalid_token"));
    assert_eq!(send(bare().bearer_auth(&tokens_of_ada.access)).await.status, 200);
}

#[tokio::test]
async fn each_operation_needs_its_scope() {
    let sandbox = sandbox().await;
    let shop = merchant(&sandbox);
    for (scope, operation) in [
        ("MERCHANT_PAYMENT", "payment"),
        ("MONEY_TRANSFER", "transfer"),
        ("USER_DETAILS_REQUEST", "details"),
        ("USER_REQUEST_ACCOUNT_BALANCE", "none of them"),
    ] {
        let mut asks = shop.asks();
        asks[3] = ("scope", scope);
        let token = tokens(&send(shop.exchange(&shop.code_for("ada", &asks))).await).access;
        let calls = [
            ("payment", shop.pay(&token, scope, "1")),
            ("transfer", shop.transfer(&token, &format!("t-{scope}"), "1", shop.paga.recipient())),
            ("details", shop.secured(&token, "/getUserDetails")),
        ];
        for (name, request) in calls {
            let answer = send(request).await;
            if name == operation {
                assert_eq!(answer.status, 200, "{scope} {name}: {answer:?}");
            } else {
                assert!(answer.is_error(403, "insufficient_scope"), "{scope} {name}: {answer:?}");
                assert!(answer.header("www-authenticate").contains("insufficient_scope"), "{answer:?}");
            }
        }
    }
}

#[tokio::test]
async fn paths_and_methods_that_no_fact_shows_are_not_there() {
    let sandbox = sandbox().await;
    let shop = merchant(&sandbox);
    let token = shop.connect("ada").await.access;
    for (path, status) in [
        ("/merchantPayment//referenceNumber/r/amount/1/merchantCustomerReference/c", 404),
        ("/merchantPayment/referenceNumber/r/amount/1/merchantCustomerReference/c/", 404),
        ("/merchantPayment/referenceNumber//amount/1/merchantCustomerReference/c", 404),
        ("/merchantPayment/referenceNumberr/amount/1/merchantCustomerReference/c", 404),
        ("/merchantPayment/referenceNumber/r/amount/1/merchantCustomerReference/c/currency/NGN", 404),
        ("/merchantPayment/v3", 404),
        ("/moneyTransfer/amount/1/destinationPhoneNumber/08000000009/referenceNumber/r", 404),
        ("/accountBalance", 404),
        ("/getUserDetails/referenceNumber/a%2Fb", 400),
        ("/getUserDetails/referenceNumber/a%3Bb", 400),
    ] {
        let answer = send(shop.secured(&token, path)).await;
        assert_eq!(answer.status, status, "{path}: {answer:?}");
    }
    let get = shop.http.get(shop.at(&format!("{SECURE}/getUserDetails"))).bearer_auth(&token);
    assert_eq!(send(get).await.status, 405);
    let xml = shop.secured(&token, "/getUserDetails").header("accept", "application/xml");
    assert_eq!(send(xml).await.status, 406);
    assert_eq!(send(shop.http.post(shop.at("/paga-webservices/oauth2/else"))).await.status, 404);
    assert_eq!(sandbox.ledger().sales().count(), 0);
    // A server that takes what follows the last dot for the ending of a file.
    shop.paga.set_mode("last_dot", "cut").unwrap();
    let path = "/getOneTimeToken/referenceNumber/r-1.5";
    assert_eq!(send(shop.secured(&token, path)).await.text("sandboxReferenceNumber"), "r-1");
}

#[tokio::test]
async fn results_take_every_form_of_their_modes() {
    let sandbox = sandbox().await;
    let shop = merchant(&sandbox);
    let token = shop.connect("ada").await.access;
    let forms: [(&str, &str, Fits); 10] = [
        ("result", "flat", |it| it["transactionId"].is_string()),
        ("result", "wrapped", |it| it["merchantPaymentResult"]["transactionId"].is_string()),
        ("result", "without_ids", |it| {
            let result = it["merchantPaymentResult"].as_object().unwrap();
            result.contains_key("amount")
                && !result.contains_key("transactionId")
                && !result.contains_key("confirmationCode")
        }),
        ("result", "as_in_models", |it| it["merchantPaymentResult"]["transactionId"].is_string()),
        ("no_error", "absent", |it| it["merchantPaymentResult"].get("errorCode").is_none()),
        ("no_error", "empty_text", |it| it["merchantPaymentResult"]["errorCode"] == ""),
        ("no_error", "zero_text", |it| it["merchantPaymentResult"]["errorCode"] == "0"),
        ("no_error", "zero_number", |it| it["merchantPaymentResult"]["errorCode"] == 0),
        ("no_error", "null", |it| it["merchantPaymentResult"]["errorCode"].is_null()),
        ("error_code", "number", |it| it["merchantPaymentResult"]["errorCode"].is_null()),
    ];
    for (at, (mode, value, fits)) in forms.into_iter().enumerate() {
        shop.paga.set_mode(mode, value).unwrap();
        let answer = send(shop.pay(&token, &format!("order-{at}"), "1")).await;
        assert!(answer.status == 200 && fits(&answer.json()), "{mode} {value}: {answer:?}");
    }
    shop.paga.set_mode("failure_status", "400").unwrap();
    let failed = send(shop.pay(&token, "order-0", "1")).await;
    assert_eq!((failed.status, failed.json()["merchantPaymentResult"]["errorCode"].as_i64()), (400, Some(-9005)));
    let details = |value: &str| {
        shop.paga.set_mode("result", value).unwrap();
        send(shop.secured(&token, "/getUserDetails"))
    };
    assert!(details("flat").await.json()["details"].is_object());
    assert!(details("without_ids").await.json()["detailsResult"].get("details").is_none());
    let transfer = |reference: &'static str| send(shop.transfer(&token, reference, "1", shop.paga.recipient()));
    shop.paga.set_mode("result", "wrapped").unwrap();
    assert!(transfer("t-1").await.json()["moneyTransferResult"]["transactionId"].is_string());
    for (value, kind) in [("empty", "application/json"), ("html", "text/html; charset=utf-8")] {
        shop.paga.set_mode("result", value).unwrap();
        let answer = send(shop.pay(&token, value, "1")).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, kind));
        assert_eq!(answer.text.is_empty(), value == "empty");
        assert_eq!(sandbox.ledger().charges(value), 1, "{value}: charged all the same");
    }
    assert_sound(&sandbox);
}

#[tokio::test]
async fn a_charge_whose_answer_is_lost_is_in_the_books() {
    let sandbox = sandbox().await;
    let shop = merchant(&sandbox);
    let token = shop.connect("ada").await.access;
    let faults = [
        Fault::ResetAfterActing,
        Fault::Status(StatusFault::new(502, Acting::After)),
        Fault::StallAfterActing(Some(Duration::from_secs(600))),
        Fault::Html,
        Fault::TruncatedBody,
    ];
    for (at, fault) in faults.into_iter().enumerate() {
        let reference = format!("order-{at}");
        let rule = FaultRule::new("paga-connect", fault).operation("merchant_payment").reference(&reference);
        sandbox.add_fault(rule).unwrap();
        let answer = try_send(shop.pay(&token, &reference, "1").timeout(Duration::from_millis(1500))).await;
        assert!(answer.is_err() || answer.is_ok_and(|it| it.status == 502 || it.text.contains("<h1>")), "{at}");
        let ledger = sandbox.ledger();
        let sale = ledger.sale(&reference).unwrap();
        assert_eq!((sale.charges, sale.attempts, sale.answered), (1, 1, 0), "{at}");
    }
    let before = FaultRule::new("paga-connect", Fault::ResetAfterReading).operation("merchant_payment");
    sandbox.add_fault(before).unwrap();
    assert!(try_send(shop.pay(&token, "order-9", "1")).await.is_err());
    assert_eq!(sandbox.ledger().charges("order-9"), 0);
    assert_sound(&sandbox);
}

//! PagFast's deposits and withdrawals over raw HTTP: what is asked for, how it ends, and what the books say.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod pagfast_common;

use pagfast_common::*;
use pay_sandbox::Sandbox;
use pay_sandbox::pagfast::State;
use reqwest::Method;
use serde_json::{Value, json};

/// What an account holds, in cents.
fn wallet(sandbox: &Sandbox, account: &str) -> i64 {
    sandbox.pagfast().wallet(account).unwrap().float_cents
}

#[tokio::test]
async fn an_identified_deposit_is_registered_paid_and_found() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = merchant(&sandbox).await;
    let before = wallet(&sandbox, "PFA01");
    let body =
        with(&shop.deposit("order-1", "50"), json!({ "webhook": null, "payment": { "value": { "editable": false } } }));
    let created = shop.post(CASH_IN, &body).await;
    assert_eq!((created.status, created.assumed.as_str()), (201, "status and shape of this answer"));
    let data = created.data();
    let id = created.id();
    assert_eq!(
        (data["transaction"]["state"].clone(), data["transaction"]["amount"].clone()),
        (json!("Registered"), json!("50.000000"))
    );
    let code = data["payment"]["qrCode"].as_str().unwrap().to_owned();
    assert!(code.starts_with("SANDBOX-PIX-CANNOT-BE-PAID:"), "{code}");
    assert_eq!(data["payment"]["qrCodeLocation"].as_str(), sandbox.pagfast().page_url(&id).as_deref());
    assert_eq!(sandbox.ledger().charges("order-1"), 0);

    let paid = shop.simulate(&id, None).await;
    assert_eq!((paid.status, paid.assumed.as_str()), (200, ""), "documented");
    assert_eq!(
        paid.text,
        format!(r#"{{"statusCode":"Done","data":{{"transactionId":"{id}","transactionState":"Completed"}}}}"#)
    );
    let record = shop.transaction(&id).await;
    for (member, value) in [
        ("orderId", json!("order-1")),
        ("orderDescription", json!("Depósito de Ana")),
        ("type", json!("Credit")),
        ("paymentType", json!("PIX")),
        ("category", json!("PartnerSales")),
        ("amount", json!("50.000000")),
        ("currency", json!("BRL")),
        ("state", json!("Completed")),
        ("charges", json!("0.000000")),
        ("chargesObject", json!({ "costValue": "0", "rateValue": "0", "rate": "0.00" })),
        ("receiptAmount", json!("50.000000")),
        ("stateCancelledDate", Value::Null),
        ("stateErrorCause", Value::Null),
        ("customerName", json!("Ana Sandbox")),
        (
            "payer",
            json!({ "name": "Ana Sandbox", "taxNumber": ANA, "bankCode": "999", "bankName": "SANDBOX",
                    "accountAgency": "99999", "accountNumber": "99999", "accountDigit": "9" }),
        ),
    ] {
        assert_eq!(record[member], value, "{member}");
    }
    for date in ["date", "stateRegisteredDate", "stateCompletedDate", "receiptDate"] {
        let text = record[date].as_str().unwrap();
        assert!(text.len() == 24 && text.ends_with('Z'), "{date}: {text}");
    }
    let voucher = record["receiptVoucher"].as_str().unwrap();
    assert!(voucher.len() == 32 && voucher.bytes().all(|byte| byte.is_ascii_hexdigit()), "{voucher}");
    assert!(record["receiptUrl"].as_str().unwrap().ends_with(&format!("/v1/system/e-receipt/{id}/receipt.pdf")));
    assert_eq!((sandbox.ledger().charges("order-1"), sandbox.ledger().charges_to(ANA)), (1, 1));
    assert_eq!(wallet(&sandbox, "PFA01"), before + 5_000);
    let states = sandbox.pagfast().transaction(&id).unwrap().states;
    assert_eq!(states, [State::Created, State::Registered, State::Completed], "each once");
    // Twice is refused, and does nothing.
    let again = shop.simulate(&id, None).await;
    assert!(again.is(409, "SandboxBusinessError", "SandboxTransactionEnded"), "{again:?}");
    assert_eq!(sandbox.ledger().charges("order-1"), 1);
    assert_sound(&sandbox);
}

#[tokio::test]
async fn whoever_pays_an_anonymous_deposit_must_be_named() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = merchant(&sandbox).await;
    let body = with(&shop.deposit("order-1", "20.00"), json!({ "webhook": null, "payment": { "payer": null } }));
    let id = shop.created(CASH_IN, &body).await;
    assert!(shop.transaction(&id).await.get("payer").is_none(), "nobody has paid, and no document shows a null");
    for (payer, missing) in [
        (None, "taxNumber"),
        (Some(json!({})), "taxNumber"),
        (Some(json!({ "name": "Bia Sandbox" })), "taxNumber"),
        (Some(json!({ "taxNumber": BIA })), "name"),
    ] {
        let refused = shop.simulate(&id, payer.as_ref()).await;
        assert!(refused.is(400, "InvalidRequestFormatError", "required"), "{payer:?} {refused:?}");
        assert_eq!(refused.detail()["info"]["missingProperty"], missing, "{payer:?}");
    }
    let refused = shop.simulate(&id, Some(&json!({ "name": "Bia", "taxNumber": "12" }))).await;
    assert!(refused.is(400, "InvalidRequestFormatError", "cpf"), "{refused:?}");
    assert!(sandbox.pagfast().complete(&id).is_err() && shop.state(&id).await == "Registered");
    assert_eq!(shop.simulate(&id, Some(&json!({ "name": "Bia Sandbox", "taxNumber": BIA }))).await.status, 200);
    let record = shop.transaction(&id).await;
    assert_eq!(
        (record["payer"]["taxNumber"].clone(), record["customerName"].clone()),
        (json!(BIA), json!("Bia Sandbox"))
    );
    assert_eq!((sandbox.ledger().charges_to(BIA), sandbox.ledger().charges_to(ANA)), (1, 0));
    assert_sound(&sandbox);
}

#[tokio::test]
async fn only_an_editable_amount_is_changed() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = merchant(&sandbox).await;
    let before = wallet(&sandbox, "PFA01");
    for (order, editable, amount, status, paid) in [
        ("fixed", json!(false), "60", 400, 0),
        ("silent", Value::Null, "60", 400, 0),
        ("same", json!(false), "50.00", 200, 5_000),
        ("editable", json!(true), "62.75", 200, 6_275),
        ("odd", json!(true), "1e3", 400, 0),
        ("zero", json!(true), "0", 400, 0),
    ] {
        let patch = json!({ "webhook": null, "payment": { "value": { "editable": editable } } });
        let id = shop.created(CASH_IN, &with(&shop.deposit(order, "50"), patch)).await;
        let answer = shop.simulate(&id, Some(&json!({ "amount": amount }))).await;
        assert_eq!(answer.status, status, "{order}: {answer:?}");
        if status == 200 {
            assert_eq!(answer.assumed, "how the simulator is told another amount");
            assert_eq!(sandbox.ledger().sale(order).unwrap().amount_cents, paid, "{order}");
        } else {
            assert_eq!(shop.state(&id).await, "Registered", "{order}");
        }
    }
    assert_eq!(wallet(&sandbox, "PFA01"), before + 5_000 + 6_275);
    assert_sound(&sandbox);
}

#[tokio::test]
async fn a_payer_with_another_cpf_is_refunded() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = merchant(&sandbox).await;
    let before = wallet(&sandbox, "PFA01");
    let mismatch = json!({ "name": "Bia Sandbox", "taxNumber": BIA });
    for (mode, value, cause, refund) in [
        ("error_cause", "text", json!("SandboxPayerDiffers: somebody else has paid, and was refunded"), false),
        (
            "error_cause",
            "object",
            json!({ "reason": "SandboxPayerDiffers: somebody else has paid, and was refunded" }),
            false,
        ),
        (
            "refund_date",
            "present",
            json!({ "reason": "SandboxPayerDiffers: somebody else has paid, and was refunded" }),
            true,
        ),
    ] {
        sandbox.pagfast().set_mode(mode, value).unwrap();
        let id = shop.created(CASH_IN, &with(&shop.deposit(value, "50"), json!({ "webhook": null }))).await;
        let answer = shop.simulate(&id, Some(&mismatch)).await;
        assert_eq!((answer.status, answer.data()["transactionState"].clone()), (200, json!("Error")));
        assert_eq!(answer.assumed, "answer to a payment that was refused");
        let record = shop.transaction(&id).await;
        assert!(record["stateErrorDate"].is_string() && record["stateCompletedDate"].is_null());
        assert_eq!((record["stateErrorCause"].clone(), record["stateRefundDate"].is_string()), (cause, refund));
        assert!(sandbox.pagfast().transaction(&id).unwrap().refunded.is_some());
        assert_eq!(sandbox.ledger().charges(value), 0);
    }
    // The same CPF under another name is the same person.
    let id = shop.created(CASH_IN, &with(&shop.deposit("same", "50"), json!({ "webhook": null }))).await;
    let answer = shop.simulate(&id, Some(&json!({ "name": "A. Sandbox", "taxNumber": ANA }))).await;
    assert_eq!(answer.data()["transactionState"], "Completed");
    assert_eq!(wallet(&sandbox, "PFA01"), before + 5_000);
    assert_sound(&sandbox);
}

#[tokio::test]
async fn a_withdrawal_is_debited_at_once_and_paid_once() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = merchant(&sandbox).await;
    let before = wallet(&sandbox, "PFA01");
    let created = shop.post(CASH_OUT, &shop.withdrawal("out-1", "10.50")).await;
    assert_eq!((created.status, created.data()["transaction"]["state"].clone()), (201, json!("Created")));
    assert_eq!(wallet(&sandbox, "PFA01"), before - 1_050);
    let id = created.id();
    assert_eq!((shop.state(&id).await.as_str(), sandbox.ledger().paid_out("out-1")), ("Registered", 0));
    sandbox.pagfast().complete(&id).unwrap();
    sandbox.pagfast().complete(&id).unwrap();
    let record = shop.transaction(&id).await;
    assert_eq!((record["type"].clone(), record["recipient"]["taxNumber"].clone()), (json!("Debit"), json!(ANA)));
    assert_eq!((sandbox.ledger().paid_out("out-1"), sandbox.ledger().paid_out_to(ANA)), (1, 1));
    assert_eq!(wallet(&sandbox, "PFA01"), before - 1_050);
    // What fails or is cancelled gives the money back; what its bank sends back returns too, in silence.
    for (order, state) in [("failed", State::Error), ("cancelled", State::Cancelled)] {
        let id = shop.created(CASH_OUT, &shop.withdrawal(order, "7")).await;
        let end = if state == State::Error { sandbox.pagfast().fail(&id) } else { sandbox.pagfast().cancel(&id) };
        assert_eq!(
            (end.unwrap(), wallet(&sandbox, "PFA01"), sandbox.ledger().paid_out(order)),
            (state, before - 1_050, 0)
        );
    }
    let events = sandbox.deliveries().len();
    assert_eq!(sandbox.pagfast().send_back(&id).unwrap(), State::Completed, "the origin stays as it is");
    sandbox.pagfast().send_back(&id).unwrap();
    assert_eq!(sandbox.pagfast().reverse(&id).unwrap(), State::Completed, "its money is back already");
    assert_eq!((wallet(&sandbox, "PFA01"), sandbox.deliveries().len()), (before, events), "once, and nobody is told");
    assert_sound(&sandbox);
}

#[tokio::test]
async fn a_wallet_runs_out() {
    let sandbox = Sandbox::start().await.unwrap();
    let pagfast = sandbox.pagfast();
    let shop = merchant_with(&sandbox, &pagfast.second_key()).await;
    shop.created(CASH_OUT, &shop.withdrawal("a", "49.99")).await;
    let refused = shop.post(CASH_OUT, &shop.withdrawal("b", "0.02")).await;
    assert!(refused.is(409, "SandboxBusinessError", "SandboxInsufficientBalance"), "{refused:?}");
    assert!(refused.assumed.contains("that an account can run out of money"), "{refused:?}");
    shop.created(CASH_OUT, &shop.withdrawal("c", "0.01")).await;
    pagfast.set_wallet(pagfast.second_account(), "1.5").unwrap();
    shop.created(CASH_OUT, &shop.withdrawal("b", "1.50")).await;
    assert_eq!(wallet(&sandbox, "PFA02"), 0);
    assert!(pagfast.set_wallet("none", "1").is_err() && pagfast.set_wallet("PFA02", "1.234").is_err());
    assert_sound(&sandbox);
}

#[tokio::test]
async fn the_bank_refuses_keys_of_others() {
    let sandbox = Sandbox::start().await.unwrap();
    let pagfast = sandbox.pagfast();
    let shop = merchant(&sandbox).await;
    let before = wallet(&sandbox, "PFA01");
    let to = |kind: &str, value: &str| {
        with(
            &shop.withdrawal(&format!("{kind}-{value}"), "5"),
            json!({ "payment": { "key": { "type": kind, "value": value } } }),
        )
    };
    pagfast.set_pix_key("PHONE", "+5511900000000", Some(ANA));
    pagfast.set_pix_key("EVP", "b6e3", Some(BIA));
    for (kind, value, reason) in [
        ("CPF", BIA, "SandboxKeyOwnerDiffers"),
        ("EMAIL", "someone.else@example.com", "SandboxKeyOwnerDiffers"),
        ("EVP", "b6e3", "SandboxKeyOwnerDiffers"),
        ("EMAIL", "nobody@example.com", "SandboxKeyUnknown"),
    ] {
        let refused = shop.post(CASH_OUT, &to(kind, value)).await;
        assert!(refused.is(409, "SandboxBusinessError", "SandboxPixKeyRefused"), "{refused:?}");
        let external = refused.detail()["externalReason"].as_str().unwrap().to_owned();
        assert!(external.starts_with(reason), "{kind} {value}: {external}");
        assert!(!refused.text.contains(value), "no key in an answer");
    }
    for (kind, value) in [("PHONE", "+5511900000000"), ("EMAIL", "ana@example.com"), ("EVP", "unknown")] {
        shop.created(CASH_OUT, &to(kind, value)).await;
    }
    assert_eq!(wallet(&sandbox, "PFA01"), before - 1_500);
    // Found out later: accepted, then it fails.
    pagfast.set_mode("key_check", "later").unwrap();
    let id = shop.created(CASH_OUT, &to("CPF", BIA)).await;
    let answer = shop.simulate(&id, None).await;
    // Nobody listens at its webhook, which is another matter.
    assert_eq!(answer.status, 404, "{answer:?}");
    let record = shop.transaction(&id).await;
    assert_eq!(record["state"], "Error");
    assert!(record["stateErrorCause"].as_str().unwrap().starts_with("SandboxKeyOwnerDiffers"));
    assert_eq!(wallet(&sandbox, "PFA01"), before - 1_500, "given back");
    assert_sound(&sandbox);
}

#[tokio::test]
async fn a_body_that_is_wrong_is_told_member_by_member() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = merchant(&sandbox).await;
    let out = shop.withdrawal("out", "10.50");
    let refused = shop.post(CASH_OUT, &with(&out, json!({ "payment": { "key": { "type": "cpf" } } }))).await;
    assert!(refused.is(400, "InvalidRequestFormatError", "enum"), "{refused:?}");
    assert_eq!(refused.detail()["path"], "/payment/key/type");
    assert_eq!(refused.detail()["info"]["allowedValues"], json!(["CPF", "EMAIL", "PHONE", "EVP"]));
    let refused =
        shop.post(CASH_IN, &with(&shop.deposit("a", "5"), json!({ "payment": { "payer": { "cpf": null } } }))).await;
    assert!(refused.json()["error"]["details"].is_array(), "a list, as in the documented example");
    let detail = refused.detail();
    assert_eq!(
        (detail["path"].clone(), detail["code"].clone(), detail["info"]["missingProperty"].clone()),
        (json!("/payment/payer"), json!("required"), json!("cpf"))
    );
    let place = sandbox.requests().last().unwrap().violation.clone().unwrap();
    assert_eq!(place, "body /payment/payer: required", "the log names the place and no value");
    let (deposit, initiation) = (shop.deposit("a", "5"), shop.initiation("a", "5"));
    let value = |value: Value| json!({ "payment": { "value": { "original": value } } });
    for (path, body, code) in [
        (CASH_IN, with(&deposit, value(json!(5))), "type"),
        (CASH_IN, with(&deposit, value(json!("5.001"))), "amount"),
        (CASH_IN, with(&deposit, value(json!("0"))), "amount"),
        (CASH_IN, with(&deposit, value(json!("-1"))), "pattern"),
        (CASH_IN, with(&deposit, value(json!("5,00"))), "pattern"),
        (CASH_IN, with(&deposit, value(json!("1e2"))), "pattern"),
        (CASH_IN, with(&deposit, value(json!("100000000.01"))), "amount"),
        (CASH_IN, with(&deposit, json!({ "payment": { "payer": { "cpf": "529.982.247-25" } } })), "pattern"),
        (CASH_IN, with(&deposit, json!({ "payment": { "value": { "editable": "yes" } } })), "type"),
        (CASH_IN, with(&deposit, json!({ "payment": null })), "required"),
        (CASH_IN, with(&deposit, json!({ "webhook": { "customHeaderName": "Content-Length" } })), "header"),
        (CASH_IN, with(&deposit, json!({ "webhook": { "customHeaderName": "a b" } })), "header"),
        (CASH_IN, with(&deposit, json!({ "webhook": { "customHeaderValue": "a\nb" } })), "header"),
        (CASH_OUT, with(&out, json!({ "webhook": null })), "required"),
        (CASH_OUT, with(&out, json!({ "webhook": { "url": "" } })), "minLength"),
        (CASH_OUT, with(&out, json!({ "payment": { "recipient": { "name": null } } })), "required"),
        (CASH_OUT, with(&out, json!({ "payment": { "recipient": { "name": " " } } })), "minLength"),
        (CASH_OUT, with(&out, json!({ "payment": { "value": { "original": "5" } } })), "type"),
        (INITIATION, with(&initiation, json!({ "payment": { "redirectUrl": null } })), "required"),
        (INITIATION, with(&initiation, json!({ "payment": { "payer": { "taxNumber": "1" } } })), "pattern"),
        (INITIATION, with(&initiation, json!({ "webhook": null })), "required"),
    ] {
        let refused = shop.post(path, &body).await;
        assert!(refused.is(400, "InvalidRequestFormatError", code), "{body}: {refused:?}");
    }
    for (kind, body) in
        [("text/plain", "{}"), ("application/json", "["), ("application/json", "[]"), ("application/json", "")]
    {
        let request = shop.request(Method::POST, CASH_IN).header("content-type", kind).body(body);
        assert_eq!(send(request).await.status, 400, "{kind} {body}");
    }
    assert!(sandbox.pagfast().transactions().is_empty(), "nothing was done");
}

#[tokio::test]
async fn modes_relax_and_tighten_what_is_asked() {
    let sandbox = Sandbox::start().await.unwrap();
    let pagfast = sandbox.pagfast();
    let shop = merchant(&sandbox).await;
    let wrong = with(&shop.deposit("a", "5"), json!({ "payment": { "payer": { "cpf": WRONG_DIGITS } } }));
    shop.created(CASH_IN, &wrong).await;
    pagfast.set_mode("cpf_check_digits", "checked").unwrap();
    assert!(shop.post(CASH_IN, &wrong).await.is(400, "InvalidRequestFormatError", "cpf"));
    let lower = with(
        &shop.withdrawal("b", "5"),
        json!({ "payment": { "key": { "type": "e-mail", "value": "x@example.com" } } }),
    );
    assert_eq!(shop.post(CASH_OUT, &lower).await.status, 400);
    pagfast.set_mode("key_types", "any").unwrap();
    shop.created(CASH_OUT, &lower).await;
    let nameless = with(&shop.withdrawal("c", "5"), json!({ "transaction": null }));
    let id = shop.created(CASH_OUT, &nameless).await;
    assert_eq!(sandbox.ledger().paid_out(&id), 0, "the ledger has it under its own id");
    pagfast.set_mode("withdrawal_order_id", "required").unwrap();
    assert!(shop.post(CASH_OUT, &nameless).await.is(400, "InvalidRequestFormatError", "required"));
    pagfast.set_mode("creation_status", "200").unwrap();
    pagfast.set_mode("creation_answer", "transaction_id").unwrap();
    let answer = shop.post(CASH_OUT, &shop.withdrawal("d", "5")).await;
    assert_eq!((answer.status, answer.data().as_object().unwrap().len()), (200, 1));
    assert_eq!(shop.state(&answer.id()).await, "Registered");
    pagfast.set_mode("creation_answer", "no_id").unwrap();
    let answer = shop.post(CASH_IN, &shop.deposit("e", "5")).await;
    assert!(answer.data().get("transaction").is_none() && answer.data()["payment"]["qrCode"].is_string());
    for (mode, amount) in [("two_decimals", json!("5.00")), ("numbers", json!(5.00))] {
        pagfast.set_mode("amounts", mode).unwrap();
        let listed = shop.listed("e").await.remove(0);
        assert_eq!(listed["amount"], amount, "{mode}");
    }
    assert_sound(&sandbox);
}

#[tokio::test]
async fn every_state_has_its_date_and_no_end_is_left() {
    let sandbox = Sandbox::start().await.unwrap();
    let pagfast = sandbox.pagfast();
    let shop = merchant(&sandbox).await;
    pagfast.set_mode("registration", "by_hand").unwrap();
    let before = wallet(&sandbox, "PFA01");
    let id = shop.created(CASH_IN, &shop.deposit("a", "5")).await;
    assert_eq!(
        (shop.state(&id).await.as_str(), shop.transaction(&id).await["stateRegisteredDate"].clone()),
        ("Created", Value::Null)
    );
    assert_eq!(pagfast.reverse(&id).unwrap(), State::Created, "nothing to reverse");
    assert_eq!(pagfast.register(&id).unwrap(), State::Registered);
    assert_eq!(pagfast.complete(&id).unwrap(), State::Completed);
    for moved in
        [pagfast.cancel(&id), pagfast.fail(&id), pagfast.register(&id), pagfast.complete(&id), pagfast.send_back(&id)]
    {
        assert_eq!(moved.unwrap(), State::Completed);
    }
    assert_eq!(pagfast.reverse(&id).unwrap(), State::Reversed);
    assert_eq!(pagfast.reverse(&id).unwrap(), State::Reversed);
    let record = shop.transaction(&id).await;
    assert!(
        ["stateRegisteredDate", "stateCompletedDate", "stateReversedDate"].iter().all(|date| record[date].is_string())
    );
    assert_eq!((sandbox.ledger().charges("a"), sandbox.ledger().refunded_cents("a")), (1, 500));
    assert_eq!(wallet(&sandbox, "PFA01"), before, "paid in and back, once");
    // Who pays before it was registered registers it.
    let id = shop.created(CASH_IN, &shop.deposit("b", "5")).await;
    pagfast.complete(&id).unwrap();
    let states = pagfast.transaction(&id).unwrap().states;
    assert_eq!(states, [State::Created, State::Registered, State::Completed]);
    for (order, state, date) in [("c", State::Cancelled, "stateCancelledDate"), ("d", State::Error, "stateErrorDate")] {
        let id = shop.created(CASH_IN, &shop.deposit(order, "5")).await;
        let moved = if state == State::Error { pagfast.fail(&id) } else { pagfast.cancel(&id) };
        assert_eq!(moved.unwrap(), state);
        assert!(shop.transaction(&id).await[date].is_string());
        assert_eq!(pagfast.complete(&id).unwrap(), state, "nobody pays what has ended");
    }
    assert_eq!(sandbox.ledger().charges_to(ANA), 2);
    assert!(pagfast.complete("none").is_err());
    assert_sound(&sandbox);
}

#[tokio::test]
async fn open_finance_answers_with_a_page() {
    let sandbox = Sandbox::start().await.unwrap();
    let pagfast = sandbox.pagfast();
    let shop = merchant(&sandbox).await;
    let answer = shop.post(INITIATION, &with(&shop.initiation("of", "50.00"), json!({}))).await;
    assert_eq!((answer.status, answer.assumed.as_str()), (201, ""), "documented");
    let (id, data) = (answer.id(), answer.data());
    let url = data["checkoutUrl"].as_str().unwrap();
    assert!(url.contains("/pagfast/v1/system/checkout/init/") && url.ends_with(&id), "{url}");
    assert_eq!(data.as_object().unwrap().len(), 2);
    // Each simulator knows its own kind.
    assert_eq!(shop.simulate(&id, None).await.status, 404);
    let pix = shop.created(CASH_IN, &with(&shop.deposit("pix", "5"), json!({ "webhook": null }))).await;
    assert_eq!(shop.simulate_open_finance(&pix).await.status, 404);
    assert_eq!(shop.simulate_open_finance("none").await.status, 404);
    let record = shop.transaction(&id).await;
    assert_eq!((record["paymentType"].clone(), record["type"].clone()), (json!("PIX"), json!("Credit")));
    pagfast.set_mode("open_finance_lookup", "not_found").unwrap();
    assert_eq!((shop.get(&format!("{TRANSACTIONS}/{id}")).await.status, shop.listed("of").await.len()), (404, 0));
    pagfast.set_mode("open_finance_lookup", "found").unwrap();
    // Nobody listens at its webhook: 404, and by default it is completed all the same.
    assert_eq!(shop.simulate_open_finance(&id).await.status, 404);
    assert_eq!((shop.state(&id).await.as_str(), sandbox.ledger().charges("of")), ("Completed", 1));
    // Either method simulates, with a warning; a mode insists on the documented one.
    for (path, method) in [("transactions", Method::POST), ("payment-initiation", Method::PUT)] {
        let id = if path == "transactions" { pix.clone() } else { id.clone() };
        let path = format!("/partners-int/sandbox/{path}/complete/{id}");
        pagfast.set_mode("simulation_method", "documented").unwrap();
        assert_eq!(send(shop.request(method.clone(), &path)).await.status, 405);
        pagfast.set_mode("simulation_method", "either").unwrap();
        let answer = send(shop.request(method, &path)).await;
        assert!(answer.status == 409 || answer.assumed.contains("that this method simulates too"), "{answer:?}");
    }
    assert_eq!(shop.state(&pix).await, "Completed");
    assert_sound(&sandbox);
}

#[tokio::test]
async fn a_repeated_order_id_is_a_mode() {
    let sandbox = Sandbox::start().await.unwrap();
    let pagfast = sandbox.pagfast();
    let shop = merchant(&sandbox).await;
    let before = wallet(&sandbox, "PFA01");
    let body = shop.withdrawal("twice", "5");
    let first = shop.created(CASH_OUT, &body).await;
    pagfast.set_mode("duplicate_order_id", "refuse").unwrap();
    let refused = shop.post(CASH_OUT, &body).await;
    assert!(refused.is(409, "SandboxBusinessError", "SandboxDuplicateOrderId"), "{refused:?}");
    pagfast.set_mode("duplicate_order_id", "first").unwrap();
    assert_eq!(shop.created(CASH_OUT, &body).await, first);
    assert_eq!(wallet(&sandbox, "PFA01"), before - 500, "debited once");
    // A deposit and another account are something else.
    assert_ne!(shop.created(CASH_IN, &shop.deposit("twice", "5")).await, first);
    let second = merchant_with(&sandbox, &pagfast.second_key()).await;
    assert_ne!(second.created(CASH_OUT, &body).await, first);
    assert_sound(&sandbox);
    // By default it is a second one: whoever repeats a withdrawal pays twice, and the ledger says so.
    pagfast.set_mode("duplicate_order_id", "allow").unwrap();
    let again = shop.post(CASH_OUT, &body).await;
    assert!(again.status == 201 && again.id() != first && again.assumed.contains("repeated order id"), "{again:?}");
    assert_eq!(wallet(&sandbox, "PFA01"), before - 1_000);
    assert_eq!(sandbox.ledger().check(), ["pagfast: two payouts for reference twice"]);
    assert_eq!(shop.listed("twice").await.len(), 3);
    pagfast.cancel(&again.id()).unwrap();
    assert_sound(&sandbox);
    let (unpaid, paid) =
        (shop.created(CASH_IN, &shop.deposit("d", "5")).await, shop.created(CASH_IN, &shop.deposit("d", "5")).await);
    pagfast.complete(&paid).unwrap();
    assert_sound(&sandbox);
    assert_eq!(sandbox.ledger().charges("d"), 1);
    pagfast.complete(&unpaid).unwrap();
    assert_eq!(sandbox.ledger().check(), ["pagfast: two sales for reference d"]);
}

#[tokio::test]
async fn a_transaction_without_words_of_the_merchant_has_none_in_answers() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = merchant(&sandbox).await;
    let body = with(&shop.deposit("order-1", "5"), json!({ "webhook": null, "transaction": null }));
    let created = shop.post(CASH_IN, &body).await;
    assert!(created.data()["transaction"].get("orderId").is_none(), "{created:?}");
    let record = shop.transaction(&created.id()).await;
    assert!(record.get("orderId").is_none() && record.get("orderDescription").is_none(), "{record}");
}

//! What is read from answers: the shapes of the documents, of the SDKs and of real replies, and the odd ones.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use proptest::prelude::*;

use payagency::{
    Client, Coin, CryptoLink, CryptoLinkOf, Cursor, Estimate, Kind, ListQuery, Outcome, Pan, Payment, PaymentLink,
    PaymentStatus, Ramp, RampEnds, WalletStatus,
};
use support::{PAN, TRANSACTION, always, amount, answering, card_payment, client, money, order, paid, payer, reply};

fn answered(body: &str) -> Client {
    client(&always(200, body))
}

#[tokio::test]
async fn the_reply_that_the_test_service_gave() {
    let body = r#"{"status":"SUCCESS","message":"Transaction processed successfully!.","data":{"amount":100,"currency":"GBP","order_id":null,"transaction_id":"PA0000000000000001","customer":{"first_name":"Ada","last_name":"Byron","email":"ada@example.com"},"refund":{"status":false,"refund_date":null},"chargeback":{"status":false,"chargeback_date":null}}}"#;
    let Payment::Completed(record) = answered(body).card(card_payment("ORDER-1")).send().await.unwrap() else {
        panic!()
    };
    assert_eq!(record.status, PaymentStatus::Success);
    assert_eq!(record.message.as_deref(), Some("Transaction processed successfully!."));
    assert_eq!((record.transaction_id(), record.order_id()), (Some(TRANSACTION), None));
    assert_eq!(record.data.amount, Some(amount("100")));
    assert_eq!(record.data.currency.as_deref(), Some("GBP"));
    let customer = record.data.customer.as_ref().unwrap();
    assert_eq!(customer.email.as_deref(), Some("ada@example.com"));
    assert!(!record.is_refunded() && !record.is_charged_back());
    assert_eq!(record.body().expose(), body.as_bytes());
    assert!(record.extra().is_empty());
}

#[tokio::test]
async fn refund_and_chargeback_are_read_with_their_dates() {
    let body = support::flagged("SUCCESS", "ORDER-1", true, true);
    let payment = answered(&body).status("ORDER-1").send().await.unwrap();
    let record = payment.record();
    assert!(record.is_refunded() && record.is_charged_back());
    let refund = record.data.refund.as_ref().unwrap();
    assert_eq!(refund.refund_date.as_deref(), Some("2025-03-29T10:02:16.525Z"));
}

#[tokio::test]
async fn odd_members_do_not_hide_a_payment() {
    for (odd, done) in [
        (r#"{"status":"SUCCESS","data":{"order_id":"ORDER-1"}}"#, true),
        (r#"{"status":"SUCCESS","message":7,"data":{"order_id":"ORDER-1","refund":false,"chargeback":"no"}}"#, true),
        (
            r#"{"status":"SUCCESS","message":null,"redirect_url":null,"data":{"order_id":"ORDER-1","customer":null,"new":{}}}"#,
            true,
        ),
        (
            r#"{"status":"SUCCESS","data":{"order_id":"ORDER-1","amount":"many","currency":7,"customer":"Ada","fiat_amount":"","crypto_amount":{}}}"#,
            true,
        ),
        (r#"{"data":{"order_id":"ORDER-1"},"status":"FAILED"}"#, false),
    ] {
        let payment = answered(odd).status("ORDER-1").send().await.unwrap();
        assert_eq!(matches!(payment, Payment::Completed(_)), done, "{odd}");
    }
}

#[tokio::test]
async fn a_crypto_status_in_a_form_that_nobody_knows_is_never_done() {
    for status in ["1", "true", "{}", "[\"PAID\"]"] {
        let body = reply("SUCCESS", "\"ORDER-1\"", &format!(r#","crypto_payment_status":{status}"#));
        let error = answered(&body).card(card_payment("ORDER-1")).send().await.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (Kind::Decode, Outcome::Unknown), "{status}");
    }
}

#[tokio::test]
async fn a_payment_is_found_by_either_id() {
    for id in ["ORDER-1", TRANSACTION] {
        let script = always(200, paid("ORDER-1"));
        assert!(client(&script).status(id).send().await.is_ok());
        assert!(client(&script).payout_status(id).send().await.is_ok());
    }
    let error = answered(&paid("ORDER-1")).payout_status("ORDER-2").send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Decode, Outcome::NotDone));
}

#[tokio::test]
async fn wallets_of_the_documents_and_of_the_java_sdk() {
    let body = r#"{"data":[
        {"wallet_id":"WAL0000000001","currency":"USD","amount":10000,"payment_method":"card","status":"Active"},
        {"wallet_id":"WAL0000000002","currency":"EUR","amount":"5000.10","payment_method":"Card","status":"inactive"},
        {"wallet_id":"WAL0000000003","status":"Frozen"}]}"#;
    let wallets = answered(body).wallets().send().await.unwrap();
    assert_eq!(wallets[0].amount, Some(amount("10000")));
    assert_eq!(wallets[1].amount.unwrap().to_string(), "5000.10");
    let statuses: Vec<_> = wallets.iter().map(|wallet| wallet.status.clone().unwrap()).collect();
    assert_eq!(statuses, [WalletStatus::Active, WalletStatus::Inactive, WalletStatus::Unknown("Frozen".into())]);
    assert_eq!(answered("[]").wallets().send().await.unwrap_err().kind(), Kind::Decode);
}

#[tokio::test]
async fn the_misspelt_member_and_the_right_one() {
    for (body, required) in [
        (r#"{"data":{"amount_requried":211.5,"wallet_balance":1000,"total_fee":11.5}}"#, Some("211.5")),
        (r#"{"data":{"amount_required":"211.50","wallet_balance":1000}}"#, Some("211.50")),
        (r#"{"data":{"amount_requried":1,"amount_required":2}}"#, Some("1")),
        (r#"{"data":{}}"#, None),
    ] {
        let estimate = Estimate::new("WAL1", amount("200"), Pan::new(PAN).unwrap());
        let estimated = answered(body).estimate_payout(estimate).send().await.unwrap();
        assert_eq!(estimated.amount_required.map(|amount| amount.to_string()).as_deref(), required, "{body}");
    }
}

#[tokio::test]
async fn links_of_all_three_forms_are_opaque() {
    for url in
        ["https://portal.example/pay/PAY_LINK_1", "https://x.example/link/t/l/true?encrypted_config=a%2Fb", "anything"]
    {
        let body = format!(r#"{{"message":"Payment link created successfully.","data":"{url}"}}"#);
        assert_eq!(answered(&body).payment_link(PaymentLink::new("LINK-1")).send().await.unwrap().url, url);
        let link = CryptoLink::new("LINK-1", CryptoLinkOf::PayIn(money("1", "GBP")), Coin::bitcoin()).template("T");
        assert_eq!(answered(&body).crypto_payment_link(link).send().await.unwrap().url, url);
    }
    let error = answered(r#"{"data":{}}"#).payment_link(PaymentLink::new("LINK-1")).send().await.unwrap_err();
    assert!(error.to_string().contains("at data"), "{error}");
}

#[tokio::test]
async fn templates_and_currencies() {
    let body = r#"{"data":[{"template_id":"u","template_name":"n","payment_template_id":"TPL1","template_screenshot":null,"redirect_url":"r","webhook_url":"w"}]}"#;
    let templates = answered(body).payment_templates().send().await.unwrap();
    assert_eq!(templates[0].payment_template_id.as_deref(), Some("TPL1"));
    let body = r#"{"message":"m","data":[{"name":"Bitcoin","code":"BTC","symbol":"₿"},{"code":"ETH"}]}"#;
    let currencies = answered(body).crypto_currencies("GB", amount("1")).send().await.unwrap();
    assert_eq!(currencies[0].symbol.as_deref(), Some("₿"));
    assert_eq!(currencies[1].code.as_deref(), Some("ETH"));
}

#[tokio::test]
async fn ramps_have_members_of_their_own() {
    for crypto_amount in ["0.0021", "\"0.0021\""] {
        let body = format!(
            r#"{{"status":"REDIRECT","message":"m","redirect_url":"https://x.example","data":{{"transaction_id":"PA1","fiat":"GBP","fiat_amount":100.50,"crypto":"BTC","crypto_amount":{crypto_amount}}}}}"#
        );
        let ends = RampEnds::wallet("w").redirect_url("https://m.example");
        let ramp = Ramp::on(order("RAMP-1"), payer(), Coin::bitcoin(), ends);
        let payment = answered(&body).crypto_ramp(ramp).send().await.unwrap();
        let data = &payment.record().data;
        assert_eq!(data.fiat_amount.unwrap().to_string(), "100.50");
        assert_eq!(data.crypto_amount.unwrap().as_received().to_string(), "0.0021");
        assert_eq!((data.fiat.as_deref(), data.crypto.as_deref()), (Some("GBP"), Some("BTC")));
    }
}

fn page(ids: &[&str], meta: &str) -> pay_core::script::Play {
    let rows: Vec<_> = ids.iter().map(|id| format!(r#"{{"transaction_id":"{id}","amount":"1.50"}}"#)).collect();
    let body = format!(r#"{{"message":"m ","data":[{}],"meta":{meta}}}"#, rows.join(","));
    pay_core::script::Play::answer(200, body)
}

#[tokio::test]
async fn lists_go_on_while_the_provider_says_so() {
    let script = answering(vec![
        page(
            &["PA3", "PA2"],
            r#"{"hasNextPage":true,"hasPreviousPage":false,"nextCursor":"Mg==","prevCursor":"Mw==","totalCount":3}"#,
        ),
        pay_core::script::Play::answer(400, r#"{"message":"m"}"#),
        // Cursors are there also where no page is.
        page(
            &["PA1"],
            r#"{"hasNextPage":false,"hasPreviousPage":true,"nextCursor":"MQ==","prevCursor":"MQ==","totalCount":3}"#,
        ),
    ]);
    let mut pages = client(&script).transaction_pages(ListQuery::new().from("2025-01-01"));
    let first = pages.next().await.unwrap().unwrap();
    assert_eq!((first.items.len(), first.total), (2, Some(3)));
    assert_eq!((first.next, first.previous), (Some(Cursor::Next("Mg==".into())), None));
    assert!(pages.next().await.unwrap().is_err());
    let last = pages.next().await.unwrap().unwrap();
    assert_eq!((last.next, last.previous), (None, Some(Cursor::Previous("MQ==".into()))));
    assert!(pages.next().await.is_none());
    let paths: Vec<_> = script.seen().iter().map(|sent| sent.path.clone()).collect();
    let next = "/api/v1/test-transactions?transaction_start_date=2025-01-01&nextCursor=Mg%3D%3D";
    assert_eq!(paths, ["/api/v1/test-transactions?transaction_start_date=2025-01-01", next, next]);
}

#[tokio::test]
async fn a_cursor_that_repeats_ends_the_list() {
    let script = answering(vec![page(&["PA1"], r#"{"hasNextPage":true,"nextCursor":"MQ=="}"#)]);
    let mut pages = client(&script).wallet_transaction_pages(ListQuery::new());
    let mut count = 0;
    while let Some(page) = pages.next().await {
        page.unwrap();
        count += 1;
        assert!(count < 10, "it never ends");
    }
    assert_eq!(count, 2);
}

#[tokio::test]
async fn pages_without_meta_are_the_last() {
    for meta in ["null", "{}", r#"{"hasNextPage":true}"#, r#"{"hasNextPage":null,"nextCursor":"MQ=="}"#] {
        let script = answering(vec![page(&["PA1"], meta)]);
        let page = client(&script).transactions(&ListQuery::new()).send().await.unwrap();
        assert_eq!(page.next, None, "{meta}");
    }
}

#[tokio::test]
async fn rows_as_the_sdks_show_them() {
    let body = r#"{"message":"Transactions fetched successfully","data":[{"first_name":"Ada","last_name":"Byron","email":"a@example.com","country":"GB","transaction_id":"PA1","amount":"100","currency":"GBP","converted_amount":"127.50","converted_currency":"USD","status":"success","card_type":"VISA","card_number":"411111XXXXXX1111","transaction_type":"CARD","order_id":null,"created_at":"2025-03-29T10:02:16.525Z","transaction_date":"2025-03-29T10:02:16.525Z","chargeback_date":null,"refund_date":null,"suspicious_date":null,"merchant_connector":{"name":"C"},"user":{"name":"u","user_kyc":{"name":"k"}}},{}],"meta":{}}"#;
    let page = answered(body).transactions(&ListQuery::new()).send().await.unwrap();
    let row = &page.items[0];
    assert_eq!(row.status, Some(PaymentStatus::Success));
    assert_eq!(row.converted_amount.unwrap().to_string(), "127.50");
    assert_eq!(row.merchant_connector.as_ref().unwrap().name.as_deref(), Some("C"));
    assert_eq!(row.user.as_ref().unwrap().expose_str(), Some(r#"{"name":"u","user_kyc":{"name":"k"}}"#));
    let body = r#"{"message":"m ","data":[{"transaction_id":"PA2","amount":"1.0","fee":"0.10","status":"PENDING"}],"meta":{"totalCount":1}}"#;
    let page = answered(body).wallet_transactions(&ListQuery::new()).send().await.unwrap();
    assert_eq!((page.items[0].fee.unwrap().to_string().as_str(), page.total), ("0.10", Some(1)));
}

#[tokio::test]
async fn a_reply_keeps_what_came_beside_its_model() {
    let script = always(200, reply("PENDING", "\"ORDER-1\"", ""));
    let reply = client(&script).card(card_payment("ORDER-1")).reply().await.unwrap();
    assert_eq!((reply.status.as_u16(), reply.attempts), (200, 1));
    assert_eq!(reply.headers["content-type"], "application/json");
    assert!(reply.body.expose_str().unwrap().contains("PENDING"));
}

/// JSON of any shape, with the members that count among them.
fn json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        "-?[0-9]{1,25}(\\.[0-9]{1,10})?",
        prop::sample::select(vec!["SUCCESS", "success", "FAILED", "REDIRECT", "ORDER-1", "PA1", ""])
            .prop_map(|word| format!("\"{word}\"")),
    ];
    leaf.prop_recursive(4, 40, 8, |inner| {
        let name = prop::sample::select(vec![
            "status",
            "data",
            "message",
            "errors",
            "order_id",
            "transaction_id",
            "amount",
            "refund",
            "customer",
            "field",
            "meta",
        ]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::btree_map(name, inner, 0..6).prop_map(|members| {
                let members: Vec<_> = members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

proptest! {
    #[test]
    fn no_answer_makes_it_panic_and_none_is_paid_without_the_word(body in prop_oneof![json(), ".{0,80}"], status in 200_u16..=599) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let client = client(&always(status, body.clone()));
            let result = client.card(card_payment("ORDER-1")).attempts(1).send().await;
            let may = body.to_ascii_uppercase().contains("\"STATUS\":\"SUCCESS\"") && (200..300).contains(&status);
            prop_assert!(may || !matches!(result, Ok(Payment::Completed(_))), "{} {}", status, body);
            if let Err(error) = &result {
                // "Not done" rests on a status alone: 401, 404 and 429, and a "success" never is.
                let not_done = error.outcome() == Outcome::NotDone;
                prop_assert!(!not_done || matches!(status, 401 | 404 | 429), "{} {} {}", status, body, error);
            }
            let _ = client.status("ORDER-1").attempts(1).send().await;
            let _ = client.transactions(&ListQuery::new()).attempts(1).send().await;
            let _ = client.wallets().attempts(1).send().await;
            let _ = client.payment_templates().attempts(1).send().await;
            Ok(())
        })?;
    }
}

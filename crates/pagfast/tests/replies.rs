//! Odd answers: members that are missing, of another type or unknown, and money with any number of decimals.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pagfast::{Kind, OrderQuery, Outcome, PaymentType, ReceiverQuery, Record, TransactionState, TransactionType};
use pay_core::script::Play;
use proptest::prelude::*;
use support::{ID, amount, answering, client, created, deposit, list, open_finance, record, transaction, wall};

async fn read(body: String) -> Result<Record, pagfast::Error> {
    client(&answering(vec![Play::answer(200, body)])).transaction(ID).send().await
}

#[tokio::test(start_paused = true)]
async fn a_whole_record() {
    let body = transaction("order-1", "Completed", "50.000000");
    let found = read(body.clone()).await.unwrap();
    let transaction = &found.transaction;
    assert_eq!((transaction.id.as_str(), transaction.order_id.as_deref()), (ID, Some("order-1")));
    assert_eq!(
        (&transaction.state, &transaction.direction),
        (&TransactionState::Completed, &Some(TransactionType::Debit))
    );
    assert_eq!(transaction.payment_type, Some(PaymentType::Pix));
    assert_eq!(transaction.amount, Some(amount("50")));
    assert_eq!(transaction.amount.unwrap().to_string(), "50.000000", "its very digits");
    assert_eq!(transaction.charges_object.as_ref().unwrap().cost_value, Some(amount("0")));
    assert_eq!(transaction.state_registered_date.as_deref(), Some("2026-11-21T08:00:00.200Z"));
    assert_eq!(transaction.metadata.as_ref().unwrap().expose_str(), Some("{}"));
    // The provider's own sample of a tax number has wrong check digits: nothing is validated.
    assert_eq!(transaction.payer.as_ref().unwrap().tax_number.as_deref(), Some("09977799400"));
    assert_eq!(found.payment.as_ref().unwrap().expose_str(), Some(r#"{"x":1}"#));
    assert_eq!(found.webhook.as_ref().unwrap().expose_str(), Some(r#"{"deliveryStatus":"?"}"#));
    assert_eq!(found.raw.expose_str(), Some(body.as_str()), "the raw answer stands beside it");
}

#[tokio::test(start_paused = true)]
async fn both_dates_of_money_that_came_back_are_kept() {
    let body = transaction("o", "Reversed", "1")
        .replace(r#""stateRefundDate":null"#, r#""stateRefundDate":"2026-11-21T09:00:00.000Z""#)
        .replace(r#""stateReversedDate":null"#, r#""stateReversedDate":"2026-11-21T10:00:00.000Z""#)
        .replace(r#""stateErrorCause":null"#, r#""stateErrorCause":{"any":["thing",1.10]}"#);
    let transaction = read(body).await.unwrap().transaction;
    assert_eq!(transaction.state_refund_date.as_deref(), Some("2026-11-21T09:00:00.000Z"));
    assert_eq!(transaction.state_reversed_date.as_deref(), Some("2026-11-21T10:00:00.000Z"));
    assert_eq!(transaction.state_error_cause.unwrap().expose_str(), Some(r#"{"any":["thing",1.10]}"#));
}

#[tokio::test(start_paused = true)]
async fn all_but_id_and_state_may_be_missing_or_of_another_type() {
    let least = format!(r#"{{"data":{{"transaction":{{"id":"{ID}","state":"On the moon"}}}}}}"#);
    let found = read(least).await.unwrap();
    assert_eq!(found.transaction.state, TransactionState::Unknown("On the moon".into()));
    assert!(!found.transaction.state.is_final());
    let odd = format!(
        r#"{{"statusCode":7,"data":{{"transaction":{{"id":"{ID}","state":"Completed","orderId":7,"date":{{}},"amount":"much","type":[],"payer":"x","chargesObject":[],"charges":12.5,"receiptUrl":false}}}}}}"#
    )
    .replace(r#""statusCode":7,"#, "");
    let transaction = read(odd).await.unwrap().transaction;
    assert_eq!((transaction.order_id, transaction.amount, transaction.payer), (None, None, None));
    assert_eq!(transaction.charges, Some(amount("12.5")), "a number is read too");
    for (body, at) in [
        (r#"{"data":{"transaction":{"state":"Completed"}}}"#.to_owned(), "data.transaction"),
        (format!(r#"{{"data":{{"transaction":{{"id":"{ID}"}}}}}}"#), "data.transaction"),
        (format!(r#"{{"data":{{"id":"{ID}","state":"Completed"}}}}"#), "data"),
        ("{}".to_owned(), ""),
    ] {
        let error = read(body).await.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (Kind::Decode, Outcome::NotDone));
        assert!(error.to_string().contains(at), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_of_another_order_is_refused_and_its_items_are_kept_raw() {
    let ask = |body: String| async move {
        client(&answering(vec![Play::answer(200, body)])).transactions(&OrderQuery::new("order-1", wall())).send().await
    };
    let two = [record("order-1", "Completed", "0.990000"), record("order-1", "Error", "0.99")];
    let page = ask(list(&two, 0, 2)).await.unwrap();
    assert_eq!((page.items.len(), page.total, page.limit, page.offset), (2, Some(2), Some(20), Some(0)));
    assert_eq!(page.items[0].raw.expose_str(), Some(format!(r#"{{"transaction":{}}}"#, two[0]).as_str()));
    // A sample of the page has a size that none may ask for.
    let odd = list(&two, 0, 2).replace(r#""limit":20"#, r#""limit":50"#).replace(r#""total":2"#, r#""total":"2""#);
    assert_eq!(ask(odd).await.unwrap().limit, Some(50));
    assert!(ask(list(&[], 0, 0)).await.unwrap().items.is_empty());
    for (records, at) in [
        (
            vec![record("order-1", "Completed", "1"), record("order-2", "Completed", "1")],
            "data.items[1].transaction.orderId",
        ),
        (vec![record("order-1", "Completed", "1").replace("orderId", "x")], "data.items[0].transaction.orderId"),
        (vec!["{}".to_owned()], "data.items[0].transaction"),
    ] {
        let error = ask(list(&records, 0, 2)).await.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (Kind::Decode, Outcome::NotDone));
        assert!(error.to_string().contains(at), "{at}: {error}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_code_of_a_deposit_where_it_is_and_where_it_is_not() {
    let ask = |body: String| async move {
        client(&answering(vec![Play::answer(201, body)])).pix_cash_in(deposit("order-1")).send().await
    };
    let charge = ask(created("order-1", "Registered", "50.000000")).await.unwrap();
    assert_eq!(charge.qr_code(), Some("00020126BR.GOV.BCB.PIX"));
    assert_eq!(charge.qr_code_location(), Some("https://api.example/v1/system/qrcodeviewer/1"));
    assert_eq!(charge.created().state, Some(TransactionState::Registered));
    let elsewhere =
        format!(r#"{{"statusCode":"Done","data":{{"transaction":{{"id":"{ID}"}},"pix":{{"emv":"00020126"}}}}}}"#);
    let charge = ask(elsewhere.clone()).await.unwrap();
    assert_eq!((charge.id(), charge.qr_code()), (ID, None));
    assert_eq!(charge.created().raw.expose_str(), Some(elsewhere.as_str()), "what no page names is not lost");
    // Where the payer may change it, another amount is no contradiction.
    let body = created("order-1", "Registered", "75");
    let script = answering(vec![Play::answer(201, body)]);
    let charge = client(&script).pix_cash_in(deposit("order-1").editable(true)).send().await.unwrap();
    assert_eq!(charge.created().amount, Some(amount("75")));
    let bare = format!(r#"{{"data":{{"transactionId":"{ID}"}}}}"#);
    let script = answering(vec![Play::answer(201, bare)]);
    let charge = client(&script).open_finance_cash_in(open_finance("order-1")).send().await.unwrap();
    assert_eq!((charge.id(), charge.checkout_url()), (ID, None));
}

#[tokio::test(start_paused = true)]
async fn receivers_come_as_they_are() {
    let ask = |body: &'static str| async move {
        client(&answering(vec![Play::answer(200, body)])).companies().receivers(&ReceiverQuery::new()).send().await
    };
    let page = ask(r#"{"statusCode":"Done","data":{"limit":10,"offset":0,"total":1,"items":[{"companyFantasyName":"Loja", "fee": 1.10}]}}"#).await.unwrap();
    assert_eq!(page.total, Some(1));
    assert_eq!(page.items[0].expose_str(), Some(r#"{"companyFantasyName":"Loja", "fee": 1.10}"#));
    assert_eq!(ask(r#"{"data":[1,"two",{}]}"#).await.unwrap().items.len(), 3);
    for body in ["{}", r#"{"data":{}}"#, r#"{"data":{"items":7}}"#, r#"{"data":"x"}"#, "[]", "<html>"] {
        let error = ask(body).await.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (Kind::Decode, Outcome::NotDone), "{body}");
        assert_eq!(error.body().unwrap().expose_str(), Some(body));
    }
}

proptest! {
    #[test]
    fn amounts_are_read_to_the_last_digit(whole in 0_u64..=999_999_999_999, fraction in "[0-9]{0,12}", quoted: bool) {
        let text = if fraction.is_empty() { whole.to_string() } else { format!("{whole}.{fraction}") };
        let body = transaction("o", "Completed", &text);
        let body = if quoted { body } else { body.replacen(&format!(r#""amount":"{text}""#), &format!(r#""amount":{text}"#), 1) };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let found = runtime.block_on(read(body)).unwrap();
        prop_assert_eq!(found.transaction.amount.unwrap().to_string(), text);
    }

    #[test]
    fn no_answer_panics(status in 200_u16..600, body in prop_oneof!["\\PC{0,60}", r#"\{"(data|statusCode|error)":("Error"|"Done"|\{\}|\[\]|7|null|\{"transaction":\{"id":("x"|7|"")\}\})\}"#]) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let client = client(&answering(vec![Play::answer(status, body)]));
            if let Err(error) = client.pix_cash_out(support::withdrawal("o")).send().await {
                let success = error.status().is_some_and(|status| status.is_success());
                assert!(!success || error.outcome() != Outcome::NotDone, "{error}");
            }
            let _ = client.transaction(ID).send().await;
            let _ = client.transactions(&OrderQuery::new("o", wall())).send().await;
            let _ = client.companies().receivers(&ReceiverQuery::new()).send().await;
            let _ = client.simulate_pix(ID).await;
        });
    }
}

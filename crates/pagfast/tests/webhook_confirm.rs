//! Confirming an event: one question, and everything that the answer must agree on.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod webhook_support;

use pagfast::webhook::{Confirmation, Event, Received, UnconfirmedEvent};
use pagfast::{Client, Error, Kind, TransactionState, Transport};
use pay_core::script::{Play, Script, Sent};
use std::time::Duration;
use webhook_support::*;

const ID: &str = "0e1f2a3b-4c5d-4e6f-8a9b-0c1d2e3f4a5b";
/// `{"alg":"HS384","typ":"JWT"}` and `{}`, signed by nobody.
const TOKEN: &str = "eyJhbGciOiJIUzM4NCIsInR5cCI6IkpXVCJ9.e30.c2ln";
/// The record that agrees with `FULL` in everything, in the documented shape.
const RECORD: &str = r#"{"id":"0e1f2a3b-4c5d-4e6f-8a9b-0c1d2e3f4a5b","orderId":"ORDER-1","date":"2023-08-04T14:45:39.150Z","type":"Credit","paymentType":"PIX","amount":"50.000000","currency":"BRL","state":"Completed","receiptAmount":"50.000000","payer":{"name":"Maria Exemplo","taxNumber":"12345678909"}}"#;
const NONE: &str = r#"{"statusCode":"Error","error":{"name":"NotFoundError","message":"none"}}"#;

fn one(record: &str) -> String {
    format!(r#"{{"statusCode":"Done","data":{{"transaction":{record},"payment":{{}},"webhook":{{}}}}}}"#)
}

fn list(records: &[&str]) -> String {
    let items: Vec<_> = records.iter().map(|record| format!("{{\"transaction\":{record}}}")).collect();
    let (total, items) = (records.len(), items.join(","));
    format!(r#"{{"statusCode":"Done","data":{{"limit":20,"offset":0,"total":{total},"items":[{items}]}}}}"#)
}

fn client_of(answer: impl Fn(&Sent) -> Play + Send + Sync + 'static) -> (Client, Script) {
    let script =
        Script::new(move |sent| if sent.path.contains("/login") { Play::answer(201, TOKEN) } else { answer(sent) });
    let builder = Client::builder().assumed_provider_test().credentials("key", "secret");
    (builder.transport(Transport::scripted(&script)).build().unwrap(), script)
}

fn client(record: &str) -> (Client, Script) {
    let answer = one(record);
    client_of(move |_| Play::answer(200, answer.clone()))
}

fn asked(script: &Script) -> Vec<String> {
    script.seen().into_iter().map(|sent| sent.path).filter(|path| !path.contains("/login")).collect()
}

fn event_of(body: &str) -> Event {
    webhooks().verify(body.as_bytes(), &deliver(body.as_bytes()), moment()).verified().unwrap()
}

fn event() -> Event {
    event_of(FULL)
}

fn stale(body: &str) -> UnconfirmedEvent {
    let late = moment() + Duration::from_secs(86_401);
    match webhooks().verify(body.as_bytes(), &deliver(body.as_bytes()), late) {
        Received::Stale(event) => event,
        other => panic!("{other:?}"),
    }
}

fn pays(confirmation: &Confirmation, order_id: &str, price: &str) -> bool {
    confirmation.pays(order_id, &price.parse().unwrap())
}

#[tokio::test(start_paused = true)]
async fn a_record_that_agrees_confirms_by_one_question() {
    for record in [RECORD.to_owned(), RECORD.replace("50.000000", "50"), RECORD.replace("\"50.000000\"", "50.00")] {
        let (client, script) = client(&record);
        let confirmation = client.confirm(&event()).await.unwrap();
        assert!(matches!(confirmation, Confirmation::Confirmed(_)), "{confirmation:?}");
        assert_eq!(confirmation.key(), Some(event().key()));
        assert!(pays(&confirmation, "ORDER-1", "50.00"));
        assert!(!pays(&confirmation, "ORDER-2", "50.00") && !pays(&confirmation, "ORDER-1", "50.01"));
        let Event::Transaction(inner) = event() else { panic!("{:?}", event()) };
        assert!(matches!(client.confirm(&*inner).await.unwrap(), Confirmation::Confirmed(_)));
        let asked = asked(&script);
        assert_eq!(asked.len(), 2);
        assert!(asked.iter().all(|path| path.ends_with(&format!("/accounts/transactions/pix/{ID}"))), "{asked:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn another_state_is_the_records() {
    for state in ["Created", "Registered", "Reversed", "Cancelled", "Error", "On the moon"] {
        let (client, _) = client(&RECORD.replace("Completed", state));
        let confirmation = client.confirm(&event()).await.unwrap();
        let Confirmation::OtherState(record) = &confirmation else { panic!("{confirmation:?}") };
        assert_eq!(record.transaction.state, TransactionState::from(state));
        assert!(!pays(&confirmation, "ORDER-1", "50"), "{state}");
        assert_ne!(confirmation.key(), Some(event().key()));
    }
}

#[tokio::test(start_paused = true)]
async fn a_record_that_differs_is_not_believed() {
    for (from, to, members) in [
        ("ORDER-1", "ORDER-2", &["transactionOrderId"][..]),
        ("\"amount\":\"50.000000\"", "\"amount\":\"49.99\"", &["transactionAmount"]),
        ("\"amount\":\"50.000000\"", "\"amount\":null", &["transactionAmount"]),
        ("\"Credit\"", "\"Debit\"", &["transactionType"]),
        (
            "\"ORDER-1\",\"date\":\"2023-08-04T14:45:39.150Z\",\"type\":\"Credit\"",
            "null",
            &["transactionOrderId", "transactionType"],
        ),
    ] {
        let record = RECORD.replace(from, to);
        assert_ne!(record, RECORD);
        let (client, _) = client(&record);
        let confirmation = client.confirm(&event()).await.unwrap();
        assert_eq!(confirmation, Confirmation::Different(members.to_vec()), "{to}");
        assert!(confirmation.key().is_none() && !pays(&confirmation, "ORDER-1", "50"));
    }
    // Another transaction's record is no answer at all.
    let (client, _) = client(&RECORD.replace(ID, "another"));
    assert_eq!(client.confirm(&event()).await.unwrap_err().kind(), Kind::Decode);
}

#[tokio::test(start_paused = true)]
async fn what_an_event_does_not_say_is_not_compared_and_still_pays_nothing_else() {
    let bare = event_of(&format!(r#"{{"id":"{ID}","transactionState":"Completed"}}"#));
    let (client, _) = client(RECORD);
    let confirmation = client.confirm(&bare).await.unwrap();
    assert!(matches!(confirmation, Confirmation::Confirmed(_)));
    assert!(pays(&confirmation, "ORDER-1", "50") && !pays(&confirmation, "ORDER-2", "50"));
}

#[tokio::test(start_paused = true)]
async fn a_deposit_pays_by_its_own_record_alone() {
    for (from, to) in [
        ("\"Credit\"", "\"Debit\""),
        ("\"type\":\"Credit\",", ""),
        ("\"orderId\":\"ORDER-1\",", ""),
        ("\"amount\":\"50.000000\",", ""),
        ("\"receiptAmount\":\"50.000000\"", "\"receiptAmount\":\"1.000000\""),
        // There is no state for what was refunded, so its date may be all that tells.
        ("\"currency\"", "\"stateRefundDate\":\"2023-08-04T15:00:00.000Z\",\"currency\""),
        ("\"currency\"", "\"stateReversedDate\":\"2023-08-04T15:00:00.000Z\",\"currency\""),
    ] {
        let record = RECORD.replace(from, to);
        assert_ne!(record, RECORD);
        let bare = event_of(&format!(r#"{{"id":"{ID}","transactionState":"Completed"}}"#));
        let confirmation = client(&record).0.confirm(&bare).await.unwrap();
        assert!(confirmation.record().is_some() && !pays(&confirmation, "ORDER-1", "50"), "{to}");
    }
    let without = RECORD.replace(",\"receiptAmount\":\"50.000000\"", "");
    assert!(pays(&client(&without).0.confirm(&event()).await.unwrap(), "ORDER-1", "50"));
}

#[tokio::test(start_paused = true)]
async fn stale_and_unsigned_events_are_opened_by_the_question_alone() {
    let (client, _) = client(RECORD);
    let open = webhooks().danger_accept_unsigned();
    let Received::Stale(unsigned) = open.verify(FULL.as_bytes(), &headers(&[]), moment()) else { panic!("not taken") };
    for event in [stale(FULL), unsigned] {
        let confirmation = client.confirm(&event).await.unwrap();
        assert_eq!(confirmation.key(), Some(event.key()));
        assert!(pays(&confirmation, "ORDER-1", "50"));
    }
    // Whoever lies learns nothing, and is believed in nothing.
    let lie = FULL.replace("50.000000", "5000.000000");
    let Received::Stale(lie) = open.verify(lie.as_bytes(), &headers(&[]), moment()) else { panic!("not taken") };
    assert_eq!(client.confirm(&lie).await.unwrap(), Confirmation::Different(vec!["transactionAmount"]));
}

#[tokio::test(start_paused = true)]
async fn what_tells_of_no_transaction_has_no_question() {
    let (client, script) = client(RECORD);
    assert_eq!(client.confirm(&event_of("{}")).await.unwrap(), Confirmation::NoQuestion);
    assert_eq!(client.confirm(&stale("{}")).await.unwrap(), Confirmation::NoQuestion);
    assert!(script.seen().is_empty(), "asked about nothing");
}

#[tokio::test(start_paused = true)]
async fn an_id_of_the_events_own_is_made_up_for_by_the_order_id() {
    let own = FULL.replacen(ID, "the-events-own-id", 1);
    let ask = async |records: &[&str], body: &str| -> (Result<Confirmation, Error>, Vec<String>) {
        let found = list(records);
        let (client, script) = client_of(move |sent| {
            if sent.path.contains("transactionOrderId") {
                Play::answer(200, found.clone())
            } else {
                Play::answer(404, NONE)
            }
        });
        (client.confirm(&event_of(body)).await, asked(&script))
    };
    let (confirmation, asked) = ask(&[RECORD], &own).await;
    let confirmation = confirmation.unwrap();
    assert!(matches!(confirmation, Confirmation::Confirmed(_)) && pays(&confirmation, "ORDER-1", "50"));
    // The effect belongs to the transaction, whatever the event is called.
    assert_eq!(confirmation.key(), Some(event().key()));
    assert_eq!(asked.len(), 2);
    assert!(
        asked[1].contains("startDate=2023-08-04T14%3A40%3A39.150Z&endDate=2023-08-04T14%3A50%3A39.150Z"),
        "{asked:?}"
    );
    // Of two nobody says which, and of none there is nothing to say.
    let other = RECORD.replace(ID, "another");
    for records in [&[RECORD, &other][..], &[]] {
        assert_eq!(ask(records, &own).await.0.unwrap_err().kind(), Kind::NotFound);
    }
    for body in [own.replace("ORDER-1\"", "\""), own.replace("2023-08-04T14:45:39.150Z", "yesterday")] {
        assert!(ask(&[], &body).await.0.is_err());
    }
}

#[tokio::test(start_paused = true)]
async fn where_the_question_fails_nothing_is_confirmed() {
    for status in [400, 403, 500, 503] {
        let (client, _) = client_of(move |_| Play::answer(status, "{}"));
        assert!(client.confirm(&event()).await.is_err(), "{status}");
    }
    let (client, _) = client_of(|_| Play::not_sent());
    assert_eq!(client.confirm(&event()).await.unwrap_err().kind(), Kind::Connect);
}

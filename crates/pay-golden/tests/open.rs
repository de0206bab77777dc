//! What documents do not say: unknown values and members, missing ones, other types than expected.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::answering;
use pay_core::provider::Id;
use pay_core::{Kind, Outcome};
use pay_golden::*;

fn charge(members: &str) -> Charge {
    pay_core::decode::json(format!(r#"{{"id":1,"amount":1{members}}}"#).as_bytes()).unwrap()
}

#[test]
fn unknown_values_round_trip() {
    for text in ["\"OPEN\"", "\"REFUNDED\"", "\"\"", "\"open\""] {
        let state: ChargeState = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&state).unwrap(), text);
    }
    assert_eq!(ChargeState::from("REFUNDED"), ChargeState::Unknown("REFUNDED".to_owned()));
    assert!(!ChargeState::from("REFUNDED").is_final());
    // Values that are numbers stay numbers, and text stays text.
    for text in ["0", "1", "99", "-3", "\"x\"", "\"007\""] {
        let level: Level = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&level).unwrap(), text);
    }
    assert_eq!(charge(r#","level":"0""#).level, Some(Level::Sure));
}

#[test]
fn words_in_any_case_are_read_and_written_as_the_document_has_them() {
    for (text, mood, written) in [
        ("GOOD", Mood::Good, "GOOD"),
        ("good", Mood::Good, "GOOD"),
        ("Good", Mood::Good, "GOOD"),
        ("BAD", Mood::Bad, "Bad"),
        ("bAd", Mood::Bad, "Bad"),
        ("gOOdish", Mood::Unknown("gOOdish".into()), "gOOdish"),
        ("", Mood::Unknown(String::new()), ""),
    ] {
        assert_eq!(charge(&format!(r#","mood":"{text}""#)).mood, Some(mood.clone()));
        assert_eq!(serde_json::to_string(&mood).unwrap(), format!("\"{written}\""));
    }
    assert!(Mood::from("good").is_final() && !Mood::from("bad").is_final());
}

#[test]
fn a_missing_value_is_never_the_first_one() {
    for members in ["", r#","level":null,"state":null"#] {
        let charge = charge(members);
        assert_eq!((charge.level, charge.state), (None, None));
    }
}

#[test]
fn unknown_members_are_ignored_and_missing_ones_are_none() {
    let charge = charge(r#","brandNew":{"deep":[1.5]},"amountt":2"#);
    assert_eq!(charge.amount.to_string(), "1");
    assert!(charge.fee.is_none() && charge.items.is_empty() && charge.balances.is_empty() && charge.kind.is_none());
}

#[test]
fn lists_and_maps_may_be_null() {
    let charge = charge(r#","items":null,"balances":null"#);
    assert!(charge.items.is_empty() && charge.balances.is_empty());
}

#[test]
fn contradicted_members_are_read_in_every_form() {
    assert_eq!(charge(r#","createdAt":"01/02/2026""#).created_at.as_deref(), Some("01/02/2026"));
    assert_eq!(charge(r#","createdAt":1700000000"#).created_at, None);
    assert_eq!(charge(r#","code":51"#).code, charge(r#","code":"51""#).code);
    assert_eq!(charge(r#","type":"GIFT""#).kind.as_deref(), Some("GIFT"));
    let id = |json: &str| serde_json::from_str::<Charge>(json).unwrap().id;
    assert_eq!(id(r#"{"id":"0012","amount":1}"#), Id::Text("0012".to_owned()));
    assert_eq!(id(r#"{"id":12,"amount":1}"#), Id::Number(12));
}

#[test]
fn secrets_in_answers_do_not_print() {
    let charge = charge(r#","secretCode":"PIN-4711","receipt":{"pin":"PIN-4712"}"#);
    let printed = format!("{charge:?}");
    assert!(!printed.contains("471"), "{printed}");
}

#[tokio::test]
async fn what_must_be_there_and_is_not_leaves_the_money_unknown() {
    let (client, _) = answering(201, r#"{"id":7}"#);
    let request = ChargeRequest::new("r", "1".parse().unwrap());
    let error = client.create_charge(&request).send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Decode, Outcome::Unknown));
    assert_eq!(error.body().unwrap().expose_str(), Some(r#"{"id":7}"#));
}

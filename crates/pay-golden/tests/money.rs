//! Money in every position of a JSON document, to the last digit; run with `arbitrary-precision` on and off.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::answering;
use pay_core::Unit;
use pay_core::provider::members;
use pay_golden::*;

/// More digits than a float holds, and zeros that mean something.
const DIGITS: [&str; 5] = ["1234567890123456.78", "0.10", "4.350", "79228162514264337593543950.33", "30.0000"];

fn read<T: serde::de::DeserializeOwned>(json: &str) -> T {
    pay_core::decode::json(json.as_bytes()).unwrap_or_else(|error| panic!("{error} in {json}"))
}

#[test]
fn plain_nested_listed_and_mapped_amounts_keep_their_digits() {
    for digits in DIGITS {
        let charge: Charge = read(&format!(
            r#"{{"id":"c","amount":{digits},"fee":"{digits}","minor":9007199254740993,"raw":{digits},"weight":{digits},
                "items":[{{"name":"a","price":{digits}}},{{"name":"b","price":1}}],"balances":{{"x":{digits}}}}}"#
        ));
        assert_eq!(charge.amount.to_string(), digits);
        assert_eq!(charge.fee.unwrap().to_string(), digits);
        for declared in [digits.to_owned(), format!("\"{digits}\"")] {
            let charge: Charge = read(&format!(r#"{{"id":"c","amount":1,"declared":{declared}}}"#));
            assert_eq!(charge.declared.unwrap().to_string(), digits);
        }
        assert_eq!(charge.minor, Some(9_007_199_254_740_993));
        assert_eq!(charge.raw.unwrap().as_received().to_string(), digits);
        assert_eq!(charge.weight.unwrap().as_received().to_string(), digits);
        assert_eq!(charge.items[0].price.to_string(), digits);
        assert_eq!(charge.balances["x"].to_string(), digits);
    }
}

#[test]
fn amounts_inside_a_union_keep_their_digits() {
    for digits in DIGITS {
        let method = |json: &str| read::<Charge>(&format!(r#"{{"id":1,"amount":1,"method":{json}}}"#)).method.unwrap();
        match method(&format!(r#"{{"lastFour":"1111","charged":{digits}}}"#)) {
            Method::Card(card) => assert_eq!(card.charged.to_string(), digits),
            other => panic!("{other:?}"),
        }
        match method(&format!(r#"{{"wallet":"w","taken":{digits},"more":[{digits}]}}"#)) {
            Method::Wallet(wallet) => assert_eq!(wallet.taken.to_string(), digits),
            other => panic!("{other:?}"),
        }
        // What no shape fits is kept as it came.
        let strange = format!(r#"{{"strange":{digits}}}"#);
        match method(&strange) {
            Method::Other(raw) => assert_eq!(raw.expose_str(), Some(strange.as_str())),
            other => panic!("{other:?}"),
        }
        // A union of pages and lists, with amounts at every depth.
        let charge = format!(r#"{{"id":1,"amount":{digits},"method":{{"wallet":"w","taken":{digits}}}}}"#);
        match read::<ChargesAnswer>(&format!("[{charge}]")) {
            ChargesAnswer::List(charges) => assert_eq!(charges[0].amount.to_string(), digits),
            other => panic!("{other:?}"),
        }
        match read::<ChargesAnswer>(&format!(r#"{{"content":[{charge}],"total":{digits}}}"#)) {
            ChargesAnswer::Page(page) => {
                assert_eq!(page.total.unwrap().to_string(), digits);
                let Some(Method::Wallet(wallet)) = &page.content[0].method else { panic!("{page:?}") };
                assert_eq!(wallet.taken.to_string(), digits);
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn amounts_beside_and_in_extra_members_keep_their_digits() {
    let body = r#"{"balance":1234567890123456.78,"bonus":4.350,"deep":{"more":79228162514264337593543950.33}}"#;
    let (client, _) = answering(200, body);
    let reply = client.user("ann").wallet().reply().await.unwrap();
    assert_eq!(reply.model.balance.to_string(), "1234567890123456.78");
    // What the model does not name is in the raw body.
    let extra = members(reply.body.expose()).unwrap();
    assert_eq!(extra["bonus"].get(), "4.350");
    assert_eq!(read::<pay_core::Amount>(extra["bonus"].get()).to_string(), "4.350");
    let deep = members(extra["deep"].get().as_bytes()).unwrap();
    assert_eq!(read::<pay_core::Amount>(deep["more"].get()).to_string(), "79228162514264337593543950.33");
}

#[test]
fn an_untyped_member_is_kept_as_it_came() {
    let charge: Charge = read(r#"{"id":1,"amount":1,"receipt":{"a": 1.10, "b":[ 4.350 ]}}"#);
    assert_eq!(charge.receipt.unwrap().expose_str(), Some(r#"{"a": 1.10, "b":[ 4.350 ]}"#));
    assert_eq!(read::<Charge>(r#"{"id":1,"amount":1,"receipt":null}"#).receipt, None);
}

#[test]
fn amounts_that_are_sent_keep_their_digits() {
    for digits in DIGITS {
        let amount: pay_core::Amount = digits.parse().unwrap();
        let request = ChargeRequest::new("r", amount).tip(amount).fee(amount).items(vec![Item::new("a", amount)]);
        let json = serde_json::to_string(&request).unwrap();
        let expected = format!(
            r#"{{"reference":"r","amount":{digits},"currency":"EUR","tip":{digits},"fee":"{digits}","items":[{{"name":"a","price":{digits}}}]}}"#
        );
        assert_eq!(json, expected);
        let free = serde_json::to_string(&BuyRequest::new("p", amount).field("x", amount)).unwrap();
        assert_eq!(free, format!(r#"{{"product":"p","amount":{digits},"x":{digits}}}"#));
        // A union that is sent and a union that is read are the same text.
        assert_eq!(serde_json::to_string(&FreeValue::from(amount)).unwrap(), digits);
    }
}

#[test]
fn a_number_of_unknown_unit_is_never_scaled() {
    let charge: Charge = read(r#"{"id":1,"amount":10,"raw":1000}"#);
    assert_eq!(charge.raw.unwrap().unit_beside(charge.amount), Unit::Minor);
    assert_eq!(charge.raw.unwrap().as_received().to_string(), "1000");
}

#[cfg(feature = "arbitrary-precision")]
#[test]
fn the_feature_is_on() {
    // With it a generic value keeps the text; without, it rounds. Amounts must not care.
    let value: serde_json::Value = serde_json::from_str("1234567890123456.78").unwrap();
    assert_eq!(value.to_string(), "1234567890123456.78");
}

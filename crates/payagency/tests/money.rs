//! Amounts keep every digit, both ways, and are never converted.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use payagency::{Amount, AmountUnit, Coin, Payin, Payment, PaymentLink};
use proptest::prelude::*;
use support::{always, builder, client, money, only, payer, reply};

const DIGITS: [&str; 9] =
    ["100", "1.00", "1.0", "0.01", "12.5", "1234567890123456.78", "9007199254740993", "0.1000", "99999999999999.99"];

#[tokio::test]
async fn amounts_are_sent_exactly_as_given() {
    for digits in DIGITS {
        let script = always(200, r#"{"data":"u"}"#);
        client(&script).payment_link(PaymentLink::new("LINK-1").price(money(digits, "GBP"))).send().await.unwrap();
        assert_eq!(only(&script).text(), format!(r#"{{"amount":{digits},"currency":"GBP","order_id":"LINK-1"}}"#));
    }
}

#[tokio::test]
async fn sealed_amounts_too() {
    if !support::openssl::there("payagency money") {
        return;
    }
    for digits in DIGITS {
        let script = always(200, reply("REDIRECT", "\"PAYIN-1\"", ""));
        let order = payagency::Order::new("PAYIN-1", money(digits, "GBP"));
        let payin = Payin::new(order, payer(), Coin::ether(), "https://m.example");
        let _ = client(&script).crypto_payin(payin).send().await.unwrap();
        let plain = support::openssl::unsealed(support::ENCRYPTION, only(&script).text());
        assert!(plain.contains(&format!(r#""amount":{digits},"currency""#)), "{digits}: {plain}");
    }
}

#[tokio::test]
async fn amounts_are_read_from_numbers_and_text() {
    for digits in DIGITS {
        for written in [digits.to_owned(), format!("\"{digits}\"")] {
            let body =
                reply("SUCCESS", "\"ORDER-1\"", "").replace(r#""amount":100"#, &format!(r#""amount":{written}"#));
            let Payment::Completed(record) = client(&always(200, body)).status("ORDER-1").send().await.unwrap() else {
                panic!()
            };
            assert_eq!(record.data.amount.unwrap().to_string(), digits, "{written}");
        }
    }
}

#[tokio::test]
async fn a_declaration_changes_no_digit() {
    let sent = |unit: Option<AmountUnit>| async move {
        let script = always(200, r#"{"data":"u"}"#);
        let builder = match unit {
            Some(unit) => builder(&script).amounts(unit),
            None => builder(&script),
        };
        let link = PaymentLink::new("LINK-1").price(money("1999", "GBP"));
        builder.build().unwrap().payment_link(link).send().await.unwrap();
        only(&script).text().to_owned()
    };
    assert_eq!(sent(None).await, sent(Some(AmountUnit::Major)).await);
    assert_eq!(sent(None).await, sent(Some(AmountUnit::Minor)).await);
}

proptest! {
    #[test]
    fn any_amount_survives_both_ways(whole in 1_u64..=99_999_999_999_999_999, fraction in "[0-9]{0,8}") {
        let digits = if fraction.is_empty() { whole.to_string() } else { format!("{whole}.{fraction}") };
        let amount: Amount = digits.parse().unwrap();
        let json = serde_json::to_string(&PaymentLink::new("LINK-1").price(payagency::Money { amount, currency: "GBP".into() })).unwrap();
        let expected = format!(r#"{{"amount":{digits},"currency":"GBP","order_id":"LINK-1"}}"#);
        prop_assert_eq!(json, expected);
    }
}

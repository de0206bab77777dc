//! Nothing of a card, a key or a person comes out where it should not: printed, logged, in an error, or in a file of this crate.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use payagency::{
    Coin, CryptoLink, CryptoLinkOf, Estimate, Intent, ListQuery, OffRampOrder, Pan, Payer, Payin, Payment, PaymentLink,
    Ramp, RampEnds,
};
use std::path::Path;
use support::scan::{card_numbers, card_numbers_as_words};
use support::{
    LIVE, PAN, SECRET, amount, builder, card, card_payment, digits, money, order, page_payment, payer, payout,
};

/// What may stand in no output. The transaction id of the replies is no secret.
const MARKERS: [&str; 17] = [
    "Ada",
    "Byron",
    "ada@example.com",
    "Analytical",
    "London",
    "LND",
    "SW1A",
    "203.0.113.7",
    "7000000001",
    "made_up",
    "0f1e2d3c",
    "merchant.example",
    "made-up-address",
    "front.example",
    "portal.example",
    "029",
    "Newport",
];

#[track_caller]
fn clean(text: &str) {
    for marker in MARKERS {
        assert!(!text.contains(marker), "{marker} in {text}");
    }
    assert!(card_numbers(text).is_empty(), "{:?} in {text}", card_numbers(text));
}

fn ends() -> RampEnds {
    RampEnds::wallet("made-up-address").redirect_url("https://merchant.example/return")
}

#[test]
fn no_value_prints_what_it_holds() {
    let script = support::always(200, "{}");
    let builder = builder(&script).proxy("http://u:made_up@proxy:1");
    clean(&format!("{builder:?}"));
    let client = support::client(&script);
    let sell = OffRampOrder::new("O-1", amount("1")).into_currency("EUR").webhook_url("https://merchant.example/w");
    let with_webhook = order("O-1").webhook_url("https://merchant.example/w");
    let cvv = payagency::Cvv::new("029").unwrap();
    let values = [
        format!("{client:?} {:?}", payagency::credentials(SECRET, support::ENCRYPTION)),
        format!("{:?} {:?} {:?} {cvv:?}", payer(), Payer::builder().email("ada@example.com"), card()),
        format!("{with_webhook:?} {:?} {:?}", card_payment("O-1"), page_payment("O-1")),
        format!("{:?} {:?}", payout("O-1"), Estimate::new("WAL1", amount("1"), Pan::new(PAN).unwrap())),
        format!("{:?} {:?}", Ramp::on(with_webhook.clone(), payer(), Coin::bitcoin(), ends()), ends()),
        format!("{sell:?} {:?}", Ramp::off(sell.clone(), payer(), Coin::ether(), ends())),
        format!("{:?}", Payin::new(order("O-1"), payer(), Coin::ether(), "https://merchant.example/return")),
        format!(
            "{:?} {:?}",
            PaymentLink::new("O-1"),
            CryptoLink::new("O-1", CryptoLinkOf::PayIn(money("1", "GBP")), Coin::ether())
        ),
        format!("{:?} {:?}", card_payment("O-1").intent(), payout("O-1").intent()),
        format!("{:?} {:?}", client.card(card_payment("O-1")), client.hosted_card(page_payment("O-1"))),
        format!("{:?} {:?}", client.settle("O-1"), client.transaction_pages(ListQuery::new())),
        format!("{} {:?}", Pan::new(PAN).unwrap(), Pan::new(PAN).unwrap()),
    ];
    for value in values {
        clean(&value);
    }
}

#[test]
fn an_intent_holds_four_digits_and_can_be_kept() {
    let json = serde_json::to_string(&card_payment("ORDER-1").intent()).unwrap();
    assert_eq!(json, r#"{"order_id":"ORDER-1","money":{"amount":"100","currency":"GBP"},"last_four":"1111"}"#);
    assert_eq!(serde_json::from_str::<Intent>(&json).unwrap(), card_payment("ORDER-1").intent());
}

/// Replies that repeat all that was sent.
fn echo() -> String {
    let pan = digits(PAN);
    format!(
        r#"{{"status":"SUCCESS","message":"card {pan} ok","redirect_url":"https://front.example/x","data":{{"order_id":"ORDER-1","transaction_id":"PA0000000000000001","amount":1,"customer":{{"first_name":"Ada","last_name":"Byron","email":"ada@example.com"}}}}}}"#
    )
}

#[tokio::test(start_paused = true)]
async fn no_result_prints_a_person_or_a_card() {
    let script = support::always(200, echo());
    let client = support::client(&script);
    let payment = client.card(card_payment("ORDER-1")).send().await.unwrap();
    clean(&format!("{payment:?} {payment:#?}"));
    assert!(matches!(&payment, Payment::Completed(record) if record.message.as_deref() == Some("card [digits] ok")));
    let reply = client.card(card_payment("ORDER-1")).reply().await.unwrap();
    clean(&format!("{reply:?}"));
    let script = support::always(200, echo().replace("SUCCESS", "REDIRECT"));
    clean(&format!("{:?}", support::client(&script).card(card_payment("ORDER-1")).send().await.unwrap()));
    let rows = r#"{"message":"m","data":[{"first_name":"Ada","last_name":"Byron","email":"ada@example.com","country":"GB","address":"1 Analytical Row","phone_number":"7000000001","message":"Ada","card_number":"411111XXXXXX1111","card_expiry_month":"12","user":{"name":"Byron"}}]}"#;
    let client = support::client(&support::always(200, rows));
    clean(&format!("{:?}", client.transactions(&ListQuery::new()).send().await.unwrap()));
    clean(&format!("{:?}", client.wallet_transactions(&ListQuery::new()).send().await.unwrap()));
    let client = support::client(&support::always(200, r#"{"data":"https://portal.example/pay/1"}"#));
    clean(&format!("{:?}", client.payment_link(PaymentLink::new("ORDER-1")).send().await.unwrap()));
}

/// The whole text of the crate: sources, goldens, examples, its document and its guide.
#[test]
fn no_file_holds_a_card_number() {
    fn walk(dir: &Path, found: &mut Vec<String>, files: &mut usize) {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found, files);
            } else if let Ok(text) = std::fs::read_to_string(&path) {
                *files += 1;
                found.extend(card_numbers_as_words(&text).into_iter().map(|number| format!("{path:?}: {number}")));
            }
        }
    }
    let (mut found, mut files) = (Vec::new(), 0);
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    walk(top, &mut found, &mut files);
    let guide = top.join("../../docs/providers/payagency.md");
    if let Ok(text) = std::fs::read_to_string(guide) {
        found.extend(card_numbers_as_words(&text));
    }
    assert!(files > 60, "{files}");
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn a_planted_card_number_is_caught() {
    let pan = digits(PAN);
    assert_eq!(card_numbers(&format!("order {pan}x")), std::slice::from_ref(&pan));
    assert!(card_numbers(&format!("id 00{pan}9")).contains(&pan), "within a longer run");
    assert_eq!(card_numbers_as_words(&format!("\"card_number\":\"{pan}\"")), std::slice::from_ref(&pan));
    assert!(card_numbers("PA0000000000000001 WAL1234567890 411111******1111").is_empty());
    assert!(card_numbers_as_words(&format!("a{pan}")).is_empty(), "hexadecimal digits have letters");
    for marker in ["Ada", "made_up"] {
        assert!(std::panic::catch_unwind(|| clean(&format!("x {marker} y"))).is_err());
    }
    assert!(!LIVE.is_empty());
}

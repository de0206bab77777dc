//! What a user's log would hold: nothing of a card, a key or a person.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pay_core::script::Play;
use payagency::{Client, Coin, Ramp, RampEnds, Refund};
use support::events::Events;
use support::scan::card_numbers;
use support::{PAN, answering, card_payment, digits, order, page_payment, payer, payout};

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

/// Replies that repeat all that was sent.
fn echo() -> String {
    let pan = digits(PAN);
    format!(
        r#"{{"status":"SUCCESS","message":"card {pan} ok","redirect_url":"https://front.example/x","data":{{"order_id":"ORDER-1","transaction_id":"PA0000000000000001","amount":1,"customer":{{"first_name":"Ada","last_name":"Byron","email":"ada@example.com"}}}}}}"#
    )
}

async fn all_of(client: &Client) -> Vec<String> {
    let show = |result: String| result;
    vec![
        show(format!("{:?}", client.card(card_payment("ORDER-1")).send().await)),
        show(format!("{:?}", client.hosted_card(page_payment("ORDER-1")).send().await)),
        show(format!("{:?}", client.payout(payout("ORDER-1")).send().await)),
        show(format!("{:?}", client.refund(Refund::of("PA1").because("Ada asked")).send().await)),
        show(format!("{:?}", client.status("ORDER-1").send().await)),
        show(format!("{:?}", client.wallets().send().await)),
        show(format!(
            "{:?}",
            client.crypto_ramp(Ramp::on(order("ORDER-1"), payer(), Coin::bitcoin(), ends())).send().await
        )),
        show(match client.card(card_payment("ORDER-1")).send().await {
            Ok(payment) => format!("{payment:?}"),
            Err(error) => format!("{error} {error:#} {error:?}"),
        }),
    ]
}

/// All errors and all events of many bad answers, some of which repeat what was sent.
#[tokio::test(start_paused = true)]
async fn no_error_and_no_event_holds_a_card_or_a_person() {
    let (events, _guard) = Events::capture();
    let pan = digits(PAN);
    let message = format!(
        r#"{{"message":"card_number {pan} / {PAN} is wrong","errors":[{{"field":"card_number","message":"{pan}"}}]}}"#
    );
    let bad: Vec<Play> = vec![
        Play::answer(200, echo().replace("ORDER-1", "ORDER-2")),
        Play::answer(400, echo()),
        Play::answer(422, message.clone()),
        Play::answer(400, message.replace("errors", "other")),
        Play::answer(401, message.replace("errors", "other")),
        Play::answer(500, message.clone()),
        Play::answer(200, message),
        Play::answer(200, format!("<html>{pan} Ada")),
        Play::lost(),
        Play::hang(),
        Play::not_sent(),
    ];
    for play in bad {
        let script = answering(vec![play]);
        for text in all_of(&support::client(&script)).await {
            clean(&text);
        }
    }
    let seen = events.all();
    assert!(seen.len() > 50, "{}", seen.len());
    clean(&format!("{seen:?}"));
}

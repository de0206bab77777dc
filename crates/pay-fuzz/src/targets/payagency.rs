//! Pay Agency: whatever comes, an answer or an error that fits on a line, no success that is none, and no envelope that says why.

use crate::worlds::{PAYAGENCY_KEY, payagency, run};
use http::HeaderMap;
use pay_core::mac::MacKey;
use pay_core::script::{Play, Script};
use pay_core::seal::SealKey;
use payagency::webhook::{Event, HEADER, Received, SignatureScheme, Webhooks};
use payagency::{
    Amount, Error, ListQuery, Money, Order, Outcome, PagePayment, Payer, Payment, PaymentLink, Refund, Settled,
};
use std::fmt::Debug;

const STATUSES: [u16; 14] = [200, 200, 200, 201, 202, 302, 400, 401, 403, 404, 409, 422, 429, 500];
const ORDER: &str = "ORDER-1";
const TRANSACTION: &str = "PA0000000000000001";

fn printed<T: Debug>(result: &Result<T, Error>) {
    match result {
        Ok(value) => drop(format!("{value:?}")),
        Err(error) => {
            let line = format!("{error}");
            assert!(!line.chars().any(char::is_control), "a log line can be forged: {line:?}");
            drop(format!("{error:?} {error:#}"));
        }
    }
}

fn page() -> PagePayment {
    let payer =
        Payer::builder().first_name("A").last_name("B").email("e").country("GB").ip_address("i").phone_number("1");
    let payer = payer.address("a").city("c").state("s").zip("z").build().expect("a payer");
    let money = Money { amount: "1".parse::<Amount>().expect("an amount"), currency: "GBP".into() };
    PagePayment::new(Order::new(ORDER, money), payer, "https://m.example")
}

/// Done only where the word is there, and never beside an error.
fn done(payment: &Result<Payment, Error>, code: u16, body: &[u8]) {
    printed(payment);
    if matches!(payment, Ok(Payment::Completed(_))) {
        let text = String::from_utf8_lossy(body).to_ascii_uppercase();
        // The word may be written with escapes.
        assert!(code < 300 && (text.contains("SUCCESS") || text.contains('\\')), "a {code} is no success: {text}");
    }
}

/// The first byte chooses the operation, the second the status; the rest is the body.
pub(super) fn reply(data: &[u8]) {
    let [operation, code, body @ ..] = data else { return };
    let code = STATUSES[usize::from(*code) % STATUSES.len()];
    let sent = body.to_vec();
    let script = Script::new(move |_| Play::answer(code, sent.clone()));
    let client = payagency(&script);
    run(async {
        match operation % 8 {
            0 => done(&client.hosted_card(page()).send().await, code, body),
            1 => {
                let found = client.status(ORDER).send().await;
                done(&found, code, body);
                let same = |payment: &Payment| [payment.order_id(), payment.transaction_id()].contains(&Some(ORDER));
                assert!(found.as_ref().map_or(true, same), "another payment was believed");
                assert!(!matches!(found, Err(error) if error.outcome() == Outcome::Unknown), "a read has no effect");
            }
            2 => {
                let refunded = client.refund(Refund::of(TRANSACTION).because("r")).send().await;
                done(&refunded, code, body);
                assert!(!matches!(refunded, Ok(Payment::Completed(record)) if !record.is_refunded()));
            }
            3 => printed(&client.transactions(&ListQuery::new()).send().await),
            4 => printed(&client.wallet_transactions(&ListQuery::new()).send().await),
            5 => printed(&client.wallets().send().await),
            6 => printed(&client.payment_link(PaymentLink::new(ORDER)).send().await),
            _ => {
                let settled = client.settle(ORDER).await;
                assert!(code < 300 || !matches!(settled, Settled::Completed(_)), "a {code} completes nothing");
                drop(format!("{settled:?}"));
            }
        }
    });
    let most = match operation % 8 {
        // Money that may have moved is never asked for again.
        0 | 2 | 6 => 1,
        7 => 500,
        _ => 5,
    };
    assert!(script.seen().len() <= most, "{} requests for one call", script.seen().len());
}

/// A body under a right hash, and under the bytes before its first line end as a hash.
pub(super) fn webhook(data: &[u8]) {
    let webhooks = Webhooks::new(SignatureScheme::AssumedHmacSha256Hex, PAYAGENCY_KEY).expect("a key");
    let key = MacKey::new(&PAYAGENCY_KEY.into()).expect("a key");
    let end = data.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    let (hash, body) = (&data[..end], data.get(end + 1..).unwrap_or_default());
    let verify = |hash: &[u8]| {
        let mut headers = HeaderMap::new();
        headers.insert(HEADER, http::HeaderValue::from_bytes(hash).ok()?);
        Some(webhooks.verify(body, &headers))
    };
    if let Some(received) = verify(hash) {
        let right = hash.eq_ignore_ascii_case(key.sign(&[body]).as_str().as_bytes());
        assert!(right || matches!(received, Received::Forged | Received::Unsigned), "a forged hash was taken");
    }
    let Some(Received::Verified(event)) = verify(key.sign(&[body]).as_str().as_bytes()) else {
        panic!("a right hash was refused");
    };
    assert_eq!(event.key(), event.clone().key());
    if let Event::Payment(event) = &event {
        assert!(!event.transaction_id().is_empty());
        drop(format!("{event:?} {:?}", event.standing().advance(&event.standing())));
    }
}

/// An envelope that somebody else made.
pub(super) fn envelope(data: &[u8]) {
    let key = SealKey::new(&PAYAGENCY_KEY.into()).expect("a key");
    if let Ok(text) = std::str::from_utf8(data)
        && let Err(error) = key.open(text)
    {
        assert_eq!(format!("{error} {error:?}"), "the envelope cannot be opened Unopened");
    }
    let sealed = key.seal("", data.to_vec(), "").expect("random bytes");
    let opened = key.open(std::str::from_utf8(&sealed).expect("digits"));
    let text = std::str::from_utf8(data).unwrap_or_default();
    let object = text.starts_with('{') && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
    assert!(!object || opened.is_ok_and(|opened| opened.expose() == data), "what was sealed is not opened");
}

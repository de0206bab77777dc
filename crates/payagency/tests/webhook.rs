//! Webhooks: the hypothesis's vector, several hundred forged deliveries, and what can be done with what nobody verified.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use http::{HeaderMap, HeaderValue};
use payagency::webhook::{Event, HEADER, Received, SignatureScheme, Webhooks};
use payagency::{Kind, Payment};
use proptest::prelude::*;
use support::{TRANSACTION, client, flagged, only, paid, reply};

const KEY: &str = "whsec_made_up_for_this_file";
const ENCRYPTION: &str = support::ENCRYPTION;

/// 346 bytes; made with `printf '%s' "$BODY" | openssl dgst -sha256 -hmac <key>`.
const BODY: &str = r#"{"status":"SUCCESS","message":"Transaction processed successfully!.","data":{"amount":100,"currency":"GBP","order_id":"ORDER-0001","transaction_id":"PA0000000000000001","customer":{"first_name":"Ada","last_name":"Byron","email":"ada@example.com"},"refund":{"status":false,"refund_date":null},"chargeback":{"status":false,"chargeback_date":null}}}"#;
const HASH: &str = "7de70b78ce0a03d287d59b8a04ec495cbb10d93936f3c48e8549b869c2e9863d";
const HASH_BY_ENCRYPTION_KEY: &str = "4853c57879684de7ac902b5d81dde45469daafb7f4803a40ab041559a2f50c6f";

fn webhooks() -> Webhooks {
    Webhooks::new(SignatureScheme::AssumedHmacSha256Hex, KEY).unwrap()
}

fn with(hash: &[u8]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    if let Ok(value) = HeaderValue::from_bytes(hash) {
        headers.insert(HEADER, value);
    }
    headers
}

/// The hash of another body, by the tested code's own key type: the vectors above come from outside.
fn hash(body: &str) -> HeaderMap {
    with(pay_core::mac::MacKey::new(&KEY.into()).unwrap().sign(&[body.as_bytes()]).as_str().as_bytes())
}

fn verified(body: &str) -> Event {
    match webhooks().verify(body.as_bytes(), &hash(body)) {
        Received::Verified(event) => event,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_vector_of_the_hypothesis_is_taken_with_either_key() {
    assert_eq!(BODY.len(), 346);
    for (webhooks, hash) in [
        (webhooks(), HASH),
        (Webhooks::new(SignatureScheme::AssumedHmacSha256Hex, ENCRYPTION).unwrap(), HASH_BY_ENCRYPTION_KEY),
        (webhooks().and_key(ENCRYPTION).unwrap(), HASH),
        (webhooks().and_key(ENCRYPTION).unwrap(), HASH_BY_ENCRYPTION_KEY),
    ] {
        let Received::Verified(Event::Payment(event)) = webhooks.verify(BODY.as_bytes(), &with(hash.as_bytes())) else {
            panic!()
        };
        assert_eq!(event.transaction_id(), TRANSACTION);
        assert!(matches!(event.payment(), Payment::Completed(_)));
    }
    assert!(matches!(webhooks().verify(BODY.as_bytes(), &with(HASH_BY_ENCRYPTION_KEY.as_bytes())), Received::Forged));
}

#[test]
fn no_forged_delivery_is_taken() {
    let webhooks = webhooks();
    let mut forged: Vec<(Vec<u8>, HeaderMap)> = Vec::new();
    // Every bit of the hash, and of some of the body.
    for bit in 0..8 * HASH.len() {
        let mut hash = HASH.as_bytes().to_vec();
        hash[bit / 8] ^= 1 << (bit % 8);
        // Upper case is the same number, and what no header can carry does not arrive.
        if !hash.eq_ignore_ascii_case(HASH.as_bytes()) && HeaderValue::from_bytes(&hash).is_ok() {
            forged.push((BODY.into(), with(&hash)));
        }
    }
    for bit in (0..8 * BODY.len()).step_by(7) {
        let mut body = BODY.as_bytes().to_vec();
        body[bit / 8] ^= 1 << (bit % 8);
        forged.push((body, with(HASH.as_bytes())));
    }
    // Other lengths, other forms, other keys.
    for hash in [
        &HASH[..63],
        &HASH[..62],
        &format!("{HASH}0"),
        &format!("{HASH}00"),
        &format!(" {HASH}"),
        &format!("{HASH} "),
        &format!("sha256={HASH}"),
        &format!("0x{HASH}"),
        &format!("{HASH},{HASH}"),
        &format!("{HASH}, {HASH_BY_ENCRYPTION_KEY}"),
        "0",
        "null",
        "[object Object]",
        &"0".repeat(64),
        &"f".repeat(64),
        HASH_BY_ENCRYPTION_KEY,
        "feAJeM4KA9KH1ZuKBOxJXLsQ2Tk288SOhUm4acLphj0=",
    ] {
        forged.push((BODY.into(), with(hash.as_bytes())));
    }
    forged.push((BODY.into(), with(b"\xff\xfe")));
    // The right hash over other bytes: read and written again, padded, cut, empty.
    let spaced = BODY.replace("\":", "\": ");
    for body in [spaced.as_str(), &format!("{BODY}\n"), &format!(" {BODY}"), &BODY[..345], "", "{}", "null"] {
        forged.push((body.into(), with(HASH.as_bytes())));
    }
    // Twice, in either order: a proxy may read the other one.
    for (first, second) in [(HASH, "0"), ("0", HASH), (HASH, HASH)] {
        let mut headers = with(first.as_bytes());
        headers.append(HEADER, HeaderValue::from_str(second).unwrap());
        forged.push((BODY.into(), headers));
    }
    assert!(forged.len() >= 200, "{}", forged.len());
    for (body, headers) in &forged {
        let received = webhooks.verify(body, headers);
        assert!(matches!(received, Received::Forged), "{received:?} {headers:?}");
    }
    for headers in [HeaderMap::new(), with(b"")] {
        assert!(matches!(webhooks.verify(BODY.as_bytes(), &headers), Received::Unsigned));
    }
}

#[test]
fn a_hash_in_upper_case_is_the_same_number() {
    let headers = with(HASH.to_uppercase().as_bytes());
    assert!(matches!(webhooks().verify(BODY.as_bytes(), &headers), Received::Verified(_)));
}

#[test]
fn keys_that_are_none_are_refused() {
    for key in ["", " ", "key\n", " key"] {
        let error = Webhooks::new(SignatureScheme::AssumedHmacSha256Hex, key).unwrap_err();
        assert_eq!((error.kind(), error.setting()), (Kind::Config, Some("webhook_key")));
        assert!(webhooks().and_key(key).is_err());
    }
    assert!(!format!("{:?}", webhooks()).contains("whsec"));
}

#[tokio::test]
async fn what_nobody_verified_can_be_confirmed_and_nothing_else() {
    let open = webhooks().danger_accept_unverified();
    for headers in [HeaderMap::new(), with(b"0"), with(HASH_BY_ENCRYPTION_KEY.as_bytes())] {
        assert!(!matches!(webhooks().verify(BODY.as_bytes(), &headers), Received::Verified(_) | Received::Stale(_)));
        let Received::Stale(event) = open.verify(BODY.as_bytes(), &headers) else { panic!() };
        assert_eq!(format!("{event:?}"), "UnconfirmedEvent(..)");
        // The event says SUCCESS; the status call says otherwise, and it decides.
        let script = support::always(200, flagged("FAILED", "ORDER-0001", false, false));
        let payment = client(&script).confirm(&event).send().await.unwrap();
        assert!(matches!(payment, Payment::Refused(_)));
        assert_eq!(only(&script).path, format!("/api/test/status/{TRANSACTION}"));
    }
    // Without a transaction there is nothing to ask.
    for body in ["{}", "", "null", r#"{"status":"SUCCESS","data":{}}"#] {
        assert!(matches!(open.verify(body.as_bytes(), &with(b"0")), Received::Forged), "{body}");
    }
}

#[tokio::test]
async fn an_event_is_confirmed_by_its_transaction() {
    let Event::Payment(event) = verified(BODY) else { panic!() };
    let script = support::always(200, paid("ORDER-0001"));
    assert!(matches!(client(&script).confirm(&event).send().await.unwrap(), Payment::Completed(_)));
    let other = paid("ORDER-0001").replace(TRANSACTION, "PA0000000000000009");
    let script = support::always(200, other);
    let error = client(&script).confirm(&event).send().await.unwrap_err();
    assert_eq!(error.kind(), Kind::Decode, "another payment's status confirms nothing");
}

#[test]
fn what_fits_and_is_no_payment_reply_is_kept_as_it_came() {
    for body in [
        "{}",
        "[]",
        "",
        "text",
        r#"{"status":"SUCCESS","data":{"amount":1}}"#,
        r#"{"status":"SUCCESS","data":{"transaction_id":""}}"#,
    ] {
        let Event::Other(event) = verified(body) else { panic!("{body}") };
        assert_eq!(event.raw().expose(), body.as_bytes());
    }
}

#[test]
fn repeats_have_one_key_and_every_news_another() {
    let key = |status: &str, refunded: bool, charged_back: bool| {
        verified(&flagged(status, "ORDER-1", refunded, charged_back)).key()
    };
    let mut keys = Vec::new();
    for status in ["SUCCESS", "FAILED", "BLOCKED", "PENDING"] {
        for flags in [(false, false), (true, false), (false, true), (true, true)] {
            let one = key(status, flags.0, flags.1);
            assert_eq!(one, key(status, flags.0, flags.1));
            keys.push(one);
        }
    }
    // The same event in other bytes is a repeat: the case of the word, the order id, the message.
    assert_eq!(key("SUCCESS", false, false), key("success", false, false));
    let other = flagged("SUCCESS", "ORDER-2", false, false).replace("successfully", "well");
    assert_eq!(verified(&other).key(), keys[0]);
    let another = flagged("SUCCESS", "ORDER-1", false, false).replace(TRANSACTION, "PA0000000000000009");
    keys.push(verified(&another).key());
    keys.push(verified("{}").key());
    keys.push(verified("{ }").key());
    let distinct: std::collections::HashSet<_> = keys.iter().collect();
    assert_eq!(distinct.len(), keys.len());
}

#[test]
fn crypto_members_are_read_and_unknown_ones_kept() {
    let more = r#","crypto_currency":"TRX","crypto_network":"TRON","crypto_payment_status":"X","paid_crypto":"1.50""#;
    let Event::Payment(event) = verified(&reply("SUCCESS", "\"ORDER-1\"", more)) else { panic!() };
    assert!(matches!(event.payment(), Payment::Pending(_)));
    let extra = event.record().extra();
    assert_eq!(extra.keys().collect::<Vec<_>>(), ["paid_crypto"]);
    assert_eq!(extra["paid_crypto"].expose_str(), Some("\"1.50\""));
}

#[tokio::test]
async fn the_extractor_takes_what_is_verified() {
    use axum::Router;
    use axum::extract::Request;
    use axum::routing::post;
    use pay_core::webhook::{Accepted, Webhook};
    use std::sync::Arc;
    async fn handler(Webhook(accepted): Webhook<Webhooks>) -> &'static str {
        match accepted {
            Accepted::Verified(_) => "verified",
            Accepted::Stale(_) => "unverified",
        }
    }
    async fn ask(webhooks: Webhooks, headers: HeaderMap) -> (u16, String) {
        use axum::body::{Body, to_bytes};
        use axum::extract::FromRequest;
        use axum::response::IntoResponse;
        let _: Router = Router::new().route("/", post(handler)).with_state(Arc::new(webhooks.clone()));
        let mut request = Request::builder().body(Body::from(BODY)).unwrap();
        *request.headers_mut() = headers;
        let response = match Webhook::<Webhooks>::from_request(request, &Arc::new(webhooks)).await {
            Ok(event) => handler(event).await.into_response(),
            Err(refusal) => refusal.into_response(),
        };
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body(), 1024).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }
    assert_eq!(ask(webhooks(), with(HASH.as_bytes())).await, (200, "verified".into()));
    assert_eq!(ask(webhooks(), with(b"0")).await.0, 401);
    assert_eq!(ask(webhooks(), HeaderMap::new()).await.0, 401);
    let open = webhooks().danger_accept_unverified();
    assert_eq!(ask(open, with(b"0")).await, (200, "unverified".into()));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(body: Vec<u8>, hash: Vec<u8>) {
        let received = webhooks().verify(&body, &with(&hash));
        prop_assert!(matches!(received, Received::Forged | Received::Unsigned));
        let headers = with(pay_core::mac::MacKey::new(&KEY.into()).unwrap().sign(&[&body]).as_str().as_bytes());
        prop_assert!(matches!(webhooks().verify(&body, &headers), Received::Verified(_)));
    }
}

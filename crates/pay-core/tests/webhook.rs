//! Webhooks of three shapes on one core: a stamp in a header, a stamp within the signature's header, and no stamp.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use http::{HeaderMap, HeaderValue};
use pay_core::stamp::{unix_seconds, within};
use pay_core::webhook::{Header, Keys, Received, Receiver, header};
use std::convert::Infallible;
use std::time::{Duration, SystemTime};

/// `X-Webhook-Signature: HMAC-SHA256 Sign=<hex>,Nonce=<text>,TS=<seconds>` over `nonce:seconds:body`.
struct Composite(Keys);

impl Receiver for Composite {
    type Event = Vec<u8>;
    type Stale = Vec<u8>;

    fn receive(&self, body: &[u8], headers: &HeaderMap, now: SystemTime) -> Received<Vec<u8>, Vec<u8>> {
        let line = match header(headers, "X-Webhook-Signature") {
            Header::Once(line) => line,
            Header::Missing => return Received::Unsigned,
            Header::Several => return Received::Forged,
        };
        let line = std::str::from_utf8(line).unwrap_or_default();
        let line = line.strip_prefix("HMAC-SHA256 ").unwrap_or(line);
        let field = |name: &str| line.split(',').find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='));
        let (Some(sign), Some(nonce), Some(stamp)) = (field("Sign"), field("Nonce"), field("TS")) else {
            return Received::Unsigned;
        };
        let parts: [&[u8]; 5] = [nonce.as_bytes(), b":", stamp.as_bytes(), b":", body];
        match unix_seconds(stamp) {
            Some(at) if self.0.verify(&parts, sign.as_bytes()) => {
                let fresh = within(at, now, Duration::from_secs(300));
                if fresh { Received::Verified(body.to_vec()) } else { Received::Stale(body.to_vec()) }
            }
            _ => Received::Forged,
        }
    }
}

/// A header with the signature of the body alone: nothing can be stale.
struct Bare(Keys);

impl Receiver for Bare {
    type Event = Vec<u8>;
    type Stale = Infallible;

    fn receive(&self, body: &[u8], headers: &HeaderMap, _: SystemTime) -> Received<Vec<u8>, Infallible> {
        match header(headers, "hash") {
            Header::Missing => Received::Unsigned,
            Header::Once(hex) if self.0.verify(&[body], hex) => Received::Verified(body.to_vec()),
            Header::Once(_) | Header::Several => Received::Forged,
        }
    }
}

// Published together with its key; the layout of the message was found by computing it.
const KEY: &str = "bf8867f612a34346a57d4e1c5e98b1ecc53defe3cccc4b7b8ea72dfbcf74a349";
const LINE: &str = "HMAC-SHA256 Sign=5D90499D59FB0D9FAD44A15112936CFCABA73A6EE666AAA63B60A0FC03F40EA5,Nonce=b7891a74-ca9a-4770-bedd-8fd8341b122b,TS=1684633816";
const BODY: &str = r#"{"id":"f6431a0f-970a-4be9-9c6d-f444f729adc3","transactionState":"Completed","transactionDate":"2023-05-19T19:51:21.320Z","transactionAmount":"0.010000","transactionType":"Credit","transactionPaymentType":"PIX","payer":{"name":"Johnny Boy","taxNumber":"09977799400"}}"#;

fn keys(old: &str, new: &str) -> Keys {
    Keys::new("key", &old.into()).unwrap().and("key", &new.into()).unwrap()
}

fn headers(name: &'static str, value: &str) -> HeaderMap {
    HeaderMap::from_iter([(name.parse().unwrap(), HeaderValue::from_str(value).unwrap())])
}

fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

#[test]
fn a_stamp_within_the_signatures_header() {
    let receiver = Composite(keys("another", KEY));
    let receive =
        |line: &str, body: &str, now| receiver.receive(body.as_bytes(), &headers("x-webhook-signature", line), now);
    let now = at(1_684_633_816);
    assert_eq!(receive(LINE, BODY, now).verified().as_deref(), Some(BODY.as_bytes()));
    let lower = LINE.replace(
        "5D90499D59FB0D9FAD44A15112936CFCABA73A6EE666AAA63B60A0FC03F40EA5",
        &"5D90499D59FB0D9FAD44A15112936CFCABA73A6EE666AAA63B60A0FC03F40EA5".to_lowercase(),
    );
    assert!(receive(&lower, BODY, now).verified().is_some());
    assert!(matches!(receive(LINE, BODY, now + Duration::from_secs(301)), Received::Stale(_)));
    for forged in [
        LINE.replace("TS=1684633816", "TS=1684633817"),
        LINE.replace("TS=1684633816", "TS=-9223372036854775808"),
        LINE.replace("TS=1684633816", "TS=99999999999999999999"),
        LINE.replace("Nonce=b", "Nonce=c"),
        LINE.replace("Sign=5", "Sign=6"),
        LINE.replace(
            "Nonce=b7891a74-ca9a-4770-bedd-8fd8341b122b,TS=1684633816",
            "Nonce=b7891a74-ca9a-4770-bedd-8fd8341b122b:1684633816,TS=",
        ),
    ] {
        assert_eq!(receive(&forged, BODY, now), Received::Forged, "{forged}");
    }
    assert_eq!(receive(LINE, &BODY.replace("0.01", "9.01"), now), Received::Forged);
    assert_eq!(receive("HMAC-SHA256 Sign=", BODY, now), Received::Unsigned);
    assert_eq!(receiver.receive(BODY.as_bytes(), &HeaderMap::new(), now), Received::Unsigned);
}

#[test]
fn no_stamp_and_one_of_two_secrets() {
    // The body and the signatures were computed with `openssl dgst -sha256 -hmac`.
    let body = r#"{"status":"SUCCESS","message":"Transaction processed successfully!.","data":{"amount":100,"currency":"GBP","order_id":"ORDER-0001","transaction_id":"PA0000000000000001","customer":{"first_name":"Ada","last_name":"Byron","email":"ada@example.com"},"refund":{"status":false,"refund_date":null},"chargeback":{"status":false,"chargeback_date":null}}}"#;
    let receiver = Bare(keys("whsec_made_up_for_this_file", "0f1e2d3c4b5a69788796a5b4c3d2e1f0"));
    for hash in [
        "7de70b78ce0a03d287d59b8a04ec495cbb10d93936f3c48e8549b869c2e9863d",
        "4853c57879684de7ac902b5d81dde45469daafb7f4803a40ab041559a2f50c6f",
    ] {
        let received = receiver.receive(body.as_bytes(), &headers("hash", hash), at(0));
        assert_eq!(received.verified().as_deref(), Some(body.as_bytes()));
        assert_eq!(receiver.receive(&body.as_bytes()[1..], &headers("hash", hash), at(0)), Received::Forged);
    }
}

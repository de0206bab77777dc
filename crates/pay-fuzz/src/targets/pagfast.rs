//! PagFast's webhooks: nobody without the key is believed, whatever is signed has one meaning, and it is read or kept.

use http::{HeaderMap, HeaderName, HeaderValue};
use pagfast::webhook::{Advance, Event, Received, Webhooks};
use pay_core::mac::MacKey;
use std::sync::LazyLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const KEY: &str = "the key that no fuzzer guesses";
const SENT: u64 = 1_684_633_816;

static WEBHOOKS: LazyLock<Webhooks> = LazyLock::new(|| Webhooks::new(KEY).expect("a key"));
static SIGNER: LazyLock<MacKey> = LazyLock::new(|| MacKey::new(&KEY.into()).expect("a key"));

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

/// `None`: no header can hold these bytes.
fn headers(value: &[u8]) -> Option<HeaderMap> {
    let value = HeaderValue::from_bytes(value).ok()?;
    Some(HeaderMap::from_iter([(HeaderName::from_static("x-webhook-signature"), value)]))
}

fn signed(nonce: &[u8], ts: &[u8], body: &[u8]) -> Vec<u8> {
    let sign = SIGNER.sign(&[nonce, b":", ts, b":", body]);
    [b"HMAC-SHA256 Sign=", sign.as_str().as_bytes(), b",Nonce=", nonce, b",TS=", ts].concat()
}

/// A header's value up to the first line end, and a body; then nonce, time and body, signed right.
pub(super) fn header(data: &[u8]) {
    let end = data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len());
    let (value, body) = (&data[..end], data.get(end + 1..).unwrap_or_default());
    if let Some(headers) = headers(value) {
        let received = WEBHOOKS.verify(body, &headers, at(SENT));
        assert!(matches!(received, Received::Forged | Received::Unsigned), "believed without the key");
    }
    let mut parts = data.splitn(3, |byte| *byte == b'\n');
    let (Some(nonce), Some(ts), Some(body)) = (parts.next(), parts.next(), parts.next()) else { return };
    let Some(headers) = headers(&signed(nonce, ts, body)) else { return };
    match WEBHOOKS.clone().any_age().verify(body, &headers, at(0)) {
        Received::Verified(event) => {
            let stamp = event.stamp();
            assert!(!stamp.nonce.contains([':', ',']), "the border can move: {stamp:?}");
            let fresh = WEBHOOKS.verify(body, &headers, stamp.sent_at);
            assert!(matches!(fresh, Received::Verified(_)), "stale at its own time");
            let late = WEBHOOKS.verify(body, &headers, stamp.sent_at + Duration::from_secs(86_401));
            assert!(matches!(late, Received::Stale(stale) if stale.key() == event.key()), "verified too late");
        }
        Received::Forged => {}
        received => panic!("neither stale nor unsigned: {received:?}"),
    }
}

/// A body that is signed right, and one that nobody signed.
pub(super) fn event(body: &[u8]) {
    let headers = headers(&signed(b"nonce", SENT.to_string().as_bytes(), body)).expect("plain text");
    let Received::Verified(event) = WEBHOOKS.verify(body, &headers, at(SENT)) else { panic!("signed right") };
    let shown = format!("{event:?}");
    assert!(!shown.chars().any(char::is_control), "a log line can be forged: {shown:?}");
    let open = WEBHOOKS.clone().danger_accept_unsigned();
    let unsigned = open.verify(body, &HeaderMap::new(), at(SENT));
    match &event {
        Event::Transaction(inner) => {
            assert!(!inner.id.is_empty() && inner.raw.expose().as_ref() == body && inner.extra().contains_key("id"));
            assert!(matches!(unsigned, Received::Stale(stale) if stale.key() == event.key()));
            assert_eq!(inner.state.advance(&inner.state), Advance::Ignored);
        }
        Event::Other(other, _) => {
            assert_eq!(other.raw().expose().as_ref(), body);
            assert!(matches!(unsigned, Received::Unsigned), "nothing to ask about");
        }
        _ => {}
    }
}

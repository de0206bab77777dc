//! Webhooks: nothing panics, nobody without the key is believed, and whatever is signed is read or kept.

use http::{HeaderMap, HeaderValue};
use pay_core::mac::MacKey;
use pay_core::stamp::{iso, unix_seconds, within};
use pay1st::shop::{Summaries, Summary, UserInfoQuery};
use pay1st::webhook::{Event, Received, Webhooks};
use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

const KEY: &str = "the key that no fuzzer guesses";
/// `base64("user:password")`
const SHOP_KEY: &str = "dXNlcjpwYXNzd29yZA==";
const STAMP: &str = "2025-03-17T08:10:52.544247646Z";

static WEBHOOKS: LazyLock<Webhooks> = LazyLock::new(|| Webhooks::new(KEY).expect("a key"));
static SIGNER: LazyLock<MacKey> = LazyLock::new(|| MacKey::new(&KEY.into()).expect("a key"));
static SUMMARIES: LazyLock<Summaries> =
    LazyLock::new(|| Summaries::new("user", &"password".into()).expect("a name and a password"));
static SHOP_SIGNER: LazyLock<MacKey> = LazyLock::new(|| MacKey::new(&SHOP_KEY.into()).expect("a key"));

/// `None`: no header can hold these bytes.
fn headers(signature: &[u8], stamp: &[u8]) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    headers.insert("x-signature", HeaderValue::from_bytes(signature).ok()?);
    headers.insert("x-timestamp", HeaderValue::from_bytes(stamp).ok()?);
    Some(headers)
}

/// Timestamps from any text.
pub(super) fn stamp(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_742_199_052);
    for at in [iso(text), unix_seconds(text)].into_iter().flatten() {
        let near = within(at, now, Duration::from_secs(300));
        assert_eq!(near, within(now, at, Duration::from_secs(300)), "the same both ways");
        assert!(within(at, now, Duration::MAX) && within(at, at, Duration::ZERO));
    }
    if iso(text).is_some() {
        let begins = (0..text.len()).filter(|end| text.is_char_boundary(*end) && iso(&text[..*end]).is_some());
        assert_eq!(begins.count(), 0, "a stamp begins with a stamp: a byte could move over the border");
    }
}

/// Signature, timestamp and body, each on a line of its own but the last, which is the rest.
pub(super) fn verify(data: &[u8]) {
    let mut parts = data.splitn(3, |byte| *byte == b'\n');
    let (Some(signature), Some(stamp), Some(body)) = (parts.next(), parts.next(), parts.next()) else { return };
    let now = std::str::from_utf8(stamp).ok().and_then(iso);
    let at = now.unwrap_or(SystemTime::UNIX_EPOCH);
    if let Some(headers) = headers(signature, stamp) {
        let received = WEBHOOKS.verify(body, &headers, at);
        assert!(matches!(received, Received::Forged | Received::Unsigned), "believed without the key");
    }
    let signature = SIGNER.sign(&[stamp, body]);
    let Some(headers) = headers(signature.as_str().as_bytes(), stamp) else { return };
    match WEBHOOKS.verify(body, &headers, at) {
        Received::Verified(_) => assert!(now.is_some(), "a timestamp that is none"),
        Received::Forged | Received::Unsigned => assert!(now.is_none(), "signed right, and not believed"),
        Received::Stale(_) => panic!("stale at its own time"),
    }
    let later = WEBHOOKS.verify(body, &headers, at + Duration::from_secs(301));
    assert!(!matches!(later, Received::Verified(_)), "verified too late");
}

/// A body that is signed right.
pub(super) fn event(body: &[u8]) {
    let signature = SIGNER.sign(&[STAMP.as_bytes(), body]);
    let headers = headers(signature.as_str().as_bytes(), STAMP.as_bytes()).expect("plain text");
    let now = iso(STAMP).expect("a timestamp");
    let Received::Verified(event) = WEBHOOKS.verify(body, &headers, now) else { panic!("signed right") };
    assert_eq!(event.key(), event.key());
    let shown = format!("{event:?}");
    assert!(!shown.chars().any(char::is_control), "a log line can be forged: {shown:?}");
    match event {
        Event::Payment(event) => {
            assert!(!event.reference.is_empty() && event.raw.expose().as_ref() == body);
            let members = event.extra();
            assert!(members.contains_key("status") && !members.contains_key("refundReference"));
        }
        Event::Other(event) => assert_eq!(event.raw().expose().as_ref(), body),
        _ => {}
    }
}

/// The Shop's query, and its summary: signed right, and with the input as its signature.
pub(super) fn shop(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        if let Ok(query) = UserInfoQuery::parse(text) {
            assert!(!query.player_id.is_empty());
        }
        if let Ok(value) = HeaderValue::from_bytes(data) {
            let headers = HeaderMap::from_iter([(http::HeaderName::from_static("x-signature"), value)]);
            assert!(SUMMARIES.verify(b"{}", &headers).verified().is_none(), "believed without the key");
        }
    }
    let signature = SHOP_SIGNER.sign(&[data.trim_ascii()]);
    let value = HeaderValue::from_str(signature.as_str()).expect("plain text");
    let headers = HeaderMap::from_iter([(http::HeaderName::from_static("x-signature"), value)]);
    match SUMMARIES.verify(data, &headers).verified().expect("signed right") {
        Summary::Sale(sale) => assert!(sale.extra().contains_key("amount")),
        Summary::Other(other) => assert_eq!(other.raw().expose().as_ref(), data.trim_ascii()),
        _ => {}
    }
}

//! One signed delivery, whose signature was computed with `openssl dgst -sha256 -hmac`.

#![allow(dead_code)]

use http::{HeaderMap, HeaderName, HeaderValue};
use pay_core::mac::MacKey;
use pay1st::webhook::Webhooks;
use std::time::{Duration, SystemTime};

/// The signing key of the published example of signing.
pub(crate) const KEY: &str = "hCyO_Flnu6aid-bhFYTYOowkxXRzoZkgzO32rB6Ik8Y";
/// The key before it.
pub(crate) const PREVIOUS: &str = "previous-signing-key";
/// Its timestamp.
pub(crate) const STAMP: &str = "2025-03-17T08:10:52.544247646Z";
/// The shape that the table of fields suggests; no page shows an example.
pub(crate) const BODY: &str = r#"{"partnerId":9,"partnerCode":"ACME","partnerReference":"4a662291-2840-4bcd-aae9-553ab24601ed","reference":"C-142710055596150-P","orderAmount":100,"currencyCode":"NGN","countryCode":"NG","customerId":"1","status":"SUCCESSFUL"}"#;
/// `printf '%s' "$STAMP$BODY" | openssl dgst -sha256 -hmac "$KEY"`
pub(crate) const SIGNATURE: &str = "dd533eac24e3f21c401ad6bcfa7c16e9f20176f1ee8aae00239a299a67aea038";
/// The same with `PENDING` for `SUCCESSFUL`.
pub(crate) const SIGNATURE_OF_PENDING: &str = "cf7ac8be32de89dc35f9dd217716ccacf39da11580f19f090ed2c87fe38bc2be";
/// The same as the first with the previous key.
pub(crate) const SIGNATURE_BY_PREVIOUS: &str = "45bfb7552a064af4968e855f889f3f2bbe045162cb0362a00e7a49624c532519";
/// `2025-03-17T10:10:52+02:00`, a moment earlier, said in another zone.
pub(crate) const SIGNATURE_OF_OFFSET: &str = "f1cdffd02173f2bc8af9440f18ece801745bdc804bba94ae88a8b4ad8db7b329";

/// The moment of the timestamp.
pub(crate) fn moment() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::new(1_742_199_052, 544_247_646)
}

pub(crate) fn webhooks() -> Webhooks {
    Webhooks::new(KEY).unwrap()
}

/// Headers in this order; a name may stand there twice, and a value may be any bytes.
pub(crate) fn headers(given: &[(&str, &[u8])]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    for (name, value) in given {
        headers.append(name.parse::<HeaderName>().unwrap(), HeaderValue::from_bytes(value).unwrap());
    }
    headers
}

pub(crate) fn signed_headers(stamp: &str, signature: &str) -> HeaderMap {
    headers(&[("X-SIGNATURE", signature.as_bytes()), ("X-TIMESTAMP", stamp.as_bytes())])
}

/// Signs as the sender does.
pub(crate) fn sign(key: &str, parts: &[&[u8]]) -> String {
    MacKey::new(&key.into()).unwrap().sign(parts).as_str().to_owned()
}

/// A delivery of any body, signed at the moment.
pub(crate) fn deliver(body: &[u8]) -> HeaderMap {
    signed_headers(STAMP, &sign(KEY, &[STAMP.as_bytes(), body]))
}

//! The provider's signature, checked and made here: shared with no client, so that both cannot be wrong together.

use super::stamp;
use crate::webhooks::Signer;
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderName, HeaderValue};
use sha2::Sha256;
use std::time::SystemTime;

const SIGNATURE: HeaderName = HeaderName::from_static("x-signature");
const TIMESTAMP: HeaderName = HeaderName::from_static("x-timestamp");

/// HMAC-SHA256 keyed with the signing key's text, over the timestamp's text and the body's bytes (section 4, C1).
fn mac(key: &str, timestamp: &[u8], body: &[u8]) -> Option<Hmac<Sha256>> {
    let mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).ok()?;
    Some(mac.chain_update(timestamp).chain_update(body))
}

/// The timestamp of a request whose signature is good.
pub(super) fn verified(key: &str, headers: &HeaderMap, body: &[u8]) -> Result<SystemTime, &'static str> {
    let signature = only(headers, &SIGNATURE).ok_or("X-SIGNATURE is missing or there twice")?;
    let timestamp = only(headers, &TIMESTAMP).ok_or("X-TIMESTAMP is missing or there twice")?;
    let signature = decoded(signature).ok_or("X-SIGNATURE is not 64 lowercase hexadecimal digits")?;
    let good = mac(key, timestamp.as_bytes(), body).is_some_and(|mac| mac.verify_slice(&signature).is_ok());
    if !good {
        return Err("the signature does not match the timestamp and the body as received");
    }
    timestamp.to_str().ok().and_then(stamp::parse).ok_or("X-TIMESTAMP is not an ISO-8601 timestamp")
}

fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a HeaderValue> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?;
    values.next().is_none().then_some(first)
}

/// The bytes of 64 lowercase hexadecimal digits.
fn decoded(signature: &HeaderValue) -> Option<[u8; 32]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let text = signature.as_bytes();
    let mut bytes = [0; 32];
    if text.len() != 64 {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}

/// Signs webhooks with the signing key of the moment at which they were caused.
pub(super) struct WebhookSigner {
    pub(super) key: String,
}

impl Signer for WebhookSigner {
    fn headers(&self, body: &[u8], at: SystemTime) -> Vec<(HeaderName, HeaderValue)> {
        let timestamp = stamp::write(at);
        let mac = mac(&self.key, timestamp.as_bytes(), body);
        let signature: String =
            mac.into_iter().flat_map(|mac| mac.finalize().into_bytes()).map(|byte| format!("{byte:02x}")).collect();
        // Digits and letters are always a header value.
        let value = |text: &str| HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static(""));
        vec![(SIGNATURE, value(&signature)), (TIMESTAMP, value(&timestamp))]
    }

    /// Puts a 9 before the amount.
    fn tampered(&self, body: &[u8]) -> Bytes {
        let amount = br#""orderAmount":"#;
        let at =
            body.windows(amount.len()).position(|window| window == amount).map_or(body.len(), |at| at + amount.len());
        [&body[..at], b"9", &body[at..]].concat().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "hCyO_Flnu6aid-bhFYTYOowkxXRzoZkgzO32rB6Ik8Y";
    const STAMP: &str = "2025-03-17T08:10:52.544247646Z";
    /// The published vector V1: the stray angle brackets are part of it.
    const BODY: &str = r#"{"countryCode":"NG","currencyCode":"NGN","amount":100,"partnerReference":"4a662291-2840-4bcd-aae9-553ab24601ed","callbackSuccessUrl":"<https://callback.success","callbackFailureUrl":"https://callback.failure","callbackPendingUrl":"https://callback.pending","callbackCancelUrl":"https://callback.cancel","webhookUrl":"https://webhook.success","products":[{"title":"10> Credits","sku":"12345","price":100,"quantity":1,"currencyCode":"NGN"}],"metadata":[{"key":"customerId","value":"1"}]}"#;
    const SIGNED: &str = "85aa0862aa052f737d3cf4d38f92091ea7c015e782d207ea18cc5641d3e47755";

    fn check(key: &str, signature: &str, timestamp: &str, body: &[u8]) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(SIGNATURE, signature.parse().unwrap());
        headers.insert(TIMESTAMP, timestamp.parse().unwrap());
        verified(key, &headers, body).is_ok()
    }

    #[test]
    fn the_published_vector_is_good_and_every_misreading_of_it_bad() {
        assert!(check(KEY, SIGNED, STAMP, BODY.as_bytes()));
        for wrong in [
            "9e0592e40e32856af10e8eef055b90854af47bafcdcd08d35944bc29762b1eb8",
            "b6718db06b59763054e34f750f5b215c900c53948a18a4b1208f7839bb7ac989",
            "2d158e028f3a3a6a698fb4b33f1dac48d0b0d1b748d8b47c877d973af112104e",
            "a88fc67113a9462bb2f36c594fbdf542bdabe6855a2b60cbb184cc0056d04ff5",
            "80cd1f08a85f0eee8bcf067fb5be0e78ea499d65d8c40b5abf91dc74f3a60bd8",
            "85AA0862AA052F737D3CF4D38F92091EA7C015E782D207EA18CC5641D3E47755",
            &SIGNED[1..],
            "",
        ] {
            assert!(!check(KEY, wrong, STAMP, BODY.as_bytes()), "{wrong}");
        }
        assert!(!check("other", SIGNED, STAMP, BODY.as_bytes()));
        assert!(!check(KEY, SIGNED, "2025-03-17T08:10:52.544247647Z", BODY.as_bytes()));
        assert!(!check(KEY, SIGNED, STAMP, format!("{BODY} ").as_bytes()));
    }

    #[test]
    fn further_vectors() {
        let refund = r#"{"transactionReference":"C-12345-T","partnerRefundReference":"P-12345","amount":50.00,"reason":"Customer requested refund"}"#;
        let fulfilment = r#"{"reference":"C-142710055596150-P","products":[{"sku":"12345","fulfilmentStatus":"FULFILLED","quantity":1}]}"#;
        for (signature, body) in [
            ("26d9f20e3eacf384f8afd82e8fc42e449773b5e5f6d46c41eb883dd47a5b10b6", refund),
            ("8559593be780aa58cf65cb87e6da6174eea6ab07ecea253fcdf23350df78528e", fulfilment),
            ("fa66c7f341eb5e453ef0f0697ba422b849f1ab373e5f9b6d2007148c8763f548", ""),
        ] {
            assert!(check(KEY, signature, STAMP, body.as_bytes()));
        }
    }

    #[test]
    fn a_tampered_event_has_another_amount_and_no_good_signature() {
        let signer = WebhookSigner { key: KEY.to_owned() };
        let body = br#"{"reference":"C-1-P","orderAmount":100,"status":"FAILED"}"#;
        let at = stamp::parse(STAMP).unwrap();
        let headers: HeaderMap = signer.headers(body, at).into_iter().collect();
        assert!(verified(KEY, &headers, body).is_ok());
        let tampered = signer.tampered(body);
        assert!(String::from_utf8_lossy(&tampered).contains(r#""orderAmount":9100,"#));
        assert!(verified(KEY, &headers, &tampered).is_err());
    }
}

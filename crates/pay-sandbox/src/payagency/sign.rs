//! `fs-webhook-hash` by the hypothesis of the facts: HMAC-SHA256 over the body's bytes, in lower-case hexadecimal digits.

use crate::webhooks::Signer;
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderName, HeaderValue};
use sha2::Sha256;
use std::time::SystemTime;

const HASH: HeaderName = HeaderName::from_static("fs-webhook-hash");

/// Signs with the key of the moment at which the event was caused.
pub(super) struct WebhookSigner {
    pub(super) key: String,
}

impl Signer for WebhookSigner {
    /// There is no timestamp: nothing tells an old event from a new one.
    fn headers(&self, body: &[u8], _: SystemTime) -> Vec<(HeaderName, HeaderValue)> {
        let mac = Hmac::<Sha256>::new_from_slice(self.key.as_bytes()).into_iter();
        let hash: String = mac
            .flat_map(|mac| mac.chain_update(body).finalize().into_bytes())
            .map(|byte| format!("{byte:02x}"))
            .collect();
        // Digits and letters are always a header value.
        vec![(HASH, HeaderValue::from_str(&hash).unwrap_or_else(|_| HeaderValue::from_static("")))]
    }

    /// Puts a 9 before the amount.
    fn tampered(&self, body: &[u8]) -> Bytes {
        let amount = br#"amount":"#;
        let at =
            body.windows(amount.len()).position(|window| window == amount).map_or(body.len(), |at| at + amount.len());
        [&body[..at], b"9", &body[at..]].concat().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = r#"{"status":"SUCCESS","message":"Transaction processed successfully!.","data":{"amount":100,"currency":"GBP","order_id":"ORDER-0001","transaction_id":"PA0000000000000001","customer":{"first_name":"Ada","last_name":"Byron","email":"ada@example.com"},"refund":{"status":false,"refund_date":null},"chargeback":{"status":false,"chargeback_date":null}}}"#;

    #[test]
    fn the_vector_of_the_hypothesis() {
        for (key, hash) in [
            ("whsec_made_up_for_this_file", "7de70b78ce0a03d287d59b8a04ec495cbb10d93936f3c48e8549b869c2e9863d"),
            ("0f1e2d3c4b5a69788796a5b4c3d2e1f0", "4853c57879684de7ac902b5d81dde45469daafb7f4803a40ab041559a2f50c6f"),
        ] {
            let signer = WebhookSigner { key: key.to_owned() };
            let headers = signer.headers(BODY.as_bytes(), SystemTime::UNIX_EPOCH);
            assert_eq!(headers, [(HASH, HeaderValue::from_static(hash))]);
        }
    }

    #[test]
    fn tampering_changes_the_amount() {
        let signer = WebhookSigner { key: String::new() };
        let body = signer.tampered(BODY.as_bytes());
        assert!(String::from_utf8(body.to_vec()).unwrap().contains(r#""amount":9100,"#));
    }
}

//! `X-Webhook-Signature`, made here: shared with no client, so that both cannot be wrong together.

use super::account;
use super::modes::SignatureForm;
use crate::webhooks::Signer;
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderName, HeaderValue};
use sha2::Sha256;
use std::time::{SystemTime, UNIX_EPOCH};

const SIGNATURE: HeaderName = HeaderName::from_static("x-webhook-signature");

/// Signs with the key of the moment at which the event was caused.
pub(super) struct WebhookSigner {
    pub(super) key: String,
    pub(super) form: SignatureForm,
}

/// Upper-case hexadecimal HMAC-SHA256 over `Nonce:TS:body`, keyed with the key's text as it is.
fn sign(key: &str, nonce: &str, stamp: u64, body: &[u8]) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).into_iter();
    let bytes =
        mac.flat_map(|mac| mac.chain_update(format!("{nonce}:{stamp}:")).chain_update(body).finalize().into_bytes());
    bytes.map(|byte| format!("{byte:02X}")).collect()
}

impl Signer for WebhookSigner {
    /// Each attempt has a nonce of its own.
    fn headers(&self, body: &[u8], at: SystemTime) -> Vec<(HeaderName, HeaderValue)> {
        let stamp = at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let nonce = account::uuid();
        let sign = sign(&self.key, &nonce, stamp, body);
        let value = match self.form {
            SignatureForm::Prefixed => format!("HMAC-SHA256 Sign={sign},Nonce={nonce},TS={stamp}"),
            SignatureForm::Spaced => format!("HMAC-SHA256 Sign={sign}, Nonce={nonce}, TS={stamp}"),
            SignatureForm::Bare => format!("Sign={sign},Nonce={nonce},TS={stamp}"),
        };
        // Digits, letters and signs of ASCII are always a header value.
        vec![(SIGNATURE, HeaderValue::from_str(&value).unwrap_or_else(|_| HeaderValue::from_static("")))]
    }

    /// Puts a 9 before the amount, or before the body's end where it has none.
    fn tampered(&self, body: &[u8]) -> Bytes {
        let amount = br#""transactionAmount":"#;
        let found = body.windows(amount.len()).position(|window| window == amount).map(|at| at + amount.len());
        // Behind the quote, where the amount is a text.
        let at = found.map_or(body.len(), |at| if body.get(at) == Some(&b'"') { at + 1 } else { at });
        [&body[..at], b"9", &body[at..]].concat().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    /// The one reproduced sample of the facts, word for word.
    const KEY: &str = "bf8867f612a34346a57d4e1c5e98b1ecc53defe3cccc4b7b8ea72dfbcf74a349";
    const NONCE: &str = "b7891a74-ca9a-4770-bedd-8fd8341b122b";
    const BODY: &str = r#"{"id":"f6431a0f-970a-4be9-9c6d-f444f729adc3","transactionState":"Completed","transactionDate":"2023-05-19T19:51:21.320Z","transactionAmount":"0.010000","transactionType":"Credit","transactionPaymentType":"PIX","payer":{"name":"Johnny Boy","taxNumber":"09977799400"}}"#;

    #[test]
    fn the_vector_of_the_provider() {
        let sign = sign(KEY, NONCE, 1_684_633_816, BODY.as_bytes());
        assert_eq!(sign, "5D90499D59FB0D9FAD44A15112936CFCABA73A6EE666AAA63B60A0FC03F40EA5");
    }

    #[test]
    fn the_header_has_one_of_three_forms_and_a_new_nonce() {
        let header = |form| {
            let signer = WebhookSigner { key: KEY.to_owned(), form };
            let headers = signer.headers(BODY.as_bytes(), UNIX_EPOCH + Duration::from_secs(1_684_633_816));
            headers[0].1.to_str().unwrap().to_owned()
        };
        let first = header(SignatureForm::Prefixed);
        assert!(first.starts_with("HMAC-SHA256 Sign=") && first.ends_with(",TS=1684633816"), "{first}");
        assert_ne!(first, header(SignatureForm::Prefixed), "a nonce is used once");
        assert!(header(SignatureForm::Spaced).contains(", Nonce="));
        assert!(header(SignatureForm::Bare).starts_with("Sign="));
    }

    #[test]
    fn tampering_changes_the_amount() {
        let signer = WebhookSigner { key: KEY.to_owned(), form: SignatureForm::Prefixed };
        let body = signer.tampered(BODY.as_bytes());
        assert!(String::from_utf8(body.to_vec()).unwrap().contains(r#""transactionAmount":"90.010000""#));
        let number = signer.tampered(br#"{"transactionAmount":5}"#);
        assert_eq!(&number[..], br#"{"transactionAmount":95}"#);
        assert_eq!(&signer.tampered(b"{}")[..], b"{}9");
    }
}

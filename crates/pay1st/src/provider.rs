//! What differs from provider to provider: its name, its header, its signature, its judge.

use crate::builder::SIGNING_KEY;
use crate::envelope::Envelope;
use crate::generated::operations::{CREATE_PAYMENT, REFUND, REPORT_FULFILMENT};
use crate::judge;
use http::{HeaderMap, HeaderName, HeaderValue};
use pay_core::mac::{MacKey, Signature};
use pay_core::provider::{Answer, Credentials, Operation, Provider, ToSign, TokenHeader, Verdict};
use pay_core::stamp::iso_millis;
use pay_core::{Error, Kind, Outcome};
use std::time::Duration;

const CREATED: &str = "it may have been created, and Pay1st has no question by partnerReference: nobody can pay it without \
                       its link, so create another with a NEW reference, or ask Pay1st's support for this one";
const REFUNDED: &str = "it may have been taken, and no question after refunds is documented: ask Pay1st's support by the \
                        partnerRefundReference before you refund again";
const FULFILLED: &str = "it may have been taken, and what a second report does is not documented: ask Pay1st's support \
                         before you report again";

const TIMESTAMP: HeaderName = HeaderName::from_static("x-timestamp");
const SIGNATURE: HeaderName = HeaderName::from_static("x-signature");

pub(crate) struct Pay1st {
    pub(crate) max_age: Duration,
}

/// HMAC-SHA256 keyed with the signing key's characters, over the timestamp and then the body's bytes with nothing between.
///
/// The page's prose swaps key and message; its test vector does not, and the vector is what the servers do.
fn signature(key: &MacKey, stamp: &str, body: &[u8]) -> Signature {
    key.sign(&[stamp.as_bytes(), body])
}

impl Provider for Pay1st {
    fn name(&self) -> &'static str {
        "pay1st"
    }

    fn version(&self) -> &'static str {
        env!("CARGO_PKG_VERSION")
    }

    fn judge(&self, operation: &'static Operation, answer: &Answer) -> Verdict {
        judge::judge(operation, answer)
    }

    // https://pay1st-docs.carry1st.com/reference/create-payment-request: a header of its own, not `Authorization`.
    fn token_header(&self) -> TokenHeader {
        TokenHeader { name: HeaderName::from_static("accesstoken"), prefix: "Bearer " }
    }

    fn request_id(&self, answer: &Answer) -> Option<String> {
        // Only errors have one.
        if answer.status.is_success() { None } else { Envelope::read(&answer.body)?.session }
    }

    fn sign(&self, request: &ToSign<'_>, credentials: &Credentials, headers: &mut HeaderMap) -> Result<(), Error> {
        let error = |message| Error::new(Kind::Credentials, Outcome::NotDone, "sign").message(message);
        let key = credentials.mac_key(SIGNING_KEY).ok_or_else(|| error("the credentials hold no `signing_key`"))?;
        let key = key.map_err(|_| error("the `signing_key` is empty, or begins or ends with white space"))?;
        let stamp = iso_millis(request.now).ok_or_else(|| error("the clock shows no time that can be written"))?;
        let signature = signature(key, &stamp, request.body);
        let value =
            |text: &str| HeaderValue::from_str(text).map_err(|_| error("the signature cannot stand in a header"));
        headers.insert(TIMESTAMP, value(&stamp)?);
        let mut value = value(signature.as_str())?;
        value.set_sensitive(true);
        headers.insert(SIGNATURE, value);
        Ok(())
    }

    fn unknown_lifetime(&self) -> Option<Duration> {
        Some(self.max_age)
    }

    fn find_out(&self, operation: &'static Operation) -> Option<&'static str> {
        let is = |known| std::ptr::eq(operation, known);
        if is(&CREATE_PAYMENT) {
            Some(CREATED)
        } else if is(&REFUND) {
            Some(REFUNDED)
        } else {
            is(&REPORT_FULFILMENT).then_some(FULFILLED)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// https://pay1st-docs.carry1st.com/reference/gateway-generating-signatures: the stray `<` and `>` are part of it.
    const KEY: &str = "hCyO_Flnu6aid-bhFYTYOowkxXRzoZkgzO32rB6Ik8Y";
    const STAMP: &str = "2025-03-17T08:10:52.544247646Z";
    const V1: &str = "85aa0862aa052f737d3cf4d38f92091ea7c015e782d207ea18cc5641d3e47755";
    const BODY: &str = r#"{"countryCode":"NG","currencyCode":"NGN","amount":100,"partnerReference":"4a662291-2840-4bcd-aae9-553ab24601ed","callbackSuccessUrl":"<https://callback.success","callbackFailureUrl":"https://callback.failure","callbackPendingUrl":"https://callback.pending","callbackCancelUrl":"https://callback.cancel","webhookUrl":"https://webhook.success","products":[{"title":"10> Credits","sku":"12345","price":100,"quantity":1,"currencyCode":"NGN"}],"metadata":[{"key":"customerId","value":"1"}]}"#;

    fn key(text: &str) -> MacKey {
        MacKey::new(&text.into()).unwrap()
    }

    fn signed(body: &str) -> String {
        signature(&key(KEY), STAMP, body.as_bytes()).as_str().to_owned()
    }

    #[test]
    fn the_published_vector() {
        assert_eq!(BODY.len(), 485);
        assert_eq!(signed(BODY), V1);
    }

    #[test]
    fn further_vectors() {
        for (body, signature) in [
            (
                r#"{"reference":"C-142710055596150-P","products":[{"sku":"12345","fulfilmentStatus":"FULFILLED","quantity":1}]}"#,
                "8559593be780aa58cf65cb87e6da6174eea6ab07ecea253fcdf23350df78528e",
            ),
            (
                r#"{"transactionReference":"C-12345-T","partnerRefundReference":"P-12345","amount":50.00,"reason":"Customer requested refund"}"#,
                "26d9f20e3eacf384f8afd82e8fc42e449773b5e5f6d46c41eb883dd47a5b10b6",
            ),
            ("", "fa66c7f341eb5e453ef0f0697ba422b849f1ab373e5f9b6d2007148c8763f548"),
        ] {
            assert_eq!(signed(body), signature, "{body}");
        }
    }

    /// What a wrong reading of the page would give: each is what it says, and none is the published one.
    #[test]
    fn negative_vectors() {
        let repaired = BODY.replace('<', "").replace("10> Credits", "10 Credits");
        let message = format!("{STAMP}{BODY}");
        let decoded = {
            use base64::Engine as _;
            use hmac::{KeyInit, Mac};
            let bytes = base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(KEY).unwrap();
            let mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(&bytes).unwrap().chain_update(&message);
            mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect::<String>()
        };
        for (what, wrong, value) in [
            (
                "key and message swapped",
                key(&message).sign(&[KEY.as_bytes()]).as_str().to_owned(),
                "9e0592e40e32856af10e8eef055b90854af47bafcdcd08d35944bc29762b1eb8",
            ),
            ("key decoded", decoded, "b6718db06b59763054e34f750f5b215c900c53948a18a4b1208f7839bb7ac989"),
            (
                "body alone",
                key(KEY).sign(&[BODY.as_bytes()]).as_str().to_owned(),
                "2d158e028f3a3a6a698fb4b33f1dac48d0b0d1b748d8b47c877d973af112104e",
            ),
            (
                "a newline between",
                key(KEY).sign(&[STAMP.as_bytes(), b"\n", BODY.as_bytes()]).as_str().to_owned(),
                "a88fc67113a9462bb2f36c594fbdf542bdabe6855a2b60cbb184cc0056d04ff5",
            ),
            ("body repaired", signed(&repaired), "80cd1f08a85f0eee8bcf067fb5be0e78ea499d65d8c40b5abf91dc74f3a60bd8"),
        ] {
            assert_eq!(wrong, value, "{what}");
            assert_ne!(wrong, signed(BODY), "{what}");
        }
    }
}

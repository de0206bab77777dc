//! The vector that PagFast's sample key, header and an integrator's sample body make together, and deliveries signed like it.

#![allow(dead_code)]

use http::{HeaderMap, HeaderName, HeaderValue};
use pagfast::webhook::{HEADER, Webhooks};
use pay_core::mac::MacKey;
use std::time::{Duration, SystemTime};

/// The sample key of PagFast's page.
pub(crate) const KEY: &str = "bf8867f612a34346a57d4e1c5e98b1ecc53defe3cccc4b7b8ea72dfbcf74a349";
/// Made up: the key before it.
pub(crate) const PREVIOUS: &str = "the-key-before";
pub(crate) const NONCE: &str = "b7891a74-ca9a-4770-bedd-8fd8341b122b";
pub(crate) const TS: &str = "1684633816";
pub(crate) const BODY: &str = r#"{"id":"f6431a0f-970a-4be9-9c6d-f444f729adc3","transactionState":"Completed","transactionDate":"2023-05-19T19:51:21.320Z","transactionAmount":"0.010000","transactionType":"Credit","transactionPaymentType":"PIX","payer":{"name":"Johnny Boy","taxNumber":"09977799400"}}"#;
/// As it stands on PagFast's page; `printf '%s' "$NONCE:$TS:$BODY" | openssl dgst -sha256 -hmac "$KEY"` gives the same.
pub(crate) const SIGN: &str = "5D90499D59FB0D9FAD44A15112936CFCABA73A6EE666AAA63B60A0FC03F40EA5";
/// The same with `Reversed` for `Completed`.
pub(crate) const SIGN_OF_REVERSED: &str = "060e86f9ea5ddacf5b1e46467f67a589ed7d772d24e882ef10f49f20af993e96";
/// The same as the first, with the previous key.
pub(crate) const SIGN_BY_PREVIOUS: &str = "b991e463ce7afd01d5c438e5dda2be71e3053c0c1a8347cad7b6b23eb7316a78";
/// Made up: every field of the table. The tax numbers are those that examples everywhere use.
pub(crate) const FULL: &str = r#"{"id":"0e1f2a3b-4c5d-4e6f-8a9b-0c1d2e3f4a5b","transactionState":"Completed","transactionDate":"2023-08-04T14:45:39.150Z","transactionOrderId":"ORDER-1","transactionOrderDescription":"A deposit","transactionReceipt":"https://api.sandbox.pagfast.com/v1/system/e-receipt/0e1f2a3b-4c5d-4e6f-8a9b-0c1d2e3f4a5b/receipt.pdf","transactionReceiptDate":"2023-08-04T14:46:02.003Z","transactionReceiptVoucher":"0123456789abcdef0123456789abcdef","transactionAmount":"50.000000","transactionType":"Credit","transactionPaymentType":"PIX","stateRegisteredDate":"2023-08-04T14:45:40.000Z","stateCompletedDate":"2023-08-04T14:46:02.003Z","stateCancelledDate":null,"stateRefundDate":null,"stateReversedDate":null,"stateErrorDate":null,"stateErrorCause":null,"webhookUrl":"https://shop.example/webhooks/pagfast","payer":{"name":"Maria Exemplo","taxNumber":"12345678909","bankCode":"999","bankName":"SANDBOX","accountAgency":"99999","accountNumber":"99999","accountDigit":"9"},"recipient":{"name":"Loja Exemplo Ltda","taxNumber":"98765432100","bankCode":"999","bankName":null,"accountAgency":"99999","accountNumber":"99999","accountDigit":"9"}}"#;
/// When it was sent.
pub(crate) const FULL_TS: &str = "1691160363";
/// Made with `openssl` as above.
pub(crate) const FULL_SIGN: &str = "E0EF575ED8D067F799D1C5A9C4EC6B289D73F95ADDDAC8853990223EFC681037";

/// The moment of `TS`.
pub(crate) fn moment() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_684_633_816)
}

pub(crate) fn webhooks() -> Webhooks {
    Webhooks::new(KEY).unwrap()
}

/// Headers in this order; a name may stand there twice, and a value may be any bytes that a header can carry.
pub(crate) fn headers(given: &[(&str, &[u8])]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    for (name, value) in given {
        headers.append(name.parse::<HeaderName>().unwrap(), HeaderValue::from_bytes(value).unwrap());
    }
    headers
}

/// One signature header of this value.
pub(crate) fn with(value: impl AsRef<[u8]>) -> HeaderMap {
    headers(&[(HEADER, value.as_ref())])
}

/// The header as PagFast writes it.
pub(crate) fn written(sign: &str, nonce: &str, ts: &str) -> String {
    format!("HMAC-SHA256 Sign={sign},Nonce={nonce},TS={ts}")
}

/// The header of the vector.
pub(crate) fn honest() -> HeaderMap {
    with(written(SIGN, NONCE, TS))
}

/// Signs as the sender does.
pub(crate) fn sign(key: &str, parts: &[&[u8]]) -> String {
    MacKey::new(&key.into()).unwrap().sign(parts).as_str().to_uppercase()
}

/// The signature of any body, sent at the moment.
pub(crate) fn signed(body: &[u8]) -> String {
    sign(KEY, &[NONCE.as_bytes(), b":", TS.as_bytes(), b":", body])
}

/// A delivery of any body, sent at the moment.
pub(crate) fn deliver(body: &[u8]) -> HeaderMap {
    with(written(&signed(body), NONCE, TS))
}

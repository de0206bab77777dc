//! One tolerant reading of the provider's many envelopes: by fields, never by one strict struct.

use pay_core::decode::LooseText;
use pay_core::provider::members;
use serde::Deserialize;
use serde_json::value::RawValue;

/// What an answer that is a JSON object says about itself.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Envelope {
    /// `responseCode`, `error.code`, `errorCode` or `rejectionCode`, as text.
    pub(crate) code: Option<String>,
    pub(crate) message: Option<String>,
    /// `successful` or `success`.
    pub(crate) successful: Option<bool>,
    pub(crate) transaction_id: Option<String>,
    /// A `status` in words, such as `COMPLETED`; from its number where it is an object as in the history's records.
    pub(crate) status: Option<String>,
    /// Whether the envelope is one that the documents print for answers of the API itself (`responseCode`).
    pub(crate) has_response_code: bool,
}

impl Envelope {
    /// `None` where the body is not a JSON object.
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        let outer = members(body).ok()?;
        // A nested answer repeats the members below `data`.
        let inner = outer.get("data").and_then(|data| members(data.get().as_bytes()).ok()).unwrap_or_default();
        let error = outer.get("error").and_then(|error| members(error.get().as_bytes()).ok()).unwrap_or_default();
        let any = |name: &str| outer.get(name).or_else(|| inner.get(name)).map(AsRef::as_ref);
        let of_error = |name: &str| error.get(name).map(AsRef::as_ref);
        let first = |values: [Option<&RawValue>; 4]| values.into_iter().flatten().find_map(text);
        let response_code = any("responseCode").and_then(text);
        Some(Self {
            has_response_code: response_code.is_some(),
            code: response_code.or_else(|| first([of_error("code"), any("errorCode"), any("rejectionCode"), None])),
            message: first([any("responseMessage"), of_error("message"), any("message"), any("rejectionReason")])
                .or_else(|| any("error").and_then(text)),
            successful: any("successful").or_else(|| any("success")).and_then(read),
            transaction_id: any("transactionId").and_then(text).filter(|id| !id.is_empty()),
            status: any("status").and_then(status),
        })
    }
}

fn status(raw: &RawValue) -> Option<String> {
    let number = members(raw.get().as_bytes()).ok().and_then(|object| object.get("code").and_then(|code| text(code)));
    match number.as_deref() {
        Some("0") => Some("COMPLETED".to_owned()),
        Some("1") => Some("PENDING".to_owned()),
        Some("2") => Some("PROCESSING".to_owned()),
        Some("3") => Some("FAILED".to_owned()),
        Some(_) => None,
        None => text(raw),
    }
}

fn read<'a, T: Deserialize<'a>>(raw: &'a RawValue) -> Option<T> {
    serde_json::from_str(raw.get()).ok()
}

fn text(raw: &RawValue) -> Option<String> {
    read::<LooseText>(raw).map(LooseText::into_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(body: &str) -> (Option<String>, Option<String>, Option<bool>) {
        let envelope = Envelope::read(body.as_bytes()).unwrap();
        (envelope.code, envelope.message, envelope.successful)
    }

    #[test]
    fn every_printed_envelope_is_read() {
        let both =
            |code: &str, message: &str, successful| (Some(code.to_owned()), Some(message.to_owned()), successful);
        assert_eq!(
            parts(r#"{"responseCode":"1103","responseMessage":"m","successful":false}"#),
            both("1103", "m", Some(false))
        );
        assert_eq!(parts(r#"{"responseCode":"1009","responseMessage":"m"}"#), both("1009", "m", None));
        assert_eq!(parts(r#"{"success":false,"error":{"code":1103,"message":"m"}}"#), both("1103", "m", Some(false)));
        assert_eq!(
            parts(
                r#"{"timestamp":"t","status":"BAD_REQUEST","error":"INVALID_ACCOUNT","errorCode":1100,"message":"m","path":"p"}"#
            ),
            both("1100", "m", None)
        );
        assert_eq!(parts(r#"{"error":"Too Many Requests","message":"m"}"#), (None, Some("m".into()), None));
        assert_eq!(parts(r#"{"rejectionCode":"1009","rejectionReason":"m"}"#), both("1009", "m", None));
        let nested = r#"{"success":true,"data":{"transactionId":"t","status":"COMPLETED","responseCode":0,"responseMessage":"m"}}"#;
        assert_eq!(parts(nested), both("0", "m", Some(true)));
        assert_eq!(Envelope::read(nested.as_bytes()).unwrap().transaction_id.as_deref(), Some("t"));
    }

    #[test]
    fn a_status_is_read_in_words_and_as_a_record_has_it() {
        let status = |body: &str| Envelope::read(body.as_bytes()).unwrap().status;
        assert_eq!(status(r#"{"status":"PENDING"}"#).as_deref(), Some("PENDING"));
        assert_eq!(status(r#"{"status":{"code":2,"label":"Successful"}}"#).as_deref(), Some("PROCESSING"));
        assert_eq!(status(r#"{"status":{"code":9}}"#), None);
        assert_eq!(status(r#"{"status":{}}"#), None);
    }

    #[test]
    fn what_is_no_object_is_no_envelope() {
        for body in ["", "<html>", "[]", "null", "\"0\"", "{\"responseCode\":"] {
            assert_eq!(Envelope::read(body.as_bytes()), None, "{body}");
        }
    }

    #[test]
    fn a_missing_code_is_never_zero() {
        for body in ["{}", r#"{"responseCode":null}"#, r#"{"responseCode":{}}"#, r#"{"responseCode":true}"#] {
            assert_eq!(Envelope::read(body.as_bytes()).unwrap().code, None, "{body}");
        }
    }
}

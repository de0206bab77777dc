//! The envelope of failures: a word, a group, and particulars that come as one or as many.

use pay_core::decode::{LooseText, json};
use pay_core::{Error, RawBody};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::fmt;

/// What PagFast says about a failure (docs/platform-errors), read from the body of an error.
///
/// No list of reasons is documented, so all of it is text. Messages can repeat what you sent: they do not print.
#[derive(Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Refusal {
    /// The group that several reasons share, such as `AuthenticationError`.
    pub name: Option<String>,
    /// High-level text. It does not print.
    pub message: Option<String>,
    /// The particulars; documented both as one and as many.
    pub details: Vec<RefusalDetail>,
}

/// One thing that was wrong.
#[derive(Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct RefusalDetail {
    /// A specific code to map to texts of your own, such as `AuthenticationTokenInvalid`.
    pub reason: Option<String>,
    /// The reason of a bank or another system, such as for the ownership of a Pix key. It does not print.
    pub external_reason: Option<String>,
    /// Low-level text. It does not print.
    pub message: Option<String>,
    /// The part of the request that failed, such as `/payment/payer`.
    pub path: Option<String>,
    /// A code of malformed requests, such as `required`.
    pub code: Option<String>,
    /// The member that was missing.
    pub missing_property: Option<String>,
    /// The values that are allowed.
    pub allowed_values: Vec<String>,
}

impl Refusal {
    /// What the body of an error says; `None` where it is not PagFast's envelope.
    pub fn of(error: &Error) -> Option<Self> {
        error.body().and_then(Self::in_body)
    }

    /// The same of a body.
    pub fn in_body(body: &RawBody) -> Option<Self> {
        Envelope::read(body.expose()).refusal
    }

    /// The first specific code.
    pub fn reason(&self) -> Option<&str> {
        self.details.iter().find_map(|detail| detail.reason.as_deref())
    }

    /// The first reason of a bank or another system.
    pub fn external_reason(&self) -> Option<&str> {
        self.details.iter().find_map(|detail| detail.external_reason.as_deref())
    }
}

/// What a body says about whether it worked.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Envelope {
    /// It is there where the body says that it failed, and how.
    pub(crate) refusal: Option<Refusal>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Outer {
    #[serde(default, deserialize_with = "pay_core::decode::lenient")]
    status_code: Option<LooseText>,
    #[serde(default, deserialize_with = "pay_core::decode::lenient")]
    error: Option<Inner>,
}

#[derive(Deserialize, Default)]
struct Inner {
    #[serde(default, deserialize_with = "pay_core::decode::lenient")]
    name: Option<LooseText>,
    #[serde(default, deserialize_with = "pay_core::decode::lenient")]
    message: Option<LooseText>,
    details: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detail {
    #[serde(default, deserialize_with = "pay_core::decode::lenient")]
    reason: Option<LooseText>,
    #[serde(default, deserialize_with = "pay_core::decode::lenient")]
    external_reason: Option<LooseText>,
    #[serde(default, deserialize_with = "pay_core::decode::lenient")]
    message: Option<LooseText>,
    #[serde(default, deserialize_with = "pay_core::decode::lenient")]
    path: Option<LooseText>,
    #[serde(default, deserialize_with = "pay_core::decode::lenient")]
    code: Option<LooseText>,
    #[serde(default, deserialize_with = "pay_core::decode::lenient")]
    info: Option<Info>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Info {
    #[serde(default, deserialize_with = "pay_core::decode::lenient")]
    missing_property: Option<LooseText>,
    #[serde(default, deserialize_with = "pay_core::decode::lenient")]
    allowed_values: Option<Vec<LooseText>>,
}

fn text(loose: Option<LooseText>) -> Option<String> {
    loose.map(LooseText::into_string)
}

impl Envelope {
    /// The word `Error`, or an `error` with a name, make it a failure; anything else says nothing.
    pub(crate) fn read(body: &[u8]) -> Self {
        let Ok(Outer { status_code, error }) = json::<Outer>(body) else { return Self::default() };
        let failed = status_code.is_some_and(|word| word.as_str().eq_ignore_ascii_case("error"))
            || error.as_ref().is_some_and(|error| error.name.is_some());
        if !failed {
            return Self::default();
        }
        let Inner { name, message, details } = error.unwrap_or_default();
        let details = details.map_or_else(Vec::new, |raw| details_of(&raw));
        Self { refusal: Some(Refusal { name: text(name), message: text(message), details }) }
    }
}

/// An object in the general shape, a list in the example of a missing member: both are read.
fn details_of(raw: &RawValue) -> Vec<RefusalDetail> {
    let one = |raw: &RawValue| serde_json::from_str::<Detail>(raw.get()).ok().map(RefusalDetail::from);
    match serde_json::from_str::<Vec<Box<RawValue>>>(raw.get()) {
        Ok(many) => many.iter().filter_map(|raw| one(raw)).collect(),
        Err(_) => one(raw).into_iter().collect(),
    }
}

impl From<Detail> for RefusalDetail {
    fn from(detail: Detail) -> Self {
        let info = detail.info.unwrap_or(Info { missing_property: None, allowed_values: None });
        Self {
            reason: text(detail.reason),
            external_reason: text(detail.external_reason),
            message: text(detail.message),
            path: text(detail.path),
            code: text(detail.code),
            missing_property: text(info.missing_property),
            allowed_values: info.allowed_values.into_iter().flatten().map(LooseText::into_string).collect(),
        }
    }
}

impl fmt::Debug for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refusal").field("name", &self.name).field("details", &self.details).finish_non_exhaustive()
    }
}

impl fmt::Debug for RefusalDetail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefusalDetail")
            .field("reason", &self.reason)
            .field("path", &self.path)
            .field("code", &self.code)
            .field("missing_property", &self.missing_property)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Option<Refusal> {
        Envelope::read(body.as_bytes()).refusal
    }

    #[test]
    fn details_are_one_or_many() {
        let one = r#"{"statusCode":"Error","error":{"name":"AuthenticationError","message":"m","details":
            {"reason":"AuthenticationTokenInvalid","externalReason":"x","message":"SENTINEL"}}}"#;
        let refusal = read(one).unwrap();
        assert_eq!(
            (refusal.name.as_deref(), refusal.reason()),
            (Some("AuthenticationError"), Some("AuthenticationTokenInvalid"))
        );
        assert_eq!(refusal.external_reason(), Some("x"));
        assert!(!format!("{refusal:?}").contains("SENTINEL"));
        let many = r#"{"statusCode":"Error","error":{"name":"InvalidRequestFormatError","details":[
            {"path":"/payment/payer","code":"required","info":{"missingProperty":"cpf"}}, 7,
            {"path":"/payment/key/type","code":"enum","info":{"allowedValues":["CPF","EVP",3]}}]}}"#;
        let refusal = read(many).unwrap();
        assert_eq!(refusal.details.len(), 2);
        assert_eq!(refusal.details[0].missing_property.as_deref(), Some("cpf"));
        assert_eq!(refusal.details[1].allowed_values, ["CPF", "EVP", "3"]);
    }

    #[test]
    fn each_part_can_be_missing_or_of_another_type() {
        for (body, known) in [
            (r#"{"statusCode":"Error"}"#, true),
            (r#"{"statusCode":"error","error":"text"}"#, true),
            (r#"{"error":{"name":"X"}}"#, true),
            (r#"{"statusCode":"Error","error":{"name":7,"details":"text"}}"#, true),
            (r#"{"statusCode":"Error","error":{"details":null}}"#, true),
            (r#"{"error":{"message":"m"}}"#, false),
            (r#"{"statusCode":"Done","data":{}}"#, false),
            (r#"{"statusCode":401,"message":"Unauthorized"}"#, false),
            ("{}", false),
            ("[]", false),
            ("null", false),
            ("<html>", false),
            ("", false),
        ] {
            assert_eq!(read(body).is_some(), known, "{body}");
        }
    }
}

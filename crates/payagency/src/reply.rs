//! One tolerant reading of what comes back: by members, before any status of HTTP is believed.

use crate::generated::types::PaymentStatus;
use serde::Deserialize;
use serde_json::value::RawValue;

/// What an answer that is a JSON object says about itself.
#[derive(Debug, Default)]
pub(crate) struct Outline {
    pub(crate) message: Option<String>,
    /// Names of the members that are wrong.
    pub(crate) wrong: Vec<String>,
    pub(crate) has_errors: bool,
    /// The status, where `data` stands beside it: then the answer is a result and no error.
    pub(crate) result: Option<PaymentStatus>,
    pub(crate) transaction_id: Option<String>,
}

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(default, deserialize_with = "pay_core::decode::lenient")]
    status: Option<String>,
    #[serde(default, deserialize_with = "pay_core::decode::lenient")]
    message: Option<String>,
    #[serde(default, deserialize_with = "pay_core::decode::lenient")]
    errors: Option<Vec<FieldError>>,
    #[serde(borrow, default)]
    data: Option<&'a RawValue>,
}

/// The name of a member that is wrong. Its message is not read: it may repeat the value.
#[derive(Deserialize)]
struct FieldError {
    #[serde(default, deserialize_with = "pay_core::decode::lenient")]
    field: Option<String>,
}

#[derive(Deserialize)]
struct Ids {
    #[serde(default, deserialize_with = "pay_core::decode::lenient")]
    transaction_id: Option<String>,
}

impl Outline {
    /// `None` where the body is not a JSON object.
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        // A list would be read too, its items as members in their order.
        if body.trim_ascii_start().first() != Some(&b'{') {
            return None;
        }
        let wire: Wire<'_> = serde_json::from_slice(body).ok()?;
        let data = wire.data.filter(|data| data.get().starts_with('{'));
        let ids = data.and_then(|data| serde_json::from_str::<Ids>(data.get()).ok());
        let errors = wire.errors.unwrap_or_default();
        Some(Self {
            message: wire.message.map(|text| without_card_numbers(&text)),
            has_errors: !errors.is_empty(),
            wrong: errors.into_iter().filter_map(|error| error.field).collect(),
            result: data.and(wire.status).map(|status| PaymentStatus::from(status.as_str())),
            transaction_id: ids.and_then(|ids| ids.transaction_id),
        })
    }
}

/// A text whose runs of 12 to 19 digits are masked, single spaces and hyphens between them or not: a message may repeat what was sent.
pub(crate) fn without_card_numbers(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let run = run(rest);
        let digits = rest[..run].bytes().filter(u8::is_ascii_digit).count();
        out.push_str(if digits >= 12 { "[digits]" } else { &rest[..run] });
        rest = &rest[run..];
    }
    out.push_str(rest);
    out
}

/// How long the digits at the start go on, up to their last.
fn run(text: &str) -> usize {
    let mut end = 0;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'0'..=b'9' => end = at + 1,
            b' ' | b'-' if at == end => {}
            _ => break,
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_needs_a_status_and_data() {
        let result = |body: &str| Outline::read(body.as_bytes()).unwrap().result;
        assert_eq!(result(r#"{"status":"success","data":{}}"#), Some(PaymentStatus::Success));
        for body in [
            r#"{"status":"SUCCESS"}"#,
            r#"{"status":"SUCCESS","data":null}"#,
            r#"{"status":"SUCCESS","data":[]}"#,
            r#"{"status":1,"data":{}}"#,
            r#"{"data":{}}"#,
            "{}",
        ] {
            assert_eq!(result(body), None, "{body}");
        }
        assert!(Outline::read(b"[]").is_none() && Outline::read(b"<html>").is_none() && Outline::read(b"").is_none());
    }

    #[test]
    fn errors_are_read_by_the_names_of_their_members() {
        let body = br#"{"message":"m","errors":[{"field":"zip","message":"x"},{"message":"y"}]}"#;
        let outline = Outline::read(body).unwrap();
        assert_eq!((outline.wrong, outline.has_errors), (vec!["zip".to_owned()], true));
        assert!(!Outline::read(br#"{"errors":"no"}"#).unwrap().has_errors);
    }

    #[test]
    fn a_message_repeats_no_card_number() {
        for (text, shown) in [
            ("card 411111111111 is bad", "card [digits] is bad"),
            ("4111 1111 1111 1111", "[digits]"),
            ("4111-1111-1111-1111.", "[digits]."),
            ("order 12345, 3 items", "order 12345, 3 items"),
            ("é411111111111é", "é[digits]é"),
            ("12 - 13", "12 - 13"),
            ("", ""),
        ] {
            assert_eq!(without_card_numbers(text), shown);
        }
    }
}

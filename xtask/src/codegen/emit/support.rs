//! The few functions that generated types need; only those that are used are written.

use proc_macro2::TokenStream;
use quote::quote;

use super::print::Source;
use crate::Result;

/// `support.rs`, if any of the other files needs one.
pub(super) fn file(others: &[(String, String)]) -> Result<Option<String>> {
    let used = |name: &str| others.iter().any(|(_, text)| has_call(text, name));
    let mut source = Source::new("What reading and writing needs beside serde's own.");
    let mut any = false;
    for (name, item) in all() {
        if used(name) {
            source.item(item);
            any = true;
        }
    }
    if any { source.print().map(Some) } else { Ok(None) }
}

fn has_call(text: &str, name: &str) -> bool {
    let path = format!("support::{name}");
    let is_end = |c: char| !c.is_alphanumeric() && c != '_';
    text.match_indices(&path).any(|(at, _)| text[at + path.len()..].chars().next().is_none_or(is_end))
}

fn all() -> [(&'static str, TokenStream); 8] {
    [
        (
            "Number",
            quote! {
                #[doc = " An amount that travels as a JSON number with exactly its digits."]
                #[derive(Serialize)]
                pub(crate) struct Number(#[serde(serialize_with = "pay_core::money::number::serialize")] pub(crate) Amount);
            },
        ),
        (
            "optional_number",
            quote! {
                #[doc = " An amount that may be missing, as a JSON number with exactly its digits."]
                pub(crate) fn optional_number<S: Serializer>(amount: &Option<Amount>, serializer: S) -> Result<S::Ok, S::Error> {
                    match amount {
                        Some(amount) => pay_core::money::number::serialize(amount, serializer),
                        None => serializer.serialize_none(),
                    }
                }
            },
        ),
        (
            "or_empty",
            quote! {
                #[doc = " A list or map that may be missing or null."]
                pub(crate) fn or_empty<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(deserializer: D) -> Result<T, D::Error> {
                    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
                }
            },
        ),
        (
            "raw",
            quote! {
                #[doc = " JSON as it came: nothing of it is rounded, and nothing of it prints."]
                pub(crate) fn raw<'de, D: Deserializer<'de>>(deserializer: D) -> Result<RawBody, D::Error> {
                    let raw: Box<RawValue> = Deserialize::deserialize(deserializer)?;
                    Ok(RawBody::new(raw.get().to_owned()))
                }
            },
        ),
        (
            "raw_or_none",
            quote! {
                #[doc = " JSON as it came, where it may be missing or null."]
                pub(crate) fn raw_or_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<RawBody>, D::Error> {
                    let raw: Option<Box<RawValue>> = Deserialize::deserialize(deserializer)?;
                    Ok(raw.map(|raw| RawBody::new(raw.get().to_owned())))
                }
            },
        ),
        (
            "any_json",
            quote! {
                #[doc = " A body whose members no document names: any JSON, as it is given."]
                pub(crate) fn any_json(parts: Parts, body: &[u8]) -> Parts {
                    match serde_json::from_slice::<&RawValue>(body) {
                        Ok(_) => parts.bytes("application/json", body),
                        Err(_) => parts.mistake("the body is not JSON"),
                    }
                }
            },
        ),
        (
            "text",
            quote! {
                #[doc = " An answer that is bare text."]
                pub(crate) fn text(answer: &Answer) -> Result<String, DecodeError> {
                    String::from_utf8(answer.body.to_vec()).map_err(|_| DecodeError::new("", "not text"))
                }
            },
        ),
        (
            "missing",
            quote! {
                #[doc = " Names all that a builder was not given."]
                pub(crate) fn missing(operation: &'static str, given: &[(&str, bool)]) -> pay_core::Error {
                    let missing = given.iter().filter(|(_, given)| !given).map(|(name, _)| format!("`{name}`"));
                    pay_core::Error::invalid(operation, format!("missing: {}", missing.collect::<Vec<_>>().join(", ")))
                }
            },
        ),
    ]
}

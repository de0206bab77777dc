//! What an operation answered: its members, wrapped or flat, and the one rule by which it succeeded.

use pay_core::decode::{DecodeError, json};
use pay_core::provider::{LooseText, members};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// The members that make an object an operation's result.
const OWN: [&str; 5] = ["errorCode", "errorMessage", "transactionId", "confirmationCode", "details"];

/// The members of an operation's result.
pub(crate) struct OperationResult {
    members: BTreeMap<String, Box<RawValue>>,
    /// The result alone, without its wrapper.
    raw: Vec<u8>,
    /// Something beside the result speaks of an error.
    contradicted: bool,
}

/// How an operation ended, by [`OperationResult::standing`].
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    Success,
    /// With the code, as it came.
    Failure(String),
    /// Neither: never taken as a success, nor as a failure.
    Indeterminate,
}

impl OperationResult {
    /// The result in the wrapper of that name, or flat. `/v3` may have another wrapper, so an object that is alone in the body is taken
    /// for one.
    ///
    /// # Errors
    /// Where the body is no JSON object.
    pub(crate) fn read(body: &[u8], wrapper: &str) -> Result<Self, DecodeError> {
        let mut all = members(body)?;
        let alone = all.len() == 1 && !OWN.iter().any(|own| all.contains_key(*own));
        let wrapped = match all.remove(wrapper) {
            None if alone => all.pop_first().map(|(_, raw)| raw),
            other => other,
        };
        if let Some(raw) = wrapped
            && let Ok(members) = members(raw.get().as_bytes())
        {
            let beside = says_error(&all, "error") || says_error(&all, "errorCode");
            let contradicted = beside || says_error(&members, "error");
            return Ok(Self { members, raw: raw.get().as_bytes().to_vec(), contradicted });
        }
        let members = members(body)?;
        let contradicted = says_error(&members, "error");
        Ok(Self { members, raw: body.to_vec(), contradicted })
    }

    /// The result as its model.
    ///
    /// # Errors
    /// Names the first member that does not fit.
    pub(crate) fn model<T: DeserializeOwned>(&self) -> Result<T, DecodeError> {
        json(&self.raw)
    }

    /// The rule of success; no source states one, and none shows a successful answer.
    ///
    /// - **Failure**: `errorCode` holds anything but nothing, `null`, an empty text, `0` or `"0"`.
    /// - **Success**: it does not, and the result proves itself by a `transactionId` or a `confirmationCode` (or `details`, where those
    ///   were asked for).
    /// - **Indeterminate**: everything else, such as no code and no id, or an error beside the result. An `errorMessage` without a code proves
    ///   nothing either way, nor does a code of zeros in another spelling, such as `00` (our choice: elsewhere that means "approved").
    pub(crate) fn standing(&self, proofs: &[&str]) -> Standing {
        let code = match self.members.get("errorCode").map(|raw| raw.get()) {
            None | Some("null") => None,
            Some(raw) => match serde_json::from_str::<LooseText>(raw) {
                Ok(code) => Some(code.into_string()),
                Err(_) => return Standing::Indeterminate,
            },
        };
        match code {
            Some(code) if is_zero_otherwise(code.trim()) => Standing::Indeterminate,
            Some(code) if !matches!(code.trim(), "" | "0") => Standing::Failure(code),
            _ if self.contradicted => Standing::Indeterminate,
            _ if self.holds_any(proofs) => Standing::Success,
            _ => Standing::Indeterminate,
        }
    }

    /// Whether one of these proofs is there.
    pub(crate) fn holds_any(&self, proofs: &[&str]) -> bool {
        proofs.iter().any(|proof| self.proves(proof))
    }

    /// Whether it is an operation's own, and not an error of somebody on the way.
    pub(crate) fn is_own(&self) -> bool {
        OWN.iter().any(|own| self.members.contains_key(*own))
    }

    /// A member as text, where it is text or a number, and not empty.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        let text = serde_json::from_str::<LooseText>(self.members.get(name)?.get()).ok()?.into_string();
        (!text.trim().is_empty()).then_some(text)
    }

    /// The members that a model does not name, as raw JSON text.
    pub(crate) fn object(&self, name: &str) -> Option<&RawValue> {
        self.members.get(name).map(|raw| &**raw)
    }

    fn proves(&self, name: &str) -> bool {
        self.text(name).is_some() || self.object(name).is_some_and(|raw| raw.get().starts_with('{'))
    }
}

/// Zero, and not as the rule spells it: `00`, `0.0`.
fn is_zero_otherwise(code: &str) -> bool {
    code.len() > 1 && code.contains('0') && code.bytes().all(|byte| matches!(byte, b'0' | b'.'))
}

/// Whether a member that names an error does so.
fn says_error(members: &BTreeMap<String, Box<RawValue>>, name: &str) -> bool {
    members.get(name).is_some_and(|raw| !matches!(raw.get(), "null" | "\"\"" | "0" | "\"0\"" | "false"))
}

/// What proves that money moved.
pub(crate) const MONEY_PROOFS: [&str; 2] = ["transactionId", "confirmationCode"];

/// What proves that details came.
pub(crate) const DETAILS_PROOF: [&str; 1] = ["details"];

/// An answer that tells of another amount, currency or reference than was sent is not the answer to this request.
pub(crate) fn same(member: &str, is: bool) -> Result<(), DecodeError> {
    if is { Ok(()) } else { Err(DecodeError::new(member, "is not what was asked for")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(body: &str) -> Standing {
        OperationResult::read(body.as_bytes(), "merchantPaymentResult").unwrap().standing(&MONEY_PROOFS)
    }

    #[test]
    fn the_rule_of_success() {
        let failure = |code: &str| Standing::Failure(code.to_owned());
        for (result, expected) in [
            (r#"{"errorCode":null,"transactionId":"T"}"#, Standing::Success),
            (r#"{"transactionId":"T"}"#, Standing::Success),
            (r#"{"errorCode":"","confirmationCode":"C"}"#, Standing::Success),
            (r#"{"errorCode":0,"transactionId":7}"#, Standing::Success),
            (r#"{"errorCode":"0","transactionId":"T","errorMessage":"Successful"}"#, Standing::Success),
            (r#"{"errorCode":"0"}"#, Standing::Indeterminate),
            (r#"{"errorCode":null,"errorMessage":null}"#, Standing::Indeterminate),
            (r#"{"errorMessage":"Something"}"#, Standing::Indeterminate),
            (r#"{"transactionId":"","confirmationCode":" "}"#, Standing::Indeterminate),
            (r#"{"transactionId":null}"#, Standing::Indeterminate),
            (r#"{"errorCode":false,"transactionId":"T"}"#, Standing::Indeterminate),
            (r#"{"errorCode":"00","transactionId":"T"}"#, Standing::Indeterminate),
            (r#"{"errorCode":"000"}"#, Standing::Indeterminate),
            (r#"{"errorCode":0.0,"transactionId":"T"}"#, Standing::Indeterminate),
            (r#"{"errorCode":" 0 ","transactionId":"T"}"#, Standing::Success),
            (r#"{"errorCode":{},"transactionId":"T"}"#, Standing::Indeterminate),
            ("{}", Standing::Indeterminate),
            (r#"{"errorCode":"139"}"#, failure("139")),
            (r#"{"errorCode":139,"transactionId":"T"}"#, failure("139")),
            (r#"{"errorCode":-1}"#, failure("-1")),
            (r#"{"errorCode":"INSUFFICIENT","errorMessage":"no"}"#, failure("INSUFFICIENT")),
        ] {
            assert_eq!(standing(result), expected, "{result}");
            assert_eq!(standing(&format!(r#"{{"merchantPaymentResult":{result}}}"#)), expected, "wrapped {result}");
            assert_eq!(standing(&format!(r#"{{"otherResult":{result}}}"#)), expected, "otherwise wrapped {result}");
        }
    }

    #[test]
    fn an_error_beside_a_success_proves_nothing() {
        for body in [
            r#"{"error":"server_error","transactionId":"T"}"#,
            r#"{"error":"x","merchantPaymentResult":{"transactionId":"T"}}"#,
            r#"{"errorCode":"E","merchantPaymentResult":{"transactionId":"T"}}"#,
            r#"{"errorCode":5,"merchantPaymentResult":{"errorCode":null,"transactionId":"T"}}"#,
        ] {
            assert_eq!(standing(body), Standing::Indeterminate, "{body}");
        }
        for body in [
            r#"{"error":null,"merchantPaymentResult":{"transactionId":"T"}}"#,
            r#"{"errorCode":"0","errorMessage":"","merchantPaymentResult":{"transactionId":"T"}}"#,
        ] {
            assert_eq!(standing(body), Standing::Success, "{body}");
        }
    }

    #[test]
    fn what_is_no_object_is_no_result() {
        for body in ["", "[]", "null", "<html>", "\"ok\"", "{\"a\":"] {
            assert!(OperationResult::read(body.as_bytes(), "x").is_err(), "{body}");
        }
        let oauth = OperationResult::read(br#"{"error":"invalid_token","error_description":"d"}"#, "x").unwrap();
        assert!(!oauth.is_own());
    }
}

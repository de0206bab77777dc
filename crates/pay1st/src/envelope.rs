//! The one error envelope: three members, each of which can be missing.

use pay_core::provider::{LooseText, members};

/// What an answer says about its failure.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Envelope {
    /// No values are documented; one seen had a leading zero, so it stays text.
    pub(crate) code: Option<String>,
    pub(crate) message: Option<String>,
    /// The id of the request.
    pub(crate) session: Option<String>,
}

impl Envelope {
    /// `None` where the body is not one: it then may come from anybody between here and the provider.
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        let members = members(body).ok()?;
        let text = |name| serde_json::from_str::<LooseText>(members.get(name)?.get()).ok().map(LooseText::into_string);
        let envelope = Self { code: text("errorCode"), message: text("errorMessage"), session: text("sessionId") };
        (envelope != Self::default()).then_some(envelope)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(body: &str) -> Option<(Option<String>, Option<String>, Option<String>)> {
        Envelope::read(body.as_bytes()).map(|e| (e.code, e.message, e.session))
    }

    #[test]
    fn each_member_can_be_missing_but_not_all() {
        let text = |text: &str| Some(text.to_owned());
        let whole = r#"{"errorMessage":"m","errorCode":"0800","sessionId":"s"}"#;
        assert_eq!(parts(whole), Some((text("0800"), text("m"), text("s"))));
        assert_eq!(parts(r#"{"errorCode":800}"#), Some((text("800"), None, None)));
        assert_eq!(parts(r#"{"errorMessage":["m"],"sessionId":"s","x":1}"#), Some((None, None, text("s"))));
        for body in ["", "{}", "[]", "null", "<html>", r#"{"message":"m","status":400}"#, r#"{"errorMessage":null}"#] {
            assert_eq!(parts(body), None, "{body}");
        }
    }
}

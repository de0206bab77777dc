//! A token answer, read leniently: nothing but the access token is sure.

use pay_core::provider::{LooseText, Tokens, members};
use pay_core::{ExposeSecret, SecretString};
use std::fmt;
use std::time::{Duration, SystemTime};

/// What a code was changed for. It is worth the user's money until it is kept: hand it on at once.
#[derive(Clone)]
#[non_exhaustive]
pub struct TokenAnswer {
    /// The access token.
    pub access: SecretString,
    /// The refresh token, where one came. Whether it changes with its use is unknown, so the newest one counts.
    pub refresh: Option<SecretString>,
    /// How long the access token lives, where the answer said so readably.
    pub expires_in: Option<Duration>,
    /// When it was asked for, wall time: `expires_in` counts from here.
    pub asked_at: SystemTime,
    /// All other members (`token_type`, `scope`, `user_data`, `authorities`, ...) as raw JSON text. They may be personal.
    pub extra: Vec<(String, SecretString)>,
}

impl TokenAnswer {
    pub(crate) fn new(tokens: Tokens, asked_at: SystemTime) -> Self {
        let Tokens { access, refresh, lifetime: expires_in, extra, .. } = tokens;
        Self { access, refresh, expires_in, asked_at, extra }
    }

    /// The words of `scope`, where it is text: what was consented to, which may be less than what was asked for.
    pub fn scope(&self) -> Option<Vec<String>> {
        let (_, raw) = self.extra.iter().find(|(name, _)| name == "scope")?;
        let text: String = serde_json::from_str(raw.expose_secret()).ok()?;
        Some(text.split_whitespace().map(str::to_owned).collect())
    }
}

/// Tokens and what else came do not print.
impl fmt::Debug for TokenAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.extra.iter().map(|(name, _)| name).collect();
        f.debug_struct("TokenAnswer")
            .field("refresh", &self.refresh.is_some())
            .field("expires_in", &self.expires_in)
            .field("extra", &names)
            .finish_non_exhaustive()
    }
}

/// `None` where no access token is in it.
pub(super) fn tokens(body: &[u8]) -> Option<Tokens> {
    const READ: [&str; 3] = ["access_token", "refresh_token", "expires_in"];
    let members = members(body).ok()?;
    let secret = |name| {
        let text: String = serde_json::from_str(members.get(name)?.get()).ok()?;
        // What cannot stand in a header is no token: an error page's text, for one.
        let token = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        token.then(|| SecretString::from(text))
    };
    let mut tokens = Tokens::new(secret("access_token")?);
    tokens.refresh = secret("refresh_token");
    tokens.lifetime = members.get("expires_in").and_then(|raw| seconds(raw.get()));
    tokens.extra = members
        .iter()
        .filter(|(name, _)| !READ.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), SecretString::from(value.get().to_owned())))
        .collect();
    Some(tokens)
}

/// Whole seconds, as a number or as text, a fraction left out. Nothing, none or nonsense means that the lifetime is unknown.
fn seconds(raw: &str) -> Option<Duration> {
    let text = serde_json::from_str::<LooseText>(raw).ok()?.into_string();
    let whole = text.trim().split('.').next()?;
    whole.parse().ok().filter(|seconds| *seconds > 0).map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lifetimes_come_in_several_forms() {
        for (raw, expected) in [
            ("43199", Some(43_199)),
            ("\"43199\"", Some(43_199)),
            ("\" 60 \"", Some(60)),
            ("3599.5", Some(3599)),
            ("\"3599.5\"", Some(3599)),
            ("0", None),
            ("-1", None),
            ("null", None),
            ("true", None),
            ("\"soon\"", None),
            ("{}", None),
            ("1e9", None),
        ] {
            assert_eq!(seconds(raw), expected.map(Duration::from_secs), "{raw}");
        }
    }

    #[test]
    fn what_is_no_token_is_none() {
        for body in [
            "",
            "{}",
            "[]",
            "<html>",
            r#"{"access_token":""}"#,
            r#"{"access_token":5}"#,
            r#"{"access_token":"a b"}"#,
            r#"{"access_token":"a\n"}"#,
            r#"{"data":{"access_token":"a"}}"#,
        ] {
            assert!(tokens(body.as_bytes()).is_none(), "{body}");
        }
        let tokens = tokens(br#"{"access_token":"a","refresh_token":"","x":[1]}"#).unwrap();
        assert!(tokens.refresh.is_none());
        assert_eq!(tokens.extra[0].1.expose_secret(), "[1]");
    }
}

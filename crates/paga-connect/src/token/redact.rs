//! What of an OAuth answer may be shown: enough to report it, nothing that could be a code, a token or a person.

use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// Enough to see what came.
const MOST: usize = 2048;

/// An error text without what could be a secret: servers of the kind that Paga's may be repeat the code or the token behind a colon
/// (assumed), so nothing behind one is kept, nor a word that is no plain one.
pub(crate) fn shown_text(text: &str) -> String {
    words(text.split(':').next().unwrap_or_default().trim())
}

/// A body of which names and the shape are left: members of JSON by kind and length, words of anything else where they are plain.
pub(super) fn body(body: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(body);
    let mut shown = match serde_json::from_str::<BTreeMap<String, &RawValue>>(&text) {
        Ok(members) => {
            let members =
                members.iter().map(|(name, value)| format!("\"{}\":{}", shown_name(name), member(name, value.get())));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
        Err(_) => words(text.chars().take(MOST).collect::<String>().as_str()),
    };
    if shown.len() > MOST {
        let end = (0..=MOST).rev().find(|at| shown.is_char_boundary(*at)).unwrap_or(0);
        shown.truncate(end);
    }
    shown.into_bytes()
}

fn shown_name(name: &str) -> &str {
    let plain = name.len() <= 40 && name.bytes().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'-'));
    if plain { name } else { "[hidden]" }
}

/// The value of one member.
fn member(name: &str, raw: &str) -> String {
    let text = serde_json::from_str::<String>(raw).ok();
    match (name, text) {
        ("error" | "error_description", Some(text)) => format!("\"{}\"", shown_text(&text)),
        ("token_type", Some(text)) => format!("\"{}\"", words(&text)),
        ("expires_in", _) if raw.len() <= 24 && !raw.contains(|c: char| c.is_ascii_alphabetic()) => raw.to_owned(),
        (_, Some(text)) => format!("\"[{} characters]\"", text.chars().count()),
        (_, None) if matches!(raw, "null" | "true" | "false") => raw.to_owned(),
        (_, None) => match raw.as_bytes().first() {
            Some(b'{') => "{..}".to_owned(),
            Some(b'[') => "[..]".to_owned(),
            _ => "\"[a number]\"".to_owned(),
        },
    }
}

/// Text in which only plain words stay: `Redirect URI mismatch.` does, `kZ3fQp` does not.
fn words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut word = String::new();
    let mut named = false;
    for c in text.chars().chain(std::iter::once(' ')) {
        // Everything that a token or an address can be made of belongs to the word.
        if c.is_alphanumeric() || "_-+/=.~@%".contains(c) {
            word.push(c);
            continue;
        }
        if !word.is_empty() {
            // What stands behind a colon is a value, however plain it looks: a code may be `abcdef`.
            out.push_str(if !named && is_plain(&word) { &word } else { "[hidden]" });
            word.clear();
            named = false;
        }
        named = c == ':' || (named && !matches!(c, '<' | '\n'));
        out.push(if c.is_control() { ' ' } else { c });
    }
    out.trim_end().to_owned()
}

fn is_plain(word: &str) -> bool {
    let bare = word.trim_end_matches(['.', '/']).trim_start_matches('/');
    let lower = |text: &str| text.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'-'));
    let rest = bare.strip_prefix(|c: char| c.is_ascii_uppercase()).unwrap_or(bare);
    let short = bare.len() <= 4 && bare.bytes().all(|byte| byte.is_ascii_uppercase());
    // What the caller itself asks for: `MONEY_TRANSFER`.
    let scope = bare.contains('_') && bare.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    (lower(rest) || short || scope) && bare.len() <= 40
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_words_stay_and_nothing_else() {
        for (text, shown) in [
            ("Redirect URI mismatch.", "Redirect URI mismatch."),
            ("Invalid authorization code: kZ3fQp", "Invalid authorization code"),
            ("Code kZ3fQp is invalid", "Code [hidden] is invalid"),
            (
                "Insufficient scope for this resource MONEY_TRANSFER",
                "Insufficient scope for this resource MONEY_TRANSFER",
            ),
            ("invalid_grant", "invalid_grant"),
            ("for ada@example.test", "for [hidden]"),
            ("token 55555555-6666-4777-8888-999999999999 expired", "token [hidden] expired"),
            ("SENTINEL", "[hidden]"),
            ("a\nb", "a b"),
        ] {
            assert_eq!(shown_text(text), shown, "{text}");
        }
    }

    #[test]
    fn a_body_keeps_names_and_shapes() {
        let came = r#"{"access_tokn":"11111111-2222","expires_in":"3600","error":"invalid_grant","error_description":"Invalid refresh token: 5f","limitMaximum":1200.5,"user_data":["Ada"],"phone":null}"#;
        let shown = String::from_utf8(body(came.as_bytes())).unwrap();
        assert_eq!(
            shown,
            r#"{"access_tokn":"[13 characters]","error":"invalid_grant","error_description":"Invalid refresh token","expires_in":"3600","limitMaximum":"[a number]","phone":null,"user_data":[..]}"#
        );
        let html = "<html><body>Down, said 4f9a for ada@example.test</body></html>";
        assert_eq!(
            String::from_utf8(body(html.as_bytes())).unwrap(),
            "<html><body>Down, said [hidden] for [hidden]</body></html>"
        );
        let page = "<html><p>Invalid authorization code: abcdef</p><p>Try again</p></html>";
        assert_eq!(
            String::from_utf8(body(page.as_bytes())).unwrap(),
            "<html><p>Invalid authorization code: [hidden]</p><p>Try again</p></html>"
        );
        assert!(body("ab ".repeat(9000).as_bytes()).len() <= MOST);
        assert!(body("é".repeat(9000).as_bytes()).len() <= MOST);
    }
}

//! The forms in which a secret may stand in a text without being seen by the naked eye.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use std::collections::BTreeMap;

/// The name of an encoding, and a text in it.
pub(crate) type Encoded = (&'static str, String);

/// Every form of `text`. Those that leave it as it is are not told twice.
pub(crate) fn encodings(text: &str) -> Vec<Encoded> {
    let bytes = text.as_bytes();
    let each = |before: &str| bytes.iter().fold(String::new(), |text, byte| format!("{text}{before}{byte:02x}"));
    let hex = each("");
    let percent_each = each("%");
    let percent = utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let unicode: String = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    let decimal = bytes.iter().map(u8::to_string).collect::<Vec<_>>().join(",");
    let json = serde_json::to_string(text).unwrap_or_default();
    let debug = format!("{text:?}");
    let mut all = vec![
        ("raw", text.to_owned()),
        ("reversed", text.chars().rev().collect()),
        ("reversed bytes", String::from_utf8_lossy(&bytes.iter().rev().copied().collect::<Vec<_>>()).into_owned()),
        ("JSON text", json.trim_matches('"').to_owned()),
        ("Debug text", debug.trim_matches('"').to_owned()),
        ("JSON escapes", unicode.to_uppercase().replace("\\U", "\\u")),
        ("JSON escapes", unicode),
        ("HTML entities", text.replace('&', "&amp;").replace('"', "&quot;")),
        ("percent", percent.to_lowercase_escapes()),
        ("percent", percent),
        ("percent, every byte", percent_each.to_uppercase()),
        ("percent, every byte", percent_each),
        ("form", form_urlencoded::byte_serialize(bytes).collect()),
        ("hex", hex.to_uppercase()),
        ("hex with colons", separated(&hex, ':')),
        ("hex with spaces", separated(&hex, ' ')),
        ("hex", hex),
        ("decimal bytes", decimal.replace(',', ", ")),
        // Whatever stands between the numbers: the scanner leaves white space out for these.
        (SQUEEZED, decimal),
    ];
    all.extend(base64s(bytes));
    let mut kept: BTreeMap<String, &'static str> = BTreeMap::new();
    for (name, form) in all {
        kept.entry(form).or_insert(name);
    }
    kept.into_iter().map(|(form, name)| (name, form)).collect()
}

/// The name of the form that is searched for in the text without its white space.
pub(crate) const SQUEEZED: &str = "decimal bytes, white space aside";

/// What base64 makes of the bytes wherever in a longer text they stand: only the characters that they alone decide.
fn base64s(bytes: &[u8]) -> Vec<Encoded> {
    let mut all = Vec::new();
    for before in 0..3 {
        let padded = [&[0_u8; 2][..before], bytes].concat();
        // Six bits a character: the first that holds no bit of what stands before, and the last that holds none of what follows.
        let first = (before * 8).div_ceil(6);
        let end = padded.len() * 8 / 6;
        for (name, engine) in [("base64", STANDARD), ("base64url", URL_SAFE)] {
            if let Some(part) = engine.encode(&padded).get(first..end) {
                all.push((name, part.to_owned()));
            }
        }
    }
    all
}

fn separated(hex: &str, separator: char) -> String {
    let pairs: Vec<&str> = (0..hex.len()).step_by(2).filter_map(|at| hex.get(at..at + 2)).collect();
    pairs.join(&separator.to_string())
}

trait Escapes {
    /// Percent escapes in lower case, and nothing else.
    fn to_lowercase_escapes(&self) -> String;
}

impl Escapes for String {
    fn to_lowercase_escapes(&self) -> String {
        let mut left = 0_u8;
        let lower = |c: char| {
            let escape = left > 0;
            left = if c == '%' { 2 } else { left.saturating_sub(1) };
            if escape { c.to_ascii_lowercase() } else { c }
        };
        self.chars().map(lower).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_what_their_names_say() {
        let all = encodings("aZ/é");
        let has = |name, form: &str| assert!(all.contains(&(name, form.to_owned())), "{name} {form}: {all:?}");
        has("raw", "aZ/é");
        has("reversed", "é/Za");
        has("JSON escapes", "\\u0061\\u005a\\u002f\\u00e9");
        has("JSON escapes", "\\u0061\\u005A\\u002F\\u00E9");
        has("percent", "aZ%2F%C3%A9");
        has("percent", "aZ%2f%c3%a9");
        has("percent, every byte", "%61%5a%2f%c3%a9");
        has("hex", "615a2fc3a9");
        has("hex", "615A2FC3A9");
        has("hex with colons", "61:5a:2f:c3:a9");
        has("decimal bytes", "97, 90, 47, 195, 169");
        has(SQUEEZED, "97,90,47,195,169");
    }

    #[test]
    fn base64_is_found_wherever_the_bytes_stand() {
        let secret = "correct horse battery staple?>";
        for before in ["", "x", "xy", "xyz"] {
            for after in ["", "1", "12"] {
                for engine in [STANDARD, URL_SAFE] {
                    let whole = engine.encode(format!("{before}{secret}{after}"));
                    let found =
                        encodings(secret).iter().any(|(name, form)| name.starts_with("base64") && whole.contains(form));
                    assert!(found, "{before:?} {after:?}: {whole}");
                }
            }
        }
    }
}

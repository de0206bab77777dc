//! Values that must not be printed: secrets, and bodies that may hold them.

use bytes::Bytes;
use std::fmt;

pub use secrecy::{ExposeSecret, SecretString};

/// The raw bytes of a body, kept for the caller and never printed.
///
/// A reply can hold tokens, PINs or personal data, so `Debug` shows its length alone. Read it with
/// [`expose`](RawBody::expose) or [`expose_str`](RawBody::expose_str), and do not log what you get.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct RawBody(Bytes);

impl RawBody {
    /// Wraps bytes so that they cannot be printed by accident.
    pub fn new(bytes: impl Into<Bytes>) -> Self {
        Self(bytes.into())
    }

    /// The bytes as they came over the wire.
    pub fn expose(&self) -> &Bytes {
        &self.0
    }

    /// The bytes as text; `None` where they are not UTF-8.
    pub fn expose_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    /// Number of bytes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether the body has no bytes.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for RawBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RawBody({} bytes)", self.0.len())
    }
}

/// Text for logs and error lines: control characters are escaped and the length is bounded, so that a
/// provider's message can neither forge a log line nor flood one.
pub fn printable(text: &str) -> String {
    const MOST: usize = 300;
    let mut out = String::with_capacity(text.len().min(MOST));
    for (count, c) in text.chars().enumerate() {
        if count == MOST {
            out.push('…');
            break;
        }
        // Bidirectional and zero-width characters can disguise a line as well as control characters can.
        if c.is_control()
            || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
        {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_body_prints_its_length_alone() {
        let body = RawBody::new("PIN-4711");
        assert_eq!(format!("{body:?}"), "RawBody(8 bytes)");
        assert_eq!(body.expose_str(), Some("PIN-4711"));
    }

    #[test]
    fn printable_text_is_one_bounded_line() {
        assert_eq!(printable("a\nb\u{1b}[31m\u{202e}"), "a\\u{a}b\\u{1b}[31m\\u{202e}");
        assert_eq!(printable("\u{61c}\u{2028}\u{2060}\u{2066}"), "\\u{61c}\\u{2028}\\u{2060}\\u{2066}");
        assert_eq!(printable(&"x".repeat(1000)).chars().count(), 301);
    }

    proptest! {
        #[test]
        fn nothing_printable_forges_or_floods_a_line(text: String) {
            let shown = printable(&text);
            let forges = |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{200b}');
            prop_assert!(!shown.chars().any(forges));
            // Each character becomes at most `\u{10ffff}`.
            prop_assert!(shown.chars().count() <= 300 * 10 + 1);
        }

        #[test]
        fn plain_text_stays_as_it_is(text in "[a-zA-Z0-9 .,äöüß€-]{0,300}") {
            prop_assert_eq!(printable(&text), text);
        }
    }
}

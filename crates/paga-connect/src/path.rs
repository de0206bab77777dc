//! Values that stand in paths, and the references among them.

use crate::style::References;
use pay_core::{Amount, printable};

/// What servers often refuse in a path, encoded or not, and what could be read as another path.
const REFUSED: [char; 6] = ['/', '\\', ';', '?', '#', '%'];

const LONGEST: usize = 50;

/// Why a value cannot stand in a path; never the value itself, which may be personal.
pub(crate) fn mistake(value: &str) -> Option<&'static str> {
    if value.is_empty() {
        Some("is empty")
    } else if value.contains(REFUSED) {
        Some(r"holds one of / \ ; ? # %, which cannot stand in a path there")
    } else if value.chars().any(char::is_control) {
        Some("holds a control character")
    } else if matches!(value, "." | "..") {
        Some("is a dot segment")
    } else {
        None
    }
}

/// Why a text is no reference.
pub(crate) fn reference_mistake(rule: References, reference: &str) -> Option<&'static str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    match rule {
        References::Relaxed => mistake(reference),
        _ if reference.is_empty() => Some("is empty"),
        _ if reference.len() > LONGEST || !reference.bytes().all(plain) => {
            Some("is not 1 to 50 of A-Z a-z 0-9 _ -, which fit a path and Paga's other APIs; `references` relaxes it")
        }
        _ => None,
    }
}

/// Why an amount cannot be sent: naira with at most two decimals (our choice: how many Paga takes no source says).
pub(crate) fn amount_mistake(amount: Amount) -> Option<&'static str> {
    if !amount.is_positive() {
        Some("must be greater than zero")
    } else if amount.decimals() > 2 {
        Some("must have at most two decimals")
    } else {
        None
    }
}

/// One event for a value that may not arrive whole; never the value itself, which may be personal.
pub(crate) fn warn_of_dot(operation: &'static str, reference: &str) {
    let reference = printable(reference);
    tracing::warn!(name: "paga_connect.dotted_path_value", operation, reference, "paga_connect.dotted_path_value");
}

/// Whether a server that takes what follows a dot for a file's extension could cut the value, where it stands last.
pub(crate) fn could_be_cut(last: &str) -> bool {
    last.contains('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_strict_unless_relaxed() {
        for (reference, strict, relaxed) in [
            ("order-1_A", true, true),
            (&"x".repeat(50), true, true),
            (&"x".repeat(51), false, true),
            ("", false, false),
            ("a b", false, true),
            ("a.b", false, true),
            ("é", false, true),
            ("a/b", false, false),
            ("a\\b", false, false),
            ("a;b", false, false),
            ("a?b", false, false),
            ("a#b", false, false),
            ("a%2Fb", false, false),
            ("a\nb", false, false),
            ("a\u{85}b", false, false),
            (".", false, false),
            ("..", false, false),
        ] {
            assert_eq!(reference_mistake(References::Strict, reference).is_none(), strict, "{reference:?}");
            assert_eq!(reference_mistake(References::Relaxed, reference).is_none(), relaxed, "{reference:?}");
        }
    }
}

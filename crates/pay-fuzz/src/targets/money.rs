//! Amounts: what is read is written back to the last digit, and nothing else is read.

use pay_core::{Amount, RawAmount};

pub(super) fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(amount) = text.parse::<Amount>() {
        // Leading zeros, and the sign of a zero, are all that writing may drop.
        let written = amount.to_string();
        let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("-", digits));
        let trimmed = digits.trim_start_matches('0');
        let digits =
            if trimmed.is_empty() || trimmed.starts_with('.') { format!("0{trimmed}") } else { trimmed.into() };
        let is_zero = digits.bytes().all(|byte| matches!(byte, b'0' | b'.'));
        let expected = if is_zero { digits } else { format!("{sign}{digits}") };
        assert_eq!(written.trim_start_matches(if is_zero { "-" } else { "" }), expected);
        assert_eq!(written.parse::<Amount>(), Ok(amount));
        for decimals in 0..4 {
            if let Some(minor) = amount.to_minor(decimals) {
                assert_eq!(Amount::from_minor(minor, decimals), Some(amount));
            }
        }
    }
    if let Ok(amount) = serde_json::from_str::<Amount>(text) {
        let json = serde_json::to_string(&amount).expect("an amount is JSON");
        assert_eq!(serde_json::from_str::<Amount>(&json).ok(), Some(amount));
        let raw: RawAmount = serde_json::from_str(text).expect("both read the same");
        assert_eq!(raw.as_received(), amount);
        let _ = raw.unit_beside(amount);
    }
}

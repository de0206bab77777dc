//! Money as integer cents, read from and written to decimal text without floating point.

use rust_decimal::Decimal;

/// An amount in cents of the provider's currency.
pub(crate) type Cents = i64;

/// Reads a decimal text. `None`: not a number, more than two decimals, or out of range.
pub(crate) fn cents(text: &str) -> Option<Cents> {
    let value = if text.contains(['e', 'E']) {
        Decimal::from_scientific(text).ok()?
    } else {
        Decimal::from_str_exact(text).ok()?
    };
    let scaled = value.checked_mul(Decimal::ONE_HUNDRED)?.normalize();
    if scaled.scale() != 0 {
        return None;
    }
    i64::try_from(scaled.mantissa()).ok()
}

/// Writes cents as a decimal with at least one and at most `places` decimals (1 to 4).
pub(crate) fn decimal(cents: Cents, places: usize) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let (whole, rest) = (cents.unsigned_abs() / 100, cents.unsigned_abs() % 100);
    if places == 1 && rest.is_multiple_of(10) {
        return format!("{sign}{whole}.{}", rest / 10);
    }
    let zeros = "0".repeat(places.saturating_sub(2));
    format!("{sign}{whole}.{rest:02}{zeros}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_exactly_or_not_at_all() {
        assert_eq!(cents("10"), Some(1000));
        assert_eq!(cents("10.0"), Some(1000));
        assert_eq!(cents("4.350"), Some(435));
        assert_eq!(cents("1e1"), Some(1000));
        assert_eq!(cents("1234567890123456.78"), Some(123_456_789_012_345_678));
        assert_eq!(cents("-0.01"), Some(-1));
        assert_eq!(cents("0.001"), None);
        assert_eq!(cents("1e40"), None);
        assert_eq!(cents("ten"), None);
        assert_eq!(cents("0.00000000000000000000000000000000001"), None);
    }

    #[test]
    fn writes_the_places_asked_for() {
        assert_eq!(decimal(1000, 4), "10.0000");
        assert_eq!(decimal(1000, 2), "10.00");
        assert_eq!(decimal(1000, 1), "10.0");
        assert_eq!(decimal(1005, 1), "10.05");
        assert_eq!(decimal(-5, 2), "-0.05");
    }
}

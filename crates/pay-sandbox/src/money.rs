//! Money as integer cents, read from and written to decimal text without floating point.

use rust_decimal::Decimal;

/// An amount in cents of the provider's currency.
pub(crate) type Cents = i64;

/// Reads a decimal text. `None`: not a number, more than two decimals, or out of range.
pub(crate) fn cents(text: &str) -> Option<Cents> {
    // `Decimal::from_scientific` rounds a long mantissa; this never does.
    let (base, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let base = Decimal::from_str_exact(base).ok()?.normalize();
    let scale = i32::try_from(base.scale()).ok()?;
    let shift = exponent.parse::<i32>().ok()?.checked_add(2)?.checked_sub(scale)?;
    let factor = 10_i128.checked_pow(shift.unsigned_abs())?;
    let cents = match shift {
        0.. => base.mantissa().checked_mul(factor)?,
        _ if base.mantissa() % factor == 0 => base.mantissa() / factor,
        _ => return None,
    };
    i64::try_from(cents).ok()
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
        assert_eq!(cents("1.05E+1"), Some(1050));
        assert_eq!(cents("105000e-4"), Some(1050));
        assert_eq!(cents("92233720368547758.07"), Some(i64::MAX));
        assert_eq!(cents("92233720368547758.08"), None);
        assert_eq!(cents("1e40"), None);
        assert_eq!(cents("1e99999999999"), None);
        assert_eq!(cents("1.001e1"), Some(1001));
        assert_eq!(cents("1.0001e1"), None);
        assert_eq!(cents("105001e-4"), None);
        assert_eq!(cents("1e-2147483648"), None);
        assert_eq!(cents("10.00000000000000000000000000000000001e0"), None, "rounded nowhere");
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

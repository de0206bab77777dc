//! Exact amounts: decimals as text, never floating point, never scaled.

use rust_decimal::Decimal;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use std::fmt;
use std::str::FromStr;

/// An exact decimal amount in the currency's main unit (rand, naira, real), sent exactly as given.
///
/// `"50.00"` stays `50.00` and `"50"` stays `50`. As JSON it is a string by default; the modules
/// [`number`] and [`text`] choose per field what a provider wants.
///
/// ```
/// let amount: pay_core::Amount = "50.00".parse()?;
/// assert_eq!(amount.to_string(), "50.00");
/// assert!("5e3".parse::<pay_core::Amount>().is_err());
/// # Ok::<(), pay_core::AmountError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(Decimal);

/// Why a text is not an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AmountError {
    /// Not digits with at most one point and an optional leading minus.
    Format,
    /// More digits than can be held exactly (28).
    TooLong,
}

impl fmt::Display for AmountError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Format => "an amount is digits with at most one decimal point, such as \"50.00\"",
            Self::TooLong => "an amount holds at most 28 digits",
        })
    }
}

impl std::error::Error for AmountError {}

impl Amount {
    /// An amount from its smallest unit: `from_minor(5000, 2)` is `50.00`.
    ///
    /// `None` where the value cannot be held exactly (more than 28 decimals).
    pub fn from_minor(minor: i64, decimals: u32) -> Option<Self> {
        (decimals <= 28).then(|| Self(Decimal::new(minor, decimals)))
    }

    /// Digits after the point, trailing zeros included.
    pub fn decimals(&self) -> u32 {
        self.0.scale()
    }

    /// Whether the amount is greater than zero.
    pub fn is_positive(&self) -> bool {
        self.0 > Decimal::ZERO
    }

    /// The amount in its smallest unit, exactly: `50.00` with 2 decimals is `5000`; `None` where digits would be lost.
    pub fn to_minor(&self, decimals: u32) -> Option<i64> {
        let mut value = self.0.normalize();
        if value.scale() > decimals {
            return None;
        }
        value.rescale(decimals);
        (value.scale() == decimals).then(|| i64::try_from(value.mantissa()).ok()).flatten()
    }

    /// The exact sum: `1.5` and `2.25` is `3.75`. `None` where it has more digits than can be held.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let decimals = self.decimals().max(other.decimals());
        let at = |amount: Self| amount.0.mantissa().checked_mul(10_i128.checked_pow(decimals - amount.decimals())?);
        // Whole numbers: the sum of two decimals would be rounded where its digits do not fit.
        let sum = at(self)?.checked_add(at(other)?)?;
        Decimal::try_from_i128_with_scale(sum, decimals).ok().map(Self)
    }

    /// The exact amount so many times: `1.50` three times is `4.50`. `None` where it has more digits than can be held.
    #[must_use]
    pub fn checked_mul(self, times: u64) -> Option<Self> {
        let product = self.0.mantissa().checked_mul(i128::from(times))?;
        Decimal::try_from_i128_with_scale(product, self.decimals()).ok().map(Self)
    }

    fn from_json_number(text: &str) -> Result<Self, AmountError> {
        if text.contains(['e', 'E']) {
            // A provider may write 1e3; the value is exact, so it is read.
            return Decimal::from_scientific(text).map(Self).map_err(|_| AmountError::Format);
        }
        text.parse()
    }
}

impl FromStr for Amount {
    type Err = AmountError;

    fn from_str(text: &str) -> Result<Self, AmountError> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !all_digits(whole) || !all_digits(fraction) {
            return Err(AmountError::Format);
        }
        Decimal::from_str_exact(text).map(Self).map_err(|_| AmountError::TooLong)
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Amount({})", self.0)
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Amount {
    /// Reads a JSON number or a string, from the raw text, to the last digit.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        amount_from_raw(raw.get()).map_err(D::Error::custom)
    }
}

fn amount_from_raw(raw: &str) -> Result<Amount, AmountError> {
    match raw.strip_prefix('"') {
        None => Amount::from_json_number(raw),
        Some(_) => serde_json::from_str::<String>(raw).map_err(|_| AmountError::Format)?.trim().parse(),
    }
}

/// `#[serde(with = "pay_core::money::number")]`: the amount travels as a JSON number with exactly its digits.
pub mod number {
    use super::{Amount, Deserialize, Deserializer, RawValue, Serialize, Serializer};
    use serde::ser::Error as _;

    /// Writes the amount as a JSON number.
    ///
    /// # Errors
    /// Those of the serializer; only `serde_json` can carry the exact text.
    pub fn serialize<S: Serializer>(amount: &Amount, serializer: S) -> Result<S::Ok, S::Error> {
        RawValue::from_string(amount.to_string()).map_err(S::Error::custom)?.serialize(serializer)
    }

    /// Reads the amount from a JSON number or string.
    ///
    /// # Errors
    /// Where the text is not an exact decimal.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Amount, D::Error> {
        Amount::deserialize(deserializer)
    }
}

/// `#[serde(with = "pay_core::money::text")]`: the amount travels as a JSON string.
pub mod text {
    use super::{Amount, Deserialize, Deserializer, Serialize, Serializer};

    /// Writes the amount as a JSON string.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(amount: &Amount, serializer: S) -> Result<S::Ok, S::Error> {
        amount.serialize(serializer)
    }

    /// Reads the amount from a JSON number or string.
    ///
    /// # Errors
    /// Where the text is not an exact decimal.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Amount, D::Error> {
        Amount::deserialize(deserializer)
    }
}

/// An exact decimal with its ISO 4217 currency code, for providers with more than one currency.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// The amount in the currency's main unit.
    pub amount: Amount,
    /// ISO 4217 code, such as `ZAR`.
    pub currency: String,
}

/// A number whose unit the provider's documents leave open: exactly the digits received, never scaled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct RawAmount(Amount);

/// In which unit a [`RawAmount`] seems to be, seen beside an amount that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// The raw number equals the known amount: main unit.
    Major,
    /// The raw number is a hundred times the known amount: smallest unit.
    Minor,
    /// Neither.
    Unknown,
}

impl RawAmount {
    /// The number as received. Its unit is not known: do not book it.
    pub fn as_received(&self) -> Amount {
        self.0
    }

    /// Compares with the amount that was asked for and tells the unit, without converting anything.
    pub fn unit_beside(&self, known: Amount) -> Unit {
        if self.0 == known {
            Unit::Major
        } else if known.0.checked_mul(Decimal::ONE_HUNDRED) == Some(self.0.0) {
            Unit::Minor
        } else {
            Unit::Unknown
        }
    }
}

impl<'de> Deserialize<'de> for RawAmount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Amount::deserialize(deserializer).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Priced {
        #[serde(with = "number")]
        amount: Amount,
    }

    #[test]
    fn digits_survive_both_ways() {
        for text in ["1234567890123456.78", "4.350", "50.0", "0.1", "7", "79228162514264337593543950.33"] {
            let json = format!("{{\"amount\":{text}}}");
            let read: Priced = serde_json::from_str(&json).unwrap();
            assert_eq!(serde_json::to_string(&read).unwrap(), json);
        }
    }

    #[test]
    fn strings_numbers_and_exponents_are_read() {
        let amount = |json| serde_json::from_str::<Amount>(json).unwrap().to_string();
        assert_eq!(amount("\"97.10\""), "97.10");
        assert_eq!(amount("30.0000"), "30.0000");
        assert_eq!(amount("1e3"), "1000");
    }

    #[test]
    fn what_is_not_an_amount_is_refused() {
        for text in ["", "-", ".5", "5.", "1,5", "+5", "5 ", "1_000", "NaN", "1e3", "--1", "0x10"] {
            assert_eq!(text.parse::<Amount>(), Err(AmountError::Format), "{text}");
        }
        assert_eq!("123456789012345678901234567890".parse::<Amount>(), Err(AmountError::TooLong));
    }

    #[test]
    fn minor_units_are_exact_or_refused() {
        let amount: Amount = "50.10".parse().unwrap();
        assert_eq!(amount.to_minor(2), Some(5010));
        assert_eq!("50.123".parse::<Amount>().unwrap().to_minor(2), None);
        assert_eq!(Amount::from_minor(5010, 2), Some(amount));
    }

    #[test]
    fn the_unit_of_a_raw_amount_is_told_never_applied() {
        let raw: RawAmount = serde_json::from_str("1000").unwrap();
        let known = |text: &str| text.parse::<Amount>().unwrap();
        assert_eq!(raw.unit_beside(known("10.00")), Unit::Minor);
        assert_eq!(raw.unit_beside(known("1000")), Unit::Major);
        assert_eq!(raw.unit_beside(known("7")), Unit::Unknown);
    }

    #[test]
    fn sums_and_products_are_exact_or_none() {
        let amount = |text: &str| text.parse::<Amount>().unwrap();
        let shown = |amount: Option<Amount>| amount.map(|amount| amount.to_string());
        assert_eq!(shown(amount("0.10").checked_add(amount("0.2"))).as_deref(), Some("0.30"));
        assert_eq!(shown(amount("5").checked_add(amount("-7.5"))).as_deref(), Some("-2.5"));
        assert_eq!(shown(amount("19.99").checked_mul(3)).as_deref(), Some("59.97"));
        assert_eq!(shown(amount("19.99").checked_mul(0)).as_deref(), Some("0.00"));
        // Each of these fits, and what comes of them does not: rounding would lose a digit without a word.
        let (large, small) = (amount("9999999999999999999999999999"), amount("0.0000000000000000000000000001"));
        assert_eq!(large.checked_add(small), None);
        assert_eq!(large.checked_mul(u64::MAX), None);
    }

    proptest! {
        #[test]
        fn text_comes_back_as_it_was(text in "-?(0|[1-9][0-9]{0,17})([.][0-9]{1,10})?") {
            // A zero has no sign.
            prop_assume!(text.bytes().any(|byte| matches!(byte, b'1'..=b'9')) || !text.starts_with('-'));
            let amount: Amount = text.parse().unwrap();
            prop_assert_eq!(amount.to_string(), text.as_str());
            let json = serde_json::to_string(&Priced { amount }).unwrap();
            prop_assert_eq!(&json, &format!("{{\"amount\":{text}}}"));
            for written in [text.clone(), format!("\"{text}\"")] {
                let read: Amount = serde_json::from_str(&written).unwrap();
                prop_assert_eq!(read.to_string(), text.as_str());
                let raw: RawAmount = serde_json::from_str(&written).unwrap();
                prop_assert_eq!(raw.as_received().to_string(), text.as_str());
                prop_assert_eq!(serde_json::to_string(&raw).unwrap(), format!("\"{text}\""));
            }
        }

        #[test]
        fn minor_units_come_back_as_they_were(minor: i64, decimals in 0_u32..=18) {
            prop_assert_eq!(Amount::from_minor(minor, decimals).unwrap().to_minor(decimals), Some(minor));
        }

        #[test]
        fn a_raw_amount_beside_its_hundredth_is_minor(minor in 1_i64..i64::MAX) {
            let raw: RawAmount = serde_json::from_str(&minor.to_string()).unwrap();
            prop_assert_eq!(raw.unit_beside(Amount::from_minor(minor, 2).unwrap()), Unit::Minor);
            prop_assert_eq!(raw.unit_beside(Amount::from_minor(minor, 0).unwrap()), Unit::Major);
        }

        #[test]
        fn other_text_is_no_amount(text in "\\PC*") {
            let digits = text.strip_prefix('-').unwrap_or(&text);
            let fits = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
            prop_assert!(fits || text.parse::<Amount>() == Err(AmountError::Format));
        }
    }
}

//! Amounts: read from their text, booked in hundredths, written back without a rounding.

use super::modes::{MoneyUnit, ReplyAmounts};
use crate::json::Node;
use crate::money::{self, Cents};
use rust_decimal::Decimal;

/// An amount as it was sent, and as it is booked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Amount {
    /// A JSON number, digit for digit.
    pub(super) text: String,
    pub(super) cents: Cents,
}

/// Reads a positive amount. `None`: it is none, or finer than the unit allows.
pub(super) fn read(text: &str, unit: MoneyUnit) -> Option<Amount> {
    // The text of a JSON string is none.
    let cents = money::cents(text).filter(|cents| *cents > 0)?;
    let cents = match unit {
        MoneyUnit::Major => cents,
        MoneyUnit::Minor => (cents % 100 == 0).then_some(cents / 100)?,
    };
    Some(Amount { text: text.to_owned(), cents })
}

/// Writes what was booked, in the unit and without zeros that say nothing: `211.5`, `1000`.
pub(super) fn write(cents: Cents, unit: MoneyUnit) -> String {
    match unit {
        MoneyUnit::Major => money::decimal(cents, 2).trim_end_matches('0').trim_end_matches('.').to_owned(),
        MoneyUnit::Minor => cents.to_string(),
    }
}

/// Where an amount stands, which decides whether it is a number or a text (C3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Answers to creation and refunds, and webhooks.
    Creation,
    /// Status calls.
    Status,
}

/// An amount in an answer.
pub(super) fn node(text: &str, place: Place, mode: ReplyAmounts) -> Node {
    match (mode, place) {
        (ReplyAmounts::AsDocumented, Place::Creation) | (ReplyAmounts::Numbers, _) => Node::Number(text.to_owned()),
        _ => Node::text(text),
    }
}

/// The fee of a payout: 5 % and 1.50, so that the documented example (200 costs 11.5) comes out. Invented.
pub(super) fn fee(cents: Cents) -> Cents {
    cents.saturating_mul(5).saturating_add(50) / 100 + 150
}

/// A positive decimal of any length, such as an amount of crypto; from a JSON number or text.
pub(super) fn coins(raw: &str) -> Option<Decimal> {
    let text: String = serde_json::from_str(raw).unwrap_or_else(|_| raw.to_owned());
    Decimal::from_str_exact(&text).ok().filter(|coins| coins.is_sign_positive() && !coins.is_zero())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_keep_their_text_and_are_booked_exactly() {
        let cents = |text, unit| read(text, unit).map(|amount| amount.cents);
        for (text, booked) in [("100", 10_000), ("1.00", 100), ("12.5", 1_250), ("1e2", 10_000), ("0.01", 1)] {
            assert_eq!(read(text, MoneyUnit::Major), Some(Amount { text: text.to_owned(), cents: booked }));
        }
        for text in ["0", "-1", "0.001", "\"1\"", "true", "", "1e400"] {
            assert_eq!(cents(text, MoneyUnit::Major), None, "{text}");
        }
        assert_eq!(cents("10050", MoneyUnit::Minor), Some(10_050));
        assert_eq!(cents("100.5", MoneyUnit::Minor), None);
    }

    #[test]
    fn the_documented_estimate_comes_out() {
        let major = |cents| write(cents, MoneyUnit::Major);
        assert_eq!(
            (major(fee(20_000)), major(20_000 + fee(20_000)), major(100_000)),
            ("11.5".into(), "211.5".into(), "1000".into())
        );
        assert_eq!((major(1), write(21_150, MoneyUnit::Minor)), ("0.01".into(), "21150".into()));
    }

    #[test]
    fn coins_are_numbers_or_texts() {
        assert_eq!(coins("0.00012345").unwrap().to_string(), "0.00012345");
        assert_eq!(coins("\"1.50\"").unwrap().to_string(), "1.50");
        for raw in ["0", "-1", "\"\"", "\"x\"", "true", "{}"] {
            assert_eq!(coins(raw), None, "{raw}");
        }
    }
}

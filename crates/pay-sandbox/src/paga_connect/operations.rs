//! What the operations share: amounts, references, and references that were used before.

use super::book::{Kind, Movement};
use super::modes::DuplicateReference;
use super::results::{BAD_AMOUNT, BAD_REFERENCE, DUPLICATE_REFERENCE, Failure, MISSING_PARAMETER};
use super::state::{Call, State};
use crate::json::Node;
use crate::money::{self, Cents};

/// Longer ones are refused, as by another of Paga's APIs.
const LONGEST_REFERENCE: usize = 50;

/// A value that must be there.
pub(super) fn required(value: Option<&str>) -> Result<&str, Failure> {
    value.filter(|value| !value.trim().is_empty()).ok_or(MISSING_PARAMETER)
}

/// A reference of 1 to 50 characters.
pub(super) fn reference(text: &str) -> Result<&str, Failure> {
    let length = text.chars().count();
    if (1..=LONGEST_REFERENCE).contains(&length) { Ok(text) } else { Err(BAD_REFERENCE) }
}

/// An amount in naira: a plain decimal above zero with at most two places.
pub(super) fn amount(text: &str) -> Result<Cents, Failure> {
    let plain = text.chars().all(|c| c.is_ascii_digit() || c == '.') && text.starts_with(|c: char| c.is_ascii_digit());
    let places = text.split_once('.').map_or(0, |(_, places)| places.len());
    let cents = money::cents(text).filter(|cents| plain && places <= 2 && *cents > 0);
    cents.ok_or(BAD_AMOUNT)
}

/// An amount as a result holds it.
pub(super) fn number(cents: Cents) -> Node {
    Node::Number(money::decimal(cents, 1))
}

/// The first movement of a reference, where it is answered again. `Ok(None)`: the reference is new.
pub(super) fn replayed(
    state: &State,
    call: &Call<'_>,
    kind: Kind,
    reference: &str,
) -> Result<Option<Movement>, Failure> {
    let Some(first) = state.book.by_reference(call.allowed.client, reference) else { return Ok(None) };
    let same = first.kind == kind && first.user == call.allowed.user;
    match state.modes.duplicate_reference {
        DuplicateReference::Replayed if same => Ok(Some(first.clone())),
        _ => Err(DUPLICATE_REFERENCE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_plain_decimals() {
        for (text, cents) in [("500", 50_000), ("500.0", 50_000), ("0.01", 1), ("1234567.89", 123_456_789)] {
            assert_eq!(amount(text), Ok(cents));
        }
        for text in ["0", "0.00", "-1", "+1", "1e3", "1.0E7", "1.005", "1.000", "1,5", ".5", "", "x", "1 ", "NaN"] {
            assert_eq!(amount(text), Err(BAD_AMOUNT), "{text}");
        }
        assert!(reference(&"x".repeat(50)).is_ok() && reference(&"x".repeat(51)).is_err());
    }
}

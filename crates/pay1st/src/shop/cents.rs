//! Money of the Shop's summaries: whole cents.

use pay_core::Amount;
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// An amount in cents, as the Shop's summaries count. That it is cents follows from the notes on migration, which say that
/// the newer field "is no longer in cents".
///
/// No conversion guesses how many decimals a currency has: [`in_main_unit`](Cents::in_main_unit) is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Cents(i64);

impl Cents {
    /// So many cents.
    pub fn new(cents: i64) -> Self {
        Self(cents)
    }

    /// The number.
    pub fn get(self) -> i64 {
        self.0
    }

    /// The amount in the currency's main unit, where that currency has so many decimals: 1000 with 2 is `10.00`.
    ///
    /// `None` for more than 28 decimals.
    pub fn in_main_unit(self, decimals: u32) -> Option<Amount> {
        Amount::from_minor(self.0, decimals)
    }
}

impl fmt::Display for Cents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cents", self.0)
    }
}

impl<'de> Deserialize<'de> for Cents {
    /// A whole JSON number. A number with a point is refused: it would not be cents.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        i64::deserialize(deserializer).map(Self)
    }
}

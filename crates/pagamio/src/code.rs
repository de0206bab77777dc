//! What the provider's codes mean for the reference that they answer.

use crate::generated::codes::{Code, Meaning};
use pay_core::Outcome;

impl Code {
    /// Whether it refuses a sale for good.
    pub(crate) fn is_final(&self) -> bool {
        matches!(self.meaning(), Some(Meaning::Failure(_, Outcome::Refused)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_round_trip_and_unknown_ones_stay() {
        for text in ["0", "1009", "1300", "77777", "", "00"] {
            assert_eq!(Code::from(text).as_str(), text);
        }
        assert_eq!(Code::from("00"), Code::Unknown("00".into()));
    }
}

//! How a transaction's state moves.

use crate::generated::types::TransactionState;
use pay_core::webhook::{Advance, Stage, advance};

impl TransactionState {
    /// How far the transaction is. What no document lists is [`Stage::Open`]. A reversal gives the money back, so it comes after
    /// paid; a transaction that is cancelled or in error has moved none, or none that stays: a refused deposit goes back to its payer.
    pub fn stage(&self) -> Stage {
        match self {
            Self::Created => Stage::New,
            Self::Registered => Stage::Open,
            Self::Completed => Stage::Paid,
            Self::Reversed => Stage::Refunded,
            Self::Cancelled | Self::Error => Stage::Dead,
            _ => Stage::Open,
        }
    }

    /// Whether `event` moves a transaction that is stored as `self`, whatever order deliveries come in.
    ///
    /// Never from a final state back to an intermediate one; completed and then reversed is forward; completed and cancelled or in
    /// error contradict each other: then [`confirm`](crate::Client::confirm).
    pub fn advance(&self, event: &Self) -> Advance {
        advance(self.stage(), event.stage(), self == event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Advance::{Conflict, Ignored, Moved};

    #[test]
    fn every_pair_of_states_is_as_the_table_says() {
        const NAMES: [&str; 7] =
            ["Created", "Registered", "On the moon", "Completed", "Reversed", "Cancelled", "Error"];
        // Rows: stored; columns: event, both in this order.
        let table = [
            [Ignored, Moved, Moved, Moved, Moved, Moved, Moved],
            [Ignored, Ignored, Moved, Moved, Moved, Moved, Moved],
            [Ignored, Moved, Ignored, Moved, Moved, Moved, Moved],
            [Ignored, Ignored, Ignored, Ignored, Moved, Conflict, Conflict],
            [Ignored, Ignored, Ignored, Ignored, Ignored, Conflict, Conflict],
            [Ignored, Ignored, Ignored, Conflict, Conflict, Ignored, Ignored],
            [Ignored, Ignored, Ignored, Conflict, Conflict, Ignored, Ignored],
        ];
        for (stored, row) in NAMES.into_iter().zip(table) {
            for (event, expected) in NAMES.into_iter().zip(row) {
                let step = TransactionState::from(stored).advance(&TransactionState::from(event));
                assert_eq!(step, expected, "{stored} then {event}");
            }
        }
    }
}

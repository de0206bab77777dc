//! The states of a transaction, and which may follow which.

use crate::SaleState;
use serde::Serialize;

/// Where a transaction stands: the provider's own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub enum State {
    /// Received.
    Created,
    /// Registered with the banks; waits for the payer, or for the withdrawal to go through.
    Registered,
    /// Paid.
    Completed,
    /// Paid, and wholly reversed afterwards.
    Reversed,
    /// Cancelled before it was paid.
    Cancelled,
    /// Failed while it was processed.
    Error,
}

impl State {
    /// The state's name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "Created",
            Self::Registered => "Registered",
            Self::Completed => "Completed",
            Self::Reversed => "Reversed",
            Self::Cancelled => "Cancelled",
            Self::Error => "Error",
        }
    }

    /// Whether nothing was paid yet and something still may be.
    pub(super) fn is_open(self) -> bool {
        matches!(self, Self::Created | Self::Registered)
    }

    /// Whether a transaction may move on from here to there.
    pub(super) fn leads_to(self, next: Self) -> bool {
        match next {
            Self::Created => false,
            Self::Registered => self == Self::Created,
            Self::Reversed => self == Self::Completed,
            Self::Completed | Self::Cancelled | Self::Error => self.is_open(),
        }
    }

    /// As the ledger has a deposit. A reversal is a refund there: what was paid stays paid.
    pub(super) fn booked(self) -> SaleState {
        match self {
            Self::Created | Self::Registered => SaleState::Open,
            Self::Completed | Self::Reversed => SaleState::Completed,
            Self::Cancelled | Self::Error => SaleState::Failed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::State::{Cancelled, Completed, Created, Error, Registered, Reversed};
    use super::*;

    #[test]
    fn eight_moves_of_thirty_six_are_there() {
        let all = [Created, Registered, Completed, Reversed, Cancelled, Error];
        let moves: Vec<(State, State)> =
            all.into_iter().flat_map(|from| all.map(|to| (from, to))).filter(|(from, to)| from.leads_to(*to)).collect();
        assert_eq!(
            moves,
            [
                (Created, Registered),
                (Created, Completed),
                (Created, Cancelled),
                (Created, Error),
                (Registered, Completed),
                (Registered, Cancelled),
                (Registered, Error),
                (Completed, Reversed),
            ]
        );
    }
}

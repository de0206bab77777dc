//! Whether an event moves what is stored: deliveries come twice, late and in any order.

/// What an event does to a stored status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[must_use]
pub enum Advance {
    /// Forward: store the event's status, and act on it.
    Moved,
    /// The same, or an earlier one that came late: keep what is stored.
    Ignored,
    /// Both cannot hold, such as paid and failed: ask the provider, and let a person look.
    Conflict,
}

/// How far a payment is, without the names that a provider gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Made, and nothing happened yet.
    New,
    /// Under way, and whatever is not known.
    Open,
    /// Ended without money.
    Dead,
    /// Paid.
    Paid,
    /// Paid, and given back.
    Refunded,
    /// Paid, and taken back by the payer's bank.
    ChargedBack,
}

/// Compares a stored status with that of an event. `same` says that both have one name; two names can share a stage.
///
/// Never from paid back to open or new; paid to refunded or charged back is forward; no circle leads back to
/// where it began, so every order of the same events ends.
///
/// ```
/// use pay_core::webhook::{Advance, Stage, advance};
/// assert_eq!(advance(Stage::Open, Stage::Paid, false), Advance::Moved);
/// assert_eq!(advance(Stage::Paid, Stage::Open, false), Advance::Ignored);
/// assert_eq!(advance(Stage::Paid, Stage::Dead, false), Advance::Conflict);
/// ```
pub fn advance(stored: Stage, event: Stage, same: bool) -> Advance {
    use Stage::{ChargedBack, Dead, New, Open, Paid, Refunded};
    if same {
        return Advance::Ignored;
    }
    match (stored, event) {
        (New, Open | Dead | Paid | Refunded | ChargedBack) => Advance::Moved,
        // Between two names of "under way" no document gives an order: the newer delivery is believed.
        (Open, Open | Dead | Paid | Refunded | ChargedBack) => Advance::Moved,
        (Paid, Refunded | ChargedBack) => Advance::Moved,
        // After a refund in part the payer's bank can still take back the rest.
        (Refunded, ChargedBack) => Advance::Moved,
        (Dead, Paid | Refunded | ChargedBack) | (Paid | Refunded | ChargedBack, Dead) => Advance::Conflict,
        (ChargedBack, Refunded) => Advance::Conflict,
        // Another name of the same end, or something earlier that came late.
        (_, New | Open) | (Dead, Dead) | (Refunded | ChargedBack, Paid) => Advance::Ignored,
        (Paid, Paid) | (Refunded, Refunded) | (ChargedBack, ChargedBack) => Advance::Ignored,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Advance::{Conflict, Ignored, Moved};
    use Stage::{ChargedBack, Dead, New, Open, Paid, Refunded};

    const ALL: [Stage; 6] = [New, Open, Dead, Paid, Refunded, ChargedBack];

    #[test]
    fn every_pair_is_as_the_table_says() {
        // Rows: stored; columns: New, Open, Dead, Paid, Refunded, ChargedBack, each under another name.
        let table = [
            (New, [Ignored, Moved, Moved, Moved, Moved, Moved]),
            (Open, [Ignored, Moved, Moved, Moved, Moved, Moved]),
            (Dead, [Ignored, Ignored, Ignored, Conflict, Conflict, Conflict]),
            (Paid, [Ignored, Ignored, Conflict, Ignored, Moved, Moved]),
            (Refunded, [Ignored, Ignored, Conflict, Ignored, Ignored, Moved]),
            (ChargedBack, [Ignored, Ignored, Conflict, Ignored, Conflict, Ignored]),
        ];
        for (stored, row) in table {
            for (event, expected) in ALL.into_iter().zip(row) {
                assert_eq!(advance(stored, event, false), expected, "{stored:?} then {event:?}");
                assert_eq!(advance(stored, event, true), Ignored, "{stored:?} then the same");
            }
        }
    }

    #[test]
    fn money_that_came_is_never_forgotten_in_any_order() {
        let paid = |stage| matches!(stage, Paid | Refunded | ChargedBack);
        for a in ALL {
            for b in ALL {
                for c in ALL {
                    let mut stored = New;
                    let mut was_paid = false;
                    for event in [a, b, c] {
                        if advance(stored, event, stored == event) == Moved {
                            stored = event;
                        }
                        assert!(paid(stored) || !was_paid, "{a:?} {b:?} {c:?}");
                        was_paid = paid(stored);
                    }
                }
            }
        }
    }
}

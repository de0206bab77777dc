//! How a payment's status moves.

use crate::PaymentStatus;
use pay_core::webhook::{Advance, Stage, advance};

impl PaymentStatus {
    /// How far the payment is. What no document puts into a group, and what no document lists, is [`Stage::Open`].
    /// The groups are our reading: no page says which statuses are final.
    pub fn stage(&self) -> Stage {
        match self {
            Self::New => Stage::New,
            Self::Refund => Stage::Refunded,
            Self::Chargeback => Stage::ChargedBack,
            status if status.is_paid() => Stage::Paid,
            status if status.is_dead() => Stage::Dead,
            _ => Stage::Open,
        }
    }

    /// Whether `event` moves a payment that is stored as `self`, whatever order deliveries come in.
    ///
    /// Never from paid back to open; paid to refunded or charged back is forward; paid and failed contradict each other:
    /// then [`confirm`](crate::Client::confirm).
    pub fn advance(&self, event: &Self) -> Advance {
        advance(self.stage(), event.stage(), self == event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The 17 of the documents, and one that they do not list.
    const ALL: [(&str, Stage); 18] = [
        ("NEW", Stage::New),
        ("PENDING", Stage::Open),
        ("PAY_OFFLINE", Stage::Open),
        ("PENDING_INVESTIGATION", Stage::Open),
        ("READY", Stage::Open),
        ("SEND_BIRTHDAY", Stage::Open),
        ("SEND_PHONE", Stage::Open),
        ("SEND_PIN", Stage::Open),
        ("SEND_OTP", Stage::Open),
        ("SEND_VALIDATION_TOKEN", Stage::Open),
        ("VALIDATED", Stage::Open),
        ("ON_THE_MOON", Stage::Open),
        ("SUCCESSFUL", Stage::Paid),
        ("FAILED", Stage::Dead),
        ("CANCELLED", Stage::Dead),
        ("ABANDONED", Stage::Dead),
        ("REFUND", Stage::Refunded),
        ("CHARGEBACK", Stage::ChargedBack),
    ];

    #[test]
    fn every_pair_of_statuses() {
        let mut counts = [0; 3];
        for (stored, from) in ALL {
            for (event, to) in ALL {
                let step = PaymentStatus::from(stored).advance(&PaymentStatus::from(event));
                let paid = |stage| matches!(stage, Stage::Paid | Stage::Refunded | Stage::ChargedBack);
                let expected = match (from, to) {
                    _ if stored == event => Advance::Ignored,
                    (Stage::New, _) => Advance::Moved,
                    (Stage::Open, Stage::New) => Advance::Ignored,
                    (Stage::Open, _) => Advance::Moved,
                    (_, Stage::New | Stage::Open) => Advance::Ignored,
                    (Stage::Dead, Stage::Dead) => Advance::Ignored,
                    (a, b) if paid(a) != paid(b) => Advance::Conflict,
                    (Stage::Paid, _) | (Stage::Refunded, Stage::ChargedBack) => Advance::Moved,
                    (Stage::ChargedBack, Stage::Refunded) => Advance::Conflict,
                    _ => Advance::Ignored,
                };
                assert_eq!(step, expected, "{stored} then {event}");
                counts[step as usize] += 1;
            }
        }
        // Counted by hand from the groups: 1 new, 11 open, 3 dead, 1 each of paid, refunded, charged back.
        let moved = 17 + 11 * (10 + 6) + 2 + 1;
        let conflict = 3 * 3 + 3 * 3 + 1;
        assert_eq!(counts, [moved, 18 * 18 - moved - conflict, conflict]);
    }

    #[test]
    fn what_must_never_happen() {
        let advance = |a: &str, b: &str| PaymentStatus::from(a).advance(&PaymentStatus::from(b));
        assert_eq!(advance("SUCCESSFUL", "PENDING"), Advance::Ignored);
        assert_eq!(advance("SUCCESSFUL", "ON_THE_MOON"), Advance::Ignored);
        assert_eq!(advance("SUCCESSFUL", "REFUND"), Advance::Moved);
        assert_eq!(advance("REFUND", "SUCCESSFUL"), Advance::Ignored);
        assert_eq!(advance("FAILED", "SUCCESSFUL"), Advance::Conflict);
        assert_eq!(advance("ON_THE_MOON", "SUCCESSFUL"), Advance::Moved);
    }
}

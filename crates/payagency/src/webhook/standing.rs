//! How what is known of a payment moves, whatever the order in which events arrive.

use crate::generated::types::PaymentStatus;
use crate::paid::Record;
use pay_core::webhook::{Advance, Stage, advance};

/// Where a payment stands: what a merchant keeps of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_structs)]
pub struct Standing {
    /// The provider's word.
    pub status: PaymentStatus,
    /// Whether it was refunded.
    pub refunded: bool,
    /// Whether it was charged back.
    pub charged_back: bool,
}

impl Standing {
    /// As an event or a status call tells it.
    pub fn of(record: &Record) -> Self {
        Self { status: record.status.clone(), refunded: record.is_refunded(), charged_back: record.is_charged_back() }
    }

    /// How far the payment is. `ABANDONED` is open: no document says that it is final. What no document lists is open too.
    pub fn stage(&self) -> Stage {
        match &self.status {
            PaymentStatus::Init => Stage::New,
            PaymentStatus::Failed | PaymentStatus::Blocked => Stage::Dead,
            PaymentStatus::Success if self.charged_back => Stage::ChargedBack,
            PaymentStatus::Success if self.refunded => Stage::Refunded,
            PaymentStatus::Success => Stage::Paid,
            _ => Stage::Open,
        }
    }

    /// What `event` does to `self`, which is stored: where it moves, store the event's standing.
    ///
    /// Paid goes on to refunded and charged back, and never back to open; paid and failed contradict each other, and so does money
    /// that came back of a payment that was never paid: then [`confirm`](crate::Client::confirm).
    pub fn advance(&self, event: &Self) -> Advance {
        let impossible =
            |standing: &Self| (standing.refunded || standing.charged_back) && standing.status != PaymentStatus::Success;
        if impossible(event) || impossible(self) {
            return Advance::Conflict;
        }
        advance(self.stage(), event.stage(), self == event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Advance::{Conflict, Ignored, Moved};
    use PaymentStatus::{Abandoned, Blocked, Failed, Init, Pending, Redirect, Success, Unknown};

    fn at(status: PaymentStatus, refunded: bool, charged_back: bool) -> Standing {
        Standing { status, refunded, charged_back }
    }

    fn all() -> Vec<Standing> {
        let statuses = [Init, Redirect, Pending, Abandoned, Success, Failed, Blocked, Unknown("NEW".into())];
        let flags = [(false, false), (true, false), (false, true), (true, true)];
        statuses.iter().flat_map(|status| flags.map(|(r, c)| at(status.clone(), r, c))).collect()
    }

    #[test]
    fn every_pair_holds_the_rules() {
        let possible = |s: &Standing| s.status == Success || !(s.refunded || s.charged_back);
        let paid = |s: &Standing| s.status == Success;
        let dead = |s: &Standing| matches!(s.status, Failed | Blocked);
        let mut counts = [0; 3];
        for stored in all() {
            for event in all() {
                let advance = stored.advance(&event);
                counts[advance as usize] += 1;
                let context = format!("{stored:?} then {event:?}: {advance:?}");
                if !possible(&stored)
                    || !possible(&event)
                    || paid(&stored) && dead(&event)
                    || dead(&stored) && paid(&event)
                {
                    assert_eq!(advance, Conflict, "{context}");
                } else if stored == event {
                    assert_eq!(advance, Ignored, "{context}");
                } else if paid(&stored) && paid(&event) {
                    // Money that came back stays back.
                    let further = event.charged_back && !stored.charged_back
                        || event.refunded && !stored.refunded && !stored.charged_back;
                    assert_eq!(advance == Moved, further, "{context}");
                } else if paid(&stored) || dead(&stored) {
                    assert_eq!(advance, Ignored, "{context}");
                } else if paid(&event) || dead(&event) {
                    assert_eq!(advance, Moved, "{context}");
                }
            }
        }
        assert_eq!(counts.iter().sum::<i32>(), 32 * 32);
    }

    #[test]
    fn what_must_never_happen() {
        let paid = at(Success, false, false);
        assert_eq!(paid.advance(&at(Pending, false, false)), Ignored);
        assert_eq!(paid.advance(&at(Unknown("X".into()), false, false)), Ignored);
        assert_eq!(paid.advance(&at(Success, true, false)), Moved);
        assert_eq!(at(Success, true, false).advance(&at(Success, true, true)), Moved);
        assert_eq!(at(Success, true, true).advance(&paid), Ignored);
        assert_eq!(at(Failed, false, false).advance(&paid), Conflict);
        assert_eq!(at(Abandoned, false, false).advance(&paid), Moved);
    }
}

//! How what is known of a payment moves, whatever the order in which events arrive.

use crate::generated::types::PaymentStatus;
use crate::paid::Record;

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

/// What an event does to what is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a move must be stored, and a conflict looked at"]
#[allow(clippy::exhaustive_enums)]
pub enum Advance {
    /// It goes on: store this.
    Moved(Standing),
    /// Known, or older than what is known.
    Ignored,
    /// Both cannot be true: ask the status call, and let a person look.
    Conflict,
}

impl Standing {
    /// As an event or a status call tells it.
    pub fn of(record: &Record) -> Self {
        Self {
            status: record.status.clone(),
            refunded: record.is_refunded(),
            charged_back: record.is_charged_back(),
        }
    }

    /// What `event` does to `self`, which is stored. Paid goes on to refunded and charged back, and never back; one final word never
    /// turns into another; money that came back of a payment that failed is a conflict.
    pub fn advance(&self, event: &Self) -> Advance {
        let (Some(from), Some(to)) = (rank(&self.status), rank(&event.status)) else {
            // A word that nobody documents says nothing about the order.
            return if self == event { Advance::Ignored } else { Advance::Conflict };
        };
        let came_back = |standing: &Self| standing.refunded || standing.charged_back;
        let impossible = |standing: &Self| came_back(standing) && standing.status != PaymentStatus::Success;
        if impossible(self) || impossible(event) {
            return Advance::Conflict;
        }
        if from == FINAL && to == FINAL && self.status != event.status {
            return Advance::Conflict;
        }
        if to < from {
            return Advance::Ignored;
        }
        let next = Self {
            status: event.status.clone(),
            refunded: self.refunded || event.refunded,
            charged_back: self.charged_back || event.charged_back,
        };
        if next == *self { Advance::Ignored } else { Advance::Moved(next) }
    }
}

const FINAL: u8 = 4;

/// How far a payment has come. The order of the words before the final ones is our reading.
fn rank(status: &PaymentStatus) -> Option<u8> {
    Some(match status {
        PaymentStatus::Init => 0,
        PaymentStatus::Redirect => 1,
        PaymentStatus::Pending => 2,
        PaymentStatus::Abandoned => 3,
        PaymentStatus::Success | PaymentStatus::Failed | PaymentStatus::Blocked => FINAL,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use PaymentStatus::{Abandoned, Blocked, Failed, Init, Pending, Redirect, Success, Unknown};

    fn all() -> Vec<Standing> {
        let statuses = [Init, Redirect, Pending, Abandoned, Success, Failed, Blocked, Unknown("NEW".into())];
        let flags = [(false, false), (true, false), (false, true), (true, true)];
        let pairs = statuses.iter().flat_map(|status| flags.map(|flags| (status.clone(), flags)));
        pairs.map(|(status, (refunded, charged_back))| Standing { status, refunded, charged_back }).collect()
    }

    fn possible(standing: &Standing) -> bool {
        standing.status == Success || !(standing.refunded || standing.charged_back)
    }

    #[test]
    fn every_pair_holds_the_rules() {
        let mut counts = [0; 3];
        for stored in all() {
            for event in all() {
                let advance = stored.advance(&event);
                let (a, b) = (&stored.status, &event.status);
                match &advance {
                    Advance::Moved(next) => {
                        counts[0] += 1;
                        assert_eq!(next.status, event.status);
                        assert!(!a.is_final() || a == b, "a final word changed: {stored:?} {event:?}");
                        assert!(next.refunded >= stored.refunded && next.charged_back >= stored.charged_back);
                        // Told once more, it says nothing new.
                        assert_eq!(next.advance(&event), Advance::Ignored);
                    }
                    Advance::Ignored => {
                        counts[1] += 1;
                        assert!(stored == event || possible(&stored) && possible(&event));
                        assert!(stored.refunded >= event.refunded && stored.charged_back >= event.charged_back);
                    }
                    Advance::Conflict => counts[2] += 1,
                }
                if stored == event && possible(&stored) {
                    assert_eq!(advance, Advance::Ignored);
                }
                if !possible(&event) && stored != event {
                    assert_eq!(advance, Advance::Conflict, "{stored:?} {event:?}");
                }
                if a.is_final() && b.is_final() && a != b {
                    assert_eq!(advance, Advance::Conflict);
                }
            }
        }
        assert_eq!(counts.iter().sum::<i32>(), 32 * 32);
        assert!(counts.iter().all(|count| *count > 0), "{counts:?}");
    }

    #[test]
    fn paid_goes_on_to_refunded_and_charged_back_in_any_order() {
        let at = |refunded, charged_back| Standing { status: Success, refunded, charged_back };
        assert_eq!(at(false, false).advance(&at(true, false)), Advance::Moved(at(true, false)));
        assert_eq!(at(true, false).advance(&at(false, true)), Advance::Moved(at(true, true)));
        assert_eq!(at(true, true).advance(&at(false, false)), Advance::Ignored);
        let failed = Standing { status: Failed, refunded: false, charged_back: false };
        assert_eq!(failed.advance(&at(false, false)), Advance::Conflict);
    }
}

//! A retry budget per client: when a provider is down, repeats stop long before they become a flood.

use std::sync::atomic::{AtomicU32, Ordering};

/// Tokens that repeats cost and successes give back.
#[derive(Debug)]
pub(crate) struct Budget {
    left: AtomicU32,
}

impl Budget {
    /// What a client starts with and never exceeds.
    const FULL: u32 = 500;
    /// What one repeat costs: an outage costs at most 50 of them.
    const COST: u32 = 10;

    pub(crate) fn new() -> Self {
        Self { left: AtomicU32::new(Self::FULL) }
    }

    /// Pays for one repeat; `false` when the budget is empty.
    pub(crate) fn withdraw(&self) -> bool {
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(Self::COST)).is_ok()
    }

    /// A call ended well after `repeats` repeats: what they cost comes back, and one for a call without any.
    pub(crate) fn deposit(&self, repeats: u32) {
        let give = (repeats * Self::COST).max(1);
        // A full budget, the usual case, is only read: concurrent calls then share no write.
        if self.left.load(Ordering::Relaxed) < Self::FULL {
            let _ = self
                .left
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| Some((left + give).min(Self::FULL)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_costs_fifty_repeats_and_successes_refill() {
        let budget = Budget::new();
        assert_eq!((0..1000).filter(|_| budget.withdraw()).count(), 50);
        for _ in 0..9 {
            budget.deposit(0);
        }
        assert!(!budget.withdraw());
        budget.deposit(0);
        assert!(budget.withdraw());
        budget.deposit(3);
        assert_eq!((0..1000).filter(|_| budget.withdraw()).count(), 3);
    }
}

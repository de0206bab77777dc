//! Events that come twice, late and in any order, to handlers that fail: each has one effect, and the stored state ends where it must.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod webhook_support;

use pagfast::TransactionState;
use pagfast::webhook::{Advance, Event, EventKey, GuardError, MemoryGuard, Once, TransactionEvent, once};
use proptest::prelude::*;
use std::collections::HashMap;
use std::time::Duration;
use webhook_support::*;

const LEASE: Duration = Duration::from_secs(30);
/// What a transaction can go through, by the table of states; the last is where it ends.
const LIVES: [&[&str]; 4] = [
    &["Created", "Registered", "Completed"],
    &["Registered", "Completed", "Reversed"],
    &["Registered", "Cancelled"],
    &["Created", "Registered", "Error"],
];

fn event(id: usize, state: &str) -> TransactionEvent {
    let body = format!(r#"{{"id":"T-{id}","transactionState":"{state}","transactionAmount":"1.00"}}"#);
    let received = webhooks().verify(body.as_bytes(), &deliver(body.as_bytes()), moment());
    let Some(Event::Transaction(event)) = received.verified() else { panic!("signed and fresh") };
    *event
}

/// A shop's books: how often each event acted, and where each transaction stands.
#[derive(Default)]
struct Books {
    effects: HashMap<EventKey, u32>,
    stored: HashMap<String, TransactionState>,
}

async fn handle(guard: &MemoryGuard, books: &mut Books, event: &TransactionEvent, fails: bool) -> bool {
    let key = event.key();
    let done = once(guard, &key, LEASE, || async {
        if fails {
            return Err(GuardError("the effect failed".into()));
        }
        *books.effects.entry(key.clone()).or_default() += 1;
        let stored = books.stored.entry(event.id.clone()).or_insert(TransactionState::Created);
        if stored.advance(&event.state) == Advance::Moved {
            *stored = event.state.clone();
        }
        Ok(())
    });
    matches!(done.await, Ok(Once::Acted(()) | Once::DoneBefore))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 50, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn each_event_acts_once_and_every_order_ends_alike(
        order in Just((0..60).collect::<Vec<usize>>()).prop_shuffle(),
        fails in proptest::collection::vec(any::<bool>(), 60),
    ) {
        let lives: Vec<_> = (0..20).map(|id| (id, LIVES[id % LIVES.len()])).collect();
        let once_each: Vec<_> = lives.iter().flat_map(|(id, life)| life.iter().map(|state| event(*id, state))).collect();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let (guard, mut books) = (MemoryGuard::new(1000), Books::default());
        runtime.block_on(async {
            // Some fail and are sent again; then all come once more, the other way round.
            for at in &order {
                let event = &once_each[at % once_each.len()];
                if !handle(&guard, &mut books, event, fails[*at]).await {
                    assert!(handle(&guard, &mut books, event, false).await);
                }
            }
            for event in once_each.iter().rev() {
                assert!(handle(&guard, &mut books, event, false).await);
            }
        });
        prop_assert_eq!(books.effects.len(), once_each.len());
        prop_assert!(books.effects.values().all(|times| *times == 1));
        for (id, life) in lives {
            prop_assert_eq!(books.stored[&format!("T-{id}")].as_str(), *life.last().unwrap());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_guard_that_is_offered_keeps_every_rule() {
    pay_core::webhook::conformance::replay_guard(&MemoryGuard::new(1000), tokio::time::sleep).await.unwrap();
}

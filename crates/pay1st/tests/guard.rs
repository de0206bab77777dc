//! The replay guard under load: events delivered often, in any order, to handlers that crash.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod webhook_support;

use async_trait::async_trait;
use pay1st::webhook::{
    Claim, Claimed, Committed, Event, EventKey, GuardError, MemoryGuard, Once, ReplayGuard, Webhooks, once,
};
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use webhook_support::*;

const TASKS: usize = 16;
const PAYMENTS: usize = 150;
const STATUSES: [&str; 4] = ["PENDING", "SUCCESSFUL", "REFUND", "ON_THE_MOON"];
const LEASE: Duration = Duration::from_secs(30);
/// How often a sender tries before it gives an event up; enough for a good guard, and an end for a bad one.
const TRIES: u32 = 60;

/// A small generator of numbers, so that a run can be repeated.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }
}

#[derive(Clone)]
struct Delivery {
    body: String,
    tries: u32,
}

/// Everything that the tasks of one run share.
struct Run {
    webhooks: Webhooks,
    guard: Box<dyn ReplayGuard>,
    queue: Mutex<VecDeque<Delivery>>,
    effects: Mutex<HashMap<EventKey, u32>>,
    crashes: AtomicUsize,
    held: AtomicUsize,
    before: AtomicUsize,
}

/// What a handler does instead of its work.
#[derive(Clone, Copy, PartialEq)]
enum Crash {
    No,
    /// It returns an error: the claim is given back.
    Error,
    /// It panics, as if the process died: the claim ends by itself.
    Panic,
    /// Its future is dropped, as when the connection goes away.
    Dropped,
}

impl From<GuardError> for Crash {
    fn from(_: GuardError) -> Self {
        Self::Error
    }
}

async fn handle(run: &Run, key: &EventKey, crash: Crash, work: Duration) -> Result<Once<()>, Crash> {
    once(&*run.guard, key, LEASE, || async {
        tokio::time::sleep(work).await;
        match crash {
            Crash::Error => return Err(Crash::Error),
            Crash::Panic => panic!("crashed before the effect"),
            Crash::Dropped => std::future::pending().await,
            Crash::No => {}
        }
        *run.effects.lock().unwrap().entry(key.clone()).or_default() += 1;
        Ok(())
    })
    .await
}

async fn task(run: Arc<Run>, seed: u64) {
    let mut dice = Dice(seed);
    loop {
        let Some(delivery) = run.queue.lock().unwrap().pop_front() else { return };
        let received = run.webhooks.verify(delivery.body.as_bytes(), &deliver(delivery.body.as_bytes()), moment());
        let Some(Event::Payment(event)) = received.verified() else { panic!("signed and fresh") };
        let crash = match dice.below(10) {
            0 => Crash::Error,
            1 => Crash::Panic,
            2 => Crash::Dropped,
            _ => Crash::No,
        };
        let work = Duration::from_millis(u64::try_from(dice.below(20)).unwrap());
        let (inner, key) = (run.clone(), event.key());
        let mut handler = tokio::spawn(async move { handle(&inner, &key, crash, work).await });
        // A dropped handler is one that its server aborts after a while.
        let answer = match tokio::time::timeout(Duration::from_secs(2), &mut handler).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_panicked)) => Err(Crash::Panic),
            Err(_timeout) => {
                handler.abort();
                Err(Crash::Dropped)
            }
        };
        let again = match answer {
            Ok(Once::Acted(()) | Once::ActedLate(())) => false,
            Ok(Once::DoneBefore) => {
                run.before.fetch_add(1, Ordering::Relaxed);
                false
            }
            Ok(Once::Held) => {
                run.held.fetch_add(1, Ordering::Relaxed);
                true
            }
            Err(_) => {
                run.crashes.fetch_add(1, Ordering::Relaxed);
                true
            }
        };
        if again && delivery.tries < TRIES {
            tokio::time::sleep(Duration::from_secs(10)).await;
            run.queue.lock().unwrap().push_back(Delivery { tries: delivery.tries + 1, ..delivery });
        }
    }
}

/// Events, surplus effects, lost events.
async fn flood(guard: impl ReplayGuard + 'static, seed: u64) -> (usize, u32, usize, Arc<Run>) {
    std::panic::set_hook(Box::new(|info| {
        let meant = info.payload().downcast_ref::<&str>() == Some(&"crashed before the effect");
        if !meant {
            eprintln!("{info}");
        }
    }));
    let mut dice = Dice(seed);
    let mut deliveries = Vec::new();
    for payment in 0..PAYMENTS {
        for status in STATUSES {
            let body = BODY.replace("C-142710055596150-P", &format!("C-{payment}-P")).replace("SUCCESSFUL", status);
            for _ in 0..=dice.below(5) {
                deliveries.push(Delivery { body: body.clone(), tries: 0 });
            }
        }
    }
    for last in (1..deliveries.len()).rev() {
        deliveries.swap(last, dice.below(last + 1));
    }
    let run = Arc::new(Run {
        webhooks: webhooks(),
        guard: Box::new(guard),
        queue: Mutex::new(deliveries.into()),
        effects: Mutex::default(),
        crashes: AtomicUsize::new(0),
        held: AtomicUsize::new(0),
        before: AtomicUsize::new(0),
    });
    let tasks: Vec<_> = (0..TASKS).map(|at| tokio::spawn(task(run.clone(), seed + at as u64))).collect();
    for task in tasks {
        task.await.unwrap();
    }
    let events = PAYMENTS * STATUSES.len();
    let (surplus, lost) = {
        let effects = run.effects.lock().unwrap();
        (effects.values().map(|count| count - 1).sum(), events - effects.len())
    };
    (events, surplus, lost, run)
}

#[tokio::test(start_paused = true)]
async fn one_effect_per_reference_and_status_and_none_lost() {
    for seed in 1..=5 {
        let (events, surplus, lost, run) = flood(MemoryGuard::new(10_000), seed).await;
        let [crashes, held, before] = [&run.crashes, &run.held, &run.before].map(|it| it.load(Ordering::Relaxed));
        println!(
            "{events} events, {crashes} crashes, {held} held, {before} done before: {surplus} surplus, {lost} lost"
        );
        assert_eq!((surplus, lost), (0, 0), "seed {seed}");
        assert!(crashes > 100 && held > 10 && before > 500, "the run met what it is about");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn on_several_threads_at_once() {
    let guard = Arc::new(MemoryGuard::new(1000));
    let effects = Arc::new(AtomicUsize::new(0));
    let tasks = (0..TASKS).map(|_| {
        let (guard, effects) = (guard.clone(), effects.clone());
        tokio::spawn(async move {
            for event in 0..500 {
                let key = EventKey::new("test", &[&event.to_string()]);
                let act = || async {
                    effects.fetch_add(1, Ordering::Relaxed);
                    Ok::<_, GuardError>(())
                };
                // Held by another task means that it will be done: nothing here fails.
                let _ = once(&*guard, &key, LEASE, act).await.unwrap();
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    assert_eq!(effects.load(Ordering::Relaxed), 500);
}

/// No guard at all, or one whose claims never end: the same run finds both out.
struct Bad {
    remembers: Option<Mutex<Vec<EventKey>>>,
}

#[async_trait]
impl ReplayGuard for Bad {
    async fn claim(&self, key: &EventKey, _: Duration) -> Result<Claimed, GuardError> {
        if let Some(seen) = &self.remembers {
            let mut seen = seen.lock().unwrap();
            if seen.contains(key) {
                return Ok(Claimed::Done);
            }
            seen.push(key.clone());
        }
        Ok(Claimed::Yes(Claim::new(key.clone())))
    }

    async fn commit(&self, _: &Claim) -> Result<Committed, GuardError> {
        Ok(Committed::Yes)
    }

    async fn release(&self, _: &Claim) -> Result<(), GuardError> {
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_guard_effects_repeat() {
    let (_, surplus, lost, _) = flood(Bad { remembers: None }, 1).await;
    assert!(surplus > 100 && lost == 0, "{surplus} surplus, {lost} lost");
}

#[tokio::test(start_paused = true)]
async fn with_a_mark_that_is_set_before_the_effect_events_are_lost() {
    let (_, surplus, lost, _) = flood(Bad { remembers: Some(Mutex::default()) }, 1).await;
    assert!(surplus == 0 && lost > 100, "{surplus} surplus, {lost} lost");
}

//! Which delivery is due, and what becomes of it: plain state, no I/O.

use super::delivery::{Attempt, Delivery, DeliveryState};
use super::event::Event;
use super::policy::WebhookPolicy;
use super::rules::{Rules, WebhookFault};
use super::send::Failure;
use super::target::{self, Guard};
use std::collections::{HashSet, VecDeque};
use std::time::{Duration, SystemTime};

/// Deliveries kept at most; the oldest that is over goes first.
const KEPT: usize = 2_000;

/// All deliveries, and the rules for them.
#[derive(Default)]
pub(super) struct Desk {
    items: VecDeque<Item>,
    next_id: u64,
    /// Counts resets, so that an attempt that outlives one is not booked.
    epoch: u64,
    pub(super) rules: Rules,
    pub(super) policy: WebhookPolicy,
    pub(super) guard: Guard,
}

struct Item {
    record: Delivery,
    event: Event,
    fault: Option<WebhookFault>,
    due: Option<SystemTime>,
    retries: usize,
    stamped: Option<SystemTime>,
}

/// One attempt to be made.
pub(super) struct Job {
    pub(super) id: u64,
    pub(super) epoch: u64,
    pub(super) event: Event,
    pub(super) fault: Option<WebhookFault>,
    pub(super) guard: Guard,
    pub(super) timeout: Duration,
    /// The stamp of the first attempt, where a retry repeats it.
    pub(super) stamped: Option<SystemTime>,
}

impl Desk {
    /// Takes an event, and a rule for it; answers the number of its delivery.
    pub(super) fn enqueue(&mut self, event: Event, now: SystemTime) -> u64 {
        let fault = self.rules.take(event.provider, &event.name, &event.subject);
        let copies = match fault {
            Some(WebhookFault::Duplicate(copies)) => copies,
            _ => 0,
        };
        let id = self.add(event.clone(), fault.clone(), None, now);
        for _ in 0..copies {
            self.add(event.clone(), fault.clone(), Some(id), now);
        }
        id
    }

    fn add(&mut self, event: Event, fault: Option<WebhookFault>, copy_of: Option<u64>, now: SystemTime) -> u64 {
        self.make_room();
        self.next_id += 1;
        let refused = match &event.target {
            None => Some("no webhook URL is set for this payment or in the console"),
            Some(url) => self.guard.target(url).err(),
        };
        let delay = match &fault {
            Some(WebhookFault::Delay(time)) => event.after.saturating_add(*time),
            _ => event.after,
        };
        let (state, due) = match &fault {
            _ if refused.is_some() => (DeliveryState::Refused, None),
            Some(WebhookFault::Drop) => (DeliveryState::Dropped, None),
            Some(WebhookFault::Reorder) => (DeliveryState::Held, None),
            _ => (DeliveryState::Waiting, now.checked_add(delay)),
        };
        let record = Delivery {
            id: self.next_id,
            provider: event.provider,
            subject: event.subject.clone(),
            event: event.name.clone(),
            target: event.target.as_deref().map(target::shown).unwrap_or_default(),
            body: event.shown.clone(),
            state,
            attempts: Vec::new(),
            next_attempt: None,
            refused: refused.map(str::to_owned),
            fault: fault.as_ref().map(WebhookFault::name),
            copy_of,
        };
        self.items.push_back(Item { record, event, fault, due, retries: 0, stamped: None });
        self.next_id
    }

    fn make_room(&mut self) {
        if self.items.len() >= KEPT {
            let over = self.items.iter().position(|item| !item.is_open()).unwrap_or(0);
            self.items.remove(over);
        }
    }

    /// The attempts to be made now; they count as begun.
    pub(super) fn due(&mut self, now: SystemTime) -> Vec<Job> {
        let mut busy = self.busy();
        let mut jobs = Vec::new();
        for item in &mut self.items {
            if item.record.state != DeliveryState::Waiting || item.due.is_none_or(|due| due > now) {
                continue;
            }
            if !busy.insert(item.key()) {
                continue;
            }
            item.record.state = DeliveryState::Sending;
            item.due = None;
            jobs.push(Job {
                id: item.record.id,
                epoch: self.epoch,
                event: item.event.clone(),
                fault: item.fault.clone(),
                guard: self.guard.clone(),
                timeout: self.policy.timeout,
                stamped: item.stamped.filter(|_| !item.event.restamp),
            });
        }
        jobs
    }

    /// When something is due next that can be begun.
    pub(super) fn next_due(&self) -> Option<SystemTime> {
        let busy = self.busy();
        let waiting = self.items.iter().filter(|item| item.record.state == DeliveryState::Waiting);
        waiting.filter(|item| !busy.contains(&item.key())).filter_map(|item| item.due).min()
    }

    fn busy(&self) -> HashSet<(&'static str, String)> {
        let sending = self.items.iter().filter(|item| item.record.state == DeliveryState::Sending);
        sending.map(Item::key).collect()
    }

    /// Books an attempt that has ended.
    pub(super) fn finish(
        &mut self,
        job: &Job,
        at: String,
        stamp: SystemTime,
        end: Result<u16, Failure>,
        now: SystemTime,
    ) {
        if job.epoch != self.epoch {
            return;
        }
        let retries = self.policy.retries.clone();
        let Some(item) = self.items.iter_mut().find(|item| item.record.id == job.id) else {
            return;
        };
        item.stamped.get_or_insert(stamp);
        let error = match end {
            Err(Failure::Refused(why)) => {
                item.record.refused = Some(why.to_owned());
                Some(why)
            }
            Err(Failure::Broken(why)) => Some(why),
            Ok(_) => None,
        };
        item.record.attempts.push(Attempt { at, status: end.ok(), error: error.map(str::to_owned) });
        item.record.state = match end {
            Ok(200..=299) => DeliveryState::Delivered,
            Err(Failure::Refused(_)) => DeliveryState::Refused,
            _ => match retries.get(item.retries) {
                Some(wait) => {
                    item.retries += 1;
                    item.due = now.checked_add(*wait);
                    DeliveryState::Waiting
                }
                None => DeliveryState::GivenUp,
            },
        };
        let (key, id) = (item.key(), item.record.id);
        let held =
            |item: &&mut Item| item.record.state == DeliveryState::Held && item.key() == key && item.record.id < id;
        for item in self.items.iter_mut().filter(held) {
            item.record.state = DeliveryState::Waiting;
            item.due = Some(now);
        }
    }

    /// Sends a delivery once more, without its fault. `false`: there is none with this number, or it is on its way.
    pub(super) fn resend(&mut self, id: u64, now: SystemTime) -> bool {
        let Some(item) = self.items.iter_mut().find(|item| item.record.id == id) else {
            return false;
        };
        if item.record.state == DeliveryState::Sending {
            return false;
        }
        item.fault = None;
        item.stamped = None;
        item.retries = 0;
        let refused = item.event.target.as_deref().map(|url| self.guard.target(url).err());
        if refused == Some(None) {
            item.record.refused = None;
            item.record.state = DeliveryState::Waiting;
            item.due = Some(now);
        }
        true
    }

    /// Every delivery, oldest first.
    pub(super) fn all(&self, text: impl Fn(SystemTime) -> String) -> Vec<Delivery> {
        let record = |item: &Item| Delivery { next_attempt: item.due.map(&text), ..item.record.clone() };
        self.items.iter().map(record).collect()
    }

    /// Whether a delivery has had its first attempt, or never will by itself.
    pub(super) fn was_tried(&self, id: u64) -> bool {
        let item = self.items.iter().find(|item| item.record.id == id);
        item.is_none_or(|item| !item.record.attempts.is_empty() || !item.is_open())
    }

    pub(super) fn state(&self, id: u64) -> Option<DeliveryState> {
        self.item(id).map(|item| item.record.state)
    }

    /// Whether a delivery is tried at once, was tried or never will be: all but what waits for the clock, another event, or a rule.
    pub(super) fn is_about_to_go(&self, id: u64, now: SystemTime) -> bool {
        self.item(id).is_some_and(|item| match item.record.state {
            DeliveryState::Waiting => item.due.is_some_and(|due| due <= now),
            DeliveryState::Held | DeliveryState::Dropped => false,
            _ => true,
        })
    }

    pub(super) fn was_answered(&self, id: u64) -> bool {
        self.item(id).is_some_and(|item| item.record.attempts.iter().any(|attempt| attempt.status.is_some()))
    }

    /// Ends a delivery; one that is under way is not tried again.
    pub(super) fn give_up(&mut self, id: u64) {
        for item in self.items.iter_mut().filter(|item| item.record.id == id && item.is_open()) {
            item.retries = usize::MAX;
            item.due = None;
            if item.record.state != DeliveryState::Sending {
                item.record.state = DeliveryState::GivenUp;
            }
        }
    }

    fn item(&self, id: u64) -> Option<&Item> {
        self.items.iter().find(|item| item.record.id == id)
    }

    /// Whether nothing is on its way or due.
    pub(super) fn is_idle(&self, now: SystemTime) -> bool {
        self.items
            .iter()
            .all(|item| item.record.state != DeliveryState::Sending && item.due.is_none_or(|due| due > now))
    }

    /// Forgets deliveries and rules.
    pub(super) fn reset(&mut self, guard: Guard) {
        *self = Self { epoch: self.epoch + 1, guard, ..Self::default() };
    }
}

impl Item {
    fn key(&self) -> (&'static str, String) {
        (self.event.provider, self.event.subject.clone())
    }

    /// Whether something is still to come by itself.
    fn is_open(&self) -> bool {
        use DeliveryState::{Held, Sending, Waiting};
        matches!(self.record.state, Waiting | Held | Sending)
    }
}

#[cfg(test)]
#[path = "desk_tests.rs"]
mod tests;

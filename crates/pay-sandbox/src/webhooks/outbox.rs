//! The way in: providers hand events over, users look at deliveries, set rules and resend.

use super::delivery::{Delivery, DeliveryState};
use super::desk::Desk;
use super::event::Event;
use super::policy::WebhookPolicy;
use super::rules::{WebhookRule, WebhookRuleStatus};
use super::target::Guard;
use super::worker;
use crate::{Error, SandboxClock};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, watch};

/// Everything on its way to merchants' servers.
pub(crate) struct Outbox {
    pub(super) clock: SandboxClock,
    desk: Mutex<Desk>,
    /// Who may be called after the start and after every reset.
    first_guard: OnceLock<Guard>,
    work: Notify,
    changes: watch::Sender<u64>,
}

impl Outbox {
    pub(crate) fn new(clock: SandboxClock) -> Arc<Self> {
        Arc::new(Self {
            clock,
            desk: Mutex::default(),
            first_guard: OnceLock::new(),
            work: Notify::new(),
            changes: watch::Sender::default(),
        })
    }

    /// Says who may be called from the start on.
    pub(crate) fn open(&self, own_port: u16, allowed: &[String]) -> Result<(), Error> {
        let mut guard = Guard::new(own_port);
        allowed.iter().try_for_each(|host| guard.allow(host))?;
        self.desk().guard = guard.clone();
        // Set once, by the one start of this sandbox.
        let _ = self.first_guard.set(guard);
        Ok(())
    }

    /// Sends until its task is aborted.
    pub(crate) async fn run(self: Arc<Self>) {
        worker::run(self).await;
    }

    pub(super) fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) async fn woken(&self) {
        self.work.notified().await;
    }

    /// Tells the worker and all who wait that something has changed.
    pub(super) fn tell(&self) {
        self.work.notify_one();
        self.changes.send_modify(|count| *count += 1);
    }

    /// Takes an event; answers the number of its delivery.
    pub(crate) fn send(&self, event: Event) -> u64 {
        let id = self.desk().enqueue(event, self.clock.now());
        self.tell();
        id
    }

    /// Every delivery, oldest first.
    pub(crate) fn deliveries(&self) -> Vec<Delivery> {
        self.desk().all(SandboxClock::text_of)
    }

    /// Sends a delivery once more, at once and without its fault.
    pub(crate) fn resend(&self, id: u64) -> Result<(), Error> {
        if !self.desk().resend(id, self.clock.now()) {
            return Err(Error::invalid("id", "no such delivery, or it is on its way"));
        }
        self.tell();
        Ok(())
    }

    pub(crate) fn add_rule(&self, rule: WebhookRule) -> u64 {
        self.desk().rules.add(rule)
    }

    pub(crate) fn rules(&self) -> Vec<WebhookRuleStatus> {
        self.desk().rules.all()
    }

    pub(crate) fn clear_rules(&self) {
        self.desk().rules.clear();
    }

    pub(crate) fn policy(&self) -> WebhookPolicy {
        self.desk().policy.clone()
    }

    pub(crate) fn set_policy(&self, policy: WebhookPolicy) {
        self.desk().policy = policy;
    }

    pub(crate) fn allow(&self, host: &str) -> Result<(), Error> {
        self.desk().guard.allow(host)
    }

    pub(crate) fn allowed(&self) -> Vec<String> {
        self.desk().guard.allowed()
    }

    /// Where a delivery stands; `None`: it is forgotten.
    pub(crate) fn state(&self, id: u64) -> Option<DeliveryState> {
        self.desk().state(id)
    }

    /// Whether a delivery is tried without anybody doing anything: it waits neither for the clock nor for another event.
    pub(crate) fn is_about_to_go(&self, id: u64) -> bool {
        self.desk().is_about_to_go(id, self.clock.now())
    }

    /// Whether a receiver answered, whatever it said.
    pub(crate) fn was_answered(&self, id: u64) -> bool {
        self.desk().was_answered(id)
    }

    /// Ends a delivery that nobody may hear of any more.
    pub(crate) fn give_up(&self, id: u64) {
        self.desk().give_up(id);
        self.tell();
    }

    /// Waits until nothing is on its way or due; what waits for the clock to move does not count.
    pub(crate) async fn idle(&self) {
        let mut changes = self.changes.subscribe();
        while !self.desk().is_idle(self.clock.now()) {
            // The sender lives in this outbox.
            let _ = changes.changed().await;
        }
    }

    /// Waits until a delivery has had its first attempt, or for so long.
    pub(crate) async fn tried(&self, id: u64, limit: Duration) {
        let mut changes = self.changes.subscribe();
        let wait = async {
            while !self.desk().was_tried(id) {
                let _ = changes.changed().await;
            }
        };
        // Too long is an answer too: the customer goes back without the event having arrived.
        let _ = tokio::time::timeout(limit, wait).await;
    }

    pub(crate) fn reset(&self) {
        let guard = self.first_guard.get().cloned().unwrap_or_default();
        self.desk().reset(guard);
        self.tell();
    }
}

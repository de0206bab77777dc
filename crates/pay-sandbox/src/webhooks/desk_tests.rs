//! The desk without a network: what is due, in which order, and what becomes of an attempt.

use super::super::event::Signer;
use super::super::rules::WebhookRule;
use super::*;
use bytes::Bytes;
use http::{HeaderName, HeaderValue};
use std::sync::Arc;

struct Nobody;

impl Signer for Nobody {
    fn headers(&self, _: &[u8], _: SystemTime) -> Vec<(HeaderName, HeaderValue)> {
        Vec::new()
    }

    fn tampered(&self, body: &[u8]) -> Bytes {
        Bytes::copy_from_slice(body)
    }
}

const NOW: SystemTime = SystemTime::UNIX_EPOCH;

fn event(subject: &str, name: &str) -> Event {
    Event {
        provider: "pay1st",
        subject: subject.to_owned(),
        name: name.to_owned(),
        target: Some("http://127.0.0.1:9/hook".to_owned()),
        body: Bytes::from_static(b"{}"),
        shown: "{}".to_owned(),
        signer: Arc::new(Nobody),
        headers: Vec::new(),
        restamp: true,
        sandbox_stamps: false,
        after: Duration::ZERO,
    }
}

fn ids(jobs: &[Job]) -> Vec<u64> {
    jobs.iter().map(|job| job.id).collect()
}

fn state(desk: &Desk, id: u64) -> DeliveryState {
    let all = desk.all(|_| String::new());
    all.iter().find(|delivery| delivery.id == id).unwrap().state
}

#[test]
fn events_on_one_subject_go_in_turn_and_others_beside_them() {
    let mut desk = Desk::default();
    for (subject, name) in [("a", "PENDING"), ("a", "SUCCESSFUL"), ("b", "FAILED")] {
        desk.enqueue(event(subject, name), NOW);
    }
    let first = desk.due(NOW);
    assert_eq!(ids(&first), [1, 3]);
    assert_eq!((ids(&desk.due(NOW)), desk.next_due()), (vec![], None), "nothing that could begin");
    assert!(!desk.is_idle(NOW));
    desk.finish(&first[0], String::new(), NOW, Ok(204), NOW);
    assert_eq!(desk.next_due(), Some(NOW));
    let second = desk.due(NOW);
    assert_eq!(ids(&second), [2]);
    desk.finish(&second[0], String::new(), NOW, Ok(200), NOW);
    desk.finish(&first[1], String::new(), NOW, Ok(200), NOW);
    assert!(desk.is_idle(NOW));
}

#[test]
fn a_later_event_overtakes_one_that_waits_to_be_tried_again() {
    let mut desk = Desk::default();
    desk.enqueue(event("a", "PENDING"), NOW);
    desk.enqueue(event("a", "SUCCESSFUL"), NOW);
    let first = desk.due(NOW);
    desk.finish(&first[0], String::new(), NOW, Err(Failure::Broken("no connection")), NOW);
    assert_eq!((state(&desk, 1), ids(&desk.due(NOW))), (DeliveryState::Waiting, vec![2]));
}

#[test]
fn an_attempt_that_outlives_a_reset_is_not_booked() {
    let mut desk = Desk::default();
    desk.enqueue(event("a", "PENDING"), NOW);
    let old = desk.due(NOW);
    desk.reset(Guard::default());
    desk.enqueue(event("b", "PENDING"), NOW);
    desk.finish(&old[0], String::new(), NOW, Ok(200), NOW);
    assert_eq!(state(&desk, 1), DeliveryState::Waiting, "the same number, another delivery");
}

#[test]
fn the_log_forgets_what_is_over_first() {
    let mut desk = Desk::default();
    desk.rules.add(WebhookRule::new("pay1st", WebhookFault::Drop).event("DROPPED").times(u32::MAX));
    desk.enqueue(event("kept", "PENDING"), NOW);
    for number in 0..KEPT + 10 {
        desk.enqueue(event(&number.to_string(), "DROPPED"), NOW);
    }
    let all = desk.all(|_| String::new());
    assert_eq!((all.len(), all[0].subject.as_str()), (KEPT, "kept"));
    assert!(!desk.resend(2, NOW), "forgotten");
    assert!(desk.was_tried(2) && !desk.was_tried(1));
}

#[test]
fn what_is_on_its_way_is_not_sent_again() {
    let mut desk = Desk::default();
    desk.enqueue(event("a", "PENDING"), NOW);
    let jobs = desk.due(NOW);
    assert!(!desk.resend(1, NOW));
    desk.finish(&jobs[0], String::new(), NOW, Ok(302), NOW);
    assert_eq!(state(&desk, 1), DeliveryState::Waiting);
    assert!(desk.resend(1, NOW));
    assert_eq!(ids(&desk.due(NOW)), [1]);
}

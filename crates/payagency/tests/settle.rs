//! Finding out what became of a payment: only its own record is believed, and "not found" is never "failed".
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pay_core::journal::{Recover, State, Unsettled};
use pay_core::script::Play;
use payagency::{Error, Kind, Outcome, Payment, Reason, Schedule, Settled, Sought};
use support::{TRANSACTION, answering, card_payment, client, paid, payout, redirect, reply, secs};

fn word(word: &str) -> Play {
    Play::answer(200, reply(word, "\"ORDER-1\"", ""))
}

fn not_found() -> Play {
    Play::answer(404, r#"{"message":"Transaction not found."}"#)
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_found_by_its_order() {
    let script = answering(vec![Play::lost(), not_found(), word("PENDING"), Play::lost(), word("SUCCESS")]);
    let client = client(&script);
    let error = client.card(card_payment("ORDER-1")).send().await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::Unknown);
    let Settled::Completed(record) = client.settle(&error).await else { panic!("it is paid") };
    assert_eq!(record.transaction_id(), Some(TRANSACTION));
    let paths: Vec<_> = script.seen().iter().map(|sent| format!("{} {}", sent.method, sent.path)).collect();
    assert_eq!(paths[0], "POST /api/v1/test/card");
    assert!(paths.len() >= 5 && paths[1..].iter().all(|path| path == "GET /api/test/status/ORDER-1"), "{paths:?}");
}

#[tokio::test(start_paused = true)]
async fn declined_and_blocked_are_failed() {
    for status in ["FAILED", "BLOCKED"] {
        let script = answering(vec![word(status)]);
        assert!(matches!(client(&script).settle("ORDER-1").await, Settled::Failed(_)), "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn another_record_settles_nothing() {
    let script = answering(vec![Play::answer(200, paid("ORDER-2"))]);
    let Settled::StillUnknown(unknown) = client(&script).settle("ORDER-1").within(secs(10)).await else { panic!() };
    assert_eq!((unknown.reason, unknown.error.unwrap().kind()), (Reason::CannotAsk, Kind::Decode));
}

#[tokio::test(start_paused = true)]
async fn time_that_is_up_says_why() {
    for (play, reason, asked) in [
        (word("PENDING"), Reason::StillOpen, 6),
        (word("ABANDONED"), Reason::StillOpen, 6),
        (not_found(), Reason::NotFound, 6),
    ] {
        let script = answering(vec![play]);
        // At once, and every 2 s of 10.
        let Settled::StillUnknown(unknown) = client(&script).settle("ORDER-1").within(secs(10)).await else { panic!() };
        assert_eq!((unknown.reason, unknown.asked), (reason, asked));
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_seen_is_not_forgotten() {
    let script = answering(vec![word("PENDING"), not_found()]);
    let Settled::StillUnknown(unknown) = client(&script).settle("ORDER-1").within(secs(10)).await else { panic!() };
    assert_eq!(unknown.reason, Reason::StillOpen);
    assert!(unknown.record.is_some());
}

#[tokio::test(start_paused = true)]
async fn a_hopeless_question_ends_at_once() {
    for (status, message, kind) in
        [(401, "m", Kind::Login), (404, "Route not found", Kind::NoRoute), (400, "m", Kind::Refused)]
    {
        let script = answering(vec![Play::answer(status, format!(r#"{{"message":"{message}"}}"#))]);
        let Settled::StillUnknown(unknown) = client(&script).settle("ORDER-1").await else { panic!() };
        assert_eq!((unknown.reason, unknown.asked), (Reason::CannotAsk, 1));
        assert_eq!(unknown.error.unwrap().kind(), kind);
    }
    // An id that cannot be asked for is no failure of the payment either.
    for id in ["", ".", ".."] {
        let script = answering(vec![word("SUCCESS")]);
        let Settled::StillUnknown(unknown) = client(&script).settle(id).await else { panic!() };
        assert_eq!(unknown.error.unwrap().kind(), Kind::Invalid);
        assert!(script.seen().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn crypto_must_be_looked_at() {
    let play = Play::answer(200, reply("SUCCESS", "\"ORDER-1\"", r#","crypto_payment_status":"UNDERPAID?""#));
    let script = answering(vec![play]);
    let Settled::StillUnknown(unknown) = client(&script).settle("ORDER-1").await else { panic!() };
    assert_eq!((unknown.reason, unknown.asked), (Reason::LookAtCrypto, 1));
    let record = unknown.record.unwrap();
    assert_eq!(record.data.crypto_payment_status.as_deref(), Some("UNDERPAID?"));
}

#[tokio::test(start_paused = true)]
async fn payouts_have_a_status_of_their_own() {
    let script = answering(vec![Play::lost(), Play::answer(200, reply("SUCCESS", "\"PO-1\"", ""))]);
    let client = client(&script);
    let error = client.payout(payout("PO-1")).send().await.unwrap_err();
    assert!(matches!(client.settle_payout(&error).await, Settled::Completed(_)));
    assert_eq!(script.seen()[1].path, "/api/v1/test/payout/PO-1/status");
}

#[tokio::test(start_paused = true)]
async fn the_schedule_is_ours_and_can_be_another() {
    let script = answering(vec![word("PENDING")]);
    let schedule = Schedule::every(secs(7));
    let _ = client(&script).settle("ORDER-1").within(secs(21)).schedule(schedule).await;
    let at: Vec<_> = script.seen().iter().map(|sent| sent.at.as_secs()).collect();
    assert_eq!(at, [0, 7, 14, 21]);
}

#[tokio::test(start_paused = true)]
async fn what_is_sought_comes_from_many_things() {
    let script = answering(vec![Play::answer(200, redirect("ORDER-1"))]);
    let payment = client(&script).card(card_payment("ORDER-1")).send().await.unwrap();
    assert!(matches!(payment, Payment::Redirect(_)));
    assert_eq!(Sought::from(&payment), Sought::from(TRANSACTION));
    let error = Error::new(Kind::Timeout, Outcome::Unknown, "card").with_reference(Some("ORDER-1".into()));
    assert_eq!(Sought::from(&error), Sought::from("ORDER-1"));
    assert_eq!(Sought::from(&error.with_transaction_id(Some("PA2".into()))), Sought::from("PA2"));
}

#[tokio::test(start_paused = true)]
async fn a_recovery_does_not_go_by_an_order_id_that_was_used_twice() {
    // A card that was declined, and another one under the same order id: the record may be of either.
    for (shared, id, state) in [
        (false, None, State::Refused),
        (true, None, State::Unanswered),
        (true, Some(TRANSACTION.to_owned()), State::Refused),
    ] {
        let script = answering(vec![word("FAILED")]);
        let mut intent = Unsettled::new("1", "card", State::Open, std::time::SystemTime::now());
        (intent.reference, intent.transaction_id, intent.reference_shared) = (Some("ORDER-1".into()), id, shared);
        assert_eq!(client(&script).recover(&intent).await.state, state, "{shared}");
    }
}

//! Settling: asks by Pay1st's reference on a schedule of ours, and believes only the record that was asked for.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pay_core::script::{Play, Script};
use pay1st::{Amount, Kind, PaymentStatus, Reason, Schedule, Settled, Sought};
use support::{CREATED, REFERENCE, amount, answering, calls, client, order, payment, refusal, secs};

fn then(plays: Vec<Play>) -> Script {
    answering(plays)
}

fn standing(status: &str) -> Play {
    Play::answer(200, payment(status))
}

#[tokio::test(start_paused = true)]
async fn each_final_status_ends_at_once() {
    for (status, group) in [
        ("SUCCESSFUL", "completed"),
        ("FAILED", "failed"),
        ("CANCELLED", "failed"),
        ("ABANDONED", "failed"),
        ("REFUND", "reversed"),
        ("CHARGEBACK", "reversed"),
    ] {
        let script = then(vec![standing(status)]);
        let (is, record) = match client(&script).settle(REFERENCE).await {
            Settled::Completed(record) => ("completed", record),
            Settled::Failed(record) => ("failed", record),
            Settled::Reversed(record) => ("reversed", record),
            Settled::StillUnknown(why) => panic!("{status}: {why:?}"),
        };
        assert_eq!((is, record.status.as_str()), (group, status));
        assert_eq!(calls(&script).len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn open_ones_are_asked_for_until_they_end() {
    let script = then(vec![standing("NEW"), standing("SEND_OTP"), standing("WHAT_IS_THIS"), standing("SUCCESSFUL")]);
    assert!(matches!(client(&script).settle(REFERENCE).await, Settled::Completed(_)));
    let at: Vec<_> = calls(&script).iter().map(|sent| sent.at.as_secs()).collect();
    assert_eq!(at, [0, 5, 10, 15]);
}

#[tokio::test(start_paused = true)]
async fn the_time_ends() {
    let script = then(vec![standing("PENDING")]);
    let Settled::StillUnknown(why) = client(&script).settle(REFERENCE).within(secs(90)).await else { panic!() };
    assert_eq!((why.reason, why.last_status, why.asked), (Reason::StillOpen, Some(PaymentStatus::Pending), 15));
    let at: Vec<_> = calls(&script).iter().map(|sent| sent.at.as_secs()).collect();
    assert_eq!((at[12], at[13], at[14]), (60, 75, 90), "every 5 s for a minute, then every 15 s");
    let schedule = Schedule::every(secs(40));
    let script = then(vec![standing("PENDING")]);
    let _ = client(&script).settle(REFERENCE).within(secs(90)).schedule(schedule).await;
    assert_eq!(calls(&script).len(), 3);
}

#[tokio::test(start_paused = true)]
async fn another_record_is_never_believed() {
    let asked = |sought: Sought, record: String| async move {
        let script = then(vec![Play::answer(200, record)]);
        (client(&script).settle(sought).within(secs(6)).await, calls(&script).len())
    };
    let paid = payment("SUCCESSFUL");
    let sought = || Sought::reference(REFERENCE).partner_reference("order-1").amount(amount("100.00"), "NGN");
    assert!(matches!(asked(sought(), paid.clone()).await.0, Settled::Completed(_)));
    for record in [
        paid.replace("order-1", "order-2"),
        paid.replace(r#""amount":100"#, r#""amount":10000"#),
        paid.replace(r#""amount":100"#, r#""amount":1"#),
        paid.replace(r#""currencyCode":"NGN","amount""#, r#""currencyCode":"ZAR","amount""#),
    ] {
        let (settled, asked) = asked(sought(), record).await;
        let Settled::StillUnknown(why) = settled else { panic!("{settled:?}") };
        assert_eq!((why.reason, asked), (Reason::AnotherPayment, 1));
        assert!(why.record.is_some());
    }
    // A record of another reference than the one in the question is no answer at all.
    let (settled, _) = asked(sought(), paid.replace(REFERENCE, "C-1-P")).await;
    let Settled::StillUnknown(why) = settled else { panic!("{settled:?}") };
    assert_eq!((why.reason, why.error.unwrap().kind()), (Reason::CannotAsk, Kind::Decode));
}

#[tokio::test(start_paused = true)]
async fn a_created_payment_is_sought_with_all_that_is_known_of_it() {
    let script = answering(vec![Play::answer(201, CREATED)]);
    let created = client(&script).create_payment(order("order-1")).send().await.unwrap();
    let wanted: Amount = amount("100");
    let by_hand = Sought::reference(REFERENCE).partner_reference("order-1").amount(wanted, "NGN");
    assert_eq!(Sought::from(&created), by_hand);
}

#[tokio::test(start_paused = true)]
async fn not_found_is_never_failed() {
    let script = then(vec![Play::answer(404, refusal("E"))]);
    let Settled::StillUnknown(why) = client(&script).settle(REFERENCE).within(secs(11)).await else { panic!() };
    assert_eq!((why.reason, why.asked, why.last_status), (Reason::CannotAsk, 3, None));
    assert_eq!(why.error.unwrap().kind(), Kind::NotFound);
    // It may only be young.
    let script = then(vec![Play::answer(404, refusal("E")), standing("SUCCESSFUL")]);
    assert!(matches!(client(&script).settle(REFERENCE).await, Settled::Completed(_)));
}

#[tokio::test(start_paused = true)]
async fn a_question_that_is_refused_is_not_asked_again() {
    for (play, kind) in
        [(Play::answer(400, refusal("E")), Kind::Refused), (Play::answer(403, refusal("E")), Kind::Forbidden)]
    {
        let script = then(vec![play]);
        let Settled::StillUnknown(why) = client(&script).settle(REFERENCE).await else { panic!() };
        assert_eq!((why.reason, why.asked, why.error.unwrap().kind()), (Reason::CannotAsk, 1, kind));
    }
    let script = Script::new(|_| panic!("something was sent"));
    let Settled::StillUnknown(why) = client(&script).settle("").await else { panic!() };
    assert_eq!(why.error.unwrap().kind(), Kind::Invalid);
}

#[tokio::test(start_paused = true)]
async fn faults_of_asking_pass() {
    let fault = || Play::answer(502, "<html>");
    let script = then(vec![fault(), fault(), fault(), fault(), fault(), standing("SUCCESSFUL")]);
    assert!(matches!(client(&script).settle(REFERENCE).await, Settled::Completed(_)));
}

//! Finding out what became of a transaction: by id, by order id over windows of a day, verified, and "not found" never means failed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pagfast::{Kind, Outcome, Reason, Settled, Sought, TransactionType};
use pay_core::journal::{Recover, State, Unsettled};
use pay_core::script::{Play, Script, Sent};
use std::sync::Mutex;
use std::time::Duration;
use support::{
    ID, NOW, amount, answering, bad_token, calls, client, created, deposit, list, logged_in, millis, open_finance,
    record, refusal, secs, transaction, wall, withdrawal,
};

/// The value of a query parameter.
fn asked(sent: &Sent, name: &str) -> String {
    let query = sent.url.split_once('?').unwrap().1;
    let value = query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}="))).unwrap();
    value.replace("%3A", ":")
}

fn numbered(order_id: &str, n: usize) -> String {
    record(order_id, "Completed", "10.5").replace(ID, &format!("id-{n}"))
}

#[tokio::test(start_paused = true)]
async fn one_window_around_a_fresh_order() {
    let script = answering(vec![Play::answer(200, list(&[record("order-1", "Created", "10.50")], 0, 1))]);
    let found = client(&script).find_by_order_id("order-1", wall() - secs(60)).await.unwrap();
    assert_eq!(found.len(), 1);
    let calls = calls(&script);
    assert_eq!(calls.len(), 1);
    // Five minutes for clocks that differ, on both sides.
    assert_eq!(asked(&calls[0], "startDate"), "2026-11-21T07:54:00.000Z");
    assert_eq!(asked(&calls[0], "endDate"), "2026-11-21T08:05:00.000Z");
    assert_eq!((asked(&calls[0], "dataset.limit"), asked(&calls[0], "dataset.offset")), ("20".into(), "0".into()));
}

#[tokio::test(start_paused = true)]
async fn older_orders_are_looked_for_in_successive_days_and_each_page_is_read() {
    let script = logged_in(|sent| match (asked(sent, "startDate").as_str(), asked(sent, "dataset.offset").as_str()) {
        ("2026-11-19T07:59:00.000Z", "0") => {
            Play::answer(200, list(&(0..20).map(|n| numbered("o", n)).collect::<Vec<_>>(), 0, 23))
        }
        // One of the first page again: the list has moved.
        ("2026-11-19T07:59:00.000Z", "20") => Play::answer(200, list(&[19, 20, 21].map(|n| numbered("o", n)), 20, 23)),
        // The windows touch, so one can stand in both.
        ("2026-11-20T07:59:00.000Z", "0") => Play::answer(200, list(&[21, 22].map(|n| numbered("o", n)), 0, 2)),
        ("2026-11-21T07:59:00.000Z", "0") => Play::answer(200, list(&[], 0, 0)),
        other => panic!("{other:?}"),
    });
    let found = client(&script).find_by_order_id("o", wall() - secs(2 * 86_400)).skew(secs(60)).await.unwrap();
    let ids: Vec<_> = found.iter().map(|record| record.transaction.id.clone()).collect();
    assert_eq!(ids, (0..23).map(|n| format!("id-{n}")).collect::<Vec<_>>());
    let ends: Vec<_> = calls(&script).iter().map(|sent| asked(sent, "endDate")).collect();
    assert_eq!(
        ends,
        [
            "2026-11-20T07:59:00.000Z",
            "2026-11-20T07:59:00.000Z",
            "2026-11-21T07:59:00.000Z",
            "2026-11-21T08:01:00.000Z"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_list_that_never_ends_ends() {
    // No total, and the same full page for ever.
    let page = list(&(0..20).map(|n| numbered("o", n)).collect::<Vec<_>>(), 0, 0).replace(r#""total":0,"#, "");
    let script = answering(vec![Play::answer(200, page)]);
    assert_eq!(client(&script).find_by_order_id("o", wall()).await.unwrap().len(), 20);
    assert_eq!(calls(&script).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn times_that_cannot_be_meant_are_refused() {
    let script = Script::new(|_| panic!("something was sent"));
    let client = client(&script);
    for (sent_at, says) in [
        (wall() + secs(601), "sent later than the search ends"),
        (wall() - secs(101 * 86_400), "more than 100 days"),
        (std::time::UNIX_EPOCH, "more than 100 days"),
    ] {
        let error = client.find_by_order_id("o", sent_at).await.unwrap_err();
        assert_eq!((error.kind(), error.outcome(), error.reference()), (Kind::Invalid, Outcome::NotDone, Some("o")));
        assert!(error.to_string().contains(says), "{error}");
    }
    let script = answering(vec![Play::answer(200, list(&[], 0, 0))]);
    let ago = wall() - secs(200 * 86_400);
    let client = support::client(&script);
    assert!(client.find_by_order_id("o", ago).until(ago + secs(86_400)).await.unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_lost_withdrawal_is_found_by_its_order_id() {
    let seen = Mutex::new(0);
    let script = logged_in(move |sent| {
        if sent.method == http::Method::POST {
            return Play::lost();
        }
        let mut seen = seen.lock().unwrap();
        *seen += 1;
        // Not there at first, then on its way, then paid.
        match *seen {
            1 => Play::answer(200, list(&[], 0, 0)),
            2 => Play::answer(503, ""),
            3 | 4 => Play::answer(200, list(&[record("order-1", "Registered", "10.500000")], 0, 1)),
            _ => Play::answer(200, list(&[record("order-1", "Completed", "10.500000")], 0, 1)),
        }
    });
    let client = client(&script);
    let withdrawal = withdrawal("order-1");
    let sought = withdrawal.sought(wall());
    let error = client.pix_cash_out(withdrawal).send().await.unwrap_err();
    assert_eq!((error.outcome(), error.reference()), (Outcome::Unknown, Some("order-1")));
    let Settled::Completed(record) = client.settle(sought).await else { panic!("not completed") };
    assert_eq!(record.transaction.id, ID);
    let posted = calls(&script).iter().filter(|sent| sent.method == http::Method::POST).count();
    assert_eq!(posted, 1, "it is never sent again");
}

#[tokio::test(start_paused = true)]
async fn each_state_settles_as_the_table_says() {
    for (state, wanted) in [
        ("Completed", "Completed"),
        ("Error", "Failed"),
        ("Cancelled", "Failed"),
        ("Reversed", "Reversed"),
        ("Created", "StillOpen"),
        ("Registered", "StillOpen"),
        ("On the moon", "StillOpen"),
    ] {
        let script = answering(vec![Play::answer(200, transaction("order-1", state, "1"))]);
        let got = match client(&script).settle(ID).within(secs(10)).await {
            Settled::Completed(_) => "Completed".to_owned(),
            Settled::Failed(_) => "Failed".to_owned(),
            Settled::Reversed(_) => "Reversed".to_owned(),
            Settled::StillUnknown(why) => {
                assert_eq!((why.asked, why.records.len()), (4, 1), "at once, and every 3 s");
                format!("{:?}", why.reason)
            }
        };
        assert_eq!(got, wanted, "{state}");
    }
}

#[tokio::test(start_paused = true)]
async fn not_found_is_never_failed() {
    for script in [
        answering(vec![Play::answer(200, list(&[], 0, 0))]),
        answering(vec![Play::answer(404, refusal("NotFound", "NotFound"))]),
    ] {
        for sought in [Sought::order("order-1", wall()), Sought::id(ID)] {
            let Settled::StillUnknown(why) = client(&script).settle(sought).within(secs(5)).await else {
                panic!("settled")
            };
            assert!(matches!(why.reason, Reason::NotFound | Reason::CannotAsk), "{:?}", why.reason);
        }
    }
    let script = answering(vec![Play::answer(200, list(&[], 0, 0))]);
    let settled = client(&script).settle(Sought::order("order-1", wall())).within(secs(5)).await;
    assert!(matches!(settled, Settled::StillUnknown(why) if why.reason == Reason::NotFound && why.error.is_none()));
    // What was seen once and is not found later is still on its way.
    let script = answering(vec![
        Play::answer(200, list(&[record("order-1", "Registered", "1")], 0, 1)),
        Play::answer(200, list(&[], 0, 0)),
    ]);
    let Settled::StillUnknown(why) = client(&script).settle(Sought::order("order-1", wall())).within(secs(5)).await
    else {
        panic!("settled")
    };
    assert_eq!((why.reason, why.records.len()), (Reason::StillOpen, 1));
}

#[tokio::test(start_paused = true)]
async fn two_transactions_with_one_order_id_are_for_a_person_to_look_at() {
    let script = answering(vec![Play::answer(200, list(&[0, 1].map(|n| numbered("order-1", n)), 0, 2))]);
    let Settled::StillUnknown(why) = client(&script).settle(withdrawal("order-1").sought(wall())).await else {
        panic!("settled")
    };
    assert_eq!((why.reason, why.records.len(), why.asked), (Reason::Several, 2, 1));
}

#[tokio::test(start_paused = true)]
async fn a_record_of_something_else_settles_nothing() {
    let other = Play::answer(200, transaction("order-1", "Completed", "1050"));
    for sought in [
        Sought::id(ID).amount(amount("10.50")),
        Sought::id(ID).order_id("order-2"),
        Sought::order("order-1", wall()).amount(amount("10.50")),
    ] {
        let of = other.clone();
        let script = logged_in(move |sent| match sent.url.contains('?') {
            true => Play::answer(200, list(&[record("order-1", "Completed", "1050")], 0, 1)),
            false => of.clone(),
        });
        let Settled::StillUnknown(why) = client(&script).settle(sought).await else { panic!("settled") };
        assert_eq!((why.reason, why.asked), (Reason::AnotherTransaction, 1));
    }
    // The amount is not told: it cannot be the one that was asked for.
    let bare = transaction("order-1", "Completed", "10.50").replace(r#""amount""#, r#""x""#);
    let script = answering(vec![Play::answer(200, bare)]);
    let settled = client(&script).settle(Sought::id(ID).amount(amount("10.50"))).await;
    assert!(matches!(settled, Settled::StillUnknown(why) if why.reason == Reason::AnotherTransaction));
    // The same amount in other digits is the same.
    let script = answering(vec![Play::answer(200, transaction("order-1", "Completed", "10.500000"))]);
    let settled = client(&script).settle(Sought::id(ID).amount(amount("10.5")).order_id("order-1")).await;
    assert!(matches!(settled, Settled::Completed(_)));
}

/// A shop may use one number for what comes in and for what goes out.
#[tokio::test(start_paused = true)]
async fn a_deposit_with_the_same_order_id_does_not_settle_a_withdrawal() {
    let paid = |amount: &str, kind: &str| {
        let record =
            record("order-1", "Completed", amount).replace(r#""type":"Debit""#, &format!(r#""type":"{kind}""#));
        answering(vec![Play::answer(200, list(&[record], 0, 1))])
    };
    for (sought, amount, other) in [
        (withdrawal("order-1").sought(wall()), "10.50", "Credit"),
        (deposit("order-1").sought(wall()), "50", "Debit"),
        (open_finance("order-1").sought(wall()), "10", "Debit"),
        (Sought::order("order-1", wall()).direction(TransactionType::Debit), "1", "Credit"),
    ] {
        let Settled::StillUnknown(why) = client(&paid(amount, other)).settle(sought.clone()).await else {
            panic!("{sought:?} settled by a {other}")
        };
        assert_eq!((why.reason, why.asked), (Reason::AnotherTransaction, 1));
        // PagFast's own pages do not name the word for a withdrawal, so one that is not known contradicts nothing.
        let own = if other == "Credit" { "Debit" } else { "Credit" };
        for kind in [own, "Saque"] {
            let settled = client(&paid(amount, kind)).settle(sought.clone()).await;
            assert!(matches!(settled, Settled::Completed(_)), "{sought:?} by a {kind}");
        }
    }
    // By PagFast's id, too: an answer to a creation is assumed, and could hold another's id.
    let script = logged_in(|sent| match sent.method == http::Method::POST {
        true => Play::answer(201, created("order-1", "Created", "10.5")),
        false => Play::answer(
            200,
            transaction("order-1", "Completed", "10.5").replace(r#""type":"Debit""#, r#""type":"Credit""#),
        ),
    });
    let client = client(&script);
    let withdrawal = client.pix_cash_out(withdrawal("order-1")).send().await.unwrap();
    let settled = client.settle(&withdrawal).await;
    assert!(matches!(settled, Settled::StillUnknown(why) if why.reason == Reason::AnotherTransaction));
}

#[tokio::test(start_paused = true)]
async fn a_lost_editable_deposit_is_found_at_any_amount() {
    let other = record("order-1", "Completed", "49.99").replace(r#""type":"Debit""#, r#""type":"Credit""#);
    for (editable, settles) in [(true, true), (false, false)] {
        let script = answering(vec![Play::answer(200, list(std::slice::from_ref(&other), 0, 1))]);
        let sought = deposit("order-1").editable(editable).sought(wall());
        let settled = client(&script).settle(sought).await;
        assert_eq!(matches!(settled, Settled::Completed(_)), settles, "editable: {editable}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_created_is_settled_by_its_id() {
    let script = logged_in(|sent| match sent.method == http::Method::POST {
        true => Play::answer(201, created("order-1", "Created", "10.500000")),
        false => Play::answer(200, transaction("order-1", "Completed", "10.500000")),
    });
    let client = client(&script);
    let withdrawal = client.pix_cash_out(withdrawal("order-1")).send().await.unwrap();
    assert!(matches!(client.settle(&withdrawal).await, Settled::Completed(_)));
    assert!(calls(&script)[1].url.ends_with(&format!("/accounts/transactions/pix/{ID}")));
}

#[tokio::test(start_paused = true)]
async fn a_question_that_stays_wrong_is_asked_once() {
    for (plays, kind) in [
        (vec![Play::answer(403, refusal("AuthenticationError", "Privilege"))], Kind::Forbidden),
        (vec![Play::answer(400, refusal("X", "Y"))], Kind::Refused),
    ] {
        let script = answering(plays);
        let Settled::StillUnknown(why) = client(&script).settle(ID).await else { panic!("settled") };
        assert_eq!((why.reason, why.asked, why.error.unwrap().kind()), (Reason::CannotAsk, 1, kind));
    }
    // A refused token of a moment ago may be replaced later, and a wrong key may be put right.
    let script = answering(vec![Play::answer(401, bad_token())]);
    let Settled::StillUnknown(why) = client(&script).settle(ID).within(secs(9)).await else { panic!("settled") };
    assert!(why.asked > 1, "{}", why.asked);
}

#[tokio::test(start_paused = true)]
async fn the_schedule_is_the_callers_and_the_time_is_kept() {
    let script = answering(vec![Play::answer(200, transaction("o", "Registered", "1")).after(millis(10))]);
    let start = tokio::time::Instant::now();
    let schedule = pagfast::Schedule::every(secs(7));
    let Settled::StillUnknown(why) = client(&script).settle(ID).within(secs(30)).schedule(schedule).await else {
        panic!("settled")
    };
    assert_eq!(why.asked, 5);
    assert!(start.elapsed() <= secs(30) + Duration::from_secs(1));
    assert_eq!(wall(), std::time::UNIX_EPOCH + secs(NOW));
}

/// What a recovery makes of an intent without an id, where this record is the only one of its order id.
async fn recovered(operation: &str, record: String, amount: Option<&str>, shared: bool) -> State {
    let script = answering(vec![Play::answer(200, list(&[record], 0, 1))]);
    let mut intent = Unsettled::new("1", operation, State::Open, wall() - secs(60));
    intent.reference = Some("order-1".into());
    intent.amount = amount.map(|text| text.parse().unwrap());
    intent.reference_shared = shared;
    client(&script).recover(&intent).await.state
}

#[tokio::test(start_paused = true)]
async fn a_recovery_takes_no_other_transaction_for_its_own() {
    let debit = || record("order-1", "Completed", "10.500000");
    let credit = || debit().replace("Debit", "Credit");
    // A deposit and a withdrawal under one order id: what was paid in says nothing of what was to be paid out.
    assert_eq!(recovered("pix_cash_out", debit(), Some("10.50"), false).await, State::Completed);
    assert_eq!(recovered("pix_cash_out", credit(), Some("10.50"), false).await, State::Unanswered);
    assert_eq!(recovered("pix_cash_in", credit(), Some("10.50"), false).await, State::Completed);
    assert_eq!(recovered("pix_cash_in", debit(), Some("10.50"), false).await, State::Unanswered);
    assert_eq!(recovered("open_finance_cash_in", debit(), Some("10.50"), false).await, State::Unanswered);
    // Another amount; of a deposit the payer may have changed it.
    assert_eq!(recovered("pix_cash_out", debit(), Some("10.51"), false).await, State::Unanswered);
    assert_eq!(recovered("pix_cash_in", credit(), Some("10.51"), false).await, State::Completed);
    assert_eq!(recovered("pix_cash_out", debit(), None, false).await, State::Completed);
    // Another call had the same order id: the record may be of that one.
    assert_eq!(recovered("pix_cash_out", debit(), Some("10.50"), true).await, State::Unanswered);
}

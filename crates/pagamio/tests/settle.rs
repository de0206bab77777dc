//! Settling, on paused time and a scripted wire: when it asks, what it believes, and what it never says.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pagamio::{
    Client, Code, Kind, Outcome, Reason, Schedule, Settled, Settlement, Sought, StillUnknown, TransactionStatus,
};
use pay_core::journal::{Ended, Recover, State, Unsettled};
use pay_core::script::{Play, Script, Sent};
use std::sync::Mutex;
use std::time::Duration;
use support::{COMPLETED, TRANSACTION_ID, airtime, bare, client, logged_in, millis, refusal, secs};

/// A record of the history.
fn record(status: u8, id: &str, reference: Option<&str>) -> String {
    let reference = reference.map_or(String::new(), |text| format!(r#","merchantReference":"{text}""#));
    format!(r#"{{"status":{{"code":{status},"label":"Successful"}},"transactionId":"{id}"{reference}}}"#)
}

fn page(records: &[String]) -> Play {
    Play::answer(200, format!(r#"{{"content":[{}],"page":0,"size":100}}"#, records.join(",")))
}

/// The number of the page that was asked for.
fn asked_page(sent: &Sent) -> u32 {
    sent.path.split('&').find_map(|pair| pair.strip_prefix("page=")).unwrap().parse().unwrap()
}

/// A history that answers `records` on its first page and nothing after it.
fn history(records: Vec<String>) -> Script {
    logged_in(move |sent| if asked_page(sent) == 0 { page(&records) } else { page(&[]) })
}

/// The seconds at which the first page was asked for.
fn times(script: &Script) -> Vec<u64> {
    let seen = script.seen();
    let questions = seen.iter().filter(|sent| sent.path.contains("/transactions") && asked_page(sent) == 0);
    questions.map(|sent| sent.at.as_secs()).collect()
}

#[track_caller]
fn completed(settled: Settled) -> Settlement {
    let Settled::Completed(settlement) = settled else { panic!("{settled:?}") };
    settlement
}

#[track_caller]
fn failed(settled: Settled) -> Settlement {
    let Settled::Failed(settlement) = settled else { panic!("{settled:?}") };
    settlement
}

#[track_caller]
fn unknown(settled: Settled) -> StillUnknown {
    let Settled::StillUnknown(unknown) = settled else { panic!("{settled:?}") };
    unknown
}

// When it asks.

#[tokio::test(start_paused = true)]
async fn the_documented_schedule_is_kept_to_the_second() {
    let script = history(vec![record(1, "T", Some("R"))]);
    let still = unknown(client(&script).settle("R").within(secs(1200)).await);
    let mut expected: Vec<u64> = (0..60).step_by(5).collect();
    expected.extend((60..300).step_by(30));
    expected.extend([300, 600, 900, 1200]);
    assert_eq!(times(&script), expected);
    assert_eq!(still.asked as usize, expected.len());
    assert_eq!((still.reason, still.last_status), (Reason::StillOpen, Some(TransactionStatus::Pending)));
}

#[tokio::test(start_paused = true)]
async fn five_minutes_are_the_default() {
    let script = history(vec![record(2, "T", Some("R"))]);
    unknown(client(&script).settle("R").await);
    assert_eq!(times(&script).last(), Some(&300));
}

#[tokio::test(start_paused = true)]
async fn another_schedule_is_followed_and_the_time_is_never_overdrawn() {
    let script = history(vec![record(2, "T", Some("R"))]);
    let client = client(&script);
    let start = tokio::time::Instant::now();
    unknown(client.settle("R").schedule(Schedule::every(secs(7))).within(secs(20)).await);
    assert_eq!(times(&script), [0, 7, 14]);
    assert!(start.elapsed() <= secs(20));
}

#[tokio::test(start_paused = true)]
async fn it_asks_once_even_without_time() {
    let script = history(vec![record(0, "T", Some("R"))]);
    completed(client(&script).settle("R").within(Duration::ZERO).await);
    assert_eq!(times(&script), [0]);
}

#[tokio::test(start_paused = true)]
async fn it_ends_as_soon_as_it_is_known() {
    for (status, ends_well) in [(0, true), (3, false)] {
        let asked = Mutex::new(0);
        let script = logged_in(move |sent| {
            if asked_page(sent) > 0 {
                return page(&[]);
            }
            let mut asked = asked.lock().unwrap();
            *asked += 1;
            let now = [1, 2, 2, status][(*asked - 1_usize).min(3)];
            page(&[record(now, "T", Some("R"))])
        });
        let settled = client(&script).settle("R").await;
        assert_eq!(times(&script), [0, 5, 10, 15]);
        let settlement = if ends_well { completed(settled) } else { failed(settled) };
        assert_eq!(settlement.record.unwrap().transaction_id.as_deref(), Some("T"));
    }
}

// What it believes.

#[tokio::test(start_paused = true)]
async fn the_record_of_another_transaction_is_never_believed() {
    for status in [0, 3] {
        // A filter that is ignored: the newest record is somebody else's.
        let script = history(vec![record(status, "T-other", Some("R-other"))]);
        for sought in [Sought::reference("R"), Sought::reference("R").transaction_id("T")] {
            let still = unknown(client(&script).settle(sought).within(secs(10)).await);
            assert_eq!((still.reason, still.last_status), (Reason::NotFound, None));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_right_record_is_found_among_others() {
    let others = |status| (0..50).map(move |n| record(status, &format!("T-{n}"), Some(&format!("R-{n}"))));
    let mut records: Vec<_> = others(0).collect();
    records.insert(37, record(3, "T", Some("R")));
    let script = history(records);
    let settlement = failed(client(&script).settle("R").await);
    assert_eq!(settlement.record.unwrap().merchant_reference.as_deref(), Some("R"));
    let mut records: Vec<_> = others(3).collect();
    records.push(record(0, "T", None));
    completed(client(&history(records)).settle(Sought::reference("R").transaction_id("T")).await);
}

#[tokio::test(start_paused = true)]
async fn one_id_that_differs_speaks_against_a_record() {
    let both = || Sought::reference("R").transaction_id("T");
    for (id, reference) in [("T", Some("R-other")), ("T-other", Some("R")), ("T-other", None)] {
        let script = history(vec![record(0, id, reference)]);
        let still = unknown(client(&script).settle(both()).within(secs(5)).await);
        assert_eq!(still.reason, Reason::NotFound, "{id} {reference:?}");
    }
    for (id, reference) in [("T", Some("R")), ("T", None)] {
        completed(client(&history(vec![record(0, id, reference)])).settle(both()).await);
    }
    // The same letters in another case, or more of them, are another reference.
    for reference in ["r", "R ", "RR"] {
        let script = history(vec![record(0, "T", Some(reference))]);
        unknown(client(&script).settle("R").within(secs(5)).await);
    }
}

#[tokio::test(start_paused = true)]
async fn only_the_number_of_the_status_decides() {
    for status in ["null", "{}", r#"{"label":"Successful"}"#, r#"{"code":9,"label":"Successful"}"#, r#""COMPLETED""#] {
        let body = format!(r#"{{"content":[{{"status":{status},"transactionId":"T","merchantReference":"R"}}]}}"#);
        let script = logged_in(move |_| Play::answer(200, body.clone()));
        let still = unknown(client(&script).settle("R").within(secs(5)).await);
        assert_eq!(still.reason, Reason::StillOpen, "{status}");
    }
    let text = r#"[{"status":{"code":"3","label":"Successful"},"transactionId":"T","merchantReference":"R"}]"#;
    failed(client(&logged_in(move |_| Play::answer(200, text))).settle("R").await);
}

#[tokio::test(start_paused = true)]
async fn records_that_disagree_are_no_failure() {
    let both = vec![record(3, "T-1", Some("R")), record(0, "T-2", Some("R"))];
    completed(client(&history(both)).settle("R").await);
    let running = vec![record(3, "T-1", Some("R")), record(2, "T-2", Some("R"))];
    let still = unknown(client(&history(running)).settle("R").within(secs(5)).await);
    assert_eq!(still.reason, Reason::StillOpen);
}

#[tokio::test(start_paused = true)]
async fn it_pages_on_until_the_record_comes() {
    let script = logged_in(|sent| match asked_page(sent) {
        3 => page(&[record(0, "T", Some("R"))]),
        n => page(&[record(3, &format!("T-{n}"), Some(&format!("R-{n}")))]),
    });
    completed(client(&script).settle("R").await);
    assert_eq!(script.count("/transactions"), 4);
    // Not beyond the pages that were asked for.
    let still = unknown(client(&script).settle("R").pages(3).within(millis(1)).await);
    assert_eq!((still.reason, still.asked), (Reason::NotFound, 1));
    assert_eq!(script.count("/transactions"), 7);
}

#[tokio::test(start_paused = true)]
async fn a_page_that_repeats_ends_the_search() {
    let script = logged_in(|_| page(&[record(0, "T-other", Some("R-other"))]));
    unknown(client(&script).settle("R").pages(50).within(millis(1)).await);
    assert!(script.count("/transactions") <= 3, "{}", script.count("/transactions"));
}

// What it never says.

#[tokio::test(start_paused = true)]
async fn an_empty_history_is_no_failure() {
    for body in ["[]", r#"{"content":[]}"#] {
        let script = logged_in(move |_| Play::answer(200, body));
        let still = unknown(client(&script).settle("R").await);
        assert_eq!((still.reason, still.asked), (Reason::NotFound, 21));
        assert!(still.error.is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn errors_of_asking_are_no_word_on_the_purchase() {
    for play in [
        Play::answer(500, ""),
        Play::answer(429, ""),
        Play::answer(200, "<html>"),
        Play::answer(200, r#"{"content":7}"#),
        Play::lost(),
        Play::not_sent(),
    ] {
        let script = logged_in(move |_| play.clone());
        let still = unknown(client(&script).settle("R").within(secs(60)).await);
        assert_eq!(still.reason, Reason::CannotAsk, "{still:?}");
        assert!(still.asked >= 2, "it goes on asking: {still:?}");
        let error = still.error.unwrap();
        assert_eq!((error.operation(), error.outcome()), ("transactions", Outcome::NotDone), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn after_an_error_it_goes_on() {
    let asked = Mutex::new(0);
    let script = logged_in(move |_| {
        let mut asked = asked.lock().unwrap();
        *asked += 1;
        if *asked <= 5 { Play::answer(500, "") } else { page(&[record(0, "T", Some("R"))]) }
    });
    completed(client(&script).settle("R").await);
}

#[tokio::test(start_paused = true)]
async fn a_refused_question_ends_at_once_and_says_so() {
    // `Failed` here would sell the same thing twice.
    for (status, body) in [(403, refusal("403")), (400, refusal("1001")), (404, String::new()), (200, refusal("1105"))]
    {
        let script = logged_in(move |_| Play::answer(status, body.clone()));
        let still = unknown(client(&script).settle("R").await);
        assert_eq!((still.reason, still.asked), (Reason::CannotAsk, 1), "{still:?}");
        assert_eq!(still.error.unwrap().outcome(), Outcome::Refused);
    }
}

#[tokio::test(start_paused = true)]
async fn without_the_account_id_of_the_history_it_cannot_ask() {
    let script = history(vec![record(0, "T", Some("R"))]);
    let client = Client::builder()
        .provider_test()
        .transport(pagamio::Transport::scripted(&script))
        .credentials("u", "p")
        .account(pagamio::Account::Merchant("M".into()))
        .channel("C")
        .build()
        .unwrap();
    let still = unknown(client.settle("R").await);
    assert_eq!((still.reason, still.asked), (Reason::CannotAsk, 1));
    let error = still.error.unwrap();
    assert_eq!(error.kind(), Kind::Invalid);
    assert!(error.to_string().contains("`user_type_id`"), "{error}");
    assert!(script.seen().is_empty(), "nothing was sent");
}

#[tokio::test(start_paused = true)]
async fn without_a_question_it_ends_early() {
    // Records carry no reference, and only the reference is known.
    let script = history(vec![record(0, "T-1", None), record(3, "T-2", None)]);
    let still = unknown(client(&script).settle("R").await);
    assert_eq!((still.reason, still.asked), (Reason::NoQuestion, 1));
    assert_eq!(times(&script), [0]);
    // With the transaction id there is one.
    failed(client(&script).settle(Sought::reference("R").transaction_id("T-2")).await);
}

// What is sought.

#[tokio::test(start_paused = true)]
async fn an_error_knows_what_to_ask_for() {
    let script = logged_in(|sent| match sent.path.ends_with("/purchase") {
        true => Play::answer(200, r#"{"responseCode":"1204","transactionId":"T-9","successful":false}"#),
        false => page(&[record(3, "T-9", None)]),
    });
    let client = client(&script);
    let error = client.purchase(airtime("R-9")).send().await.unwrap_err();
    failed(client.settle(&error).await);
    let asked = script.seen().last().unwrap().path.clone();
    assert!(asked.contains("transactionId=T-9&merchantReference=R-9"), "{asked}");
}

// Sending the same purchase again.

/// A purchase whose answer was lost, prepared, at a provider that answers the next ones with `again`.
async fn resent(again: Vec<Play>, records: Vec<String>) -> (Script, Settled) {
    let answers = Mutex::new((0, again));
    let script = logged_in(move |sent| {
        if !sent.path.ends_with("/purchase") {
            return if asked_page(sent) == 0 { page(&records) } else { page(&[]) };
        }
        let mut answers = answers.lock().unwrap();
        answers.0 += 1;
        match answers.0 {
            1 => Play::lost(),
            n => answers.1[(n - 2_usize).min(answers.1.len() - 1)].clone(),
        }
    });
    let client = client(&script);
    let mut call = client.purchase(airtime("R")).attempts(1);
    let prepared = call.prepare().await.unwrap();
    let error = call.send().await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::Unknown);
    let settled = client.settle(&error).or_resend(prepared).within(secs(60)).await;
    let sent: Vec<_> = script.seen().into_iter().filter(|sent| sent.path.ends_with("/purchase")).collect();
    assert!(sent.iter().all(|again| again.body == sent[0].body), "the same purchase, byte for byte");
    (script, settled)
}

#[tokio::test(start_paused = true)]
async fn the_same_purchase_brings_the_original_result() {
    let (script, settled) = resent(vec![Play::answer(200, COMPLETED)], vec![record(0, "T", None)]).await;
    let receipt = completed(settled).receipt.unwrap();
    assert_eq!((receipt.reference(), receipt.transaction_id()), ("R", Some(TRANSACTION_ID)));
    assert_eq!(script.count("/purchase"), 2);
}

#[tokio::test(start_paused = true)]
async fn a_final_code_settles_it_as_failed() {
    let (_, settled) = resent(vec![Play::answer(200, refusal("1103"))], vec![]).await;
    let refusal = failed(settled).refusal.unwrap();
    assert_eq!(Code::of(&refusal), Some(Code::InsufficientBalance));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_that_does_not_settle_the_reference_is_no_failure() {
    for play in [
        Play::answer(403, r#"{"responseCode":"403","responseMessage":"Access denied"}"#),
        Play::answer(400, r#"{"message":"Request body is not a JSON object"}"#),
        Play::answer(404, ""),
        Play::answer(409, refusal("1006")),
        Play::answer(200, refusal("1204")),
        Play::answer(429, ""),
    ] {
        let (_, settled) = resent(vec![play], vec![record(0, "T", None)]).await;
        unknown(settled);
    }
}

#[tokio::test(start_paused = true)]
async fn a_pending_answer_brings_the_id_to_ask_for() {
    let pending = Play::answer(200, r#"{"transactionId":"T","status":"PENDING","successful":false}"#);
    let (script, settled) = resent(vec![pending], vec![record(0, "T", None)]).await;
    assert_eq!(completed(settled).record.unwrap().transaction_id.as_deref(), Some("T"));
    assert_eq!(script.count("/purchase"), 2, "once the id is known the records answer");
}

#[tokio::test(start_paused = true)]
async fn what_is_on_its_way_is_not_sent_again() {
    // Without an id, and with records that carry no reference: nothing is left to ask, and nothing may be sent.
    let pending = Play::answer(200, r#"{"status":"PENDING","successful":false}"#);
    let (script, settled) = resent(vec![pending.clone()], vec![record(0, "T", None)]).await;
    let left = unknown(settled);
    assert_eq!((left.reason, left.last_status), (Reason::StillOpen, Some(TransactionStatus::Pending)));
    assert_eq!(script.count("/purchase"), 2);
    let (script, settled) = resent(vec![pending], vec![]).await;
    assert_eq!((unknown(settled).reason, script.count("/purchase")), (Reason::StillOpen, 2));
    // Nor what was refused as a duplicate, under an id that the records are slow to show.
    let running = r#"{"responseCode":"1204","transactionId":"T-9","successful":false}"#;
    let (script, settled) = resent(vec![Play::answer(200, running)], vec![]).await;
    assert_eq!((unknown(settled).transaction_id.as_deref(), script.count("/purchase")), (Some("T-9"), 2));
}

#[tokio::test(start_paused = true)]
async fn what_was_seen_on_its_way_is_not_sent_again_when_it_sinks() {
    let asked = Mutex::new(0);
    let script = logged_in(move |sent| {
        if sent.path.ends_with("/purchase") {
            return Play::lost();
        }
        *asked.lock().unwrap() += 1;
        page(&if *asked.lock().unwrap() == 1 { vec![record(2, "T", Some("R"))] } else { vec![record(0, "U", None)] })
    });
    let client = client(&script);
    let mut call = client.purchase(airtime("R")).attempts(1);
    let prepared = call.prepare().await.unwrap();
    call.send().await.unwrap_err();
    let left = unknown(client.settle("R").or_resend(prepared).within(secs(20)).await);
    assert_eq!((left.reason, script.count("/purchase")), (Reason::StillOpen, 1));
}

/// What a recovery does with an intent of this state.
async fn recovered(state: State, play: Play) -> (usize, Ended) {
    let script = logged_in(
        move |sent| if sent.path.ends_with("/purchase") { play.clone() } else { page(&[record(0, "T", None)]) },
    );
    let client = client(&script);
    let mut intent = Unsettled::new("1", "purchase", state, std::time::SystemTime::now());
    intent.reference = Some("R".into());
    intent.request = Some(client.purchase(airtime("R")).prepare().await.unwrap());
    let ended = client.recover(&intent).await;
    (script.count("/purchase"), ended)
}

#[tokio::test(start_paused = true)]
async fn a_recovery_sends_again_what_may_have_been_lost_and_nothing_that_was_accepted() {
    let completed = || Play::answer(200, COMPLETED);
    for state in [State::Open, State::Unknown] {
        let (sent, ended) = recovered(state, completed()).await;
        assert_eq!((sent, ended.state), (1, State::Completed), "{state:?}");
    }
    // Its id is not known and the records carry no reference: a person must look.
    let (sent, ended) = recovered(State::Pending, completed()).await;
    assert_eq!((sent, ended.state), (0, State::Unanswered));
    // What the answer says is kept, so that the next recovery asks and does not send.
    let pending = Play::answer(200, r#"{"transactionId":"T-7","status":"PENDING","successful":false}"#);
    let (sent, ended) = recovered(State::Open, pending).await;
    assert_eq!((sent, ended.state, ended.transaction_id.as_deref()), (1, State::Pending, Some("T-7")));
    let (sent, ended) = recovered(State::Open, Play::lost()).await;
    assert_eq!((sent, ended.state), (5, State::Unknown));
}

#[tokio::test(start_paused = true)]
async fn what_the_records_say_is_not_asked_again() {
    let (script, settled) = resent(vec![Play::answer(200, COMPLETED)], vec![record(3, "T", Some("R"))]).await;
    failed(settled);
    assert_eq!(script.count("/purchase"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_sub_merchant_asks_for_its_own_records() {
    let script = history(vec![record(0, "T", Some("R"))]);
    let sub = bare(&script).account(pagamio::Account::SubMerchant("S".into())).build().unwrap();
    completed(sub.settle("R").await);
    let asked = script.seen().last().unwrap().path.clone();
    assert!(asked.contains("userType=SUB_MERCHANT"), "{asked}");
}

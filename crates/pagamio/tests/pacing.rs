//! The provider's documented limits, kept before anything is sent: on paused time, counted exactly.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pagamio::{Account, Client, Error, Kind, Outcome, Pacing, Purchased};
use pay_core::script::{Play, Script, Sent};
use std::time::Duration;
use support::{COMPLETED, TOKEN, airtime, builder, client, logged_in, secs};
use tokio::task::JoinSet;

fn shop() -> Script {
    logged_in(|_| Play::answer(200, COMPLETED))
}

fn purchases(script: &Script) -> Vec<Sent> {
    script.seen().into_iter().filter(|sent| sent.path.ends_with("/purchase")).collect()
}

/// So many purchases at once.
async fn buy(client: &Client, count: usize) -> Vec<Result<Purchased, Error>> {
    let mut set = JoinSet::new();
    for n in 0..count {
        let client = client.clone();
        set.spawn(async move { client.purchase(airtime(&format!("P-{n}"))).send().await });
    }
    set.join_all().await
}

#[tokio::test(start_paused = true)]
async fn over_ten_a_minute_is_refused_here_with_the_wait() {
    let script = shop();
    let client = client(&script);
    // 25 purchases in one minute, one every two seconds.
    let (mut done, mut refused) = (0, Vec::new());
    for n in 0..25_u64 {
        match client.purchase(airtime(&format!("P-{n}"))).send().await {
            Ok(_) => done += 1,
            Err(error) => refused.push((n, error)),
        }
        tokio::time::advance(secs(2)).await;
    }
    assert_eq!((done, refused.len(), purchases(&script).len()), (10, 15, 10));
    for (n, error) in refused {
        assert_eq!((error.kind(), error.outcome()), (Kind::Paced, Outcome::NotDone), "{error}");
        // The first of the window was sent at the start; its place is free a minute later.
        let wait = error.retry_after().unwrap();
        let expected = secs(60 - 2 * n);
        assert!(wait <= expected && expected - wait < Duration::from_millis(100), "{n}: {wait:?} is not {expected:?}");
        assert_eq!(error.attempts(), 0, "nothing was sent");
        assert_eq!(error.reference(), Some(format!("P-{n}").as_str()));
        assert!(error.to_string().contains("10 purchases a minute"), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_wait_that_is_told_is_enough() {
    let script = shop();
    let client = client(&script);
    let answers = buy(&client, 11).await;
    let error = answers.into_iter().find_map(Result::err).unwrap();
    tokio::time::sleep(error.retry_after().unwrap()).await;
    let _ = client.purchase(airtime("P-10")).send().await.unwrap();
    assert_eq!(purchases(&script).len(), 11);
}

#[tokio::test(start_paused = true)]
async fn waiting_sends_all_of_them_and_never_too_many() {
    let script = shop();
    let client = builder(&script).pacing(Pacing::Wait).deadline(secs(180)).build().unwrap();
    let answers = buy(&client, 25).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    let sent = purchases(&script);
    assert_eq!(sent.len(), 25);
    for window in sent.windows(11) {
        assert!(window[10].at - window[0].at >= secs(60), "eleven in less than a minute");
    }
    let last = sent[24].at - sent[0].at;
    assert!((secs(120)..secs(121)).contains(&last), "no longer than needed: {last:?}");
}

#[tokio::test(start_paused = true)]
async fn waiting_ends_with_the_deadline() {
    let script = shop();
    let client = builder(&script).pacing(Pacing::Wait).deadline(secs(30)).build().unwrap();
    let answers = buy(&client, 12).await;
    let refused: Vec<_> = answers.into_iter().filter_map(Result::err).collect();
    assert_eq!(refused.len(), 2);
    assert!(refused.iter().all(|error| error.kind() == Kind::Paced && error.outcome() == Outcome::NotDone));
    assert_eq!(purchases(&script).len(), 10);
}

#[tokio::test(start_paused = true)]
async fn off_leaves_it_to_the_provider() {
    let script = shop();
    let client = builder(&script).pacing(Pacing::Off).build().unwrap();
    let answers = buy(&client, 25).await;
    assert!(answers.iter().all(Result::is_ok));
    let sent = purchases(&script);
    assert_eq!(sent.len(), 25);
    assert!(sent[24].at - sent[0].at < secs(1), "all at once");
}

#[tokio::test(start_paused = true)]
async fn a_call_can_choose_for_itself() {
    let script = shop();
    let client = client(&script);
    buy(&client, 10).await;
    let call = |n: usize| client.purchase(airtime(&format!("C-{n}")));
    assert_eq!(call(0).send().await.unwrap_err().kind(), Kind::Paced);
    let _ = call(1).pacing(Pacing::Off).send().await.unwrap();
    let _ = call(2).pacing(Pacing::Wait).deadline(secs(90)).send().await.unwrap();
    assert_eq!(purchases(&script).len(), 12);
}

#[tokio::test(start_paused = true)]
async fn repeats_count_and_wait_for_their_turn() {
    // Nine places are taken; the tenth purchase loses its answer and must wait before it is sent again.
    let script = logged_in(|sent| {
        let lost = sent.text().contains("LOST") && sent.index < 11;
        if lost { Play::lost() } else { Play::answer(200, COMPLETED) }
    });
    let client = builder(&script).deadline(secs(120)).build().unwrap();
    buy(&client, 9).await;
    let _ = client.purchase(airtime("LOST")).send().await.unwrap();
    let sent = purchases(&script);
    assert_eq!(sent.len(), 11);
    assert!(sent[10].at - sent[0].at >= secs(60), "the repeat was the eleventh of its minute");
}

#[tokio::test(start_paused = true)]
async fn reads_are_not_limited() {
    let script = logged_in(|_| Play::answer(200, "[]"));
    let client = client(&script);
    for _ in 0..50 {
        client.categories().send().await.unwrap();
    }
    assert_eq!(script.count("/products/categories"), 50);
}

fn another(client: &Client, n: usize) -> Client {
    let account = Account::Merchant(format!("M-{n}"));
    client.with_credentials(format!("user-{n}"), "p").account(account).channel("C").build().unwrap()
}

#[tokio::test(start_paused = true)]
async fn purchases_are_counted_per_account() {
    let script = shop();
    let first = client(&script);
    let second = another(&first, 2);
    assert!(buy(&first, 10).await.iter().all(Result::is_ok));
    assert!(buy(&second, 10).await.iter().all(Result::is_ok), "the other account has ten of its own");
    assert_eq!(buy(&second, 1).await.remove(0).unwrap_err().kind(), Kind::Paced);
    // Clones are the same account.
    assert_eq!(buy(&first.clone(), 1).await.remove(0).unwrap_err().kind(), Kind::Paced);
    assert_eq!(purchases(&script).len(), 20);
}

#[tokio::test(start_paused = true)]
async fn token_calls_are_counted_per_address_over_all_accounts() {
    let script = shop();
    let first = client(&script);
    first.lease().await.unwrap();
    for n in 2..=5 {
        another(&first, n).lease().await.unwrap();
    }
    let sixth = another(&first, 6);
    let error = sixth.purchase(airtime("P-1")).send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Paced, Outcome::NotDone), "{error}");
    let wait = error.retry_after().unwrap();
    assert!(wait > secs(59) && wait <= secs(60), "{wait:?}");
    assert_eq!(script.count("/auth/token"), 5);
    tokio::time::sleep(wait).await;
    let _ = sixth.purchase(airtime("P-1")).send().await.unwrap();
    assert_eq!(script.count("/auth/token"), 6);
}

#[tokio::test(start_paused = true)]
async fn waiting_token_calls_take_their_turn() {
    let script = shop();
    let first = builder(&script).pacing(Pacing::Wait).deadline(secs(150)).build().unwrap();
    let mut set = JoinSet::new();
    for n in 0..12 {
        let account = another(&first, n);
        set.spawn(async move { account.lease().await.map(drop) });
    }
    assert!(set.join_all().await.iter().all(Result::is_ok));
    let sent: Vec<_> = script.seen().into_iter().map(|sent| sent.at).collect();
    assert_eq!(sent.len(), 12);
    for window in sent.windows(6) {
        assert!(window[5] - window[0] >= secs(60), "six log-ins in less than a minute");
    }
}

#[tokio::test(start_paused = true)]
async fn refresh_calls_have_a_limit_of_their_own() {
    // Tokens of 30 s are refreshed all the time.
    let short = TOKEN.replace("1800", "30");
    let script = Script::new(move |sent| {
        if sent.path.contains("/auth/") { Play::answer(200, short.clone()) } else { Play::answer(200, "[]") }
    });
    let client = client(&script);
    for _ in 0..120 {
        // Over the limit an old token may run out; what counts is what was sent.
        let _ = client.categories().send().await;
        tokio::time::advance(secs(1)).await;
    }
    let refreshes: Vec<_> =
        script.seen().into_iter().filter(|sent| sent.path.ends_with("/refresh")).map(|sent| sent.at).collect();
    assert!(refreshes.len() > 2, "{refreshes:?}");
    for window in refreshes.windows(11) {
        assert!(window[10] - window[0] >= secs(60), "eleven refreshes in less than a minute");
    }
    assert_eq!(script.count("/auth/token"), 1, "the password was sent once");
}

#[tokio::test(start_paused = true)]
async fn a_thousand_tasks_log_in_once() {
    let script = logged_in(|_| Play::answer(200, "[]").after(secs(1)));
    let client = client(&script);
    let mut set = JoinSet::new();
    for _ in 0..1000 {
        let client = client.clone();
        set.spawn(async move { client.categories().send().await.map(drop) });
    }
    assert!(set.join_all().await.iter().all(Result::is_ok));
    assert_eq!(script.count("/auth/token"), 1);
}

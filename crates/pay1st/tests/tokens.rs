//! Tokens of unknown lifetime: their greatest age, refresh tokens that change, and what a refusal starts.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pay_core::script::{Play, Script, Sent};
use pay1st::{CredentialError, CredentialSource, Credentials, ExposeSecret, Kind, Outcome, SIGNING_KEY};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, UNIX_EPOCH};
use support::{CREATED, builder, calls, client, millis, order, payment, refusal, secs};

/// Numbers the pairs that it gives out; `answer` sees the calls.
fn counting(refresh: u16, answer: impl Fn(&Sent) -> Play + Send + Sync + 'static) -> Script {
    let pairs = AtomicUsize::new(0);
    Script::new(move |sent| {
        if sent.path.contains("/auth/refresh") && refresh != 200 {
            return Play::answer(refresh, refusal("E"));
        }
        if sent.path.contains("/auth/") {
            let n = pairs.fetch_add(1, Ordering::SeqCst) + 1;
            return Play::answer(200, format!(r#"{{"role":"API_USER","accessToken":"a{n}=","refreshToken":"r{n}"}}"#));
        }
        answer(sent)
    })
}

fn reading(refresh: u16) -> Script {
    counting(refresh, |_| Play::answer(200, payment("NEW")))
}

async fn read(client: &pay1st::Client) -> Result<pay1st::Payment, pay1st::Error> {
    client.payment(support::REFERENCE).send().await
}

#[tokio::test(start_paused = true)]
async fn one_log_in_serves_all_tasks() {
    let script = counting(200, |_| Play::answer(200, payment("NEW")).after(millis(5)));
    let client = client(&script);
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { read(&client).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!((script.count("/auth/token"), script.count("/auth/refresh")), (1, 0));
    assert_eq!(calls(&script).len(), 50);
}

#[tokio::test(start_paused = true)]
async fn no_token_is_used_beyond_its_greatest_age() {
    for age in [secs(240), secs(30), secs(299)] {
        let script = reading(200);
        let client = builder(&script).token_max_age(age).build().unwrap();
        // The time at which each token was asked for, and the oldest at which it was used.
        for _ in 0..200 {
            read(&client).await.unwrap();
            tokio::time::advance(age / 23).await;
        }
        let seen = script.seen();
        let asked: Vec<_> = seen.iter().filter(|sent| sent.path.contains("/auth/")).map(|sent| sent.at).collect();
        assert!(asked.len() > 5);
        for sent in seen.iter().filter(|sent| !sent.path.contains("/auth/")) {
            let n: usize =
                sent.header("accesstoken").trim_start_matches("Bearer a").trim_end_matches('=').parse().unwrap();
            assert!(sent.at - asked[n - 1] < age, "{:?}", sent.at - asked[n - 1]);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_newest_refresh_token_is_sent() {
    let script = reading(200);
    let client = client(&script);
    for _ in 0..4 {
        read(&client).await.unwrap();
        tokio::time::advance(secs(230)).await;
    }
    let sent: Vec<_> = script
        .seen()
        .iter()
        .filter(|sent| sent.path.contains("/auth/refresh"))
        .map(|sent| (sent.text().to_owned(), sent.header("authorization").to_owned()))
        .collect();
    let wanted: Vec<_> =
        (1..4).map(|n| (format!(r#"{{"role":"API_USER","refreshToken":"r{n}"}}"#), String::new())).collect();
    assert_eq!(sent, wanted, "its page lists no Authorization");
    assert_eq!(script.count("/auth/token"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_refused_refresh_token_falls_back_to_the_log_in() {
    for status in [400, 401, 403, 404, 422] {
        let script = reading(status);
        let client = client(&script);
        read(&client).await.unwrap();
        tokio::time::advance(secs(230)).await;
        read(&client).await.unwrap();
        assert_eq!((script.count("/auth/token"), script.count("/auth/refresh")), (2, 1), "{status}");
        assert_eq!(calls(&script)[1].header("accesstoken"), "Bearer a2=");
    }
}

#[tokio::test(start_paused = true)]
async fn a_fault_of_the_refresh_keeps_a_token_that_is_still_good() {
    for status in [429, 500, 503] {
        let script = reading(status);
        let client = client(&script);
        read(&client).await.unwrap();
        // Old enough for an early refresh, young enough to be used.
        tokio::time::advance(secs(170)).await;
        read(&client).await.unwrap();
        tokio::time::sleep(millis(1)).await;
        read(&client).await.unwrap();
        assert_eq!((script.count("/auth/token"), script.count("/auth/refresh")), (1, 1), "{status}");
        assert!(calls(&script).iter().all(|sent| sent.header("accesstoken") == "Bearer a1="));
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_token_is_replaced_and_the_replay_is_signed_anew() {
    let script = counting(200, |sent| match sent.header("accesstoken") {
        "Bearer a1=" => Play::answer(401, refusal("E")).after(secs(2)),
        _ => Play::answer(201, CREATED),
    });
    let at = Arc::new(Mutex::new(0_u64));
    let wall = Arc::clone(&at);
    // Each look at the clock is a second later.
    let client = builder(&script)
        .wall_clock(move || {
            let mut at = wall.lock().unwrap();
            *at += 1;
            UNIX_EPOCH + Duration::from_secs(1_742_199_052 + *at)
        })
        .build()
        .unwrap();
    client.lease().await.unwrap();
    tokio::time::advance(secs(60)).await;
    let created = client.create_payment(order("order-1")).send().await.unwrap();
    let calls = calls(&script);
    assert_eq!(calls.len(), 2);
    assert_eq!(calls[0].body, calls[1].body, "frozen bytes");
    assert_ne!(calls[0].header("x-timestamp"), calls[1].header("x-timestamp"));
    assert_ne!(calls[0].header("x-signature"), calls[1].header("x-signature"));
    assert_eq!(calls[1].header("accesstoken"), "Bearer a2=");
    // The link has the token that the payment was created with.
    assert!(created.checkout_link().expose_url().ends_with("accessToken=a2%3D"));
}

#[tokio::test(start_paused = true)]
async fn every_attempt_has_a_stamp_of_its_own() {
    let script = counting(200, |sent| if sent.index < 3 { Play::answer(429, "") } else { Play::answer(201, CREATED) });
    // It moves with each look at it: a wait may be none at all.
    let looks = std::sync::atomic::AtomicU64::new(0);
    let look = move || Duration::from_millis(looks.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
    let client = builder(&script).wall_clock(move || support::wall() + look()).build().unwrap();
    let _ = client.create_payment(order("order-1")).send().await.unwrap();
    let calls = calls(&script);
    let mut stamps: Vec<_> = calls.iter().map(|sent| sent.header("x-timestamp").to_owned()).collect();
    assert_eq!(stamps.len(), 3);
    stamps.dedup();
    assert_eq!(stamps.len(), 3, "{stamps:?}");
}

#[tokio::test(start_paused = true)]
async fn a_link_keeps_the_token_of_its_payment_until_it_is_rebuilt() {
    let script = counting(200, |_| Play::answer(201, CREATED));
    let client = client(&script);
    let created = client.create_payment(order("order-1")).send().await.unwrap();
    tokio::time::advance(secs(230)).await;
    assert_eq!(client.lease().await.unwrap().token.expose_secret(), "a2=");
    let link = created.checkout_link().channel(8);
    assert!(link.expose_url().ends_with("channelId=8&reference=C-113976984708914-P&accessToken=a1%3D"));
    let rebuilt = link.rebuild(&client).await.unwrap();
    assert!(rebuilt.expose_url().ends_with("channelId=8&reference=C-113976984708914-P&accessToken=a2%3D"));
    let later = client.checkout_link(created.reference()).await.unwrap();
    assert!(later.expose_url().ends_with("checkout?reference=C-113976984708914-P&accessToken=a2%3D"));
}

#[tokio::test(start_paused = true)]
async fn a_wrong_secret_is_told_with_its_three_checks() {
    let script = Script::new(|_| Play::answer(401, refusal("E")));
    let error = client(&script).create_payment(order("order-1")).send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome(), error.operation()), (Kind::Login, Outcome::NotDone, "create_payment"));
    assert_eq!(error.reference(), Some("order-1"));
    for check in ["API key and API secret", "environment", "may use the API", "session-9"] {
        assert!(error.to_string().contains(check), "{error}");
    }
    assert!(error.body().is_none(), "such an answer may hold a token");
    assert_eq!(script.seen().len(), 1);
}

/// A vault whose keys can be changed.
struct Vault(Mutex<Result<Credentials, CredentialError>>);

#[async_trait::async_trait]
impl CredentialSource for Vault {
    async fn credentials(&self) -> Result<Credentials, CredentialError> {
        self.0.lock().unwrap().clone()
    }
}

#[tokio::test(start_paused = true)]
async fn a_rotated_signing_key_needs_no_restart() {
    let script = counting(200, |_| Play::answer(201, CREATED));
    let keys = |key: &str| Ok(Credentials::new("k", "s").with_key(SIGNING_KEY, key));
    let vault = Arc::new(Vault(Mutex::new(keys("first"))));
    let client = builder(&script).credential_source(vault.clone()).build().unwrap();
    let _ = client.create_payment(order("order-1")).send().await.unwrap();
    *vault.0.lock().unwrap() = keys("second");
    let _ = client.create_payment(order("order-1")).send().await.unwrap();
    let calls = calls(&script);
    assert_eq!(calls[0].body, calls[1].body);
    assert_eq!(calls[0].header("x-timestamp"), calls[1].header("x-timestamp"));
    assert_ne!(calls[0].header("x-signature"), calls[1].header("x-signature"));
    assert_eq!(script.count("/auth/token"), 1, "the log-in has not changed");
}

#[tokio::test(start_paused = true)]
async fn a_signing_key_that_is_swapped_under_load_never_mixes() {
    let script = counting(200, |_| Play::answer(201, CREATED).after(millis(1)));
    let keys = |key: &str| Credentials::new("k", "s").with_key(SIGNING_KEY, key);
    // Both are held ready, so that what was computed of each is used again and again.
    let (first, second) = (keys("first"), keys("second"));
    let vault = Arc::new(Vault(Mutex::new(Ok(first.clone()))));
    let client = builder(&script).credential_source(vault.clone()).build().unwrap();
    let mut signatures = Vec::new();
    for round in 0..6 {
        *vault.0.lock().unwrap() = Ok(if round % 2 == 0 { first.clone() } else { second.clone() });
        let before = calls(&script).len();
        let tasks: Vec<_> = (0..8)
            .map(|_| {
                let client = client.clone();
                tokio::spawn(async move { client.create_payment(order("order-1")).send().await.map(drop) })
            })
            .collect();
        for task in tasks {
            task.await.unwrap().unwrap();
        }
        let calls = calls(&script);
        let of_round: BTreeSet<_> = calls[before..].iter().map(|sent| sent.header("x-signature").to_owned()).collect();
        assert_eq!(of_round.len(), 1, "one key and one time, one signature");
        signatures.extend(of_round);
    }
    assert_eq!(signatures[0], signatures[2]);
    assert_eq!(signatures[1], signatures[5]);
    assert_ne!(signatures[0], signatures[1]);
}

#[tokio::test(start_paused = true)]
async fn the_header_is_shown_as_it_is_sent_and_follows_the_token() {
    let script = reading(200);
    let client = client(&script);
    let shown = || client.with_authorization(|value| String::from_utf8(value.to_vec()).unwrap());
    assert_eq!(shown().await.unwrap(), "Bearer a1=");
    read(&client).await.unwrap();
    assert_eq!(calls(&script)[0].header("accesstoken"), "Bearer a1=", "in a header of this name");
    assert_eq!(shown().await.unwrap(), "Bearer a1=");
    tokio::time::advance(secs(600)).await;
    assert_eq!(shown().await.unwrap(), "Bearer a2=", "never one that is too old");
    assert_eq!((script.count("/auth/token"), script.count("/auth/refresh")), (1, 1));

    let refused = Script::new(|_| Play::answer(401, refusal("E")));
    let error = support::client(&refused).with_authorization(<[u8]>::len).await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Login, Outcome::NotDone), "{error}");
}

#[tokio::test(start_paused = true)]
async fn keys_that_cannot_sign_are_told_before_anything_is_sent() {
    for (credentials, says) in [
        (Credentials::new("k", "s"), "no `signing_key`"),
        (Credentials::new("k", "s").with_key(SIGNING_KEY, ""), "`signing_key` is empty"),
        (Credentials::new("k", "s").with_key(SIGNING_KEY, "SENTINEL\n"), "white space"),
    ] {
        let script = counting(200, |_| Play::answer(201, CREATED));
        let client = builder(&script).credential_source(Arc::new(credentials)).build().unwrap();
        let error = client.create_payment(order("order-1")).send().await.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (Kind::Credentials, Outcome::NotDone), "{error}");
        assert!(error.to_string().contains(says), "{error}");
        assert!(!format!("{error:?}{error:#}").contains("SENTINEL"));
        assert!(calls(&script).is_empty());
        // Reads need no signing key.
        assert_eq!(client.payment("r").send().await.unwrap_err().kind(), Kind::Decode);
    }
}

#[tokio::test(start_paused = true)]
async fn two_partners_never_share_a_token() {
    let script = Script::new(|sent| {
        if sent.path.contains("/auth/") {
            let of = sent.header("authorization").to_owned();
            let token = if of == "Basic a2V5LTE6cyJlY3JldA==" { "one" } else { "two" };
            return Play::answer(200, format!(r#"{{"accessToken":"{token}"}}"#));
        }
        Play::answer(200, payment("NEW"))
    });
    let one = client(&script);
    let two = one.with_credentials("key-2", "secret").signing_key("other").build().unwrap();
    read(&one).await.unwrap();
    read(&two).await.unwrap();
    read(&one).await.unwrap();
    let tokens: Vec<_> = calls(&script).iter().map(|sent| sent.header("accesstoken").to_owned()).collect();
    assert_eq!(tokens, ["Bearer one", "Bearer two", "Bearer one"]);
}

#[tokio::test(start_paused = true)]
async fn what_comes_beside_a_token_can_be_read_and_does_not_print() {
    let script = Script::new(|_| Play::answer(200, r#"{"role":"API_USER","accessToken":"t","expiresIn":"SENTINEL"}"#));
    let logged_in = client(&script).check_credentials().await.unwrap();
    assert_eq!(logged_in.extra[0].0, "expiresIn");
    assert_eq!(logged_in.extra[0].1.expose_secret(), "\"SENTINEL\"");
    assert!(!format!("{logged_in:?}").contains("SENTINEL"));
}

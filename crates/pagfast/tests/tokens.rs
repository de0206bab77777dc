//! Tokens: a JWT's own end as a hint, what a refused or Pending key says, tokens of the caller's own, and who shares what.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pagfast::auth::TokenSource;
use pagfast::{
    Client, CredentialError, CredentialSource, Credentials, ExposeSecret, Kind, Outcome, ReceiverQuery, SecretString,
};
use pay_core::script::{Play, Script, Sent};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use support::{ID, NOW, bad_token, builder, calls, client, jwt, millis, refusal, secs, transaction, wall};

fn record() -> Play {
    Play::answer(200, transaction("o", "Completed", "1"))
}

async fn read(client: &Client) -> Result<(), pagfast::Error> {
    client.transaction(ID).send().await.map(drop)
}

/// Numbers the tokens that it gives out, each with these claims.
fn counting(claims: String, answer: impl Fn(&Sent) -> Play + Send + Sync + 'static) -> Script {
    let logins = AtomicUsize::new(0);
    Script::new(move |sent| {
        if sent.path.ends_with("/login") {
            let n = logins.fetch_add(1, Ordering::SeqCst) + 1;
            return Play::answer(201, jwt(&format!("t{n}"), &claims)).after(millis(50));
        }
        answer(sent)
    })
}

/// A client whose wall clock runs with the paused one.
fn ticking(script: &Script) -> Client {
    let start = tokio::time::Instant::now();
    builder(script).wall_clock(move || wall() + start.elapsed()).build().unwrap()
}

#[tokio::test(start_paused = true)]
async fn one_log_in_serves_all_tasks() {
    let script = counting(String::new(), |_| record().after(millis(5)));
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
    assert_eq!((script.count("/login"), calls(&script).len()), (1, 50));
}

#[tokio::test(start_paused = true)]
async fn the_tokens_own_end_counts_and_sixty_minutes_where_it_has_none() {
    // Claims, and the whole minutes after which a token is the second one.
    for (claims, minutes) in [
        (format!(r#","iat":{NOW},"exp":{}"#, NOW + 600), 10),
        (format!(r#","exp":{}"#, NOW + 600), 10),
        (format!(r#","iat":{NOW},"exp":{}"#, NOW + 7200), 120),
        (String::new(), 60),
        // No lifetime that can be meant: as if it had none.
        (format!(r#","exp":{}"#, NOW - 1), 60),
        (format!(r#","exp":{}"#, NOW + 5), 60),
        (r#","exp":"soon""#.to_owned(), 60),
    ] {
        let script = counting(claims.clone(), |_| record());
        let client = ticking(&script);
        read(&client).await.unwrap();
        // Not before the early refresh: five minutes or a third ahead, and a tenth of that for jitter.
        let lead = (minutes * 60 / 3).min(300);
        tokio::time::sleep(secs(minutes * 60 - lead - lead / 10 - 2)).await;
        read(&client).await.unwrap();
        assert_eq!(script.count("/login"), 1, "{claims}");
        tokio::time::sleep(secs(lead + lead / 10 + 2)).await;
        read(&client).await.unwrap();
        assert_eq!(script.count("/login"), 2, "{claims}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_long_poll_outlives_its_tokens_and_never_sends_a_dead_one() {
    let issued = Arc::new(Mutex::new(Vec::new()));
    let issues = Arc::clone(&issued);
    let start = tokio::time::Instant::now();
    let script = Script::new(move |sent| match sent.path.ends_with("/login") {
        true => {
            let (mut issued, now) = (issues.lock().unwrap(), start.elapsed());
            let claims = format!(r#","iat":{},"exp":{}"#, NOW + now.as_secs(), NOW + now.as_secs() + 600);
            let token = jwt(&format!("t{}", issued.len()), &claims);
            issued.push((token.clone(), now));
            Play::answer(201, token)
        }
        false => record(),
    });
    let client = ticking(&script);
    let mut sent_at = Vec::new();
    for _ in 0..240 {
        sent_at.push(start.elapsed());
        read(&client).await.unwrap();
        tokio::time::sleep(secs(15)).await;
    }
    let issued = issued.lock().unwrap();
    assert!((6..=20).contains(&issued.len()), "{}", issued.len());
    let calls = calls(&script);
    assert_eq!(calls.len(), 240);
    for (sent, at) in calls.iter().zip(sent_at) {
        let token = sent.header("authorization").strip_prefix("Bearer ").unwrap();
        let (_, born) = issued.iter().find(|(known, _)| known == token).unwrap();
        assert!(at - *born < secs(600), "a token of ten minutes after {:?}", at - *born);
    }
}

#[tokio::test(start_paused = true)]
async fn a_pending_or_wrong_key_is_told_with_its_four_checks() {
    for (status, body) in [
        (401, refusal("AuthenticationError", "AccessKeyPending")),
        (200, refusal("AuthenticationError", "AccessKeyPending")),
        (400, refusal("X", "Y")),
        (403, String::new()),
    ] {
        let shown = body.clone();
        let script = Script::new(move |_| Play::answer(status, body.clone()));
        let client = client(&script);
        let error = client.pix_cash_out(support::withdrawal("order-1")).send().await.unwrap_err();
        assert_eq!((error.kind(), error.outcome(), error.operation()), (Kind::Login, Outcome::NotDone, "pix_cash_out"));
        for check in ["access key and its secret", "Pending until you ask", "this environment", "defaults are assumed"]
        {
            assert!(error.to_string().contains(check), "{check}: {error}");
        }
        assert_eq!(error.reference(), Some("order-1"));
        assert!(error.body().is_none(), "such an answer may hold a token");
        assert!(shown.is_empty() || error.provider_code().is_some());
        // It cools down: a wrong key is not tried with every call.
        client.check_credentials().await.unwrap_err();
        assert_eq!(script.seen().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn assumed_parts_of_the_token_call_are_named_where_they_may_be_wrong() {
    for (status, body, kind, says) in [
        (404, "", Kind::Token, "set `token_path`"),
        (405, "", Kind::Token, "set `token_path`"),
        (302, "", Kind::Token, "set `token_path`"),
        (
            400,
            r#"{"statusCode":"Error","error":{"name":"InvalidRequestFormatError"}}"#,
            Kind::Login,
            "set `token_fields`",
        ),
        (200, "<html>", Kind::Token, "set `token_member`"),
        (201, r#"{"jwt":"a.b.c"}"#, Kind::Token, "set `token_member`"),
        (200, "", Kind::Token, "set `token_member`"),
        (429, "", Kind::Token, "too many token calls"),
        (503, "", Kind::Token, "has a fault"),
        (500, r#"{"statusCode":"Error","error":{"name":"AuthenticationError"}}"#, Kind::Login, "Pending"),
    ] {
        let script = Script::new(move |_| Play::answer(status, body));
        let error = client(&script).check_credentials().await.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (kind, Outcome::NotDone), "{status} {body}: {error}");
        assert!(error.to_string().contains(says), "{status} {body}: {error}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_token_call_is_a_setting_throughout() {
    let script = Script::new(|sent| match sent.path.ends_with("/oauth/tokens") {
        true => Play::answer(200, r#"{"result":{"jwt":"opaque-1"}}"#),
        false => record(),
    });
    let client = builder(&script)
        .token_path("/auth/oauth/tokens")
        .token_fields("key", "pass")
        .token_member("result.jwt")
        .build()
        .unwrap();
    read(&client).await.unwrap();
    let seen = script.seen();
    assert_eq!(seen[0].url, format!("{}/auth/oauth/tokens", support::BASE));
    assert_eq!(seen[0].text(), r#"{"key":"key-1","pass":"s\"ecret"}"#);
    assert_eq!(seen[1].header("authorization"), "Bearer opaque-1");
}

/// Tokens of another service, one after the other.
struct Desk(AtomicUsize);

#[async_trait::async_trait]
impl TokenSource for Desk {
    async fn token(&self) -> Result<SecretString, CredentialError> {
        match self.0.fetch_add(1, Ordering::SeqCst) {
            0 | 1 => {
                Ok(jwt(&format!("own-{}", self.0.load(Ordering::SeqCst)), &format!(r#","exp":{}"#, NOW + 3600)).into())
            }
            _ => Err(CredentialError("the desk is closed".into())),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_callers_own_tokens_take_the_place_of_the_token_call() {
    let refused = Arc::new(Mutex::new(false));
    let refuses = Arc::clone(&refused);
    let script = Script::new(move |_| match std::mem::take(&mut *refuses.lock().unwrap()) {
        true => Play::answer(401, bad_token()),
        false => record(),
    });
    let desk = Arc::new(Desk(AtomicUsize::new(0)));
    let client = builder(&script).token_source(desk.clone()).build().unwrap();
    read(&client).await.unwrap();
    let logged_in = client.check_credentials().await.unwrap();
    assert_eq!(logged_in.expires_at, Some(wall() + secs(3600)), "its own end");
    // A refused one is asked for again, once.
    tokio::time::advance(secs(60)).await;
    *refused.lock().unwrap() = true;
    read(&client).await.unwrap();
    assert_eq!((desk.0.load(Ordering::SeqCst), script.count("/login"), calls(&script).len()), (2, 0, 3));
    let used: Vec<_> = calls(&script).iter().map(|sent| sent.header("authorization").to_owned()).collect();
    assert!(used[0] == used[1] && used[1] != used[2]);
    tokio::time::advance(secs(60)).await;
    *refused.lock().unwrap() = true;
    let error = read(&client).await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Token, Outcome::NotDone));
    assert!(format!("{error:#}").contains("the desk is closed"), "{error:#}");
}

/// A vault whose key can be changed.
struct Vault(Mutex<(&'static str, &'static str)>);

#[async_trait::async_trait]
impl CredentialSource for Vault {
    async fn credentials(&self) -> Result<Credentials, CredentialError> {
        let (key, secret) = *self.0.lock().unwrap();
        Ok(Credentials::new(key, secret))
    }
}

#[tokio::test(start_paused = true)]
async fn a_rotated_secret_needs_no_restart() {
    let script = counting(format!(r#","iat":{NOW},"exp":{}"#, NOW + 600), |_| record());
    let vault = Arc::new(Vault(Mutex::new(("k", "first"))));
    let client = builder(&script).credential_source(vault.clone()).build().unwrap();
    read(&client).await.unwrap();
    *vault.0.lock().unwrap() = ("k", "second");
    tokio::time::advance(secs(601)).await;
    read(&client).await.unwrap();
    let bodies: Vec<_> =
        script.seen().iter().filter(|s| s.path.ends_with("/login")).map(|s| s.text().to_owned()).collect();
    assert_eq!(bodies, [r#"{"accessKey":"k","secret":"first"}"#, r#"{"accessKey":"k","secret":"second"}"#]);
}

/// Gives each key a token that names it.
fn by_key() -> Script {
    Script::new(|sent| {
        if sent.path.ends_with("/login") {
            let key = sent.text().split('"').nth(3).unwrap().to_owned();
            return Play::answer(201, jwt(&key, ""));
        }
        if sent.path.contains("/receivers") { Play::answer(200, r#"{"data":[]}"#) } else { record() }
    })
}

fn whose(sent: &Sent) -> String {
    ["key-1", "key-2", "co-1", "co-2"]
        .into_iter()
        .find(|key| sent.header("authorization") == format!("Bearer {}", jwt(key, "")))
        .unwrap()
        .to_owned()
}

#[tokio::test(start_paused = true)]
async fn accounts_never_mix_and_companies_have_a_key_of_their_own() {
    let script = by_key();
    let one = builder(&script).company_credentials("co-1", "s").build().unwrap();
    let two = one.with_credentials("key-2", "s").build().unwrap();
    let three = one.with_credentials("key-2", "s").company_credentials("co-2", "s").build().unwrap();
    let all = ReceiverQuery::new();
    read(&one).await.unwrap();
    read(&two).await.unwrap();
    one.companies().receivers(&all).send().await.unwrap();
    two.companies().receivers(&all).send().await.unwrap();
    three.companies().receivers(&all).send().await.unwrap();
    three.companies().raw(pagfast::RawRequest::get("/partners-int/x")).send().await.unwrap();
    read(&one).await.unwrap();
    let used: Vec<_> = calls(&script).iter().map(whose).collect();
    // Another account never takes the first one's key for companies.
    assert_eq!(used, ["key-1", "key-2", "co-1", "key-2", "co-2", "co-2", "key-1"]);
}

#[tokio::test(start_paused = true)]
async fn the_header_is_shown_as_it_is_sent() {
    let script = by_key();
    let client = client(&script);
    let shown = client.with_authorization(|value| String::from_utf8(value.to_vec()).unwrap()).await.unwrap();
    read(&client).await.unwrap();
    assert_eq!(calls(&script)[0].header("authorization"), shown);
    assert_eq!(format!("Bearer {}", client.lease().await.unwrap().token.expose_secret()), shown);
}

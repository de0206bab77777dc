//! Consent: what is kept, what each return of the browser means, and that nothing of it prints.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use paga_connect::{AuthorizationCode, Client, ConsentError, Kind, Outcome, PendingConsent, Scope, UserData};
use pay_core::script::{Play, Script};
use std::collections::HashSet;
use support::{CALLBACK, TOKEN, builder, client, state, token_calls};

fn silent() -> Script {
    Script::new(|_| panic!("something was sent"))
}

/// A consent under way, and its state.
fn begun() -> (PendingConsent, String) {
    let (url, pending) = client(&silent()).consent([Scope::MerchantPayment]).start().unwrap();
    (pending, state(url.expose_url()))
}

fn refused(pending: &mut PendingConsent, query: &str) -> ConsentError {
    pending.finish(query).expect_err("a refusal")
}

#[test]
fn a_return_with_code_and_state_brings_the_code() {
    for wrap in [
        "code=aB3dE6&state=S",
        "state=S&code=aB3dE6",
        "?code=aB3dE6&state=S",
        "code=aB3dE6&state=S&session_state=x&iss=y",
    ] {
        let (mut pending, state) = begun();
        let code = pending.finish(&wrap.replace("=S", &format!("={state}"))).unwrap();
        assert_eq!(code.expose_code(), "aB3dE6");
        assert_eq!(code.scopes(), &[Scope::MerchantPayment]);
    }
    // Encoded as browsers and servers do.
    let (mut pending, state) = begun();
    assert_eq!(pending.finish(&format!("code=a%2Bb+c&state={state}")).unwrap().expose_code(), "a+b c");
}

#[test]
fn a_missing_state_is_told() {
    for query in ["", "?", "code=aB3dE6", "code=aB3dE6&state=", "error=access_denied", "STATE=x&code=y"] {
        let (mut pending, _) = begun();
        assert_eq!(refused(&mut pending, query), ConsentError::StateMissing, "{query}");
    }
}

#[test]
fn a_wrong_state_is_told_and_uses_nothing_up() {
    let (mut pending, state) = begun();
    let (_, other) = begun();
    let changed = format!("{}x", &state[..state.len() - 1]);
    for wrong in ["x", "undefined", &other, &changed, &state[1..], &format!("{state}x"), &state.to_uppercase()] {
        // Neither a code nor a refusal of somebody else's is believed.
        assert_eq!(refused(&mut pending, &format!("code=c&state={wrong}")), ConsentError::StateWrong, "{wrong}");
        assert_eq!(refused(&mut pending, &format!("error=access_denied&state={wrong}")), ConsentError::StateWrong);
    }
    pending.finish(&format!("code=c&state={state}")).unwrap();
}

#[test]
fn a_replayed_return_is_told() {
    let (mut pending, state) = begun();
    let query = format!("code=c&state={state}");
    pending.finish(&query).unwrap();
    assert_eq!(refused(&mut pending, &query), ConsentError::StateReplayed);
    // Kept and loaded again it is still used up.
    let kept = serde_json::to_string(&pending).unwrap();
    let mut pending: PendingConsent = serde_json::from_str(&kept).unwrap();
    assert_eq!(refused(&mut pending, &query), ConsentError::StateReplayed);
    // A refusal uses it up too.
    let (mut pending, state) = begun();
    refused(&mut pending, &format!("error=access_denied&state={state}"));
    assert_eq!(refused(&mut pending, &format!("code=c&state={state}")), ConsentError::StateReplayed);
}

#[test]
fn a_no_of_the_user_is_told_apart_from_other_errors() {
    let (mut pending, state) = begun();
    let no = format!("error=access_denied&error_description=User+denied+access&state={state}");
    assert_eq!(refused(&mut pending, &no), ConsentError::Denied { description: Some("User denied access".into()) });
    let (mut pending, state) = begun();
    // An error counts, even with a code beside it.
    let other = format!("code=c&error=invalid_scope&state={state}");
    assert_eq!(
        refused(&mut pending, &other),
        ConsentError::Refused { error: "invalid_scope".into(), description: None }
    );
    let (mut pending, state) = begun();
    let forging = format!("error=a%0Ab%1B%5B31m&error_description={}%E2%80%AE&state={state}", "x".repeat(5000));
    let shown = refused(&mut pending, &forging).to_string();
    assert!(!shown.contains(['\n', '\u{1b}', '\u{202e}']) && shown.len() < 700, "{shown}");
}

#[test]
fn a_return_without_code_or_error_is_told() {
    for query in ["state=S", "state=S&code=", "state=S&Code=c"] {
        let (mut pending, state) = begun();
        assert_eq!(
            refused(&mut pending, &query.replace("=S", &format!("={state}"))),
            ConsentError::CodeMissing,
            "{query}"
        );
    }
}

#[test]
fn what_stands_there_twice_is_believed_neither_time() {
    for (query, parameter) in [
        ("state=S&state=S&code=c", "state"),
        ("state=S&state=x&code=c", "state"),
        ("state=S&code=c&code=d", "code"),
        ("state=S&code=c&code=c", "code"),
        ("state=S&error=a&error=b", "error"),
        ("state=S&error=a&error_description=x&error_description=y", "error_description"),
    ] {
        let (mut pending, state) = begun();
        let query = query.replace("=S", &format!("={state}"));
        assert_eq!(refused(&mut pending, &query), ConsentError::Repeated { parameter }, "{query}");
    }
}

#[test]
fn states_and_verifiers_never_come_twice() {
    let client = client(&silent());
    let mut seen = HashSet::new();
    for _ in 0..500 {
        let (url, pending) = client.consent([Scope::MerchantPayment]).pkce().start().unwrap();
        let state = state(url.expose_url());
        assert!(state.len() >= 43 && state.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)), "{state}");
        assert!(seen.insert(state));
        let kept = serde_json::to_value(&pending).unwrap();
        assert!(seen.insert(kept["verifier"].as_str().unwrap().to_owned()));
    }
}

#[tokio::test(start_paused = true)]
async fn the_pending_consent_survives_the_way_through_a_session() {
    let script = Script::new(|_| Play::answer(200, TOKEN));
    let client = client(&script);
    let consent = client.consent([Scope::MerchantPayment, "NEW_1".parse().unwrap()]);
    let (url, pending) = consent.user_data([UserData::Email]).pkce().start().unwrap();
    let kept = serde_json::to_string(&pending).unwrap();
    let mut back: PendingConsent = serde_json::from_str(&kept).unwrap();
    let code = back.finish(&format!("code=c&state={}", state(url.expose_url()))).unwrap();
    client.exchange(code).await.unwrap();
    let sent = token_calls(&script)[0].text().to_owned();
    assert!(sent.contains("scope=MERCHANT_PAYMENT+NEW_1&user_data=EMAIL&code_verifier="), "{sent}");
    // RFC 7636: the challenge is the hash of the verifier that is sent now.
    let verifier = serde_json::from_str::<serde_json::Value>(&kept).unwrap()["verifier"].as_str().unwrap().to_owned();
    assert!(sent.ends_with(&format!("code_verifier={verifier}")), "{sent}");
    assert!((43..=128).contains(&verifier.len()));
}

#[tokio::test(start_paused = true)]
async fn a_code_of_another_client_or_host_is_not_sent() {
    let script = silent();
    let first = client(&script);
    let second = first.with_credentials("client-2", "secret").unwrap();
    let live = builder(&script).production().build().unwrap();
    let code = |client: &Client| -> AuthorizationCode { support::code(client) };
    for (wrong, of) in [(&second, &first), (&first, &second), (&live, &first), (&first, &live)] {
        let error = wrong.exchange(code(of)).await.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (Kind::Invalid, Outcome::NotDone));
    }
}

#[test]
fn several_client_ids_stand_side_by_side() {
    let first = client(&silent());
    let second = first.with_credentials("client-2", "secret").unwrap();
    for (client, id) in [(&first, "client-1"), (&second, "client-2")] {
        let (url, _) = client.consent([Scope::MoneyTransfer]).start().unwrap();
        assert!(url.expose_url().contains(&format!("client_id={id}&")), "{}", url.expose_url());
    }
}

#[test]
fn what_cannot_be_asked_for_is_refused() {
    let script = silent();
    let error = client(&script).consent([]).start().unwrap_err();
    assert_eq!(error.kind(), Kind::Invalid);
    let bare = Client::builder().provider_test().credentials("c", "s").build().unwrap();
    let error = bare.consent([Scope::MoneyTransfer]).start().unwrap_err();
    assert_eq!((error.kind(), error.setting()), (Kind::Config, Some("redirect_uri")));
    for wrong in ["callback", "http://shop.example/cb", "https://shop.example/cb#f", "https://u:p@shop.example/cb", ""]
    {
        let error = bare.consent([Scope::MoneyTransfer]).redirect_uri(wrong).start().unwrap_err();
        assert_eq!(error.setting(), Some("redirect_uri"), "{wrong}");
    }
    for right in
        [CALLBACK, "http://127.0.0.1:4080/paga/callback", "https://shop.example/cb?x=1", "https://SHOP.example:443/Cb"]
    {
        let (url, _) = bare.consent([Scope::MoneyTransfer]).redirect_uri(right).start().unwrap();
        // Letter by letter: nothing is lower-cased, completed or folded.
        let query = url.expose_url().split_once('?').unwrap().1.to_owned();
        let sent =
            form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "redirect_uri").unwrap().1.into_owned();
        assert_eq!(sent, right);
    }
}

#[test]
fn nothing_of_a_consent_prints() {
    let (url, mut pending) = client(&silent()).consent([Scope::MerchantPayment]).pkce().start().unwrap();
    let state = state(url.expose_url());
    let kept = serde_json::to_value(&pending).unwrap();
    let verifier = kept["verifier"].as_str().unwrap();
    let mut printed = format!("{url:?} {pending:?} {pending:#?}");
    let code = pending.finish(&format!("code=SENTINEL&state={state}")).unwrap();
    printed.push_str(&format!("{code:?} {code:#?} {pending:?}"));
    for secret in ["SENTINEL", state.as_str(), verifier] {
        assert!(!printed.contains(secret), "{secret} in {printed}");
    }
    assert!(printed.contains("used: true"));
}

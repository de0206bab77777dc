//! The client's side of every bad flow that a strict server refuses: the sandbox in its mode `rfc9700`, which is not Paga's.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use paga_connect::auth::{MemoryStore, TokenStore};
use paga_connect::{
    AuthorizationCode, BasicEncoding, Builder, Client, Consent, ConsentError, DetailsShape, Error, Kind,
    MerchantPayment, Outcome, PaymentReferences, PendingConsent, Scope, TokenParameters, UserData,
};
use pay_sandbox::Sandbox;
use pay_sandbox::paga_connect::PagaConnect;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

async fn strict() -> (Sandbox, PagaConnect) {
    let sandbox = Sandbox::start().await.unwrap();
    let paga = sandbox.paga_connect();
    paga.set_mode("consent_without_browser", "on").unwrap();
    paga.set_mode("rfc9700", "on").unwrap();
    (sandbox, paga)
}

fn builder_for(paga: &PagaConnect, id: &str) -> Builder {
    let secret = paga.client_secret(id).unwrap();
    Client::builder().local(paga.base_url()).credentials(id, secret).redirect_uri(paga.redirect_uri())
}

fn builder(paga: &PagaConnect) -> Builder {
    builder_for(paga, &paga.client_id())
}

fn client(paga: &PagaConnect) -> Client {
    builder(paga).build().unwrap()
}

fn consent(client: &Client) -> Consent {
    client.consent([Scope::MerchantPayment, Scope::UserDetailsRequest]).user_data([UserData::FirstName]).pkce()
}

/// What stands behind the `?` of the address that the browser comes back to.
fn back(paga: &PagaConnect, url: &str, user: &str) -> String {
    let address = paga.approve(url, user).unwrap();
    address.split_once('?').unwrap().1.to_owned()
}

/// A code for a user who consents.
fn code(paga: &PagaConnect, client: &Client, user: &str) -> AuthorizationCode {
    let (url, mut pending) = consent(client).start().unwrap();
    pending.finish(&back(paga, url.expose_url(), user)).unwrap()
}

/// The consent is over, and no money moved.
#[track_caller]
fn over(error: &Error) {
    assert_eq!((error.kind(), error.outcome()), (Kind::ConsentRequired, Outcome::NotDone), "{error}");
}

/// A pending consent with one member changed, as a broken session store or an attacker on it would.
fn changed(pending: &PendingConsent, member: &str, value: Value) -> PendingConsent {
    let mut json = serde_json::to_value(pending).unwrap();
    assert!(json.get(member).is_some(), "{member}");
    json[member] = value;
    serde_json::from_value(json).unwrap()
}

/// A client on the sandbox's clock.
fn client_on(sandbox: &Sandbox) -> Builder {
    let clock = sandbox.clock();
    builder(&sandbox.paga_connect()).wall_clock(move || clock.now())
}

/// A token that is refused within thirty seconds of its issue starts no refresh: another would be refused as well.
fn a_minute_later(sandbox: &Sandbox) {
    sandbox.clock().advance(Duration::from_secs(60));
}

/// How many token calls the sandbox has seen.
fn token_calls(sandbox: &Sandbox) -> usize {
    sandbox.requests().iter().filter(|record| record.operation == Some("token")).count()
}

#[tokio::test]
async fn redirects_that_nobody_should_use_are_refused_before_a_browser_sees_them() {
    let (_sandbox, paga) = strict().await;
    for uri in [
        "https://shop.example/paga/callback#fragment",
        "https://user@shop.example/paga/callback",
        "https://user:password@shop.example/paga/callback",
        "http://shop.example/paga/callback",
        "/paga/callback",
        "shop.example/paga/callback",
        "",
    ] {
        let error = client(&paga).consent([Scope::MerchantPayment]).redirect_uri(uri).start().unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (Kind::Config, Outcome::NotDone), "{uri}: {error}");
        let error = builder(&paga).redirect_uri(uri).build().unwrap_err();
        assert_eq!(error.kind(), Kind::Config, "{uri}: {error}");
    }
}

/// The same as the sandbox's own test sends by hand.
const REDIRECTS: [&str; 24] = [
    "https://shop.example.evil.example/paga/callback",
    "https://evil-shop.example/paga/callback",
    "https://www.shop.example/paga/callback",
    "https://shop.example@evil.example/paga/callback",
    "https://user@shop.example/paga/callback",
    "https://shop.example\\@evil.example/paga/callback",
    "https://shop.example/paga/callback/evil",
    "https://shop.example/paga/callbackevil",
    "https://shop.example/paga/callback/",
    "https://shop.example/paga/callback/../../evil",
    "https://shop.example/paga/x/../callback",
    "https://shop.example/paga/callback/%2e%2e/evil",
    "https://shop.example/paga%2Fcallback",
    "https://shop.example//paga/callback",
    "https://shop.example:8443/paga/callback",
    "https://shop.example:443/paga/callback",
    "http://127.0.0.1:4081/paga/callback",
    "http://localhost:4080/paga/callback",
    "http://shop.example/paga/callback",
    "HTTPS://SHOP.EXAMPLE/paga/callback",
    "https://shop.example/Paga/Callback",
    "https://shop.example/paga/callback#x",
    "https://shop.example/paga/callback?next=evil",
    "javascript:alert(1)//https://shop.example/paga/callback",
];

#[tokio::test]
async fn redirects_that_are_not_the_registered_one_never_bring_a_code() {
    let (_sandbox, paga) = strict().await;
    let mut refused_here = Vec::new();
    for uri in REDIRECTS {
        // What this library lets through as an address is the server's to refuse, which leads the browser nowhere.
        let Ok((url, _)) = consent(&client(&paga)).redirect_uri(uri).start() else {
            refused_here.push(uri);
            continue;
        };
        let refused = paga.approve(url.expose_url(), "ada").unwrap_err().to_string();
        assert!(refused.contains("redirect_uri"), "{uri}: {refused}");
    }
    // User names, fragments, and plain HTTP to another machine: what can never be meant.
    assert_eq!(
        refused_here,
        [
            "https://shop.example@evil.example/paga/callback",
            "https://user@shop.example/paga/callback",
            "http://shop.example/paga/callback",
            "https://shop.example/paga/callback#x",
        ]
    );
    // The addresses stay as they were given, so what is registered is found.
    let (url, mut pending) =
        consent(&client(&paga)).redirect_uri("https://shop.example/paga/callback").start().unwrap();
    let code = pending.finish(&back(&paga, url.expose_url(), "ada")).unwrap();
    client(&paga).exchange(code).await.unwrap();
}

#[tokio::test]
async fn unknown_clients_and_scopes_are_told_apart() {
    let (_sandbox, paga) = strict().await;
    // The live client's id on the test host: no page for the user, and no token.
    let live = builder_for(&paga, &paga.live_client_id()).build().unwrap();
    let (url, _) = consent(&live).start().unwrap();
    assert!(paga.approve(url.expose_url(), "ada").unwrap_err().to_string().contains("client_id"));
    let error = live.check_credentials().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Login, Outcome::NotDone), "{error}");
    assert!(error.to_string().contains("environment"), "it names what to check: {error}");
    // A scope that this client may not ask for comes back as an error of its own.
    let books = builder_for(&paga, &paga.awkward_client_id()).build().unwrap();
    let (url, mut pending) = books.consent([Scope::PagaAccountNuban]).pkce().start().unwrap();
    match pending.finish(&back(&paga, url.expose_url(), "ada")) {
        Err(ConsentError::Refused { error, .. }) => assert_eq!(error, "invalid_scope"),
        other => panic!("{other:?}"),
    }
    // Without PKCE such a server refuses, and says so; this library never sends `plain`.
    let (url, mut pending) = client(&paga).consent([Scope::MerchantPayment]).start().unwrap();
    match pending.finish(&back(&paga, url.expose_url(), "ada")) {
        Err(ConsentError::Refused { error, description }) => {
            assert_eq!((error.as_str(), description.as_deref()), ("invalid_request", Some("Code challenge required")));
        }
        other => panic!("{other:?}"),
    }
    let (url, _) = consent(&client(&paga)).start().unwrap();
    assert!(url.expose_url().contains("code_challenge_method=S256") && !url.expose_url().contains("plain"));
}

#[tokio::test]
async fn returns_that_are_not_the_answer_stop_before_the_token_call() {
    let (sandbox, paga) = strict().await;
    let client = client(&paga);
    let (url, mut pending) = consent(&client).start().unwrap();
    let right = back(&paga, url.expose_url(), "ada");
    let (other_url, _) = consent(&client).start().unwrap();
    let others = back(&paga, other_url.expose_url(), "ngozi");
    let code_of_another = others.split('&').find(|pair| pair.starts_with("code=")).unwrap();
    let state = right.split('&').find(|pair| pair.starts_with("state=")).unwrap();
    for (query, expected) in [
        (others.clone(), ConsentError::StateWrong),
        (code_of_another.to_owned(), ConsentError::StateMissing),
        (format!("{code_of_another}&state="), ConsentError::StateMissing),
        (format!("{right}x"), ConsentError::StateWrong),
        (format!("{right}&state=second"), ConsentError::Repeated { parameter: "state" }),
    ] {
        assert_eq!(pending.finish(&query).unwrap_err(), expected, "{query}");
    }
    // None of these used it up: the user's own return is still good, and once only.
    assert!(pending.clone().finish(&format!("{right}&{code_of_another}")).is_err(), "two codes");
    assert_eq!(pending.clone().finish(state).unwrap_err(), ConsentError::CodeMissing);
    pending.finish(&right).unwrap();
    assert_eq!(pending.finish(&right).unwrap_err(), ConsentError::StateReplayed);
    // Declined.
    let (url, mut pending) = consent(&client).start().unwrap();
    let address = paga.decline(url.expose_url(), "ada").unwrap();
    let declined = pending.finish(address.split_once('?').unwrap().1).unwrap_err();
    assert_eq!(declined, ConsentError::Denied { description: Some("User denied access".to_owned()) });
    assert_eq!(token_calls(&sandbox), 0, "nothing of all this was sent");
}

#[tokio::test]
async fn an_injected_code_is_worth_nothing_with_pkce() {
    let (_sandbox, paga) = strict().await;
    let client = client(&paga);
    // The attacker's own return, with the victim's state: what a swapped address looks like.
    let (url, mut victim) = consent(&client).start().unwrap();
    let right = back(&paga, url.expose_url(), "ada");
    let (attackers, _) = consent(&client).start().unwrap();
    let stolen = back(&paga, attackers.expose_url(), "ngozi");
    let pick = |query: &str, name: &str| query.split('&').find(|pair| pair.starts_with(name)).unwrap().to_owned();
    let injected = format!("{}&{}", pick(&stolen, "code="), pick(&right, "state="));
    let code = victim.finish(&injected).unwrap();
    over(&client.exchange(code).await.unwrap_err());
}

#[tokio::test]
async fn a_verifier_that_is_lost_or_another_ends_the_consent() {
    let (_sandbox, paga) = strict().await;
    let client = client(&paga);
    for value in [json!("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"), json!("short"), Value::Null] {
        let (url, pending) = consent(&client).start().unwrap();
        let mut pending = changed(&pending, "verifier", value);
        let code = pending.finish(&back(&paga, url.expose_url(), "ada")).unwrap();
        over(&client.exchange(code).await.unwrap_err());
    }
    // Another redirect than the code was sent to.
    let (url, pending) = consent(&client).start().unwrap();
    let mut pending = changed(&pending, "redirect_uri", json!("https://shop.example/paga/callback"));
    let code = pending.finish(&back(&paga, url.expose_url(), "ada")).unwrap();
    over(&client.exchange(code).await.unwrap_err());
}

#[tokio::test]
async fn codes_that_are_reused_foreign_or_late_are_a_new_consent() {
    let (sandbox, paga) = strict().await;
    let client = client_on(&sandbox).build().unwrap();
    let user = client.user("user-1");
    let first = code(&paga, &client, "ada");
    user.keep(&client.exchange(first.clone()).await.unwrap()).await.unwrap();
    user.user_details(DetailsShape::Bare).send().await.unwrap();
    over(&client.exchange(first).await.unwrap_err());
    a_minute_later(&sandbox);
    // A server that takes a second use for a theft ends what the first one brought: this user's consent is over, and says so.
    over(&user.user_details(DetailsShape::Bare).send().await.unwrap_err());

    let books = builder_for(&paga, &paga.awkward_client_id()).build().unwrap();
    let calls = token_calls(&sandbox);
    let error = books.exchange(code(&paga, &client, "ada")).await.unwrap_err();
    assert_eq!((error.kind(), token_calls(&sandbox)), (Kind::Invalid, calls), "of another client id: not even sent");
    // A foreign code that came by the address is refused by the server.
    let (url, mut pending) = consent(&books).start().unwrap();
    let (_, state) =
        back(&paga, url.expose_url(), "ada").split_once("state=").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let foreign = code(&paga, &client, "ada").expose_code().to_owned();
    let foreign = pending.finish(&format!("code={foreign}&state={state}")).unwrap();
    over(&books.exchange(foreign).await.unwrap_err());

    let late = code(&paga, &client, "ada");
    sandbox.clock().advance(Duration::from_secs(300));
    over(&client.exchange(late).await.unwrap_err());
}

#[tokio::test]
async fn a_refresh_token_of_an_old_backup_ends_that_users_consent_alone() {
    let (sandbox, paga) = strict().await;
    let store: Arc<dyn TokenStore> = Arc::new(MemoryStore::new());
    let client = client_on(&sandbox).token_store(Arc::clone(&store)).build().unwrap();
    let (ada, ngozi) = (client.user("ada"), client.user("ngozi"));
    let backup = client.exchange(code(&paga, &client, "ada")).await.unwrap();
    ada.keep(&backup).await.unwrap();
    ngozi.keep(&client.exchange(code(&paga, &client, "ngozi")).await.unwrap()).await.unwrap();
    a_minute_later(&sandbox);
    paga.end_access_tokens();
    ada.user_details(DetailsShape::Bare).send().await.unwrap();
    assert_eq!(paga.refreshes("ada"), Some(1), "rotated");
    // Somebody restores the store of yesterday: its refresh token was used, and using it again ends the family.
    a_minute_later(&sandbox);
    let restored = client_on(&sandbox).build().unwrap();
    let old = restored.user("ada");
    old.keep(&backup).await.unwrap();
    over(&old.user_details(DetailsShape::Bare).send().await.unwrap_err());
    over(&ada.user_details(DetailsShape::Bare).send().await.unwrap_err());
    ngozi.user_details(DetailsShape::Bare).send().await.unwrap();
    let consents: Vec<bool> = paga.consents().iter().map(|consent| consent.revoked).collect();
    assert_eq!(consents, [true, false]);
}

#[tokio::test]
async fn what_the_server_cannot_read_is_refused_without_a_second_try() {
    let (sandbox, paga) = strict().await;
    let by_query = builder(&paga).token_parameters(TokenParameters::Query).build().unwrap();
    let error = by_query.exchange(code(&paga, &by_query, "ada")).await.unwrap_err();
    assert_eq!((error.outcome(), token_calls(&sandbox)), (Outcome::NotDone, 1), "no silent second form: {error}");
    assert!(matches!(error.kind(), Kind::Refused | Kind::Token), "{error}");
    // The secret that is spelt differently in form encoding, against a server that reads one spelling.
    paga.set_mode("rfc9700", "off").unwrap();
    let id = paga.awkward_client_id();
    for (mode, right, wrong) in [
        ("raw", BasicEncoding::Raw, BasicEncoding::Rfc6749),
        ("form_encoded", BasicEncoding::Rfc6749, BasicEncoding::Raw),
    ] {
        paga.set_mode("basic", mode).unwrap();
        let client = |encoding| builder_for(&paga, &id).basic_encoding(encoding).build().unwrap();
        client(right).check_credentials().await.unwrap();
        let calls = token_calls(&sandbox);
        let error = client(wrong).check_credentials().await.unwrap_err();
        assert_eq!((error.kind(), token_calls(&sandbox)), (Kind::Login, calls + 1), "{mode}: {error}");
        assert!(error.to_string().contains("basic_encoding"), "it names the setting: {error}");
    }
    for (mode, right, wrong) in [
        ("query", TokenParameters::Query, TokenParameters::Form),
        ("form", TokenParameters::Form, TokenParameters::Query),
    ] {
        paga.set_mode("basic", "either").unwrap();
        paga.set_mode("token_parameters", mode).unwrap();
        let client = |parameters| builder(&paga).token_parameters(parameters).build().unwrap();
        client(right).check_credentials().await.unwrap();
        let calls = token_calls(&sandbox);
        assert!(client(wrong).check_credentials().await.is_err(), "{mode}");
        assert_eq!(token_calls(&sandbox), calls + 1, "{mode}");
    }
}

#[tokio::test]
async fn a_wrong_secret_is_the_clients_fault_and_no_users() {
    let (sandbox, paga) = strict().await;
    let client = builder(&paga).credentials(paga.client_id(), "wrong").build().unwrap();
    let error = client.exchange(code(&paga, &client, "ada")).await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Login, Outcome::NotDone), "{error}");
    // The user's tokens are not thrown away for it.
    let right = client_on(&sandbox).build().unwrap();
    let answer = right.exchange(code(&paga, &right, "ada")).await.unwrap();
    let user = right.user("ada");
    user.keep(&answer).await.unwrap();
    a_minute_later(&sandbox);
    paga.end_access_tokens();
    paga.set_client_secret(&paga.client_id(), "replaced at Paga").unwrap();
    let error = user.user_details(DetailsShape::Bare).send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Login, Outcome::NotDone), "{error}");
    assert!(user.is_kept().await.unwrap());
}

#[tokio::test]
async fn a_missing_scope_is_refused_and_keeps_the_session() {
    let (sandbox, paga) = strict().await;
    let client = client(&paga);
    let (url, mut pending) = client.consent([Scope::UserDetailsRequest]).pkce().start().unwrap();
    let code = pending.finish(&back(&paga, url.expose_url(), "ada")).unwrap();
    let user = client.user("ada");
    user.keep(&client.exchange(code).await.unwrap()).await.unwrap();
    let references = PaymentReferences { reference: "order-1".to_owned(), customer: "c-1".to_owned() };
    let payment = MerchantPayment::new(references, "10".parse().unwrap());
    let error = user.merchant_payment(payment).send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Forbidden, Outcome::Refused), "{error}");
    user.user_details(DetailsShape::Bare).send().await.unwrap();
    assert_eq!((paga.refreshes("ada"), sandbox.ledger().charges("order-1")), (Some(0), 0), "no token was wasted on it");
}

/// What the client prints of all these refusals, which repeat codes and tokens.
#[tokio::test]
async fn no_refusal_prints_a_code_or_a_token() {
    let (sandbox, paga) = strict().await;
    let client = client(&paga);
    let first = code(&paga, &client, "ada");
    let answer = client.exchange(first.clone()).await.unwrap();
    let mut said = vec![client.exchange(first).await.unwrap_err()];
    let user = client.user("ada");
    user.keep(&answer).await.unwrap();
    said.push(user.user_details(DetailsShape::Bare).send().await.unwrap_err());
    // The body of a token call is kept without what could be a secret; a secured operation's is the caller's to expose.
    let shown = said[0].body().and_then(|body| body.expose_str()).unwrap().to_owned();
    assert!(shown.contains("invalid_grant"), "{shown}");
    assert_eq!(sandbox.leaks(&shown), Vec::<String>::new(), "{shown}");
    for error in said {
        let text = format!("{error} {error:?} {error:#}");
        assert_eq!(sandbox.leaks(&text), Vec::<String>::new(), "{text}");
    }
}

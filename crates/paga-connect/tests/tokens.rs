//! Token calls: what a code or a refresh token brings, told apart from what may pass, without a word of it printing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use async_trait::async_trait;
use paga_connect::{
    CredentialError, CredentialSource, Credentials, DetailsShape, Error, ExposeSecret, Kind, Outcome, TokenAnswer,
};
use pay_core::script::{Play, Script};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use support::{DETAILS, TOKEN, builder, client, code, is_token, of, secs, token_calls};

async fn exchanged(status: u16, body: &str) -> Result<TokenAnswer, Error> {
    let body = body.to_owned();
    let script = Script::new(move |_| Play::answer(status, body.clone()));
    let client = client(&script);
    let answer = client.exchange(code(&client)).await;
    assert_eq!(script.seen().len(), 1, "a code was sent twice");
    answer
}

#[tokio::test(start_paused = true)]
async fn a_whole_answer() {
    let answer = exchanged(200, TOKEN).await.unwrap();
    assert_eq!(answer.access.expose_secret(), "00000000-1111-4222-8333-444444444444");
    assert_eq!(answer.refresh.as_ref().unwrap().expose_secret(), "55555555-6666-4777-8888-999999999999");
    assert_eq!(answer.expires_in, Some(secs(43_199)));
    assert_eq!(answer.scope().unwrap(), ["MERCHANT_PAYMENT", "USER_DETAILS_REQUEST"]);
    let names: Vec<_> = answer.extra.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["authorities", "scope", "token_type", "user_data"]);
    let raw = |name: &str| answer.extra.iter().find(|(known, _)| known == name).unwrap().1.expose_secret().to_owned();
    assert_eq!(raw("authorities"), r#"[{"authority":"A"}]"#);
    assert_eq!(raw("user_data"), r#""FIRST_NAME""#);
}

#[tokio::test(start_paused = true)]
async fn odd_answers_are_read() {
    for (body, lifetime, refresh) in [
        (r#"{"access_token":"a"}"#, None, false),
        (r#"{"access_token":"a","expires_in":"3600","refresh_token":"r"}"#, Some(3600), true),
        (r#"{"access_token":"a","expires_in":3599.5,"token_type":"BEARER"}"#, Some(3599), false),
        (r#"{"access_token":"a","expires_in":null,"refresh_token":null,"token_type":7}"#, None, false),
        (r#"{"access_token":"a","expires_in":-5,"refresh_token":{},"limitMaximum":1e30}"#, None, false),
        (r#"{"access_token":"a","scope":["A"],"user_data":{"x":[1]},"authorities":"A","error":null}"#, None, false),
    ] {
        for status in [200, 201] {
            let answer = exchanged(status, body).await.unwrap_or_else(|error| panic!("{body}: {error}"));
            assert_eq!(answer.access.expose_secret(), "a");
            assert_eq!((answer.expires_in, answer.refresh.is_some()), (lifetime.map(secs), refresh), "{body}");
        }
    }
    // A scope that is no text stays readable as it came.
    let answer = exchanged(200, r#"{"access_token":"a","scope":["A"]}"#).await.unwrap();
    assert_eq!((answer.scope(), answer.extra[0].1.expose_secret()), (None, r#"["A"]"#));
}

#[tokio::test(start_paused = true)]
async fn a_refused_code_is_a_lost_consent_and_a_refused_client_is_not() {
    let grant = r#"{"error":"invalid_grant","error_description":"Invalid authorization code: kZ3fQp"}"#;
    let redirect = r#"{"error":"invalid_grant","error_description":"Redirect URI mismatch."}"#;
    for (status, body, kind, code, text) in [
        (400, grant, Kind::ConsentRequired, Some("invalid_grant"), Some("Invalid authorization code")),
        (400, redirect, Kind::ConsentRequired, Some("invalid_grant"), Some("Redirect URI mismatch.")),
        (401, r#"{"error":"invalid_client"}"#, Kind::Login, Some("invalid_client"), None),
        (400, r#"{"error":"unauthorized_client"}"#, Kind::Login, Some("unauthorized_client"), None),
        (
            401,
            r#"{"error":"Invalid paga account id or password"}"#,
            Kind::Login,
            Some("Invalid paga account id or password"),
            None,
        ),
        (401, "", Kind::Login, None, None),
        (401, "<html>", Kind::Login, None, None),
        (400, r#"{"error":"invalid_scope"}"#, Kind::Refused, Some("invalid_scope"), None),
        (400, r#"{"error":"unsupported_grant_type"}"#, Kind::Refused, Some("unsupported_grant_type"), None),
        (400, "", Kind::Token, None, None),
        (403, "<html>", Kind::Token, None, None),
        (404, r#"{"path":"/x"}"#, Kind::Token, None, None),
        (429, r#"{"error":"invalid_grant"}"#, Kind::Token, Some("invalid_grant"), None),
        (500, r#"{"error":"invalid_grant"}"#, Kind::Token, Some("invalid_grant"), None),
        (503, "<html>", Kind::Token, None, None),
        (302, "", Kind::Token, None, None),
        (200, "", Kind::Token, None, None),
        (200, "<html>", Kind::Token, None, None),
        (200, r#"{"token":"x"}"#, Kind::Token, None, None),
        (200, r#"{"access_token":""}"#, Kind::Token, None, None),
        (200, r#"{"error":"invalid_grant"}"#, Kind::ConsentRequired, Some("invalid_grant"), None),
    ] {
        let error = exchanged(status, body).await.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (kind, Outcome::NotDone), "{status} {body}: {error}");
        assert_eq!((error.provider_code(), error.provider_message()), (code, text), "{status} {body}");
        assert_eq!(error.status().unwrap().as_u16(), status);
        // What may pass says what a code has over a refresh token: it cannot simply be sent again.
        let told = error.to_string().contains("the code may be used up");
        assert_eq!(told, kind == Kind::Token, "{status} {body}: {error}");
        // What no source shows is to be reported, and may be a matter of a setting.
        let odd = error.to_string().contains("token_parameters");
        assert_eq!(odd, kind == Kind::Refused || (kind == Kind::Token && status != 429 && status < 500), "{error}");
    }
    for (play, sent) in [(Play::not_sent(), 5), (Play::lost(), 1), (Play::hang(), 1)] {
        let script = Script::new(move |_| play.clone());
        let client = client(&script);
        let error = client.exchange(code(&client)).await.unwrap_err();
        assert_eq!((error.kind(), error.outcome(), script.seen().len()), (Kind::Token, Outcome::NotDone, sent));
        assert!(error.to_string().contains("the code may be used up"), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_parsed_can_be_reported() {
    let odd = r#"{"access_tokn":"11111111-2222-4333-8444-555555555555","expires_in":"3600","limitMaximum":5,"user":{"x":1},"error_description":"for ada@example.test"}"#;
    let error = exchanged(200, odd).await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 200);
    assert_eq!(
        error.body().unwrap().expose_str().unwrap(),
        r#"{"access_tokn":"[36 characters]","error_description":"for [hidden]","expires_in":"3600","limitMaximum":"[a number]","user":{..}}"#
    );
    let error = exchanged(502, "<html>Bad Gateway 5f3c of 10.0.0.7</html>").await.unwrap_err();
    let shown = error.body().unwrap().expose_str().unwrap();
    assert_eq!(shown, "<html>Bad Gateway [hidden] of [hidden]</html>");
}

/// Answers token calls by `token`, and all else with details.
fn details(token: impl Fn(usize) -> Play + Send + Sync + 'static) -> Script {
    let count = AtomicUsize::new(0);
    Script::new(
        move |sent| {
            if is_token(sent) { token(count.fetch_add(1, Ordering::SeqCst)) } else { Play::answer(200, DETAILS) }
        },
    )
}

/// The call after the token has ended, and how many refreshes it took.
async fn after_the_end(token: impl Fn(usize) -> Play + Send + Sync + 'static) -> (Result<(), Error>, Script) {
    let script = details(move |index| if index == 0 { Play::answer(200, TOKEN) } else { token(index) });
    let user = of(&client(&script)).await;
    tokio::time::advance(secs(43_190)).await;
    (user.user_details(DetailsShape::Bare).send().await.map(drop), script)
}

#[tokio::test(start_paused = true)]
async fn a_refresh_token_that_is_over_asks_for_consent_and_everything_else_may_pass() {
    for (status, body, kind) in [
        (400, r#"{"error":"invalid_grant","error_description":"Invalid refresh token: 5555"}"#, Kind::ConsentRequired),
        (401, r#"{"error":"invalid_token"}"#, Kind::ConsentRequired),
        (400, r#"{"error":"unsupported_grant_type"}"#, Kind::ConsentRequired),
        (401, r#"{"error":"invalid_client"}"#, Kind::Login),
        (401, "", Kind::Login),
        (400, r#"{"error":"invalid_request"}"#, Kind::Token),
        (400, "", Kind::Token),
        (404, "<html>", Kind::Token),
        (429, "", Kind::Token),
        (500, r#"{"error":"invalid_grant"}"#, Kind::Token),
        (200, "<html>", Kind::Token),
        (200, "{}", Kind::Token),
    ] {
        let (result, script) = after_the_end(move |_| Play::answer(status, body)).await;
        let error = result.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (kind, Outcome::NotDone), "{status} {body}: {error}");
        assert!(support::calls(&script).is_empty(), "nothing goes out without a token");
    }
}

#[tokio::test(start_paused = true)]
async fn refresh_tokens_that_stay_and_such_that_change_are_both_kept() {
    // Never with the answer: the old one stays good.
    let script = details(|index| match index {
        0 => Play::answer(200, TOKEN),
        index => Play::answer(200, format!(r#"{{"access_token":"a{index}","expires_in":"100"}}"#)),
    });
    let user = of(&client(&script)).await;
    for wait in [43_190, 100, 100] {
        tokio::time::advance(secs(wait)).await;
        user.user_details(DetailsShape::Bare).send().await.unwrap();
    }
    let sent: Vec<_> = token_calls(&script).iter().skip(1).map(|sent| sent.text().to_owned()).collect();
    assert!(
        sent.len() == 3 && sent.iter().all(|text| text.ends_with("refresh_token=55555555-6666-4777-8888-999999999999"))
    );

    // Another one each time: the newest counts.
    let script = details(|index| match index {
        0 => Play::answer(200, TOKEN),
        index => {
            Play::answer(200, format!(r#"{{"access_token":"a{index}","refresh_token":"r{index}","expires_in":100}}"#))
        }
    });
    let user = of(&client(&script)).await;
    for wait in [43_190, 100, 100] {
        tokio::time::advance(secs(wait)).await;
        user.user_details(DetailsShape::Bare).send().await.unwrap();
    }
    let sent: Vec<_> = token_calls(&script).iter().skip(1).map(|sent| sent.text().to_owned()).collect();
    let ends: Vec<_> = sent.iter().map(|text| text.rsplit('=').next().unwrap()).collect();
    assert_eq!(ends, ["55555555-6666-4777-8888-999999999999", "r1", "r2"]);
}

#[tokio::test(start_paused = true)]
async fn a_lifetime_that_is_not_told_is_not_guessed() {
    let script = details(|_| Play::answer(200, r#"{"access_token":"a","refresh_token":"r"}"#));
    let user = of(&client(&script)).await;
    tokio::time::advance(secs(30 * 24 * 3600)).await;
    user.user_details(DetailsShape::Bare).send().await.unwrap();
    assert_eq!(token_calls(&script).len(), 1);
}

/// A secret that is replaced between two readings.
struct Rotating(AtomicUsize);

#[async_trait]
impl CredentialSource for Rotating {
    async fn credentials(&self) -> Result<Credentials, CredentialError> {
        let turn = self.0.fetch_add(1, Ordering::SeqCst);
        Ok(Credentials::new("client-1", if turn <= 2 { "old" } else { "new" }))
    }
}

#[tokio::test(start_paused = true)]
async fn a_secret_that_is_rotated_loses_no_user() {
    // base64 of `client-1:new`.
    let new = "Basic Y2xpZW50LTE6bmV3";
    let script = Script::new(move |sent| {
        if !is_token(sent) {
            Play::answer(200, DETAILS)
        } else if sent.index == 0 || sent.header("authorization") == new {
            Play::answer(200, TOKEN)
        } else {
            Play::answer(401, r#"{"error":"invalid_client"}"#)
        }
    });
    let source = Arc::new(Rotating(AtomicUsize::new(0)));
    let client = builder(&script).credential_source("client-1", source).build().unwrap();
    let answer = client.exchange(code(&client)).await.unwrap();
    let user = client.user("user-1");
    user.keep(&answer).await.unwrap();
    tokio::time::advance(secs(43_190)).await;
    user.user_details(DetailsShape::Bare).send().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_source_with_another_client_id_is_refused() {
    let script = Script::new(|_| panic!("something was sent"));
    let source = Arc::new(Credentials::new("client-2", "secret"));
    let client = builder(&script).credential_source("client-1", source).build().unwrap();
    let error = client.exchange(code(&client)).await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Credentials, Outcome::NotDone));
}

#[tokio::test(start_paused = true)]
async fn whether_the_client_is_known_can_be_asked() {
    for (status, body, expected) in [
        (400, r#"{"error":"invalid_grant"}"#, None),
        (401, r#"{"error":"invalid_token"}"#, None),
        (400, r#"{"error":"unsupported_grant_type"}"#, None),
        (401, r#"{"error":"invalid_client"}"#, Some(Kind::Login)),
        (401, "", Some(Kind::Login)),
        (500, "", Some(Kind::Token)),
        (200, "<html>", Some(Kind::Token)),
        (200, TOKEN, Some(Kind::Unexpected)),
    ] {
        let script = Script::new(move |_| Play::answer(status, body));
        let asked = client(&script).check_credentials().await;
        assert_eq!(asked.as_ref().err().map(Error::kind), expected, "{status} {body}");
        assert!(asked.err().is_none_or(|error| error.outcome() == Outcome::NotDone));
    }
}

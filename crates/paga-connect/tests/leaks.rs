//! Nothing that is secret or personal comes out of any value, error or event, in whatever form it is written.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use paga_connect::{
    Client, DetailsShape, Error, MerchantPayment, MoneyTransfer, PaymentForm, PaymentReferences, RawRequest, Repeat,
    Scope, TokenParameters, TransferTo, UserData, UserSession,
};
use pay_core::script::{Play, Script};
use std::fmt::Debug;
use support::events::Events;
use support::{amount, builder, is_token, secs, state};

/// What may stand in no output: secret, code, tokens, telephone, e-mail, balance, and the user's own id.
const MARKERS: [&str; 9] = [
    "sEcr3t-1@%#=+x",
    "kZ3fQp",
    "aCce55-77777777-1111",
    "rEfr3sh-88888888-2222",
    "08000000001",
    "ada.obi@example.test",
    "987654.32",
    "user-4711",
    "Adaeze",
];

/// Every form that a marker could hide in.
fn forms(marker: &str) -> Vec<String> {
    let bytes = marker.as_bytes();
    let joined = |separator: &str, show: fn(&u8) -> String| bytes.iter().map(show).collect::<Vec<_>>().join(separator);
    let encoded: String = form_urlencoded::byte_serialize(bytes).collect();
    vec![
        marker.to_owned(),
        encoded.clone(),
        encoded.replace('+', "%20"),
        joined(", ", u8::to_string),
        joined(",", u8::to_string),
        joined("", |byte| format!("{byte:02x}")),
        marker.escape_debug().to_string(),
        marker.to_uppercase(),
        base64(bytes),
    ]
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    // Whole groups alone: what stands before and behind moves the rest.
    let whole = bytes.len() - bytes.len() % 3;
    bytes[..whole]
        .chunks(3)
        .flat_map(|chunk| {
            let group = u32::from(chunk[0]) << 16 | u32::from(chunk[1]) << 8 | u32::from(chunk[2]);
            (0..4).map(move |at| char::from(DIGITS[(group >> (18 - 6 * at)) as usize & 63]))
        })
        .collect()
}

#[track_caller]
fn clean(text: &str) {
    for marker in MARKERS {
        for form in forms(marker) {
            assert!(!text.contains(&form), "{marker} as {form} in {text}");
        }
    }
}

#[test]
fn a_planted_marker_is_caught_in_every_form() {
    for marker in MARKERS {
        for form in forms(marker) {
            assert!(std::panic::catch_unwind(|| clean(&format!("x {form} y"))).is_err(), "{form}");
        }
    }
    clean("nothing of note");
}

/// An answer that repeats everything.
fn echo() -> String {
    format!(
        r#"{{"merchantPaymentResult":{{"errorCode":null,"transactionId":"T","secret":"{}"}},"phone":"{}"}}"#,
        MARKERS[0], MARKERS[4]
    )
}

/// A refusal that tells people too much.
fn chatty() -> String {
    let [_, _, access, _, phone, email, balance, ..] = MARKERS;
    format!(r#"{{"errorCode":"E","errorMessage":"{phone} ({email}): NGN {balance} is left, token={access}"}}"#)
}

fn profile() -> String {
    let [_, _, _, _, phone, email, balance, _, name] = MARKERS;
    format!(
        r#"{{"detailsResult":{{"details":{{"firstName":"{name}","lastName":"{name}","username":"{name}","email":"{email}","accountBalance":"{balance}","publicId":"{phone}","mobileNumber":"{phone}"}}}}}}"#
    )
}

fn token() -> String {
    let (access, refresh) = (MARKERS[2], MARKERS[3]);
    format!(
        r#"{{"access_token":"{access}","refresh_token":"{refresh}","expires_in":100,"user_data":"{}","limitMaximum":{}}}"#,
        MARKERS[5], MARKERS[6]
    )
}

fn make(script: &Script) -> Client {
    builder(script).credentials("client-1", MARKERS[0]).build().unwrap()
}

fn shown<T: Debug>(result: &Result<T, Error>) -> String {
    match result {
        Ok(value) => format!("{value:?} {value:#?}"),
        Err(error) => format!("{error} {error:#} {error:?} {error:#?}"),
    }
}

async fn session(client: &Client, printed: &mut String) -> UserSession {
    let (url, mut pending) =
        client.consent([Scope::MerchantPayment]).user_data([UserData::Email]).pkce().start().unwrap();
    printed.push_str(&format!("{url:?} {pending:?}"));
    let code = pending.finish(&format!("code={}&state={}", MARKERS[1], state(url.expose_url()))).unwrap();
    printed.push_str(&format!("{code:?} {pending:#?}"));
    let answer = client.exchange(code).await.unwrap();
    printed.push_str(&format!("{answer:?} {answer:#?}"));
    let user = client.user(MARKERS[7]);
    user.keep(&answer).await.unwrap();
    user
}

fn pay() -> MerchantPayment {
    let of = PaymentReferences { reference: "order-1".into(), customer: MARKERS[5].into() };
    MerchantPayment::new(of, amount("500"))
}

fn give() -> MoneyTransfer {
    MoneyTransfer::new(TransferTo { reference: "t-1".into(), recipient: MARKERS[4].into() }, amount("200"))
}

async fn all_of(user: &UserSession) -> String {
    let raw = || {
        RawRequest::new(http::Method::POST, format!("/paga-webservices/oauth2/secure/x/{}", MARKERS[4]), Repeat::Never)
            .query("phone", MARKERS[4])
            .body("application/json", MARKERS[5])
    };
    let calls = format!("{user:?} {:?} {:?} {:?} {:?}", pay(), give(), raw(), user.merchant_payment(pay()));
    [
        calls,
        shown(&user.merchant_payment(pay()).send().await),
        shown(&user.merchant_payment(pay()).reply().await),
        shown(&user.merchant_payment(pay()).prepare().await),
        shown(&user.money_transfer(give()).send().await),
        shown(&user.money_transfer(give()).reply().await),
        shown(&user.user_details(DetailsShape::Bare).send().await),
        shown(&user.user_details(DetailsShape::Bare).reply().await),
        shown(&user.one_time_token("one-1").send().await),
        shown(&user.raw(raw()).send().await),
        shown(&user.lease().await),
    ]
    .join("\n")
}

#[tokio::test(start_paused = true)]
async fn nothing_secret_or_personal_comes_out_of_any_call() {
    let (events, _guard) = Events::capture();
    let mut printed = String::new();
    let access = MARKERS[2];
    let repeats = format!(r#"{{"error":"invalid_token","error_description":"Invalid access token: {access}"}}"#);
    let plays = [
        Play::answer(200, echo()),
        Play::answer(200, profile()),
        Play::answer(200, format!("<html>{} {}", MARKERS[0], MARKERS[5])),
        Play::answer(200, ""),
        Play::answer(401, repeats.clone()),
        Play::answer(403, repeats.replace("invalid_token", "insufficient_scope")),
        Play::answer(403, format!(r#"{{"error":"Token {access} may not"}}"#)),
        Play::answer(400, echo()),
        Play::answer(200, chatty()),
        Play::answer(400, chatty()),
        Play::answer(500, chatty()),
        Play::answer(500, echo()),
        Play::answer(302, "").header("location", &format!("https://evil.example/?token={access}")),
        Play::lost(),
        Play::hang(),
        Play::not_sent(),
    ];
    for play in plays {
        let script = Script::new(move |sent| if is_token(sent) { Play::answer(200, token()) } else { play.clone() });
        for form in [PaymentForm::Path, PaymentForm::Body] {
            let client = builder(&script).credentials("client-1", MARKERS[0]).payment_form(form).build().unwrap();
            let user = session(&client, &mut printed).await;
            tokio::time::advance(secs(31)).await;
            printed.push_str(&all_of(&user).await);
        }
    }
    clean(&printed);
    let seen = events.all();
    assert!(seen.len() > 100, "{}", seen.len());
    clean(&format!("{seen:?}"));
}

#[tokio::test(start_paused = true)]
async fn nothing_secret_comes_out_of_any_token_call() {
    let (events, _guard) = Events::capture();
    let mut printed = String::new();
    let [secret, code, access, refresh, phone, email, balance, ..] = MARKERS;
    let bodies = [
        (400, format!(r#"{{"error":"invalid_grant","error_description":"Invalid authorization code: {code}"}}"#)),
        (400, format!(r#"{{"error":"invalid_grant","error_description":"Code {code} of {email} was used"}}"#)),
        (400, format!(r#"{{"error":"invalid_grant","error_description":"Invalid refresh token: {refresh}"}}"#)),
        (401, format!(r#"{{"error":"bad {secret}","error_description":"{refresh} {phone}"}}"#)),
        (400, format!(r#"{{"error":"invalid_scope","{access}":"{refresh}","x":{balance}}}"#)),
        (200, format!(r#"{{"data":{{"access_token":"{access}"}},"refresh_token":"{refresh}","phone":"{phone}"}}"#)),
        (200, format!(r#"{{"access_token":"{access} ","refresh_token":"{refresh}""#)),
        (200, format!("access_token={access}&refresh_token={refresh}&user={email}")),
        (500, format!("<html><body>Authorization: Basic {} {code}</body></html>", base64(secret.as_bytes()))),
        (302, String::new()),
    ];
    for (status, body) in bodies {
        for parameters in [TokenParameters::Form, TokenParameters::Query] {
            let (other, first) = (body.clone(), std::sync::atomic::AtomicBool::new(true));
            let script = Script::new(move |_| {
                let first = first.swap(false, std::sync::atomic::Ordering::SeqCst);
                if first { Play::answer(200, token()) } else { Play::answer(status, other.clone()) }
            });
            let client = builder(&script).credentials("client-1", secret).token_parameters(parameters).build().unwrap();
            let user = session(&client, &mut printed).await;
            tokio::time::advance(secs(200)).await;
            let refreshed = user.lease().await;
            printed.push_str(&shown(&refreshed));
            let (url, mut pending) = client.consent([Scope::MerchantPayment]).start().unwrap();
            let again = pending.finish(&format!("code={code}&state={}", state(url.expose_url()))).unwrap();
            let exchanged = client.exchange(again).await;
            printed.push_str(&shown(&exchanged));
            // What a caller may report is clean too.
            for error in [refreshed.err(), exchanged.err()].into_iter().flatten() {
                if let Some(body) = error.body() {
                    clean(body.expose_str().unwrap());
                }
            }
            printed.push_str(&shown(&client.check_credentials().await));
        }
    }
    clean(&printed);
    clean(&format!("{:?}", events.all()));
    let _ = make(&Script::new(|_| Play::hang()));
}

//! The table HTTP status × body → what happened to the money: one test per row of the guide.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use Kind::{
    Connect, Decode, Duplicate, Forbidden, Interrupted, Login, NoRoute, NotFound, RateLimited, Refused as Declined,
    Timeout, Unavailable, Unexpected,
};
use Outcome::{NotDone, Refused, Unknown};
use pay_core::script::{Play, Script};
use payagency::{
    Coin, Error, Kind, ListQuery, Outcome, Payin, Payment, PaymentLink, PaymentStatus, RawRequest, Refund, Repeat,
};
use support::{answering, card_payment, client, flagged, order, paid, payer, payout, redirect, reply, secs};

const LOOK: &str = "ask `status` (for a payout `payout_status`) by the order id";
const KEYS: &str = "check the secret key";
const ROUTE: &str = "check the base URL";
const REFUNDS: &str = "`status` by the transaction id shows refund and chargeback";
const FIND_OUT: &str = "look it up by its reference";

/// What a row promises. An empty `advice`: none is given.
struct Want {
    kind: Kind,
    outcome: Outcome,
    advice: &'static str,
    attempts: usize,
}

#[track_caller]
fn check(error: &Error, script: &Script, want: &Want) {
    assert_eq!((error.kind(), error.outcome()), (want.kind, want.outcome), "{error}");
    assert_eq!(error.provider_code(), None, "the provider has no codes");
    let text = error.to_string();
    match want.advice {
        "" => {
            assert!(text.ends_with(&format!("outcome: {})", want.outcome)), "advice that the row does not name: {text}")
        }
        advice => assert!(text.contains(advice), "{advice:?} is missing: {text}"),
    }
    assert!(!text.contains('\n'), "{text}");
    assert_eq!(script.seen().len(), want.attempts, "{error}");
}

fn json(status: u16, body: impl Into<String>) -> Vec<Play> {
    vec![Play::answer(status, body.into())]
}

fn says(status: u16) -> Vec<Play> {
    json(status, r#"{"message":"m"}"#)
}

fn html(status: u16) -> Vec<Play> {
    vec![Play::answer(status, "<!doctype html><h1>Bad gateway</h1>").header("content-type", "text/html")]
}

const ERRORS: &str = r#"{"message":"m","errors":[{"field":"zip","message":"bad"}]}"#;
const ORDER_ERRORS: &str = r#"{"message":"m","errors":[{"field":"order_id","message":"taken"},{"field":"zip"}]}"#;
const ROUTE_BODY: &str = r#"{"message":"Route not found"}"#;

/// Failures: each row is sent by the named call.
macro_rules! fails {
    ($module:ident: $call:expr; $($name:ident: $plays:expr => $kind:ident, $outcome:ident, $advice:expr, $attempts:literal;)+) => {
        mod $module {
            use super::*;
            $(#[tokio::test(start_paused = true)]
            async fn $name() {
                let script = answering($plays);
                let client = client(&script);
                let error = ($call)(client).await.unwrap_err();
                check(&error, &script, &Want { kind: $kind, outcome: $outcome, advice: $advice, attempts: $attempts });
            })+
        }
    };
}

fails! { card: |c: payagency::Client| async move {
        let result = c.card(card_payment("ORDER-1")).send().await;
        if let Err(error) = &result {
            assert_eq!((error.operation(), error.reference()), ("card", Some("ORDER-1")));
        }
        result
    };
    // A result beside an error: only what is final without money is believed.
    success_at_400: json(400, paid("ORDER-1")) => Unexpected, Unknown, LOOK, 1;
    success_at_500: json(500, paid("ORDER-1")) => Unexpected, Unknown, LOOK, 1;
    redirect_at_400: json(400, redirect("ORDER-1")) => Unexpected, Unknown, LOOK, 1;
    another_order: json(200, paid("ORDER-2")) => Decode, Unknown, FIND_OUT, 1;
    // A success that is none.
    message_at_200: says(200) => Unexpected, Unknown, LOOK, 1;
    nothing_at_200: json(200, "{}") => Unexpected, Unknown, LOOK, 1;
    a_status_without_data_at_200: json(200, r#"{"status":"SUCCESS"}"#) => Unexpected, Unknown, LOOK, 1;
    data_without_a_status_at_200: json(200, r#"{"data":{}}"#) => Unexpected, Unknown, LOOK, 1;
    html_at_200: html(200) => Decode, Unknown, FIND_OUT, 1;
    nothing_at_all_at_200: json(200, "") => Decode, Unknown, FIND_OUT, 1;
    a_list_at_200: json(200, "[]") => Decode, Unknown, FIND_OUT, 1;
    data_of_another_shape: json(200, r#"{"status":"SUCCESS","data":{"order_id":7}}"#) => Decode, Unknown, FIND_OUT, 1;
    // Members that are wrong.
    errors_at_400: json(400, ERRORS) => Declined, Refused, "", 1;
    errors_at_422: json(422, ERRORS) => Declined, Refused, "", 1;
    errors_of_the_order_id: json(422, ORDER_ERRORS) => Duplicate, Unknown, LOOK, 1;
    errors_at_409: json(409, ERRORS) => Duplicate, Unknown, LOOK, 1;
    // A message alone: no document says what a used order id looks like.
    message_at_400: says(400) => Unexpected, Unknown, LOOK, 1;
    message_at_403: says(403) => Unexpected, Unknown, LOOK, 1;
    message_at_404: says(404) => Unexpected, Unknown, LOOK, 1;
    message_at_409: says(409) => Duplicate, Unknown, LOOK, 1;
    message_at_422: says(422) => Unexpected, Unknown, LOOK, 1;
    message_at_401: says(401) => Login, NotDone, KEYS, 1;
    no_message_at_401: json(401, "{}") => Unexpected, Unknown, LOOK, 1;
    html_at_401: html(401) => Unexpected, Unknown, LOOK, 1;
    route_at_404: json(404, ROUTE_BODY) => NoRoute, NotDone, ROUTE, 1;
    route_at_400: json(400, ROUTE_BODY) => Unexpected, Unknown, LOOK, 1;
    html_at_404: html(404) => Unexpected, Unknown, LOOK, 1;
    html_at_403: html(403) => Unexpected, Unknown, LOOK, 1;
    too_many: says(429) => RateLimited, NotDone, "", 1;
    too_many_with_errors: json(429, ERRORS) => RateLimited, NotDone, "", 1;
    unavailable: says(500) => Unavailable, Unknown, LOOK, 1;
    html_at_502: html(502) => Unavailable, Unknown, LOOK, 1;
    moved: html(302) => Unexpected, Unknown, LOOK, 1;
    // The network.
    no_connection: vec![Play::not_sent()] => Connect, NotDone, "", 5;
    lost: vec![Play::lost()] => Interrupted, Unknown, FIND_OUT, 1;
    no_answer: vec![Play::hang()] => Timeout, Unknown, FIND_OUT, 1;
    no_connection_and_then_lost: vec![Play::not_sent(), Play::lost()] => Interrupted, Unknown, FIND_OUT, 2;
}

fails! { payout_call: |c: payagency::Client| async move { c.payout(payout("PO-1")).send().await };
    message_at_400: says(400) => Unexpected, Unknown, LOOK, 1;
    errors_at_400: json(400, ERRORS) => Declined, Refused, "", 1;
    unavailable: says(500) => Unavailable, Unknown, LOOK, 1;
    lost: vec![Play::lost()] => Interrupted, Unknown, FIND_OUT, 1;
}

fails! { refund: |c: payagency::Client| async move { c.refund(Refund::of("PA1").because("r")).send().await };
    refunded_before: json(400, r#"{"message":"Transaction has already been refunded."}"#) => Declined, Refused, REFUNDS, 1;
    message_at_422: says(422) => Declined, Refused, REFUNDS, 1;
    message_at_403: says(403) => Forbidden, Refused, "", 1;
    message_at_404: says(404) => NotFound, Refused, "", 1;
    message_at_409: says(409) => Duplicate, Unknown, LOOK, 1;
    errors_at_400: json(400, ERRORS) => Declined, Refused, "", 1;
    message_at_401: says(401) => Login, NotDone, KEYS, 1;
    message_at_200: says(200) => Unexpected, Unknown, LOOK, 1;
    html_at_400: html(400) => Unexpected, Unknown, REFUNDS, 1;
    no_message_at_400: json(400, "{}") => Unexpected, Unknown, FIND_OUT, 1;
    route_at_404: json(404, ROUTE_BODY) => NoRoute, NotDone, ROUTE, 1;
    too_many: says(429) => RateLimited, NotDone, "", 1;
    html_at_200: html(200) => Decode, Unknown, FIND_OUT, 1;
    moved: html(302) => Unexpected, Unknown, REFUNDS, 1;
    no_connection: vec![Play::not_sent()] => Connect, NotDone, "", 5;
    unavailable: says(503) => Unavailable, Unknown, REFUNDS, 1;
    lost: vec![Play::lost()] => Interrupted, Unknown, FIND_OUT, 1;
    another_transaction: json(200, flagged("SUCCESS", "ORDER-1", true, false)) => Decode, Unknown, FIND_OUT, 1;
}

fails! { status: |c: payagency::Client| async move { c.status("ORDER-1").send().await };
    message_at_400: says(400) => Declined, Refused, "", 1;
    message_at_403: says(403) => Forbidden, Refused, "", 1;
    message_at_404: says(404) => NotFound, Refused, "", 1;
    route_at_404: json(404, ROUTE_BODY) => NoRoute, NotDone, ROUTE, 1;
    message_at_401: says(401) => Login, NotDone, KEYS, 1;
    message_at_409: says(409) => Duplicate, NotDone, LOOK, 1;
    errors_at_422: json(422, ERRORS) => Declined, Refused, "", 1;
    no_message_at_400: json(400, "{}") => Unexpected, NotDone, "", 1;
    moved: html(302) => Unexpected, NotDone, "", 1;
    no_connection: vec![Play::not_sent()] => Connect, NotDone, "", 5;
    message_at_200: says(200) => Unexpected, NotDone, LOOK, 1;
    success_at_500: json(500, paid("ORDER-1")) => Unexpected, NotDone, LOOK, 1;
    another_payment: json(200, paid("ORDER-2")) => Decode, NotDone, "", 1;
    no_ids: json(200, r#"{"status":"SUCCESS","data":{}}"#) => Decode, NotDone, "", 1;
    html_at_200: html(200) => Decode, NotDone, "", 1;
    html_at_404: html(404) => Unexpected, NotDone, "", 1;
    too_many: says(429) => RateLimited, NotDone, "", 5;
    unavailable: says(500) => Unavailable, NotDone, "", 5;
    lost: vec![Play::lost()] => Interrupted, NotDone, "", 5;
}

fails! { list: |c: payagency::Client| async move { c.transactions(&ListQuery::new()).send().await };
    message_at_200: says(200) => Decode, NotDone, "", 1;
    message_at_400: says(400) => Declined, Refused, "", 1;
    unavailable: says(500) => Unavailable, NotDone, "", 5;
}

fails! { link: |c: payagency::Client| async move { c.payment_link(PaymentLink::new("ORDER-1")).send().await };
    message_at_400: says(400) => Declined, Refused, "", 1;
    errors_of_the_order_id: json(422, ORDER_ERRORS) => Duplicate, Unknown, LOOK, 1;
    message_at_200: says(200) => Decode, Unknown, FIND_OUT, 1;
    html_at_200: html(200) => Decode, Unknown, FIND_OUT, 1;
    message_at_401: says(401) => Login, NotDone, KEYS, 1;
    message_at_403: says(403) => Forbidden, Refused, "", 1;
    message_at_404: says(404) => NotFound, Refused, "", 1;
    message_at_409: says(409) => Duplicate, Unknown, LOOK, 1;
    route_at_404: json(404, ROUTE_BODY) => NoRoute, NotDone, ROUTE, 1;
    errors_at_400: json(400, ERRORS) => Declined, Refused, "", 1;
    html_at_400: html(400) => Unexpected, Unknown, FIND_OUT, 1;
    too_many: says(429) => RateLimited, NotDone, "", 1;
    moved: html(302) => Unexpected, Unknown, FIND_OUT, 1;
    no_connection: vec![Play::not_sent()] => Connect, NotDone, "", 5;
    unavailable: says(500) => Unavailable, Unknown, FIND_OUT, 1;
    lost: vec![Play::lost()] => Interrupted, Unknown, FIND_OUT, 1;
}

fails! { raw_money: |c: payagency::Client| async move {
        c.raw(RawRequest::new(http::Method::POST, "/api/v1/test/new", Repeat::Never)).send().await
    };
    message_at_400: says(400) => Unexpected, Unknown, LOOK, 1;
    message_at_401: says(401) => Login, NotDone, KEYS, 1;
    unavailable: says(500) => Unavailable, Unknown, LOOK, 1;
}

async fn paid_by(body: String, status: u16) -> Payment {
    let script = answering(json(status, body));
    client(&script).card(card_payment("ORDER-1")).send().await.unwrap()
}

/// Results: the word decides, at any status of HTTP that does not contradict it.
#[tokio::test]
async fn words_decide() {
    let word = |word: &str| reply(word, "\"ORDER-1\"", "");
    for (body, status, expected) in [
        (word("SUCCESS"), 200, "Completed"),
        (word("success"), 201, "Completed"),
        (word("FAILED"), 200, "Refused"),
        (word("Failed"), 400, "Refused"),
        (word("FAILED"), 402, "Refused"),
        (word("FAILED"), 500, "Refused"),
        (word("BLOCKED"), 200, "Refused"),
        (word("BLOCKED"), 403, "Refused"),
        (redirect("ORDER-1"), 200, "Redirect"),
        (word("REDIRECT"), 200, "Pending"),
        (word("PENDING"), 200, "Pending"),
        (word("PENDING"), 202, "Pending"),
        (word("PENDING"), 500, "Pending"),
        (word("INIT"), 200, "Pending"),
        (word("ABANDONED"), 200, "Pending"),
        (word("ON_THE_MOON"), 200, "Pending"),
        (word(""), 200, "Pending"),
    ] {
        let payment = paid_by(body.clone(), status).await;
        let shape = match &payment {
            Payment::Completed(_) => "Completed",
            Payment::Refused(_) => "Refused",
            Payment::Redirect(_) => "Redirect",
            Payment::Pending(_) => "Pending",
        };
        assert_eq!(shape, expected, "{status} {body}");
        assert_eq!(payment.order_id(), Some("ORDER-1"));
    }
    let payment = paid_by(word("ON_THE_MOON"), 200).await;
    assert_eq!(payment.status(), &PaymentStatus::Unknown("ON_THE_MOON".into()));
}

#[tokio::test]
async fn an_empty_redirect_is_none() {
    let body = redirect("ORDER-1").replace("https://front.example/v1/test/card/hosted/1", "");
    assert!(matches!(paid_by(body, 200).await, Payment::Pending(_)));
    let Payment::Redirect(redirect) = paid_by(redirect("ORDER-1"), 200).await else { panic!() };
    assert_eq!(redirect.url(), "https://front.example/v1/test/card/hosted/1");
}

#[tokio::test]
async fn crypto_is_not_done_by_a_word_alone() {
    for (more, done) in
        [("", true), (r#","crypto_payment_status":null"#, true), (r#","crypto_payment_status":"X""#, false)]
    {
        let script = answering(json(200, reply("SUCCESS", "\"ORDER-1\"", more)));
        let payin = Payin::new(order("ORDER-1"), payer(), Coin::ether(), "https://m.example");
        let payment = client(&script).crypto_payin(payin).send().await.unwrap();
        assert_eq!(matches!(payment, Payment::Completed(_)), done, "{more}");
        // Nor in the status call.
        let payment = client(&script).status("ORDER-1").send().await.unwrap();
        assert_eq!(matches!(payment, Payment::Completed(_)), done, "{more}");
    }
}

#[tokio::test]
async fn a_refund_is_done_when_it_is_refunded() {
    for (refunded, done) in [(true, true), (false, false)] {
        let script = answering(json(200, flagged("SUCCESS", "ORDER-1", refunded, false)));
        let refund = Refund::of(support::TRANSACTION).because("r");
        let payment = client(&script).refund(refund).send().await.unwrap();
        assert_eq!(matches!(payment, Payment::Completed(_)), done);
    }
}

#[tokio::test]
async fn refusals_of_a_refund_have_labels() {
    use payagency::RefundRefusal;
    for (message, label) in [
        ("Transaction has already been refunded.", Some(RefundRefusal::AlreadyRefunded)),
        ("Transaction has already been charged back.", Some(RefundRefusal::ChargedBack)),
        ("Something else.", None),
    ] {
        let script = answering(json(400, format!(r#"{{"message":"{message}"}}"#)));
        let error = client(&script).refund(Refund::of("PA1").because("r")).send().await.unwrap_err();
        assert_eq!(RefundRefusal::of(&error), label);
        assert_eq!(error.provider_message(), Some(message));
    }
}

#[tokio::test(start_paused = true)]
async fn a_deadline_that_passes_while_waiting_is_unknown_for_money() {
    let script = answering(vec![Play::hang()]);
    let error = client(&script).card(card_payment("ORDER-1")).deadline(secs(3)).send().await.unwrap_err();
    assert_eq!(error.outcome(), Unknown, "{error}");
    assert_eq!(script.seen().len(), 1);
}

#[tokio::test]
async fn wrong_members_are_named_and_their_messages_are_not_repeated() {
    let body = r#"{"message":"Validation failed","errors":[{"field":"zip","message":"SW1A is bad"},{"field":"email","message":"x"}]}"#;
    let script = answering(json(422, body));
    let error = client(&script).card(card_payment("ORDER-1")).send().await.unwrap_err();
    assert_eq!(error.provider_message(), Some("Validation failed (zip, email)"));
    assert!(!error.to_string().contains("SW1A"));
}

//! The table HTTP status × body → what happened: one test per row, for each of the calls that change something and for a read.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pay_core::script::{Play, Script};
use pay1st::{Client, Error, FulfilledProduct, Fulfilment, FulfilmentStatus, Kind, Outcome, Refunded};
use support::{CREATED, REFERENCE, answering, calls, client, order, payment, refund, refunded, refusal, secs};

use Kind::{
    Connect, Decode, Forbidden, Interrupted, NotFound, RateLimited, Refused as Declined, Timeout, TokenRefused,
    Unavailable, Unexpected,
};
use Outcome::{NotDone, Refused, Unknown};

const NO_QUESTION: &str = "Pay1st has no question by partnerReference";
const NEW_REFERENCE: &str = "create another with a NEW reference";
const NOT_CREATED: &str = "not created by this call, though an earlier one with this partnerReference may stand";
const NOT_REFUNDED: &str = "not taken by this call, though an earlier one with this partnerRefundReference may stand";
const NO_REFUNDS: &str = "no question after refunds is documented";
const NO_REPORTS: &str = "what a second report does is not documented";
const CLOCK: &str = "check the signing key and the clock";
const CONSOLE: &str = "see the Admin Console";
const MEDIA: &str = "wrong Content-Type";
const SUPPORT: &str = "Implementation Manager";
const BY_OURS: &str = "by Pay1st's reference, not by yours";

/// What a row promises. An empty `advice`: none is given.
struct Want {
    kind: Kind,
    outcome: Outcome,
    code: Option<&'static str>,
    advice: &'static str,
    attempts: u32,
}

#[track_caller]
fn check(error: &Error, want: &Want) {
    assert_eq!(error.kind(), want.kind, "{error}");
    assert_eq!(error.outcome(), want.outcome, "{error}");
    assert_eq!(error.provider_code(), want.code, "{error}");
    assert_eq!(error.attempts(), want.attempts, "{error}");
    let text = error.to_string();
    match want.advice {
        "" => assert!(text.ends_with(&format!("outcome: {})", want.outcome)), "advice that no row names: {text}"),
        advice => assert!(text.contains(advice), "{advice:?} is missing: {text}"),
    }
    assert!(!text.contains('\n'), "{text}");
}

#[derive(Clone, Copy)]
enum Does {
    Create,
    Refund,
    Report,
    Read,
}

impl Does {
    async fn run(self, client: &Client) -> Result<(), Error> {
        match self {
            Self::Create => client.create_payment(order("order-1")).send().await.map(|_| ()),
            Self::Refund => client.refund(refund()).send().await.map(|_| ()),
            Self::Report => {
                let product = FulfilledProduct::new("12345", FulfilmentStatus::Fulfilled, 1);
                client.report_fulfilment(Fulfilment::new(REFERENCE, product)).send().await
            }
            Self::Read => client.payment(REFERENCE).send().await.map(|_| ()),
        }
    }

    /// The operation, and the reference that its errors name.
    fn names(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::Create => ("create_payment", Some("order-1")),
            Self::Refund => ("refund", Some("P-12345")),
            Self::Report => ("report_fulfilment", Some(REFERENCE)),
            Self::Read => ("payment", None),
        }
    }
}

async fn fails(does: Does, plays: Vec<Play>, want: Want) -> Error {
    let script = answering(plays);
    let error = does.run(&client(&script)).await.unwrap_err();
    check(&error, &want);
    assert_eq!((error.operation(), error.reference()), does.names());
    let calls = calls(&script);
    assert_eq!(u32::try_from(calls.len()).unwrap(), want.attempts);
    assert!(calls.iter().all(|sent| sent.body == calls[0].body));
    error
}

fn json(status: u16, body: impl Into<String>) -> Vec<Play> {
    vec![Play::answer(status, body.into())]
}

fn envelope(status: u16) -> Vec<Play> {
    json(status, refusal("0800"))
}

fn html(status: u16) -> Vec<Play> {
    vec![Play::answer(status, "<!doctype html><h1>Bad gateway</h1>").header("content-type", "text/html")]
}

/// The envelope of a framework, which no page of the provider shows.
fn foreign(status: u16) -> Vec<Play> {
    json(status, format!(r#"{{"timestamp":1,"status":{status},"error":"x","message":"y","path":"/"}}"#))
}

macro_rules! rows {
    ($module:ident, $does:ident; $($name:ident: $plays:expr => $kind:ident, $outcome:ident, $code:expr, $advice:expr, $attempts:literal;)+) => {
        mod $module {
            use super::*;
            $(#[tokio::test(start_paused = true)]
            async fn $name() {
                let want = Want { kind: $kind, outcome: $outcome, code: $code, advice: $advice, attempts: $attempts };
                fails(Does::$does, $plays, want).await;
            })+
        }
    };
}

rows! { create, Create;
    refused: envelope(400) => Declined, Refused, Some("0800"), NOT_CREATED, 1;
    refused_and_the_clock: envelope(400) => Declined, Refused, Some("0800"), CLOCK, 1;
    refused_by_whom: html(400) => Unexpected, Unknown, None, NEW_REFERENCE, 1;
    refused_by_a_framework: foreign(400) => Unexpected, Unknown, None, NO_QUESTION, 1;
    refused_with_nothing: json(400, "{}") => Unexpected, Unknown, None, NO_QUESTION, 1;
    token_refused_at_once: envelope(401) => TokenRefused, NotDone, Some("0800"), "", 1;
    unauthorised_by_whom: html(401) => Unexpected, Unknown, None, NO_QUESTION, 1;
    forbidden: envelope(403) => Forbidden, Refused, Some("0800"), CONSOLE, 1;
    forbidden_by_a_firewall: html(403) => Unexpected, Unknown, None, NO_QUESTION, 1;
    no_such_path: envelope(404) => NotFound, Refused, Some("0800"), "", 1;
    no_such_path_by_whom: html(404) => Unexpected, Unknown, None, NO_QUESTION, 1;
    wrong_media_type: envelope(405) => Unexpected, Refused, Some("0800"), MEDIA, 1;
    gave_up_on_the_way: html(408) => Unexpected, Unknown, None, NO_QUESTION, 1;
    a_conflict_that_no_page_lists: envelope(409) => Unexpected, Unknown, Some("0800"), NO_QUESTION, 1;
    too_many: envelope(429) => RateLimited, NotDone, Some("0800"), "", 5;
    too_many_says_a_proxy: html(429) => RateLimited, NotDone, None, "", 5;
    fault: envelope(500) => Unavailable, Unknown, Some("0800"), NEW_REFERENCE, 1;
    bad_gateway: html(502) => Unavailable, Unknown, None, NO_QUESTION, 1;
    gateway_timeout: html(504) => Unavailable, Unknown, None, NO_QUESTION, 1;
    redirect: html(302) => Unexpected, Unknown, None, NO_QUESTION, 1;
    success_that_is_no_json: html(201) => Decode, Unknown, None, NO_QUESTION, 1;
    success_without_a_body: json(201, "") => Decode, Unknown, None, NO_QUESTION, 1;
    success_cut_off: json(201, &CREATED[..60]) => Decode, Unknown, None, NO_QUESTION, 1;
    success_without_a_reference: json(201, CREATED.replacen("reference", "ref", 1)) => Decode, Unknown, None, NO_QUESTION, 1;
    success_with_an_empty_reference: json(201, CREATED.replace(REFERENCE, "")) => Decode, Unknown, None, "at reference", 1;
    another_reference: json(201, CREATED.replace("order-1", "order-2")) => Decode, Unknown, None, "at partnerReference: is not what was asked for", 1;
    another_amount: json(201, CREATED.replace(":100,", ":10000,")) => Decode, Unknown, None, "at amount: is not what was asked for", 1;
    another_currency: json(201, CREATED.replace("NGN", "ZAR")) => Decode, Unknown, None, "at currencyCode: is not what was asked for", 1;
    no_answer: vec![Play::hang()] => Timeout, Unknown, None, NEW_REFERENCE, 1;
    connection_lost: vec![Play::lost()] => Interrupted, Unknown, None, NO_QUESTION, 1;
    no_connection: vec![Play::not_sent()] => Connect, NotDone, None, "", 5;
    too_many_and_then_lost: vec![Play::answer(429, ""), Play::lost()] => Interrupted, Unknown, None, NO_QUESTION, 2;
    no_connection_and_then_refused: vec![Play::not_sent(), Play::answer(400, refusal("0800"))] => Declined, Refused, Some("0800"), NOT_CREATED, 2;
}

rows! { refund_of_money, Refund;
    refused: envelope(400) => Declined, Refused, Some("0800"), NOT_REFUNDED, 1;
    refused_by_whom: html(400) => Unexpected, Unknown, None, NO_REFUNDS, 1;
    token_refused_at_once: envelope(401) => TokenRefused, NotDone, Some("0800"), "", 1;
    forbidden: envelope(403) => Forbidden, Refused, Some("0800"), CONSOLE, 1;
    no_such_transaction: envelope(404) => NotFound, Refused, Some("0800"), "", 1;
    too_many: envelope(429) => RateLimited, NotDone, Some("0800"), "", 5;
    fault: envelope(500) => Unavailable, Unknown, Some("0800"), NO_REFUNDS, 1;
    failed_at_once: json(201, refunded("FAILED")) => Declined, Refused, Some("FAILED"), "", 1;
    rejected_at_once: json(201, refunded("REJECTED")) => Declined, Refused, Some("REJECTED"), "", 1;
    success_that_is_no_json: html(201) => Decode, Unknown, None, NO_REFUNDS, 1;
    success_without_a_status: json(201, r#"{"refundReference":"R-1"}"#) => Decode, Unknown, None, NO_REFUNDS, 1;
    another_reference: json(201, refunded("PENDING").replace("P-12345", "P-9")) => Decode, Unknown, None, "at partnerRefundReference", 1;
    another_transaction: json(201, refunded("PENDING").replace("C-12345-T", "C-12345-P")) => Decode, Unknown, None, "at transactionReference", 1;
    another_amount: json(201, refunded("PENDING").replace("50.00", "500")) => Decode, Unknown, None, "at amount", 1;
    no_answer: vec![Play::hang()] => Timeout, Unknown, None, NO_REFUNDS, 1;
    connection_lost: vec![Play::lost()] => Interrupted, Unknown, None, "ask Pay1st's support", 1;
    no_connection: vec![Play::not_sent()] => Connect, NotDone, None, "", 5;
}

rows! { report_of_fulfilment, Report;
    refused: envelope(400) => Declined, Refused, Some("0800"), CLOCK, 1;
    refused_by_whom: html(400) => Unexpected, Unknown, None, NO_REPORTS, 1;
    no_such_payment: envelope(404) => NotFound, Refused, Some("0800"), "", 1;
    too_many: envelope(429) => RateLimited, NotDone, Some("0800"), "", 5;
    fault: html(500) => Unavailable, Unknown, None, NO_REPORTS, 1;
    no_answer: vec![Play::hang()] => Timeout, Unknown, None, NO_REPORTS, 1;
    no_connection: vec![Play::not_sent()] => Connect, NotDone, None, "", 5;
}

rows! { read, Read;
    refused: envelope(400) => Declined, Refused, Some("0800"), "", 1;
    refused_by_whom: html(400) => Unexpected, NotDone, None, "", 1;
    token_refused_at_once: envelope(401) => TokenRefused, NotDone, Some("0800"), "", 1;
    unauthorised_by_whom: html(401) => Unexpected, NotDone, None, "", 1;
    forbidden: envelope(403) => Forbidden, Refused, Some("0800"), CONSOLE, 1;
    no_such_payment: envelope(404) => NotFound, Refused, Some("0800"), BY_OURS, 1;
    no_such_path_by_whom: html(404) => Unexpected, NotDone, None, "", 1;
    wrong_media_type: envelope(405) => Unexpected, Refused, Some("0800"), MEDIA, 1;
    too_many: envelope(429) => RateLimited, NotDone, Some("0800"), "", 5;
    fault: envelope(500) => Unavailable, NotDone, Some("0800"), SUPPORT, 5;
    bad_gateway: html(502) => Unavailable, NotDone, None, SUPPORT, 5;
    success_that_is_no_json: html(200) => Decode, NotDone, None, "", 1;
    another_payment: json(200, payment("NEW").replace(REFERENCE, "C-1-P")) => Decode, NotDone, None, "at reference", 1;
    no_answer: vec![Play::hang()] => Timeout, NotDone, None, "", 3;
    connection_lost: vec![Play::lost()] => Interrupted, NotDone, None, "", 5;
}

#[tokio::test(start_paused = true)]
async fn what_is_accepted() {
    for status in [200, 201, 202] {
        let script = answering(json(status, CREATED));
        let created = client(&script).create_payment(order("order-1")).send().await.unwrap();
        assert_eq!((created.reference(), created.partner_reference()), (REFERENCE, "order-1"));
        // The same amount with other digits, and a payment that already moved on.
        let script = answering(json(status, CREATED.replace(":100,", ":100.00,").replace("NEW", "PENDING")));
        let created = client(&script).create_payment(order("order-1")).send().await.unwrap();
        assert_eq!(created.status().as_str(), "PENDING");
        let script = answering(json(status, ""));
        Does::Report.run(&client(&script)).await.unwrap();
        let script = answering(html(status));
        Does::Report.run(&client(&script)).await.unwrap();
    }
    for (status, completed) in [("PENDING", false), ("PROCESSING", false), ("SUCCESSFUL", true), ("ON_ITS_WAY", false)]
    {
        let script = answering(json(201, refunded(status)));
        let refunded = client(&script).refund(refund()).send().await.unwrap();
        assert_eq!(matches!(refunded, Refunded::Completed(_)), completed, "{status}");
        assert_eq!(refunded.refund().status.as_str(), status);
    }
    // Hardly any members: nothing contradicts what was asked.
    let script = answering(json(201, r#"{"refundReference":"R-1","status":"PENDING"}"#));
    let _ = client(&script).refund(refund()).send().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_refund_that_failed_at_once_can_be_found_again() {
    let script = answering(json(201, refunded("REJECTED")));
    let error = client(&script).refund(refund()).send().await.unwrap_err();
    assert_eq!((error.transaction_id(), error.reference()), (Some("R-77"), Some("P-12345")));
    assert_eq!(error.outcome(), Refused);
}

#[tokio::test(start_paused = true)]
async fn the_session_is_the_request_id() {
    let script = answering(envelope(400));
    let error = client(&script).create_payment(order("order-1")).send().await.unwrap_err();
    assert_eq!((error.request_id(), error.provider_message()), (Some("session-9"), Some("Message of 0800")));
    assert!(error.to_string().contains("session-9"), "{error}");
    // Older pages lack it.
    let script = answering(json(400, r#"{"errorMessage":"m","errorCode":"c"}"#));
    assert_eq!(client(&script).payment("r").send().await.unwrap_err().request_id(), None);
}

/// A token that was good for a while and is then refused.
#[tokio::test(start_paused = true)]
async fn a_refused_token_is_replaced_and_the_call_replayed_once() {
    for (plays, ends) in [
        (vec![Play::answer(401, refusal("E")), Play::answer(201, CREATED)], None),
        (vec![Play::answer(401, refusal("E"))], Some((TokenRefused, NotDone))),
        (vec![Play::answer(401, refusal("E")), Play::lost()], Some((Interrupted, Unknown))),
        (vec![Play::answer(401, refusal("E")), Play::answer(500, "")], Some((Unavailable, Unknown))),
        (vec![Play::answer(401, refusal("E")), Play::answer(400, refusal("E"))], Some((Declined, Refused))),
    ] {
        let script: Script = answering(plays);
        let client = client(&script);
        client.lease().await.unwrap();
        tokio::time::advance(secs(60)).await;
        let made = client.create_payment(order("order-1")).send().await;
        assert_eq!(calls(&script).len(), 2, "{made:?}");
        assert_eq!(made.err().map(|error| (error.kind(), error.outcome())), ends);
        assert_eq!(script.count("/auth/token") + script.count("/auth/refresh"), 2);
    }
}

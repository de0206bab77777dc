//! The table HTTP status × body → what happened to the money: one test per row, for a purchase and for a read.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pagamio::{Client, Code, Error, Kind, Outcome, Purchased};
use pay_core::script::{Play, Script};
use support::{COMPLETED, TRANSACTION_ID, airtime, answering, calls, client, refusal, secs};

use Kind::{
    Connect, Decode, Duplicate, Forbidden, Interrupted, NotFound, RateLimited, Refused as Declined, Timeout,
    TokenRefused, Unavailable, Unexpected,
};
use Outcome::{NotDone, Refused, Unknown};

/// What a row promises. An empty `advice`: none is given.
struct Want {
    kind: Kind,
    outcome: Outcome,
    code: Option<&'static str>,
    advice: &'static str,
    attempts: u32,
}

fn want(kind: Kind, outcome: Outcome, code: Option<&'static str>, advice: &'static str, attempts: u32) -> Want {
    Want { kind, outcome, code, advice, attempts }
}

const SETTLE: &str = "ask with `settle`, or send the same purchase again with the same reference";
const EXISTS: &str = "ask with `settle` what became of it";
const FIND_OUT: &str = "settle it by its reference, or send the same request again with the same reference";
const MINUTE: &str = "wait one";
const ROLE: &str = "only merchants and sub-merchants may buy";

#[track_caller]
fn check(error: &Error, want: &Want) {
    assert_eq!(error.kind(), want.kind, "{error}");
    assert_eq!(error.outcome(), want.outcome, "{error}");
    assert_eq!(error.provider_code(), want.code, "{error}");
    assert_eq!(Code::of(error).as_ref().map(Code::as_str), want.code);
    assert_eq!(error.attempts(), want.attempts, "{error}");
    let text = error.to_string();
    match want.advice {
        "" => {
            assert!(text.ends_with(&format!("outcome: {})", want.outcome)), "advice that the row does not name: {text}")
        }
        advice => assert!(text.contains(advice), "{advice:?} is missing: {text}"),
    }
    assert!(!text.contains('\n'), "{text}");
}

async fn buy(client: &Client) -> Result<Purchased, Error> {
    client.purchase(airtime("ORDER-1")).send().await
}

async fn purchase_fails(plays: Vec<Play>, want: Want) -> Error {
    let script = answering(plays);
    let error = buy(&client(&script)).await.unwrap_err();
    check(&error, &want);
    assert_eq!(error.operation(), "purchase");
    assert_eq!(error.reference(), Some("ORDER-1"), "the reference is what one looks it up by");
    let calls = calls(&script);
    assert_eq!(u32::try_from(calls.len()).unwrap(), want.attempts);
    // Whatever is sent again is the same sale.
    assert!(calls.iter().all(|sent| sent.body == calls[0].body));
    error
}

async fn read_fails(plays: Vec<Play>, want: Want) {
    let script = answering(plays);
    let error = client(&script).products().send().await.unwrap_err();
    check(&error, &want);
    assert_ne!(error.outcome(), Unknown, "a read has no effect");
    assert_eq!(error.operation(), "merchant_products");
    assert_eq!(u32::try_from(calls(&script).len()).unwrap(), want.attempts);
}

fn json(status: u16, body: impl Into<String>) -> Vec<Play> {
    vec![Play::answer(status, body.into())]
}

fn html(status: u16) -> Vec<Play> {
    vec![Play::answer(status, "<!doctype html><h1>Bad gateway</h1>").header("content-type", "text/html")]
}

macro_rules! purchases {
    ($($name:ident: $plays:expr => $kind:ident, $outcome:ident, $code:expr, $advice:expr, $attempts:literal;)+) => {
        mod purchase {
            use super::*;
            $(#[tokio::test(start_paused = true)]
            async fn $name() {
                purchase_fails($plays, want($kind, $outcome, $code, $advice, $attempts)).await;
            })+
        }
    };
}

macro_rules! reads {
    ($($name:ident: $plays:expr => $kind:ident, $outcome:ident, $code:expr, $advice:expr, $attempts:literal;)+) => {
        mod read {
            use super::*;
            $(#[tokio::test(start_paused = true)]
            async fn $name() {
                read_fails($plays, want($kind, $outcome, $code, $advice, $attempts)).await;
            })+
        }
    };
}

/// Codes mean the same whatever the status: at 200, and at 400 in two of the envelopes.
macro_rules! codes {
    ($($name:ident: $code:literal => $kind:ident, $outcome:ident, $advice:expr;)+) => {
        mod code {
            use super::*;
            $(mod $name {
                use super::*;

                #[tokio::test(start_paused = true)]
                async fn at_200() {
                    let plays = json(200, refusal($code));
                    let error = purchase_fails(plays, want($kind, $outcome, Some($code), $advice, 1)).await;
                    assert_eq!(error.status().unwrap().as_u16(), 200);
                    assert_eq!(error.provider_message(), Some(concat!("Message of ", $code)));
                }

                #[tokio::test(start_paused = true)]
                async fn at_400() {
                    let plays = json(400, refusal($code));
                    let error = purchase_fails(plays, want($kind, $outcome, Some($code), $advice, 1)).await;
                    assert_eq!(error.status().unwrap().as_u16(), 400);
                }

                #[tokio::test(start_paused = true)]
                async fn as_a_number_in_the_lookups_envelope() {
                    let body = concat!(
                        r#"{"timestamp":"2026-01-01T00:00:00.000000000","status":"BAD_REQUEST","error":"SOME_ERROR","errorCode":"#,
                        $code,
                        r#","message":"m","path":"/api/v1/purchase"}"#
                    );
                    purchase_fails(json(400, body), want($kind, $outcome, Some($code), $advice, 1)).await;
                }

                #[tokio::test(start_paused = true)]
                async fn as_a_number_inside_error() {
                    let body = concat!(r#"{"success":false,"error":{"code":"#, $code, r#","message":"m"}}"#);
                    purchase_fails(json(200, body), want($kind, $outcome, Some($code), $advice, 1)).await;
                }
            })+
        }
    };
}

codes! {
    c999: "999" => Unavailable, Unknown, SETTLE;
    c1000: "1000" => Declined, Refused, "";
    c1001: "1001" => Declined, Refused, "";
    c1002: "1002" => Declined, Refused, "fetch the account's own products again";
    c1003: "1003" => Declined, Refused, "";
    c1004: "1004" => Declined, Refused, "";
    c1005: "1005" => Declined, Refused, "+27";
    c1006: "1006" => Duplicate, Unknown, EXISTS;
    c1007: "1007" => Declined, Refused, "";
    c1008: "1008" => Declined, Refused, "";
    c1009: "1009" => Declined, Refused, "fetch the account's own products again";
    c1010: "1010" => Declined, Refused, "";
    c1100: "1100" => Declined, Refused, "";
    c1101: "1101" => Declined, Refused, "";
    c1102: "1102" => Declined, Refused, "";
    c1103: "1103" => Declined, Refused, "top up the account's float";
    c1104: "1104" => Declined, Refused, "";
    c1105: "1105" => Declined, Refused, "";
    c1106: "1106" => Declined, Refused, "";
    c1107: "1107" => Declined, Refused, "";
    c1200: "1200" => Unavailable, Unknown, SETTLE;
    c1201: "1201" => Unavailable, Unknown, SETTLE;
    c1202: "1202" => Unavailable, Unknown, SETTLE;
    c1203: "1203" => Unavailable, Unknown, SETTLE;
    c1204: "1204" => Unavailable, Unknown, SETTLE;
    c1205: "1205" => Duplicate, Unknown, EXISTS;
    c1206: "1206" => Declined, Refused, "";
    c1300: "1300" => Declined, Refused, "";
    // No document lists it: it may be anything, at any status.
    unlisted: "4242" => Unexpected, Unknown, SETTLE;
}

purchases! {
    // Business failures: the body is read before the status.
    a_code_without_a_flag: json(200, r#"{"responseCode":"1103","responseMessage":"m"}"#)
        => Declined, Refused, Some("1103"), "top up", 1;
    a_rejection_code: json(200, r#"{"rejectionCode":"1009","rejectionReason":"m"}"#)
        => Declined, Refused, Some("1009"), "products again", 1;
    a_nested_code: json(200, r#"{"success":false,"data":{"responseCode":1103,"responseMessage":"m"}}"#)
        => Declined, Refused, Some("1103"), "top up", 1;
    code_1009_at_403: json(403, refusal("1009")) => Declined, Refused, Some("1009"), "products again", 1;
    code_1204_at_403: json(403, refusal("1204")) => Unavailable, Unknown, Some("1204"), SETTLE, 1;

    // Nobody can say.
    no_code_at_200: json(200, r#"{"responseMessage":"m","successful":false}"#) => Unexpected, Unknown, None, SETTLE, 1;
    an_empty_object_at_200: json(200, "{}") => Unexpected, Unknown, None, SETTLE, 1;
    successful_without_a_code: json(200, r#"{"successful":true,"transactionId":"T"}"#)
        => Unexpected, Unknown, None, SETTLE, 1;
    a_null_code: json(200, r#"{"responseCode":null,"successful":true}"#) => Unexpected, Unknown, None, SETTLE, 1;
    code_0_that_is_not_successful: json(200, r#"{"responseCode":"0","successful":false}"#)
        => Unexpected, Unknown, Some("0"), SETTLE, 1;
    code_0_without_the_flag: json(200, r#"{"responseCode":"0"}"#) => Unexpected, Unknown, Some("0"), SETTLE, 1;
    code_0_with_status_failed: json(200, r#"{"responseCode":"0","successful":true,"status":"FAILED"}"#)
        => Unexpected, Unknown, Some("0"), SETTLE, 1;
    code_0_successful_and_pending: json(200, r#"{"responseCode":"0","successful":true,"status":"PENDING"}"#)
        => Unexpected, Unknown, Some("0"), SETTLE, 1;
    code_0_at_400: json(400, r#"{"responseCode":"0","responseMessage":"Purchase successful","successful":true}"#)
        => Unexpected, Unknown, Some("0"), SETTLE, 1;
    code_0_at_403: json(403, r#"{"responseCode":"0","successful":true}"#) => Unexpected, Unknown, Some("0"), SETTLE, 1;
    a_final_code_that_says_successful: json(200, r#"{"responseCode":"1103","successful":true}"#)
        => Unexpected, Unknown, Some("1103"), SETTLE, 1;
    a_final_code_that_says_completed: json(200, r#"{"responseCode":"1103","status":"COMPLETED"}"#)
        => Unexpected, Unknown, Some("1103"), SETTLE, 1;
    a_final_code_that_says_pending: json(200, r#"{"responseCode":"1103","status":"PENDING","successful":false}"#)
        => Unexpected, Unknown, Some("1103"), SETTLE, 1;
    a_final_code_at_400_that_says_successful: json(400, r#"{"responseCode":"1103","successful":true}"#)
        => Unexpected, Unknown, Some("1103"), SETTLE, 1;
    status_failed_without_a_code: json(200, r#"{"status":"FAILED","successful":false}"#)
        => Unexpected, Unknown, None, SETTLE, 1;
    a_status_object_that_says_failed: json(200, r#"{"status":{"code":3,"label":"Failed"},"successful":false}"#)
        => Unexpected, Unknown, None, SETTLE, 1;

    // What does not parse may be a sale: the same bytes bring its answer again.
    html_at_200: html(200) => Decode, Unknown, None, SETTLE, 5;
    truncated_json_at_200: json(200, &COMPLETED[..150]) => Decode, Unknown, None, SETTLE, 5;
    an_empty_body_at_200: json(200, "") => Decode, Unknown, None, SETTLE, 5;
    an_array_at_200: json(200, "[]") => Decode, Unknown, None, SETTLE, 5;
    no_content_at_204: json(204, "") => Decode, Unknown, None, SETTLE, 5;

    // Statuses.
    bad_request_with_a_message: json(400, r#"{"message":"Request body is not a JSON object"}"#)
        => Declined, Refused, None, "", 1;
    bad_request_that_repeats_its_status: json(400, refusal("400")) => Declined, Refused, Some("400"), "", 1;
    bad_request_in_html: html(400) => Unexpected, Unknown, None, FIND_OUT, 1;
    bad_request_without_a_body: json(400, "") => Unexpected, Unknown, None, FIND_OUT, 1;
    forbidden: json(403, r#"{"responseCode":"403","responseMessage":"Access denied"}"#)
        => Forbidden, Refused, Some("403"), ROLE, 1;
    forbidden_in_html: html(403) => Forbidden, Refused, None, ROLE, 1;
    not_found: json(404, r#"{"responseCode":"404","responseMessage":"Not found"}"#) => NotFound, Refused, Some("404"), "", 1;
    method_not_allowed: json(405, "") => Unexpected, Refused, None, "GET or POST", 1;
    conflict: json(409, r#"{"message":"Conflict"}"#) => Duplicate, Unknown, None, EXISTS, 1;
    conflict_with_its_code: json(409, refusal("1006")) => Duplicate, Unknown, Some("1006"), EXISTS, 1;
    conflict_with_a_final_code: json(409, refusal("1008")) => Duplicate, Unknown, Some("1008"), EXISTS, 1;
    conflict_without_a_body: json(409, "") => Duplicate, Unknown, None, EXISTS, 1;
    too_many: json(429, r#"{"error":"Too Many Requests","message":"Rate limit exceeded for /api/v1/purchase"}"#)
        => RateLimited, NotDone, None, MINUTE, 5;
    too_many_in_html: html(429) => RateLimited, NotDone, None, MINUTE, 5;
    server_error: json(500, r#"{"error":"Internal Server Error"}"#) => Unavailable, Unknown, None, FIND_OUT, 5;
    server_error_with_a_final_code: json(500, refusal("1103")) => Unavailable, Unknown, Some("1103"), FIND_OUT, 5;
    bad_gateway_in_html: html(502) => Unavailable, Unknown, None, FIND_OUT, 5;
    maintenance: json(503, "") => Unavailable, Unknown, None, FIND_OUT, 5;
    moved: json(302, "") => Unexpected, Unknown, None, FIND_OUT, 1;
    moved_for_good: json(308, "") => Unexpected, Unknown, None, FIND_OUT, 1;
    request_timeout: json(408, "") => Unexpected, Unknown, None, FIND_OUT, 1;
    another_status: json(418, "{}") => Unexpected, Unknown, None, FIND_OUT, 1;
    a_401_in_html: html(401) => Unexpected, Unknown, None, FIND_OUT, 1;
    a_401_without_a_body: json(401, "") => Unexpected, Unknown, None, FIND_OUT, 1;
    a_401_with_another_code: json(401, refusal("1103")) => Unexpected, Unknown, Some("1103"), FIND_OUT, 1;
    a_401_in_another_envelope: json(401, r#"{"success":false,"error":{"code":401,"message":"m"}}"#)
        => Unexpected, Unknown, Some("401"), FIND_OUT, 1;

    // The wire.
    no_connection: vec![Play::not_sent()] => Connect, NotDone, None, "", 5;
    a_lost_answer: vec![Play::lost()] => Interrupted, Unknown, None, FIND_OUT, 5;
    no_answer: vec![Play::hang()] => Timeout, Unknown, None, FIND_OUT, 3;

    // Folded over attempts: once one may have acted, only an answer that settles the reference says otherwise.
    lost_then_a_final_code: vec![Play::lost(), Play::answer(200, refusal("1103"))]
        => Declined, Refused, Some("1103"), "top up", 2;
    lost_then_a_final_code_at_400: vec![Play::lost(), Play::answer(400, refusal("1103"))]
        => Declined, Refused, Some("1103"), "top up", 2;
    server_error_then_a_final_code: vec![Play::answer(500, ""), Play::answer(200, refusal("1004"))]
        => Declined, Refused, Some("1004"), "", 2;
    lost_then_too_many: vec![Play::lost(), Play::answer(429, "")] => RateLimited, Unknown, None, MINUTE, 5;
    lost_then_conflict: vec![Play::lost(), Play::answer(409, "")] => Duplicate, Unknown, None, EXISTS, 2;
    lost_then_forbidden: vec![Play::lost(), Play::answer(403, "")] => Forbidden, Unknown, None, ROLE, 2;
    lost_then_not_found: vec![Play::lost(), Play::answer(404, "")] => NotFound, Unknown, None, FIND_OUT, 2;
    lost_then_bad_request: vec![Play::lost(), Play::answer(400, r#"{"message":"m"}"#)]
        => Declined, Unknown, None, FIND_OUT, 2;
    lost_then_no_connection: vec![Play::lost(), Play::not_sent()] => Connect, Unknown, None, FIND_OUT, 5;
    html_then_too_many: vec![html(200).remove(0), Play::answer(429, "")] => RateLimited, Unknown, None, MINUTE, 5;
    too_many_then_a_final_code: vec![Play::answer(429, ""), Play::answer(200, refusal("1103"))]
        => Declined, Refused, Some("1103"), "top up", 2;
    too_many_then_forbidden: vec![Play::answer(429, ""), Play::answer(403, "")] => Forbidden, Refused, None, ROLE, 2;
    no_connection_then_forbidden: vec![Play::not_sent(), Play::answer(403, "")] => Forbidden, Refused, None, ROLE, 2;
}

reads! {
    a_code: json(200, refusal("1105")) => Declined, Refused, Some("1105"), "", 1;
    a_code_that_a_sale_would_confirm: json(200, refusal("1204")) => Declined, Refused, Some("1204"), "", 1;
    an_unlisted_code: json(200, refusal("4242")) => Declined, Refused, Some("4242"), "", 1;
    not_successful: json(200, r#"{"successful":false}"#) => Declined, Refused, None, "", 1;
    html_at_200: html(200) => Decode, NotDone, None, "", 1;
    truncated_json_at_200: json(200, r#"[{"code":"#) => Decode, NotDone, None, "", 1;
    an_empty_body_at_200: json(200, "") => Decode, NotDone, None, "", 1;
    bad_request: json(400, refusal("1001")) => Declined, Refused, Some("1001"), "", 1;
    bad_request_without_a_body: json(400, "") => Declined, Refused, None, "", 1;
    a_401_in_html: html(401) => Unexpected, NotDone, None, "", 1;
    forbidden: json(403, r#"{"responseCode":"403","responseMessage":"Access denied"}"#)
        => Forbidden, Refused, Some("403"), ROLE, 1;
    not_found: json(404, "") => NotFound, Refused, None, "", 1;
    method_not_allowed: json(405, "") => Unexpected, Refused, None, "GET or POST", 1;
    too_many: json(429, r#"{"error":"Too Many Requests","message":"m"}"#) => RateLimited, NotDone, None, MINUTE, 5;
    server_error: json(500, "") => Unavailable, NotDone, None, "", 5;
    maintenance: html(503) => Unavailable, NotDone, None, "", 5;
    moved: json(302, "") => Unexpected, NotDone, None, "", 1;
    no_connection: vec![Play::not_sent()] => Connect, NotDone, None, "", 5;
    a_lost_answer: vec![Play::lost()] => Interrupted, NotDone, None, "", 5;
    no_answer: vec![Play::hang()] => Timeout, NotDone, None, "", 3;
}

mod accepted {
    use super::*;

    macro_rules! completed {
        ($($name:ident: $body:expr;)+) => { $(#[tokio::test(start_paused = true)]
            async fn $name() {
                let script = answering($body);
                let Purchased::Completed(receipt) = buy(&client(&script)).await.unwrap() else { panic!("not completed") };
                assert_eq!((receipt.reference(), receipt.transaction_id()), ("ORDER-1", Some(TRANSACTION_ID)));
            })+ };
    }

    macro_rules! pending {
        ($($name:ident: $id:expr, $body:expr;)+) => { $(#[tokio::test(start_paused = true)]
            async fn $name() {
                let script = answering(json(200, $body));
                let Purchased::Pending(pending) = buy(&client(&script)).await.unwrap() else { panic!("not pending") };
                assert_eq!((pending.reference(), pending.transaction_id()), ("ORDER-1", $id));
                assert_eq!(pending.body().expose_str(), Some($body));
                assert_eq!(calls(&script).len(), 1, "a pending purchase is never sent again");
            })+ };
    }

    const NESTED: &str = r#"{"success":true,"data":{"transactionId":"bdf82429-9ab5-4f1a-bb9a-e469f4f05f05","status":"COMPLETED","responseCode":0,"responseMessage":"Purchase successful","receipt":{"amount":1000}}}"#;

    completed! {
        flat: json(200, COMPLETED);
        created: json(201, COMPLETED);
        nested: json(200, NESTED);
        numeric_code: json(200, COMPLETED.replace(r#""0""#, "0"));
        after_a_lost_answer: vec![Play::lost(), Play::answer(200, COMPLETED)];
        after_a_server_error: vec![Play::answer(500, ""), Play::answer(200, COMPLETED)];
        after_html: vec![html(200).remove(0), Play::answer(200, COMPLETED)];
        after_too_many: vec![Play::answer(429, ""), Play::answer(200, COMPLETED)];
        after_no_connection: vec![Play::not_sent(), Play::answer(200, COMPLETED)];
    }

    pending! {
        with_a_code_of_its_own: Some("T-1"), r#"{"transactionId":"T-1","responseCode":"1","status":"PENDING","successful":false}"#;
        with_code_0: Some("T-1"), r#"{"transactionId":"T-1","responseCode":"0","status":"PROCESSING","successful":false}"#;
        without_a_code: None, r#"{"status":"pending","successful":false}"#;
        without_a_flag: Some("T-1"), r#"{"transactionId":"T-1","responseCode":0,"status":"PROCESSING"}"#;
        nested_and_processing: Some("T-1"), r#"{"success":false,"data":{"transactionId":"T-1","status":"PROCESSING"}}"#;
        with_a_status_like_a_record: Some("T-1"), r#"{"transactionId":"T-1","status":{"code":1,"label":"Pending"},"successful":false}"#;
    }
}

mod refused_token {
    use super::*;

    /// A client whose token is older than the half minute in which a refusal is not answered by another log-in.
    async fn aged(script: &Script) -> Client {
        let client = client(script);
        client.lease().await.unwrap();
        tokio::time::advance(secs(60)).await;
        client
    }

    fn documented(code: &str) -> Play {
        Play::answer(401, format!(r#"{{"responseCode":"{code}","responseMessage":"Unauthorized"}}"#))
    }

    async fn is_refreshed_once_and_replayed(code: &str) {
        let script = answering(vec![documented(code), Play::answer(200, COMPLETED)]);
        let client = aged(&script).await;
        assert!(matches!(buy(&client).await.unwrap(), Purchased::Completed(_)));
        assert_eq!((script.count("/auth/token"), script.count("/auth/token/refresh")), (1, 1));
        let calls = calls(&script);
        assert_eq!(calls.len(), 2);
        assert_eq!(calls[0].body, calls[1].body, "the same reference, the same bytes");
    }

    #[tokio::test(start_paused = true)]
    async fn code_401_is_refreshed_once_and_replayed() {
        is_refreshed_once_and_replayed("401").await;
    }

    #[tokio::test(start_paused = true)]
    async fn code_1105_is_refreshed_once_and_replayed() {
        is_refreshed_once_and_replayed("1105").await;
    }

    #[tokio::test(start_paused = true)]
    async fn refused_again_is_not_done_and_ends() {
        let script = answering(vec![documented("401")]);
        let client = aged(&script).await;
        let error = buy(&client).await.unwrap_err();
        check(&error, &want(TokenRefused, NotDone, Some("401"), "", 2));
        assert_eq!(error.reference(), Some("ORDER-1"));
        assert_eq!(script.count("/auth/token/refresh"), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_refused_at_birth_starts_no_other_log_in() {
        let script = answering(vec![documented("401")]);
        let error = buy(&client(&script)).await.unwrap_err();
        check(&error, &want(TokenRefused, NotDone, Some("401"), "", 1));
        assert_eq!(script.seen().len(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn after_a_lost_answer_it_stays_unknown() {
        let script = answering(vec![Play::lost(), documented("401")]);
        let client = aged(&script).await;
        let error = buy(&client).await.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (TokenRefused, Unknown), "{error}");
        assert!(error.to_string().contains(FIND_OUT), "{error}");
    }

    #[tokio::test(start_paused = true)]
    async fn another_401_is_no_word_on_the_token() {
        let script = answering(html(401));
        let client = aged(&script).await;
        let error = buy(&client).await.unwrap_err();
        check(&error, &want(Unexpected, Unknown, None, FIND_OUT, 1));
        assert_eq!(script.seen().len(), 2, "no refresh");
    }
}

mod ids {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_transaction_id_of_a_failure_is_kept() {
        let body = r#"{"transactionId":"T-7","responseCode":"1204","responseMessage":"m","successful":false}"#;
        let error = purchase_fails(json(200, body), want(Unavailable, Unknown, Some("1204"), SETTLE, 1)).await;
        assert_eq!(error.transaction_id(), Some("T-7"));
        assert_eq!(error.body().unwrap().expose_str(), Some(body));
        assert!(!format!("{error:?}{error:#}").contains("transactionId"), "bodies do not print");
    }

    #[tokio::test(start_paused = true)]
    async fn a_retry_after_is_obeyed_and_told() {
        let script = answering(vec![Play::answer(429, "").header("retry-after", "7"), Play::answer(200, COMPLETED)]);
        let _ = buy(&client(&script)).await.unwrap();
        let calls = calls(&script);
        assert!(calls[1].at - calls[0].at >= secs(7));
        let script = answering(vec![Play::answer(429, "").header("retry-after", "3600")]);
        let error = buy(&client(&script)).await.unwrap_err();
        assert_eq!(
            (error.attempts(), error.retry_after()),
            (1, Some(secs(3600))),
            "a wait beyond the deadline ends the call"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_provider_message_cannot_forge_a_log_line() {
        let body = r#"{"responseCode":"1103","responseMessage":"no\nmoney\u001b[31m","successful":false}"#;
        let error = purchase_fails(json(200, body), want(Declined, Refused, Some("1103"), "top up", 1)).await;
        assert!(error.to_string().contains(r"no\u{a}money\u{1b}[31m"), "{error}");
    }
}

/// The odd ones over a real socket.
mod socket {
    use super::*;
    use httpmock::prelude::*;
    use pagamio::Account;

    async fn buy_from(answer: impl FnOnce(httpmock::Then) -> httpmock::Then) -> (Error, usize) {
        let server = MockServer::start_async().await;
        server
            .mock_async(|when, then| {
                when.method(POST).path("/api/v1/auth/token");
                then.status(200).header("content-type", "application/json").body(support::TOKEN);
            })
            .await;
        let mock = server
            .mock_async(|when, then| {
                when.method(POST).path("/api/v1/purchase");
                answer(then);
            })
            .await;
        let client = Client::builder()
            .local(server.url("/api/v1"))
            .credentials("u", "p")
            .account(Account::Merchant("M".into()))
            .channel("C")
            .attempts(2)
            .max_body(64 * 1024)
            .build()
            .unwrap();
        let error = buy(&client).await.unwrap_err();
        (error, mock.calls_async().await)
    }

    #[tokio::test]
    async fn a_redirect_is_not_followed() {
        let elsewhere = MockServer::start_async().await;
        let other = elsewhere
            .mock_async(|when, then| {
                when.any_request();
                then.status(200);
            })
            .await;
        let (error, calls) =
            buy_from(|then| then.status(307).header("location", elsewhere.url("/api/v1/purchase"))).await;
        check(&error, &want(Unexpected, Unknown, None, FIND_OUT, 1));
        assert_eq!((calls, other.calls_async().await), (1, 0), "the bytes of a payment went elsewhere");
    }

    #[tokio::test]
    async fn html_at_200_is_asked_again_and_stays_unknown() {
        let (error, calls) = buy_from(|then| then.status(200).header("content-type", "text/html").body("<html>")).await;
        check(&error, &want(Decode, Unknown, None, SETTLE, 2));
        assert_eq!(calls, 2);
    }

    #[tokio::test]
    async fn a_gateway_page_at_401_is_no_refused_token() {
        let (error, calls) = buy_from(|then| then.status(401).body("<html>")).await;
        check(&error, &want(Unexpected, Unknown, None, FIND_OUT, 1));
        assert_eq!(calls, 1);
    }

    #[tokio::test]
    async fn a_body_over_the_cap_may_be_a_sale() {
        let (error, calls) = buy_from(|then| then.status(200).body("x".repeat(64 * 1024 + 1))).await;
        check(&error, &want(Kind::TooLarge, Unknown, None, FIND_OUT, 1));
        assert_eq!(calls, 1);
    }

    #[tokio::test]
    async fn a_refusal_with_the_wrong_media_type_is_read_all_the_same() {
        let (error, _) =
            buy_from(|then| then.status(400).header("content-type", "text/plain").body(refusal("1103"))).await;
        check(&error, &want(Declined, Refused, Some("1103"), "top up", 1));
    }
}

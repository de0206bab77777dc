//! The table of words × HTTP status × call → what happened: one test per row.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pagfast::{Client, Error, Kind, Outcome, RawRequest, Refusal, Repeat, Withdrawal};
use pay_core::script::{Play, Script};
use support::{
    ID, answering, bad_token, calls, checkout, client, created, deposit, logged_in, open_finance, record, refusal,
    secs, transaction, withdrawal,
};

use Kind::{
    Connect, Decode, Duplicate, Forbidden, Interrupted, NotFound, RateLimited, Refused as Declined, Timeout,
    TokenRefused, Unavailable, Unexpected,
};
use Outcome::{NotDone, Refused, Unknown};

const FIND: &str = "find it by its order id with `settle` or `find_by_order_id` before anything is started again";
const PAY_AGAIN: &str = "another one would pay again";
const USED: &str = "what PagFast does with an order id that was used before is not documented";
const EARLIER: &str = "an earlier transaction may stand";
const ROUTE: &str = "check `base_url`, `service_prefix` and `simulation_prefix`, whose defaults are assumed";
const PRIVILEGES: &str = "not a refused token";
const SAYS_ERROR: &str = "a success that says `Error`";
const WEBHOOK: &str = "where it cannot call the transaction's webhook";
const GENERAL: &str = "look it up by its reference";

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
    Out,
    In,
    OpenFinance,
    Raw,
    Read,
    Simulate,
}

impl Does {
    async fn run(self, client: &Client) -> Result<(), Error> {
        match self {
            Self::Out => client.pix_cash_out(withdrawal("order-1")).send().await.map(|_| ()),
            Self::In => client.pix_cash_in(deposit("order-1")).send().await.map(|_| ()),
            Self::OpenFinance => client.open_finance_cash_in(open_finance("order-1")).send().await.map(|_| ()),
            Self::Raw => {
                let request = RawRequest::new(http::Method::POST, "/partners-int/x", Repeat::Never);
                client.raw(request.reference("order-1")).send().await.map(|_| ())
            }
            Self::Read => client.transaction(ID).send().await.map(|_| ()),
            Self::Simulate => client.simulate_pix(ID).await.map(|_| ()),
        }
    }

    /// The operation, and the reference that its errors name.
    fn names(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::Out => ("pix_cash_out", Some("order-1")),
            Self::In => ("pix_cash_in", Some("order-1")),
            Self::OpenFinance => ("open_finance_cash_in", Some("order-1")),
            Self::Raw => ("raw", Some("order-1")),
            Self::Read => ("transaction", None),
            Self::Simulate => ("simulate_pix", None),
        }
    }
}

async fn fails(does: Does, plays: Vec<Play>, want: Want) {
    let script = answering(plays);
    let error = does.run(&client(&script)).await.unwrap_err();
    check(&error, &want);
    assert_eq!((error.operation(), error.reference()), does.names());
    let calls = calls(&script);
    // A simulator that answers 404 or 500 is followed by one look at the transaction.
    let looks = usize::from(
        error.operation() == "simulate_pix" && matches!(error.status().map(|s| s.as_u16()), Some(404 | 500)),
    );
    if looks == 0 {
        assert_eq!(u32::try_from(calls.len()).unwrap(), want.attempts);
    }
    let first = &calls[0];
    assert!(calls.iter().filter(|sent| sent.url == first.url).all(|sent| sent.body == first.body));
}

fn json(status: u16, body: impl Into<String>) -> Vec<Play> {
    vec![Play::answer(status, body.into())]
}

fn html(status: u16) -> Vec<Play> {
    vec![Play::answer(status, "<!doctype html><h1>Bad gateway</h1>").header("content-type", "text/html")]
}

/// The envelope of a framework, which no page of the provider shows.
fn foreign(status: u16) -> Vec<Play> {
    json(status, format!(r#"{{"statusCode":{status},"message":"x","error":"y"}}"#))
}

/// PagFast's envelope with a reason that no document lists.
fn other(status: u16) -> Vec<Play> {
    json(status, refusal("BusinessError", "InsufficientBalance"))
}

/// The documented list of what is wrong with a request.
fn malformed(status: u16, path: &str, missing: &str) -> Vec<Play> {
    let details =
        format!(r#"[{{"path":"{path}","code":"required","message":"m","info":{{"missingProperty":"{missing}"}}}}]"#);
    json(
        status,
        format!(
            r#"{{"statusCode":"Error","error":{{"name":"InvalidRequestFormatError","message":"wrong","details":{details}}}}}"#
        ),
    )
}

/// A bank's word.
fn bank(status: u16) -> Vec<Play> {
    json(
        status,
        r#"{"statusCode":"Error","error":{"name":"PixError","message":"refused","details":{"reason":"KeyOwner","externalReason":"not theirs"}}}"#,
    )
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

rows! { withdraw, Out;
    token_refused_at_once: json(401, bad_token()) => TokenRefused, NotDone, Some("AuthenticationTokenInvalid"), "", 1;
    token_refused_at_another_status: json(400, bad_token()) => TokenRefused, NotDone, Some("AuthenticationTokenInvalid"), "", 1;
    not_allowed: json(401, refusal("AuthenticationError", "PrivilegeMissing")) => Forbidden, Refused, Some("PrivilegeMissing"), PRIVILEGES, 1;
    malformed_request: malformed(400, "/payment/recipient", "cpf") => Declined, Refused, Some("required"), "", 1;
    malformed_at_a_success: malformed(200, "/payment/recipient", "cpf") => Declined, Refused, Some("required"), "", 1;
    wrong_order_id: malformed(400, "/transaction/orderId", "orderId") => Duplicate, Unknown, Some("required"), USED, 1;
    used_order_id_by_reason: json(400, refusal("BusinessError", "DuplicatedTransaction")) => Duplicate, Unknown, Some("DuplicatedTransaction"), USED, 1;
    used_order_id_by_name: json(422, refusal("ORDER_ID_EXISTS", "x")) => Duplicate, Unknown, Some("x"), USED, 1;
    conflict: other(409) => Duplicate, Unknown, Some("InsufficientBalance"), USED, 1;
    conflict_of_a_bank: bank(409) => Declined, Refused, Some("KeyOwner"), EARLIER, 1;
    refused_by_a_bank: bank(400) => Declined, Refused, Some("KeyOwner"), EARLIER, 1;
    refused: other(400) => Declined, Refused, Some("InsufficientBalance"), EARLIER, 1;
    refused_as_forbidden: other(403) => Declined, Refused, Some("InsufficientBalance"), EARLIER, 1;
    refused_without_a_name: json(400, r#"{"statusCode":"Error"}"#) => Declined, Refused, None, EARLIER, 1;
    a_success_that_says_error: other(200) => Unexpected, Unknown, Some("InsufficientBalance"), SAYS_ERROR, 1;
    refused_by_whom: html(400) => Unexpected, Unknown, None, PAY_AGAIN, 1;
    unauthorised_by_whom: html(401) => Unexpected, Unknown, None, FIND, 1;
    refused_by_a_framework: foreign(400) => Unexpected, Unknown, None, FIND, 1;
    conflict_by_whom: foreign(409) => Unexpected, Unknown, None, FIND, 1;
    no_such_path: foreign(404) => Unexpected, Unknown, None, ROUTE, 1;
    wrong_method: html(405) => Unexpected, Unknown, None, ROUTE, 1;
    too_many: html(429) => RateLimited, NotDone, None, "", 1;
    too_many_in_words: other(429) => RateLimited, NotDone, Some("InsufficientBalance"), "", 1;
    timed_out: html(408) => Unavailable, Unknown, None, FIND, 1;
    timed_out_in_words: other(408) => Unavailable, Unknown, Some("InsufficientBalance"), FIND, 1;
    fault: html(500) => Unavailable, Unknown, None, PAY_AGAIN, 1;
    fault_in_words: other(500) => Unavailable, Unknown, Some("InsufficientBalance"), FIND, 1;
    malformed_at_a_fault: malformed(500, "/payment", "key") => Unavailable, Unknown, Some("required"), FIND, 1;
    bad_gateway: html(502) => Unavailable, Unknown, None, FIND, 1;
    redirect: html(302) => Unexpected, Unknown, None, FIND, 1;
    created_and_no_json: html(201) => Decode, Unknown, None, "created, id unreadable", 1;
    created_without_a_body: json(201, "") => Decode, Unknown, None, PAY_AGAIN, 1;
    created_cut_off: json(201, &created("order-1", "Created", "10.50")[..70]) => Decode, Unknown, None, "created, id unreadable", 1;
    created_without_an_id: json(201, r#"{"statusCode":"Done","data":{"transaction":{"state":"Created"}}}"#) => Decode, Unknown, None, "at data: created, id unreadable", 1;
    created_with_an_empty_id: json(201, created("order-1", "Created", "10.50").replace(ID, " ")) => Decode, Unknown, None, "at data: created, id unreadable", 1;
    another_order: json(201, created("order-2", "Created", "10.50")) => Decode, Unknown, None, "created, but under another order id than was sent", 1;
    another_amount: json(201, created("order-1", "Created", "1050")) => Decode, Unknown, None, "created, but of another amount than was sent", 1;
    no_answer: vec![Play::hang()] => Timeout, Unknown, None, PAY_AGAIN, 1;
    connection_lost: vec![Play::lost()] => Interrupted, Unknown, None, FIND, 1;
    no_connection: vec![Play::not_sent()] => Connect, NotDone, None, "", 5;
    no_connection_and_then_refused: vec![Play::not_sent(), Play::answer(400, refusal("B", "R"))] => Declined, Refused, Some("R"), EARLIER, 2;
}

rows! { deposit_by_pix, In;
    malformed_request: malformed(400, "/payment/payer", "cpf") => Declined, Refused, Some("required"), "", 1;
    used_order_id: other(409) => Duplicate, Unknown, Some("InsufficientBalance"), USED, 1;
    refused: other(400) => Declined, Refused, Some("InsufficientBalance"), EARLIER, 1;
    fault: html(503) => Unavailable, Unknown, None, FIND, 1;
    created_without_an_id: json(201, r#"{"statusCode":"Done","data":{}}"#) => Decode, Unknown, None, FIND, 1;
    another_amount: json(201, created("order-1", "Registered", "5")) => Decode, Unknown, None, "of another amount", 1;
    no_answer: vec![Play::hang()] => Timeout, Unknown, None, FIND, 1;
}

rows! { deposit_through_open_finance, OpenFinance;
    refused: other(400) => Declined, Refused, Some("InsufficientBalance"), EARLIER, 1;
    fault: html(500) => Unavailable, Unknown, None, FIND, 1;
    created_without_an_id: json(201, checkout().replace("transactionId", "x")) => Decode, Unknown, None, "created, id unreadable", 1;
    connection_lost: vec![Play::lost()] => Interrupted, Unknown, None, FIND, 1;
}

rows! { raw_and_never_repeated, Raw;
    used_order_id: other(409) => Duplicate, Unknown, Some("InsufficientBalance"), USED, 1;
    refused: other(400) => Declined, Refused, Some("InsufficientBalance"), EARLIER, 1;
    fault: html(500) => Unavailable, Unknown, None, GENERAL, 1;
    no_answer: vec![Play::hang()] => Timeout, Unknown, None, GENERAL, 1;
}

rows! { read, Read;
    token_refused_at_once: json(401, bad_token()) => TokenRefused, NotDone, Some("AuthenticationTokenInvalid"), "", 1;
    not_allowed: json(403, refusal("AuthenticationError", "PrivilegeMissing")) => Forbidden, Refused, Some("PrivilegeMissing"), PRIVILEGES, 1;
    forbidden: other(403) => Forbidden, Refused, Some("InsufficientBalance"), "", 1;
    not_found: json(404, refusal("NotFound", "TransactionNotFound")) => NotFound, Refused, Some("TransactionNotFound"), "", 1;
    no_such_path: foreign(404) => Unexpected, NotDone, None, ROUTE, 1;
    refused: other(400) => Declined, Refused, Some("InsufficientBalance"), "", 1;
    conflict: other(409) => Declined, Refused, Some("InsufficientBalance"), "", 1;
    a_success_that_says_error: other(200) => Declined, Refused, Some("InsufficientBalance"), "", 1;
    refused_by_whom: html(400) => Unexpected, NotDone, None, "", 1;
    too_many: html(429) => RateLimited, NotDone, None, "", 5;
    fault: html(500) => Unavailable, NotDone, None, "", 5;
    timed_out_in_words: other(408) => Unavailable, NotDone, Some("InsufficientBalance"), "", 5;
    success_that_is_no_json: html(200) => Decode, NotDone, None, "", 1;
    another_transaction: json(200, transaction("o", "Completed", "1").replace(ID, "other")) => Decode, NotDone, None, "at data.transaction.id: is not what was asked for", 1;
    no_answer: vec![Play::hang()] => Timeout, NotDone, None, "", 3;
    connection_lost: vec![Play::lost()] => Interrupted, NotDone, None, "", 5;
}

rows! { simulate, Simulate;
    webhook_out_of_reach_and_nothing_to_read: other(404) => Unavailable, Unknown, Some("InsufficientBalance"), WEBHOOK, 1;
    webhook_out_of_reach_without_words: html(404) => Unavailable, Unknown, None, WEBHOOK, 1;
    fault: html(500) => Unavailable, Unknown, None, WEBHOOK, 1;
    malformed_request: malformed(400, "", "taxNumber") => Declined, Refused, Some("required"), "", 1;
    refused: other(400) => Declined, Refused, Some("InsufficientBalance"), "", 1;
    a_success_that_says_error: other(200) => Unexpected, Unknown, Some("InsufficientBalance"), GENERAL, 1;
    another_transaction: json(200, r#"{"statusCode":"Done","data":{"transactionId":"x"}}"#) => Decode, Unknown, None, "at data.transactionId", 1;
    no_answer: vec![Play::hang()] => Timeout, Unknown, None, GENERAL, 1;
}

#[tokio::test(start_paused = true)]
async fn what_is_accepted() {
    for status in [200, 201, 202] {
        for (state, pending) in [("Created", true), ("Registered", true), ("On the moon", true), ("Completed", false)] {
            let script = answering(json(status, created("order-1", state, "10.500000")));
            let withdrawal = client(&script).pix_cash_out(withdrawal("order-1")).send().await.unwrap();
            assert_eq!(matches!(withdrawal, Withdrawal::Pending(_)), pending, "{state}");
            assert_eq!(withdrawal.id(), ID);
            assert!(withdrawal.created().raw.expose_str().unwrap().contains("qrCode"));
        }
        for state in ["Error", "Cancelled", "Reversed"] {
            let script = answering(json(status, created("order-1", state, "10.5")));
            let withdrawal = client(&script).pix_cash_out(withdrawal("order-1")).send().await.unwrap();
            assert!(matches!(withdrawal, Withdrawal::Failed(_)), "{state}");
        }
        let script = answering(json(status, checkout()));
        let charge = client(&script).open_finance_cash_in(open_finance("order-1")).send().await.unwrap();
        assert!(charge.checkout_url().unwrap().ends_with(ID));
    }
    // The id stands where the documented answer of Open Finance has it, too, and nothing else is there.
    let script = answering(json(201, format!(r#"{{"data":{{"transactionId":"{ID}"}}}}"#)));
    let charge = client(&script).pix_cash_in(deposit("order-1")).send().await.unwrap();
    assert_eq!((charge.id(), charge.qr_code(), charge.created().state.clone()), (ID, None, None));
}

#[tokio::test(start_paused = true)]
async fn created_with_an_unreadable_id_keeps_the_body_and_is_never_sent_again() {
    let body = r#"{"statusCode":"Done","data":{"transacao":{"codigo":"7"}}}"#;
    let script = answering(json(201, body));
    let error = client(&script).pix_cash_out(withdrawal("order-1")).send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome(), error.reference()), (Decode, Unknown, Some("order-1")));
    assert_eq!(error.body().unwrap().expose_str(), Some(body));
    assert_eq!(calls(&script).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_error_tells_what_was_wrong_by_name_and_no_value() {
    let body = r#"{"statusCode":"Error","error":{"name":"InvalidRequestFormatError","message":"cpf 123.456.789-09 of ana@example.com invalid","details":[
        {"path":"/payment/payer","code":"required","message":"SENTINEL","info":{"missingProperty":"cpf"}},
        {"path":"/payment/key/type","code":"enum","info":{"allowedValues":["CPF","EMAIL","PHONE","EVP"]}}]}}"#;
    let script = answering(json(400, body));
    let error = client(&script).pix_cash_in(deposit("order-1")).send().await.unwrap_err();
    let message = error.provider_message().unwrap();
    assert_eq!(
        message,
        "cpf [digits] of [address] invalid (missing cpf at /payment/payer, one of CPF, EMAIL, PHONE, EVP at /payment/key/type)"
    );
    let refusal = Refusal::of(&error).unwrap();
    assert_eq!(refusal.details.len(), 2);
    assert_eq!(refusal.details[0].message.as_deref(), Some("SENTINEL"));
    assert!(!format!("{error} {error:?} {refusal:?}").contains("SENTINEL"));
    let script = answering(bank(400));
    let error = client(&script).pix_cash_out(withdrawal("order-1")).send().await.unwrap_err();
    assert_eq!(Refusal::of(&error).unwrap().external_reason(), Some("not theirs"));
    let script = answering(html(400));
    let error = client(&script).pix_cash_out(withdrawal("order-1")).send().await.unwrap_err();
    assert_eq!(Refusal::of(&error), None);
}

#[tokio::test(start_paused = true)]
async fn a_simulator_that_cannot_reach_the_webhook_is_followed_by_a_look() {
    for (status, state) in [(404, "Completed"), (500, "Completed"), (500, "Registered")] {
        let script = logged_in(move |sent| match sent.path.contains("/sandbox/") {
            true => Play::answer(status, refusal("WebhookError", "Unreachable")),
            false => Play::answer(200, format!(r#"{{"data":{{"transaction":{}}}}}"#, record("o", state, "1"))),
        });
        let simulated = client(&script).simulate_pix(ID).await.unwrap();
        assert_eq!(simulated.state.as_ref().unwrap().as_str(), state);
        assert!(!simulated.webhook_reached && simulated.record.is_some());
        assert_eq!(calls(&script).len(), 2, "it is never simulated again");
    }
    let script = answering(json(
        200,
        format!(r#"{{"statusCode":"Done","data":{{"transactionId":"{ID}","transactionState":"Completed"}}}}"#),
    ));
    let simulated = client(&script).simulate_open_finance(ID).await.unwrap();
    assert!(simulated.webhook_reached && simulated.record.is_none() && simulated.transaction_id == ID);
}

/// A token that was good for a while and is then refused.
#[tokio::test(start_paused = true)]
async fn a_refused_token_is_replaced_and_the_call_replayed_once() {
    for (plays, ends) in [
        (vec![Play::answer(401, bad_token()), Play::answer(201, created("order-1", "Created", "10.5"))], None),
        (vec![Play::answer(401, bad_token())], Some((TokenRefused, NotDone))),
        (vec![Play::answer(401, bad_token()), Play::lost()], Some((Interrupted, Unknown))),
        (vec![Play::answer(401, bad_token()), Play::answer(500, "")], Some((Unavailable, Unknown))),
        (vec![Play::answer(401, bad_token()), Play::answer(400, refusal("B", "R"))], Some((Declined, Refused))),
    ] {
        let script: Script = answering(plays);
        let client = client(&script);
        client.lease().await.unwrap();
        tokio::time::advance(secs(60)).await;
        let made = client.pix_cash_out(withdrawal("order-1")).send().await;
        assert_eq!(calls(&script).len(), 2, "{made:?}");
        assert_eq!(made.err().map(|error| (error.kind(), error.outcome())), ends);
        assert_eq!(script.count("/login"), 2);
    }
}

/// Only what section "Errors" of the provider documents as a refused token starts another log-in.
#[tokio::test(start_paused = true)]
async fn no_other_refusal_costs_the_token() {
    for (status, body) in [
        (401, String::new()),
        (401, "Unauthorized".to_owned()),
        (401, refusal("AuthenticationError", "Other")),
        (401, refusal("Other", "AuthenticationTokenInvalid")),
        (403, refusal("AuthenticationError", "AuthenticationTokenExpired")),
    ] {
        let script = answering(json(status, body));
        let client = client(&script);
        client.lease().await.unwrap();
        tokio::time::advance(secs(60)).await;
        client.transaction(ID).send().await.unwrap_err();
        client.transaction(ID).send().await.unwrap_err();
        assert_eq!((script.count("/login"), calls(&script).len()), (1, 2));
    }
}

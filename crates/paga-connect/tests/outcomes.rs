//! The table HTTP status × body → what happened: one test per row, for the calls that move money and for a read.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use paga_connect::{DetailsShape, Error, Kind, Outcome, RawRequest, Repeat, UserSession};
use pay_core::script::Play;
use support::{PAID, answering, calls, payment, refusal, secs, session, transfer};

use Kind::{
    Connect, Decode, Duplicate, Forbidden, Interrupted, RateLimited, Refused as Declined, Timeout, TokenRefused,
    Unavailable, Unexpected,
};
use Outcome::{NotDone, Refused, Unknown};

const FIND_OUT: &str = "Paga Connect has no question by reference";
const EARLIER: &str = "where an earlier one with this referenceNumber was left open";
const BUSINESS: &str = "whether Connect does is unknown";
const SCOPE: &str = "ask for the scope in a new consent";

/// What a row promises. An empty `advice`: none is given.
struct Want {
    kind: Kind,
    outcome: Outcome,
    code: Option<&'static str>,
    advice: &'static str,
}

fn want(kind: Kind, outcome: Outcome, code: Option<&'static str>, advice: &'static str) -> Want {
    Want { kind, outcome, code, advice }
}

#[track_caller]
fn check(error: &Error, want: &Want) {
    assert_eq!(error.kind(), want.kind, "{error}");
    assert_eq!(error.outcome(), want.outcome, "{error}");
    assert_eq!(error.provider_code(), want.code, "{error}");
    let text = error.to_string();
    match want.advice {
        "" => assert!(text.ends_with(&format!("outcome: {})", want.outcome)), "advice that no row names: {text}"),
        advice => assert!(text.contains(advice), "{advice:?} is missing: {text}"),
    }
    assert!(!text.contains('\n'), "{text}");
}

#[derive(Clone, Copy, Debug)]
enum Does {
    Pay,
    Transfer,
    Ask,
}

impl Does {
    const MONEY: [Self; 2] = [Self::Pay, Self::Transfer];

    async fn run(self, user: &UserSession) -> Result<(), Error> {
        match self {
            Self::Pay => user.merchant_payment(payment("ref-1")).send().await.map(drop),
            Self::Transfer => user.money_transfer(transfer("ref-1")).send().await.map(drop),
            Self::Ask => user.user_details(DetailsShape::Bare).send().await.map(drop),
        }
    }

    /// A result of this operation, wrapped as the models have it.
    fn result(self, members: &str) -> String {
        match self {
            Self::Pay => format!(r#"{{"merchantPaymentResult":{{{members}}}}}"#),
            Self::Transfer => format!("{{{members}}}"),
            Self::Ask => format!(r#"{{"detailsResult":{{{members}}}}}"#),
        }
    }
}

/// One row: what is answered, and what each money call makes of it. Nothing that moves money is sent twice, whatever comes.
async fn row(play: impl Fn(Does) -> Play, want: Want) {
    for does in Does::MONEY {
        let script = answering(vec![play(does)]);
        let user = session(&script).await;
        let error = does.run(&user).await.expect_err("a failure");
        check(&error, &want);
        assert_eq!(error.reference(), Some("ref-1"), "{does:?}");
        assert_eq!((calls(&script).len(), error.attempts()), (1, 1), "{does:?} was sent again");
    }
}

/// The same for a read: repeated only where that can help, and never `Unknown`.
async fn read(play: Play, want: Want, attempts: u32) {
    let script = answering(vec![play]);
    let error = Does::Ask.run(&session(&script).await).await.expect_err("a failure");
    check(&error, &want);
    assert_ne!(error.outcome(), Unknown);
    assert_eq!(error.attempts(), attempts, "{error}");
}

fn body(status: u16, members: &'static str) -> impl Fn(Does) -> Play {
    move |does| Play::answer(status, does.result(members))
}

fn same(status: u16, text: &'static str) -> impl Fn(Does) -> Play {
    move |_| Play::answer(status, text)
}

const INVALID_TOKEN: &str =
    r#"{"error":"invalid_token","error_description":"Invalid access token: 00000000-1111-4222-8333-444444444444"}"#;
const NO_SCOPE: &str = r#"{"error":"insufficient_scope","error_description":"Insufficient scope for this resource","scope":"MONEY_TRANSFER"}"#;

// 2xx.

#[tokio::test(start_paused = true)]
async fn a_2xx_without_error_and_with_an_id_is_done() {
    for members in [
        r#""errorCode":null,"transactionId":"T""#,
        r#""errorCode":"","confirmationCode":"C""#,
        r#""errorCode":0,"transactionId":7"#,
        r#""errorCode":"0","transactionId":"T""#,
        r#""transactionId":"T""#,
    ] {
        for status in [200, 201] {
            for does in Does::MONEY {
                for text in [does.result(members), format!("{{{members}}}"), format!(r#"{{"other":{{{members}}}}}"#)] {
                    let script = answering(vec![Play::answer(status, text.clone())]);
                    does.run(&session(&script).await).await.unwrap_or_else(|error| panic!("{does:?} {text}: {error}"));
                }
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_2xx_with_an_error_code_is_refused() {
    row(body(200, r#""errorCode":"SOME","errorMessage":"no""#), want(Declined, Refused, Some("SOME"), EARLIER)).await;
    row(body(200, r#""errorCode":139"#), want(Declined, Refused, Some("139"), EARLIER)).await;
    row(body(200, r#""errorCode":"E","transactionId":"T""#), want(Declined, Refused, Some("E"), EARLIER)).await;
}

#[tokio::test(start_paused = true)]
async fn codes_that_mean_nobody_knows_elsewhere_are_unknown_here() {
    row(body(200, r#""errorCode":"105""#), want(Duplicate, Unknown, Some("105"), BUSINESS)).await;
    row(body(200, r#""errorCode":3"#), want(Unavailable, Unknown, Some("3"), BUSINESS)).await;
    row(body(200, r#""errorCode":"-1""#), want(Unavailable, Unknown, Some("-1"), BUSINESS)).await;
}

#[tokio::test(start_paused = true)]
async fn a_2xx_that_proves_nothing_is_unknown() {
    let unknown = |code| want(Unexpected, Unknown, code, "which proves nothing");
    row(body(200, ""), unknown(None)).await;
    row(body(200, r#""errorCode":null,"errorMessage":null"#), unknown(None)).await;
    row(body(200, r#""errorCode":"0""#), unknown(Some("0"))).await;
    row(body(200, r#""errorMessage":"Something happened""#), unknown(None)).await;
    row(body(200, r#""errorCode":true,"transactionId":"T""#), unknown(None)).await;
    // Nothing but zeros, and not the zero that the rule names: elsewhere such codes mean "approved".
    row(body(200, r#""errorCode":"00","transactionId":"T""#), unknown(Some("00"))).await;
    row(body(200, r#""errorCode":0.0,"transactionId":"T""#), unknown(Some("0.0"))).await;
    row(same(200, r#"{"status":"ok"}"#), unknown(None)).await;
    row(same(200, NO_SCOPE), unknown(Some("insufficient_scope"))).await;
    // An error beside what would be a success.
    row(body(200, r#""error":"server_error","transactionId":"T""#), unknown(None)).await;
}

#[tokio::test(start_paused = true)]
async fn a_2xx_that_is_no_json_is_unknown() {
    for text in ["", "<html>ok</html>", "OK", "[]", "null", r#"{"merchantPaymentResult":"#] {
        row(same(200, text), want(Decode, Unknown, None, FIND_OUT)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_tells_of_something_else_is_unknown() {
    for members in [
        r#""transactionId":"T","amount":500.01"#,
        r#""transactionId":"T","currency":"USD""#,
        r#""transactionId":"T","amount":"much""#,
    ] {
        row(body(200, members), want(Decode, Unknown, None, FIND_OUT)).await;
    }
    let other = r#"{"transactionId":"T","externalReferenceNumber":"ref-2"}"#;
    let error = Does::Transfer.run(&session(&answering(vec![Play::answer(200, other)])).await).await.unwrap_err();
    check(&error, &want(Decode, Unknown, None, FIND_OUT));
}

// 4xx.

#[tokio::test(start_paused = true)]
async fn a_4xx_with_an_error_code_is_refused() {
    for status in [400, 402, 404, 409, 422] {
        row(body(status, r#""errorCode":"SOME","errorMessage":"no""#), want(Declined, Refused, Some("SOME"), EARLIER))
            .await;
    }
    row(body(400, r#""errorCode":"105""#), want(Duplicate, Unknown, Some("105"), BUSINESS)).await;
}

#[tokio::test(start_paused = true)]
async fn a_4xx_that_claims_success_is_unknown() {
    // Whatever else is said beside it, `invalid_token` and too many requests included: an id is no word of the OAuth layer's.
    for status in [400, 401, 403, 404, 422, 429] {
        for error in ["null", "\"invalid_token\"", "\"insufficient_scope\"", "\"slow_down\""] {
            for does in Does::MONEY {
                let text = does.result(&format!(r#""error":{error},"errorCode":null,"transactionId":"T""#));
                let wrapper = if matches!(does, Does::Pay) { "merchantPaymentResult" } else { "moneyTransferResult" };
                let beside = format!(r#"{{"error":{error},"{wrapper}":{{"confirmationCode":"C"}}}}"#);
                for text in [text, beside] {
                    let script = answering(vec![Play::answer(status, text.clone()), Play::answer(200, PAID)]);
                    let user = session(&script).await;
                    tokio::time::advance(secs(31)).await;
                    let error = does.run(&user).await.expect_err("nothing is proven");
                    assert_eq!((error.kind(), error.outcome()), (Unexpected, Unknown), "{status} {text}: {error}");
                    assert!(error.to_string().contains(FIND_OUT), "{error}");
                    assert_eq!(calls(&script).len(), 1, "{status} {text}: it was sent again");
                }
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_token_is_refreshed_and_the_call_replayed_once() {
    let script = answering(vec![Play::answer(401, INVALID_TOKEN), Play::answer(200, PAID)]);
    let user = session(&script).await;
    tokio::time::advance(secs(31)).await;
    Does::Pay.run(&user).await.unwrap();
    assert_eq!((calls(&script).len(), support::token_calls(&script).len()), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn a_token_that_stays_refused_has_moved_nothing() {
    for does in Does::MONEY {
        let script = answering(vec![Play::answer(401, INVALID_TOKEN)]);
        let user = session(&script).await;
        tokio::time::advance(secs(31)).await;
        let error = does.run(&user).await.unwrap_err();
        check(&error, &want(TokenRefused, NotDone, Some("invalid_token"), ""));
        assert_eq!(calls(&script).len(), 2);
        // The server's sentence repeats the token: behind its colon nothing is kept.
        assert_eq!(error.provider_message(), Some("Invalid access token"));
    }
}

#[tokio::test(start_paused = true)]
async fn other_refusals_of_the_oauth_layer_are_refused() {
    row(same(403, NO_SCOPE), want(Forbidden, Refused, Some("insufficient_scope"), SCOPE)).await;
    row(same(403, r#"{"error":"access_denied"}"#), want(Forbidden, Refused, Some("access_denied"), "")).await;
    row(same(401, r#"{"error":"unauthorized"}"#), want(Forbidden, Refused, Some("unauthorized"), "")).await;
    row(same(400, r#"{"error":"invalid_request"}"#), want(Declined, Refused, Some("invalid_request"), "")).await;
}

#[tokio::test(start_paused = true)]
async fn a_4xx_of_nobody_knows_whom_is_unknown() {
    for status in [400, 401, 403, 408, 409, 410] {
        for text in ["", "<html>", "{}", r#"{"message":"no"}"#] {
            row(same(status, text), want(Unexpected, Unknown, None, FIND_OUT)).await;
        }
    }
    // With these statuses no OAuth layer refuses: an `error` there is a gateway's that waited, or a reference that is known.
    for status in [408, 409, 425, 499] {
        let text = r#"{"error":"conflict"}"#;
        row(same(status, text), want(Unexpected, Unknown, Some("conflict"), FIND_OUT)).await;
    }
    for status in [404, 405] {
        row(same(status, "<html>"), want(Unexpected, Unknown, None, "payment_form")).await;
        row(same(status, r#"{"path":"/x"}"#), want(Unexpected, Unknown, None, "payment_form")).await;
    }
}

#[tokio::test(start_paused = true)]
async fn too_many_requests_have_moved_nothing_and_are_not_repeated() {
    row(same(429, ""), want(RateLimited, NotDone, None, "")).await;
    row(same(429, r#"{"error":"slow_down"}"#), want(RateLimited, NotDone, Some("slow_down"), "")).await;
}

// Everything else.

#[tokio::test(start_paused = true)]
async fn redirects_and_faults_are_unknown() {
    for status in [301, 302, 303, 307] {
        row(same(status, ""), want(Unexpected, Unknown, None, FIND_OUT)).await;
    }
    for status in [500, 502, 503, 504] {
        row(same(status, "<html>"), want(Unavailable, Unknown, None, FIND_OUT)).await;
    }
    // A fault that also tells a code has still been a fault in the middle of something.
    row(body(500, r#""errorCode":"SOME""#), want(Unavailable, Unknown, None, FIND_OUT)).await;
}

#[tokio::test(start_paused = true)]
async fn answers_that_never_come_are_unknown() {
    row(|_| Play::hang(), want(Timeout, Unknown, None, FIND_OUT)).await;
    row(|_| Play::lost(), want(Interrupted, Unknown, None, FIND_OUT)).await;
}

#[tokio::test(start_paused = true)]
async fn what_was_never_sent_is_not_done_and_is_tried_again() {
    for does in Does::MONEY {
        let script = answering(vec![Play::not_sent()]);
        let error = does.run(&session(&script).await).await.unwrap_err();
        check(&error, &want(Connect, NotDone, None, ""));
        assert_eq!(error.attempts(), 5);
    }
    let script = answering(vec![Play::not_sent(), Play::answer(200, PAID)]);
    Does::Pay.run(&session(&script).await).await.unwrap();
}

/// A connection that could not be made and then a lost answer: the second may have acted.
#[tokio::test(start_paused = true)]
async fn outcomes_fold_over_attempts() {
    let script = answering(vec![Play::not_sent(), Play::lost(), Play::answer(200, PAID)]);
    let error = Does::Pay.run(&session(&script).await).await.unwrap_err();
    check(&error, &want(Interrupted, Unknown, None, FIND_OUT));
    assert_eq!(calls(&script).len(), 2);
}

// A read.

#[tokio::test(start_paused = true)]
async fn details_that_do_not_come() {
    let none = |kind, code| want(kind, NotDone, code, "");
    read(Play::answer(200, r#"{"detailsResult":{"errorCode":null}}"#), none(Unexpected, None), 1).await;
    read(Play::answer(200, "{}"), none(Unexpected, None), 1).await;
    read(Play::answer(200, "<html>"), none(Decode, None), 1).await;
    read(Play::answer(200, ""), none(Decode, None), 1).await;
    read(Play::answer(404, "<html>"), want(Unexpected, NotDone, None, "base URL"), 1).await;
    read(Play::answer(500, "<html>"), none(Unavailable, None), 5).await;
    read(Play::answer(429, ""), none(RateLimited, None), 5).await;
    read(Play::lost(), none(Interrupted, None), 5).await;
    read(Play::hang(), none(Timeout, None), 2).await;
    for status in [200, 400] {
        let refused = r#"{"detailsResult":{"errorCode":"SOME","errorMessage":"no"}}"#;
        read(Play::answer(status, refused), want(Declined, Refused, Some("SOME"), ""), 1).await;
    }
    let forbidden = want(Forbidden, Refused, Some("insufficient_scope"), SCOPE);
    read(Play::answer(403, NO_SCOPE), forbidden, 1).await;
    // A code that is open for money is a plain no for a read.
    read(Play::answer(200, r#"{"detailsResult":{"errorCode":"105"}}"#), want(Declined, Refused, Some("105"), ""), 1)
        .await;
}

// The one-time token and the escape hatch: no source shows an answer, so any 2xx counts.

#[tokio::test(start_paused = true)]
async fn what_no_source_shows_is_handed_on() {
    for text in ["", "123456", "{}", r#"{"errorCode":"SOME"}"#] {
        let user = session(&answering(vec![Play::answer(200, text)])).await;
        assert_eq!(user.one_time_token("one-1").send().await.unwrap().expose_str(), Some(text));
        let raw = RawRequest::new(http::Method::POST, "/paga-webservices/oauth2/secure/x", Repeat::Never);
        assert_eq!(user.raw(raw).send().await.unwrap().expose_str(), Some(text));
    }
    let user = session(&answering(vec![Play::lost()])).await;
    let error = user.one_time_token("one-1").send().await.unwrap_err();
    check(&error, &want(Interrupted, Unknown, None, "a token may have been made"));
    assert_eq!(error.reference(), Some("one-1"));
    let raw = RawRequest::new(http::Method::POST, "/paga-webservices/oauth2/secure/x", Repeat::Never).reference("r");
    check(&user.raw(raw).send().await.unwrap_err(), &want(Interrupted, Unknown, None, FIND_OUT));
    let user = session(&answering(vec![Play::answer(400, refusal("SOME"))])).await;
    let error = user.one_time_token("one-1").send().await.unwrap_err();
    check(&error, &want(Declined, Refused, Some("SOME"), ""));
}

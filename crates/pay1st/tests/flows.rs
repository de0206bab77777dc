//! The whole story, written against the client alone and run on the sandbox; the stage around it is set here.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, unreachable_pub)]

mod support;

#[path = "flows/paying.rs"]
mod paying;

use pay_sandbox::{Fault, FaultRule, Sandbox};
use pay1st::{
    Client, Kind, NewRefund, Outcome, RawRequest, Reason, RefundOf, RefundStatus, Refunded, Repeat, Settled, Sought,
};
use paying::{create, deliver, order, paid, priced, settled};
use support::{amount, millis, on, secs};

async fn stage() -> (Sandbox, Client) {
    let sandbox = Sandbox::start().await.unwrap();
    let client = on(&sandbox).attempt_timeout(secs(3)).build().unwrap();
    (sandbox, client)
}

fn next(sandbox: &Sandbox, operation: &str, fault: Fault) {
    sandbox.add_fault(FaultRule::new("pay1st", fault).operation(operation)).unwrap();
}

#[track_caller]
fn assert_sound(sandbox: &Sandbox) {
    assert_eq!(sandbox.ledger().check(), Vec::<String>::new());
}

fn count(sandbox: &Sandbox, operation: &str) -> usize {
    sandbox.requests().iter().filter(|request| request.operation == Some(operation)).count()
}

#[tokio::test]
async fn from_the_first_token_to_the_report_of_delivery() {
    let (sandbox, client) = stage().await;
    client.check_credentials().await.unwrap();
    let methods = client.payment_methods("NG").send().await.unwrap();
    assert!(methods.iter().all(|one| one.outer_id.is_some() && one.inner_id.is_some() && one.outer_id != one.inner_id));
    let created = create(&client, "order-1").await;
    sandbox.pay1st().pay(created.reference()).unwrap();
    let payment = paid(&client, &created).await;
    assert_eq!(payment.metadata[1].value.as_deref(), Some("7"));
    deliver(&client, &payment).await;
    let record = sandbox.pay1st().payment(created.reference()).unwrap();
    assert_eq!((record.charges, record.fulfilments, record.amount.as_str()), (1, 1, "100.00"));
    assert_eq!(count(&sandbox, "token"), 1, "one log-in serves all of it");
    assert_sound(&sandbox);
}

#[tokio::test]
async fn both_shapes_of_the_method_list() {
    let (sandbox, client) = stage().await;
    for country in ["ZA", "NG", "KE", "EG", "MA", "GH"] {
        sandbox.pay1st().set_mode("methods_shape", "nested").unwrap();
        let grouped = client.payment_methods(country).send().await.unwrap();
        sandbox.pay1st().set_mode("methods_shape", "flat").unwrap();
        let flat = client.payment_methods(country).send().await.unwrap();
        assert!(!grouped.is_empty() && grouped.len() == flat.len(), "{country}");
        assert!(flat.iter().all(|one| one.flat_id.is_some() && one.outer_id.is_none()));
        for method in grouped {
            assert!(method.required_parameters().is_ok() && method.name.is_some() && method.group.is_some());
        }
    }
}

#[tokio::test]
async fn each_way_in_which_a_payment_ends() {
    let (sandbox, client) = stage().await;
    let pay1st = sandbox.pay1st();
    type End = fn(&pay_sandbox::pay1st::Pay1st, &str);
    let ends: [(&str, End); 3] = [
        ("FAILED", |pay1st, reference| assert!(pay1st.fail(reference).is_ok())),
        ("CANCELLED", |pay1st, reference| assert!(pay1st.cancel(reference).is_ok())),
        ("ABANDONED", |pay1st, reference| assert!(pay1st.expire(reference).is_ok())),
    ];
    for (status, end) in ends {
        let created = create(&client, status).await;
        end(&pay1st, created.reference());
        let Settled::Failed(payment) = settled(&client, &created).await else { panic!("{status}") };
        assert_eq!(payment.status.as_str(), status);
        assert_eq!(pay1st.payment(created.reference()).unwrap().charges, 0);
    }
    let created = create(&client, "later").await;
    pay1st.pay_later(created.reference()).unwrap();
    let Settled::StillUnknown(why) = settled(&client, &created).await else { panic!() };
    assert_eq!((why.reason, why.last_status.unwrap().as_str()), (Reason::StillOpen, "PENDING"));
    pay1st.pay(created.reference()).unwrap();
    paid(&client, &created).await;
    assert_sound(&sandbox);
}

/// The answer is lost after the provider acted: nobody may create it again under the same reference.
#[tokio::test]
async fn a_lost_answer_is_unknown_and_is_never_sent_again() {
    for fault in [Fault::ResetAfterActing, Fault::CloseAfterActing, Fault::TruncatedBody, Fault::Html] {
        let (sandbox, client) = stage().await;
        next(&sandbox, "create_payment", fault.clone());
        let error = client.create_payment(order("order-1")).send().await.unwrap_err();
        assert_eq!((error.outcome(), error.reference()), (Outcome::Unknown, Some("order-1")), "{fault:?}: {error}");
        assert!(error.to_string().contains("NEW reference"), "{error}");
        assert_eq!(count(&sandbox, "create_payment"), 1);
        let orphan = sandbox.pay1st().payments().remove(0);
        assert_eq!((orphan.status.as_str(), orphan.charges), ("NEW", 0), "without its link nobody can pay it");
        // As the advice says: another reference.
        let _ = create(&client, "order-1b").await;
        assert_sound(&sandbox);
    }
}

#[tokio::test]
async fn what_was_never_sent_may_be_sent_again() {
    let (sandbox, client) = stage().await;
    next(&sandbox, "create_payment", Fault::Unauthorized);
    client.lease().await.unwrap();
    let made = client.create_payment(order("order-1")).send().await;
    // A token that was just issued is not replaced: nothing is known to be wrong with it.
    let error = made.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::TokenRefused, Outcome::NotDone));
    let _ = create(&client, "order-1").await;
}

#[tokio::test]
async fn a_second_payment_with_the_same_reference() {
    let (sandbox, client) = stage().await;
    let first = create(&client, "order-1").await;
    let error = client.create_payment(order("order-1")).send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Refused, Outcome::Refused), "{error}");
    assert!(error.to_string().contains("an earlier one with this partnerReference may stand"), "{error}");
    assert!(error.request_id().is_some());
    // A provider that answers with the first payment gives one that is really the same.
    sandbox.pay1st().set_mode("duplicate_reference", "first_payment").unwrap();
    let again = client.create_payment(order("order-1")).send().await.unwrap();
    assert_eq!(again.reference(), first.reference());
    // And not one of another amount.
    let error = client.create_payment(priced("order-1", "7.00")).send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Decode, Outcome::Unknown), "{error}");
    assert!(error.to_string().contains("at amount"), "{error}");
}

#[tokio::test]
async fn a_wrong_signing_key_is_a_refusal_that_says_what_to_look_at() {
    let (sandbox, _) = stage().await;
    let client = on(&sandbox).signing_key("another").build().unwrap();
    let error = client.create_payment(order("order-1")).send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Refused, Outcome::Refused));
    assert!(error.to_string().contains("check the signing key and the clock"), "{error}");
    // Five minutes and one second: the request's stamp is too old.
    let late = on(&sandbox).wall_clock(|| std::time::SystemTime::now() - secs(301)).build().unwrap();
    assert_eq!(late.create_payment(order("order-1")).send().await.unwrap_err().kind(), Kind::Refused);
    assert!(sandbox.pay1st().payments().is_empty());
    let close = on(&sandbox).wall_clock(|| std::time::SystemTime::now() - secs(290)).build().unwrap();
    let _ = close.create_payment(order("order-1")).send().await.unwrap();
}

#[tokio::test]
async fn reads_that_must_be_signed() {
    let (sandbox, client) = stage().await;
    sandbox.pay1st().set_mode("signed_reads", "required").unwrap();
    assert_eq!(client.payment_methods("NG").send().await.unwrap_err().kind(), Kind::Refused);
    let signing = on(&sandbox).sign_reads(true).build().unwrap();
    let _ = create(&signing, "order-1").await;
    signing.payment_methods("NG").send().await.unwrap();
}

#[tokio::test]
async fn tokens_that_end_in_the_middle_of_it() {
    let (sandbox, client) = stage().await;
    let created = create(&client, "order-1").await;
    sandbox.pay1st().pay(created.reference()).unwrap();
    for mode in ["optional", "required"] {
        sandbox.pay1st().set_mode("refresh_basic", mode).unwrap();
        // No page says how long a token lives; the provider may end it at any time.
        let client = on(&sandbox).token_max_age(secs(2)).build().unwrap();
        client.lease().await.unwrap();
        tokio::time::sleep(millis(2_100)).await;
        sandbox.pay1st().end_access_tokens();
        let payment = paid(&client, &created).await;
        deliver(&client, &payment).await;
    }
    assert!(count(&sandbox, "refresh") >= 2, "{}", count(&sandbox, "refresh"));
    assert_eq!(
        count(&sandbox, "token"),
        4,
        "three clients, and where a refresh wants Basic, its 401 falls back to a log-in"
    );
    assert_sound(&sandbox);
}

#[tokio::test]
async fn a_link_that_a_refresh_has_killed_is_rebuilt() {
    let (sandbox, _) = stage().await;
    sandbox.pay1st().set_mode("old_access_tokens", "dead_in_links").unwrap();
    let client = on(&sandbox).token_max_age(secs(2)).build().unwrap();
    let created = create(&client, "order-1").await;
    let link = created.checkout_link();
    let opens = |url: String| async move { status_of(&url).await };
    assert_eq!(opens(link.expose_url()).await, 200);
    tokio::time::sleep(millis(2_100)).await;
    client.lease().await.unwrap();
    assert_eq!(opens(link.expose_url()).await, 401, "the refresh ended the token in it");
    let rebuilt = link.rebuild(&client).await.unwrap();
    assert_eq!(opens(rebuilt.expose_url()).await, 200);
}

/// The status of a page on this machine, asked for as a browser does.
async fn status_of(url: &str) -> u16 {
    let rest = url.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    let (host, path) = (host.to_owned(), path.to_owned());
    let read = move || {
        use std::io::{Read, Write};
        let mut stream = std::net::TcpStream::connect(&host).unwrap();
        write!(stream, "GET /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text.split(' ').nth(1).unwrap().parse().unwrap()
    };
    tokio::task::spawn_blocking(read).await.unwrap()
}

#[tokio::test]
async fn refunds_by_either_reference() {
    let (sandbox, client) = stage().await;
    let created = create(&client, "order-1").await;
    sandbox.pay1st().pay(created.reference()).unwrap();
    let record = sandbox.pay1st().payment(created.reference()).unwrap();
    for (transaction, own) in
        [(record.transaction_reference.as_str(), "refund-1"), (record.reference.as_str(), "refund-2")]
    {
        let of = RefundOf { transaction_reference: transaction.into(), partner_refund_reference: own.into() };
        let refunded = client.refund(NewRefund::partial(of, amount("40.00")).reason("asked for")).send().await.unwrap();
        let Refunded::Pending(refund) = refunded else { panic!("{refunded:?}") };
        assert_eq!((refund.status, refund.partner_refund_reference.as_deref()), (RefundStatus::Pending, Some(own)));
    }
    // More than is left.
    let of = RefundOf {
        transaction_reference: record.transaction_reference.clone(),
        partner_refund_reference: "refund-3".into(),
    };
    let error = client.refund(NewRefund::partial(of.clone(), amount("40.00"))).send().await.unwrap_err();
    assert_eq!((error.outcome(), error.reference()), (Outcome::Refused, Some("refund-3")), "{error}");
    // An answer that is lost is unknown, and it is not asked for twice.
    next(&sandbox, "refund", Fault::ResetAfterActing);
    let error = client.refund(NewRefund::partial(of, amount("20.00"))).send().await.unwrap_err();
    assert_eq!((error.outcome(), error.reference()), (Outcome::Unknown, Some("refund-3")), "{error}");
    assert!(error.to_string().contains("support"), "{error}");
    assert_eq!(sandbox.pay1st().refunds().len(), 3);
    assert_sound(&sandbox);
}

#[tokio::test]
async fn what_is_not_modelled_goes_through_the_escape_hatch() {
    let (_sandbox, client) = stage().await;
    let media = "application/vnd.carry1st.payments.paymentchannel+json";
    let read = RawRequest::get("/api/pay1st/payments/methods").query("countryCode", "GH").body(media, "");
    assert!(client.raw(read).send().await.unwrap().expose_str().unwrap().starts_with('{'));
    // Pages that are known by title alone: the sandbox says that it has none.
    let unknown = RawRequest::get("/api/pay1st/chargebacks").body(media, "");
    assert_eq!(client.raw(unknown).send().await.unwrap_err().kind(), Kind::NotFound);
    let body = r#"{"reference":"C-1-P","products":[{"sku":"1","fulfilmentStatus":"FULFILLED","quantity":1}]}"#;
    let post = || {
        RawRequest::new(http::Method::POST, "/api/pay1st/payments/fulfilments", Repeat::Never)
            .body("application/vnd.carry1st.payments.payment+json", body)
    };
    assert_eq!(client.raw(post()).send().await.unwrap_err().kind(), Kind::Refused, "not signed");
    assert_eq!(
        client.raw(post().signed()).send().await.unwrap_err().kind(),
        Kind::NotFound,
        "signed, and no such payment"
    );
}

#[tokio::test]
async fn a_question_about_nothing_is_not_found() {
    let (_sandbox, client) = stage().await;
    let error = client.payment("C-000000000000000-P").send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::NotFound, Outcome::Refused), "{error}");
    // The partner's reference is no question.
    let _ = create(&client, "order-1").await;
    assert_eq!(client.payment("order-1").send().await.unwrap_err().kind(), Kind::NotFound);
    let sought = Sought::reference("order-1");
    let Settled::StillUnknown(why) = settled(&client, sought).await else { panic!() };
    assert_eq!(why.reason, Reason::CannotAsk);
}

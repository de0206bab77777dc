//! Requests as values: what is refused here, what survives the way to the wire, and what never prints.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pay_core::script::{Play, Script};
use pay1st::{
    Amount, Client, Customer, FulfilledProduct, Fulfilment, FulfilmentStatus, Item, Kind, Money, NewPayment, NewRefund,
    Outcome, RawRequest, RefundOf, Sought,
};
use proptest::prelude::*;
use std::fmt::Debug;
use support::{CREATED, amount, client, customer, item, logged_in, naira, order, refund_of};

fn never() -> Script {
    Script::new(|_| panic!("something was sent"))
}

/// Refused before anything is sent, and not even logged in for.
async fn refused<T: Debug>(call: impl Fn(&Client) -> pay1st::Call<T>, says: &str) {
    let script = never();
    let error = call(&client(&script)).send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome(), error.attempts()), (Kind::Invalid, Outcome::NotDone, 0), "{error}");
    assert!(error.to_string().contains(says), "{says:?} is missing: {error}");
    assert!(script.seen().is_empty());
    assert_eq!(call(&client(&script)).prepare().await.unwrap_err().kind(), Kind::Invalid);
}

#[tokio::test(start_paused = true)]
async fn payments_that_cannot_be_meant() {
    let with = |change: &dyn Fn(Money, Customer, Item) -> NewPayment| change(naira("100"), customer(), item());
    let of = |money: Money| NewPayment::new("r", money, customer(), item());
    for (payment, says) in [
        (order(""), "the reference is empty"),
        (order(" \t"), "the reference is empty"),
        (of(naira("0")), "greater than zero"),
        (of(naira("0.00")), "greater than zero"),
        (of(naira("-1")), "greater than zero"),
        (of(Money { amount: amount("1"), currency: "NG".into() }), "three letters"),
        (of(Money { amount: amount("1"), currency: "NGNN".into() }), "three letters"),
        (of(Money { amount: amount("1"), currency: "N1N".into() }), "three letters"),
        (with(&|m, c, i| NewPayment::new("r", m, Customer { country: "NGA".into(), ..c }, i)), "two letters"),
        (with(&|m, c, i| NewPayment::new("r", m, Customer { country: "ß".into(), ..c }, i)), "two letters"),
        (with(&|m, c, i| NewPayment::new("r", m, Customer { id: " ".into(), ..c }, i)), "customer's id"),
        (with(&|m, c, i| NewPayment::new("r", m, c, Item { title: String::new(), ..i })), "no title or no sku"),
        (with(&|m, c, i| NewPayment::new("r", m, c, Item { sku: String::new(), ..i })), "no title or no sku"),
        (order("r").item(Item { sku: " ".into(), ..item() }), "no title or no sku"),
        (order("r").metadata("", "x"), "key of the metadata"),
        (order("r").metadata("customerId", "2"), "there already"),
        (order("r").success_url(""), "a URL is empty"),
        (order("r").webhook_url(" "), "a URL is empty"),
    ] {
        let shown = payment.partner_reference().to_owned();
        refused(|client| client.create_payment(payment.clone()), says).await;
        let error = client(&never()).create_payment(payment).send().await.unwrap_err();
        assert_eq!(error.reference(), Some(shown.as_str()));
    }
}

#[tokio::test(start_paused = true)]
async fn what_no_document_limits_is_not_limited() {
    for payment in [
        order(&"x".repeat(500)),
        order("a/b ü\n"),
        NewPayment::new("r", Money { amount: amount("0.0001"), currency: "kes".into() }, customer(), item()),
        NewPayment::new("r", naira("100"), Customer { country: "xx".into(), ..customer() }, item()),
        order("r").item(Item { quantity: 0, price: naira("0"), ..item() }).success_url("not a URL").metadata("k", ""),
        // Neither that the total is the items', nor that the currencies are the same, is said anywhere.
        order("r").item(Item { price: Money { amount: amount("7"), currency: "ZAR".into() }, ..item() }),
    ] {
        client(&never()).create_payment(payment).prepare().await.unwrap();
    }
}

#[test]
fn the_total_of_the_items_is_told_and_nothing_is_refused_for_it() {
    let priced = |text: &str, quantity| Item { price: naira(text), quantity, ..item() };
    let of = |first| NewPayment::new("r", naira("100"), customer(), first);
    assert_eq!(of(item()).items_total(), Some(amount("100")));
    assert_eq!(of(priced("0.10", 3)).item(priced("33.3", 2)).items_total(), Some(amount("66.90")));
    assert_eq!(of(priced("7", 0)).items_total(), Some(amount("0")));
    let rand = Item { price: Money { amount: amount("1"), currency: "ZAR".into() }, ..item() };
    assert_eq!(of(item()).item(rand).items_total(), None, "of two currencies there is no sum");
    assert_eq!(of(priced("9999999999999999999999999999", u64::MAX)).items_total(), None);
}

#[tokio::test(start_paused = true)]
async fn refunds_reports_and_questions_that_cannot_be_meant() {
    let own = |own: &str| RefundOf { partner_refund_reference: own.into(), ..refund_of() };
    let transaction = |text: &str| RefundOf { transaction_reference: text.into(), ..refund_of() };
    for (refund, says) in [
        (NewRefund::full(own("")), "your reference of the refund is empty"),
        (NewRefund::full(own(" ")), "your reference of the refund is empty"),
        (NewRefund::full(transaction("")), "transaction reference is empty"),
        (NewRefund::partial(refund_of(), amount("0")), "greater than zero"),
        (NewRefund::partial(refund_of(), amount("-5")), "greater than zero"),
        (NewRefund::full(refund_of()).webhook_url(""), "URL is empty"),
    ] {
        refused(|client| client.refund(refund.clone()), says).await;
    }
    let product = FulfilledProduct::new("1", FulfilmentStatus::Fulfilled, 1);
    for (report, says) in [
        (Fulfilment::new(" ", product.clone()), "reference is empty"),
        (Fulfilment::new("C-1-P", FulfilledProduct::new("", FulfilmentStatus::Fulfilled, 1)), "no sku or no status"),
        (
            Fulfilment::new("C-1-P", product).product(FulfilledProduct::new(
                "2",
                FulfilmentStatus::Unknown(String::new()),
                1,
            )),
            "no sku or no status",
        ),
    ] {
        refused(|client| client.report_fulfilment(report.clone()), says).await;
    }
    for country in ["", "N", "NGA", "N1", "é"] {
        refused(|client| client.payment_methods(country), "two letters").await;
    }
    for reference in ["", " "] {
        refused(|client| client.payment(reference), "reference is empty").await;
    }
    for path in ["api", "//evil.example/x", "/a/../../x", "/%2e%2e/x", "/a?b=c", "/a#b"] {
        refused(|client| client.raw(RawRequest::get(path)), "the path must start").await;
    }
}

// What survives the way to the wire, whatever it is.

fn body_of(payment: NewPayment) -> Vec<u8> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async { client(&never()).create_payment(payment).prepare().await.unwrap().body().to_vec() })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn text_reads_back_as_it_was(
        reference in "\\PC{0,10}x\\PC{0,10}",
        title in any::<String>(),
        id in any::<String>(),
        value in any::<String>(),
        url in any::<String>(),
    ) {
        let (title, id, url) = (format!("x{title}"), format!("x{id}"), format!("x{url}"));
        let first = Item { title: title.clone(), ..item() };
        let who = Customer { id: id.clone(), ..customer() };
        let payment = NewPayment::new(reference.as_str(), naira("1.50"), who, first)
            .metadata("k", value.as_str())
            .cancel_url(url.as_str());
        // As a value it writes what is sent.
        let kept = serde_json::to_vec(&payment).unwrap();
        let sent = body_of(payment);
        prop_assert_eq!(&kept, &sent);
        let body: serde_json::Value = serde_json::from_slice(&sent).unwrap();
        prop_assert_eq!(body["partnerReference"].as_str().unwrap(), reference);
        prop_assert_eq!(body["products"][0]["title"].as_str().unwrap(), title);
        prop_assert_eq!(body["metadata"][0]["value"].as_str().unwrap(), id);
        prop_assert_eq!(body["metadata"][1]["value"].as_str().unwrap(), value);
        prop_assert_eq!(body["callbackCancelUrl"].as_str().unwrap(), url);
        prop_assert_eq!(body.as_object().unwrap().len(), 7);
    }

    #[test]
    fn amounts_keep_their_digits(minor in 1_i64..i64::MAX, decimals in 0_u32..=18, price in any::<i64>(), places in 0_u32..=18) {
        let paid = Amount::from_minor(minor, decimals).unwrap();
        let price = Amount::from_minor(price, places).unwrap();
        let first = Item { price: Money { amount: price, currency: "NGN".into() }, ..item() };
        let money = Money { amount: paid, currency: "NGN".into() };
        let text = String::from_utf8(body_of(NewPayment::new("r", money, customer(), first))).unwrap();
        let expected = format!(r#"{{"countryCode":"NG","currencyCode":"NGN","amount":{paid},"partnerReference":"r","products":[{{"title":"10 Credits","sku":"12345","price":{price},"quantity":1,"currencyCode":"NGN"}}],"metadata":[{{"key":"customerId","value":"1"}}]}}"#);
        prop_assert_eq!(text, expected);
    }

    #[test]
    fn a_link_carries_any_reference_and_any_token(reference in "\\PC{1,30}", token in "[!-~]{1,60}") {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let link = runtime.block_on(async {
            let body = serde_json::json!({"accessToken": token}).to_string();
            let script = Script::new(move |_| Play::answer(200, body.clone()));
            client(&script).checkout_link(reference.as_str()).await.unwrap()
        });
        let url = link.expose_url();
        prop_assert!(!url.contains(['+', ' ']) && url.is_ascii(), "{}", url);
        let query = url.split_once('?').unwrap().1;
        let values: Vec<_> = query.split('&').map(|pair| pair.split_once('=').unwrap()).collect();
        let decoded = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8().unwrap().into_owned();
        prop_assert_eq!(values.len(), 2);
        prop_assert_eq!((values[0].0, decoded(values[0].1)), ("reference", reference));
        prop_assert_eq!((values[1].0, decoded(values[1].1)), ("accessToken", token));
    }
}

// What never prints.

/// Marks everything that is secret or personal, runs every call, and looks for the marks in all that can be printed.
#[tokio::test(start_paused = true)]
async fn nothing_secret_or_personal_prints() {
    const MARK: &str = "SENTINEL";
    let mut printed = String::new();
    let mut print = |value: &dyn Debug| printed.push_str(&format!("{value:?} {value:#?}\n"));

    let who = Customer { id: MARK.into(), country: "NG".into() };
    print(&who);
    let payment = NewPayment::new("order-1", naira("100"), who, item()).metadata("email", MARK);
    print(&payment);
    let refund = NewRefund::full(refund_of()).reason(MARK);
    print(&refund);
    print(&RawRequest::get(format!("/{MARK}")).query("q", MARK).body("application/json", MARK));

    let answer = CREATED.replace('}', r#","metadata":[{"key":"customerId","value":"SENTINEL"}],"token":"SENTINEL"}"#);
    for (status, body) in [
        (201, answer.clone()),
        (201, answer.replace("order-1", "order-2")),
        (201, format!("{MARK}<html>")),
        (400, format!(r#"{{"errorCode":"E","secret":"{MARK}"}}"#)),
        (500, MARK.into()),
    ] {
        let tokens = format!(r#"{{"accessToken":"A-{MARK}=","refreshToken":"R-{MARK}","more":"{MARK}"}}"#);
        let script = Script::new(move |sent| match sent.path.contains("/auth/") {
            true => Play::answer(200, tokens.clone()),
            false => Play::answer(status, body.clone()).header("x-secret", MARK),
        });
        let client = support::builder(&script)
            .credentials(format!("K-{MARK}"), format!("S-{MARK}"))
            .signing_key(format!("X-{MARK}"))
            .build()
            .unwrap();
        print(&client);
        print(&client.check_credentials().await.unwrap());
        print(&client.lease().await.unwrap());
        let mut call = client.create_payment(payment.clone());
        print(&call);
        print(&call.prepare().await.unwrap());
        match call.reply().await {
            Ok(reply) => {
                print(&reply);
                print(&reply.model.checkout_link());
                print(&Sought::from(&reply.model));
                assert!(reply.headers.get("x-secret").is_none());
            }
            Err(error) => {
                print(&error);
                printed_too(&mut print, &error);
            }
        }
        if let Err(error) = client.refund(refund.clone()).send().await {
            print(&error);
        }
        print(&client.settle("C-1-P").within(support::secs(1)).await);
        print(&client.payment_methods("NG").send().await);
    }
    assert!(printed.contains("order-1"), "something was printed");
    let at = printed.find(MARK);
    assert_eq!(at, None, "{}", at.map_or("", |at| &printed[at.saturating_sub(300)..at + 20]));
}

/// The lines of an error, as logs hold them.
fn printed_too(print: &mut dyn FnMut(&dyn Debug), error: &pay1st::Error) {
    print(&format!("{error} {error:#}"));
}

#[tokio::test(start_paused = true)]
async fn a_prepared_request_goes_nowhere_else() {
    let script = logged_in(|_| Play::answer(201, CREATED));
    let prepared = client(&script).create_payment(order("order-1")).prepare().await.unwrap();
    assert_eq!(prepared.url(), "https://api-gateway.platform.stage.carry1st.com/api/pay1st/payments/create");
    assert_eq!((prepared.operation(), prepared.method()), ("create_payment", "POST"));
    assert!(script.seen().is_empty());
}

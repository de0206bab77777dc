//! Requests as values: what is refused here, and what survives the way to the wire.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use paga_connect::{
    Amount, Builder, Call, Client, DetailsShape, Kind, MerchantPayment, MoneyTransfer, Outcome, PaymentForm,
    PaymentReferences, RawRequest, References, TransferTo, UserSession,
};
use pay_core::script::{Play, Script, Sent};
use proptest::prelude::*;
use std::fmt::Debug;
use support::{amount, builder, consented, is_token, of, payment, references, transfer};

fn never() -> Script {
    consented(|_| panic!("something was sent"))
}

/// Refused before anything is sent, however often it is tried, and the mistake does not repeat the value.
async fn refused<T: Debug>(change: impl Fn(Builder) -> Builder, call: impl Fn(&UserSession) -> Call<T>, says: &str) {
    let script = never();
    let user = of(&change(builder(&script)).build().unwrap()).await;
    let error = call(&user).send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome(), error.attempts()), (Kind::Invalid, Outcome::NotDone, 0), "{error}");
    assert!(error.to_string().contains(says), "{says:?} is missing: {error}");
    assert_eq!(call(&user).prepare().await.unwrap_err().kind(), Kind::Invalid);
    assert_eq!(script.seen().len(), 1, "the code, and nothing else");
}

fn of_customer(customer: &str) -> MerchantPayment {
    MerchantPayment::new(PaymentReferences { customer: customer.into(), ..references("order-1") }, amount("500"))
}

fn of_amount(text: &str) -> MerchantPayment {
    MerchantPayment::new(references("order-1"), amount(text))
}

/// What cannot stand in a path, encoded or not.
const UNFIT: [&str; 16] = [
    "", ".", "..", "/", "a/b", "a\\b", "a;b", "a?b", "a#b", "a%2Fb", "%", "100%", "a\nb", "a\u{0}b", "a\u{7f}b",
    "a\u{9b}b",
];

#[tokio::test(start_paused = true)]
async fn payments_that_cannot_be_meant() {
    let long = "x".repeat(51);
    for reference in ["", "a b", "a.b", "a/b", "é", "a\n", "ORD#1", &long] {
        refused(|b| b, |user| user.merchant_payment(payment(reference)), "the reference").await;
    }
    for text in ["0", "0.00", "-1", "-0.01"] {
        refused(|b| b, |user| user.merchant_payment(of_amount(text)), "greater than zero").await;
    }
    for text in ["0.001", "500.000", "1.999"] {
        refused(|b| b, |user| user.merchant_payment(of_amount(text)), "at most two decimals").await;
    }
    for value in UNFIT {
        refused(|b| b, |user| user.merchant_payment(of_customer(value)), "the reference of the customer").await;
        let product = || payment("order-1").product_code(value);
        refused(|b| b, |user| user.merchant_payment(product()), "the product code").await;
        let before_last = || payment("order-1").product_code(value).currency("NGN");
        refused(
            |b| b.payment_form(PaymentForm::PathV3),
            |user| user.merchant_payment(before_last()),
            "the product code",
        )
        .await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_currency_without_a_product_code_is_refused_in_a_path() {
    for form in [PaymentForm::Path, PaymentForm::PathV3] {
        let says = "without a product code has no path";
        refused(|b| b.payment_form(form), |user| user.merchant_payment(payment("o").currency("NGN")), says).await;
    }
    for currency in ["", "USD", "ngn", "NGN ", "null"] {
        let of = || payment("o").product_code("P").currency(currency);
        for form in [PaymentForm::Path, PaymentForm::PathV3, PaymentForm::Body] {
            refused(|b| b.payment_form(form), |user| user.merchant_payment(of()), "can only be NGN").await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_form_takes_what_a_path_cannot_but_no_control_characters() {
    let form = |b: Builder| b.payment_form(PaymentForm::Body);
    for value in UNFIT {
        let unfit = value.is_empty() || value.chars().any(char::is_control);
        if unfit {
            refused(form, |user| user.merchant_payment(of_customer(value)), "the reference of the customer").await;
        } else {
            let user = of(&form(builder(&never())).build().unwrap()).await;
            user.merchant_payment(of_customer(value)).prepare().await.unwrap();
        }
    }
    // The reference would stand in the path of a look-up elsewhere: its rule is the same.
    refused(form, |user| user.merchant_payment(payment("a/b")), "the reference").await;
}

#[tokio::test(start_paused = true)]
async fn references_can_be_relaxed_and_never_leave_their_segment() {
    let relaxed = |b: Builder| b.references(References::Relaxed);
    for value in UNFIT {
        refused(relaxed, |user| user.merchant_payment(payment(value)), "the reference").await;
        refused(relaxed, |user| user.one_time_token(value), "the reference").await;
    }
    let user = of(&relaxed(builder(&never())).build().unwrap()).await;
    user.merchant_payment(payment(&"é 1.".repeat(30))).prepare().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn transfers_and_questions_that_cannot_be_meant() {
    let to = |reference: &str, recipient: &str| TransferTo { reference: reference.into(), recipient: recipient.into() };
    for reference in ["", "a b", "a.b"] {
        refused(|b| b, |user| user.money_transfer(transfer(reference)), "the reference").await;
        let path = || DetailsShape::Path { reference: reference.into() };
        refused(|b| b, |user| user.user_details(path()), "the reference").await;
        let body = || DetailsShape::Body { reference: reference.into() };
        refused(|b| b, |user| user.user_details(body()), "the reference").await;
        refused(|b| b, |user| user.one_time_token(reference), "the reference").await;
    }
    for recipient in ["", " ", "0800\n"] {
        let of = || MoneyTransfer::new(to("t", recipient), amount("1"));
        refused(|b| b, |user| user.money_transfer(of()), "the recipient").await;
    }
    for text in ["0", "-5", "0.005"] {
        let of = || MoneyTransfer::new(to("t", "08000000009"), amount(text));
        refused(|b| b, |user| user.money_transfer(of()), "the amount").await;
    }
    for path in ["secure/x", "//evil.example/x", "/a/../../x", "/%2e%2e/x", "/a?b=c", "/a#b"] {
        refused(|b| b, |user| user.raw(RawRequest::get(path)), "the path must start").await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_mistake_does_not_repeat_what_is_personal() {
    let user = of(&support::client(&never())).await;
    for value in ["ada@example.test/x", "08000000001?"] {
        let error = user.merchant_payment(of_customer(value)).send().await.unwrap_err();
        assert!(!format!("{error} {error:#} {error:?}").contains("ada@") && !error.to_string().contains("0800"));
    }
}

// What survives the way to the wire, whatever it is.

fn script() -> Script {
    Script::new(|sent| if is_token(sent) { Play::answer(200, support::TOKEN) } else { Play::answer(404, "") })
}

/// The one call that is sent, if the request is taken.
fn sent(
    client: impl Fn(Builder) -> Builder,
    call: impl Fn(&UserSession) -> Call<paga_connect::PaymentReceipt>,
) -> Option<Sent> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let script = script();
    runtime.block_on(async {
        let client: Client = client(builder(&script)).build().unwrap();
        let _ = call(&of(&client).await).send().await;
    });
    support::calls(&script).into_iter().next()
}

/// The segments below `/merchantPayment`, decoded; the query and the fragment are nothing.
fn segments(sent: &Sent) -> Vec<String> {
    assert!(!sent.path.contains(['?', '#']), "{}", sent.path);
    let (_, below) = sent.path.split_once("/secure/merchantPayment/").expect("its path");
    let decoded = |segment: &str| percent_encoding::percent_decode_str(segment).decode_utf8().unwrap().into_owned();
    below.split('/').map(decoded).collect()
}

/// Half of what can stand in a path, half of anything.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![3 => "[\\PC&&[^/\\\\;?#%]]{1,12}", 1 => "[A-Za-z0-9./\\\\;?#%é ]{0,6}", 1 => any::<String>()]
}

fn fits(value: &str) -> bool {
    !value.is_empty()
        && !matches!(value, "." | "..")
        && !value.contains(['/', '\\', ';', '?', '#', '%'])
        && !value.chars().any(char::is_control)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn each_value_stays_the_one_segment_that_it_is(
        reference in value(),
        customer in value(),
        product in proptest::option::of(value()),
        currency in any::<bool>(),
        v3 in any::<bool>(),
        minor in 1_i64..=1_000_000_000_000,
        decimals in 0_u32..=2,
    ) {
        let paid = Amount::from_minor(minor, decimals).unwrap();
        let of = PaymentReferences { reference: reference.clone(), customer: customer.clone() };
        let mut payment = MerchantPayment::new(of, paid);
        if let Some(product) = &product {
            payment = payment.product_code(product);
        }
        if currency {
            payment = payment.currency("NGN");
        }
        let form = if v3 { PaymentForm::PathV3 } else { PaymentForm::Path };
        let change = |b: Builder| b.references(References::Relaxed).payment_form(form);
        let sent = sent(change, |user| user.merchant_payment(payment.clone()));
        let values = [Some(&reference), Some(&customer), product.as_ref()];
        let taken = values.into_iter().flatten().all(|value| fits(value)) && (product.is_some() || !currency);
        prop_assert_eq!(sent.is_some(), taken);
        let Some(sent) = sent else { return Ok(()) };
        let mut expected = Vec::new();
        if v3 {
            expected.push("v3".to_owned());
        }
        for (name, value) in [
            ("referenceNumber", Some(reference)),
            ("amount", Some(paid.to_string())),
            ("merchantCustomerReference", Some(customer)),
            ("merchantProductCode", product),
            ("currency", currency.then(|| "NGN".to_owned())),
        ] {
            if let Some(value) = value {
                expected.extend([name.to_owned(), value]);
            }
        }
        prop_assert_eq!(segments(&sent), expected);
        prop_assert!(sent.path.is_ascii() && !sent.path.contains("//") && !sent.path.contains(['+', ' ']), "{}", sent.path);
    }

    #[test]
    fn a_form_reads_back_as_it_was(reference in "[A-Za-z0-9_-]{1,50}", customer in "\\PC{1,30}", product in "\\PC{1,30}") {
        let of = PaymentReferences { reference: reference.clone(), customer: customer.clone() };
        let payment = MerchantPayment::new(of, amount("500.50")).product_code(product.as_str()).currency("NGN");
        let sent = sent(|b| b.payment_form(PaymentForm::Body), |user| user.merchant_payment(payment.clone()));
        let Some(sent) = sent else {
            return Err(TestCaseError::fail("not sent"));
        };
        let pairs: Vec<_> = form_urlencoded::parse(&sent.body).into_owned().collect();
        let expected = [
            ("referenceNumber", reference.as_str()),
            ("amount", "500.50"),
            ("merchantCustomerReference", customer.as_str()),
            ("merchantProductCode", product.as_str()),
            ("currency", "NGN"),
        ];
        prop_assert_eq!(pairs, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        prop_assert!(sent.path.ends_with("/secure/merchantPayment"));
    }

    #[test]
    fn amounts_are_plain_decimals(minor in 1_i64..i64::MAX, decimals in 0_u32..=2) {
        let paid = Amount::from_minor(minor, decimals).unwrap();
        let payment = MerchantPayment::new(references("r"), paid);
        let sent = sent(|b| b, |user| user.merchant_payment(payment.clone())).unwrap();
        let written = &segments(&sent)[3];
        prop_assert_eq!(written, &paid.to_string());
        prop_assert!(written.bytes().all(|b| b.is_ascii_digit() || b == b'.'), "{}", written);
        prop_assert_eq!(written.parse::<Amount>().unwrap(), paid);
    }

    #[test]
    fn a_recipient_survives_the_query(recipient in "\\PC{1,30}") {
        prop_assume!(!recipient.trim().is_empty());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let script = script();
        runtime.block_on(async {
            let to = TransferTo { reference: "t".into(), recipient: recipient.clone() };
            let _ = of(&support::client(&script)).await.money_transfer(MoneyTransfer::new(to, amount("1"))).send().await;
        });
        let sent = &support::calls(&script)[0];
        let (path, query) = sent.path.split_once('?').unwrap();
        prop_assert!(path.ends_with("/secure/moneyTransfer/v2"));
        let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        prop_assert_eq!(pairs.len(), 4);
        prop_assert_eq!(&pairs[3], &("recipientCredential".to_owned(), recipient));
    }
}

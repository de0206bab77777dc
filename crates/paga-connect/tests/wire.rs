//! What goes over the wire, byte for byte, against requests written by hand from the libraries' and the pages' forms.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use paga_connect::{
    BasicEncoding, Builder, Call, DetailsShape, DottedValue, MerchantPayment, PaymentForm, PaymentReferences,
    RawRequest, References, Repeat, Scope, TokenParameters, UserData, UserSession,
};
use pay_core::script::{Play, Script, Sent};
use support::golden::{assert_sent, only};
use support::{
    amount, answering, builder, calls, client, code, of, payment, references, secs, state, token_calls, transfer,
};

macro_rules! golden {
    ($name:literal) => {
        include_str!(concat!("goldens/", $name, ".http"))
    };
}

/// The request of one call, whatever becomes of it.
async fn sent_with<T>(change: impl FnOnce(Builder) -> Builder, call: impl FnOnce(&UserSession) -> Call<T>) -> Sent {
    let script = answering(vec![Play::answer(404, "")]);
    let session = of(&change(builder(&script)).build().unwrap()).await;
    let _ = call(&session).send().await;
    only(&script)
}

async fn sent<T>(call: impl FnOnce(&UserSession) -> Call<T>) -> Sent {
    sent_with(|builder| builder, call).await
}

fn with_product() -> MerchantPayment {
    payment("order-1").product_code("BOOKS")
}

#[tokio::test(start_paused = true)]
async fn merchant_payment_by_the_path_of_every_library() {
    assert_sent(&sent(|user| user.merchant_payment(payment("order-1"))).await, golden!("payment"));
    assert_sent(&sent(|user| user.merchant_payment(with_product())).await, golden!("payment_product"));
    let whole = with_product().currency("NGN");
    assert_sent(&sent(|user| user.merchant_payment(whole)).await, golden!("payment_currency"));
}

#[tokio::test(start_paused = true)]
async fn merchant_payment_by_the_path_of_version_2() {
    let v3 = |builder: Builder| builder.payment_form(PaymentForm::PathV3);
    assert_sent(&sent_with(v3, |user| user.merchant_payment(payment("order-1"))).await, golden!("payment_v3"));
    assert_sent(&sent_with(v3, |user| user.merchant_payment(with_product())).await, golden!("payment_v3_product"));
    let whole = with_product().currency("NGN");
    assert_sent(&sent_with(v3, |user| user.merchant_payment(whole)).await, golden!("payment_v3_currency"));
}

#[tokio::test(start_paused = true)]
async fn merchant_payment_as_a_form() {
    let form = |builder: Builder| builder.payment_form(PaymentForm::Body);
    assert_sent(&sent_with(form, |user| user.merchant_payment(payment("order-1"))).await, golden!("payment_form"));
    // A form carries what a path cannot: a slash, and a dot at the end.
    let of = PaymentReferences { customer: "ada@example.test/x".into(), ..references("order-1") };
    let whole = MerchantPayment::new(of, amount("500")).product_code("BOOKS").currency("NGN");
    assert_sent(&sent_with(form, |user| user.merchant_payment(whole)).await, golden!("payment_form_full"));
    // And a currency alone, which no path has.
    let alone = payment("order-1").currency("NGN");
    let sent = sent_with(form, |user| user.merchant_payment(alone)).await;
    assert!(sent.text().ends_with("merchantCustomerReference=customer-1&currency=NGN"), "{}", sent.text());
}

#[tokio::test(start_paused = true)]
async fn values_in_a_path_are_encoded_one_by_one() {
    let of = PaymentReferences { customer: "ada é+x@example:1&=".into(), ..references("order-1") };
    let encoded = MerchantPayment::new(of, amount("500.50"));
    assert_sent(&sent(|user| user.merchant_payment(encoded)).await, golden!("payment_encoded"));
}

#[tokio::test(start_paused = true)]
async fn a_dot_in_the_last_value_can_go_as_a_form() {
    let dotted =
        || MerchantPayment::new(PaymentReferences { customer: "a.b".into(), ..references("order-1") }, amount("500"));
    let form = |builder: Builder| builder.dotted_value(DottedValue::SendForm);
    let sent = sent_with(form, |user| user.merchant_payment(dotted())).await;
    assert!(sent.path.ends_with("/secure/merchantPayment") && sent.text().contains("Reference=a.b"), "{}", sent.path);
    // What does not stand last is not cut.
    let sent = sent_with(form, |user| user.merchant_payment(dotted().product_code("P").currency("NGN"))).await;
    assert!(sent.path.ends_with("/merchantCustomerReference/a.b/merchantProductCode/P/currency/NGN"), "{}", sent.path);
    let sent = sent_with(|builder| builder, |user| user.merchant_payment(dotted())).await;
    assert!(sent.path.ends_with("/merchantCustomerReference/a.b"), "{}", sent.path);
}

#[tokio::test(start_paused = true)]
async fn money_transfer() {
    assert_sent(&sent(|user| user.money_transfer(transfer("transfer-1"))).await, golden!("transfer"));
    let to = paga_connect::TransferTo { reference: "transfer-1".into(), recipient: "+2348000000009".into() };
    let quiet = paga_connect::MoneyTransfer::new(to, amount("200.05")).skip_messaging(true);
    assert_sent(&sent(|user| user.money_transfer(quiet)).await, golden!("transfer_quiet"));
}

#[tokio::test(start_paused = true)]
async fn user_details_in_three_shapes() {
    let reference = || "details-1".to_owned();
    assert_sent(&sent(|user| user.user_details(DetailsShape::Bare)).await, golden!("details"));
    let path = DetailsShape::Path { reference: reference() };
    assert_sent(&sent(|user| user.user_details(path)).await, golden!("details_path"));
    let body = DetailsShape::Body { reference: reference() };
    assert_sent(&sent(|user| user.user_details(body)).await, golden!("details_body"));
}

#[tokio::test(start_paused = true)]
async fn one_time_token_and_the_escape_hatch() {
    assert_sent(&sent(|user| user.one_time_token("one-1")).await, golden!("one_time_token"));
    let raw = RawRequest::new(http::Method::POST, "/paga-webservices/oauth2/secure/banksList", Repeat::Safe)
        .body("application/json", r#"{"a":1}"#);
    assert_sent(&sent(|user| user.raw(raw)).await, golden!("raw"));
}

#[tokio::test(start_paused = true)]
async fn the_code_exchange_in_both_forms_and_both_encodings() {
    for (change, golden) in [
        ((|builder| builder) as fn(Builder) -> Builder, golden!("exchange")),
        (|builder| builder.token_parameters(TokenParameters::Query), golden!("exchange_query")),
        (|builder| builder.basic_encoding(BasicEncoding::Rfc6749), golden!("exchange_rfc")),
    ] {
        let script = answering(vec![Play::answer(404, "")]);
        let client = change(builder(&script)).build().unwrap();
        client.exchange(code(&client)).await.unwrap();
        assert_eq!(script.seen().len(), 1);
        assert_sent(&script.seen()[0], golden);
    }
}

#[tokio::test(start_paused = true)]
async fn a_refresh_in_both_forms() {
    for (parameters, golden) in
        [(TokenParameters::Form, golden!("refresh")), (TokenParameters::Query, golden!("refresh_query"))]
    {
        let script = answering(vec![Play::answer(200, support::DETAILS)]);
        let session = of(&builder(&script).token_parameters(parameters).build().unwrap()).await;
        tokio::time::advance(secs(43_190)).await;
        session.user_details(DetailsShape::Bare).send().await.unwrap();
        let tokens = token_calls(&script);
        assert_eq!(tokens.len(), 2);
        assert_sent(&tokens[1], golden);
    }
}

#[tokio::test(start_paused = true)]
async fn asking_whether_the_client_is_known() {
    let script = Script::new(|_| Play::answer(400, r#"{"error":"invalid_grant"}"#));
    client(&script).check_credentials().await.unwrap();
    assert_sent(&script.seen()[0], golden!("check_credentials"));
}

/// A dot and other characters of a relaxed reference reach the wire; nothing is cut or folded here.
#[tokio::test(start_paused = true)]
async fn relaxed_references_stand_in_the_path_as_they_are() {
    let relaxed = |builder: Builder| builder.references(References::Relaxed);
    let sent = sent_with(relaxed, |user| user.merchant_payment(payment("Ord 1.é"))).await;
    assert!(sent.path.contains("/referenceNumber/Ord%201.%C3%A9/amount/500/"), "{}", sent.path);
}

#[tokio::test(start_paused = true)]
async fn the_address_of_the_consent_page() {
    let script = answering(vec![Play::answer(404, "")]);
    let client = client(&script);
    let consent = client.consent([Scope::MerchantPayment, Scope::UserDetailsRequest]);
    let (url, _) = consent.clone().user_data([UserData::FirstName, UserData::Email]).start().unwrap();
    let url = url.expose_url();
    let expected = format!(
        "https://beta.mypaga.com/paga-webservices/oauth2/authorization?response_type=code&client_id=client-1&state={}&redirect_uri=https%3A%2F%2Fshop.example%2Fpaga%2Fcallback&scope=MERCHANT_PAYMENT+USER_DETAILS_REQUEST&user_data=FIRST_NAME+EMAIL",
        state(url)
    );
    assert_eq!(url, expected);
    // Without user data there is none in it; and nothing about PKCE unless asked for.
    let (url, _) = consent.clone().start().unwrap();
    assert!(!url.expose_url().contains("user_data") && !url.expose_url().contains("code_challenge"));
    let (url, _) = consent.pkce().start().unwrap();
    assert!(url.expose_url().contains("&code_challenge_method=S256"), "{}", url.expose_url());
    assert!(calls(&script).is_empty() && token_calls(&script).is_empty());
}

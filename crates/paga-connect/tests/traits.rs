//! What the types promise to whoever builds on them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use paga_connect::{
    AuthorizationCode, Builder, Call, Client, Consent, ConsentError, ConsentUrl, DetailsShape, Environment, Error,
    MerchantPayment, MoneyTransfer, PaymentReceipt, PendingConsent, Prepared, Reply, Scope, TokenAnswer,
    TransferReceipt, UserData, UserProfile, UserSession,
};
use pay_core::script::Play;
use std::fmt::Debug;
use std::future::Future;
use support::{PAID, answering, calls, payment, session, transfer};

fn shared<T: Clone + Send + Sync + Debug + 'static>() {}
fn movable<T: Send + Debug + 'static>() {}
fn value<T: Clone + PartialEq + Debug + Send + Sync + 'static>() {}
fn written<T: Clone + PartialEq + Debug + serde::Serialize>() {}
fn stored<T: serde::Serialize + for<'a> serde::Deserialize<'a>>() {}
fn sent<F: Future + Send>(future: F) -> F {
    future
}

#[test]
fn types_can_go_where_they_are_needed() {
    shared::<Client>();
    shared::<UserSession>();
    shared::<Consent>();
    shared::<PendingConsent>();
    shared::<AuthorizationCode>();
    shared::<TokenAnswer>();
    shared::<Reply<PaymentReceipt>>();
    shared::<Error>();
    movable::<Builder>();
    movable::<Call<PaymentReceipt>>();
    value::<ConsentUrl>();
    value::<ConsentError>();
    value::<DetailsShape>();
    value::<Environment>();
    value::<Scope>();
    value::<UserData>();
    value::<UserProfile>();
    written::<MerchantPayment>();
    written::<MoneyTransfer>();
    written::<PaymentReceipt>();
    written::<TransferReceipt>();
    stored::<PendingConsent>();
    stored::<Vec<Scope>>();
    stored::<Prepared>();
}

#[tokio::test]
async fn futures_can_be_spawned_and_requests_prepared() {
    let script = answering(vec![Play::answer(200, PAID)]);
    let user = session(&script).await;
    let other = user.clone();
    tokio::spawn(async move { other.merchant_payment(payment("order-1")).send().await }).await.unwrap().unwrap();
    drop(sent(user.money_transfer(transfer("t")).reply()));
    drop(sent(user.client().check_credentials()));
    drop(sent(user.client().exchange(support::code(user.client()))));
    let mut call = user.merchant_payment(payment("order-2"));
    let prepared = call.prepare().await.unwrap();
    // It is for looking up: what may have been sent is never sent again.
    assert_eq!((prepared.reference(), prepared.may_be_resent()), (Some("order-2"), false));
    let kept = serde_json::to_string(&prepared).unwrap();
    assert!(!kept.contains("Bearer") && !kept.contains("00000000-1111"), "{kept}");
    call.send().await.unwrap();
    assert_eq!(calls(&script).len(), 2);
}

#[test]
fn a_payment_writes_what_a_form_would_send() {
    let json = serde_json::to_string(&payment("order-1").product_code("P")).unwrap();
    assert_eq!(
        json,
        r#"{"referenceNumber":"order-1","amount":500,"merchantCustomerReference":"customer-1","merchantProductCode":"P"}"#
    );
    let json = serde_json::to_string(&transfer("t-1")).unwrap();
    assert_eq!(
        json,
        r#"{"amount":200,"referenceNumber":"t-1","skipMessaging":false,"recipientCredential":"08000000009"}"#
    );
}

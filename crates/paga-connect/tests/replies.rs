//! Answers as values: all members, odd types, wrapped and flat, and what no model names.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use paga_connect::{DetailsShape, Error, ExposeSecret, Kind, PaymentReceipt, TransferReceipt, UserProfile};
use pay_core::script::Play;
use support::{DETAILS, PAID, TRANSFERRED, amount, answering, payment, session, transfer};

async fn paid(body: &str) -> Result<PaymentReceipt, Error> {
    session(&answering(vec![Play::answer(200, body.to_owned())]))
        .await
        .merchant_payment(payment("order-1"))
        .send()
        .await
}

async fn transferred(body: &str) -> Result<TransferReceipt, Error> {
    let user = session(&answering(vec![Play::answer(200, body.to_owned())])).await;
    user.money_transfer(transfer("transfer-1")).send().await
}

async fn details(body: &str) -> Result<UserProfile, Error> {
    session(&answering(vec![Play::answer(200, body.to_owned())])).await.user_details(DetailsShape::Bare).send().await
}

#[tokio::test(start_paused = true)]
async fn a_whole_payment() {
    let receipt = paid(PAID).await.unwrap();
    assert_eq!(receipt.transaction_id.unwrap().as_str(), "AB12C");
    assert_eq!(receipt.confirmation_code.unwrap().as_str(), "XY98Z");
    assert_eq!((receipt.amount, receipt.fee), (Some(amount("500.0")), Some(amount("0.0"))));
    assert_eq!(receipt.agent_commission, Some(amount("0.0")));
    assert_eq!((receipt.currency.as_deref(), receipt.exchange_rate), (Some("NGN"), None));
    assert_eq!((receipt.error_code, receipt.error_message), (None, None));
}

#[tokio::test(start_paused = true)]
async fn a_whole_transfer_flat_and_wrapped() {
    for body in [
        TRANSFERRED.to_owned(),
        format!(r#"{{"moneyTransferResult":{TRANSFERRED}}}"#),
        format!(r#"{{"x":{TRANSFERRED}}}"#),
    ] {
        let receipt = transferred(&body).await.unwrap();
        assert_eq!(receipt.transaction_id.unwrap().as_str(), "AB12C");
        assert_eq!(receipt.external_reference_number.as_deref(), Some("transfer-1"));
        assert_eq!(receipt.amount, Some(amount("200.0")));
    }
}

#[tokio::test(start_paused = true)]
async fn odd_types_of_a_payment_are_read() {
    for members in [
        r#""transactionId":12345,"amount":"500.00","errorCode":0"#,
        r#""transactionId":"T","amount":5e2,"fee":null,"errorCode":"","currency":"""#,
        r#""confirmationCode":"C","exchangeRate":1.0,"unknown":{"a":[1]},"errorMessage":["x"]"#,
        r#""transactionId":"T","amount":500,"errorMessage":"Successful""#,
    ] {
        paid(&format!("{{{members}}}")).await.unwrap_or_else(|error| panic!("{members}: {error}"));
    }
    let exact = paid(r#"{"transactionId":"T","fee":0.10,"agentCommission":12345678901234567.89}"#).await.unwrap();
    assert_eq!(exact.fee.unwrap().to_string(), "0.10");
    assert_eq!(exact.agent_commission.unwrap().to_string(), "12345678901234567.89");
    // What is beside the model is still in the raw body.
    let user = session(&answering(vec![Play::answer(200, r#"{"transactionId":"T","new":1}"#)])).await;
    let reply = user.merchant_payment(payment("order-1")).reply().await.unwrap();
    assert_eq!(reply.body.expose_str(), Some(r#"{"transactionId":"T","new":1}"#));
}

#[tokio::test(start_paused = true)]
async fn whole_details() {
    let profile = details(DETAILS).await.unwrap();
    assert_eq!(profile.details.first_name.as_deref(), Some("Ada"));
    assert_eq!(profile.details.last_name.as_deref(), Some("Obi"));
    assert_eq!(profile.details.username.as_deref(), Some("ada"));
    assert_eq!(profile.details.email.as_deref(), Some("ada@example.test"));
    assert_eq!(profile.details.account_status.as_deref(), Some("ACTIVE"));
    assert_eq!(profile.details.public_id.as_deref(), Some("p-1"));
    assert_eq!(profile.balance(), Some(amount("1200.00")));
    let authorities = profile.details.authorities.as_ref().unwrap();
    assert_eq!(authorities[0].authority.as_deref(), Some("ROLE"));
    // The key of the mobile number is unknown: it is kept as it came.
    assert_eq!(profile.extra.iter().map(|(name, _)| name).collect::<Vec<_>>(), ["phone"]);
    assert_eq!(profile.extra.get("phone").unwrap().expose_secret(), r#""08000000001""#);
}

#[tokio::test(start_paused = true)]
async fn partial_and_odd_details_are_read() {
    for (body, name, balance) in [
        (r#"{"detailsResult":{"details":{}}}"#, None, None),
        (r#"{"details":{"firstName":"Ada"}}"#, Some("Ada"), None),
        (r#"{"errorCode":"0","details":{"firstName":7,"accountBalance":1200.5}}"#, None, Some("1200.5")),
        (r#"{"detailsResult":{"errorCode":null,"details":{"firstName":null,"accountBalance":"NGN 5"}}}"#, None, None),
        (r#"{"detailsResult":{"details":{"authorities":"x","email":["a"]}}}"#, None, None),
        (r#"{"other":{"details":{"firstName":"Ada"}}}"#, Some("Ada"), None),
    ] {
        let profile = details(body).await.unwrap_or_else(|error| panic!("{body}: {error}"));
        assert_eq!(profile.details.first_name.as_deref(), name, "{body}");
        assert_eq!(profile.balance(), balance.map(amount), "{body}");
    }
    // A balance of no known form stays readable as it came.
    let profile = details(r#"{"details":{"accountBalance":"NGN 5"}}"#).await.unwrap();
    assert_eq!(profile.details.account_balance.unwrap().as_str(), "NGN 5");
}

#[tokio::test(start_paused = true)]
async fn details_of_another_type_are_no_details() {
    for body in [r#"{"details":[]}"#, r#"{"details":5}"#, r#"{"details":"none"}"#, r#"{"details":null}"#] {
        let error = details(body).await.unwrap_err();
        assert!(matches!(error.kind(), Kind::Decode | Kind::Unexpected), "{body}: {error}");
    }
}

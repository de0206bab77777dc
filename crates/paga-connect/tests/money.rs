//! Amounts keep every digit, on the way out and on the way in, in each place where they travel.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use paga_connect::{Amount, MerchantPayment, MoneyTransfer, PaymentForm, TransferTo, UserSession};
use pay_core::script::{Play, Script};
use proptest::prelude::*;
use std::sync::{Arc, Mutex};
use support::{builder, calls, is_token, of, references};

/// Runs `test` with a user whose calls are answered with whatever `answer` holds.
fn with_user<F: Future>(
    form: PaymentForm,
    test: impl FnOnce(UserSession, Script, Arc<Mutex<String>>) -> F,
) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let answer = Arc::new(Mutex::new(String::from("{}")));
    let held = Arc::clone(&answer);
    let script = Script::new(move |sent| {
        let body = if is_token(sent) { support::TOKEN.to_owned() } else { held.lock().unwrap().clone() };
        Play::answer(200, body)
    });
    runtime.block_on(async {
        let client = builder(&script).payment_form(form).build().unwrap();
        test(of(&client).await, script.clone(), answer).await
    })
}

fn naira() -> impl Strategy<Value = Amount> {
    (1_i64..i64::MAX, 0_u32..=2).prop_map(|(minor, decimals)| Amount::from_minor(minor, decimals).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_amount_is_written_alike_in_path_form_and_query(amount in naira()) {
        let (form, path, query) = with_user(PaymentForm::Body, |user, script, _| async move {
            let payment = MerchantPayment::new(references("r"), amount);
            let _ = user.merchant_payment(payment).send().await;
            let to = TransferTo { reference: "t".into(), recipient: "08000000009".into() };
            let _ = user.money_transfer(MoneyTransfer::new(to, amount)).send().await;
            let seen = calls(&script);
            (seen[0].text().to_owned(), String::new(), seen[1].path.clone())
        });
        let path = with_user(PaymentForm::Path, |user, script, _| async move {
            let _ = user.merchant_payment(MerchantPayment::new(references("r"), amount)).send().await;
            path + &calls(&script)[0].path
        });
        let whole = amount.to_string();
        prop_assert!(form.contains(&format!("&amount={whole}&")), "{}", form);
        prop_assert!(path.contains(&format!("/amount/{whole}/")), "{}", path);
        prop_assert!(query.contains(&format!("?amount={whole}&")), "{}", query);
    }

    #[test]
    fn an_answer_keeps_all_digits_and_is_compared_by_value(
        amount in naira(),
        fee in (0_i64..i64::MAX, 0_u32..=6).prop_map(|(minor, decimals)| Amount::from_minor(minor, decimals).unwrap()),
        text in any::<bool>(),
    ) {
        let quote = if text { "\"" } else { "" };
        let body = format!(r#"{{"merchantPaymentResult":{{"transactionId":"T","amount":{quote}{amount}0{quote},"fee":{quote}{fee}{quote}}}}}"#);
        // A trailing zero changes nothing of a decimal, and another digit does.
        let decimal = amount.decimals() > 0;
        let receipt = with_user(PaymentForm::Path, |user, _, answer| async move {
            *answer.lock().unwrap() = body;
            user.merchant_payment(MerchantPayment::new(references("r"), amount)).send().await
        });
        match receipt {
            Ok(receipt) => {
                prop_assert!(decimal);
                prop_assert_eq!(receipt.amount, Some(amount));
                prop_assert_eq!(receipt.fee.unwrap().to_string(), fee.to_string());
            }
            Err(error) => {
                prop_assert!(!decimal, "{}", error);
                prop_assert_eq!(error.outcome(), paga_connect::Outcome::Unknown);
            }
        }
    }
}

//! The whole story on the sandbox: consent, charge, refresh, charge, transfer, details, and all that can go wrong in between.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use paga_connect::{
    BasicEncoding, Client, ConsentError, DetailsShape, DottedValue, Kind, MerchantPayment, MoneyTransfer, Outcome,
    PaymentForm, PaymentReferences, RawRequest, Repeat, Scope, TokenParameters, TransferTo, UserData, UserSession,
};
use pay_sandbox::{Acting, Fault, FaultRule, Sandbox, StatusFault};
use support::{amount, everything, join, on, payment, references, secs};

async fn stage() -> (Sandbox, Client, UserSession) {
    let sandbox = Sandbox::start().await.unwrap();
    let client = on(&sandbox).attempt_timeout(secs(3)).build().unwrap();
    let ada = join(&sandbox, everything(&client), &client, "ada").await;
    (sandbox, client, ada)
}

fn next(sandbox: &Sandbox, operation: &str, fault: impl Into<Fault>) {
    sandbox.add_fault(FaultRule::new("paga-connect", fault.into()).operation(operation)).unwrap();
}

#[track_caller]
fn assert_sound(sandbox: &Sandbox) {
    assert_eq!(sandbox.ledger().check(), Vec::<String>::new());
}

fn charges(sandbox: &Sandbox, reference: &str) -> u32 {
    sandbox.ledger().charges(reference)
}

fn balance(sandbox: &Sandbox, user: &str) -> i64 {
    sandbox.paga_connect().user(user).unwrap().balance_cents
}

fn to(reference: &str, recipient: &str) -> TransferTo {
    TransferTo { reference: reference.into(), recipient: recipient.into() }
}

/// The sandbox's clock moves, and with it the client's wall clock; the monotonic one does not.
fn pass(sandbox: &Sandbox, seconds: u64) {
    sandbox.clock().advance(secs(seconds));
}

#[tokio::test]
async fn from_consent_to_the_charge_after_the_token_has_ended() {
    let (sandbox, _, ada) = stage().await;
    let paga = sandbox.paga_connect();
    let receipt = ada.merchant_payment(payment("order-1")).send().await.unwrap();
    assert!(receipt.transaction_id.is_some() && receipt.confirmation_code.is_some());
    assert_eq!(balance(&sandbox, "ada"), 24_950_000);

    // 12 hours and a little: the token has ended, and nobody is asked again.
    pass(&sandbox, 43_300);
    ada.merchant_payment(payment("order-2")).send().await.unwrap();
    assert_eq!(paga.refreshes("ada"), Some(1));
    assert_eq!(balance(&sandbox, "ada"), 24_900_000);

    ada.money_transfer(MoneyTransfer::new(to("transfer-1", paga.recipient()), amount("200.50"))).send().await.unwrap();
    let profile = ada.user_details(DetailsShape::Bare).send().await.unwrap();
    assert_eq!(profile.details.first_name.as_deref(), Some("Ada"));
    assert_eq!(profile.balance(), Some(amount("249000.00")));
    assert_eq!(profile.extra.iter().map(|(name, _)| name).collect::<Vec<_>>(), ["sandboxMobileNumber"]);
    assert!(!ada.one_time_token("one-1").send().await.unwrap().is_empty());
    assert_eq!((charges(&sandbox, "order-1"), charges(&sandbox, "order-2")), (1, 1));
    assert_sound(&sandbox);
}

#[tokio::test]
async fn every_way_of_a_refresh() {
    for (mode, consent_over) in
        [("kept", false), ("omitted", false), ("rotated", false), ("refused", true), ("unsupported", true)]
    {
        let (sandbox, _, ada) = stage().await;
        sandbox.paga_connect().set_mode("refresh_token", mode).unwrap();
        for turn in 1..=3 {
            pass(&sandbox, 43_300);
            let paid = ada.merchant_payment(payment(&format!("order-{turn}"))).send().await;
            match paid {
                Ok(_) => assert!(!consent_over, "{mode}"),
                Err(error) => {
                    assert!(consent_over, "{mode}: {error}");
                    assert_eq!((error.kind(), error.outcome()), (Kind::ConsentRequired, Outcome::NotDone));
                }
            }
        }
        let refreshed = if consent_over { 0 } else { 3 };
        assert_eq!(sandbox.paga_connect().refreshes("ada"), Some(refreshed), "{mode}");
        assert_sound(&sandbox);
    }
}

#[tokio::test]
async fn a_user_who_ends_the_consent_is_asked_again_and_no_other() {
    let (sandbox, client, ada) = stage().await;
    let ngozi = join(&sandbox, everything(&client), &client, "ngozi").await;
    pass(&sandbox, 60);
    sandbox.paga_connect().revoke("ada").unwrap();
    let error = ada.merchant_payment(payment("order-1")).send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::ConsentRequired, Outcome::NotDone));
    ngozi.merchant_payment(payment("order-2")).send().await.unwrap();
    assert_eq!((charges(&sandbox, "order-1"), charges(&sandbox, "order-2")), (0, 1));
    // Ada consents again and pays.
    let ada = join(&sandbox, everything(&client), &client, "ada").await;
    ada.merchant_payment(payment("order-1")).send().await.unwrap();
    assert_sound(&sandbox);
}

#[tokio::test]
async fn a_user_who_says_no() {
    let (sandbox, client, _) = stage().await;
    let (url, mut pending) = everything(&client).start().unwrap();
    let back = sandbox.paga_connect().decline(url.expose_url(), "ada").unwrap();
    let error = pending.finish(back.split_once('?').unwrap().1).unwrap_err();
    assert!(matches!(error, ConsentError::Denied { .. }), "{error}");
}

#[tokio::test]
async fn each_way_to_say_who_calls() {
    for (encoding, mode) in [(BasicEncoding::Raw, "raw"), (BasicEncoding::Rfc6749, "form_encoded")] {
        for (parameters, place) in [(TokenParameters::Form, "form"), (TokenParameters::Query, "query")] {
            let sandbox = Sandbox::start().await.unwrap();
            let paga = sandbox.paga_connect();
            paga.set_mode("basic", mode).unwrap();
            paga.set_mode("token_parameters", place).unwrap();
            // Its secret holds every character that the two encodings write differently.
            let id = paga.awkward_client_id();
            let secret = paga.client_secret(&id).unwrap();
            assert!(['@', '%', '+', '#', '='].iter().all(|c| secret.contains(*c)), "the sandbox's own promise");
            let client = on(&sandbox).credentials(id, secret);
            let client = client.basic_encoding(encoding).token_parameters(parameters).build().unwrap();
            client.check_credentials().await.unwrap();
            let ada = join(&sandbox, everything(&client), &client, "ada").await;
            pass(&sandbox, 43_300);
            ada.merchant_payment(payment("order-1")).send().await.unwrap();
            assert_eq!(paga.refreshes("ada"), Some(1));
        }
    }
    // The other encoding is refused, and says that it is the client and not the user.
    let sandbox = Sandbox::start().await.unwrap();
    let paga = sandbox.paga_connect();
    paga.set_mode("basic", "form_encoded").unwrap();
    let id = paga.awkward_client_id();
    let client = on(&sandbox).credentials(id.clone(), paga.client_secret(&id).unwrap()).build().unwrap();
    assert_eq!(client.check_credentials().await.unwrap_err().kind(), Kind::Login);
}

#[tokio::test]
async fn a_secret_that_is_wrong_loses_no_consent() {
    let (sandbox, client, ada) = stage().await;
    let paga = sandbox.paga_connect();
    let id = paga.client_id();
    let secret = paga.client_secret(&id).unwrap();
    paga.set_client_secret(&id, "another").unwrap();
    assert_eq!(client.check_credentials().await.unwrap_err().kind(), Kind::Login);
    pass(&sandbox, 43_300);
    let error = ada.merchant_payment(payment("order-1")).send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Login, Outcome::NotDone));
    // Put right, the next client of the same store goes on with the consent that was kept.
    paga.set_client_secret(&id, &secret).unwrap();
    assert!(ada.is_kept().await.unwrap());
}

#[tokio::test]
async fn a_client_id_of_the_other_host_is_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    let paga = sandbox.paga_connect();
    let id = paga.live_client_id();
    let client = on(&sandbox).credentials(id.clone(), paga.client_secret(&id).unwrap()).build().unwrap();
    assert_eq!(client.check_credentials().await.unwrap_err().kind(), Kind::Login);
    paga.set_mode("host", "live").unwrap();
    client.check_credentials().await.unwrap();
}

#[tokio::test]
async fn every_form_of_a_payment_arrives_whole() {
    let (sandbox, client, _) = stage().await;
    for (form, name) in [(PaymentForm::Path, "path"), (PaymentForm::PathV3, "v3"), (PaymentForm::Body, "body")] {
        let client = on(&sandbox).payment_form(form).build().unwrap();
        let ada = join(&sandbox, everything(&client), &client, "ada").await;
        for (at, change) in [
            (|payment| payment) as fn(MerchantPayment) -> MerchantPayment,
            |payment| payment.product_code("BOOKS"),
            |payment| payment.product_code("BOOKS").currency("NGN"),
        ]
        .into_iter()
        .enumerate()
        {
            let reference = format!("{name}-{at}");
            ada.merchant_payment(change(payment(&reference))).send().await.unwrap();
            assert_eq!(charges(&sandbox, &reference), 1, "{reference}");
        }
    }
    let ada = client.user("ada");
    for shape in [
        DetailsShape::Bare,
        DetailsShape::Path { reference: "details-1".into() },
        DetailsShape::Body { reference: "details-2".into() },
    ] {
        assert!(ada.user_details(shape).send().await.unwrap().details.first_name.is_some());
    }
    assert_sound(&sandbox);
}

#[tokio::test]
async fn a_scope_that_was_not_consented_to() {
    let (sandbox, client, _) = stage().await;
    let narrow = client.consent([Scope::UserDetailsRequest]).user_data([UserData::FirstName]);
    let ngozi = join(&sandbox, narrow, &client, "ngozi").await;
    for error in [
        ngozi.merchant_payment(payment("order-1")).send().await.unwrap_err(),
        ngozi.money_transfer(MoneyTransfer::new(to("t", "08000000009"), amount("1"))).send().await.unwrap_err(),
    ] {
        assert_eq!((error.kind(), error.outcome()), (Kind::Forbidden, Outcome::Refused), "{error}");
        assert_eq!(error.provider_code(), Some("insufficient_scope"));
    }
    // And only the fields that were consented to.
    let profile = ngozi.user_details(DetailsShape::Bare).send().await.unwrap();
    assert!(profile.details.first_name.is_some());
    assert!(profile.details.email.is_none() && profile.balance().is_none() && profile.extra.iter().next().is_none());
}

#[tokio::test]
async fn what_paga_refuses_moves_nothing() {
    for status in ["200", "400"] {
        let (sandbox, client, ada) = stage().await;
        let paga = sandbox.paga_connect();
        paga.set_mode("failure_status", status).unwrap();
        let emeka = join(&sandbox, everything(&client), &client, "emeka").await;
        let error = emeka.merchant_payment(payment("order-1")).send().await.unwrap_err();
        assert_eq!((error.outcome(), error.provider_code()), (Outcome::Refused, Some("SANDBOX_INSUFFICIENT_FUNDS")));
        let unknown = MoneyTransfer::new(to("t-1", "08999999999"), amount("1"));
        let error = ada.money_transfer(unknown).send().await.unwrap_err();
        assert_eq!((error.outcome(), error.provider_code()), (Outcome::Refused, Some("SANDBOX_UNKNOWN_RECIPIENT")));
        let path = "/paga-webservices/oauth2/secure/merchantPayment/referenceNumber/r/amount/1/merchantCustomerReference/c/merchantProductCode/p/currency/USD";
        let raw = RawRequest::new(http::Method::POST, path, Repeat::Never);
        // The escape hatch hands a 2xx on as it came.
        match ada.raw(raw).send().await {
            Ok(body) => assert!(body.expose_str().unwrap().contains("SANDBOX_BAD_CURRENCY")),
            Err(error) => assert_eq!(error.provider_code(), Some("SANDBOX_BAD_CURRENCY")),
        }
        assert_eq!(charges(&sandbox, "order-1"), 0);
        assert_eq!((balance(&sandbox, "ada"), balance(&sandbox, "emeka")), (25_000_000, 0));
        assert_sound(&sandbox);
    }
}

#[tokio::test]
async fn a_reference_that_was_used_before_charges_once() {
    for mode in ["rejected", "replayed"] {
        let (sandbox, _, ada) = stage().await;
        sandbox.paga_connect().set_mode("duplicate_reference", mode).unwrap();
        ada.merchant_payment(payment("order-1")).send().await.unwrap();
        match ada.merchant_payment(payment("order-1")).send().await {
            Ok(_) => assert_eq!(mode, "replayed"),
            Err(error) => {
                assert_eq!(mode, "rejected");
                // This call moved nothing; that says nothing of the first, and the error says so.
                assert_eq!(error.outcome(), Outcome::Refused);
                assert!(error.to_string().contains("where an earlier one with this referenceNumber"), "{error}");
            }
        }
        assert_eq!(charges(&sandbox, "order-1"), 1);
        assert_sound(&sandbox);
    }
}

#[tokio::test]
async fn every_form_of_a_result_is_read_or_unknown_and_never_guessed() {
    for (mode, value, known) in [
        ("result", "as_in_models", true),
        ("result", "flat", true),
        ("result", "wrapped", true),
        ("result", "without_ids", false),
        ("result", "empty", false),
        ("result", "html", false),
        ("no_error", "absent", true),
        ("no_error", "empty_text", true),
        ("no_error", "zero_text", true),
        ("no_error", "zero_number", true),
    ] {
        let (sandbox, _, ada) = stage().await;
        let paga = sandbox.paga_connect();
        paga.set_mode(mode, value).unwrap();
        let transfer = MoneyTransfer::new(to("t-1", paga.recipient()), amount("1"));
        for result in [
            ada.merchant_payment(payment("order-1")).send().await.map(drop),
            ada.money_transfer(transfer).send().await.map(drop),
        ] {
            match result {
                Ok(()) => assert!(known, "{value}"),
                Err(error) => {
                    assert!(!known, "{value}: {error}");
                    assert_eq!(error.outcome(), Outcome::Unknown, "{value}: {error}");
                }
            }
        }
        // Whatever was said, it happened once.
        assert_eq!(charges(&sandbox, "order-1"), 1, "{value}");
        assert_sound(&sandbox);
    }
}

#[tokio::test]
async fn an_error_code_may_be_a_number() {
    let (sandbox, client, _) = stage().await;
    sandbox.paga_connect().set_mode("error_code", "number").unwrap();
    let emeka = join(&sandbox, everything(&client), &client, "emeka").await;
    let error = emeka.merchant_payment(payment("order-1")).send().await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::Refused, "{error}");
    assert!(error.provider_code().unwrap().parse::<i32>().is_ok(), "{error}");
}

#[tokio::test]
async fn answers_that_are_lost_after_acting_are_unknown_and_charge_once() {
    let faults: [Fault; 5] = [
        Fault::ResetAfterActing,
        Fault::CloseAfterActing,
        Fault::TruncatedBody,
        StatusFault::new(502, Acting::After).into(),
        Fault::StallAfterActing(None),
    ];
    for (at, fault) in faults.into_iter().enumerate() {
        let (sandbox, _, ada) = stage().await;
        let reference = format!("order-{at}");
        next(&sandbox, "merchant_payment", fault);
        let error = ada.merchant_payment(payment(&reference)).send().await.unwrap_err();
        assert_eq!((error.outcome(), error.attempts()), (Outcome::Unknown, 1), "{error}");
        assert!(error.to_string().contains("has no question by reference"), "{error}");
        assert_eq!(charges(&sandbox, &reference), 1);
        assert_sound(&sandbox);
    }
}

#[tokio::test]
async fn odd_token_answers_keep_the_user_signed_in() {
    for (mode, value) in [
        ("expires_in", "text"),
        ("expires_in", "absent"),
        ("token_type", "absent"),
        ("token_type", "Bearer"),
        ("user_data", "list"),
        ("limit_maximum", "number"),
        ("old_access_token", "dead"),
        ("consent_again", "new_token"),
    ] {
        let sandbox = Sandbox::start().await.unwrap();
        sandbox.paga_connect().set_mode(mode, value).unwrap();
        let client = on(&sandbox).build().unwrap();
        let ada = join(&sandbox, everything(&client), &client, "ada").await;
        ada.merchant_payment(payment("order-1")).send().await.unwrap();
        pass(&sandbox, 43_300);
        ada.merchant_payment(payment("order-2")).send().await.unwrap_or_else(|error| panic!("{mode} {value}: {error}"));
        assert_eq!(sandbox.paga_connect().refreshes("ada"), Some(1), "{mode} {value}");
    }
}

/// The server of `last_dot` cuts what follows the last dot, as such servers once did.
#[tokio::test]
async fn a_dot_at_the_end_arrives_whole_where_it_is_sent_as_a_form() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.paga_connect().set_mode("last_dot", "cut").unwrap();
    let dotted = |reference: &str| {
        let of = PaymentReferences { customer: "ada@example.test".into(), ..references(reference) };
        MerchantPayment::new(of, amount("500"))
    };
    let form = on(&sandbox).dotted_value(DottedValue::SendForm).build().unwrap();
    let ada = join(&sandbox, everything(&form), &form, "ada").await;
    ada.merchant_payment(dotted("as-form")).send().await.unwrap();
    // With product code and currency behind it, it does not stand last.
    let path = on(&sandbox).build().unwrap();
    let ada = join(&sandbox, everything(&path), &path, "ada").await;
    ada.merchant_payment(dotted("not-last").product_code("BOOKS").currency("NGN")).send().await.unwrap();
    assert_eq!((charges(&sandbox, "as-form"), charges(&sandbox, "not-last")), (1, 1));
}

#[tokio::test]
async fn a_code_works_once_and_not_for_others() {
    let (sandbox, client, _) = stage().await;
    let paga = sandbox.paga_connect();
    let (url, mut pending) = everything(&client).start().unwrap();
    let back = paga.approve(url.expose_url(), "ada").unwrap();
    let code = pending.finish(back.split_once('?').unwrap().1).unwrap();
    client.exchange(code.clone()).await.unwrap();
    let error = client.exchange(code).await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::ConsentRequired, Outcome::NotDone));
    assert_eq!(error.provider_code(), Some("invalid_grant"));

    // Expired.
    let (url, mut pending) = everything(&client).start().unwrap();
    let back = paga.approve(url.expose_url(), "ada").unwrap();
    let code = pending.finish(back.split_once('?').unwrap().1).unwrap();
    pass(&sandbox, 600);
    assert_eq!(client.exchange(code).await.unwrap_err().kind(), Kind::ConsentRequired);
}

#[tokio::test]
async fn the_strict_world_takes_a_client_with_pkce_and_no_other() {
    let sandbox = Sandbox::start().await.unwrap();
    let paga = sandbox.paga_connect();
    paga.set_mode("rfc9700", "on").unwrap();
    let client = on(&sandbox).build().unwrap();
    let ada = join(&sandbox, everything(&client).pkce(), &client, "ada").await;
    for turn in 1..=2 {
        pass(&sandbox, 43_300);
        ada.merchant_payment(payment(&format!("order-{turn}"))).send().await.unwrap();
    }
    assert_eq!(paga.refreshes("ada"), Some(2));
    let (url, mut pending) = everything(&client).start().unwrap();
    let error = match paga.approve(url.expose_url(), "ada") {
        Err(_) => return,
        Ok(back) => pending.finish(back.split_once('?').unwrap().1).unwrap_err(),
    };
    assert!(matches!(error, ConsentError::Refused { .. }), "{error}");
}

#[tokio::test]
async fn nothing_that_the_sandbox_keeps_secret_is_in_an_error_of_the_client() {
    let (sandbox, client, ada) = stage().await;
    let mut printed = format!("{client:?} {ada:?}");
    sandbox.paga_connect().revoke("ada").unwrap();
    pass(&sandbox, 60);
    let error = ada.merchant_payment(payment("order-1")).send().await.unwrap_err();
    printed.push_str(&format!("{error} {error:#} {error:?}"));
    let (url, mut pending) = everything(&client).start().unwrap();
    let back = sandbox.paga_connect().approve(url.expose_url(), "ada").unwrap();
    let code = pending.finish(back.split_once('?').unwrap().1).unwrap();
    client.exchange(code.clone()).await.unwrap();
    // The server's answer repeats the code.
    let error = client.exchange(code.clone()).await.unwrap_err();
    printed.push_str(&format!("{error} {error:#} {error:?} {:?}", error.body().unwrap().expose_str()));
    assert!(!printed.contains(code.expose_code()), "{printed}");
    assert_eq!(sandbox.leaks(&printed), Vec::<String>::new());
}

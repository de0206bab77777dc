//! The whole story, written against the client alone and run on the sandbox; the stage around it is set here.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pagfast::{
    Client, Kind, NewPixDeposit, NewPixWithdrawal, OrderQuery, Outcome, PageSize, PixKey, RawRequest, Reason,
    ReceiverQuery, ReceiverStatus, Recipient, Refusal, Settled, Sought, TransactionState, TransactionType, Withdrawal,
};
use pay_sandbox::{Fault, FaultRule, Sandbox};
use std::time::Duration;
use support::{amount, cpf, notify, on, open_finance, quiet, secs, withdrawal};

async fn stage() -> (Sandbox, Client) {
    let sandbox = Sandbox::start().await.unwrap();
    let client = on(&sandbox).attempt_timeout(secs(3)).build().unwrap();
    (sandbox, client)
}

fn next(sandbox: &Sandbox, operation: &str, fault: Fault) {
    sandbox.add_fault(FaultRule::new("pagfast", fault).operation(operation)).unwrap();
}

#[track_caller]
fn assert_sound(sandbox: &Sandbox) {
    assert_eq!(sandbox.ledger().check(), Vec::<String>::new());
}

fn count(sandbox: &Sandbox, operation: &str) -> usize {
    sandbox.requests().iter().filter(|request| request.operation == Some(operation)).count()
}

async fn settled(client: &Client, sought: impl Into<Sought>) -> Settled {
    client.settle(sought).within(Duration::ZERO).await
}

#[tokio::test]
async fn a_deposit_from_the_first_token_to_the_money() {
    let (sandbox, client) = stage().await;
    let logged_in = client.check_credentials().await.unwrap();
    let left = logged_in.expires_at.unwrap().duration_since(sandbox.clock().now()).unwrap();
    assert!((secs(3540)..=secs(3600)).contains(&left), "{left:?}");
    let sent_at = sandbox.clock().now();
    let charge = client.pix_cash_in(quiet("order-1")).send().await.unwrap();
    assert!(charge.qr_code().is_some());
    let Settled::StillUnknown(why) = settled(&client, &charge).await else { panic!() };
    assert_eq!(why.reason, Reason::StillOpen);
    assert_eq!(why.records[0].transaction.state, TransactionState::Registered);

    let simulated = client.simulate_pix(charge.id()).await.unwrap();
    assert_eq!((simulated.state, simulated.webhook_reached), (Some(TransactionState::Completed), true));
    let Settled::Completed(record) = settled(&client, &charge).await else { panic!() };
    assert_eq!(record.transaction.direction, Some(TransactionType::Credit));
    assert_eq!(record.transaction.amount.unwrap().to_string(), "50.000000");
    assert!(record.transaction.receipt_url.is_some() && record.transaction.state_completed_date.is_some());
    let found = client.find_by_order_id("order-1", sent_at).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].transaction.id, charge.id());
    assert_eq!(sandbox.pagfast().transaction(charge.id()).unwrap().charges, 1);
    assert_eq!(count(&sandbox, "login"), 1, "one log-in serves all of it");
    assert_sound(&sandbox);
}

#[tokio::test]
async fn a_deposit_from_anybody_with_an_amount_of_their_own() {
    let (sandbox, client) = stage().await;
    let new = NewPixDeposit::anonymous("order-1", amount("10")).editable(true);
    let charge = client.pix_cash_in(new).send().await.unwrap();
    let error = client.simulate_pix(charge.id()).await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::Refused, "nobody is named: {error}");
    let _ = client.simulate_pix(charge.id()).payer("Bia Exemplo", &cpf()).await.unwrap();
    // What the payer chose is in the record; the amount of an editable deposit is nothing to settle by.
    assert!(matches!(settled(&client, &charge).await, Settled::Completed(_)));
    assert_sound(&sandbox);
}

#[tokio::test]
async fn another_payer_than_was_named_gets_the_money_back() {
    let (sandbox, client) = stage().await;
    let charge = client.pix_cash_in(quiet("order-1")).send().await.unwrap();
    let other = pagfast::Cpf::new("11144477735").unwrap();
    let _ = client.simulate_pix(charge.id()).payer("Caio Exemplo", &other).await;
    let Settled::Failed(record) = settled(&client, &charge).await else { panic!() };
    assert_eq!(record.transaction.state, TransactionState::Error);
    assert!(record.transaction.state_error_date.is_some() && record.transaction.state_error_cause.is_some());
    assert_sound(&sandbox);
}

#[tokio::test]
async fn each_way_in_which_a_transaction_ends() {
    let (sandbox, client) = stage().await;
    let pagfast = sandbox.pagfast();
    let charge = client.pix_cash_in(quiet("cancelled")).send().await.unwrap();
    pagfast.cancel(charge.id()).unwrap();
    assert!(matches!(settled(&client, &charge).await, Settled::Failed(_)));
    let charge = client.pix_cash_in(quiet("failed")).send().await.unwrap();
    pagfast.fail(charge.id()).unwrap();
    assert!(matches!(settled(&client, &charge).await, Settled::Failed(_)));
    let charge = client.pix_cash_in(quiet("reversed")).send().await.unwrap();
    pagfast.complete(charge.id()).unwrap();
    pagfast.reverse(charge.id()).unwrap();
    let Settled::Reversed(record) = settled(&client, &charge).await else { panic!() };
    assert!(record.transaction.state_completed_date.is_some() && record.transaction.state_reversed_date.is_some());
    // A withdrawal that the recipient's bank sends back stays what it was.
    let made = client.pix_cash_out(withdrawal("sent-back")).send().await.unwrap();
    pagfast.complete(made.id()).unwrap();
    pagfast.send_back(made.id()).unwrap();
    assert!(matches!(settled(&client, &made).await, Settled::Completed(_)));
    assert_sound(&sandbox);
}

#[tokio::test]
async fn a_withdrawal_and_what_is_refused() {
    let (sandbox, client) = stage().await;
    let made = client.pix_cash_out(withdrawal("saque-1")).send().await.unwrap();
    assert!(matches!(made, Withdrawal::Pending(_)), "{made:?}");
    // Nobody listens where its webhook goes, so the sandbox answers 404, and the transaction is read.
    let simulated = client.simulate_pix(made.id()).await.unwrap();
    assert_eq!((simulated.webhook_reached, simulated.state), (false, Some(TransactionState::Completed)));
    let Settled::Completed(record) = settled(&client, &made).await else { panic!() };
    assert_eq!(record.transaction.direction, Some(TransactionType::Debit));
    assert_eq!(sandbox.ledger().paid_out("saque-1"), 1);

    // The key is somebody else's.
    sandbox.pagfast().set_pix_key("EMAIL", "bia@example.com", Some("11144477735"));
    let to = Recipient::new("Ana Exemplo", cpf(), PixKey::email("bia@example.com"));
    let new = NewPixWithdrawal::new("saque-2", amount("1"), to).notify(notify());
    let error = client.pix_cash_out(new).send().await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::Refused, "{error}");
    assert!(Refusal::of(&error).unwrap().external_reason().unwrap().contains("KeyOwnerDiffers"));
    // A kind of key that the provider does not list.
    let to = Recipient::new("Ana Exemplo", cpf(), PixKey::other("CNPJ", "12345678000195"));
    let new = NewPixWithdrawal::new("saque-3", amount("1"), to).notify(notify());
    let error = client.pix_cash_out(new).send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Refused, Outcome::Refused), "{error}");
    assert_eq!(Refusal::of(&error).unwrap().details[0].allowed_values, ["CPF", "EMAIL", "PHONE", "EVP"]);
    // Not enough money is a conflict, as a used order id is: nobody can tell them apart, so it is unknown until it is looked up.
    sandbox.pagfast().set_wallet(sandbox.pagfast().account(), "1.00").unwrap();
    let error = client.pix_cash_out(withdrawal("saque-4")).send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Duplicate, Outcome::Unknown), "{error}");
    assert!(client.find_by_order_id("saque-4", sandbox.clock().now()).await.unwrap().is_empty());
    assert_eq!(sandbox.pagfast().transactions().len(), 1);
    assert_sound(&sandbox);
}

/// The answer is lost after PagFast acted: it is found by its order id, and paid once.
#[tokio::test]
async fn a_lost_withdrawal_is_found_and_is_never_sent_again() {
    for fault in
        [Fault::ResetAfterActing, Fault::CloseAfterActing, Fault::HalfHeaders, Fault::TruncatedBody, Fault::Html]
    {
        let (sandbox, client) = stage().await;
        next(&sandbox, "pix_cash_out", fault.clone());
        let (new, sent_at) = (withdrawal("saque-1"), sandbox.clock().now());
        let sought = new.sought(sent_at);
        let error = client.pix_cash_out(new).send().await.unwrap_err();
        assert_eq!((error.outcome(), error.reference()), (Outcome::Unknown, Some("saque-1")), "{fault:?}: {error}");
        let Settled::StillUnknown(why) = settled(&client, sought.clone()).await else { panic!() };
        assert_eq!((why.reason, why.records.len()), (Reason::StillOpen, 1), "{fault:?}");
        sandbox.pagfast().complete(&why.records[0].transaction.id).unwrap();
        assert!(matches!(settled(&client, sought).await, Settled::Completed(_)));
        assert_eq!((count(&sandbox, "pix_cash_out"), sandbox.ledger().paid_out("saque-1")), (1, 1));
        assert_sound(&sandbox);
    }
    // Nothing was done, and nobody can know: "not found" is never "failed".
    let (sandbox, client) = stage().await;
    next(&sandbox, "pix_cash_out", Fault::ResetAfterReading);
    let (new, sent_at) = (withdrawal("saque-1"), sandbox.clock().now());
    let sought = new.sought(sent_at);
    assert_eq!(client.pix_cash_out(new).send().await.unwrap_err().outcome(), Outcome::Unknown);
    let Settled::StillUnknown(why) = settled(&client, sought).await else { panic!() };
    assert_eq!(why.reason, Reason::NotFound);
    assert!(sandbox.pagfast().transactions().is_empty());
}

#[tokio::test]
async fn a_used_order_id_is_unknown_whatever_the_provider_does_with_it() {
    for (mode, stands, settles) in [("refuse", 1, true), ("first", 1, true), ("allow", 2, false)] {
        let (sandbox, client) = stage().await;
        sandbox.pagfast().set_mode("duplicate_order_id", mode).unwrap();
        let sent_at = sandbox.clock().now();
        let first = client.pix_cash_out(withdrawal("saque-1")).send().await.unwrap();
        match client.pix_cash_out(withdrawal("saque-1")).send().await {
            Err(error) => {
                assert_eq!((mode, error.kind(), error.outcome()), ("refuse", Kind::Duplicate, Outcome::Unknown))
            }
            Ok(again) => assert_eq!(again.id() == first.id(), mode == "first"),
        }
        sandbox.pagfast().complete(first.id()).unwrap();
        assert_eq!(sandbox.pagfast().transactions().len(), stands, "{mode}");
        match settled(&client, withdrawal("saque-1").sought(sent_at)).await {
            Settled::Completed(_) => assert!(settles, "{mode}"),
            Settled::StillUnknown(why) => assert!(!settles && why.reason == Reason::Several, "{mode}"),
            other => panic!("{other:?}"),
        }
    }
    // The first one, of another amount: not what was sent.
    let (sandbox, client) = stage().await;
    sandbox.pagfast().set_mode("duplicate_order_id", "first").unwrap();
    let _ = client.pix_cash_out(withdrawal("saque-1")).send().await.unwrap();
    let other = NewPixWithdrawal::new("saque-1", amount("99"), support::recipient()).notify(notify());
    let error = client.pix_cash_out(other).send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Decode, Outcome::Unknown), "{error}");
}

#[tokio::test]
async fn open_finance_by_the_simulator() {
    let (sandbox, client) = stage().await;
    let charge = client.open_finance_cash_in(open_finance("order-1")).send().await.unwrap();
    assert!(charge.checkout_url().unwrap().starts_with(&sandbox.url()));
    let _ = client.simulate_open_finance(charge.id()).await.unwrap();
    let Settled::Completed(record) = settled(&client, &charge).await else { panic!() };
    assert_eq!(record.transaction.payment_type, Some(pagfast::PaymentType::Pix));
    // Where the look-up does not find such deposits, nothing is said about the money.
    sandbox.pagfast().set_mode("open_finance_lookup", "not_found").unwrap();
    let Settled::StillUnknown(why) = settled(&client, &charge).await else { panic!() };
    assert_eq!(why.reason, Reason::NotFound);
    assert_sound(&sandbox);
}

/// A poll of hours: the token ends by the provider's clock while the client's own says that it is good.
#[tokio::test]
async fn a_token_that_ends_in_the_middle_of_a_poll_is_replaced() {
    let (sandbox, client) = stage().await;
    let charge = client.pix_cash_in(quiet("order-1")).send().await.unwrap();
    for _ in 0..3 {
        sandbox.clock().advance(secs(3700));
        let Settled::StillUnknown(why) = settled(&client, &charge).await else { panic!() };
        assert_eq!(why.reason, Reason::StillOpen, "{:?}", why.error);
    }
    sandbox.pagfast().complete(charge.id()).unwrap();
    assert!(matches!(settled(&client, &charge).await, Settled::Completed(_)));
    assert_eq!(count(&sandbox, "login"), 4);
    // A withdrawal too: nothing acted, so it is replayed once.
    sandbox.clock().advance(secs(3700));
    let _ = client.pix_cash_out(withdrawal("saque-1")).send().await.unwrap();
    assert_eq!((sandbox.pagfast().transactions().len(), count(&sandbox, "login")), (2, 5));
}

#[tokio::test]
async fn a_pending_key_says_what_to_do_and_works_once_it_is_approved() {
    let sandbox = Sandbox::start().await.unwrap();
    let pagfast = sandbox.pagfast();
    let key = pagfast.pending_key();
    let client = on(&sandbox).credentials(&key.access_key, key.secret.as_str()).build().unwrap();
    let error = client.pix_cash_in(quiet("order-1")).send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Login, Outcome::NotDone));
    assert!(error.to_string().contains("a new one is Pending until you ask for that"), "{error}");
    pagfast.approve_key(&key.access_key).unwrap();
    // A client of its own, which does not cool down.
    let client = client.with_credentials(&key.access_key, key.secret.as_str()).build().unwrap();
    let _ = client.pix_cash_in(quiet("order-1")).send().await.unwrap();
}

#[tokio::test]
async fn every_shape_that_is_assumed_can_be_another() {
    let (sandbox, client) = stage().await;
    let pagfast = sandbox.pagfast();
    for shape in ["text", "json_text", "data", "data_token", "token", "accessToken", "access_token"] {
        for status in ["200", "201"] {
            pagfast.set_mode("login_answer", shape).unwrap();
            pagfast.set_mode("login_status", status).unwrap();
            let fresh = client.with_credentials(pagfast.access_key(), pagfast.secret()).build().unwrap();
            let logged_in = fresh.check_credentials().await.unwrap();
            assert!(logged_in.expires_at.is_some(), "{shape} {status}");
        }
    }
    for (mode, value) in [
        ("creation_answer", "transaction_id"),
        ("creation_status", "200"),
        ("amounts", "two_decimals"),
        ("amounts", "numbers"),
        ("error_cause", "object"),
        ("list_items", "v2_0_2"),
        ("refund_date", "present"),
    ] {
        pagfast.set_mode(mode, value).unwrap();
        let name = format!("{mode}-{value}");
        let charge = client.pix_cash_in(quiet(&name)).send().await.unwrap();
        let _ = client.simulate_pix(charge.id()).await.unwrap();
        assert!(matches!(settled(&client, &charge).await, Settled::Completed(_)), "{name}");
        let found = client.find_by_order_id(&name, sandbox.clock().now()).await.unwrap();
        assert_eq!((found.len(), found[0].transaction.amount), (1, Some(amount("50"))), "{name}");
    }
    // Created, and no id anywhere: the body is kept, and the order id finds it.
    pagfast.set_mode("creation_answer", "no_id").unwrap();
    let sent_at = sandbox.clock().now();
    let error = client.pix_cash_out(withdrawal("no-id")).send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Decode, Outcome::Unknown));
    assert!(error.to_string().contains("created, id unreadable") && error.body().is_some_and(|body| !body.is_empty()));
    let found = client.find_by_order_id("no-id", sent_at).await.unwrap();
    assert_eq!((found.len(), count(&sandbox, "pix_cash_out")), (1, 1));
    // The statuses of errors are nobody's promise: the words decide.
    pagfast.set_mode("creation_answer", "transaction").unwrap();
    for status in ["400", "200"] {
        pagfast.set_mode("error_status", status).unwrap();
        pagfast.end_tokens();
        sandbox.clock().advance(secs(60));
        client.transactions(&OrderQuery::new("x", sandbox.clock().now())).send().await.unwrap();
    }
}

#[tokio::test]
async fn prefixes_are_settings_on_both_sides() {
    let (sandbox, _) = stage().await;
    let pagfast = sandbox.pagfast();
    pagfast.set_mode("simulation_prefix", "root").unwrap();
    pagfast.set_mode("simulation_method", "documented").unwrap();
    let client = on(&sandbox).simulation_prefix("").build().unwrap();
    let charge = client.pix_cash_in(quiet("order-1")).send().await.unwrap();
    let _ = client.simulate_pix(charge.id()).await.unwrap();
    assert!(matches!(settled(&client, &charge).await, Settled::Completed(_)));
    // Production has no simulators, and its clients do not ask for one.
    pagfast.set_mode("environment", "production").unwrap();
    let live = on(&sandbox).production(pagfast.base_url()).build().unwrap();
    let charge = live.pix_cash_in(quiet("order-2")).send().await.unwrap();
    assert_eq!(live.simulate_pix(charge.id()).await.unwrap_err().kind(), Kind::Invalid);
}

#[tokio::test]
async fn lists_have_pages_and_days() {
    let (sandbox, client) = stage().await;
    let from = sandbox.clock().now() - secs(1);
    for _ in 0..23 {
        let _ = client.pix_cash_in(quiet("order-1")).send().await.unwrap();
    }
    let page =
        client.transactions(&OrderQuery::new("order-1", from).size(PageSize::Five).offset(20)).send().await.unwrap();
    assert_eq!((page.items.len(), page.total), (3, Some(23)));
    assert_eq!(client.find_by_order_id("order-1", from).await.unwrap().len(), 23);
    // Days later they are still found, a window at a time.
    sandbox.clock().advance(secs(3 * 86_400));
    // The token ended long ago, and is replaced here.
    client.companies().receivers(&ReceiverQuery::new()).send().await.unwrap();
    let before = count(&sandbox, "transactions");
    assert_eq!(client.find_by_order_id("order-1", from).await.unwrap().len(), 23);
    assert_eq!(count(&sandbox, "transactions") - before, 2 + 3, "two pages of the first day, and three days more");
    let long = OrderQuery::new("order-1", from).until(from + secs(2 * 86_400));
    assert_eq!(client.transactions(&long).send().await.unwrap_err().outcome(), Outcome::Refused);
    let odd = OrderQuery::new("order-1", from).size(PageSize::Other(50));
    assert_eq!(client.transactions(&odd).send().await.unwrap_err().outcome(), Outcome::Refused);
}

#[tokio::test]
async fn payments_to_companies_have_a_key_of_their_own() {
    let sandbox = Sandbox::start().await.unwrap();
    let key = sandbox.pagfast().companies_key();
    let client = on(&sandbox).company_credentials(key.access_key, key.secret).build().unwrap();
    let companies = client.companies();
    let all = companies.receivers(&ReceiverQuery::new().size(PageSize::Twenty)).send().await.unwrap();
    let approved = companies.receivers(&ReceiverQuery::new().status(ReceiverStatus::Approved)).send().await.unwrap();
    assert!(!approved.items.is_empty() && approved.items.len() < all.items.len());
    // Described without paths: the sandbox says so, too.
    let request = RawRequest::get("/partners-int/receivers/1/accounts");
    let error = companies.raw(request).send().await.unwrap_err();
    assert!(error.status().is_some_and(|status| [404, 501].contains(&status.as_u16())), "{error}");
}

#[tokio::test]
async fn two_accounts_never_mix() {
    let (sandbox, client) = stage().await;
    let key = sandbox.pagfast().second_key();
    let other = client.with_credentials(&key.access_key, key.secret.as_str()).build().unwrap();
    let charge = client.pix_cash_in(quiet("order-1")).send().await.unwrap();
    assert_eq!(other.transaction(charge.id()).send().await.unwrap_err().kind(), Kind::NotFound);
    assert!(other.find_by_order_id("order-1", sandbox.clock().now()).await.unwrap().is_empty());
    let theirs = other.pix_cash_in(quiet("order-1")).send().await.unwrap();
    assert_eq!(sandbox.pagfast().transaction(theirs.id()).unwrap().account, sandbox.pagfast().second_account());
}

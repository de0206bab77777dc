//! From a journal to the providers: what it has not settled is exported, and each provider's example `reconcile` says what became of it.
//!
//! `cargo test -p pay-demo --features scale --test reconcile`
#![cfg(feature = "scale")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::Ran;
use pay_core::auth::{SealAtRest, StoreError};
use pay_core::{Error, Money, Outcome};
use pay_sandbox::payagency::Environment;
use pay_sandbox::{Fault, FaultRule, Sandbox};
use pay_store::{IntentJournal, Listing, to_json};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use tempfile::TempDir;

/// Not a cipher: what is kept sealed is of no use here.
struct Flip;

impl SealAtRest for Flip {
    fn seal(&self, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        Ok(plain.iter().map(|byte| byte ^ 0x5a).collect())
    }

    fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        self.seal(sealed)
    }
}

/// A sandbox, and a journal in a folder.
struct Desk {
    sandbox: Sandbox,
    folder: TempDir,
    journal: IntentJournal,
}

/// One line of what an example prints.
#[derive(Debug, PartialEq, Eq)]
struct Line {
    reference: String,
    state: String,
    why: String,
}

fn line(reference: &str, state: &str, why: &str) -> Line {
    Line { reference: reference.into(), state: state.into(), why: why.into() }
}

impl Desk {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let journal = IntentJournal::sqlite(folder.path().join("intents.db"), Arc::new(Flip)).unwrap();
        Self { sandbox: Sandbox::start().await.unwrap(), folder, journal }
    }

    fn shared(&self) -> Arc<IntentJournal> {
        Arc::new(self.journal.clone())
    }

    /// The next answer to `operation` is lost after the provider has acted.
    fn lose(&self, provider: &'static str, operation: &'static str) {
        let rule = FaultRule::new(provider, Fault::ResetAfterActing).operation(operation).times(1);
        self.sandbox.add_fault(rule).unwrap();
    }

    /// The next request of `operation` is lost before the provider has it.
    fn lose_before(&self, provider: &'static str, operation: &'static str) {
        let rule = FaultRule::new(provider, Fault::ResetBeforeReading).operation(operation).times(1);
        self.sandbox.add_fault(rule).unwrap();
    }

    /// What the journal has not settled, as a file.
    async fn exported(&self) -> PathBuf {
        let list = self.journal.list(&Listing::new().unsettled()).await.unwrap();
        let file = self.folder.path().join("open.json");
        std::fs::write(&file, to_json(&list)).unwrap();
        file
    }

    /// Exports, and runs the example of this crate over the list.
    async fn reconcile(&self, package: &'static str, settings: &[(&str, String)], arguments: &[&Path]) -> Ran {
        let list = self.exported().await;
        let variable = format!("{}_RECONCILE", package.to_uppercase().replace('-', "_"));
        let (settings, arguments): (Vec<_>, Vec<_>) = (
            settings.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
            arguments.iter().map(|argument| argument.to_path_buf()).collect(),
        );
        let requests = self.sandbox.requests().len();
        // A thread of its own: the sandbox answers from this test's runtime meanwhile.
        let run = move || {
            let mut command = Command::new(common::example(package, "reconcile"));
            command.args(arguments).envs(settings).env(variable, list).output().unwrap()
        };
        let ran: Ran = tokio::task::spawn_blocking(run).await.unwrap().into();
        assert_eq!(self.sandbox.leaks(&format!("{}{}", ran.out, ran.err)), [""; 0]);
        let sent = self.sandbox.requests();
        let money = ["purchase", "create_payment", "card", "payout", "pix_cash_out", "pix_cash_in", "merchant_payment"];
        let again = sent[requests..].iter().filter(|request| request.operation.is_some_and(|of| money.contains(&of)));
        assert_eq!(again.count(), 0, "it only reads");
        ran
    }
}

/// `reference,operation,amount,currency,state,transaction_id,why`.
fn lines(ran: &Ran) -> Vec<Line> {
    let rows = ran.out.lines().skip(1).map(|row| row.split(',').map(str::to_owned).collect::<Vec<_>>());
    rows.map(|cells| line(&cells[0], &cells[4], &cells[6])).collect()
}

fn lost<T: std::fmt::Debug>(result: Result<T, Error>) {
    assert_eq!(result.unwrap_err().outcome(), Outcome::Unknown);
}

#[tokio::test(flavor = "multi_thread")]
async fn pagamio_tells_by_its_records_and_by_no_record_nothing() {
    let desk = Desk::open().await;
    desk.sandbox.set_modes("pagamio", &[("rate_limits", "off"), ("record_reference", "present")]).unwrap();
    let (pagamio, merchant) = (desk.sandbox.pagamio(), desk.sandbox.pagamio().merchant());
    let client = pagamio::Client::builder()
        .local(pagamio.base_url())
        .credentials(merchant.username(), merchant.password())
        .account(pagamio::Account::Merchant(merchant.account_id().into()))
        .channel(merchant.channel_id())
        .user_type_id(merchant.user_type_id())
        .attempts(1)
        .journal(desk.shared())
        .build()
        .unwrap();
    let buy = async |reference: &str| {
        let amount = "50.00".parse().unwrap();
        client
            .purchase(pagamio::Purchase::airtime("AIR-VOD-001", amount, "+27821234567").reference(reference))
            .send()
            .await
    };
    let _ = buy("settled-1").await.unwrap();
    desk.lose("pagamio", "purchase");
    lost(buy("lost-1").await);
    desk.lose_before("pagamio", "purchase");
    lost(buy("lost-2").await);

    let settings = [
        ("PAGAMIO_ENVIRONMENT", "local".to_owned()),
        ("PAGAMIO_BASE_URL", pagamio.base_url().to_owned()),
        ("PAGAMIO_USERNAME", merchant.username().to_owned()),
        ("PAGAMIO_PASSWORD", merchant.password().to_owned()),
        ("PAGAMIO_MERCHANT_ID", merchant.account_id().to_owned()),
        ("PAGAMIO_USER_TYPE_ID", merchant.user_type_id().to_owned()),
        ("PAGAMIO_CHANNEL_ID", merchant.channel_id().to_owned()),
    ];
    let ran = desk.reconcile("pagamio", &settings, &[]).await;
    // What is settled is not in the list; "not found" is not "failed".
    assert_eq!(lines(&ran), [line("lost-1", "completed", ""), line("lost-2", "unknown", "NotFound")], "{}", ran.err);
    assert_eq!(ran.status, Some(1));
    assert_eq!(desk.sandbox.ledger().charges("lost-1"), 1);

    // Records without references: there is no question, and the request that could be sent again is in the journal alone.
    desk.sandbox.set_modes("pagamio", &[("record_reference", "absent")]).unwrap();
    let ran = desk.reconcile("pagamio", &settings, &[]).await;
    let asked = [line("lost-1", "unanswered", "NoQuestion"), line("lost-2", "unanswered", "NoQuestion")];
    assert_eq!((lines(&ran), ran.status), (asked.into(), Some(1)), "{}", ran.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn pay1st_tells_by_its_own_reference_alone() {
    let desk = Desk::open().await;
    let pay1st = desk.sandbox.pay1st();
    let client = pay1st::Client::builder()
        .local(pay1st.base_url(), pay1st.checkout_url())
        .credentials(pay1st.api_key(), pay1st.api_secret())
        .signing_key(pay1st.signing_key())
        .attempts(1)
        .journal(desk.shared())
        .build()
        .unwrap();
    let create = async |reference: &str| {
        let naira = pay1st::Money { amount: "100".parse().unwrap(), currency: "NGN".into() };
        let customer = pay1st::Customer { id: "1".into(), country: "NG".into() };
        let item = pay1st::Item { title: "Credits".into(), sku: "12345".into(), price: naira.clone(), quantity: 1 };
        client.create_payment(pay1st::NewPayment::new(reference, naira, customer, item)).send().await
    };
    let paid = create("paid-1").await.unwrap();
    let _ = create("waiting-1").await.unwrap();
    pay1st.pay(paid.reference()).unwrap();
    desk.lose("pay1st", "create_payment");
    lost(create("lost-1").await);

    let settings = [
        ("PAY1ST_ENVIRONMENT", "local".to_owned()),
        ("PAY1ST_BASE_URL", pay1st.base_url().to_owned()),
        ("PAY1ST_CHECKOUT_URL", pay1st.checkout_url().to_owned()),
        ("PAY1ST_API_KEY", pay1st.api_key().to_owned()),
        ("PAY1ST_API_SECRET", pay1st.api_secret().to_owned()),
        ("PAY1ST_SIGNING_KEY", pay1st.signing_key()),
    ];
    let ran = desk.reconcile("pay1st", &settings, &[]).await;
    let expected = [
        line("paid-1", "completed", ""),
        line("waiting-1", "pending", "StillOpen"),
        line("lost-1", "unanswered", "no question"),
    ];
    assert_eq!((lines(&ran), ran.status), (expected.into(), Some(1)), "{}", ran.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn payagency_tells_by_order_ids() {
    let desk = Desk::open().await;
    let agency = desk.sandbox.payagency();
    let keys = (agency.secret_key(Environment::Test), agency.encryption_key(Environment::Test));
    let client = payagency::Client::builder()
        .local(agency.base_url())
        .credentials(keys.0.clone(), keys.1.clone())
        .attempts(1)
        .journal(desk.shared())
        .build()
        .unwrap();
    let pay = async |reference: &str| {
        let money = Money { amount: "12.50".parse().unwrap(), currency: "GBP".into() };
        let address =
            payagency::Payer::builder().address("1 Row").country("GB").city("London").state("LND").zip("SW1A");
        let person = address.first_name("Ada").last_name("Byron").email("ada@example.com").ip_address("203.0.113.7");
        let card = payagency::Card::new(
            payagency::Pan::new("4111 1111 1111 1111").unwrap(),
            payagency::Expiry::new(12, 2039).unwrap(),
            payagency::Cvv::new("029").unwrap(),
        );
        let payer = person.phone_number("27821234567").build().unwrap();
        let order = payagency::Order::new(reference, money);
        client.card(payagency::CardPayment::new(order, payer, card, "https://shop.example/back")).send().await
    };
    desk.lose("payagency", "card");
    lost(pay("lost-1").await);
    desk.lose_before("payagency", "card");
    lost(pay("lost-2").await);

    let settings = [
        ("PAYAGENCY_ENVIRONMENT", "local".to_owned()),
        ("PAYAGENCY_BASE_URL", agency.base_url().to_owned()),
        ("PAYAGENCY_SECRET_KEY", keys.0),
        ("PAYAGENCY_ENCRYPTION_KEY", keys.1),
    ];
    let ran = desk.reconcile("payagency", &settings, &[]).await;
    let expected = [line("lost-1", "completed", ""), line("lost-2", "unknown", "NotFound")];
    assert_eq!((lines(&ran), ran.status), (expected.into(), Some(1)), "{}", ran.err);
    assert_eq!(desk.sandbox.ledger().charges("lost-1"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn pagfast_tells_by_order_id_and_time() {
    let desk = Desk::open().await;
    let pagfast = desk.sandbox.pagfast();
    pagfast.set_wallet(pagfast.account(), "1000000").unwrap();
    let client = pagfast::Client::builder()
        .local(pagfast.base_url())
        .credentials(pagfast.access_key(), pagfast.secret())
        .attempts(1)
        .journal(desk.shared())
        .build()
        .unwrap();
    let withdraw = async |reference: &str| {
        let recipient = pagfast::Recipient::by_cpf("Ana Exemplo", pagfast::Cpf::new("123.456.789-09").unwrap());
        let notify = pagfast::Notify::to("http://127.0.0.1:9/pagfast");
        let new = pagfast::NewPixWithdrawal::new(reference, "12.50".parse().unwrap(), recipient).notify(notify);
        client.pix_cash_out(new).send().await
    };
    desk.lose("pagfast", "pix_cash_out");
    lost(withdraw("lost-1").await);
    desk.lose_before("pagfast", "pix_cash_out");
    lost(withdraw("lost-2").await);

    let settings = [
        ("PAGFAST_ENVIRONMENT", "local".to_owned()),
        ("PAGFAST_BASE_URL", pagfast.base_url().to_owned()),
        ("PAGFAST_ACCESS_KEY", pagfast.access_key()),
        ("PAGFAST_SECRET", pagfast.secret()),
    ];
    let ran = desk.reconcile("pagfast", &settings, &[]).await;
    let expected = [line("lost-1", "pending", "StillOpen"), line("lost-2", "unknown", "NotFound")];
    assert_eq!((lines(&ran), ran.status), (expected.into(), Some(1)), "{}", ran.err);
    let made = pagfast.transactions();
    assert_eq!(made.len(), 1);
    pagfast.complete(&made[0].id).unwrap();
    let ran = desk.reconcile("pagfast", &settings, &[]).await;
    assert_eq!(lines(&ran)[0], line("lost-1", "completed", ""), "{}", ran.err);
    assert!(ran.out.lines().nth(1).unwrap().starts_with("lost-1,pix_cash_out,12.50,BRL,"), "{}", ran.out);
    assert_eq!(desk.sandbox.ledger().paid_out("lost-1"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn at_paga_only_a_statement_tells() {
    let desk = Desk::open().await;
    let paga = desk.sandbox.paga_connect();
    paga.set_mode("consent_without_browser", "on").unwrap();
    let id = paga.client_id();
    let client = paga_connect::Client::builder()
        .local(paga.base_url())
        .credentials(&id, paga.client_secret(&id).unwrap())
        .redirect_uri(paga.redirect_uri())
        .attempts(1)
        .journal(desk.shared())
        .build()
        .unwrap();
    let (url, mut pending) = client.consent([paga_connect::Scope::MerchantPayment]).start().unwrap();
    let back = paga.approve(url.expose_url(), "ada").unwrap();
    let code = pending.finish(back.split_once('?').unwrap().1).unwrap();
    let ada = client.user("ada");
    ada.keep(&client.exchange(code).await.unwrap()).await.unwrap();
    let charge = async |reference: &str| {
        let references = paga_connect::PaymentReferences { reference: reference.into(), customer: "customer-1".into() };
        ada.merchant_payment(paga_connect::MerchantPayment::new(references, "1".parse().unwrap())).send().await
    };
    desk.lose("paga-connect", "merchant_payment");
    lost(charge("lost-1").await);
    desk.lose_before("paga-connect", "merchant_payment");
    lost(charge("lost-2").await);

    let verdicts = |ran: &Ran| {
        let rows = ran.out.lines().skip(1).map(|row| row.split(',').take(2).collect::<Vec<_>>().join(" "));
        rows.collect::<Vec<_>>()
    };
    let ran = desk.reconcile("paga-connect", &[], &[]).await;
    assert_eq!(verdicts(&ran), ["lost-1 unanswerable", "lost-2 unanswerable"], "{}", ran.err);
    assert_eq!(ran.status, Some(1));
    let statement = desk.folder.path().join("statement.csv");
    std::fs::write(&statement, "reference,amount\nlost-1,1.00\n").unwrap();
    let ran = desk.reconcile("paga-connect", &[], &[&statement]).await;
    assert_eq!(verdicts(&ran), ["lost-1 charged", "lost-2 unanswerable"], "{}{}", ran.out, ran.err);
    std::fs::write(&statement, "reference,amount\nlost-1,2.00\n").unwrap();
    let ran = desk.reconcile("paga-connect", &[], &[&statement]).await;
    assert_eq!(verdicts(&ran), ["lost-1 different", "lost-2 unanswerable"], "{}{}", ran.out, ran.err);
}

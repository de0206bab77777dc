//! `--keep`: the sandbox stays up, and what is printed points a client at it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::demo;
use pagamio::{Account, Client, Purchase, Purchased};
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

/// Ends the program with the test, whatever becomes of the test.
struct Kept(Child);

impl Drop for Kept {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Reads up to the hint: the variables, and the hint. It is a comment, so that a shell can take the lines whole.
fn greeting(out: &mut impl Iterator<Item = String>) -> (BTreeMap<String, String>, String) {
    let mut variables = BTreeMap::new();
    let hint = out.find(|line| {
        if let Some((name, value)) = line.strip_prefix("export ").and_then(|line| line.split_once('=')) {
            variables.insert(name.to_owned(), value.to_owned());
        }
        line.starts_with('#')
    });
    (variables, hint.unwrap())
}

#[tokio::test]
async fn pay1sts_variables_point_a_client_at_the_sandbox_too() {
    let child =
        demo(&["stories", "--keep"]).env("PATH", "").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut kept = Kept(child);
    let mut out = BufReader::new(kept.0.stdout.take().unwrap()).lines().map(Result::unwrap);
    let (pagamio, _) = greeting(&mut out);
    assert!(pagamio.keys().all(|name| name.starts_with("PAGAMIO_")), "{pagamio:?}");
    let (variables, hint) = greeting(&mut out);
    assert!(hint.contains("cargo run -p pay1st --example create_and_redirect"), "{hint}");
    let names: Vec<&str> = variables.keys().map(String::as_str).collect();
    let expected = ["API_KEY", "API_SECRET", "BASE_URL", "CHECKOUT_URL", "ENVIRONMENT", "SIGNING_KEY"];
    assert_eq!(names, expected.map(|name| format!("PAY1ST_{name}")));

    let variable = |name: &str| variables[&format!("PAY1ST_{name}")].clone();
    assert_eq!(variable("ENVIRONMENT"), "local");
    // Signed by wall time, though the stories have moved the sandbox's clock.
    let client = pay1st::Client::builder()
        .local(variable("BASE_URL"), variable("CHECKOUT_URL"))
        .credentials(variable("API_KEY"), variable("API_SECRET"))
        .signing_key(variable("SIGNING_KEY"))
        .build()
        .unwrap();
    let price = pay1st::Money { amount: "5.00".parse().unwrap(), currency: "NGN".into() };
    let customer = pay1st::Customer { id: "kept".into(), country: "NG".into() };
    let item = pay1st::Item { title: "Credits".into(), sku: "C".into(), price: price.clone(), quantity: 1 };
    let payment = pay1st::NewPayment::new("kept-1", price, customer, item);
    let created = client.create_payment(payment).send().await.unwrap();
    assert_eq!(created.status(), &pay1st::PaymentStatus::New);
}

#[tokio::test]
async fn payagencys_variables_point_a_client_at_the_sandbox_too() {
    let child = demo(&["stories", "--keep", "--provider", "payagency"])
        .env("PATH", "")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut kept = Kept(child);
    let mut out = BufReader::new(kept.0.stdout.take().unwrap()).lines().map(Result::unwrap);
    let (variables, hint) = greeting(&mut out);
    assert!(hint.contains("cargo run -p payagency --example card_3ds"), "{hint}");
    let names: Vec<&str> = variables.keys().map(String::as_str).collect();
    let expected = ["BASE_URL", "ENCRYPTION_KEY", "ENVIRONMENT", "SECRET_KEY", "WEBHOOK_KEY", "WEBHOOK_SCHEME"];
    assert_eq!(names, expected.map(|name| format!("PAYAGENCY_{name}")));

    let variable = |name: &str| variables[&format!("PAYAGENCY_{name}")].clone();
    assert_eq!(
        (variable("ENVIRONMENT"), variable("WEBHOOK_SCHEME")),
        ("local".into(), "assumed_hmac_sha256_hex".into())
    );
    let client = payagency::Client::builder()
        .local(variable("BASE_URL"))
        .credentials(variable("SECRET_KEY"), variable("ENCRYPTION_KEY"))
        .build()
        .unwrap();
    // The story's payments are there to be looked at; a sealed body is opened, so the key is right.
    assert_eq!(client.transactions(&payagency::ListQuery::new()).send().await.unwrap().items.len(), 6);
    let hundred = "100".parse().unwrap();
    let pan = payagency::Pan::unchecked("4111 1111 1111 1111").unwrap();
    let wallet = client.wallets().send().await.unwrap().remove(0).wallet_id;
    let estimate = payagency::Estimate::new(wallet, hundred, pan).sealed(true);
    assert!(client.estimate_payout(estimate).send().await.unwrap().amount_required.is_some());
}

#[tokio::test]
async fn pagfasts_variables_point_a_client_at_the_sandbox_too() {
    let child = demo(&["stories", "--keep", "--provider", "pagfast"])
        .env("PATH", "")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut kept = Kept(child);
    let mut out = BufReader::new(kept.0.stdout.take().unwrap()).lines().map(Result::unwrap);
    let (variables, hint) = greeting(&mut out);
    assert!(hint.contains("cargo run -p pagfast --example deposit"), "{hint}");
    let names: Vec<&str> = variables.keys().map(String::as_str).collect();
    let expected = ["ACCESS_KEY", "BASE_URL", "ENVIRONMENT", "SECRET", "WEBHOOK_KEY"];
    assert_eq!(names, expected.map(|name| format!("PAGFAST_{name}")));

    let variable = |name: &str| variables[&format!("PAGFAST_{name}")].clone();
    assert_eq!(variable("ENVIRONMENT"), "local");
    assert!(pagfast::webhook::Webhooks::new(variable("WEBHOOK_KEY")).is_ok());
    let builder = pagfast::Client::builder().local(variable("BASE_URL"));
    let client = builder.credentials(variable("ACCESS_KEY"), variable("SECRET")).build().unwrap();
    // Found by real time, though the story has moved the sandbox's clock by an hour.
    let sent_at = std::time::SystemTime::now();
    let deposit = pagfast::NewPixDeposit::anonymous("kept-1", "5.00".parse().unwrap());
    let charge = client.pix_cash_in(deposit).send().await.unwrap();
    let found = client.find_by_order_id("kept-1", sent_at).await.unwrap();
    assert_eq!(found.iter().map(|record| record.transaction.id.as_str()).collect::<Vec<_>>(), [charge.id()]);
}

#[tokio::test]
async fn the_printed_variables_point_a_client_at_the_sandbox() {
    let child = demo(&["stories", "--keep", "--provider", "pagamio"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut kept = Kept(child);
    let mut out = BufReader::new(kept.0.stdout.take().unwrap()).lines().map(Result::unwrap);

    let (variables, hint) = greeting(&mut out);
    assert!(hint.contains("cargo run -p pagamio --example buy_airtime"));
    let names: Vec<&str> = variables.keys().map(String::as_str).collect();
    let expected = ["BASE_URL", "CHANNEL_ID", "ENVIRONMENT", "MERCHANT_ID", "PASSWORD", "USERNAME", "USER_TYPE_ID"];
    assert_eq!(names, expected.map(|name| format!("PAGAMIO_{name}")));

    let variable = |name: &str| variables[&format!("PAGAMIO_{name}")].clone();
    assert_eq!(variable("ENVIRONMENT"), "local");
    let client = Client::builder()
        .local(variable("BASE_URL"))
        .credentials(variable("USERNAME"), variable("PASSWORD"))
        .account(Account::Merchant(variable("MERCHANT_ID")))
        .channel(variable("CHANNEL_ID"))
        .user_type_id(variable("USER_TYPE_ID"))
        .build()
        .unwrap();
    assert!(client.check_credentials().await.unwrap().expires_at.is_some());
    let purchase = Purchase::airtime("AIR-VOD-001", "10.00".parse().unwrap(), "+27821234567").reference("kept-1");
    assert!(matches!(client.purchase(purchase).send().await.unwrap(), Purchased::Completed(_)));
    // The story's sales are there to be looked at, so the account id of the history is right too.
    let page = client.transactions(&pagamio::TransactionQuery::new(), 0).send().await.unwrap();
    assert_eq!(page.total, Some(6));

    // Ctrl-C ends it, with the status of the story.
    if cfg!(unix) {
        let sent = Command::new("kill").args(["-INT", &kept.0.id().to_string()]).status().unwrap();
        assert!(sent.success());
        assert_eq!(kept.0.wait().unwrap().code(), Some(0));
        assert!(client.categories().attempts(1).send().await.is_err(), "the sandbox is gone");
    }
}

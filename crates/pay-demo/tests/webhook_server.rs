//! The example that receives webhooks, run as a user runs it: on its own, with the sandbox as Pay1st.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use pay_sandbox::{DeliveryState, Sandbox, WebhookFault, WebhookPolicy, WebhookRule};
use pay1st::{Client, Customer, Item, Money, NewPayment};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// The running example; it ends with the test.
struct Server {
    process: Child,
    lines: Receiver<String>,
    url: String,
}

impl Server {
    fn start(sandbox: &Sandbox, changes: &[(&str, &str)]) -> Self {
        let pay1st = sandbox.pay1st();
        let mut process = Command::new(common::example("pay1st", "webhook_server"))
            .envs([
                ("PAY1ST_ENVIRONMENT", "local"),
                ("PAY1ST_BASE_URL", pay1st.base_url()),
                ("PAY1ST_CHECKOUT_URL", pay1st.checkout_url()),
                ("PAY1ST_API_KEY", pay1st.api_key()),
                ("PAY1ST_API_SECRET", pay1st.api_secret()),
                ("PAY1ST_SIGNING_KEY", &pay1st.signing_key()),
                ("WEBHOOK_LISTEN", "127.0.0.1:0"),
                ("WEBHOOK_PRICE", "100.00 NGN"),
            ])
            .env_remove("PAY1ST_PREVIOUS_SIGNING_KEY")
            .envs(changes.iter().copied())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, lines) = channel();
        let out = BufReader::new(process.stdout.take().unwrap());
        std::thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let mut server = Self { process, lines, url: String::new() };
        server.url = server.line().strip_prefix("listening on ").unwrap().to_owned();
        server
    }

    /// The next line, within a time that only a broken program needs.
    fn line(&self) -> String {
        self.lines.recv_timeout(Duration::from_secs(30)).unwrap()
    }

    /// Whether nothing more was said so far.
    fn nothing_more(&self) -> bool {
        self.lines.try_recv().is_err()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn client(sandbox: &Sandbox) -> Client {
    let pay1st = sandbox.pay1st();
    Client::builder()
        .local(pay1st.base_url(), pay1st.checkout_url())
        .credentials(pay1st.api_key(), pay1st.api_secret())
        .signing_key(pay1st.signing_key())
        .build()
        .unwrap()
}

/// Creates a payment and answers Pay1st's reference.
async fn create(sandbox: &Sandbox, order: &str, amount: &str, server: &Server) -> String {
    let price = Money { amount: amount.parse().unwrap(), currency: "NGN".to_owned() };
    let customer = Customer { id: "customer-1".to_owned(), country: "NG".to_owned() };
    let item = Item { title: "Credits".to_owned(), sku: "C-10".to_owned(), price: price.clone(), quantity: 1 };
    let payment = NewPayment::new(order, price, customer, item).webhook_url(&server.url);
    client(sandbox).create_payment(payment).send().await.unwrap().reference().to_owned()
}

fn rule(sandbox: &Sandbox, fault: WebhookFault) {
    sandbox.add_webhook_rule(WebhookRule::new("pay1st", fault).event("SUCCESSFUL")).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn however_often_it_is_told_it_ships_once() {
    let sandbox = Sandbox::start().await.unwrap();
    let server = Server::start(&sandbox, &[]);
    let reference = create(&sandbox, "order-1", "100.00", &server).await;
    rule(&sandbox, WebhookFault::Duplicate(4));
    sandbox.pay1st().pay(&reference).unwrap();
    assert_eq!(server.line(), "shipped order-1");
    for _ in 0..4 {
        assert_eq!(server.line(), "shipped before: order-1");
    }
    sandbox.webhooks_idle().await;
    let delivered = sandbox.deliveries();
    assert!(delivered.iter().all(|one| one.state == DeliveryState::Delivered), "{delivered:?}");
    assert!(delivered.len() >= 5 && server.nothing_more());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_signed_right_is_answered_401_and_ships_nothing() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.set_webhook_policy(WebhookPolicy::new().retries([]));
    let server = Server::start(&sandbox, &[]);
    for (order, fault) in [
        ("tampered", WebhookFault::Tamper),
        ("badly signed", WebhookFault::BadSignature),
        ("bare", WebhookFault::Unsigned),
    ] {
        let reference = create(&sandbox, order, "100.00", &server).await;
        rule(&sandbox, fault);
        sandbox.pay1st().pay(&reference).unwrap();
        sandbox.webhooks_idle().await;
        let all = sandbox.deliveries();
        let told = all.iter().rfind(|one| one.subject == reference && one.event == "SUCCESSFUL").unwrap();
        assert_eq!(told.attempts.last().unwrap().status, Some(401), "{order}: {told:?}");
    }
    let reference = create(&sandbox, "honest", "100.00", &server).await;
    sandbox.pay1st().pay(&reference).unwrap();
    assert_eq!(server.line(), "shipped honest", "the first that is said after the start");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stale_event_ships_only_after_the_question() {
    let sandbox = Sandbox::start().await.unwrap();
    let server = Server::start(&sandbox, &[]);
    let reference = create(&sandbox, "late", "100.00", &server).await;
    rule(&sandbox, WebhookFault::Stale(Duration::from_secs(3600)));
    sandbox.pay1st().pay(&reference).unwrap();
    assert_eq!(server.line(), "shipped late");
    // Said to be paid, and it is not: the record holds.
    let reference = create(&sandbox, "open", "100.00", &server).await;
    rule(&sandbox, WebhookFault::Stale(Duration::from_secs(3600)));
    sandbox.pay1st().send_event(&reference, "SUCCESSFUL").unwrap();
    assert_eq!(server.line(), "NEW of open: nothing to ship");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_price_an_open_payment_and_a_dead_one_ship_nothing() {
    let sandbox = Sandbox::start().await.unwrap();
    let server = Server::start(&sandbox, &[]);
    let cheap = create(&sandbox, "cheap", "1.00", &server).await;
    sandbox.pay1st().pay(&cheap).unwrap();
    assert_eq!(server.line(), "SUCCESSFUL of cheap: nothing to ship");
    let failed = create(&sandbox, "failed", "100.00", &server).await;
    sandbox.pay1st().fail(&failed).unwrap();
    assert_eq!(server.line(), "FAILED of failed: nothing to ship");
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_key_is_replaced_both_are_good() {
    let sandbox = Sandbox::start().await.unwrap();
    let old = sandbox.pay1st().signing_key();
    let server =
        Server::start(&sandbox, &[("PAY1ST_SIGNING_KEY", "the-new-key"), ("PAY1ST_PREVIOUS_SIGNING_KEY", &old)]);
    for key in [old.as_str(), "the-new-key"] {
        sandbox.pay1st().set_signing_key(key);
        let order = format!("signed with {}", key.len());
        let reference = create(&sandbox, &order, "100.00", &server).await;
        sandbox.pay1st().pay(&reference).unwrap();
        assert_eq!(server.line(), format!("shipped {order}"));
    }
}

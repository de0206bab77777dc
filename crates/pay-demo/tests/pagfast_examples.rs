//! The examples of `pagfast`, run as a user runs them: with their settings in the environment, here a sandbox's.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use pagfast::{Client, Cpf, NewPixDeposit, NewPixWithdrawal, Notify, Payer, Recipient, TransactionState};
use pay_sandbox::{Sandbox, WebhookFault, WebhookPolicy, WebhookRule};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// The variables that every example reads.
fn settings(sandbox: &Sandbox) -> [(&'static str, String); 4] {
    let pagfast = sandbox.pagfast();
    [
        ("PAGFAST_ENVIRONMENT", "local".to_owned()),
        ("PAGFAST_BASE_URL", pagfast.base_url().to_owned()),
        ("PAGFAST_ACCESS_KEY", pagfast.access_key()),
        ("PAGFAST_SECRET", pagfast.secret()),
    ]
}

/// What a shop does meanwhile.
fn client(sandbox: &Sandbox) -> Client {
    let pagfast = sandbox.pagfast();
    let builder = Client::builder().local(pagfast.base_url()).credentials(pagfast.access_key(), pagfast.secret());
    builder.build().unwrap()
}

fn cpf() -> Cpf {
    Cpf::new("123.456.789-09").unwrap()
}

/// Asks for a deposit, and answers its id.
async fn deposit(client: &Client, order: &str, amount: &str, url: &str) -> String {
    let deposit = NewPixDeposit::identified(order, amount.parse().unwrap(), Payer::new(cpf())).notify(Notify::to(url));
    client.pix_cash_in(deposit).send().await.unwrap().id().to_owned()
}

async fn complete(client: &Client, id: &str) {
    let simulated = client.simulate_pix(id).await.unwrap();
    assert_eq!(simulated.state, Some(TransactionState::Completed));
}

/// The running example; it ends with the test.
struct Server {
    process: Child,
    lines: Receiver<String>,
    url: String,
}

impl Server {
    fn start(sandbox: &Sandbox) -> Self {
        let mut process = Command::new(common::example("pagfast", "webhook_server"))
            .envs(settings(sandbox))
            .env("PAGFAST_WEBHOOK_KEY", sandbox.pagfast().webhook_key())
            .env("WEBHOOK_LISTEN", "127.0.0.1:0")
            .env("WEBHOOK_PRICE", "50.00")
            .env_remove("PAGFAST_PREVIOUS_WEBHOOK_KEY")
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
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_webhook_server_credits_once_what_is_signed_paid_and_of_the_right_price() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.set_webhook_policy(WebhookPolicy::new().retries([]));
    let (server, client) = (Server::start(&sandbox), client(&sandbox));
    let rule = |id: &str, fault| {
        sandbox.add_webhook_rule(WebhookRule::new("pagfast", fault).subject(id)).unwrap();
    };
    let id = deposit(&client, "order-1", "50.00", &server.url).await;
    assert_eq!(server.line(), "Registered of order-1: nothing to credit");
    rule(&id, WebhookFault::Duplicate(2));
    complete(&client, &id).await;
    assert_eq!(server.line(), "credited order-1");
    for _ in 0..2 {
        assert_eq!(server.line(), "credited before: order-1");
    }

    for (order, fault) in [
        ("tampered", WebhookFault::Tamper),
        ("badly-signed", WebhookFault::BadSignature),
        ("bare", WebhookFault::Unsigned),
    ] {
        let id = deposit(&client, order, "50.00", &server.url).await;
        assert_eq!(server.line(), format!("Registered of {order}: nothing to credit"));
        rule(&id, fault);
        sandbox.pagfast().complete(&id).unwrap();
        sandbox.webhooks_idle().await;
        let all = sandbox.deliveries();
        let sent = all.iter().rfind(|one| one.subject == id).unwrap();
        assert_eq!(sent.attempts.last().unwrap().status, Some(401), "{order}: {sent:?}");
    }

    // Sent two days ago: only the question opens it.
    let id = deposit(&client, "late", "50.00", &server.url).await;
    assert_eq!(server.line(), "Registered of late: nothing to credit", "the first that is said since");
    rule(&id, WebhookFault::Stale(Duration::from_secs(2 * 86_400)));
    complete(&client, &id).await;
    assert_eq!(server.line(), "credited late");

    let id = deposit(&client, "cheap", "1.00", &server.url).await;
    assert_eq!(server.line(), "Registered of cheap: nothing to credit");
    complete(&client, &id).await;
    assert_eq!(server.line(), "Completed of cheap: nothing to credit");

    let recipient = Recipient::by_cpf("Ana Exemplo", cpf());
    let withdrawal = NewPixWithdrawal::new("out-1", "50.00".parse().unwrap(), recipient);
    let withdrawal = client.pix_cash_out(withdrawal.notify(Notify::to(&server.url))).send().await.unwrap();
    assert_eq!(server.line(), "withdrawal out-1: Registered");
    complete(&client, withdrawal.id()).await;
    assert_eq!(server.line(), "withdrawal out-1: Completed");
}

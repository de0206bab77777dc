//! The examples of `pagfast`, run as a user runs them: with their settings in the environment, here a sandbox's.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::Ran;
use pagfast::{Client, Cpf, NewPixDeposit, NewPixWithdrawal, Notify, Payer, Recipient, TransactionState};
use pay_sandbox::pagfast::State;
use pay_sandbox::{Fault, FaultRule, Sandbox, WebhookFault, WebhookPolicy, WebhookRule};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
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

/// Runs an example against the sandbox, with changes to its environment.
async fn run_with(sandbox: &Sandbox, example: &'static str, arguments: &[&str], changes: &[(&str, &str)]) -> Ran {
    let mut command = Command::new(common::example("pagfast", example));
    command.args(arguments).envs(settings(sandbox));
    for name in ["PAYER_CPF", "PAYER_NAME", "REDIRECT_URL", "PIX_KEY_TYPE", "PIX_KEY", "SIMULATE", "WEBHOOK_URL"] {
        command.env_remove(name);
    }
    // Nobody waits for what never comes.
    command.env("WAIT_SECONDS", "0").envs(changes.iter().copied());
    // A thread of its own: the sandbox answers from this test's runtime meanwhile.
    let ran: Ran = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap().into();
    for text in [&ran.out, &ran.err] {
        assert_eq!(sandbox.leaks(text), [""; 0]);
        assert!(!text.contains("Exemplo") && !text.contains("eyJ"), "a person or a token is shown");
    }
    ran
}

async fn run(sandbox: &Sandbox, example: &'static str, arguments: &[&str]) -> Ran {
    run_with(sandbox, example, arguments, &[]).await
}

/// What stands behind a word at the beginning of a line.
fn told<'a>(ran: &'a Ran, word: &str) -> &'a str {
    ran.out
        .lines()
        .find_map(|line| line.strip_prefix(word))
        .unwrap_or_else(|| panic!("no {word:?}: {}{}", ran.out, ran.err))
}

fn fault(sandbox: &Sandbox, operation: &str, fault: Fault) {
    sandbox.add_fault(FaultRule::new("pagfast", fault).operation(operation)).unwrap();
}

/// Somewhere for events to go, where nobody looks at them.
async fn sink() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, axum::Router::new().fallback(|| async {})).await });
    url
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

#[tokio::test(flavor = "multi_thread")]
async fn a_deposit_is_asked_for_paid_and_settled() {
    let sandbox = Sandbox::start().await.unwrap();
    // Nobody pays, and nobody says that it failed.
    let open = run(&sandbox, "deposit", &["12.50"]).await;
    assert_eq!(open.status, Some(3), "{}{}", open.out, open.err);
    assert!(told(&open, "Pix copia e cola: ").len() > 20);
    assert!(told(&open, "still unknown (StillOpen): ask for ").contains(told(&open, "order: ")));

    let hook = sink().await;
    let known = [("PAYER_CPF", "123.456.789-09"), ("PAYER_NAME", "Ana Exemplo"), ("WEBHOOK_URL", hook.as_str())];
    for changes in [&[][..], &known] {
        let paid = run_with(&sandbox, "deposit", &["--simulate"], changes).await;
        assert_eq!(paid.status, Some(0), "{}{}", paid.out, paid.err);
        let record = sandbox.pagfast().transaction(told(&paid, "paid: transaction ")).unwrap();
        assert_eq!((record.state, record.charges, record.paid_cents), (State::Completed, 1, 5000));
        assert_eq!(record.anonymous, changes.is_empty());
    }

    let back = [known[0], known[2], ("REDIRECT_URL", "https://shop.example/back")];
    let paid = run_with(&sandbox, "deposit", &["7", "--open-finance", "--simulate"], &back).await;
    assert_eq!(paid.status, Some(0), "{}{}", paid.out, paid.err);
    assert!(told(&paid, "Open Finance: open ").starts_with(&sandbox.url()), "{}", paid.out);
    assert_eq!(sandbox.ledger().check(), [""; 0]);
    assert_eq!(sandbox.pagfast().transactions().len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_outcomes_of_a_deposit_are_told_apart() {
    let sandbox = Sandbox::start().await.unwrap();
    fault(&sandbox, "pix_cash_in", Fault::ResetAfterActing);
    let lost = run(&sandbox, "deposit", &[]).await;
    assert_eq!(lost.status, Some(3), "{}{}", lost.out, lost.err);
    assert!(lost.out.contains("it may have been created, so we find out: "), "{}", lost.out);
    assert!(lost.out.contains("still unknown (StillOpen)"), "found, and not paid: {}", lost.out);
    let another = [("PAGFAST_SECRET", "another")];
    let not_done = run_with(&sandbox, "deposit", &[], &another).await;
    assert_eq!(not_done.status, Some(1), "{}{}", not_done.out, not_done.err);
    assert!(told(&not_done, "not done: ").contains("Pending"), "it says what to check: {}", not_done.out);
    for arguments in [&["a lot"][..], &["1", "2"], &["--fast"], &["--open-finance"]] {
        let wrong = run(&sandbox, "deposit", arguments).await;
        assert_eq!(wrong.status, Some(2), "{arguments:?}: {}{}", wrong.out, wrong.err);
    }
    assert_eq!(sandbox.pagfast().transactions().len(), 1);
}

/// A folder for one test, and the environment of a withdrawal.
fn intents() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("intents.csv");
    (folder, file)
}

async fn withdraw(sandbox: &Sandbox, file: &Path, simulate: &str) -> Ran {
    let hook = sink().await;
    let changes = [
        ("RECIPIENT_NAME", "Ana Exemplo"),
        ("RECIPIENT_CPF", "12345678909"),
        ("WEBHOOK_URL", hook.as_str()),
        ("SIMULATE", simulate),
    ];
    run_with(sandbox, "withdraw_and_reconcile", &[file.to_str().unwrap(), "80.00"], &changes).await
}

/// What `reconcile` says of each order id, in the order of the file.
async fn reconcile(sandbox: &Sandbox, file: &Path) -> (Ran, Vec<(String, String)>) {
    let ran = run(sandbox, "reconcile", &[file.to_str().unwrap()]).await;
    let rows = ran.out.lines().skip(1).map(|line| {
        let mut cells = line.split(',');
        (cells.next().unwrap().to_owned(), cells.next().unwrap().to_owned())
    });
    let rows = rows.collect();
    (ran, rows)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_is_kept_before_it_is_sent_and_found_whatever_becomes_of_its_answer() {
    let sandbox = Sandbox::start().await.unwrap();
    let (_folder, file) = intents();
    let paid = withdraw(&sandbox, &file, "1").await;
    assert_eq!(paid.status, Some(0), "{}{}", paid.out, paid.err);
    let order = told(&paid, "kept: ").to_owned();
    assert_eq!(sandbox.ledger().paid_out(&order), 1);

    fault(&sandbox, "pix_cash_out", Fault::ResetAfterActing);
    let lost = withdraw(&sandbox, &file, "1").await;
    assert_eq!(lost.status, Some(3), "{}{}", lost.out, lost.err);
    assert!(lost.out.contains("it may have been made, so we find out: "), "{}", lost.out);
    let lost = told(&lost, "kept: ").to_owned();
    assert!(order != lost);

    fault(&sandbox, "pix_cash_out", Fault::ResetBeforeReading);
    let never = withdraw(&sandbox, &file, "1").await;
    assert_eq!(never.status, Some(3), "{}{}", never.out, never.err);
    assert!(
        never.out.contains("still unknown (NotFound)") && never.out.contains("do not withdraw again"),
        "{}",
        never.out
    );
    let never = told(&never, "kept: ").to_owned();

    // After a crash the file alone is left: each line is looked up, and nothing is sent.
    let (ran, rows) = reconcile(&sandbox, &file).await;
    assert_eq!(ran.status, Some(1), "{}{}", ran.out, ran.err);
    let expected = [(&order, "matched"), (&lost, "matched"), (&never, "missing")];
    assert_eq!(rows, expected.map(|(order, verdict)| (order.clone(), verdict.to_owned())));
    assert!(ran.err.contains("2 matched, 0 different, 0 several, 1 missing, 0 unanswerable of 3 lines"), "{}", ran.err);
    let payouts = sandbox.ledger().providers["pagfast"].payouts.len();
    assert_eq!((payouts, sandbox.ledger().check()), (2, vec![]));
}

#[tokio::test(flavor = "multi_thread")]
async fn reconcile_tells_what_differs_and_what_cannot_be_asked() {
    let sandbox = Sandbox::start().await.unwrap();
    let (_folder, file) = intents();
    let (client, hook) = (client(&sandbox), sink().await);
    let sent_at = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis();
    for (order, amount) in [("one", "5.00"), ("other", "6.00"), ("twice", "7.00"), ("twice", "7.00")] {
        deposit(&client, order, amount, &hook).await;
    }
    let write = |lines: &[&str]| {
        let lines: String = lines.iter().map(|line| line.replace("NOW", &sent_at.to_string()) + "\n").collect();
        std::fs::write(&file, format!("order_id,sent_at_ms,amount\n{lines}")).unwrap();
    };
    write(&["one,NOW,5", "other,NOW,5.00", "twice,NOW,7.00"]);
    let (ran, rows) = reconcile(&sandbox, &file).await;
    assert_eq!(ran.status, Some(1), "{}{}", ran.out, ran.err);
    let verdicts: Vec<_> = rows.iter().map(|(_, verdict)| verdict.as_str()).collect();
    assert_eq!(verdicts, ["matched", "different", "several"]);
    assert!(ran.out.contains("amount 6.000000"), "{}", ran.out);

    write(&["one,NOW,5.00"]);
    assert_eq!(reconcile(&sandbox, &file).await.0.status, Some(0));
    write(&["one,0,5.00"]);
    let (ran, rows) = reconcile(&sandbox, &file).await;
    assert_eq!((ran.status, rows[0].1.as_str()), (Some(1), "unanswerable"), "{}{}", ran.out, ran.err);
    for wrong in ["one,NOW,a lot", "one,soon,1.00"] {
        write(&["one,NOW,5.00", wrong]);
        let (ran, rows) = reconcile(&sandbox, &file).await;
        assert!(ran.status == Some(2) && rows.is_empty() && ran.err.contains('3'), "{}{}", ran.out, ran.err);
    }
}

/// Each assumption and its verdict.
fn verdicts(ran: &Ran) -> BTreeMap<&str, &str> {
    let mut lines = ran.out.lines();
    let head = lines.next().unwrap();
    let (verdict, seen) = (head.find("verdict").unwrap(), head.find("seen").unwrap());
    let mut table = BTreeMap::new();
    for line in lines {
        let word = line.get(verdict..seen).unwrap_or(&line[verdict..]);
        assert_eq!(table.insert(line[..verdict].trim(), word.trim()), None, "twice: {line}");
    }
    table
}

fn with<'a>(table: &BTreeMap<&'a str, &str>, verdict: &str) -> Vec<&'a str> {
    table.iter().filter(|(_, is)| **is == verdict).map(|(item, _)| *item).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn live_check_only_reads_unless_told_otherwise() {
    let sandbox = Sandbox::start().await.unwrap();
    let ran = run(&sandbox, "live_check", &[]).await;
    assert_eq!((ran.status, ran.err.as_str()), (Some(0), ""), "{}", ran.out);
    assert!(sandbox.pagfast().transactions().is_empty());
    let table = verdicts(&ran);
    assert_eq!(with(&table, "contradicted"), ["a page of 50 is taken too"], "the documented sizes: {}", ran.out);
    assert_eq!(table["the token call has the assumed path, members and answer"], "confirmed");
    assert_eq!(table["the id of a deposit is readable"], "not exercised");

    let ran = run(&sandbox, "live_check", &["--create"]).await;
    assert_eq!(ran.status, Some(0), "{}{}", ran.out, ran.err);
    let table = verdicts(&ran);
    // What a used order id does is not known: the sandbox makes a second deposit.
    assert_eq!(
        with(&table, "contradicted"),
        ["a page of 50 is taken too", "the same order id again is refused"],
        "{}",
        ran.out
    );
    assert_eq!(table["the simulator hangs where it is assumed"], "confirmed");
    assert_eq!(sandbox.pagfast().transactions().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn live_check_names_what_is_not_so_and_fails_where_a_call_fails() {
    let sandbox = Sandbox::start().await.unwrap();
    for (mode, value) in [("page_sizes", "any"), ("amounts", "two_decimals"), ("duplicate_order_id", "refuse")] {
        sandbox.pagfast().set_mode(mode, value).unwrap();
    }
    let ran = run(&sandbox, "live_check", &["--create"]).await;
    assert_eq!(ran.status, Some(0), "contradictions are no errors: {}{}", ran.out, ran.err);
    let table = verdicts(&ran);
    assert_eq!(with(&table, "contradicted"), ["amounts come with six decimals"], "{}", ran.out);
    assert_eq!(table["the same order id again is refused"], "confirmed");

    sandbox.pagfast().set_mode("creation_answer", "no_id").unwrap();
    let ran = run(&sandbox, "live_check", &["--create"]).await;
    assert_eq!(with(&verdicts(&ran), "contradicted"), ["the id of a deposit is readable"], "{}", ran.out);

    let ran = run_with(&sandbox, "live_check", &[], &[("PAGFAST_SECRET", "another")]).await;
    assert_eq!(ran.status, Some(1), "{}{}", ran.out, ran.err);
    let mut table = verdicts(&ran);
    assert_eq!(table.remove("log in"), Some("FAILED"));
    assert!(table.values().all(|verdict| *verdict == "not exercised"), "{}", ran.out);
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

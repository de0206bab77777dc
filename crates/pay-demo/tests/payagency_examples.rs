//! The examples of `payagency`, run as a user runs them: with their settings in the environment, here a sandbox's.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::Ran;
use common::server::Server;
use pay_sandbox::payagency::{Environment, Status};
use pay_sandbox::{Fault, FaultRule, Sandbox, WebhookFault, WebhookPolicy, WebhookRule};
use payagency::{Card, CardPayment, Client, Cvv, Expiry, Money, Order, Pan, Payer, Payment, Refund};
use std::collections::BTreeMap;
use std::process::Command;
use std::time::Duration;

const PAID: &str = "4111 1111 1111 1111";
const THREE_DS: &str = "4012 8888 8888 1881";
const DECLINED: &str = "4000 0000 0000 0002";

/// The variables that every example reads.
fn settings(sandbox: &Sandbox) -> [(&'static str, String); 4] {
    let agency = sandbox.payagency();
    [
        ("PAYAGENCY_ENVIRONMENT", "local".to_owned()),
        ("PAYAGENCY_BASE_URL", agency.base_url().to_owned()),
        ("PAYAGENCY_SECRET_KEY", agency.secret_key(Environment::Test)),
        ("PAYAGENCY_ENCRYPTION_KEY", agency.encryption_key(Environment::Test)),
    ]
}

/// The changes that make it a live one.
fn live(sandbox: &Sandbox) -> Vec<(&'static str, String)> {
    let agency = sandbox.payagency();
    vec![
        ("PAYAGENCY_SECRET_KEY", agency.secret_key(Environment::Live)),
        ("PAYAGENCY_ENCRYPTION_KEY", agency.encryption_key(Environment::Live)),
        ("PAYAGENCY_AMOUNTS", "major".to_owned()),
    ]
}

/// Runs an example against the sandbox, with changes to its environment.
async fn run_with(sandbox: &Sandbox, example: &'static str, arguments: &[&str], changes: &[(&str, String)]) -> Ran {
    let mut command = Command::new(common::example("payagency", example));
    command
        .args(arguments)
        .env_remove("PAYAGENCY_AMOUNTS")
        .env_remove("WEBHOOK_URL")
        .env_remove("TEST_CARD")
        .envs(settings(sandbox))
        .envs(changes.iter().map(|(name, value)| (name, value)));
    // A thread of its own: the sandbox answers from this test's runtime meanwhile.
    let ran: Ran = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap().into();
    for text in [&ran.out, &ran.err] {
        assert_eq!(sandbox.leaks(text), [""; 0]);
        assert_eq!(sandbox.leaks(&text.replace([' ', '-'], "")), [""; 0]);
        assert!(!text.contains("Byron") && !text.contains("ada@"), "a person is shown");
    }
    ran
}

async fn run(sandbox: &Sandbox, example: &'static str, arguments: &[&str]) -> Ran {
    run_with(sandbox, example, arguments, &[]).await
}

async fn pay_with(sandbox: &Sandbox, card: &str) -> Ran {
    run_with(sandbox, "card_3ds", &["12.50", "GBP"], &[("TEST_CARD", card.to_owned())]).await
}

/// What stands behind a word at the beginning of a line.
fn told<'a>(ran: &'a Ran, word: &str) -> &'a str {
    ran.out
        .lines()
        .find_map(|line| line.strip_prefix(word))
        .unwrap_or_else(|| panic!("no {word:?}: {}{}", ran.out, ran.err))
}

fn fault(sandbox: &Sandbox, operation: &str, fault: Fault) {
    sandbox.add_fault(FaultRule::new("payagency", fault).operation(operation)).unwrap();
}

/// How often the one payment of the sandbox was charged, by the id that an example told.
fn charges(sandbox: &Sandbox, transaction: &str) -> u32 {
    assert_eq!(sandbox.ledger().check(), [""; 0]);
    sandbox.payagency().payment(transaction).unwrap().charges
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_is_paid_at_once_or_after_the_bank_has_asked() {
    let sandbox = Sandbox::start().await.unwrap();
    let paid = run(&sandbox, "card_3ds", &[]).await;
    assert_eq!(paid.status, Some(0), "{}{}", paid.out, paid.err);
    assert!(told(&paid, "to keep: ").contains("\"last_four\":\"1111\""), "{}", paid.out);
    assert_eq!(charges(&sandbox, told(&paid, "paid: transaction ")), 1);

    // A customer who says yes while the program waits, and then one who says no.
    for (approves, status) in [(true, 0), (false, 1)] {
        let agency = sandbox.payagency();
        let customer = tokio::spawn(async move {
            loop {
                if let Some(open) = agency.payments().iter().find(|payment| payment.status == Status::Redirect) {
                    let id = &open.transaction_id;
                    return if approves { agency.approve(id) } else { agency.decline(id) }.unwrap();
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        let ran = pay_with(&sandbox, THREE_DS).await;
        customer.await.unwrap();
        assert_eq!(ran.status, Some(status), "{}{}", ran.out, ran.err);
        assert!(told(&ran, "3-D Secure: open ").starts_with(sandbox.payagency().base_url()), "{}", ran.out);
        if approves {
            assert_eq!(charges(&sandbox, told(&ran, "paid: transaction ")), 1);
        } else {
            assert!(ran.out.contains("FAILED: no money moved"), "{}", ran.out);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_three_outcomes_of_a_card_are_told_apart() {
    let sandbox = Sandbox::start().await.unwrap();
    let declined = pay_with(&sandbox, DECLINED).await;
    assert_eq!(declined.status, Some(1), "{}{}", declined.out, declined.err);
    assert!(declined.out.contains("FAILED: no money moved; another try takes a new order id"), "{}", declined.out);
    fault(&sandbox, "card", Fault::ResetAfterActing);
    let lost = run(&sandbox, "card_3ds", &[]).await;
    assert_eq!(lost.status, Some(0), "{}{}", lost.out, lost.err);
    assert!(lost.out.contains("it may have happened, so we find out"), "{}", lost.out);
    assert_eq!(charges(&sandbox, told(&lost, "paid: transaction ")), 1);
    let another = [("PAYAGENCY_SECRET_KEY", "PA_TEST_another".to_owned())];
    let not_done = run_with(&sandbox, "card_3ds", &[], &another).await;
    assert_eq!(not_done.status, Some(1), "{}{}", not_done.out, not_done.err);
    assert!(not_done.out.contains("not done: "), "{}", not_done.out);
    assert_eq!(sandbox.payagency().payments().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_live_key_pays_with_no_test_card_and_what_is_missing_is_named() {
    let sandbox = Sandbox::start().await.unwrap();
    for (example, arguments) in [("card_3ds", &[][..]), ("payout", &["WAL1"]), ("live_check", &["--pay"])] {
        let ran = run_with(&sandbox, example, arguments, &live(&sandbox)).await;
        assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""), "{example}: {}", ran.err);
        assert!(ran.err.contains("test card"), "{}", ran.err);
    }
    let wrong = [("PAYAGENCY_ENCRYPTION_KEY", "short".to_owned())];
    for (example, arguments) in
        [("card_3ds", &[][..]), ("payout", &[]), ("payment_link", &["1", "GBP"]), ("live_check", &[])]
    {
        let ran = run_with(&sandbox, example, arguments, &wrong).await;
        assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""), "{example}");
        assert!(ran.err.contains("encryption_key"), "{}", ran.err);
    }
    assert!(sandbox.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payout_is_estimated_and_paid_once_or_not() {
    let sandbox = Sandbox::start().await.unwrap();
    let agency = sandbox.payagency();
    let list = run(&sandbox, "payout", &[]).await;
    assert_eq!(list.status, Some(2), "{}{}", list.out, list.err);
    assert_eq!(list.out.lines().count(), 3, "{}", list.out);
    assert!(list.out.contains(" 10000 USD Active") && list.out.contains(" 5000 EUR Inactive"), "{}", list.out);

    let wallet = list.out.split(' ').next().unwrap();
    let paid = run(&sandbox, "payout", &[wallet, "100.00"]).await;
    assert_eq!(paid.status, Some(0), "{}{}", paid.out, paid.err);
    assert!(paid.out.starts_with("takes 106.5, fees 6.5\nto keep: "), "{}", paid.out);
    let payouts = agency.payouts();
    assert_eq!((payouts.len(), payouts[0].paid_out), (1, 1));
    assert_eq!(told(&paid, "paid out: transaction "), payouts[0].transaction_id);
    let left = || agency.wallets().iter().find(|known| known.wallet_id == wallet).unwrap().cents;
    assert_eq!(left(), 1_000_000 - 10_650);

    agency.set_mode("payout_answer", "PENDING").unwrap();
    agency.set_mode("payout_ends", "FAILED").unwrap();
    agency.set_times(Duration::from_secs(60), Duration::ZERO);
    let failed = run(&sandbox, "payout", &[wallet, "100.00"]).await;
    assert_eq!(failed.status, Some(1), "{}{}", failed.out, failed.err);
    assert!(failed.out.ends_with("FAILED: nothing was paid out\n"), "{}", failed.out);
    assert_eq!(left(), 1_000_000 - 10_650);
    assert_eq!(sandbox.ledger().check(), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_made_and_a_live_one_asks_for_its_template() {
    let sandbox = Sandbox::start().await.unwrap();
    let agency = sandbox.payagency();
    let made = run(&sandbox, "payment_link", &["12.50", "GBP"]).await;
    assert_eq!(made.status, Some(0), "{}{}", made.out, made.err);
    let link = agency.links().remove(0);
    let line = format!("order {}: {}/pay/{}", link.order_id.unwrap(), agency.base_url(), link.link_id);
    assert_eq!(made.out.lines().next(), Some(line.as_str()));
    assert_eq!(link.amount.as_deref(), Some("12.50"));

    let list = run_with(&sandbox, "payment_link", &["12.50", "GBP"], &live(&sandbox)).await;
    assert_eq!(list.status, Some(2), "{}{}", list.out, list.err);
    let template = agency.templates().remove(0).payment_template_id;
    assert!(list.out.contains(&template), "{}", list.out);
    let made = run_with(&sandbox, "payment_link", &["12.50", "GBP", &template], &live(&sandbox)).await;
    assert_eq!(made.status, Some(0), "{}{}", made.out, made.err);
    assert_eq!(agency.links().len(), 2);
    assert_eq!(run(&sandbox, "payment_link", &["12.50"]).await.status, Some(2));
}

fn client(sandbox: &Sandbox) -> Client {
    let [_, (_, url), (_, secret), (_, key)] = settings(sandbox);
    Client::builder().local(url).credentials(secret, key).build().unwrap()
}

/// Pays an order with a card: the provider's id.
async fn pay(sandbox: &Sandbox, order: Order, card: &str) -> String {
    let payer = Payer::builder()
        .first_name("Ada")
        .last_name("Byron")
        .email("ada@example.com")
        .phone_number("7000000001")
        .address("1 Analytical Row")
        .city("London")
        .state("LND")
        .zip("SW1A 1AA")
        .country("GB")
        .ip_address("203.0.113.7")
        .build()
        .unwrap();
    let card = Card::new(Pan::new(card).unwrap(), Expiry::new(12, 2030).unwrap(), Cvv::new("029").unwrap());
    let payment = CardPayment::new(order, payer, card, "https://shop.example/back");
    let payment = client(sandbox).card(payment).send().await.unwrap();
    payment.transaction_id().unwrap().to_owned()
}

fn order(id: &str, amount: &str) -> Order {
    Order::new(id, Money { amount: amount.parse().unwrap(), currency: "GBP".to_owned() })
}

#[tokio::test(flavor = "multi_thread")]
async fn intents_are_reconciled_line_by_line() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut ids = BTreeMap::new();
    for (id, card) in [
        ("paid", PAID),
        ("refunded", PAID),
        ("charged", PAID),
        ("declined", DECLINED),
        ("open", THREE_DS),
        ("differs", PAID),
    ] {
        ids.insert(id, pay(&sandbox, order(id, "12.50"), card).await);
    }
    let refund = Refund::of(&ids["refunded"]).because("sent back");
    assert!(matches!(client(&sandbox).refund(refund).send().await.unwrap(), Payment::Completed(_)));
    sandbox.payagency().charge_back(&ids["charged"]).unwrap();

    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, lines: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, format!("order_id,amount,currency\n{lines}")).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let all = file(
        "all.csv",
        "paid,12.5,GBP\nrefunded,12.50,GBP\ncharged,12.50,GBP\ndeclined,12.50,GBP\nopen,12.50,GBP\n\
         differs,12.51,USD\nnobody,1,GBP\n",
    );
    let ran = run(&sandbox, "reconcile", &[&all]).await;
    assert_eq!(ran.status, Some(1), "{}{}", ran.out, ran.err);
    let wanted = "order_id,verdict,why\n\
                  paid,paid,SUCCESS\n\
                  refunded,refunded,SUCCESS\n\
                  charged,charged_back,SUCCESS\n\
                  declined,not_paid,FAILED\n\
                  open,open,PENDING\n\
                  differs,different,amount currency\n\
                  nobody,missing,\n";
    assert_eq!(ran.out, wanted, "{}", ran.err);

    let good = file("good.csv", "paid,12.50,GBP\ndeclined,12.50,GBP\n");
    assert_eq!(run(&sandbox, "reconcile", &[&good]).await.status, Some(0));
    // What cannot be asked is never called missing.
    let another = [("PAYAGENCY_SECRET_KEY", "PA_TEST_another".to_owned())];
    let ran = run_with(&sandbox, "reconcile", &[&good], &another).await;
    assert_eq!(ran.status, Some(1), "{}", ran.err);
    assert!(ran.out.contains("paid,unanswerable,") && !ran.out.contains("missing"), "{}", ran.out);
    let asked = sandbox.requests().len();
    let ran = run(&sandbox, "reconcile", &[&file("wrong.csv", "paid,5e3,GBP\n")]).await;
    assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""), "{}", ran.err);
    assert!(ran.err.contains("line 2"), "{}", ran.err);
    assert_eq!(sandbox.requests().len(), asked);
}

/// The table of `live_check`: what was assumed, and the verdict.
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
    assert!(sandbox.payagency().payments().is_empty());
    let table = verdicts(&ran);
    assert_eq!(with(&table, "contradicted"), [""; 0], "{}", ran.out);
    assert_eq!(table["the secret key is taken"], "confirmed");
    assert_eq!(table["a test card is paid at once"], "not exercised");

    let ran = run(&sandbox, "live_check", &["--pay"]).await;
    assert_eq!(ran.status, Some(0), "{}{}", ran.out, ran.err);
    let table = verdicts(&ran);
    // No document says what a used order id is answered with: the sandbox's choice is 409, and no list of fields.
    assert_eq!(with(&table, "contradicted"), ["a refused order id names `order_id`"], "{}", ran.out);
    assert_eq!(table["a second refund is refused"], "confirmed");
    let payments = sandbox.payagency().payments();
    assert_eq!((payments.len(), payments[0].charges), (1, 1));
    assert!(payments[0].refund_date.is_some());

    // Now there is a row to look at.
    let ran = run(&sandbox, "live_check", &[]).await;
    let table = verdicts(&ran);
    assert_eq!(with(&table, "contradicted"), [""; 0], "{}", ran.out);
    assert_eq!(table["amounts of lists are text"], "confirmed");
    assert_eq!(table["cursors come also where no page follows"], "confirmed");
    assert_eq!(sandbox.payagency().payments().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn live_check_names_what_is_not_so_and_fails_where_a_call_fails() {
    let sandbox = Sandbox::start().await.unwrap();
    for (mode, value) in [("test_key_reads", "refused"), ("duplicate_order", "first"), ("reply_amounts", "numbers")] {
        sandbox.payagency().set_mode(mode, value).unwrap();
    }
    let ran = run(&sandbox, "live_check", &["--pay"]).await;
    assert_eq!(ran.status, Some(0), "contradictions are no errors: {}{}", ran.out, ran.err);
    let contradicted = [
        "a used order id is refused",
        "amounts of the status call are text",
        "templates are served to this key",
        "wallets are served to this key",
    ];
    assert_eq!(with(&verdicts(&ran), "contradicted"), contradicted, "{}", ran.out);

    let another = [("PAYAGENCY_SECRET_KEY", "PA_TEST_another".to_owned())];
    let ran = run_with(&sandbox, "live_check", &[], &another).await;
    assert_eq!(ran.status, Some(1), "{}{}", ran.out, ran.err);
    let mut table = verdicts(&ran);
    assert_eq!(table.remove("read the lists"), Some("FAILED"));
    assert!(table.values().all(|verdict| *verdict == "not exercised"), "{}", ran.out);
}

/// The running example.
fn server(sandbox: &Sandbox) -> Server {
    let mut command = Command::new(common::example("payagency", "webhook_server"));
    command
        .envs(settings(sandbox))
        .env("PAYAGENCY_WEBHOOK_SCHEME", "assumed_hmac_sha256_hex")
        .env("PAYAGENCY_WEBHOOK_KEY", sandbox.payagency().webhook_secret())
        .env("WEBHOOK_PRICE", "12.50 GBP")
        .env_remove("PAYAGENCY_PREVIOUS_WEBHOOK_KEY");
    Server::start(command)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_webhook_server_ships_once_what_is_signed_paid_and_of_the_right_price() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.set_webhook_policy(WebhookPolicy::new().retries([]));
    let server = server(&sandbox);
    let rule = |fault| sandbox.add_webhook_rule(WebhookRule::new("payagency", fault)).unwrap();
    rule(WebhookFault::Duplicate(2));
    pay(&sandbox, order("order-1", "12.50").webhook_url(&server.url), PAID).await;
    assert_eq!(server.line(), "shipped order-1");
    for _ in 0..2 {
        assert_eq!(server.line(), "shipped before: order-1");
    }

    for (id, fault) in [
        ("tampered", WebhookFault::Tamper),
        ("badly-signed", WebhookFault::BadSignature),
        ("bare", WebhookFault::Unsigned),
    ] {
        rule(fault);
        let transaction = pay(&sandbox, order(id, "12.50").webhook_url(&server.url), PAID).await;
        sandbox.webhooks_idle().await;
        let all = sandbox.deliveries();
        let sent = all.iter().rfind(|one| one.subject == transaction).unwrap();
        assert_eq!(sent.attempts.last().unwrap().status, Some(401), "{id}: {sent:?}");
    }
    pay(&sandbox, order("cheap", "1.00").webhook_url(&server.url), PAID).await;
    assert_eq!(server.line(), "kept for a person: cheap is not as it was meant", "the first that is said since");
    pay(&sandbox, order("declined", "12.50").webhook_url(&server.url), DECLINED).await;
    assert_eq!(server.line(), "FAILED: nothing to ship");
}

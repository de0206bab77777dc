//! The examples of `pagamio`, run as a user runs them: with their settings in the environment, here a sandbox's.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Ran, assert_no_secret};
use pay_sandbox::{Acting, Ends, Fault, FaultRule, SaleState, Sandbox, StatusFault};
use std::collections::BTreeMap;
use std::process::Command;
use std::time::Duration;

/// Runs an example of `pagamio` against the sandbox, with changes to its environment (`None`: not set).
async fn run_with(
    sandbox: &Sandbox,
    example: &'static str,
    arguments: &[&str],
    changes: &[(&str, Option<&str>)],
) -> Ran {
    let (pagamio, merchant) = (sandbox.pagamio(), sandbox.pagamio().merchant());
    let mut command = Command::new(common::example("pagamio", example));
    command.args(arguments).env_remove("PAGAMIO_SUB_MERCHANT_ID").envs([
        ("PAGAMIO_ENVIRONMENT", "local"),
        ("PAGAMIO_BASE_URL", pagamio.base_url()),
        ("PAGAMIO_USERNAME", merchant.username()),
        ("PAGAMIO_PASSWORD", merchant.password()),
        ("PAGAMIO_MERCHANT_ID", merchant.account_id()),
        ("PAGAMIO_USER_TYPE_ID", merchant.user_type_id()),
        ("PAGAMIO_CHANNEL_ID", merchant.channel_id()),
    ]);
    for (name, value) in changes {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    // A thread of its own: the sandbox answers from this test's runtime meanwhile.
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap().into()
}

async fn run(sandbox: &Sandbox, example: &'static str, arguments: &[&str]) -> Ran {
    run_with(sandbox, example, arguments, &[]).await
}

/// The reference that `buy_airtime` printed before it bought.
fn reference(ran: &Ran) -> String {
    ran.out.lines().next().unwrap().strip_prefix("reference ").unwrap().to_owned()
}

fn fault(sandbox: &Sandbox, fault: Fault) {
    sandbox.add_fault(FaultRule::new("pagamio", fault).operation("purchase")).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn buy_airtime_buys_once_and_names_its_reference_first() {
    let sandbox = Sandbox::start().await.unwrap();
    let ran = run(&sandbox, "buy_airtime", &[]).await;
    assert_eq!(ran.status, Some(0), "{}{}", ran.out, ran.err);
    let ledger = sandbox.ledger();
    let sale = ledger.sale(&reference(&ran)).unwrap();
    assert_eq!((sale.product_code.as_str(), sale.amount_cents, sale.charges), ("AIR-VOD-001", 1000, 1));
    assert!(ran.out.contains(&format!("bought: transaction {}", sale.transaction_id)), "{}", ran.out);

    let ran = run(&sandbox, "buy_airtime", &["AIR-VOD-001", "12.50", "+27820000001"]).await;
    assert_eq!(ran.status, Some(0), "{}{}", ran.out, ran.err);
    assert_eq!(sandbox.ledger().sale(&reference(&ran)).unwrap().amount_cents, 1250);
    assert!(!format!("{}{}", ran.out, ran.err).contains("820000001"), "the number is personal");
}

#[tokio::test(flavor = "multi_thread")]
async fn buy_airtime_tells_the_three_outcomes_apart() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.set_modes("pagamio", &[("rate_limits", "off")]).unwrap();

    let wrong = run(&sandbox, "buy_airtime", &["AIR-VOD-001", "10.005"]).await;
    assert_eq!(wrong.status, Some(2), "{}{}", wrong.out, wrong.err);
    assert!(wrong.err.contains("two decimals"), "{}", wrong.err);
    let not_done = run_with(&sandbox, "buy_airtime", &[], &[("PAGAMIO_PASSWORD", Some("not-the-password"))]).await;
    assert_eq!(not_done.status, Some(1), "{}", not_done.out);
    assert!(not_done.out.contains("not done, so it is safe to start again"), "{}", not_done.out);
    let refused = run(&sandbox, "buy_airtime", &["AIR-VOD-001", "2000.00"]).await;
    assert_eq!(refused.status, Some(1), "{}", refused.out);
    assert!(refused.out.contains("refused, and the same again") && refused.out.contains("1004"), "{}", refused.out);
    assert_eq!(sandbox.ledger().sales().count(), 0);

    // The provider says that it does not know, and names no transaction: the same bytes, sent again, bring the answer.
    fault(&sandbox, Fault::ProviderTimeout { settle_after: Duration::ZERO, ends: Ends::Completed });
    let settled = run(&sandbox, "buy_airtime", &[]).await;
    assert_eq!(settled.status, Some(0), "{}{}", settled.out, settled.err);
    assert!(settled.out.contains("it may have happened") && settled.out.contains("bought"), "{}", settled.out);
    assert_eq!(sandbox.ledger().charges(&reference(&settled)), 1);
    assert!(sandbox.ledger().check().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn buy_airtime_asks_for_a_pending_purchase_until_it_is_settled() {
    let sandbox = Sandbox::start().await.unwrap();
    fault(&sandbox, Fault::Pending { settle_after: Duration::from_secs(2), ends: Ends::Failed });
    let ran = run(&sandbox, "buy_airtime", &[]).await;
    assert_eq!(ran.status, Some(1), "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("pending") && ran.out.contains("failed: nothing was sold"), "{}", ran.out);
    let ledger = sandbox.ledger();
    let sale = ledger.sale(&reference(&ran)).unwrap();
    assert_eq!((sale.state, sale.charges, sale.attempts), (SaleState::Failed, 0, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn in_production_nothing_is_bought_by_default() {
    let sandbox = Sandbox::start().await.unwrap();
    let production = &[("PAGAMIO_ENVIRONMENT", Some("production"))];
    let ran = run_with(&sandbox, "buy_airtime", &[], production).await;
    assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""), "{}", ran.err);
    assert!(ran.err.contains("production"), "{}", ran.err);
    let ran = run_with(&sandbox, "live_check", &["--buy"], production).await;
    assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""), "{}", ran.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn settle_tells_what_became_of_a_purchase() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.set_modes("pagamio", &[("rate_limits", "off")]).unwrap();
    let bought = run(&sandbox, "buy_airtime", &[]).await;
    let reference = reference(&bought);
    let id = sandbox.ledger().sale(&reference).unwrap().transaction_id.clone();

    // By default records carry no reference: only the id can be asked for.
    let ran = run(&sandbox, "settle", &[&reference]).await;
    assert_eq!(ran.status, Some(3), "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("give the transaction id"), "{}", ran.out);
    let ran = run(&sandbox, "settle", &[&reference, &id]).await;
    assert_eq!((ran.status, ran.out.as_str()), (Some(0), &*format!("{reference}: completed\ntotal R10.0000\n")));

    sandbox.set_modes("pagamio", &[("record_reference", "present")]).unwrap();
    let ran = run(&sandbox, "settle", &[&reference]).await;
    assert_eq!(ran.status, Some(0), "{}{}", ran.out, ran.err);

    let ran = run_with(&sandbox, "settle", &[&reference], &[("PAGAMIO_USER_TYPE_ID", None)]).await;
    assert_eq!(ran.status, Some(3), "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("user_type_id"), "{}", ran.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_variable_is_named() {
    let sandbox = Sandbox::start().await.unwrap();
    for (example, arguments) in [("buy_airtime", &[][..]), ("settle", &["r"]), ("live_check", &[]), ("traced", &[])] {
        let ran = run_with(&sandbox, example, arguments, &[("PAGAMIO_CHANNEL_ID", None)]).await;
        assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""), "{example}");
        assert!(ran.err.contains("PAGAMIO_CHANNEL_ID"), "{}", ran.err);
    }
}

/// One line of the tree that `traced` prints: its depth, its name, and what stands behind it.
#[derive(Debug)]
struct Told<'a> {
    depth: usize,
    name: &'a str,
    rest: &'a str,
}

impl Told<'_> {
    fn says(&self, attribute: &str) -> bool {
        self.rest.split(' ').any(|said| said == attribute)
    }
}

fn told(ran: &Ran) -> Vec<Told<'_>> {
    ran.out
        .lines()
        .map(|text| {
            let depth = (text.len() - text.trim_start().len()) / 2;
            let text = text.trim_start();
            let (name, rest) = match text.strip_prefix("* ") {
                Some(event) => event.split_once(' ').unwrap(),
                // Attributes are separated by one space, a span's name and its time by two.
                None => text.split_once("  ").unwrap_or(("", text)),
            };
            Told { depth, name, rest }
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn traced_prints_the_spans_of_its_calls_with_their_attributes() {
    let sandbox = Sandbox::start().await.unwrap();
    let busy = Fault::Status(StatusFault::new(503, Acting::Before));
    sandbox.add_fault(FaultRule::new("pagamio", busy).operation("categories")).unwrap();
    let ran = run(&sandbox, "traced", &[]).await;
    assert_eq!(ran.status, Some(0), "{}{}", ran.out, ran.err);
    let tree = told(&ran);
    let names: Vec<_> = tree.iter().map(|told| (told.depth, told.name)).collect();
    let expected = [
        (0, "shop.visit"),
        (1, "GET /products/categories"),
        (2, ""),
        (2, "pay.attempt"),
        (2, "pay.attempt"),
        (1, "GET /merchants/{merchantId}/products"),
        (2, ""),
        (2, "pay.attempt"),
        (0, "pay.token"),
        (1, ""),
        (1, "pay.token.call"),
    ];
    assert_eq!(names, expected, "{}", ran.out);
    assert!(tree[1].rest.ends_with("ms, client"), "{:?}", tree[1]);
    let base = sandbox.pagamio().base_url().to_owned();
    let port = base.rsplit(':').next().and_then(|rest| rest.split('/').next()).unwrap();
    let port = format!("server.port={port}");
    for attribute in [
        "pay.provider=pagamio",
        "pay.operation=categories",
        "http.request.method=GET",
        "url.template=/products/categories",
        "server.address=127.0.0.1",
        &port,
        "http.request.resend_count=1",
        "http.response.status_code=200",
    ] {
        assert!(tree[2].says(attribute), "{attribute} in {:?}", tree[2]);
    }
    assert_eq!(tree[3].rest, "operation=categories number=1 status=503 result=failed");
    assert_eq!(tree[4].rest, "operation=categories number=2 status=200 result=accepted");
    assert!(tree[8].rest.ends_with("begun by GET /products/categories"), "{:?}", tree[8]);
    assert_eq!(tree[9].rest, "pay.provider=pagamio");
    assert_eq!(tree[10].rest, "provider=pagamio operation=token status=200 result=ok");
    assert_eq!(sandbox.ledger().sales().count(), 0, "it only reads unless told otherwise");
    assert!(!ran.out.contains(sandbox.pagamio().merchant().account_id()), "templates, not URLs: {}", ran.out);
    assert_no_secret(&sandbox, &ran.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn traced_shows_an_unknown_outcome_as_an_error_of_its_span() {
    let sandbox = Sandbox::start().await.unwrap();
    fault(&sandbox, Fault::ProviderTimeout { settle_after: Duration::ZERO, ends: Ends::Completed });
    let ran = run(&sandbox, "traced", &["--buy"]).await;
    assert_eq!(ran.status, Some(1), "{}{}", ran.out, ran.err);
    let tree = told(&ran);
    let at = tree.iter().position(|told| told.name == "POST /purchase").unwrap();
    assert!(tree[at].rest.ends_with("ms, client, ERROR"), "{:?}", tree[at]);
    for attribute in ["pay.outcome=unknown", "error.type=Unavailable", "http.response.status_code=200"] {
        assert!(tree[at + 1].says(attribute), "{attribute} in {:?}", tree[at + 1]);
    }
    assert!(tree.iter().filter(|told| told.rest.contains("pay.outcome")).count() == 1, "{}", ran.out);
    assert_no_secret(&sandbox, &ran.out);

    let production = &[("PAGAMIO_ENVIRONMENT", Some("production"))];
    let ran = run_with(&sandbox, "traced", &["--buy"], production).await;
    assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""), "{}", ran.err);
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

#[tokio::test(flavor = "multi_thread")]
async fn live_check_only_reads_unless_told_otherwise() {
    let sandbox = Sandbox::start().await.unwrap();
    let ran = run(&sandbox, "live_check", &[]).await;
    assert_eq!(ran.status, Some(0), "{}{}", ran.out, ran.err);
    assert_eq!(sandbox.ledger().sales().count(), 0);
    assert!(!sandbox.requests().iter().any(|request| request.operation == Some("purchase")));
    let table = verdicts(&ran);
    assert_eq!(table["reads accept GET"], "confirmed");
    assert_eq!(table["receipt amounts are in cents"], "not exercised");
    assert_eq!(table["records carry merchantReference"], "not exercised");
    assert_no_secret(&sandbox, &ran.out);
    assert_eq!(ran.err, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn live_check_confirms_what_is_so_and_names_what_is_not() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.set_modes("pagamio", &[("rate_limits", "off")]).unwrap();
    for _ in 0..2 {
        assert_eq!(run(&sandbox, "buy_airtime", &[]).await.status, Some(0));
    }
    let read_only = run(&sandbox, "live_check", &[]).await;
    let ran = run(&sandbox, "live_check", &["--buy"]).await;
    assert_eq!(ran.status, Some(0), "{}{}", ran.out, ran.err);
    let table = verdicts(&ran);
    let items = |table: &BTreeMap<&str, &str>| table.keys().map(|item| (*item).to_owned()).collect::<Vec<_>>();
    assert_eq!(items(&table), items(&verdicts(&read_only)), "the same items, bought or not");
    let with =
        |verdict: &str| table.iter().filter(|(_, is)| **is == verdict).map(|(item, _)| *item).collect::<Vec<_>>();
    // The sandbox's defaults are what the documents show: these are all that they leave open the other way.
    let contradicted = [
        "a sale is found by its reference alone",
        "completed records carry the receipt",
        "records carry merchantReference",
        "the filter merchantReference is honoured",
        "the filter transactionId is honoured",
        "the log-in answer holds userTypeId",
    ];
    assert_eq!(with("contradicted"), contradicted);
    assert_eq!(with("not exercised"), ["a pending answer is understood"]);
    assert_eq!(with("FAILED"), Vec::<&str>::new());
    let new: Vec<_> =
        sandbox.ledger().sales().filter(|sale| sale.reference.starts_with("live-check")).cloned().collect();
    assert_eq!(new.len(), 1, "{new:?}");
    assert_eq!((new[0].charges, new[0].amount_cents), (1, 1000));
    // A reference of ours has more digits in a row than a secret may show.
    assert_no_secret(&sandbox, &ran.out.replace(&new[0].reference, ""));

    // The other way round.
    for (mode, value) in [
        ("token_shape", "access_token"),
        ("refresh_token", "off"),
        ("expires_in", "absent"),
        ("receipt_amount", "rand"),
        ("response_code", "number"),
        ("failure_status", "400"),
        ("ids", "numbers"),
        ("page_base", "1"),
        ("transaction_filter", "honoured"),
        ("record_reference", "present"),
        ("record_receipt", "present"),
        ("timestamps", "milliseconds_z"),
    ] {
        sandbox.pagamio().set_mode(mode, value).unwrap();
    }
    let ran = run(&sandbox, "live_check", &["--buy"]).await;
    assert_eq!(ran.status, Some(0), "contradictions are no errors: {}{}", ran.out, ran.err);
    let table = verdicts(&ran);
    for item in [
        "the token stands in data.token",
        "a refresh token comes along",
        "expiresIn is 1800",
        "receipt amounts are in cents",
        "responseCode is a string",
        "a refusal has status 200",
        "product ids are strings",
        "the first page is page 0",
        "dates carry no zone",
    ] {
        assert_eq!(table[item], "contradicted", "{item}: {}", ran.out);
    }
    for item in &contradicted[..5] {
        assert_eq!(table[item], "confirmed", "{item}: {}", ran.out);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn live_check_fails_where_a_call_fails() {
    let sandbox = Sandbox::start().await.unwrap();
    let ran = run_with(&sandbox, "live_check", &[], &[("PAGAMIO_PASSWORD", Some("not-the-password"))]).await;
    assert_eq!(ran.status, Some(1), "{}{}", ran.out, ran.err);
    let mut table = verdicts(&ran);
    assert_eq!(table.remove("log in"), Some("FAILED"));
    assert!(table.values().all(|verdict| *verdict == "not exercised"), "{}", ran.out);
    assert!(!ran.out.contains("not-the-password"));
}

#[tokio::test(flavor = "multi_thread")]
async fn live_check_reports_reads_that_want_post() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.pagamio().set_mode("reads", "post").unwrap();
    let ran = run(&sandbox, "live_check", &[]).await;
    assert_eq!(ran.status, Some(0), "{}{}", ran.out, ran.err);
    assert_eq!(verdicts(&ran)["reads accept GET"], "contradicted");
}

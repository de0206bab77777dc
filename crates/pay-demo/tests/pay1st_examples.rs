//! The examples of `pay1st`, run as a user runs them: with their settings in the environment, here a sandbox's.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::Ran;
use pay_sandbox::{Fault, FaultRule, Sandbox};
use std::collections::BTreeMap;
use std::process::Command;
use std::time::Duration;

/// Runs an example of `pay1st` against the sandbox, with changes to its environment (`None`: not set).
async fn run_with(
    sandbox: &Sandbox,
    example: &'static str,
    arguments: &[&str],
    changes: &[(&str, Option<&str>)],
) -> Ran {
    let pay1st = sandbox.pay1st();
    let mut command = Command::new(common::example("pay1st", example));
    command.args(arguments).envs([
        ("PAY1ST_ENVIRONMENT", "local"),
        ("PAY1ST_BASE_URL", pay1st.base_url()),
        ("PAY1ST_CHECKOUT_URL", pay1st.checkout_url()),
        ("PAY1ST_API_KEY", pay1st.api_key()),
        ("PAY1ST_API_SECRET", pay1st.api_secret()),
        ("PAY1ST_SIGNING_KEY", &pay1st.signing_key()),
        ("PAY1ST_WAIT", "1"),
    ]);
    for (name, value) in changes {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    // A thread of its own: the sandbox answers from this test's runtime meanwhile.
    let ran: Ran = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap().into();
    for secret in [pay1st.api_secret(), pay1st.signing_key().as_str(), "Bearer "] {
        assert!(!ran.out.contains(secret) && !ran.err.contains(secret), "a secret is shown");
    }
    if !arguments.contains(&"--show-link") {
        assert!(!ran.out.contains("accessToken="), "a link is shown");
    }
    ran
}

async fn run(sandbox: &Sandbox, example: &'static str, arguments: &[&str]) -> Ran {
    run_with(sandbox, example, arguments, &[]).await
}

fn fault(sandbox: &Sandbox, operation: &str, fault: Fault) {
    sandbox.add_fault(FaultRule::new("pay1st", fault).operation(operation)).unwrap();
}

/// What stands behind a word at the beginning of a line.
fn told<'a>(ran: &'a Ran, word: &str) -> &'a str {
    ran.out
        .lines()
        .find_map(|line| line.strip_prefix(word))
        .unwrap_or_else(|| panic!("no {word:?}: {}{}", ran.out, ran.err))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_is_created_shown_and_paid() {
    let sandbox = Sandbox::start().await.unwrap();
    let open = run(&sandbox, "create_and_redirect", &[]).await;
    assert_eq!(open.status, Some(3), "{}{}", open.out, open.err);
    assert!(open.out.contains("holds a token") && open.out.contains("still open (StillOpen)"), "{}", open.out);
    let record = sandbox.pay1st().payment(told(&open, "created ")).unwrap();
    assert_eq!((record.partner_reference.as_str(), record.amount.as_str()), (told(&open, "reference "), "100.00"));

    // A customer who pays while the program waits.
    let pay1st = sandbox.pay1st();
    let customer = tokio::spawn(async move {
        loop {
            if let Some(payment) = pay1st.payments().iter().find(|payment| payment.country == "ZA") {
                pay1st.pay(&payment.reference).unwrap();
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    let wait = &[("PAY1ST_WAIT", Some("30"))];
    let paid = run_with(&sandbox, "create_and_redirect", &["12.50", "ZAR", "ZA", "--show-link"], wait).await;
    customer.await.unwrap();
    assert_eq!(paid.status, Some(0), "{}{}", paid.out, paid.err);
    assert!(paid.out.contains("paid: 12.5") && paid.out.contains(" ZAR"), "{}", paid.out);
    let link = told(&paid, "pay at ");
    assert!(link.starts_with(sandbox.pay1st().checkout_url()) && link.contains("%3D"), "the token ends in =");
    assert_eq!(sandbox.pay1st().payment(told(&paid, "created ")).unwrap().charges, 1);
    assert!(sandbox.ledger().check().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_three_outcomes_are_told_apart() {
    let sandbox = Sandbox::start().await.unwrap();
    let wrong = run(&sandbox, "create_and_redirect", &["0", "NGN", "NG"]).await;
    assert_eq!(wrong.status, Some(1), "{}{}", wrong.out, wrong.err);
    assert!(wrong.out.contains("greater than zero"), "{}", wrong.out);
    let refused = run_with(&sandbox, "create_and_redirect", &[], &[("PAY1ST_SIGNING_KEY", Some("another"))]).await;
    assert_eq!(refused.status, Some(1), "{}{}", refused.out, refused.err);
    assert!(refused.out.contains("refused") && refused.out.contains("check the signing key"), "{}", refused.out);
    let not_done = run_with(&sandbox, "create_and_redirect", &[], &[("PAY1ST_API_SECRET", Some("another"))]).await;
    assert!(not_done.out.contains("not done, so it is safe to start again"), "{}", not_done.out);
    assert!(sandbox.pay1st().payments().is_empty());
    fault(&sandbox, "create_payment", Fault::ResetAfterActing);
    let unknown = run(&sandbox, "create_and_redirect", &[]).await;
    assert_eq!(unknown.status, Some(3), "{}{}", unknown.out, unknown.err);
    assert!(unknown.out.contains("the next try takes a new reference"), "{}", unknown.out);
    assert_eq!(sandbox.pay1st().payments().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn in_production_nothing_is_done_by_default_and_what_is_missing_is_named() {
    let sandbox = Sandbox::start().await.unwrap();
    let production = &[("PAY1ST_ENVIRONMENT", Some("production"))];
    for (example, arguments) in [("create_and_redirect", &[][..]), ("live_check", &["--create"])] {
        let ran = run_with(&sandbox, example, arguments, production).await;
        assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""), "{example}: {}", ran.err);
        assert!(ran.err.contains("production"), "{}", ran.err);
    }
    for (example, arguments) in [("create_and_redirect", &[][..]), ("refund", &["C-1-T", "r"]), ("live_check", &[])] {
        let ran = run_with(&sandbox, example, arguments, &[("PAY1ST_SIGNING_KEY", None)]).await;
        assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""), "{example}");
        assert!(ran.err.contains("PAY1ST_SIGNING_KEY"), "{}", ran.err);
    }
    assert!(sandbox.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_is_taken_or_not_or_unknown() {
    let sandbox = Sandbox::start().await.unwrap();
    let created = run(&sandbox, "create_and_redirect", &[]).await;
    let reference = told(&created, "created ");
    sandbox.pay1st().pay(reference).unwrap();
    let transaction = sandbox.pay1st().payment(reference).unwrap().transaction_reference;

    let part = run(&sandbox, "refund", &[&transaction, "refund-1", "40.00"]).await;
    assert_eq!(part.status, Some(0), "{}{}", part.out, part.err);
    assert!(part.out.starts_with("taken, and PENDING: R-"), "{}", part.out);
    let more = run(&sandbox, "refund", &[&transaction, "refund-2", "70.00"]).await;
    assert_eq!(more.status, Some(1), "{}{}", more.out, more.err);
    fault(&sandbox, "refund", Fault::CloseAfterActing);
    let unknown = run(&sandbox, "refund", &[&transaction, "refund-3", "60.00"]).await;
    assert_eq!(unknown.status, Some(3), "{}{}", unknown.out, unknown.err);
    assert!(unknown.out.contains("nothing is started again"), "{}", unknown.out);
    assert_eq!(sandbox.pay1st().refunds().len(), 2);
    assert_eq!(run(&sandbox, "refund", &["only-one"]).await.status, Some(2));
    assert!(sandbox.ledger().check().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn intents_are_reconciled_line_by_line() {
    let sandbox = Sandbox::start().await.unwrap();
    let (one, two) = (run(&sandbox, "create_and_redirect", &[]).await, run(&sandbox, "create_and_redirect", &[]).await);
    sandbox.pay1st().pay(told(&one, "created ")).unwrap();
    let folder = std::env::temp_dir().join(format!("pay1st-reconcile-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = |name: &str, lines: &str| {
        let path = folder.join(name);
        std::fs::write(&path, format!("partner_reference,reference,amount,currency\n{lines}")).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (ours, theirs) =
        ([told(&one, "reference "), told(&two, "reference ")], [told(&one, "created "), told(&two, "created ")]);
    let intents = file(
        "intents.csv",
        &format!(
            "{},{},100,NGN\n{},{},100.01,ZAR\nlost-1,,5,NGN\n\"odd, one\",C-000000000000000-P,5.00,NGN\nnot-mine,{},100.00,NGN\n",
            ours[0], theirs[0], ours[1], theirs[1], theirs[1]
        ),
    );
    let ran = run(&sandbox, "reconcile", &[&intents]).await;
    assert_eq!(ran.status, Some(1), "{}{}", ran.out, ran.err);
    let wanted = format!(
        "partner_reference,reference,verdict,status,why\n\
         {},{},matched,SUCCESSFUL,\n\
         {},{},different,NEW,amount currency\n\
         lost-1,,unanswerable,,Pay1st has no question by partner_reference\n\
         \"odd, one\",C-000000000000000-P,missing,,\n\
         not-mine,{},different,NEW,partner_reference\n",
        ours[0], theirs[0], ours[1], theirs[1], theirs[1]
    );
    assert_eq!(ran.out, wanted);
    assert_eq!(ran.err, "1 matched, 2 different, 1 missing, 1 unanswerable of 5 lines\n");

    let all = file("all.csv", &format!("{},{},100.0,NGN\n", ours[0], theirs[0]));
    assert_eq!(run(&sandbox, "reconcile", &[&all]).await.status, Some(0));
    // What cannot be asked is never called missing.
    let down = &[("PAY1ST_API_SECRET", Some("another"))];
    let ran = run_with(&sandbox, "reconcile", &[&all], down).await;
    assert_eq!(ran.status, Some(1), "{}", ran.err);
    assert!(ran.out.contains(",unanswerable,"), "{}", ran.out);
    let asked = sandbox.requests().len();
    let ran = run(&sandbox, "reconcile", &[&file("wrong.csv", "a,b,5e3,NGN\n")]).await;
    assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""), "{}", ran.err);
    assert!(ran.err.contains("line 2"), "{}", ran.err);
    assert_eq!(sandbox.requests().len(), asked);
    std::fs::remove_dir_all(folder).unwrap();
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
    assert!(sandbox.pay1st().payments().is_empty());
    let table = verdicts(&ran);
    assert_eq!(with(&table, "contradicted"), Vec::<&str>::new(), "{}", ran.out);
    assert_eq!(table["the method list is grouped"], "confirmed");
    assert_eq!(table["a new payment is NEW"], "not exercised");
    assert_eq!(with(&table, "confirmed").len(), 10, "{}", ran.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn live_check_confirms_what_is_so_and_names_what_is_not() {
    let sandbox = Sandbox::start().await.unwrap();
    let ran = run(&sandbox, "live_check", &["ZA", "--create"]).await;
    assert_eq!(ran.status, Some(0), "{}{}", ran.out, ran.err);
    let table = verdicts(&ran);
    assert_eq!(with(&table, "contradicted"), Vec::<&str>::new(), "{}", ran.out);
    assert_eq!(with(&table, "not exercised").len(), 5, "{}", ran.out);
    assert_eq!(sandbox.pay1st().payments().len(), 1);

    for (mode, value) in [
        ("methods_shape", "flat"),
        ("signed_reads", "required"),
        ("session_id", "absent"),
        ("duplicate_reference", "first_payment"),
    ] {
        sandbox.pay1st().set_mode(mode, value).unwrap();
    }
    let ran = run(&sandbox, "live_check", &["--create"]).await;
    assert_eq!(ran.status, Some(0), "contradictions are no errors: {}{}", ran.out, ran.err);
    let contradicted = [
        "errors carry a sessionId",
        "reads need no signature",
        "the method list is grouped",
        "the same partnerReference again is refused",
    ];
    assert_eq!(with(&verdicts(&ran), "contradicted"), contradicted, "{}", ran.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn live_check_fails_where_a_call_fails() {
    let sandbox = Sandbox::start().await.unwrap();
    let ran = run_with(&sandbox, "live_check", &[], &[("PAY1ST_API_SECRET", Some("not-the-secret"))]).await;
    assert_eq!(ran.status, Some(1), "{}{}", ran.out, ran.err);
    let mut table = verdicts(&ran);
    assert_eq!(table.remove("log in"), Some("FAILED"));
    assert!(table.values().all(|verdict| *verdict == "not exercised"), "{}", ran.out);
    assert!(!ran.out.contains("not-the-secret"));
}

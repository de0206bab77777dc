//! The demo as a person runs it: its table, its status, and what it must never show.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;
#[path = "../../pay-sandbox/tests/browser/install.rs"]
mod install;

use common::{Ran, assert_no_secret, demo, table};
use pay_sandbox::Sandbox;
use std::process::Stdio;

/// What Pagamio's story calls, in order.
const PAGAMIO: [&str; 13] = [
    "check_credentials()",
    "categories()",
    "category_fields(Airtime)",
    "products()",
    "purchase(airtime, R10.00)",
    "purchase(electricity, R200.00)",
    "purchase(airtime, R25.00), the provider is slow",
    "settle(pending)",
    "purchase(airtime, R30.00), reset after the charge",
    "purchase(airtime, R10.00), float of R5.00",
    "check_credentials(), wrong password",
    "8 calls at once, the token expired",
    "the books at the end",
];

/// What Pay1st's story calls, in order.
const PAY1ST: [&str; 18] = [
    "check_credentials()",
    "payment_methods(NG)",
    "create_payment(NGN 100.00)",
    "checkout_link(), opened and paid",
    "a webhook arrives",
    "confirm(event), then ship",
    "report_fulfilment(..)",
    "payment(reference)",
    "refund(full)",
    "10 minutes later on the sandbox clock",
    "a webhook, its amount changed on the way",
    "a webhook, stamped an hour ago",
    "a webhook, delivered five times",
    "back at the failure URL, though paid",
    "the success URL, nothing paid",
    "create_payment(), reset after acting",
    "a token replaced under a link, rebuild(..)",
    "the books at the end",
];

/// What Pay Agency's story calls, in order.
const PAYAGENCY: [&str; 18] = [
    "check_credentials()",
    "card(GBP 25.00)",
    "card(GBP 40.00), 3-D Secure",
    "its page, opened and approved",
    "a webhook arrives",
    "confirm(event)",
    "card(GBP 15.00), declined",
    "wallets()",
    "estimate_payout(USD 100.00)",
    "payout(USD 100.00)",
    "payout(USD 100.00), wallet of USD 20.00",
    "refund(GBP 25.00)",
    "refund(GBP 25.00), once more",
    "payment_link(GBP 12.50)",
    "the link, opened and paid",
    "a webhook, its amount changed on the way",
    "card(GBP 30.00), reset after the charge",
    "the books at the end",
];

/// What PagFast's story calls, in order.
const PAGFAST: [&str; 18] = [
    "check_credentials()",
    "pix_cash_in(R$ 50.00)",
    "the payer pays: simulate_pix(id)",
    "webhooks arrive",
    "confirm(event), then credit",
    "find_by_order_id(order id)",
    "a deposit, paid by somebody else",
    "a webhook, delivered three times",
    "a webhook, its amount changed on the way",
    "a webhook without a signature",
    "pix_cash_out(R$ 80.00)",
    "the bank pays it: settle(withdrawal)",
    "pix_cash_out(R$ 120.00), reset after acting",
    "settle(its order id)",
    "open_finance_cash_in(R$ 25.00)",
    "its page, opened and paid",
    "settle(deposit), the token ends meanwhile",
    "the books at the end",
];

/// What Paga Connect's story calls, in order.
const PAGA_CONNECT: [&str; 20] = [
    "check_credentials()",
    "consent(..), the page, approved",
    "exchange(code), keep(answer)",
    "merchant_payment(NGN 1500.00)",
    "13 hours later, merchant_payment(..)",
    "money_transfer(NGN 200.00)",
    "user_details()",
    "consent(..), the page, declined",
    "a return with another state",
    "consent(..) of a second user",
    "exchange(code), keep(answer)",
    "20 payments at the token's end",
    "a restart, merchant_payment(..)",
    "merchant_payment(), reset after acting",
    "merchant_payment(NGN 90000.00)",
    "a user revokes, both are charged",
    "consent(..) once more",
    "exchange(code), keep(answer)",
    "forget()",
    "the books at the end",
];

/// Where the customer of Pay1st's story pays without a browser.
const PAYING: &str = "checkout_link()";

#[tokio::test]
async fn all_stories_are_told_and_are_as_they_should_be() {
    let ran: Ran = demo(&["stories"]).output().unwrap().into();
    assert_eq!(ran.status, Some(0), "{}{}", ran.out, ran.err);
    let (tables, last) = table::read(&ran.out);
    let providers: Vec<&str> = tables.iter().map(|table| table.provider.as_str()).collect();
    assert_eq!(providers, ["pagamio", "pay1st", "payagency", "pagfast", "paga-connect"]);
    let all = PAGAMIO.len() + PAY1ST.len() + PAYAGENCY.len() + PAGFAST.len() + PAGA_CONNECT.len();
    assert_eq!(last, format!("{all} of {all} steps as they should be"));
    assert_eq!(tables[0].steps(), PAGAMIO, "{}", ran.out);
    assert_eq!(tables[1].steps(), PAY1ST, "{}", ran.out);
    assert_eq!(tables[2].steps(), PAYAGENCY, "{}", ran.out);
    assert_eq!(tables[3].steps(), PAGFAST, "{}", ran.out);
    assert_eq!(tables[4].steps(), PAGA_CONNECT, "{}", ran.out);

    // Progress goes elsewhere, one line per step; no colour away from a terminal.
    assert_eq!(ran.err.lines().count(), all, "{}", ran.err);
    assert!(!ran.out.contains('\x1b') && !ran.err.contains('\x1b'));
    let sandbox = Sandbox::start().await.unwrap();
    assert_no_secret(&sandbox, &ran.out);
    assert_no_secret(&sandbox, &ran.err);
    // Each cell once more as one text: a column breaks a card number that stands in groups.
    for row in tables.iter().flat_map(|table| &table.rows) {
        assert_no_secret(&sandbox, &format!("{} | {} | {}", row.called, row.came_back, row.ledger));
    }
}

/// The block of a page that shows what the demo prints.
fn shown(page: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(page);
    let text = std::fs::read_to_string(path).unwrap();
    let (_, block) = text.split_once("```text\npagamio\n").unwrap();
    format!("pagamio\n{}", block.split("```").next().unwrap())
}

#[test]
fn the_pages_show_what_the_demo_prints() {
    let ran: Ran = demo(&["stories"]).env("PATH", "").output().unwrap().into();
    let (tables, last) = table::read(&ran.out);
    let page = shown("docs/demo.md");
    let (pages, page_last) = table::read(&page);
    assert_eq!((pages.len(), page_last), (tables.len(), last), "docs/demo.md");
    for (page, table) in pages.iter().zip(&tables) {
        assert_eq!((&page.provider, page.steps()), (&table.provider, table.steps()), "docs/demo.md");
        let ledger = |table: &table::Table| table.rows.iter().map(|row| row.ledger.clone()).collect::<Vec<_>>();
        assert_eq!(ledger(page), ledger(table), "docs/demo.md: {}", page.provider);
    }
    // A part of one story, word for word.
    let page = shown("README.md");
    let (pages, page_last) = table::read(&page);
    assert_eq!(page_last, last, "README.md");
    for row in &pages[0].rows {
        let told = tables[0].rows.iter().find(|told| told.called == row.called).unwrap();
        let all = |row: &table::Row| [row.mark.clone(), row.came_back.clone(), row.ledger.clone()];
        assert_eq!(all(row), all(told), "README.md: {}", row.called);
    }
}

#[test]
fn pagamios_story_shows_what_it_is_about() {
    let ran: Ran = demo(&["stories", "--provider", "pagamio"]).output().unwrap().into();
    let (tables, _) = table::read(&ran.out);
    let story = &tables[0];
    // What was sold is charged once, what was refused is not, and one refresh serves all.
    assert_eq!(story.row("purchase(airtime, R30.00)").ledger, "charged once, R30.00, Completed, 2 requests");
    assert_eq!(story.row("settle").ledger, "charged once, R25.00, Completed");
    assert_eq!(story.row("purchase(airtime, R10.00), float").ledger, "not charged, float R5.00");
    assert!(story.row("purchase(airtime, R10.00), float").came_back.contains("1103 \"Insufficient balance."));
    assert!(story.row("8 calls").came_back.contains("8 of 8 answered; 1 refresh"));
    assert_eq!(story.row("the books").ledger, "no rule broken, float R999720.00");
    let tokens = &story.row("purchase(electricity").came_back;
    let shown: Vec<&str> = tokens.split("****").skip(1).map(|text| &text[..text.find(' ').unwrap()]).collect();
    assert_eq!(shown.iter().map(|end| end.len()).collect::<Vec<_>>(), [4, 4], "{tokens}");
}

#[test]
fn pay1sts_story_shows_what_it_is_about_without_a_browser_too() {
    // Without programs nobody finds a browser; without that, the story is the same.
    let ran: Ran = demo(&["stories", "--provider", "pay1st"]).env("PATH", "").output().unwrap().into();
    assert_eq!(ran.status, Some(0), "{}{}", ran.out, ran.err);
    let (tables, last) = table::read(&ran.out);
    let story = &tables[0];
    assert_eq!(story.steps(), PAY1ST, "{}", ran.out);
    assert_eq!(last, "18 of 18 steps as they should be");
    assert!(story.row(PAYING).came_back.contains("paid by the sandbox's API (no node here)"), "{}", ran.out);

    assert_eq!(story.row("create_payment(NGN").ledger, "not charged, NGN 100.00, Open");
    assert_eq!(story.row(PAYING).ledger, "charged once, NGN 100.00, Completed");
    assert!(story.row("a webhook arrives").came_back.contains("verified on its raw bytes: SUCCESSFUL"));
    assert!(story.row("confirm").came_back.starts_with("Confirmed"));
    assert_eq!(story.row("10 minutes").ledger, "refund SUCCESSFUL, NGN 100.00 given back");
    assert!(
        story.row("a webhook, its amount").came_back.starts_with("Forged, answered 401, shipped 0 times; sent again")
    );
    assert!(
        story
            .row("a webhook, stamped")
            .came_back
            .starts_with("Stale: only confirm(event) opens it; Confirmed, shipped")
    );
    assert!(story.row("a webhook, delivered").came_back.contains("5 deliveries"));
    assert!(story.row("a webhook, delivered").came_back.ends_with("times shipped: 1"));
    assert!(story.row("back at the failure URL").came_back.starts_with("not believed: asked, it is SUCCESSFUL"));
    assert_eq!(story.row("the success URL").ledger, "not charged, NGN 100.00, Open");
    let lost = story.row("create_payment(), reset");
    assert!(lost.came_back.contains("outcome: unknown") && lost.came_back.contains("a NEW reference"), "{}", ran.out);
    assert_eq!(lost.ledger, "not charged, NGN 100.00, Open");
    assert!(story.row("a token replaced").came_back.contains("the link then 401, rebuilt 200"));
    assert_eq!(story.row("the books").ledger, "no rule broken, NGN 600.00 taken, NGN 100.00 given back");
}

#[test]
fn payagencys_story_shows_what_it_is_about_without_a_browser_too() {
    let ran: Ran = demo(&["stories", "--provider", "payagency"]).env("PATH", "").output().unwrap().into();
    assert_eq!(ran.status, Some(0), "{}{}", ran.out, ran.err);
    let (tables, last) = table::read(&ran.out);
    let story = &tables[0];
    assert_eq!(story.steps(), PAYAGENCY, "{}", ran.out);
    assert_eq!(last, "18 of 18 steps as they should be");
    let says = |called: &str, begins: &str| {
        let row = story.row(called);
        assert!(row.came_back.starts_with(begins), "{called}: {}", row.came_back);
    };

    says("card(GBP 25.00)", "SUCCESS at once, card 411111******1111");
    assert_eq!(story.row("card(GBP 25.00)").ledger, "charged once, GBP 25.00, Completed");
    assert_eq!(story.row("card(GBP 40.00)").ledger, "not charged, GBP 40.00, Open");
    says("its page", "approved by the sandbox's API (no node here); back at the shop, which asks: SUCCESS");
    assert_eq!(story.row("its page").ledger, "charged once, GBP 40.00, Completed");
    says("a webhook arrives", "SUCCESS, verified on its raw bytes by the scheme that is assumed");
    says("confirm(event)", "SUCCESS");
    says("card(GBP 15.00)", "Refused: FAILED, card 400000******0002");
    assert_eq!(story.row("card(GBP 15.00)").ledger, "not charged, GBP 15.00, Failed");
    says("estimate_payout", "it takes USD 106.5");
    assert_eq!(story.row("payout(USD 100.00)").ledger, "paid out once, USD 100.00 and USD 6.50, wallet USD 9893.50");
    says("payout(USD 100.00), wallet", "estimate: refused: \"Insufficient wallet balance");
    assert_eq!(story.row("payout(USD 100.00), wallet").ledger, "not paid out, wallet USD 20.00");
    assert_eq!(story.row("refund(GBP 25.00)").ledger, "refunds: 1, GBP 25.00 given back");
    says("refund(GBP 25.00), once", "refund: refused: \"Transaction has already been refunded.\"");
    assert_eq!(story.row("refund(GBP 25.00), once").ledger, "refunds: 1, GBP 25.00 given back");
    says("the link", "paid by the page's form alone (no node here); settle(order id): SUCCESS");
    assert_eq!(story.row("the link").ledger, "charged once, GBP 12.50, Completed");
    says("a webhook, its amount", "Forged, answered 401; status(id) is asked instead: SUCCESS");
    says("card(GBP 30.00)", "outcome: unknown, after 1 attempt; settle(&error) asks by the order id: SUCCESS");
    assert_eq!(story.row("card(GBP 30.00)").ledger, "charged once, GBP 30.00, Completed");
    let books = "no rule broken, GBP 127.50 taken, GBP 25.00 given back, USD 100.00 paid out";
    assert_eq!(story.row("the books").ledger, books);
}

#[test]
fn pagfasts_story_shows_what_it_is_about_without_a_browser_too() {
    let ran: Ran = demo(&["stories", "--provider", "pagfast"]).env("PATH", "").output().unwrap().into();
    assert_eq!(ran.status, Some(0), "{}{}", ran.out, ran.err);
    let (tables, last) = table::read(&ran.out);
    let story = &tables[0];
    assert_eq!(story.steps(), PAGFAST, "{}", ran.out);
    assert_eq!(last, "18 of 18 steps as they should be");
    let is = |called: &str, begins: &str, ledger: &str| {
        let row = story.row(called);
        assert!(row.came_back.starts_with(begins), "{called}: {}", row.came_back);
        assert_eq!(row.ledger, ledger, "{called}");
    };

    is("check_credentials", "a token for 60 min", "1 log-in, nothing moved");
    is("pix_cash_in", "a Pix code of ", "not paid, R$ 50.00, Open");
    is("the payer pays", "Completed: PagFast's own simulator", "paid once, R$ 50.00, Completed");
    is("webhooks arrive", "Registered and Completed, verified on their raw bytes", "paid once, R$ 50.00, Completed");
    is("confirm(event)", "Confirmed: ", "paid once, R$ 50.00, Completed");
    is("find_by_order_id", "1 transaction, Completed, R$ 50.00", "paid once, R$ 50.00, Completed");
    is("a deposit, paid by somebody", "Error by its webhook, Confirmed; not credited", "not paid, R$ 35.00, Failed");
    is("a webhook, delivered", "3 deliveries, each verified", "paid once, R$ 20.00, Completed");
    is("a webhook, its amount", "Forged, answered 401, times credited: 0; asked", "paid once, R$ 15.00, Completed");
    is("a webhook without", "Unsigned, answered 401, times credited: 0; asked", "paid once, R$ 10.00, Completed");
    is("pix_cash_out(R$ 80.00)", "Pending: taken", "1 debit, not paid out, R$ 80.00, Pending");
    is("the bank pays it", "Completed: the record", "1 debit, paid out once, R$ 80.00, Completed");
    let lost = story.row("pix_cash_out(R$ 120.00)");
    assert!(
        lost.came_back.contains("outcome: unknown") && lost.came_back.contains("`find_by_order_id`"),
        "{}",
        ran.out
    );
    assert_eq!(lost.ledger, "1 debit, not paid out, R$ 120.00, Pending");
    is(
        "settle(its order id)",
        "found by its order id, StillOpen at first",
        "1 debit, paid out once, R$ 120.00, Completed",
    );
    is("open_finance_cash_in", "a page for the payer's bank", "not paid, R$ 25.00, Open");
    is("its page", "paid by the sandbox's API (no node here); back at the shop", "paid once, R$ 25.00, Completed");
    is("settle(deposit)", "an hour later the token is refused: 1 log-in", "paid once, R$ 30.00, Completed");
    is(
        "the books",
        "6 of 7 deposits paid, 6 credited; 2 withdrawals",
        "no rule broken, R$ 150.00 paid in, R$ 200.00 paid out",
    );
}

#[test]
fn paga_connects_story_shows_what_it_is_about_without_a_browser_too() {
    let ran: Ran = demo(&["stories", "--provider", "paga-connect"]).env("PATH", "").output().unwrap().into();
    assert_eq!(ran.status, Some(0), "{}{}", ran.out, ran.err);
    let (tables, last) = table::read(&ran.out);
    let story = &tables[0];
    assert_eq!(story.steps(), PAGA_CONNECT, "{}", ran.out);
    assert_eq!(last, "20 of 20 steps as they should be");
    let says = |called: &str, begins: &str, ledger: &str| {
        let row = story.row(called);
        assert!(row.came_back.starts_with(begins), "{called}: {}", row.came_back);
        assert_eq!(row.ledger, ledger, "{called}");
    };

    let nothing = "nothing moved";
    says("consent(..), the page, approved", "approved by the sandbox's API (no node here); back with a code", nothing);
    says("exchange(code)", "tokens for 12 hours, on the disk before they are used", nothing);
    says("merchant_payment(NGN 1500.00)", "charged", "charged once, NGN 1500.00");
    says("13 hours later", "its token had ended: a 401, 1 refresh, saved first", "charged once, NGN 1500.00");
    says("money_transfer", "credited", "paid out 1 time, NGN 200.00");
    says("user_details()", "first name and balance, as consented to", nothing);
    says("consent(..), the page, declined", "declined by the sandbox's API", nothing);
    says("a return with another state", "StateWrong: stopped before anything was sent", nothing);
    says("20 payments", "20 of 20 charged; 1 refresh", "20 charged once, NGN 10.00 each");
    says("a restart", "restored from the files", "charged once, NGN 250.00");
    says("merchant_payment(), reset", "outcome: unknown, after 1 attempt", "charged once, NGN 500.00");
    says("merchant_payment(NGN 90000.00)", "refused: SANDBOX_INSUFFICIENT_FUNDS", nothing);
    says("a user revokes", "ConsentRequired for one, not done", "charged once, NGN 100.00");
    says("forget()", "gone here and from the files", nothing);
    says("the books", "25 payments", "no rule broken, NGN 4050.00 taken, NGN 200.00 transferred");
}

#[test]
fn where_a_browser_is_the_customers_pay_in_it() {
    if let Err(missing) = install::find() {
        return install::not_run("demo", &missing);
    }
    for (provider, steps) in [
        ("pay1st", &[(PAYING, "paid by", "charged once, NGN 100.00, Completed")][..]),
        (
            "payagency",
            &[
                ("its page", "approved by", "charged once, GBP 40.00, Completed"),
                ("the link", "paid by", "charged once, GBP 12.50, Completed"),
            ],
        ),
        ("pagfast", &[("its page", "paid by", "paid once, R$ 25.00, Completed")]),
        (
            "paga-connect",
            &[
                ("consent(..), the page, approved", "approved by", "nothing moved"),
                ("consent(..), the page, declined", "declined by", "nothing moved"),
            ],
        ),
    ] {
        let ran: Ran = demo(&["stories", "--provider", provider]).output().unwrap().into();
        assert_eq!(ran.status, Some(0), "{}{}", ran.out, ran.err);
        let (tables, _) = table::read(&ran.out);
        for (called, done, ledger) in steps {
            let step = tables[0].row(called);
            assert!(step.came_back.starts_with(&format!("{done} headless Chromium ")), "{}", ran.out);
            assert_eq!(step.ledger, *ledger);
        }
    }
}

#[test]
fn an_unknown_provider_is_refused_with_the_known_ones() {
    let ran: Ran = demo(&["stories", "--provider", "nope"]).output().unwrap().into();
    assert_eq!(ran.status, Some(2));
    assert_eq!(ran.out, "");
    assert!(
        ran.err.contains("nope") && ran.err.contains("pagamio, pay1st, payagency, pagfast, paga-connect"),
        "{}",
        ran.err
    );
}

#[test]
fn mistakes_in_the_arguments_end_with_status_2() {
    for arguments in [&[][..], &["sing"], &["stories", "--loud"], &["stories", "--provider"]] {
        let ran: Ran = demo(arguments).output().unwrap().into();
        assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(ran.err.contains("--help"), "{}", ran.err);
    }
}

#[test]
fn a_reader_that_goes_away_is_no_crash() {
    let mut child =
        demo(&["stories", "--provider", "pagamio"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

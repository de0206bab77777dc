//! The demo as a person runs it: its table, its status, and what it must never show.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Ran, assert_no_secret, demo};
use pay_sandbox::Sandbox;
use std::process::Stdio;

/// What Pagamio's story calls, in order.
const STEPS: [&str; 13] = [
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

/// A row of the table as its columns hold it, wrapped lines put together again.
struct Row {
    mark: String,
    called: String,
    came_back: String,
    ledger: String,
}

/// Reads the table by where its titles stand: a column that is not aligned falls apart here.
fn rows(head: &str, lines: &[&str]) -> Vec<Row> {
    let starts = ["called", "came back", "the ledger says", "  time"].map(|title| head.find(title).unwrap());
    let mut rows: Vec<Row> = Vec::new();
    for line in lines {
        assert!(line.len() <= 120, "{line}");
        let cell = |from: usize, to: usize| line.get(from..to.min(line.len())).unwrap_or_default();
        for start in &starts[..3] {
            assert!(cell(start - 2, *start).trim().is_empty(), "column {start} of {line:?}");
        }
        let [called, came_back, ledger] = [0, 1, 2].map(|at| cell(starts[at], starts[at + 1]).trim().to_owned());
        let mark = cell(0, starts[0]).trim().to_owned();
        match rows.last_mut() {
            Some(row) if mark.is_empty() => {
                for (text, more) in
                    [(&mut row.called, called), (&mut row.came_back, came_back), (&mut row.ledger, ledger)]
                {
                    *text = format!("{text} {more}").trim().to_owned();
                }
            }
            _ => rows.push(Row { mark, called, came_back, ledger }),
        }
    }
    rows
}

#[tokio::test]
async fn the_whole_story_is_told_and_is_as_it_should_be() {
    let ran: Ran = demo(&["stories"]).output().unwrap().into();
    assert_eq!(ran.status, Some(0), "{}{}", ran.out, ran.err);
    let lines: Vec<&str> = ran.out.lines().collect();
    assert_eq!(lines[1], "pagamio");
    assert_eq!(lines.last(), Some(&"13 of 13 steps as they should be"));

    // The steps, in order, each marked as it should be.
    let table = rows(lines[3], &lines[4..lines.len() - 2]);
    let called: Vec<&str> = table.iter().map(|row| row.called.as_str()).collect();
    assert_eq!(called, STEPS, "{}", ran.out);
    for (number, row) in (1..).zip(&table) {
        assert_eq!(row.mark, format!("{number}  ok"), "{}", ran.out);
    }

    // What it is about: what was sold is charged once, what was refused is not, and one refresh serves all.
    let row = |start: &str| table.iter().find(|row| row.called.starts_with(start)).unwrap();
    assert_eq!(row("purchase(airtime, R30.00)").ledger, "charged once, R30.00, Completed, 2 requests");
    assert_eq!(row("settle").ledger, "charged once, R25.00, Completed");
    assert_eq!(row("purchase(airtime, R10.00), float").ledger, "not charged, float R5.00");
    assert!(row("purchase(airtime, R10.00), float").came_back.contains("1103 \"Insufficient balance."));
    assert!(row("8 calls").came_back.contains("8 of 8 answered; 1 refresh"));
    assert_eq!(row("the books").ledger, "no rule broken, float R999720.00");
    let tokens = &row("purchase(electricity").came_back;
    let shown: Vec<&str> = tokens.split("****").skip(1).map(|text| &text[..text.find(' ').unwrap()]).collect();
    assert_eq!(shown.iter().map(|end| end.len()).collect::<Vec<_>>(), [4, 4], "{tokens}");

    // Progress goes elsewhere, one line per step; no colour away from a terminal.
    assert_eq!(ran.err.lines().count(), STEPS.len(), "{}", ran.err);
    assert!(!ran.out.contains('\x1b') && !ran.err.contains('\x1b'));
    let sandbox = Sandbox::start().await.unwrap();
    assert_no_secret(&sandbox, &ran.out);
    assert_no_secret(&sandbox, &ran.err);
}

#[test]
fn an_unknown_provider_is_refused_with_the_known_ones() {
    let ran: Ran = demo(&["stories", "--provider", "nope"]).output().unwrap().into();
    assert_eq!(ran.status, Some(2));
    assert_eq!(ran.out, "");
    assert!(ran.err.contains("nope") && ran.err.contains("pagamio"), "{}", ran.err);
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

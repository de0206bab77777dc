//! Leaks of Pay1st: none under any fault, in webhooks and the Shop's calls neither, and no text of it forges a line.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use pay_proof::leaks::{self, injection};
use pay_proof::subjects::Pay1st;
use std::sync::Arc;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_secret_comes_out_of_any_operation_under_any_fault() {
    let report = leaks::run(Arc::new(Pay1st)).await.unwrap();
    let text = leaks::render(&report);
    println!("{text}");
    assert!(report.well(), "{text}");
    assert!(report.fields >= 16 && report.rows.len() == 14, "{text}");
    assert!(report.struck * 10 > report.cells * 9, "most faults struck\n{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_text_of_a_provider_forges_a_line_or_a_colour() {
    let report = injection::run(Arc::new(Pay1st)).await.unwrap();
    println!("{} answers, {} texts, {} forged", report.answers, report.texts, report.forged.len());
    assert!(report.answers > 500 && report.texts > 5_000, "{report:?}");
    assert!(report.forged.is_empty(), "{:#?}", report.forged);
}

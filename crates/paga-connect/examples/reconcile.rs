//! Compares what a shop wrote down with a statement of its account at Paga: `reconcile INTENTS.csv [STATEMENT.csv]`.
//!
//! Paga Connect has no question by reference and no list, so this program asks nobody: only a statement that you got from Paga (the business
//! dashboard, or its separate Merchant Service API) can tell. `INTENTS.csv` has a head line and the columns `reference,amount,outcome`, where
//! `outcome` is what this crate said: `completed`, `refused`, `not_done` or `unknown`. `STATEMENT.csv` has `reference,amount`; which columns Paga's
//! own statements have is not known here, so bring them into this form.
//!
//! What a journal of `pay-store` has not settled is read with `PAGA_CONNECT_RECONCILE=open.json reconcile [STATEMENT.csv]`: the file is the
//! journal's list as JSON (`to_json`; its own example `reconcile` writes it with `FORMAT=json`). Where that knows no amount, none is compared.
//! Written to standard output, for each intent:
//!
//! - `matched`: completed, and the statement has it once with that amount; or not done or refused, and the statement has it not
//! - `charged`: unknown, and the statement has it once with that amount
//! - `different`: the statement has another amount, or has it more than once
//! - `unexpected`: not done or refused, and the statement has it
//! - `missing`: completed, and the statement has it not
//! - `unanswerable`: unknown, and the statement (which may not be whole) has it not; or there is no statement at all
//!
//! and `foreign` for each line of the statement that no intent names.
//! Exit status: 0 all matched or charged, 1 not all, 2 nothing was compared.

use paga_connect::Amount;
use std::collections::BTreeMap;
use std::error::Error;
use std::process::ExitCode;

/// One line of the shop's own file.
#[derive(serde::Deserialize)]
struct Intent {
    reference: String,
    amount: String,
    outcome: String,
}

/// One intent of a journal's list.
#[derive(serde::Deserialize)]
struct Kept {
    provider: String,
    reference: Option<String>,
    state: String,
    amount: Option<String>,
}

/// One line of the statement.
#[derive(serde::Deserialize)]
struct Booked {
    reference: String,
    amount: String,
}

/// What is said of it.
#[derive(serde::Serialize)]
struct Line<'a> {
    reference: &'a str,
    verdict: &'static str,
    why: &'static str,
}

fn main() -> ExitCode {
    reconcile().unwrap_or_else(|error| {
        eprintln!("{error}");
        ExitCode::from(2)
    })
}

fn reconcile() -> Result<ExitCode, Box<dyn Error>> {
    let given: Vec<_> = std::env::args().skip(1).collect();
    let list = std::env::var("PAGA_CONNECT_RECONCILE").ok();
    let (intents, statement) = match (&list, given.as_slice()) {
        (Some(_), []) => (None, None),
        (Some(_), [statement]) => (None, Some(statement)),
        (None, [intents]) => (Some(intents), None),
        (None, [intents, statement]) => (Some(intents), Some(statement)),
        _ => return Err("usage: reconcile INTENTS.csv [STATEMENT.csv]".into()),
    };
    // All of it is read before anything is said: a wrong line is told with its number.
    let amount = |file: &str, line: usize, text: &str| {
        text.parse::<Amount>().map_err(|error| format!("{file}, line {}: {error}", line + 2))
    };
    let mut meant = Vec::new();
    if let Some(list) = list {
        let kept: Vec<Kept> = serde_json::from_slice(&std::fs::read(list)?)?;
        for kept in kept.into_iter().filter(|kept| kept.provider == "paga-connect") {
            let amount = kept.amount.map(|text| text.parse::<Amount>()).transpose()?;
            let settled = ["completed", "refused", "not_done"].contains(&kept.state.as_str());
            let outcome = if settled { kept.state } else { "unknown".to_owned() };
            meant.push((kept.reference.unwrap_or_default(), outcome, amount));
        }
    }
    if let Some(intents) = intents {
        for (line, intent) in csv::Reader::from_path(intents)?.deserialize().enumerate() {
            let intent: Intent = intent?;
            if !["completed", "refused", "not_done", "unknown"].contains(&intent.outcome.as_str()) {
                let hint = "is completed, refused, not_done or unknown";
                return Err(format!("{intents}, line {}: an outcome {hint}", line + 2).into());
            }
            let amount = amount(intents, line, &intent.amount)?;
            meant.push((intent.reference, intent.outcome, Some(amount)));
        }
    }
    let mut booked: Option<BTreeMap<String, Vec<Amount>>> = None;
    if let Some(file) = statement {
        let all = booked.insert(BTreeMap::new());
        for (line, entry) in csv::Reader::from_path(file)?.deserialize().enumerate() {
            let Booked { reference, amount: text } = entry?;
            all.entry(reference).or_default().push(amount(file, line, &text)?);
        }
    }
    let mut out = csv::Writer::from_writer(std::io::stdout());
    let mut counts = BTreeMap::<&str, usize>::new();
    for (reference, outcome, amount) in &meant {
        let there = booked.as_ref().map(|all| all.get(reference).map_or(&[][..], Vec::as_slice));
        let (verdict, why) = compare(outcome, *amount, there);
        *counts.entry(verdict).or_default() += 1;
        out.serialize(Line { reference, verdict, why })?;
    }
    for reference in booked.iter().flat_map(BTreeMap::keys) {
        if !meant.iter().any(|(meant, ..)| meant == reference) {
            *counts.entry("foreign").or_default() += 1;
            out.serialize(Line { reference, verdict: "foreign", why: "no intent has this reference" })?;
        }
    }
    out.flush()?;
    let told: Vec<_> = counts.iter().map(|(verdict, count)| format!("{count} {verdict}")).collect();
    eprintln!("{} of {} intents", told.join(", "), meant.len());
    let sound = counts.keys().all(|verdict| matches!(*verdict, "matched" | "charged"));
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// `there`: what the statement has under this reference; `None` without a statement.
fn compare(outcome: &str, amount: Option<Amount>, there: Option<&[Amount]>) -> (&'static str, &'static str) {
    let Some(there) = there else {
        return ("unanswerable", "Paga Connect has no question by reference: get a statement");
    };
    let happened = matches!(outcome, "completed" | "unknown");
    match there {
        [] if outcome == "completed" => ("missing", "the statement does not have it"),
        [] if outcome == "unknown" => ("unanswerable", "the statement does not have it, and may not be whole"),
        [] => ("matched", ""),
        _ if !happened => ("unexpected", "the statement has it"),
        [booked] if amount.is_some_and(|amount| amount != *booked) => ("different", "another amount"),
        [_] if amount.is_none() => ("charged", "the statement has it; compare its amount with your order's"),
        [_] if outcome == "unknown" => ("charged", "the statement has it"),
        [_] => ("matched", ""),
        _ => ("different", "more than once"),
    }
}

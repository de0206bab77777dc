//! Compares what a shop meant with what PagFast has (conciliação): `reconcile INTENTS.csv`.
//!
//! The file has a head line and the columns `order_id,sent_at_ms,amount`, as `withdraw_and_reconcile` writes it. Each line is looked up by
//! its order id, in windows of one day from when it was sent. Written to standard output, for each line:
//!
//! - `matched`: there is one transaction, of that amount; its state stands beside it
//! - `different`: there is one, of another amount
//! - `several`: there are more than one with this order id
//! - `missing`: PagFast shows none. It may still come: a missing withdrawal is not a failed one
//! - `unanswerable`: it could not be asked
//!
//! Settings come from the environment, as the crate's README lists them. It only reads.
//! Exit status: 0 all matched, 1 not all, 2 nothing was asked.

use pagfast::{Amount, Client};
use std::error::Error;
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// One line of the file.
#[derive(serde::Deserialize)]
struct Intent {
    order_id: String,
    sent_at_ms: u64,
    amount: String,
}

/// What is said of it.
#[derive(serde::Serialize)]
struct Line<'a> {
    order_id: &'a str,
    verdict: &'static str,
    transaction: String,
    state: String,
    why: String,
}

#[tokio::main]
async fn main() -> ExitCode {
    reconcile().await.unwrap_or_else(|error| {
        eprintln!("{error}");
        ExitCode::from(2)
    })
}

async fn reconcile() -> Result<ExitCode, Box<dyn Error>> {
    let file = std::env::args().nth(1).ok_or("usage: reconcile INTENTS.csv")?;
    // All of it is read before anything is asked: a wrong line is told with its number.
    let mut intents = Vec::new();
    for (line, intent) in csv::Reader::from_path(file)?.deserialize().enumerate() {
        let intent: Intent = intent?;
        // The head line is the first.
        let amount: Amount = intent.amount.parse().map_err(|error| format!("line {}: {error}", line + 2))?;
        intents.push((intent, amount));
    }
    let client = Client::from_env()?;
    let mut out = csv::Writer::from_writer(std::io::stdout());
    let names = ["matched", "different", "several", "missing", "unanswerable"];
    let mut counts = names.map(|name| (name, 0_usize));
    for (intent, amount) in &intents {
        let line = compare(&client, intent, *amount).await;
        counts.iter_mut().filter(|(name, _)| *name == line.verdict).for_each(|(_, count)| *count += 1);
        out.serialize(line)?;
    }
    out.flush()?;
    let told: Vec<_> = counts.iter().map(|(name, count)| format!("{count} {name}")).collect();
    eprintln!("{} of {} lines", told.join(", "), intents.len());
    Ok(if counts[0].1 == intents.len() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn compare<'a>(client: &Client, intent: &'a Intent, amount: Amount) -> Line<'a> {
    let line = |verdict| Line {
        order_id: &intent.order_id,
        verdict,
        transaction: String::new(),
        state: String::new(),
        why: String::new(),
    };
    let sent_at: SystemTime = UNIX_EPOCH + Duration::from_millis(intent.sent_at_ms);
    let found = match client.find_by_order_id(&intent.order_id, sent_at).await {
        Ok(found) => found,
        Err(error) => return Line { why: error.to_string(), ..line("unanswerable") },
    };
    let [record] = found.as_slice() else {
        let several = Line { why: format!("{} transactions", found.len()), ..line("several") };
        return if found.is_empty() { line("missing") } else { several };
    };
    let transaction = &record.transaction;
    let same = transaction.amount == Some(amount);
    let of = || transaction.amount.map_or("no amount".to_owned(), |amount| format!("amount {amount}"));
    Line {
        transaction: transaction.id.clone(),
        state: transaction.state.to_string(),
        why: if same { String::new() } else { of() },
        ..line(if same { "matched" } else { "different" })
    }
}

//! Compares what a shop meant with what PagFast has (conciliação): `reconcile INTENTS.csv`.
//!
//! The file has a head line and the columns `order_id,sent_at_ms,amount`, as `withdraw_and_reconcile` writes it. Each line is looked up by
//! its order id, in windows of one day from when it was sent. Written to standard output, for each line:
//!
//! - `matched`: there is one transaction, of that amount; its state and its direction stand beside it: a deposit may share an order id
//! - `different`: there is one, of another amount
//! - `several`: there are more than one with this order id
//! - `missing`: PagFast shows none. It may still come: a missing withdrawal is not a failed one
//! - `unanswerable`: it could not be asked
//!
//! Or finds out what became of the payments that a journal of `pay-store` has not settled: `PAGFAST_RECONCILE=open.json reconcile`, where the file
//! is the journal's list as JSON (`to_json`; its own example `reconcile` writes it with `FORMAT=json`). Written for each payment of this
//! provider: `completed`, `refused` or `not_done`; `pending` or `unknown`, which may be asked for again; `unanswered` where the provider has
//! no question and a person must look.
//!
//! Settings come from the environment, as the crate's README lists them. It only reads.
//! Exit status: 0 all matched or settled, 1 not all, 2 nothing was asked.

use pagfast::journal::{Recover, State, Unsettled};
use pagfast::{Amount, Client};
use std::error::Error;
use std::path::Path;
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
    direction: String,
    why: String,
}

/// One payment of a journal's list.
#[derive(serde::Deserialize)]
struct Kept {
    id: String,
    provider: String,
    operation: String,
    reference: Option<String>,
    amount: Option<String>,
    currency: Option<String>,
    state: String,
    transaction_id: Option<String>,
    begun_ms: u64,
}

#[tokio::main]
async fn main() -> ExitCode {
    reconcile().await.unwrap_or_else(|error| {
        eprintln!("{error}");
        ExitCode::from(2)
    })
}

async fn reconcile() -> Result<ExitCode, Box<dyn Error>> {
    if let Some(list) = std::env::var_os("PAGFAST_RECONCILE") {
        return unsettled(Path::new(&list)).await;
    }
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
        direction: String::new(),
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
        direction: transaction.direction.as_ref().map(ToString::to_string).unwrap_or_default(),
        why: if same { String::new() } else { of() },
        ..line(if same { "matched" } else { "different" })
    }
}

/// Asks what became of each payment of the list, as a recovery does, but without the requests: so nothing is ever sent again.
async fn unsettled(file: &Path) -> Result<ExitCode, Box<dyn Error>> {
    let list: Vec<Kept> = serde_json::from_slice(&std::fs::read(file)?)?;
    let client = Client::from_env()?;
    let mut out = csv::Writer::from_writer(std::io::stdout());
    out.write_record(["reference", "operation", "amount", "currency", "state", "transaction_id", "why"])?;
    let mut good = true;
    for kept in list.iter().filter(|kept| kept.provider == "pagfast") {
        let state = State::parse(&kept.state).ok_or_else(|| format!("{} is no state", kept.state))?;
        if !state.is_unsettled() && state != State::Unanswered {
            continue;
        }
        let begun = UNIX_EPOCH + Duration::from_millis(kept.begun_ms);
        let mut intent = Unsettled::new(&kept.id, &kept.operation, state, begun);
        intent.reference.clone_from(&kept.reference);
        intent.transaction_id.clone_from(&kept.transaction_id);
        let found = client.recover(&intent).await;
        good &= !found.state.is_unsettled() && found.state != State::Unanswered;
        let id = found.transaction_id.as_deref().or(kept.transaction_id.as_deref());
        let intent =
            [kept.reference.as_deref(), Some(&kept.operation), kept.amount.as_deref(), kept.currency.as_deref()];
        let texts = intent.into_iter().chain([Some(found.state.as_str()), id, found.note.as_deref()]);
        out.write_record(texts.map(Option::unwrap_or_default))?;
    }
    out.flush()?;
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

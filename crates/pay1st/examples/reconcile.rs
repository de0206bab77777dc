//! Compares what a shop meant with what Pay1st has: `reconcile INTENTS.csv`.
//!
//! The file has a head line and the columns `partner_reference,reference,amount,currency`; `reference` is Pay1st's, and empty
//! where creating got no answer. Written to standard output, for each line:
//!
//! - `matched`: the record is of that reference, amount and currency; its status stands beside it
//! - `different`: the record says something else; the members are named
//! - `missing`: Pay1st knows no such payment
//! - `unanswerable`: there is no question (no reference of Pay1st's), or it could not be asked
//!
//! Or finds out what became of the payments that a journal of `pay-store` has not settled: `PAY1ST_RECONCILE=open.json reconcile`, where the file
//! is the journal's list as JSON (`to_json`; its own example `reconcile` writes it with `FORMAT=json`). Written for each payment of this
//! provider: `completed`, `refused` or `not_done`; `pending` or `unknown`, which may be asked for again; `unanswered` where the provider has
//! no question and a person must look.
//!
//! Settings come from the environment, as the crate's README lists them. It only reads.
//! Exit status: 0 all matched or settled, 1 not all, 2 nothing was asked.

use pay1st::journal::{Recover, State, Unsettled};
use pay1st::{Amount, Client, Kind, Payment};
use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, UNIX_EPOCH};

/// One line of the file.
#[derive(serde::Deserialize)]
struct Intent {
    partner_reference: String,
    reference: String,
    amount: String,
    currency: String,
}

/// What is said of it.
#[derive(serde::Serialize)]
struct Line<'a> {
    partner_reference: &'a str,
    reference: &'a str,
    verdict: &'static str,
    status: String,
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
    if let Some(list) = std::env::var_os("PAY1ST_RECONCILE") {
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
    let mut counts = [("matched", 0_usize), ("different", 0), ("missing", 0), ("unanswerable", 0)];
    for (intent, amount) in &intents {
        let (verdict, status, why) = compare(&client, intent, *amount).await;
        counts.iter_mut().filter(|(name, _)| *name == verdict).for_each(|(_, count)| *count += 1);
        let Intent { partner_reference, reference, .. } = intent;
        out.serialize(Line { partner_reference, reference, verdict, status, why })?;
    }
    out.flush()?;
    let told: Vec<_> = counts.iter().map(|(name, count)| format!("{count} {name}")).collect();
    eprintln!("{} of {} lines", told.join(", "), intents.len());
    Ok(if counts[0].1 == intents.len() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn compare(client: &Client, intent: &Intent, amount: Amount) -> (&'static str, String, String) {
    let unanswerable = |why: String| ("unanswerable", String::new(), why);
    if intent.reference.trim().is_empty() {
        return unanswerable("Pay1st has no question by partner_reference".into());
    }
    match client.payment(&intent.reference).send().await {
        Ok(payment) => {
            let differs = differences(intent, amount, &payment);
            let verdict = if differs.is_empty() { "matched" } else { "different" };
            (verdict, payment.status.to_string(), differs.join(" "))
        }
        Err(error) if error.kind() == Kind::NotFound => ("missing", String::new(), String::new()),
        Err(error) => unanswerable(error.to_string()),
    }
}

fn differences(intent: &Intent, amount: Amount, payment: &Payment) -> Vec<&'static str> {
    let all = [
        ("partner_reference", payment.partner_reference == intent.partner_reference),
        ("amount", payment.amount == amount),
        ("currency", payment.currency_code == intent.currency),
    ];
    all.into_iter().filter(|(_, same)| !same).map(|(name, _)| name).collect()
}

/// Asks what became of each payment of the list, as a recovery does, but without the requests: so nothing is ever sent again.
async fn unsettled(file: &Path) -> Result<ExitCode, Box<dyn Error>> {
    let list: Vec<Kept> = serde_json::from_slice(&std::fs::read(file)?)?;
    let client = Client::from_env()?;
    let mut out = csv::Writer::from_writer(std::io::stdout());
    out.write_record(["reference", "operation", "amount", "currency", "state", "transaction_id", "why"])?;
    let mut good = true;
    for kept in list.iter().filter(|kept| kept.provider == "pay1st") {
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

//! Compares what a shop meant with what Pay Agency has: `reconcile INTENTS.csv`.
//!
//! The file has a head line and the columns `order_id,amount,currency`. Written to standard output, for each line:
//!
//! - `paid`, `refunded`, `charged_back`, `not_paid`, `open`: the payment is of that order, amount and currency
//! - `different`: it says something else; the members are named
//! - `missing`: the provider knows no such order
//! - `unanswerable`: it could not be asked
//!
//! Or finds out what became of the payments that a journal of `pay-store` has not settled: `PAYAGENCY_RECONCILE=open.json reconcile`, where the file
//! is the journal's list as JSON (`to_json`; its own example `reconcile` writes it with `FORMAT=json`). Written for each payment of this
//! provider: `completed`, `refused` or `not_done`; `pending` or `unknown`, which may be asked for again; `unanswered` where the provider has
//! no question and a person must look.
//!
//! Settings come from the environment, as the crate's README lists them. It only reads.
//! Exit status: 0 all lines answered and none different, or all settled, 1 not all, 2 nothing was asked.

use payagency::journal::{Recover, State, Unsettled};
use payagency::{Amount, Client, Kind, Payment, Record};
use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, UNIX_EPOCH};

struct Intent {
    order_id: String,
    amount: Amount,
    currency: String,
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
    if let Some(list) = std::env::var_os("PAYAGENCY_RECONCILE") {
        return unsettled(Path::new(&list)).await;
    }
    let file = std::env::args().nth(1).ok_or("usage: reconcile INTENTS.csv")?;
    // All of it is read before anything is asked: a wrong line is told with its number.
    let mut intents = Vec::new();
    for (number, record) in csv::Reader::from_path(file)?.records().enumerate() {
        let record = record?;
        let cell = |at: usize| record.get(at).map(str::trim).unwrap_or_default().to_owned();
        // The head line is the first.
        let amount = cell(1).parse().map_err(|error| format!("line {}: {error}", number + 2))?;
        intents.push(Intent { order_id: cell(0), amount, currency: cell(2) });
    }
    let client = Client::from_env()?;
    let mut out = csv::Writer::from_writer(std::io::stdout());
    out.write_record(["order_id", "verdict", "why"])?;
    let mut good = true;
    for intent in &intents {
        let (verdict, why) = compare(&client, intent).await;
        good &= !matches!(verdict, "different" | "missing" | "unanswerable");
        out.write_record([&intent.order_id, verdict, &why])?;
    }
    out.flush()?;
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn compare(client: &Client, intent: &Intent) -> (&'static str, String) {
    let payment = match client.status(&intent.order_id).send().await {
        Ok(payment) => payment,
        Err(error) if error.kind() == Kind::NotFound => return ("missing", String::new()),
        Err(error) => return ("unanswerable", error.to_string()),
    };
    let record = payment.record();
    let differs = differences(intent, record);
    if !differs.is_empty() {
        return ("different", differs.join(" "));
    }
    let verdict = match &payment {
        _ if record.is_charged_back() => "charged_back",
        _ if record.is_refunded() => "refunded",
        Payment::Completed(_) => "paid",
        Payment::Refused(_) => "not_paid",
        Payment::Redirect(_) | Payment::Pending(_) => "open",
    };
    (verdict, record.status.to_string())
}

/// No member is promised; what is not there does not differ.
fn differences(intent: &Intent, record: &Record) -> Vec<&'static str> {
    let order_id = record.order_id().is_none_or(|id| id == intent.order_id);
    let amount = record.data.amount.is_none_or(|amount| amount == intent.amount);
    let currency = record.data.currency.as_deref().is_none_or(|code| code.eq_ignore_ascii_case(&intent.currency));
    let all = [("order_id", order_id), ("amount", amount), ("currency", currency)];
    all.into_iter().filter(|(_, same)| !same).map(|(name, _)| name).collect()
}

/// Asks what became of each payment of the list, as a recovery does, but without the requests: so nothing is ever sent again.
async fn unsettled(file: &Path) -> Result<ExitCode, Box<dyn Error>> {
    let list: Vec<Kept> = serde_json::from_slice(&std::fs::read(file)?)?;
    let client = Client::from_env()?;
    let mut out = csv::Writer::from_writer(std::io::stdout());
    out.write_record(["reference", "operation", "amount", "currency", "state", "transaction_id", "why"])?;
    let mut good = true;
    for kept in list.iter().filter(|kept| kept.provider == "payagency") {
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

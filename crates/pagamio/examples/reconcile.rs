//! Finds out what became of the purchases that a journal of `pay-store` has not settled: `PAGAMIO_RECONCILE=open.json reconcile`.
//!
//! The file is the journal's list as JSON (`to_json`; its own example `reconcile` writes it with `FORMAT=json`). Written to standard output,
//! for each purchase of this provider:
//!
//! - `completed`, `refused` or `not_done`: it is settled
//! - `pending` or `unknown`: nobody knows yet; ask again later
//! - `unanswered`: Pagamio has no question; where records carry no reference, a recovery, which has the request, can send it again
//!
//! Settings come from the environment, as the crate's README lists them; `PAGAMIO_USER_TYPE_ID` is needed here. It only reads.
//! For one purchase there is the example `settle`. Exit status: 0 all settled, 1 not all, 2 nothing was asked.

use pagamio::Client;
use pagamio::journal::{Recover, State, Unsettled};
use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, UNIX_EPOCH};

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
    let list = std::env::var_os("PAGAMIO_RECONCILE").ok_or("set PAGAMIO_RECONCILE to a journal's list as JSON")?;
    unsettled(Path::new(&list)).await
}

/// Asks what became of each payment of the list, as a recovery does, but without the requests: so nothing is ever sent again.
async fn unsettled(file: &Path) -> Result<ExitCode, Box<dyn Error>> {
    let list: Vec<Kept> = serde_json::from_slice(&std::fs::read(file)?)?;
    let client = Client::from_env()?;
    let mut out = csv::Writer::from_writer(std::io::stdout());
    out.write_record(["reference", "operation", "amount", "currency", "state", "transaction_id", "why"])?;
    let mut good = true;
    for kept in list.iter().filter(|kept| kept.provider == "pagamio") {
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

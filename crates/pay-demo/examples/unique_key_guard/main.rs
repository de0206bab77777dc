//! Handles deliveries exactly once each, with any number of processes on one database: effect and commit are one transaction.
//!
//! `unique_key_guard DATABASE DELIVERIES`: each line of the file is a reference and a status. `LEASE_MS` is how long a claim
//! holds; with `STALL_AT` and `STALL_MS` the process stalls between a claim and its effect, to be killed there or to come late.

mod guard;

use guard::TableGuard;
use pay1st::webhook::{Claimed, Committed, EventKey, GuardError, ReplayGuard};
use std::path::Path;
use std::time::Duration;

const SHIPPED: &str = "CREATE TABLE IF NOT EXISTS shipped (reference TEXT, status TEXT, process INTEGER)";

struct Settings {
    lease: Duration,
    stall_at: u64,
    stall: Duration,
}

fn setting(name: &str, default: u64) -> Result<u64, String> {
    std::env::var(name).map_or(Ok(default), |text| text.parse().map_err(|_| format!("{name} is not a number")))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [database, deliveries] = &arguments[..] else { return Err("give a database and a file of deliveries".into()) };
    let settings = Settings {
        lease: Duration::from_millis(setting("LEASE_MS", 30_000)?),
        stall_at: setting("STALL_AT", 0)?,
        stall: Duration::from_millis(setting("STALL_MS", 0)?),
    };
    let guard = TableGuard::open(Path::new(database))?;
    guard.transaction(|tx| Ok((tx.execute(SHIPPED, []).map_err(|e| GuardError(e.to_string()))?, true))).await?;
    let (mut shipped, mut late) = (0, 0);
    for line in std::fs::read_to_string(deliveries)?.lines() {
        let Some((reference, status)) = line.split_once(' ') else { continue };
        match deliver(&guard, &settings, reference, status, shipped + late + 1).await? {
            Some(Committed::Yes) => shipped += 1,
            Some(Committed::Lost) => late += 1,
            None => {}
        }
    }
    println!("shipped {shipped}, too late for {late}");
    Ok(())
}

/// `None`: done before.
async fn deliver(
    guard: &TableGuard,
    settings: &Settings,
    reference: &str,
    status: &str,
    count: u64,
) -> Result<Option<Committed>, GuardError> {
    let key = EventKey::new("pay1st", &[reference, status]);
    let claim = loop {
        match guard.claim(&key, settings.lease).await? {
            Claimed::Yes(claim) => break claim,
            Claimed::Done => return Ok(None),
            // A web server answers 503 here, and the provider sends again; this program has only its list.
            Claimed::Held => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    };
    if count == settings.stall_at {
        println!("stalled {reference} {status}");
        tokio::time::sleep(settings.stall).await;
    }
    let (reference, status) = (reference.to_owned(), status.to_owned());
    let ship = move |transaction: &rusqlite::Transaction<'_>| {
        let row = (reference, status, std::process::id());
        transaction
            .execute("INSERT INTO shipped VALUES (?1, ?2, ?3)", row)
            .map_err(|error| GuardError(error.to_string()))?;
        // Effect and commit stand or fall together.
        let committed = TableGuard::commit_in(transaction, &claim)?;
        Ok((committed, committed == Committed::Yes))
    };
    guard.transaction(ship).await.map(Some)
}

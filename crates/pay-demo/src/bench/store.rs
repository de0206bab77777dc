//! What a journal and a token store add to a call: beside the same call without them, and beside one write that reaches the disk.

use super::Context;
use super::caches::Ours;
use super::machine::thread_cpu_ns;
use super::rounds::{Contender, alternate};
use super::row::{Column, Mark, Measured, Ratio, Row, Side};
use super::scenarios::Cache;
use super::server::{Server, Tokens};
use super::servers::{Postgres, Redis};
use crate::stories::scale::pair;
use pagamio::{Account, Builder, Client, Pacing, Purchase};
use pay_store::{IntentJournal, RedisTokens};
use std::fs::File;
use std::io::{Seek as _, Write as _};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

const PART: &str = "store";
const AT_ONCE: usize = 64;
const FLOOR: &str = "one write to the disk";
/// The bytes of a write of the floor, and how many of them its file holds.
const BLOCK: [u8; 512] = [7; 512];
const BLOCKS: usize = 4096;

/// The servers' file is made for tests, which panic: that ends this part alone.
pub(crate) fn run(context: &Context) -> Result<Measured, String> {
    let quick = context.quick;
    std::thread::spawn(move || measured(quick)).join().map_err(|_| "a server did not start, see above")?
}

fn measured(quick: bool) -> Result<Measured, String> {
    let redis = Redis::start(PART).ok_or("redis-server is not installed")?;
    let postgres = Postgres::start(PART).ok_or("PostgreSQL is not installed")?;
    let folder = tempfile::tempdir().map_err(text)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().map_err(text)?;
    let server = Server::start(Tokens { latency: Duration::ZERO, life: Some(3600) })?;
    let on_sqlite = IntentJournal::sqlite(folder.path().join("intents.db"), pair()).map_err(text)?;
    let on_postgres = runtime.block_on(IntentJournal::postgres(&postgres.database(), pair())).map_err(text)?;
    let tokens = RedisTokens::new(&redis.url(), pair()).map_err(text)?;
    let new = || builder(&server.base_url);
    let build = |builder: Builder| builder.build().map_err(text);
    let clients = [
        ("no journal", build(new())?),
        ("tokens on Redis", build(new().token_store(Arc::new(tokens)))?),
        ("journal on SQLite", build(new().journal(Arc::new(on_sqlite)))?),
        ("journal on PostgreSQL", build(new().journal(Arc::new(on_postgres)))?),
    ];
    for (name, client) in &clients {
        runtime.block_on(client.lease()).map_err(|error| format!("{name}: {error}"))?;
    }
    let mut disk = File::create(folder.path().join("floor")).map_err(text)?;
    disk.write_all(&BLOCK.repeat(BLOCKS)).and_then(|()| disk.sync_all()).map_err(text)?;
    let (rounds, calls) = if quick { (5, 64) } else { (15, 256) };
    let (runtime, mut measured) = (&runtime, Measured::default());
    for (how, in_flight) in [("one by one", 1), ("64 at once, per call", AT_ONCE)] {
        let mut contenders = vec![Contender::new(FLOOR, || us_per_write(&mut disk, calls))];
        contenders.extend(clients.iter().map(|(name, client)| {
            // What is at once is over sooner.
            let calls = if in_flight == 1 { calls } else { calls * 4 };
            Contender::new(name, move || us_per_call(runtime, client, in_flight, calls))
        }));
        let mut sides = alternate(contenders, rounds)?;
        let ours = sides.split_off(2);
        let [floor, plain]: [Side; 2] = sides.try_into().map_err(|_| "a contender is missing")?;
        measured.rows.push(row(how, "us", &plain, &floor, Column::Floor, Mark::Told));
        for side in &ours {
            measured.rows.push(row(how, "us", side, &plain, Column::Peer, Mark::Told));
            if side.name.starts_with("journal") {
                measured.rows.push(row(how, "us", side, &floor, Column::Floor, Mark::Told));
            }
        }
    }
    let alone = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(text)?;
    let leases = clients.iter().map(|(name, client)| {
        let (alone, ours) = (&alone, Ours(client.clone()));
        Contender::new(name, move || ns_per_lease(alone, &ours))
    });
    let sides = alternate(leases.collect(), rounds * 3)?;
    let [plain, others @ ..] = sides.as_slice() else { return Err("nothing was measured".into()) };
    for side in others {
        measured.rows.push(row("fresh lease", "ns", side, plain, Column::Peer, Mark::AtMost(1.05)));
    }
    measured.said.push(format!(
        "{PART}: a purchase at a server on this machine that answers at once, {rounds} rounds in turn; time until the caller has its answer, with two threads for \
         the client; of leases, the thread's processor time. Intents are sealed with AES-256-GCM, and written twice: before the first byte leaves, and after the answer. The floor is {FLOOR}, \
         512 bytes of a file that is long enough already, written and synced. Its file, SQLite's and PostgreSQL's lie where the system keeps temporary files, so on one disk; the servers are as \
         Debian has them, on a machine that has the client too."
    ));
    Ok(measured)
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

fn builder(base_url: &str) -> Builder {
    Client::builder()
        .local(base_url)
        .credentials("user", "password")
        .account(Account::Merchant("M-1".into()))
        .channel("bench")
        .pacing(Pacing::Off)
        .pool_max_idle(AT_ONCE)
}

fn row(how: &str, unit: &'static str, ours: &Side, other: &Side, column: Column, mark: Mark) -> Row {
    let what = format!("{how}, {}", ours.name);
    Row { part: PART, what, unit, ours: ours.clone(), other: other.clone(), column, ratio: Ratio::OursByOther, mark }
}

fn us_per_write(disk: &mut File, writes: usize) -> Result<f64, String> {
    // Over what is there, as a database's log is: a file that grows would be charged for its growth too.
    disk.rewind().map_err(text)?;
    let from = Instant::now();
    for _ in 0..writes.min(BLOCKS) {
        disk.write_all(&BLOCK).and_then(|()| disk.sync_data()).map_err(text)?;
    }
    Ok(from.elapsed().as_nanos() as f64 / writes.min(BLOCKS) as f64 / 1e3)
}

/// Nanoseconds of this thread's processor time per fresh lease: nothing is waited for, so what others do here need not count.
fn ns_per_lease(alone: &Runtime, ours: &Ours) -> Result<f64, String> {
    const LEASES: u32 = 200_000;
    let before = thread_cpu_ns();
    let all_well = alone.block_on(async {
        let mut well = true;
        for _ in 0..LEASES {
            well &= ours.get().await;
        }
        well
    });
    if all_well { Ok((thread_cpu_ns() - before) / f64::from(LEASES)) } else { Err("there is no token".into()) }
}

/// Microseconds of the clock per purchase.
fn us_per_call(runtime: &Runtime, client: &Client, in_flight: usize, calls: usize) -> Result<f64, String> {
    let amount = "50.00".parse::<pagamio::Amount>().map_err(text)?;
    let from = Instant::now();
    let all_well = runtime.block_on(async {
        let mut tasks = JoinSet::new();
        for task in 0..in_flight {
            let client = client.clone();
            tasks.spawn(async move {
                let mut well = true;
                for n in 0..calls / in_flight {
                    let reference = format!("bench-{task}-{n}");
                    let purchase = Purchase::airtime("AIR-VOD-001", amount, "+27821234567").reference(reference);
                    well &= client.purchase(purchase).send().await.is_ok();
                }
                well
            });
        }
        tasks.join_all().await.into_iter().all(|well| well)
    });
    if all_well { Ok(from.elapsed().as_nanos() as f64 / calls as f64 / 1e3) } else { Err("a call failed".into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_with_a_journal_is_written_and_one_that_fails_is_told() {
        let server = Server::start(Tokens { latency: Duration::ZERO, life: Some(3600) }).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let journal = IntentJournal::sqlite(folder.path().join("intents.db"), pair()).unwrap();
        let client = builder(&server.base_url).journal(Arc::new(journal.clone())).build().unwrap();
        let runtime = Runtime::new().unwrap();
        assert!(us_per_call(&runtime, &client, 2, 8).unwrap() > 0.0);
        let entries = runtime.block_on(journal.list(&pay_store::Listing::new())).unwrap();
        assert_eq!(entries.len(), 8);
        assert!(entries.iter().all(|entry| entry.state == pay_core::journal::State::Completed), "{entries:?}");
        let gone = builder("http://127.0.0.1:9/api/v1").build().unwrap();
        assert!(us_per_call(&runtime, &gone, 1, 1).is_err());
    }
}

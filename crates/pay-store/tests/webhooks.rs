//! Each event delivered several times, shuffled, to four processes of which some are killed: one effect each, none lost.
#![cfg(feature = "postgres")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pay_core::webhook::{Claimed, Committed, EventKey, ReplayGuard};
use pay_store::PostgresGuard;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use support::Random;
use support::postgres::Postgres;
use support::process::{Worker, commands, is_worker, say, setting};

const EVENTS: u64 = 200;
const PROCESSES: u64 = 4;
const LEASE: Duration = Duration::from_millis(300);

/// Run by the test below in processes of their own: each command is an event.
#[test]
fn worker() {
    if !is_worker() {
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (guard, mut shop) = runtime.block_on(async {
        let url = setting("DATABASE");
        let (shop, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        (PostgresGuard::open(&url).await.unwrap(), shop)
    });
    for event in commands() {
        let acknowledged = runtime.block_on(handle(&guard, &mut shop, &event));
        say(if acknowledged { "ack" } else { "nack" });
    }
}

/// What the guide says: claim, effect and commit in one transaction, acknowledge what is done.
async fn handle(guard: &PostgresGuard, shop: &mut tokio_postgres::Client, event: &str) -> bool {
    let claim = match guard.claim(&EventKey::new("acme", &[event]), LEASE).await {
        Ok(Claimed::Yes(claim)) => claim,
        Ok(Claimed::Done) => return true,
        Ok(Claimed::Held) | Err(_) => return false,
    };
    let transaction = shop.transaction().await.unwrap();
    transaction.execute("INSERT INTO effects VALUES ($1)", &[&event]).await.unwrap();
    let commit = async |sql: &'static str, event: String, nonce: i64| transaction.execute(sql, &[&event, &nonce]).await;
    match guard.commit_in(&claim, commit).await.unwrap() {
        Committed::Yes => transaction.commit().await.is_ok(),
        Committed::Lost => {
            transaction.rollback().await.unwrap();
            false
        }
    }
}

#[test]
fn one_effect_per_event_and_none_lost() {
    let Some(server) = Postgres::start("webhooks over processes") else { return };
    let url = server.database();
    let database = url.rsplit('/').next().unwrap();
    server.sql(database, "CREATE TABLE effects (event TEXT)").unwrap();

    let mut random = Random(7);
    let mut deliveries: Vec<u64> = (0..EVENTS).flat_map(|event| vec![event; 1 + random.below(5) as usize]).collect();
    for at in (1..deliveries.len()).rev() {
        deliveries.swap(at, random.below(at as u64 + 1) as usize);
    }
    let made = deliveries.len();
    let queue = Arc::new(Mutex::new(deliveries));
    let killed = std::thread::scope(|scope| {
        let lanes: Vec<_> = (0..PROCESSES)
            .map(|lane| {
                let (queue, url) = (Arc::clone(&queue), &url);
                scope.spawn(move || deliver(url, &queue, Random(100 + lane)))
            })
            .collect();
        lanes.into_iter().map(|lane| lane.join().unwrap()).sum::<usize>()
    });
    println!("{EVENTS} events, {made} deliveries, {killed} processes killed");
    assert!(killed >= 10, "some were killed: {killed}");
    let effects = server.sql(database, "SELECT event FROM effects").unwrap();
    let distinct: BTreeSet<_> = effects.lines().collect();
    assert_eq!(effects.lines().count(), EVENTS as usize, "one effect per event");
    assert_eq!(distinct.len(), EVENTS as usize, "and none lost");
}

/// A provider: what is not acknowledged is sent again, later.
fn deliver(url: &str, queue: &Mutex<Vec<u64>>, mut random: Random) -> usize {
    let start = || Worker::start(&[("DATABASE", url)]);
    let (mut worker, mut killed) = (start(), 0);
    let next = || queue.lock().unwrap().pop();
    while let Some(event) = next() {
        worker.tell(&event.to_string());
        let acknowledged = if random.below(12) == 0 {
            std::thread::sleep(Duration::from_micros(random.below(6_000)));
            worker.kill();
            killed += 1;
            worker = start();
            false
        } else {
            worker.answer() == "ack"
        };
        if !acknowledged {
            std::thread::sleep(Duration::from_millis(20));
            queue.lock().unwrap().insert(0, event);
        }
    }
    killed
}

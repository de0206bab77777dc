//! What a journal and a store cost: ratios, measured beside each other and beside the floor of one write to the disk.
//!
//! `cargo test -p pay-store --all-features --release --test cost -- --ignored --nocapture`
#![cfg(all(feature = "sqlite", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pagamio::{Account, Client, Pacing, Transport};
use pay_core::journal::Journal;
use pay_core::script::{Play, Script};
use pay_store::{IntentJournal, RedisTokens};
use std::io::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};
use support::postgres::Postgres;
use support::redis::Redis;
use support::{airtime, sealer};

const CALLS: u32 = 300;
const ROUNDS: usize = 5;

/// A client whose wire answers at once: what is left is what the client itself does.
fn client(journal: Option<IntentJournal>, store: Option<RedisTokens>) -> Client {
    let script = Script::new(|sent| {
        let token = r#"{"successful":true,"data":{"token":"access-1","refreshToken":"refresh-1","expiresIn":1800}}"#;
        let done = r#"{"transactionId":"t","responseCode":"0","responseMessage":"m","successful":true,"receipt":{}}"#;
        Play::answer(200, if sent.path.contains("/auth/") { token } else { done })
    });
    let mut builder = Client::builder()
        .pacing(Pacing::Off)
        .provider_test()
        .transport(Transport::scripted(&script))
        .credentials("shop@example.co.za", "secret")
        .channel("F5YZP7")
        .account(Account::Merchant("M-1001".into()));
    if let Some(journal) = journal {
        builder = builder.journal(Arc::new(journal) as Arc<dyn Journal>);
    }
    if let Some(store) = store {
        builder = builder.token_store(Arc::new(store));
    }
    builder.build().unwrap()
}

async fn one_by_one(client: &Client) -> Duration {
    let start = Instant::now();
    for n in 0..CALLS {
        let _ = client.purchase(airtime(&format!("cost-{n}"))).send().await.unwrap();
    }
    start.elapsed() / CALLS
}

async fn at_once(client: &Client) -> Duration {
    let start = Instant::now();
    let all: Vec<_> = (0..CALLS)
        .map(|n| {
            let client = client.clone();
            tokio::spawn(async move { client.purchase(airtime(&format!("cost-{n}"))).send().await.is_ok() })
        })
        .collect();
    for one in all {
        assert!(one.await.unwrap());
    }
    start.elapsed() / CALLS
}

/// One small write that reaches the disk.
fn floor(folder: &std::path::Path) -> Duration {
    let mut file = std::fs::File::create(folder.join("floor")).unwrap();
    let start = Instant::now();
    for _ in 0..CALLS {
        file.write_all(&[7; 512]).unwrap();
        file.sync_data().unwrap();
    }
    start.elapsed() / CALLS
}

fn middle(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures, and asserts nothing about time"]
async fn ratios() {
    let Some(server) = Postgres::start("cost") else { return };
    let Some(redis) = Redis::start("cost") else { return };
    let folder = tempfile::tempdir().unwrap();
    let sqlite = IntentJournal::sqlite(folder.path().join("intents.db"), sealer()).unwrap();
    let postgres = IntentJournal::postgres(&server.database(), sealer()).await.unwrap();
    let tokens = RedisTokens::new(&redis.url(), sealer()).unwrap();
    let clients = [
        ("no journal", client(None, None)),
        ("tokens on Redis", client(None, Some(tokens))),
        ("journal on SQLite", client(Some(sqlite), None)),
        ("journal on PostgreSQL", client(Some(postgres), None)),
    ];
    let mut single = vec![Vec::new(); clients.len()];
    let mut many = vec![Vec::new(); clients.len()];
    let mut leases = vec![Vec::new(); clients.len()];
    let mut floors = Vec::new();
    for (_, client) in &clients {
        client.lease().await.unwrap();
    }
    for _ in 0..ROUNDS {
        floors.push(floor(folder.path()));
        for (at, (_, client)) in clients.iter().enumerate() {
            single[at].push(one_by_one(client).await);
            many[at].push(at_once(client).await);
            let start = Instant::now();
            for _ in 0..100_000 {
                client.with_authorization(<[u8]>::len).await.unwrap();
            }
            leases[at].push(start.elapsed());
        }
    }
    let floor = middle(floors);
    let (plain, lease) = (middle(single[0].clone()), middle(leases[0].clone()));
    println!("{:<24}{:>16}{:>20}{:>20}{:>16}", "", "one by one", "in writes to disk", "300 at once", "fresh lease");
    for (at, (name, _)) in clients.iter().enumerate() {
        let (one, all) = (middle(single[at].clone()), middle(many[at].clone()));
        println!(
            "{name:<24}{:>15.1}x{:>20.2}{:>20.2}{:>15.2}x",
            one / plain,
            one / floor,
            all / floor,
            middle(leases[at].clone()) / lease
        );
    }
}

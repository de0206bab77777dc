//! Token caches of other libraries under the same scenarios as ours: `cargo xtask bench` asks line by line, one answer each.
//!
//! `lease PEER THREADS MILLISECONDS` → ns per get; `herd PEER TASKS LATENCY`, `failing PEER TASKS LATENCY LIMIT` and
//! `dropped PEER FOLLOWERS LATENCY` → requests, tasks answered, milliseconds until the last answer.

mod azure;
mod google;
#[path = "../../src/bench/scenarios.rs"]
mod scenarios;

use scenarios::{Answered, Cache, Endpoint, all_at_once, leader_is_dropped, ns_per_get};
use std::error::Error;
use std::io::{BufRead, Write};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// As long as such tokens are.
const TOKEN: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJiZW5jaCIsImlhdCI6MTUxNjIzOTAyMn0.c2lnbmF0dXJlLW9mLTMyLWJ5dGVzLWJhc2U2NC1lbmNvZGVk";

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> Result<()> {
    for line in std::io::stdin().lock().lines() {
        let answer = match answer(&line?) {
            Ok(answer) => format!("ok {answer}"),
            Err(error) => format!("error {}", error.to_string().replace('\n', " ")),
        };
        let mut out = std::io::stdout().lock();
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

fn answer(line: &str) -> Result<String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let [what, peer, numbers @ ..] = words.as_slice() else { return Err("what, and of whom?".into()) };
    let numbers: Vec<u64> = numbers.iter().map(|number| number.parse()).collect::<std::result::Result<_, _>>()?;
    match *peer {
        "azure" => run(what, &numbers, |endpoint| azure::Azure::new(endpoint)),
        "google" => run(what, &numbers, |endpoint| google::Google::new(endpoint)),
        _ => Err("there are azure and google".into()),
    }
}

/// Makes a cache beside an endpoint.
fn run<C: Cache>(what: &str, numbers: &[u64], make: impl Fn(Arc<Endpoint>) -> Result<C>) -> Result<String> {
    let ms = Duration::from_millis;
    // Three workers, as a small server has; the caches live on this runtime, also while another asks.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(3).enable_all().build()?;
    let _inside = runtime.enter();
    let warm = |cache: &C| runtime.block_on(cache.get());
    match (what, numbers) {
        ("lease", &[threads, time]) => {
            let cache = make(Endpoint::new(ms(1), Some(Duration::from_secs(3600))))?;
            if !warm(&cache) {
                return Err("no token".into());
            }
            Ok(ns_per_get(&cache, threads as usize, ms(time))?.to_string())
        }
        ("herd", &[tasks, latency]) => {
            let endpoint = Endpoint::new(ms(latency), Some(Duration::from_secs(1)));
            let cache = make(Arc::clone(&endpoint))?;
            warm(&cache);
            std::thread::sleep(ms(1_100));
            let before = endpoint.requests.load(Ordering::Relaxed);
            let answered = runtime.block_on(all_at_once(&cache, tasks as usize, Duration::from_secs(30)));
            Ok(told(&endpoint, before, answered))
        }
        ("failing", &[tasks, latency, limit]) => {
            let endpoint = Endpoint::new(ms(latency), None);
            let cache = make(Arc::clone(&endpoint))?;
            let answered = runtime.block_on(all_at_once(&cache, tasks as usize, ms(limit)));
            Ok(told(&endpoint, 0, answered))
        }
        ("dropped", &[followers, latency]) => {
            let endpoint = Endpoint::new(ms(latency), Some(Duration::from_secs(3600)));
            let cache = make(Arc::clone(&endpoint))?;
            let answered = runtime.block_on(leader_is_dropped(&cache, followers as usize, ms(latency) / 2));
            Ok(told(&endpoint, 0, answered))
        }
        _ => Err("not a scenario, or not its numbers".into()),
    }
}

fn told(endpoint: &Endpoint, before: usize, answered: Answered) -> String {
    let requests = endpoint.requests.load(Ordering::Relaxed) - before;
    format!("{requests} {} {}", answered.tasks, answered.last_ms)
}

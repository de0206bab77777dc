//! Many tasks and no token: how often the endpoint is asked, and when the last task has its answer.

use super::Context;
use super::caches::{Mutex, Ours};
use super::row::{Column, Mark, Measured, Ratio, Row, Side};
use super::scenarios::{Answered, Cache, Endpoint, all_at_once, leader_is_dropped};
use super::server::{Server, Tokens};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::runtime::Runtime;

const PART: &str = "no token";
/// How long a failing endpoint is waited for before the rest is given up.
const LIMIT: Duration = Duration::from_secs(8);

/// What is done.
#[derive(Debug, Clone, Copy)]
enum Scenario {
    Expired,
    Failing,
    Dropped,
}

/// Requests made, tasks answered, milliseconds until the last answer.
type Figures = [f64; 3];

pub(crate) fn run(context: &Context) -> Result<Measured, String> {
    let mut measured = Measured::default();
    let mut peers = context.peers();
    if let Err(why) = &peers {
        measured.not_run.push(format!("{PART}: azure_identity: {why}"));
    }
    let rounds = if context.quick { 1 } else { 5 };
    let mut cases = vec![(Scenario::Expired, 1_000), (Scenario::Expired, 10_000), (Scenario::Failing, 100)];
    if !context.quick {
        cases.push((Scenario::Failing, 1_000));
    }
    cases.push((Scenario::Dropped, 100));
    for (scenario, tasks) in cases {
        let rounds = if tasks == 1_000 && matches!(scenario, Scenario::Failing) { 1 } else { rounds };
        let latency = Duration::from_millis(50);
        let mut all: [Vec<Figures>; 3] = [vec![], vec![], vec![]];
        for _ in 0..rounds {
            all[0].push(ours(scenario, tasks, latency)?);
            all[1].push(mutex(scenario, tasks, latency)?);
            if let Ok(peers) = &mut peers {
                let figures = peers.ask(&asked(scenario, tasks, latency))?;
                all[2].push(figures.try_into().map_err(|_| "azure_identity: not three figures")?);
            }
        }
        let [ours, mutex, azure] = all;
        for (name, other) in [("tokio Mutex", mutex), ("azure_identity", azure)] {
            if !other.is_empty() {
                measured.rows.extend(rows(scenario, tasks, name, &ours, &other));
            }
        }
    }
    measured.said.push(format!(
        "{PART}: the endpoint takes 50 ms. Expired: its first token lives 1 s, then all tasks ask at once. Failing: it answers 401; after {} s the \
         rest of the tasks is given up. Dropped: the first task is aborted half-way while 100 others wait; times count from the others' start. \
         Ours asks over HTTP on this machine, the others in their own process.",
        LIMIT.as_secs()
    ));
    Ok(measured)
}

fn rows(scenario: Scenario, tasks: usize, name: &str, ours: &[Figures], other: &[Figures]) -> Vec<Row> {
    let what = match scenario {
        Scenario::Expired => format!("{tasks} tasks, expired"),
        Scenario::Failing => format!("{tasks} tasks, endpoint fails"),
        Scenario::Dropped => format!("first of {tasks} dropped"),
    };
    let row = |figure: &str, at: usize, unit, ratio, mark| {
        let side = |name: &str, all: &[Figures]| Side::new(name, all.iter().map(|figures| figures[at]).collect());
        let (ours, other) = (side("ours", ours), side(name, other));
        Row { part: PART, what: format!("{what}: {figure}"), unit, ours, other, column: Column::Peer, ratio, mark }
    };
    let mut rows = vec![
        row("requests", 0, "", Ratio::OtherByOurs, Mark::Told),
        row("last answer", 2, "ms", Ratio::OtherByOurs, Mark::Told),
    ];
    if other.iter().chain(ours).any(|figures| figures[1] < tasks as f64) {
        rows.push(row("answered in time", 1, "", Ratio::OursByOther, Mark::Told));
    }
    rows
}

fn asked(scenario: Scenario, tasks: usize, latency: Duration) -> String {
    let latency = latency.as_millis();
    match scenario {
        Scenario::Expired => format!("herd azure {tasks} {latency}"),
        Scenario::Failing => format!("failing azure {tasks} {latency} {}", LIMIT.as_millis()),
        Scenario::Dropped => format!("dropped azure {tasks} {latency}"),
    }
}

fn ours(scenario: Scenario, tasks: usize, latency: Duration) -> Result<Figures, String> {
    let life = match scenario {
        Scenario::Expired => Some(1),
        Scenario::Failing => None,
        Scenario::Dropped => Some(3600),
    };
    let server = Server::start(Tokens { latency, life })?;
    let cache = Ours::new(&server.base_url)?;
    play(scenario, tasks, latency, &cache, || server.token_calls())
}

fn mutex(scenario: Scenario, tasks: usize, latency: Duration) -> Result<Figures, String> {
    let life = match scenario {
        Scenario::Expired => Some(Duration::from_secs(1)),
        Scenario::Failing => None,
        Scenario::Dropped => Some(Duration::from_secs(3600)),
    };
    let endpoint = Endpoint::new(latency, life);
    let cache = Mutex::new(Arc::clone(&endpoint));
    play(scenario, tasks, latency, &cache, || endpoint.requests.load(Ordering::Relaxed))
}

fn play(
    scenario: Scenario,
    tasks: usize,
    latency: Duration,
    cache: &impl Cache,
    requests: impl Fn() -> usize,
) -> Result<Figures, String> {
    let runtime: Runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(3)
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    let mut before = 0;
    let answered: Answered = runtime.block_on(async {
        match scenario {
            Scenario::Expired => {
                cache.get().await;
                tokio::time::sleep(Duration::from_millis(1_100)).await;
                before = requests();
                all_at_once(cache, tasks, Duration::from_secs(30)).await
            }
            Scenario::Failing => all_at_once(cache, tasks, LIMIT).await,
            Scenario::Dropped => leader_is_dropped(cache, tasks, latency / 2).await,
        }
    });
    runtime.shutdown_background();
    Ok([(requests() - before) as f64, answered.tasks as f64, answered.last_ms])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_request_for_many_tasks_and_one_for_a_dropped_first() {
        let latency = Duration::from_millis(20);
        for scenario in [Scenario::Expired, Scenario::Failing, Scenario::Dropped] {
            let [requests, answered, _] = ours(scenario, 50, latency).unwrap();
            assert_eq!((requests, answered), (1.0, 50.0), "{scenario:?}");
        }
        let [requests, answered, _] = mutex(Scenario::Failing, 5, latency).unwrap();
        assert_eq!((requests, answered), (5.0, 5.0), "a failure is not shared by a Mutex");
        assert_eq!(mutex(Scenario::Dropped, 5, latency).unwrap()[0], 2.0);
    }
}

//! What is done to a token cache, the same for every library: this file is compiled into the peers' program too.

use std::future::Future;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

/// A cache of tokens that many tasks share. `false`: it gave an error.
pub(crate) trait Cache: Clone + Send + Sync + 'static {
    /// Asks for a token.
    fn get(&self) -> impl Future<Output = bool> + Send;
}

/// What became of many tasks that asked at the same moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Answered {
    /// How many had an answer, good or bad, before the limit.
    pub(crate) tasks: usize,
    /// When the last of them had it, in milliseconds.
    pub(crate) last_ms: f64,
}

/// Nanoseconds per get as each of `threads` tasks sees it, all of them asking for `time`.
pub(crate) fn ns_per_get<C: Cache>(cache: &C, threads: usize, time: Duration) -> std::io::Result<f64> {
    let runtime = match threads {
        1 => tokio::runtime::Builder::new_current_thread().enable_all().build()?,
        _ => tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build()?,
    };
    let start = Arc::new(Barrier::new(threads));
    let nanoseconds = runtime.block_on(async {
        let mut tasks = JoinSet::new();
        for _ in 0..threads {
            let (cache, start) = (cache.clone(), Arc::clone(&start));
            tasks.spawn(async move {
                start.wait().await;
                let (from, mut gets) = (Instant::now(), 0_u32);
                while from.elapsed() < time {
                    // The clock of this loop is read seldom, so that it does not count.
                    for _ in 0..512 {
                        black_box(cache.get().await);
                    }
                    gets += 512;
                }
                from.elapsed().as_nanos() as f64 / f64::from(gets)
            });
        }
        tasks.join_all().await
    });
    Ok(nanoseconds.iter().sum::<f64>() / threads as f64)
}

/// All tasks are parked, and then ask at once; those without an answer after `limit` are given up.
pub(crate) async fn all_at_once<C: Cache>(cache: &C, tasks: usize, limit: Duration) -> Answered {
    let start = Arc::new(Barrier::new(tasks + 1));
    let mut running = JoinSet::new();
    for _ in 0..tasks {
        let (cache, start) = (cache.clone(), Arc::clone(&start));
        running.spawn(async move {
            start.wait().await;
            black_box(cache.get().await);
            Instant::now()
        });
    }
    start.wait().await;
    let from = Instant::now();
    let mut answered = Answered { tasks: 0, last_ms: 0.0 };
    while let Ok(Some(at)) = tokio::time::timeout_at((from + limit).into(), running.join_next()).await {
        if let Ok(at) = at {
            answered.tasks += 1;
            answered.last_ms = answered.last_ms.max(at.saturating_duration_since(from).as_secs_f64() * 1e3);
        }
    }
    answered
}

/// One task asks, `followers` ask while it waits, and it is dropped at `drop_after`.
pub(crate) async fn leader_is_dropped<C: Cache>(cache: &C, followers: usize, drop_after: Duration) -> Answered {
    let leader = tokio::spawn({
        let cache = cache.clone();
        async move { cache.get().await }
    });
    tokio::time::sleep(drop_after / 5).await;
    let waiting = tokio::spawn({
        let cache = cache.clone();
        async move { all_at_once(&cache, followers, Duration::from_secs(30)).await }
    });
    tokio::time::sleep(drop_after - drop_after / 5).await;
    leader.abort();
    waiting.await.unwrap_or(Answered { tasks: 0, last_ms: 0.0 })
}

/// A token endpoint without a network: it takes its time, counts, and says yes or no.
#[derive(Debug)]
pub(crate) struct Endpoint {
    /// Requests so far.
    pub(crate) requests: AtomicUsize,
    latency: Duration,
    /// How long its first token lives, and all others an hour; `None`: it refuses.
    life: Option<Duration>,
}

impl Endpoint {
    pub(crate) fn new(latency: Duration, life: Option<Duration>) -> Arc<Self> {
        Arc::new(Self { requests: AtomicUsize::new(0), latency, life })
    }

    /// One request: a token's life, or a refusal.
    pub(crate) async fn ask(&self) -> Option<Duration> {
        let before = self.requests.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(self.latency).await;
        self.life.map(|first| if before == 0 { first } else { Duration::from_secs(3600) })
    }
}

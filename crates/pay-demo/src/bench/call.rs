//! A whole call, authenticated and typed, against the same call written by hand on the same HTTP library.

use super::Context;
use super::caches::Ours;
use super::machine::thread_cpu_ns;
use super::rounds::{Contender, alternate};
use super::row::{Column, Mark, Measured, Ratio, Row, Side};
use super::server::{Server, TOKEN, Tokens};
use pagamio::Category;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderValue};
use std::future::Future;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

const PART: &str = "typed call";

/// The careful hand: URL parsed once, header made once, the same timeouts, answers read into the same type.
#[derive(Clone)]
pub(crate) struct ByHand {
    client: reqwest::Client,
    url: reqwest::Url,
    authorization: HeaderValue,
}

impl ByHand {
    pub(crate) fn new(base_url: &str) -> Result<Self, String> {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .retry(reqwest::retry::never())
            .no_proxy()
            .connect_timeout(Duration::from_secs(10))
            .pool_idle_timeout(Duration::from_secs(20))
            .pool_max_idle_per_host(32)
            .user_agent(concat!("pagamio-rust/", env!("CARGO_PKG_VERSION")))
            .build();
        let url = reqwest::Url::parse(&format!("{base_url}/products/categories"));
        Ok(Self {
            client: client.map_err(|error| error.to_string())?,
            url: url.map_err(|error| error.to_string())?,
            authorization: HeaderValue::from_str(&format!("Bearer {TOKEN}")).map_err(|error| error.to_string())?,
        })
    }

    async fn categories(&self) -> reqwest::Result<Vec<Category>> {
        let request = self
            .client
            .get(self.url.clone())
            .header(AUTHORIZATION, self.authorization.clone())
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .timeout(Duration::from_secs(25));
        request.send().await?.error_for_status()?.json().await
    }
}

pub(crate) fn run(context: &Context) -> Result<Measured, String> {
    let mut measured = Measured::default();
    let server = Server::start(Tokens { latency: Duration::ZERO, life: Some(3600) })?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    let ours = Ours::new(&server.base_url)?.0;
    let by_hand = ByHand::new(&server.base_url)?;
    let rounds = if context.quick { 15 } else { 41 };
    for (in_flight, calls) in [(64, 4_096), (1, 1_024)] {
        let contenders = vec![
            Contender::new("reqwest by hand", || by_hand_cpu(&runtime, &by_hand, in_flight, calls)),
            Contender::new("ours", || {
                let ours = ours.clone();
                cpu_per_call(&runtime, in_flight, calls, move || {
                    let ours = ours.clone();
                    async move { ours.categories().send().await.is_ok_and(|list| list.len() == 1) }
                })
            }),
        ];
        let [other, ours]: [Side; 2] = alternate(contenders, rounds)?.try_into().map_err(|_| "two were measured")?;
        measured.rows.push(Row {
            part: PART,
            what: if in_flight == 1 { "one at a time: CPU".into() } else { format!("{in_flight} in flight: CPU") },
            unit: "us",
            ours,
            other,
            column: Column::Peer,
            ratio: Ratio::OursByOther,
            mark: Mark::AtMost(1.05),
        });
    }
    measured.said.push(format!(
        "{PART}: GET of Pagamio's categories, one of {} bytes, into the same type; processor time of the client's one thread per call, {rounds} \
         rounds in turn. The other side is reqwest with the same features, timeouts and pool, a parsed URL and a prepared header; it neither \
         refreshes tokens nor judges answers nor repeats. The server is another thread whose time is not counted.",
        super::server::CATEGORIES.len()
    ));
    Ok(measured)
}

/// The same for calls by hand.
pub(crate) fn by_hand_cpu(runtime: &Runtime, by_hand: &ByHand, in_flight: usize, calls: usize) -> Result<f64, String> {
    let by_hand = by_hand.clone();
    cpu_per_call(runtime, in_flight, calls, move || {
        let by_hand = by_hand.clone();
        async move { by_hand.categories().await.is_ok_and(|list| list.len() == 1) }
    })
}

/// Microseconds of this thread's processor time per call.
pub(crate) fn cpu_per_call<F: Future<Output = bool> + Send + 'static>(
    runtime: &Runtime,
    in_flight: usize,
    calls: usize,
    call: impl Fn() -> F + Clone + Send + 'static,
) -> Result<f64, String> {
    let before = thread_cpu_ns();
    let all_well = runtime.block_on(async {
        let mut tasks = JoinSet::new();
        for _ in 0..in_flight {
            let call = call.clone();
            tasks.spawn(async move {
                let mut well = true;
                for _ in 0..calls / in_flight {
                    well &= call().await;
                }
                well
            });
        }
        tasks.join_all().await.into_iter().all(|well| well)
    });
    if all_well { Ok((thread_cpu_ns() - before) / calls as f64 / 1e3) } else { Err("a call failed".into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_make_the_same_call() {
        let server = Server::start(Tokens { latency: Duration::ZERO, life: Some(3600) }).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let ours = Ours::new(&server.base_url).unwrap().0;
        let by_hand = ByHand::new(&server.base_url).unwrap();
        runtime.block_on(async {
            assert_eq!(ours.categories().send().await.unwrap(), by_hand.categories().await.unwrap());
        });
        assert!(cpu_per_call(&runtime, 2, 8, || async { true }).is_ok());
        assert!(cpu_per_call(&runtime, 2, 8, || async { false }).is_err());
    }
}

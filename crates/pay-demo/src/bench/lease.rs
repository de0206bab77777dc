//! A token that is fresh: what asking for it costs, alone and with others.

use super::Context;
use super::caches::{Clock, Floor, Mutex, Ours, OursCloned};
use super::peers::Peers;
use super::rounds::{Contender, alternate};
use super::row::{Column, Mark, Measured, Ratio, Row, Side};
use super::scenarios::{Cache, Endpoint, ns_per_get};
use super::server::{Server, Tokens};
use std::cell::RefCell;
use std::time::Duration;

const PART: &str = "fresh lease";

pub(crate) fn run(context: &Context) -> Result<Measured, String> {
    let mut measured = Measured::default();
    let server = Server::start(Tokens { latency: Duration::ZERO, life: Some(3600) })?;
    let time = Duration::from_millis(if context.quick { 30 } else { 60 });
    let rounds = if context.quick { 9 } else { 25 };
    let ours = Ours::new(&server.base_url)?;
    let mutex = Mutex::new(Endpoint::new(Duration::ZERO, Some(Duration::from_secs(3600))));
    for cache in [block_on(&ours)?, block_on(&mutex)?] {
        if !cache {
            return Err("there is no token".into());
        }
    }
    let peers = match context.peers() {
        Ok(peers) => Some(RefCell::new(peers)),
        Err(why) => {
            measured.not_run.push(format!("{PART}: google-cloud-auth and azure_identity: {why}"));
            None
        }
    };
    let mut alone = None;
    for threads in [1, 4] {
        let mut contenders = vec![
            contender("arc-swap load and one clock", Floor::new(), threads, time),
            contender("ours", ours.clone(), threads, time),
            contender("ours, `lease()`", OursCloned(ours.0.clone()), threads, time),
            contender("tokio Mutex and String", mutex.clone(), threads, time),
            contender("the clock alone", Clock, threads, time),
        ];
        if let Some(peers) = &peers {
            contenders.push(peer("azure_identity", "azure", peers, threads, time));
            contenders.push(peer("google-cloud-auth", "google", peers, threads, time));
        }
        let mut sides = alternate(contenders, rounds)?.into_iter();
        let (Some(floor), Some(ours), Some(cloned), Some(mutex), Some(clock)) =
            (sides.next(), sides.next(), sides.next(), sides.next(), sides.next())
        else {
            return Err("a contender is missing".into());
        };
        let name = if threads == 1 { "1 thread".to_owned() } else { format!("{threads} threads") };
        let row = |what: &str, ours: &Side, other: Side, column, ratio, mark| Row {
            part: PART,
            what: format!("{name}{what}"),
            unit: "ns",
            ours: ours.clone(),
            other,
            column,
            ratio,
            mark,
        };
        let cost = |what, ours: &Side, other: &Side, mark| {
            row(what, ours, other.clone(), Column::Floor, Ratio::OursByOther, mark)
        };
        measured.rows.push(cost("", &ours, &floor, Mark::AtMost(1.3)));
        measured.rows.push(cost(" against the clock alone", &ours, &clock, Mark::Told));
        measured.rows.push(cost(", as a value (`lease()`)", &cloned, &floor, Mark::Told));
        if let Some(alone) = &alone {
            measured.rows.push(cost(" against ours on 1", &ours, alone, Mark::Told));
        }
        let least = if threads == 1 { 5.0 } else { 15.0 };
        measured.rows.push(row("", &ours, mutex, Column::Peer, Ratio::OtherByOurs, Mark::AtLeast(least)));
        for other in sides {
            measured.rows.push(row("", &ours, other, Column::Peer, Ratio::OtherByOurs, Mark::Told));
        }
        alone.get_or_insert(ours);
    }
    measured.said.push(format!(
        "{PART}: ns per get of one fresh token as each task sees it; {rounds} rounds of {} ms each, in turn. \
         `with_authorization` shows the header where it lies. The Mutex checks the expiry and clones the String, as callers need it. \
         The peers run in a program of their own, in the same turns.",
        time.as_millis()
    ));
    Ok(measured)
}

fn contender<C: Cache>(name: &str, cache: C, threads: usize, time: Duration) -> Contender<'_> {
    Contender::new(name, move || ns_per_get(&cache, threads, time).map_err(|error| error.to_string()))
}

fn peer<'a>(name: &'a str, short: &'a str, peers: &'a RefCell<Peers>, threads: usize, time: Duration) -> Contender<'a> {
    Contender::new(name, move || {
        let figures = peers.borrow_mut().ask(&format!("lease {short} {threads} {}", time.as_millis()))?;
        figures.first().copied().ok_or_else(|| "no figure".into())
    })
}

fn block_on(cache: &impl Cache) -> Result<bool, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    Ok(runtime.map_err(|error| error.to_string())?.block_on(cache.get()))
}

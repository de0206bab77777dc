//! The guard on a unique-key table: every rule of the suite, and two processes on one database file.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, dead_code)]

mod common;
#[path = "../examples/unique_key_guard/guard.rs"]
mod guard;

use guard::TableGuard;
use pay_core::webhook::conformance::replay_guard;
use rusqlite::Connection;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

#[tokio::test]
async fn it_keeps_every_rule() {
    let folder = tempfile::tempdir().unwrap();
    let guard = TableGuard::open(&folder.path().join("events.db")).unwrap();
    replay_guard(&guard, tokio::time::sleep).await.unwrap();
}

struct World {
    folder: tempfile::TempDir,
}

const PAYMENTS: usize = 60;
const STATUSES: [&str; 3] = ["PENDING", "SUCCESSFUL", "REFUND"];

impl World {
    fn new() -> Self {
        let world = Self { folder: tempfile::tempdir().unwrap() };
        world.list("first", 1);
        world.list("second", 2);
        world
    }

    /// Each event one to five times, in an order of its own.
    fn list(&self, name: &str, seed: u64) {
        let mut dice = fastrand::Rng::with_seed(seed);
        let mut lines = Vec::new();
        for payment in 0..PAYMENTS {
            for status in STATUSES {
                lines.extend((0..dice.usize(1..=5)).map(|_| format!("C-{payment}-P {status}\n")));
            }
        }
        dice.shuffle(&mut lines);
        std::fs::write(self.folder.path().join(name), lines.concat()).unwrap();
    }

    fn start(&self, list: &str, settings: &[(&str, &str)]) -> Child {
        Command::new(common::example("pay-demo", "unique_key_guard"))
            .args([self.folder.path().join("events.db"), self.folder.path().join(list)])
            .env("LEASE_MS", "1000")
            .envs(settings.iter().copied())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// How often each event was shipped, and by which processes.
    fn shipped(&self) -> (BTreeMap<String, usize>, BTreeMap<u32, usize>) {
        let connection = Connection::open(self.folder.path().join("events.db")).unwrap();
        let mut rows = connection.prepare("SELECT reference || ' ' || status, process FROM shipped").unwrap();
        let rows = rows.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, u32>(1)?))).unwrap();
        let (mut events, mut processes) = (BTreeMap::new(), BTreeMap::new());
        for row in rows {
            let (event, process) = row.unwrap();
            *events.entry(event).or_default() += 1;
            *processes.entry(process).or_default() += 1;
        }
        (events, processes)
    }
}

fn lines(child: &mut Child) -> impl Iterator<Item = String> + use<> {
    BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap)
}

fn each_once(events: &BTreeMap<String, usize>) {
    assert_eq!(events.len(), PAYMENTS * STATUSES.len(), "none is lost");
    let often: Vec<_> = events.iter().filter(|(_, count)| **count != 1).collect();
    assert!(often.is_empty(), "shipped more than once: {often:?}");
}

#[test]
fn one_process_is_killed_between_claim_and_effect() {
    let world = World::new();
    let mut killed = world.start("first", &[("STALL_AT", "20"), ("STALL_MS", "600000")]);
    let stalled = lines(&mut killed).next().unwrap();
    let event = stalled.strip_prefix("stalled ").unwrap().to_owned();
    let mut other = world.start("second", &[]);
    killed.kill().unwrap();
    killed.wait().unwrap();
    assert!(!world.shipped().0.contains_key(&event), "claimed, and not shipped");
    assert!(other.wait().unwrap().success());
    let (events, processes) = world.shipped();
    each_once(&events);
    assert_eq!(processes[&killed.id()], 19, "before it was killed");
    assert_eq!(processes[&other.id()], PAYMENTS * STATUSES.len() - 19);
}

#[test]
fn one_process_stalls_until_its_claim_has_ended() {
    let world = World::new();
    let mut slow = world.start("first", &[("STALL_AT", "5"), ("STALL_MS", "4000")]);
    let mut said = lines(&mut slow);
    assert!(said.next().unwrap().starts_with("stalled "));
    let mut fast = world.start("second", &[]);
    assert!(fast.wait().unwrap().success() && slow.wait().unwrap().success());
    each_once(&world.shipped().0);
    assert!(!said.next().unwrap().ends_with("too late for 0"), "its effect was rolled back");
}

#[test]
fn two_processes_at_once() {
    let world = World::new();
    let mut both = [world.start("first", &[]), world.start("second", &[])];
    for process in &mut both {
        assert!(process.wait().unwrap().success());
    }
    each_once(&world.shipped().0);
}

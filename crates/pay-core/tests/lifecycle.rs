//! Walks the scenarios of `lifecycle.toml`: the rules of the token lifecycle, with exact counts, on paused time.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pay_core::provider::{Access, Credentials, Engine, Operation};
use pay_core::{Error, Outcome};
use serde::Deserialize;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;
use support::provider::{Acme, CHARGE, READ, call};
use support::server::{Endpoint, Server, token_of};
use support::{Vault, Wall, access_of, engine_of, millis, secs, settings};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    scenario: Vec<Scenario>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Scenario {
    name: String,
    ttl: Option<u64>,
    max_age: Option<u64>,
    refresh_tokens: bool,
    keeps_refresh_token: bool,
    operation: String,
    jitter: u32,
    random_jitter: bool,
    rounds: usize,
    steps: Vec<Step>,
}

impl Default for Scenario {
    fn default() -> Self {
        Self {
            name: String::new(),
            ttl: None,
            max_age: None,
            refresh_tokens: false,
            keeps_refresh_token: false,
            operation: "read".to_owned(),
            jitter: 0,
            random_jitter: false,
            rounds: 1,
            steps: Vec::new(),
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Step {
    at: u64,
    ms: u64,
    set: Set,
    account: Option<String>,
    calls: usize,
    times: Option<usize>,
    every: u64,
    hold: bool,
    join: bool,
    ok: usize,
    failed: Failed,
    took: Option<u64>,
    login: usize,
    refresh: usize,
    api: usize,
    tokens: Option<BTreeSet<String>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Set {
    login: Option<Endpoint>,
    refresh: Option<Endpoint>,
    retry_after: Option<String>,
    refuse: Vec<String>,
    refuses_all: bool,
    api_latency_ms: Option<u64>,
    wall_jump: i64,
    /// The secret changes at the source and at the server.
    rotate: Option<Secret>,
    /// It changes so when the next token request has arrived: after the source was read for it.
    rotate_on_arrival: Option<Secret>,
    /// It changes at the server alone: the client's is now wrong.
    rotate_server: Option<Secret>,
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
struct Secret {
    account: String,
    secret: String,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Failed {
    count: usize,
    kind: String,
    retry_after_ms: Option<u64>,
}

type Ended = (Result<(), Error>, Duration);

struct World {
    server: Server,
    engine: Engine,
    wall: Wall,
    accounts: HashMap<String, (Vault, Access)>,
    operation: &'static Operation,
    held: JoinSet<Ended>,
}

impl World {
    fn new(scenario: &Scenario) -> Self {
        let server = Server::new();
        server.set(|s| {
            s.ttl = scenario.ttl;
            s.gives_refresh_tokens = scenario.refresh_tokens;
            s.keeps_refresh_tokens = scenario.keeps_refresh_token;
        });
        let wall = Wall::new();
        let mut settings = settings(&server);
        if scenario.random_jitter {
            settings = pay_core::provider::Settings::default();
            settings.transport = Some(pay_core::Transport::scripted(&server.script));
        } else {
            settings.set_fixed_jitter(scenario.jitter);
        }
        let clock = wall.clone();
        settings.set_wall_clock(move || clock.now());
        let acme = Acme { unknown_lifetime: scenario.max_age.map(secs), ..Acme::default() };
        let engine = engine_of(acme, settings);
        let account = |id: &str| {
            let vault = Vault::new(id, &format!("{id}-secret"));
            (id.to_owned(), (vault.clone(), access_of(&engine, vault)))
        };
        let accounts = ["a", "b"].into_iter().map(account).collect();
        let operation = match scenario.operation.as_str() {
            "read" => &READ,
            "charge" => &CHARGE,
            other => panic!("no operation {other}"),
        };
        Self { server, engine, wall, accounts, operation, held: JoinSet::new() }
    }

    fn change(&self, set: &Set) {
        self.wall.jump(set.wall_jump);
        let vault = |account: &str| self.accounts[account].0.clone();
        if let Some(new) = &set.rotate {
            vault(&new.account).rotate(Credentials::new(new.account.clone(), new.secret.clone()));
        }
        self.server.set(|s| {
            s.login = set.login.unwrap_or(s.login);
            s.refresh = set.refresh.unwrap_or(s.refresh);
            s.retry_after = set.retry_after.as_deref().map(|wait| match wait {
                "DATE" => httpdate::fmt_http_date(Wall::start() + secs(40)),
                other => other.to_owned(),
            });
            s.refused.extend(set.refuse.iter().cloned());
            s.refuses_all |= set.refuses_all;
            s.api_latency = set.api_latency_ms.map_or(s.api_latency, millis);
            for new in set.rotate.iter().chain(&set.rotate_server) {
                s.secrets.insert(new.account.clone(), new.secret.clone());
            }
            if let Some(new) = set.rotate_on_arrival.clone() {
                let vault = vault(&new.account);
                s.on_token_request = Some(Arc::new(move |s| {
                    vault.rotate(Credentials::new(new.account.clone(), new.secret.clone()));
                    s.secrets.insert(new.account.clone(), new.secret.clone());
                }));
            }
        });
    }

    async fn step(&mut self, start: Instant, step: &Step) -> Result<(), String> {
        let (logins, refreshes, api) = (self.server.logins(), self.server.refreshes(), self.server.api().len());
        let mut ended = Vec::new();
        for time in 0..step.times.unwrap_or(1) {
            sleep_until(start + secs(step.at + step.every * time as u64) + millis(step.ms)).await;
            if time == 0 {
                self.change(&step.set);
            }
            let id = step.account.as_deref().unwrap_or("a");
            let access = &self.accounts[id].1;
            let mut set = JoinSet::new();
            let set = if step.hold { &mut self.held } else { &mut set };
            for _ in 0..step.calls {
                let call = call(&self.engine, access, self.operation, id);
                set.spawn(async move {
                    let start = Instant::now();
                    let result = call.send().await.map(drop);
                    (result, start.elapsed())
                });
            }
            if !step.hold {
                ended.extend(std::mem::take(set).join_all().await);
            }
        }
        if step.join {
            ended.extend(std::mem::take(&mut self.held).join_all().await);
        }
        // What was started in the background is sent now.
        sleep(millis(1)).await;

        check("log-ins", self.server.logins() - logins, step.login)?;
        check("refreshes", self.server.refreshes() - refreshes, step.refresh)?;
        let sent = self.server.api().split_off(api);
        check("API requests", sent.len(), step.api)?;
        check("calls that ended well", ended.iter().filter(|(result, _)| result.is_ok()).count(), step.ok)?;
        if let Some(tokens) = &step.tokens {
            check("tokens", sent.iter().map(|sent| token_of(sent).to_owned()).collect(), tokens.clone())?;
        }
        for sent in &sent {
            let owner = if sent.body.is_empty() { sent.path.ends_with("/a") } else { sent.text().contains(r#""a""#) };
            check("whose token", token_of(sent).starts_with("a-"), owner)?;
        }
        let errors: Vec<_> = ended.iter().filter_map(|(result, _)| result.as_ref().err()).collect();
        check("failed calls", errors.len(), step.failed.count)?;
        for error in errors {
            check("kind", format!("{:?}", error.kind()), step.failed.kind.clone())?;
            check("outcome", error.outcome(), Outcome::NotDone)?;
            if let Some(wait) = step.failed.retry_after_ms {
                check("retry_after", error.retry_after(), Some(millis(wait)))?;
            }
        }
        if let Some(took) = step.took {
            ended.iter().try_for_each(|(_, time)| check("time", *time, millis(took)))?;
        }
        Ok(())
    }
}

fn check<T: PartialEq + std::fmt::Debug>(what: &str, found: T, expected: T) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("{what}: {found:?} instead of {expected:?}")) }
}

fn scenarios() -> Vec<Scenario> {
    toml::from_str::<File>(include_str!("lifecycle.toml")).unwrap().scenario
}

#[test]
fn every_scenario_of_the_file() {
    let mut broken = Vec::new();
    for scenario in scenarios() {
        for _ in 0..scenario.rounds {
            // A runtime of its own: the paused clocks of two scenarios have nothing in common.
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
            let result = runtime.block_on(async {
                let mut world = World::new(&scenario);
                let start = Instant::now();
                for (number, step) in scenario.steps.iter().enumerate() {
                    let at = (step.at, step.ms, number + 1);
                    world
                        .step(start, step)
                        .await
                        .map_err(|e| format!("step {} at {} s {} ms: {e}", at.2, at.0, at.1))?;
                }
                Ok::<_, String>(())
            });
            if let Err(error) = result {
                broken.push(format!("{:?}, {error}", scenario.name));
                break;
            }
        }
    }
    assert!(broken.is_empty(), "{} scenarios are broken:\n{}", broken.len(), broken.join("\n"));
}

#[test]
fn the_file_holds_each_scenario_once() {
    let scenarios = scenarios();
    let names: BTreeSet<_> = scenarios.iter().map(|scenario| &scenario.name).collect();
    assert_eq!(names.len(), scenarios.len());
    assert!(scenarios.iter().all(|scenario| !scenario.name.is_empty() && !scenario.steps.is_empty()));
}

//! A made-up provider, its scripted server and what else the integration tests share.

#![allow(dead_code, unreachable_pub, missing_docs, missing_debug_implementations)]

pub mod events;
pub mod provider;
pub mod server;

use pay_core::provider::{Access, BaseUrl, Credentials, Engine, Provider, Settings};
use pay_core::{CredentialError, CredentialSource, Transport};
use provider::{Acme, AcmeGrant};
use server::Server;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::time::Instant;

pub const BASE: &str = "https://api.acme.example/v1";

pub fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// A wall clock that follows the paused clock, and that a test can move by itself: a machine that slept.
#[derive(Clone)]
pub struct Wall {
    start: Instant,
    ahead: Arc<Mutex<i64>>,
}

impl Default for Wall {
    fn default() -> Self {
        Self::new()
    }
}

impl Wall {
    pub fn new() -> Self {
        Self { start: Instant::now(), ahead: Arc::default() }
    }

    pub fn start() -> SystemTime {
        UNIX_EPOCH + secs(1_795_000_000)
    }

    pub fn now(&self) -> SystemTime {
        let now = Self::start() + self.start.elapsed();
        let ahead = *self.ahead.lock().unwrap();
        let by = secs(ahead.unsigned_abs());
        if ahead < 0 { now - by } else { now + by }
    }

    pub fn jump(&self, seconds: i64) {
        *self.ahead.lock().unwrap() += seconds;
    }
}

/// Credentials that a test can change, and that take a moment to read, as those of a vault do.
#[derive(Clone)]
pub struct Vault {
    current: Arc<Mutex<Credentials>>,
    latency: Duration,
}

impl Vault {
    pub fn new(id: &str, secret: &str) -> Self {
        Self { current: Arc::new(Mutex::new(Credentials::new(id, secret))), latency: Duration::ZERO }
    }

    pub fn slow(id: &str, secret: &str, latency: Duration) -> Self {
        Self { latency, ..Self::new(id, secret) }
    }

    pub fn holding(credentials: Credentials) -> Self {
        Self { current: Arc::new(Mutex::new(credentials)), latency: Duration::ZERO }
    }

    pub fn rotate(&self, credentials: Credentials) {
        *self.current.lock().unwrap() = credentials;
    }
}

#[async_trait::async_trait]
impl CredentialSource for Vault {
    async fn credentials(&self) -> Result<Credentials, CredentialError> {
        if !self.latency.is_zero() {
            tokio::time::sleep(self.latency).await;
        }
        Ok(self.current.lock().unwrap().clone())
    }
}

/// Settings over a scripted wire, with all jitter fixed at nothing.
pub fn settings(server: &Server) -> Settings {
    let mut settings = Settings::default();
    settings.transport = Some(Transport::scripted(&server.script));
    settings.set_fixed_jitter(0);
    settings
}

pub fn engine(settings: Settings) -> Engine {
    engine_of(Acme::default(), settings)
}

pub fn engine_of(provider: impl Provider, settings: Settings) -> Engine {
    Engine::new(Arc::new(provider), BaseUrl::parse("base_url", BASE).unwrap(), settings).unwrap()
}

pub fn access(engine: &Engine, id: &str) -> Access {
    access_of(engine, Vault::new(id, &format!("{id}-secret")))
}

pub fn access_of(engine: &Engine, source: Vault) -> Access {
    engine.access(Arc::new(source), Some(Arc::new(AcmeGrant::default())), None)
}

/// An engine and one account of a server that answers everything well.
pub fn client() -> (Server, Engine, Access) {
    let server = Server::new();
    let engine = engine(settings(&server));
    let access = access(&engine, "a");
    (server, engine, access)
}

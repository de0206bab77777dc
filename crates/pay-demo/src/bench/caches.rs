//! The token caches that are measured in this program: ours, what people write by hand, and the floor.

use super::scenarios::{Cache, Endpoint};
use super::server::TOKEN;
use arc_swap::ArcSwap;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Ours, through the public API: the header is shown where it lies.
#[derive(Clone)]
pub(crate) struct Ours(pub(crate) pagamio::Client);

impl Ours {
    pub(crate) fn new(base_url: &str) -> Result<Self, String> {
        let client = pagamio::Client::builder()
            .local(base_url)
            .credentials("user", "password")
            .account(pagamio::Account::Merchant("M-1".into()))
            .channel("bench")
            .pacing(pagamio::Pacing::Off)
            .build();
        client.map(Self).map_err(|error| error.to_string())
    }
}

impl Cache for Ours {
    async fn get(&self) -> bool {
        self.0.with_authorization(|value| black_box(value).len()).await.is_ok()
    }
}

/// Ours, as a value of its own.
#[derive(Clone)]
pub(crate) struct OursCloned(pub(crate) pagamio::Client);

impl Cache for OursCloned {
    async fn get(&self) -> bool {
        black_box(self.0.lease().await).is_ok()
    }
}

/// What most people write: one lock around an optional token, held while a new one is fetched.
#[derive(Clone)]
pub(crate) struct Mutex {
    token: Arc<tokio::sync::Mutex<Option<(String, Instant)>>>,
    endpoint: Arc<Endpoint>,
}

impl Mutex {
    pub(crate) fn new(endpoint: Arc<Endpoint>) -> Self {
        Self { token: Arc::default(), endpoint }
    }
}

impl Cache for Mutex {
    async fn get(&self) -> bool {
        let mut held = self.token.lock().await;
        if let Some((token, until)) = held.as_ref()
            && Instant::now() < *until
        {
            black_box(token.clone());
            return true;
        }
        let Some(life) = self.endpoint.ask().await else { return false };
        let token = format!("Bearer {TOKEN}");
        black_box(token.clone());
        *held = Some((token, Instant::now() + life));
        true
    }
}

/// One load of a snapshot that is swapped, and one look at the clock: nothing correct is cheaper with the same clock.
#[derive(Clone)]
pub(crate) struct Floor(Arc<ArcSwap<(Vec<u8>, Instant)>>);

impl Floor {
    pub(crate) fn new() -> Self {
        let until = Instant::now() + Duration::from_secs(3600);
        Self(Arc::new(ArcSwap::from_pointee((format!("Bearer {TOKEN}").into_bytes(), until))))
    }
}

impl Cache for Floor {
    async fn get(&self) -> bool {
        let snapshot = self.0.load();
        black_box(&snapshot.0).len() > usize::from(Instant::now() > snapshot.1)
    }
}

/// The clock alone.
#[derive(Clone)]
pub(crate) struct Clock;

impl Cache for Clock {
    async fn get(&self) -> bool {
        black_box(Instant::now());
        true
    }
}

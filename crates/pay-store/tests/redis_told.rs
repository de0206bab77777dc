//! An outage of Redis is told once. Alone in its program: another test's events could be taken for its own.
#![cfg(feature = "redis")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pay_core::auth::{TokenKey, TokenStore};
use pay_store::RedisTokens;
use std::sync::Arc;
use support::redis::Redis;
use support::{sealer, secs};
use tokio::time::sleep;

#[tokio::test]
async fn an_outage_is_told_once() {
    use tracing_subscriber::layer::SubscriberExt as _;
    let Some(mut redis) = Redis::start("one warning per outage") else { return };
    let seen = Arc::new(std::sync::Mutex::new(Vec::new()));
    let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(Names(Arc::clone(&seen))));
    let store = RedisTokens::new(&redis.url(), sealer()).unwrap();
    let key = TokenKey::new("acme", "https://example.com", "told", None);
    for _ in 0..2 {
        redis.kill();
        for _ in 0..20 {
            // An error and never "nothing": a pair that only a consent can replace is not given up for it.
            assert!(store.load(&key).await.is_err() && store.claim(&key, 0, secs(30)).await.is_err());
        }
        // Longer than the pause between two looks: the second look is not told again.
        sleep(secs(6)).await;
        assert!(store.load(&key).await.is_err());
        redis.restart();
        sleep(secs(6)).await;
        store.load(&key).await.unwrap();
    }
    let seen = seen.lock().unwrap();
    let once = ["pay.store.redis.down", "pay.store.redis.back"];
    assert_eq!(*seen, [once, once].concat());
}

/// Writes down the names of events of `pay_store`.
struct Names(Arc<std::sync::Mutex<Vec<&'static str>>>);

impl<S: tracing::Subscriber> tracing_subscriber::Layer<S> for Names {
    fn on_event(&self, event: &tracing::Event<'_>, _: tracing_subscriber::layer::Context<'_, S>) {
        if event.metadata().target().starts_with("pay_store") {
            self.0.lock().unwrap().push(event.metadata().name());
        }
    }
}

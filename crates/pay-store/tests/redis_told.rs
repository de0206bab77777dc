//! An outage of Redis is told once. Alone in its program: another test's events could be taken for its own.
#![cfg(feature = "redis")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pay_store::RedisTokens;
use std::sync::{Arc, Mutex};
use support::redis::Redis;
use support::{count, merchant, sandbox, sealer, secs};
use tokio::time::sleep;

/// Clients of several accounts on one store, each of which has to ask it: the store warns once, and `pay-core` does not warn again.
#[tokio::test]
async fn an_outage_is_told_once_whichever_account_meets_it() {
    use tracing_subscriber::layer::SubscriberExt as _;
    let Some(mut redis) = Redis::start("one warning per outage") else { return };
    let sandbox = sandbox().await;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(Told(Arc::clone(&seen))));
    let store = Arc::new(RedisTokens::new(&redis.url(), sealer()).unwrap());
    let other = sandbox.pagamio().other_merchant();
    let refresh_all = async || {
        for _ in 0..5 {
            let one = merchant(&sandbox).token_store(Arc::clone(&store) as _).build().unwrap();
            let two = merchant(&sandbox).token_store(Arc::clone(&store) as _);
            let two = two.credentials(other.username(), other.password()).build().unwrap();
            one.lease().await.unwrap();
            two.lease().await.unwrap();
        }
    };
    for outage in 1..=2 {
        redis.kill();
        refresh_all().await;
        // Longer than the pause between two looks: the second look is not told again.
        sleep(secs(6)).await;
        refresh_all().await;
        assert_eq!(count(&sandbox, "token"), 20 * outage + 2 * (outage - 1).min(1), "each client for itself");
        redis.restart();
        sleep(secs(6)).await;
        refresh_all().await;
    }
    let seen = seen.lock().unwrap();
    let once = ["pay.store.redis.down", "pay.store.redis.back"];
    assert_eq!(*seen, [once, once].concat(), "and nothing else warns");
}

/// Writes down the names of what an operator's log would hold of stores: warnings of any kind, and ends of outages.
struct Told(Arc<Mutex<Vec<&'static str>>>);

impl<S: tracing::Subscriber> tracing_subscriber::Layer<S> for Told {
    fn on_event(&self, event: &tracing::Event<'_>, _: tracing_subscriber::layer::Context<'_, S>) {
        let (name, level) = (event.metadata().name(), *event.metadata().level());
        if level <= tracing::Level::WARN || name.ends_with(".back") {
            self.0.lock().unwrap().push(name);
        }
    }
}

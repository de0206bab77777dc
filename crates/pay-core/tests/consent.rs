//! Pairs that only a user's consent can replace: begun, restored, kept before they are used, forgotten; one user never another's trouble.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/shelf.rs"]
mod shelf;
mod support;

use pay_core::auth::{Claim, Claimed, MemoryStore, Saved, StoreError, StoredTokens, TokenKey, TokenStore};
use pay_core::provider::{Access, Engine, Tokens};
use pay_core::{Error, ExposeSecret, Kind, Outcome, SecretString};
use shelf::Shelf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use support::provider::{AcmeGrant, CHARGE, call};
use support::server::{Endpoint, Server, token_of};
use support::{Vault, Wall, engine, millis, secs, settings};
use tokio::time::{Instant, sleep};

/// A store that can stop answering, or stop taking pairs, and start again.
#[derive(Default)]
struct Switch {
    shelf: Shelf,
    down: AtomicBool,
    full: AtomicBool,
    /// What is saved is there at once, and said to be there later.
    slow: AtomicBool,
}

impl Switch {
    fn up(&self) -> Result<(), StoreError> {
        if self.down.load(Ordering::SeqCst) { Err(StoreError("connection refused".to_owned())) } else { Ok(()) }
    }
}

#[async_trait::async_trait]
impl TokenStore for Switch {
    async fn load(&self, key: &TokenKey) -> Result<Option<StoredTokens>, StoreError> {
        self.up()?;
        self.shelf.load(key).await
    }

    async fn claim(&self, key: &TokenKey, generation: u64, ttl: Duration) -> Result<Claimed, StoreError> {
        self.up()?;
        self.shelf.claim(key, generation, ttl).await
    }

    async fn save(&self, claim: &Claim, tokens: &StoredTokens) -> Result<Saved, StoreError> {
        self.up()?;
        if self.full.load(Ordering::SeqCst) {
            return Err(StoreError("no space left".to_owned()));
        }
        let saved = self.shelf.save(claim, tokens).await;
        if self.slow.load(Ordering::SeqCst) {
            sleep(secs(5)).await;
        }
        saved
    }

    async fn release(&self, claim: &Claim) -> Result<(), StoreError> {
        self.up()?;
        self.shelf.release(claim).await
    }

    async fn forget(&self, key: &TokenKey) -> Result<(), StoreError> {
        self.up()?;
        self.shelf.forget(key).await
    }
}

struct World {
    server: Server,
    wall: Wall,
    store: Arc<dyn TokenStore>,
}

impl World {
    fn new(store: impl TokenStore + 'static) -> Self {
        Self::of(Arc::new(store))
    }

    fn of(store: Arc<dyn TokenStore>) -> Self {
        let server = Server::new();
        server.set(|s| s.gives_refresh_tokens = true);
        Self { server, wall: Wall::new(), store }
    }

    /// A user's session as another process would have it.
    fn user(&self, user: &str) -> Session {
        let mut settings = settings(&self.server);
        let wall = self.wall.clone();
        settings.set_wall_clock(move || wall.now());
        settings.token_store = Some(Arc::clone(&self.store));
        let engine = engine(settings);
        let access = engine.access(
            Arc::new(Vault::new("a", "a-secret")),
            Some(Arc::new(AcmeGrant { consent: true })),
            Some(user.to_owned()),
        );
        Session { engine, access }
    }

    fn pair(&self) -> Tokens {
        let (token, refresh) = self.server.consent("a");
        let mut tokens = Tokens::new(token);
        tokens.refresh = Some(SecretString::from(refresh));
        tokens.lifetime = Some(secs(1800));
        tokens
    }

    async fn begun(&self, user: &str) -> Session {
        let session = self.user(user);
        session.access.begin(&self.pair(), Duration::ZERO).await.unwrap();
        session
    }

    /// The tokens that charges were sent with.
    fn used(&self) -> Vec<String> {
        self.server.api().iter().map(|sent| token_of(sent).to_owned()).collect()
    }
}

struct Session {
    engine: Engine,
    access: Access,
}

impl Session {
    async fn charge(&self) -> Result<(), Error> {
        call(&self.engine, &self.access, &CHARGE, "a").send().await.map(|_| ())
    }

    async fn is_lost(&self) {
        let error = self.charge().await.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (Kind::ConsentRequired, Outcome::NotDone), "{error}");
    }

    async fn is_told_of_the_store(&self) {
        let error = self.charge().await.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (Kind::Token, Outcome::NotDone), "{error}");
        assert!(format!("{error}").contains("the token store failed"), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_begun_pair_is_used_here_restored_elsewhere_and_refreshed_once_for_both() {
    let world = World::new(MemoryStore::new());
    let nobody = world.user("ann");
    assert!(!nobody.access.has_begun().await.unwrap());
    nobody.is_lost().await;
    let here = world.begun("ann").await;
    here.charge().await.unwrap();
    let elsewhere = world.user("ann");
    assert!(elsewhere.access.has_begun().await.unwrap());
    elsewhere.charge().await.unwrap();
    assert_eq!((world.server.token_requests(), world.used()), (0, vec!["a-t1".to_owned(); 2]));
    sleep(secs(1900)).await;
    here.charge().await.unwrap();
    elsewhere.charge().await.unwrap();
    world.user("ann").charge().await.unwrap();
    assert_eq!((world.server.logins(), world.server.refreshes()), (0, 1));
    assert_eq!(world.used()[2..], ["a-t2", "a-t2", "a-t2"].map(str::to_owned));
}

#[tokio::test(start_paused = true)]
async fn the_age_of_a_pair_counts() {
    let world = World::new(MemoryStore::new());
    let session = world.user("ann");
    session.access.begin(&world.pair(), secs(1790)).await.unwrap();
    session.charge().await.unwrap();
    assert_eq!(world.server.refreshes(), 1, "it was at its end when it was given");
    // One of unknown lifetime is used until it is refused.
    let mut tokens = world.pair();
    tokens.lifetime = None;
    session.access.begin(&tokens, Duration::ZERO).await.unwrap();
    sleep(secs(1_000_000)).await;
    session.charge().await.unwrap();
    assert_eq!(world.server.refreshes(), 1);
    world.server.set(|s| _ = s.refused.insert("a-t3".to_owned()));
    session.charge().await.unwrap();
    assert_eq!((world.server.refreshes(), world.used().last().unwrap().as_str()), (2, "a-t4"));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_keeps_refresh_tokens_serves_as_long() {
    let world = World::new(MemoryStore::new());
    let session = world.begun("ann").await;
    world.server.set(|s| s.keeps_refresh_tokens = true);
    for refreshes in 1..=3 {
        sleep(secs(1900)).await;
        session.charge().await.unwrap();
        // Also for a process that knows no more than the store.
        world.user("ann").charge().await.unwrap();
        assert_eq!(world.server.refreshes(), refreshes);
    }
}

#[tokio::test(start_paused = true)]
async fn without_its_store_nothing_is_refreshed_and_nobody_is_sent_to_consent() {
    let store = Arc::new(Switch::default());
    let world = World::of(store.clone());
    let session = world.begun("ann").await;
    store.down.store(true, Ordering::SeqCst);
    session.charge().await.unwrap();
    world.user("ann").is_told_of_the_store().await;
    sleep(secs(1900)).await;
    session.is_told_of_the_store().await;
    assert_eq!(world.server.token_requests(), 0);
    store.down.store(false, Ordering::SeqCst);
    sleep(secs(2)).await;
    session.charge().await.unwrap();
    assert_eq!(world.server.refreshes(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_pair_that_is_not_kept_is_not_used_and_is_offered_before_anything_else_is_asked() {
    let store = Arc::new(Switch::default());
    let world = World::of(store.clone());
    let session = world.begun("ann").await;
    sleep(secs(1900)).await;
    store.full.store(true, Ordering::SeqCst);
    session.is_told_of_the_store().await;
    sleep(secs(5)).await;
    session.is_told_of_the_store().await;
    assert_eq!((world.server.refreshes(), world.used().len()), (1, 0), "asked once, and its answer not used");
    store.full.store(false, Ordering::SeqCst);
    sleep(secs(5)).await;
    session.charge().await.unwrap();
    world.user("ann").charge().await.unwrap();
    assert_eq!((world.server.refreshes(), world.used()), (1, vec!["a-t2".to_owned(); 2]));
    // Longer than any claim lasts: it is claimed anew.
    sleep(secs(1900)).await;
    store.full.store(true, Ordering::SeqCst);
    session.is_told_of_the_store().await;
    sleep(secs(3600)).await;
    store.full.store(false, Ordering::SeqCst);
    session.charge().await.unwrap();
    assert_eq!(world.server.refreshes(), 3, "the pair that was kept had ended meanwhile");
    assert_eq!(world.used().last().unwrap(), "a-t4");
}

#[tokio::test(start_paused = true)]
async fn a_pair_that_is_not_kept_outlives_the_session_that_met_it() {
    let store = Arc::new(Switch::default());
    let world = World::of(store.clone());
    drop(world.begun("ann").await);
    sleep(secs(1900)).await;
    store.full.store(true, Ordering::SeqCst);
    // A session per request, as a web server has them.
    world.user("ann").is_told_of_the_store().await;
    sleep(secs(600)).await;
    store.full.store(false, Ordering::SeqCst);
    sleep(secs(31)).await;
    world.user("ann").charge().await.unwrap();
    assert_eq!((world.server.refreshes(), world.used()), (1, vec!["a-t2".to_owned()]));
}

#[tokio::test(start_paused = true)]
async fn an_answer_after_the_claims_end_is_kept_all_the_same() {
    let shelf = Arc::new(Shelf::with_claims_of(secs(1)));
    let world = World::of(shelf.clone());
    let (slow, fast) = (world.begun("ann").await, world.user("ann"));
    fast.charge().await.unwrap();
    sleep(secs(1900)).await;
    world.server.set(|s| s.token_latency = secs(5));
    let waiting = tokio::spawn(async move {
        slow.charge().await.unwrap();
        slow
    });
    sleep(secs(2)).await;
    world.server.set(|s| s.token_latency = millis(200));
    // The claim has ended, the refresh token is used up: to the other process the user looks lost, for a while.
    fast.is_lost().await;
    let slow = waiting.await.unwrap();
    slow.charge().await.unwrap();
    sleep(secs(40)).await;
    fast.charge().await.unwrap();
    assert_eq!(world.used().last().unwrap(), "a-t2");
    assert_eq!(world.server.refreshes(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_kept_at_first_can_be_given_again() {
    let store = Arc::new(Switch::default());
    let world = World::of(store.clone());
    let session = world.user("ann");
    let pair = world.pair();
    for switch in [&store.full, &store.down] {
        switch.store(true, Ordering::SeqCst);
        let error = session.access.begin(&pair, Duration::ZERO).await.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (Kind::Token, Outcome::NotDone));
        assert!(error.to_string().contains("give it again"), "{error}");
        assert!(session.charge().await.is_err());
        switch.store(false, Ordering::SeqCst);
    }
    session.access.begin(&pair, Duration::ZERO).await.unwrap();
    session.charge().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn one_users_end_is_no_other_users() {
    let world = World::new(MemoryStore::new());
    let (ann, ben) = (world.begun("ann").await, world.begun("ben").await);
    sleep(secs(1900)).await;
    ben.charge().await.unwrap();
    world.server.set(|s| s.refresh = Endpoint::Refuses);
    let (refreshes, start) = (world.server.refreshes(), Instant::now());
    for _ in 0..20 {
        ann.is_lost().await;
        ben.charge().await.unwrap();
    }
    assert_eq!(world.server.refreshes() - refreshes, 1, "a lost user costs no token call each time");
    assert!(start.elapsed() < secs(1));
    // A new consent counts at once, whatever cools down.
    world.server.set(|s| s.refresh = Endpoint::Works);
    ann.access.begin(&world.pair(), Duration::ZERO).await.unwrap();
    ann.charge().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_new_consent_replaces_the_old_one_in_every_process() {
    let world = World::new(MemoryStore::new());
    let (one, two) = (world.begun("ann").await, world.user("ann"));
    two.charge().await.unwrap();
    one.access.begin(&world.pair(), Duration::ZERO).await.unwrap();
    one.charge().await.unwrap();
    sleep(secs(1600)).await;
    two.charge().await.unwrap();
    sleep(secs(1)).await;
    two.charge().await.unwrap();
    assert_eq!(
        world.used(),
        ["a-t1", "a-t2", "a-t1", "a-t2"].map(str::to_owned),
        "in the refresh window, it comes over"
    );
}

#[tokio::test(start_paused = true)]
async fn a_consent_that_comes_during_a_refresh_waits_for_it_and_stays() {
    let shelf = Arc::new(Shelf::default());
    let world = World::of(shelf.clone());
    let (one, two) = (world.begun("ann").await, world.user("ann"));
    sleep(secs(1900)).await;
    world.server.set(|s| s.token_latency = secs(5));
    let waiting = tokio::spawn(async move { one.charge().await });
    sleep(secs(1)).await;
    let start = Instant::now();
    two.access.begin(&world.pair(), Duration::ZERO).await.unwrap();
    assert!(start.elapsed() >= secs(4), "the claim is another's");
    waiting.await.unwrap().unwrap();
    two.charge().await.unwrap();
    world.user("ann").charge().await.unwrap();
    let consented = shelf.only().access.expose_secret().to_owned();
    assert_eq!(world.used()[1..], [consented.clone(), consented]);
}

#[tokio::test(start_paused = true)]
async fn a_forgotten_user_is_gone_and_can_come_back() {
    let world = World::new(MemoryStore::new());
    let (one, two) = (world.begun("ann").await, world.user("ann"));
    for _ in 0..3 {
        sleep(secs(1900)).await;
        two.charge().await.unwrap();
        one.charge().await.unwrap();
    }
    one.access.forget().await.unwrap();
    assert!(!two.access.has_begun().await.unwrap());
    let requests = world.server.token_requests();
    one.is_lost().await;
    // Another process finds out when its token ends, and does not refresh it.
    two.charge().await.unwrap();
    sleep(secs(1900)).await;
    two.is_lost().await;
    assert_eq!(world.server.token_requests(), requests);
    // Back again: also for the process that holds a pair of before.
    one.access.begin(&world.pair(), Duration::ZERO).await.unwrap();
    one.charge().await.unwrap();
    sleep(secs(40)).await;
    two.charge().await.unwrap();
    let used = world.used();
    assert_eq!(used[used.len() - 2], used[used.len() - 1]);
    assert_eq!(world.server.token_requests(), requests);
}

#[tokio::test(start_paused = true)]
async fn a_refresh_under_way_brings_nobody_back() {
    let world = World::new(MemoryStore::new());
    let session = Arc::new(world.begun("ann").await);
    sleep(secs(1900)).await;
    world.server.set(|s| s.token_latency = secs(5));
    let waiting = tokio::spawn({
        let session = Arc::clone(&session);
        async move { session.is_lost().await }
    });
    sleep(secs(1)).await;
    session.access.forget().await.unwrap();
    waiting.await.unwrap();
    assert!(!session.access.has_begun().await.unwrap());
    session.is_lost().await;
    assert_eq!(world.used().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_refresh_that_was_saved_a_moment_before_brings_nobody_back_either() {
    let store = Arc::new(Switch::default());
    let world = World::of(store.clone());
    let session = Arc::new(world.begun("ann").await);
    sleep(secs(1900)).await;
    store.slow.store(true, Ordering::SeqCst);
    let waiting = tokio::spawn({
        let session = Arc::clone(&session);
        async move { session.is_lost().await }
    });
    sleep(secs(2)).await;
    session.access.forget().await.unwrap();
    waiting.await.unwrap();
    session.is_lost().await;
    assert_eq!(world.used().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_session_needs_a_store_and_says_so() {
    let server = Server::new();
    let engine = engine(settings(&server));
    let grant = Some(Arc::new(AcmeGrant { consent: true }) as _);
    let access = engine.access(Arc::new(Vault::new("a", "a-secret")), grant, None);
    let error = access.begin(&Tokens::new("t"), Duration::ZERO).await.unwrap_err();
    assert_eq!((error.kind(), error.setting()), (Kind::Config, Some("token_store")));
}

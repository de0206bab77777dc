//! Several processes of a merchant's on one store of files: one refresh for all, and what a killed one leaves behind.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod shop;

use paga_connect::auth::{Claim, Claimed, FileStore, Saved, StoreError, StoredTokens, TokenKey, TokenStore};
use paga_connect::{Client, UserSession};
use shop::child::{self, Child};
use shop::{Shop, charge, files, needs_consent};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tempfile::TempDir;
use tokio::task::JoinSet;

const PROCESSES: usize = 8;
const TASKS: usize = 50;

/// Longer than anything here takes, and shorter than a claim lives: who waits for a dead holder's claim is found out.
const PATIENCE: Duration = Duration::from_secs(20);

fn store() -> (TempDir, PathBuf) {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("tokens");
    (parent, dir)
}

/// A client as a child has it: it knows the store and the address.
fn client(store: Arc<dyn TokenStore>, url: &str) -> Client {
    let (id, secret) = ("5a4db0c5-0000-4000-8000-000000000001", "sandbox-paga-connect-secret".to_owned());
    Client::builder().local(url).credentials(id, secret).token_store(store).build().unwrap()
}

/// Stops for ever at one step of a refresh, and tells so: the process is killed there.
struct StopsAt {
    store: FileStore,
    step: String,
}

impl StopsAt {
    async fn reached(&self, step: &str) {
        if self.step == step {
            child::say("here");
            std::future::pending::<()>().await;
        }
    }
}

#[async_trait::async_trait]
impl TokenStore for StopsAt {
    async fn load(&self, key: &TokenKey) -> Result<Option<StoredTokens>, StoreError> {
        self.store.load(key).await
    }

    async fn claim(&self, key: &TokenKey, generation: u64, ttl: Duration) -> Result<Claimed, StoreError> {
        let claimed = self.store.claim(key, generation, ttl).await?;
        self.reached("before sending").await;
        Ok(claimed)
    }

    async fn save(&self, claim: &Claim, tokens: &StoredTokens) -> Result<Saved, StoreError> {
        self.reached("after the server answered").await;
        let saved = self.store.save(claim, tokens).await?;
        self.reached("after saving").await;
        Ok(saved)
    }

    async fn release(&self, claim: &Claim) -> Result<(), StoreError> {
        self.store.release(claim).await
    }

    async fn forget(&self, key: &TokenKey) -> Result<(), StoreError> {
        self.store.forget(key).await
    }
}

/// What a child does; a test of its own, so that it can be asked for by name.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process() {
    let Some((part, dir, url)) = child::role() else { return };
    if part != "herd" {
        let store = StopsAt { store: FileStore::plain_text(&dir).unwrap(), step: part };
        let ended = charge(&client(Arc::new(store), &url).user("ada"), "order-of-the-killed").await;
        child::say(&format!("not stopped: {ended:?}"));
        return;
    }
    let client = client(files(&dir), &url);
    child::say("ready");
    while let Some(line) = child::heard() {
        let (user, end) = line.split_once(' ').unwrap();
        let end = SystemTime::UNIX_EPOCH + Duration::from_millis(end.parse().unwrap());
        child::say(&format!("{}", herd(&client.user(user), user, end).await));
    }
}

/// Each task charges at the token's end, which all know beforehand. Answers how many were charged.
async fn herd(session: &UserSession, user: &str, end: SystemTime) -> usize {
    session.lease().await.unwrap();
    let left = end.duration_since(SystemTime::now()).unwrap_or_default();
    let mut tasks = JoinSet::new();
    for task in 0..TASKS {
        let (session, reference) = (session.clone(), format!("{user}-{}-{task}", std::process::id()));
        tasks.spawn(async move {
            tokio::time::sleep(left).await;
            charge(&session, &reference).await
        });
    }
    let mut charged = 0;
    for ended in tasks.join_all().await {
        match ended {
            Ok(()) => charged += 1,
            Err(error) => eprintln!("{error}"),
        }
    }
    charged
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_processes_at_expiry_refresh_once_and_nobody_is_signed_out() {
    let shop = Shop::open().await;
    shop.paga.set_mode("refresh_token", "rotated").unwrap();
    shop.paga.set_mode("old_access_token", "dead").unwrap();
    let (_parent, dir) = store();
    let mut children: Vec<_> =
        (0..PROCESSES).map(|_| Child::start("a_process", "herd", &dir, shop.paga.base_url())).collect();
    for child in &mut children {
        assert_eq!(child.says(), "ready");
    }
    let own = client(files(&dir), shop.paga.base_url());
    for round in 1..=3 {
        // A new consent each time, whose first token ends soon; what replaces it lives long.
        let user = format!("user-{round}");
        let asks = shop.client(None);
        let life = Duration::from_secs(4);
        shop.set_access_life(life);
        own.user(user.as_str()).keep(&shop.consent(&asks, "ada").await).await.unwrap();
        shop.set_access_life(Duration::from_secs(3600));
        let end = (SystemTime::now() + life).duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis();
        for child in &mut children {
            child.tell(&format!("{user} {end}"));
        }
        for child in &mut children {
            assert_eq!(child.says(), TASKS.to_string(), "every task charged");
        }
        assert_eq!(shop.refreshes("ada"), round, "exactly one refresh for all");
        assert_eq!(shop.paga.user("ada").unwrap().refused_refreshes, 0);
    }
    let ledger = shop.sandbox.ledger();
    assert_eq!(ledger.charges_to("ada") as usize, 3 * PROCESSES * TASKS);
    assert!(ledger.sales().all(|sale| ledger.charges(&sale.reference) == 1));
    children.into_iter().for_each(Child::ends_well);
}

/// A user whose token has ended, and a process that is killed at this step of the refresh. Answers the sessions of those who live.
async fn killed_at(shop: &Shop, dir: &Path, step: &str) -> (UserSession, UserSession) {
    let client = shop.client(Some(files(dir)));
    shop.set_access_life(Duration::from_secs(3600));
    let ngozi = shop.session(&client, "ngozi").await;
    // The child has the real time.
    shop.set_access_life(Duration::from_secs(1));
    let ada = shop.session(&client, "ada").await;
    shop.set_access_life(Duration::from_secs(3600));
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let mut child = Child::start("a_process", step, dir, shop.paga.base_url());
    assert_eq!(child.says(), "here");
    child.kill();
    (ada, ngozi)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_is_killed_while_it_refreshes_loses_nobody_but_where_the_server_has_rotated() {
    let (before, answered, saved) = ("before sending", "after the server answered", "after saving");
    // The step, what the server does with refresh tokens, refreshes in the end, and whether the user is lost.
    for (step, mode, refreshes, lost) in [
        (before, "kept", 1, false),
        (before, "rotated", 1, false),
        (answered, "kept", 2, false),
        (answered, "omitted", 2, false),
        (answered, "rotated", 1, true),
        // A server that takes the old token for a stolen one, and ends the consent: not Paga's.
        (answered, "rfc9700", 1, true),
        (saved, "kept", 1, false),
        (saved, "rotated", 1, false),
    ] {
        let shop = Shop::open().await;
        match mode {
            "rfc9700" => shop.paga.set_mode(mode, "on").unwrap(),
            _ => shop.paga.set_mode("refresh_token", mode).unwrap(),
        }
        shop.paga.set_mode("old_access_token", "dead").unwrap();
        let (_parent, dir) = store();
        let (ada, ngozi) = killed_at(&shop, &dir, step).await;
        // In time: a dead holder's claim is nobody's.
        let goes_on = async {
            if lost {
                needs_consent(&ada, "order-1").await;
                charge(&ngozi, "order-2").await.unwrap();
                ada.keep(&shop.consent(&shop.client(None), "ada").await).await.unwrap();
            }
            charge(&ada, "order-3").await.unwrap();
        };
        tokio::time::timeout(PATIENCE, goes_on)
            .await
            .unwrap_or_else(|_| panic!("{step}, {mode}: it waits for a dead process"));
        assert_eq!(shop.refreshes("ada"), refreshes, "{step}, {mode}");
        let ledger = shop.sandbox.ledger();
        assert_eq!((ledger.charges("order-of-the-killed"), ledger.charges("order-3")), (0, 1), "{step}, {mode}");
    }
}

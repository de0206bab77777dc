//! Sessions: begun once, restored after every restart, refreshed once for all, and lost only where nothing else is possible.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod shop;

use paga_connect::auth::MemoryStore;
use paga_connect::{CredentialError, CredentialSource, Credentials, Kind, Outcome};
use pay_sandbox::{Acting, Fault, FaultRule, StatusFault};
use shop::{Shop, charge, files, needs_consent};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::task::JoinSet;

/// What a server may do with refresh tokens, and still keep its users.
const KEEPING: [&str; 3] = ["kept", "omitted", "rotated"];

#[tokio::test]
async fn a_kept_consent_charges_over_restarts() {
    for mode in KEEPING {
        let shop = Shop::open().await;
        shop.paga.set_mode("refresh_token", mode).unwrap();
        shop.paga.set_mode("old_access_token", "dead").unwrap();
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path().join("tokens");
        let client = shop.client(Some(files(&dir)));
        assert!(!client.user("ada").is_kept().await.unwrap());
        let session = shop.session(&client, "ada").await;
        assert!(session.is_kept().await.unwrap());
        charge(&session, "order-0").await.unwrap();
        for restart in 1..=3 {
            // A program that starts now knows the directory alone.
            let client = shop.client(Some(files(&dir)));
            charge(&client.user("ada"), &format!("order-{restart}-a")).await.unwrap();
            assert_eq!(shop.refreshes("ada"), restart - 1, "{mode}: a restart costs no token call");
            shop.later();
            charge(&client.user("ada"), &format!("order-{restart}-b")).await.unwrap();
            assert_eq!(shop.refreshes("ada"), restart, "{mode}");
        }
        // The first program, which has slept, takes what the others kept.
        charge(&session, "order-4").await.unwrap();
        assert_eq!((shop.refreshes("ada"), shop.paga.user("ada").unwrap().refused_refreshes), (3, 0), "{mode}");
        assert_eq!(shop.sandbox.ledger().charges_to("ada"), 8, "{mode}");
    }
}

#[tokio::test]
async fn fifty_tasks_refresh_once_and_each_charges_once() {
    let shop = Shop::open().await;
    shop.paga.set_mode("refresh_token", "rotated").unwrap();
    let client = shop.client(None);
    shop.session(&client, "ada").await;
    shop.later();
    let mut tasks = JoinSet::new();
    for task in 0..50 {
        // Sessions as a web server makes them: one per request.
        let session = client.user("ada");
        tasks.spawn(async move { charge(&session, &format!("order-{task}")).await });
    }
    for charged in tasks.join_all().await {
        charged.unwrap();
    }
    assert_eq!(shop.refreshes("ada"), 1);
    for task in 0..50 {
        assert_eq!(shop.sandbox.ledger().charges(&format!("order-{task}")), 1);
    }
}

#[tokio::test]
async fn a_lifetime_that_nobody_named_lasts_until_the_token_is_refused() {
    let shop = Shop::open().await;
    shop.paga.set_mode("expires_in", "absent").unwrap();
    let client = shop.client(None);
    let session = shop.session(&client, "ada").await;
    assert!(session.lease().await.unwrap().expires_at.is_none());
    charge(&session, "order-1").await.unwrap();
    assert_eq!(shop.refreshes("ada"), 0);
    shop.later();
    charge(&session, "order-2").await.unwrap();
    assert_eq!(shop.refreshes("ada"), 1);
}

#[tokio::test]
async fn a_user_who_revokes_is_asked_again_and_nobody_else_is() {
    let shop = Shop::open().await;
    let client = shop.client(None);
    let (ada, ngozi) = (shop.session(&client, "ada").await, shop.session(&client, "ngozi").await);
    shop.later();
    shop.paga.revoke("ada").unwrap();
    for round in 0..3 {
        // A session per request, as a web server has them.
        needs_consent(&client.user("ada"), &format!("ada-{round}")).await;
        charge(&ngozi, &format!("ngozi-{round}")).await.unwrap();
    }
    assert_eq!(shop.paga.user("ada").unwrap().refused_refreshes, 1, "a lost user is not asked for at each call");
    assert_eq!(shop.sandbox.ledger().charges_to("ada"), 0);
    // What is kept stays until somebody says otherwise: a refusal may have been a mistake of the server's.
    assert!(ada.is_kept().await.unwrap());
    ada.keep(&shop.consent(&client, "ada").await).await.unwrap();
    charge(&ada, "ada-again").await.unwrap();
}

#[tokio::test]
async fn a_refusal_is_the_end_and_a_fault_is_not() {
    for mode in ["refused", "unsupported"] {
        let shop = Shop::open().await;
        let client = shop.client(None);
        let session = shop.session(&client, "ada").await;
        shop.later();
        shop.paga.set_mode("refresh_token", mode).unwrap();
        needs_consent(&session, "order-1").await;
    }
    for fault in [Fault::Status(StatusFault::new(503, Acting::Before)), Fault::ResetBeforeReading, Fault::Html] {
        let shop = Shop::open().await;
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path().join("tokens");
        let client = shop.client(Some(files(&dir)));
        let session = shop.session(&client, "ada").await;
        shop.later();
        shop.sandbox.add_fault(FaultRule::new("paga-connect", fault.clone()).operation("token")).unwrap();
        let error = charge(&session, "order-1").await.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (Kind::Token, Outcome::NotDone), "{fault:?}: {error}");
        shop.sandbox.clear_faults();
        // Another process has no pause to keep.
        charge(&shop.client(Some(files(&dir))).user("ada"), "order-1").await.unwrap();
    }
}

#[tokio::test]
async fn a_store_that_fails_sends_nobody_to_consent_and_refreshes_nobody() {
    let shop = Shop::open().await;
    shop.paga.set_mode("refresh_token", "rotated").unwrap();
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().join("tokens");
    let client = shop.client(Some(files(&dir)));
    let session = shop.session(&client, "ada").await;
    let of = |end: &str| {
        let mut files = std::fs::read_dir(&dir).unwrap().map(|file| file.unwrap().path());
        files.find(|file| file.extension().is_some_and(|it| it == end)).unwrap()
    };
    let kept = std::fs::read(of("tokens")).unwrap();
    std::fs::write(of("tokens"), &kept[..kept.len() / 2]).unwrap();
    shop.later();
    for client in [&client, &shop.client(Some(files(&dir)))] {
        let error = charge(&client.user("ada"), "order-1").await.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (Kind::Token, Outcome::NotDone), "{error}");
        assert!(format!("{error:#}").contains("is damaged"), "{error:#}");
    }
    assert_eq!(shop.refreshes("ada"), 0);
    // Mended, a consent is still what it was; this program waits a moment before it asks again.
    std::fs::write(of("tokens"), &kept).unwrap();
    tokio::time::sleep(Duration::from_millis(1200)).await;
    charge(&session, "order-1").await.unwrap();
    assert_eq!((shop.refreshes("ada"), shop.sandbox.ledger().charges("order-1")), (1, 1));
}

/// A vault whose secret can be replaced.
struct Vault(Mutex<Credentials>);

#[async_trait::async_trait]
impl CredentialSource for Vault {
    async fn credentials(&self) -> Result<Credentials, CredentialError> {
        Ok(self.0.lock().unwrap().clone())
    }
}

#[tokio::test]
async fn a_wrong_client_secret_costs_no_user_a_consent() {
    let shop = Shop::open().await;
    let store = Arc::new(MemoryStore::new());
    let client = shop.client(Some(store.clone()));
    shop.session(&client, "ada").await;
    shop.later();
    let id = shop.paga.client_id();
    shop.paga.set_client_secret(&id, "rotated").unwrap();
    let error = charge(&client.user("ada"), "order-1").await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Login, Outcome::NotDone), "{error}");
    // The vault's owner catches up, and the same consent goes on.
    let vault = Arc::new(Vault(Mutex::new(Credentials::new(id.clone(), "rotated"))));
    let clock = shop.sandbox.clock();
    let builder = paga_connect::Client::builder().local(shop.paga.base_url());
    let builder =
        builder.credential_source(id.clone(), vault.clone()).token_store(store).wall_clock(move || clock.now());
    let client = builder.build().unwrap();
    charge(&client.user("ada"), "order-1").await.unwrap();
    // Replaced again, on both sides, while the program runs.
    shop.paga.set_client_secret(&id, "again").unwrap();
    *vault.0.lock().unwrap() = Credentials::new(id, "again");
    shop.later();
    charge(&client.user("ada"), "order-2").await.unwrap();
    assert_eq!(shop.refreshes("ada"), 2);
}

#[tokio::test]
async fn forgetting_is_local() {
    let shop = Shop::open().await;
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().join("tokens");
    let client = shop.client(Some(files(&dir)));
    let (ada, ngozi) = (shop.session(&client, "ada").await, shop.session(&client, "ngozi").await);
    let kept = || {
        std::fs::read_dir(&dir)
            .unwrap()
            .filter(|file| file.as_ref().unwrap().path().extension().is_some_and(|end| end == "tokens"))
            .count()
    };
    assert_eq!(kept(), 2);
    let requests = shop.sandbox.requests().len();
    ada.forget().await.unwrap();
    ada.forget().await.unwrap();
    needs_consent(&client.user("ada"), "order-1").await;
    needs_consent(&shop.client(Some(files(&dir))).user("ada"), "order-1").await;
    assert_eq!((kept(), shop.sandbox.requests().len()), (1, requests), "Paga hears nothing of it");
    assert_eq!(shop.paga.user("ada").unwrap().consents, 1, "and the consent stays until the user ends it there");
    charge(&ngozi, "order-2").await.unwrap();
}

#[tokio::test]
async fn client_ids_share_no_user() {
    let shop = Shop::open().await;
    let client = shop.client(None);
    shop.session(&client, "ada").await;
    let awkward = shop.paga.awkward_client_id();
    let other = client.with_credentials(awkward.clone(), shop.paga.client_secret(&awkward).unwrap()).unwrap();
    needs_consent(&other.user("ada"), "order-1").await;
    shop.session(&other, "ada").await;
    for (client, reference) in [(&client, "order-2"), (&other, "order-3")] {
        shop.later();
        charge(&client.user("ada"), reference).await.unwrap();
    }
    other.user("ada").forget().await.unwrap();
    charge(&client.user("ada"), "order-4").await.unwrap();
    needs_consent(&other.user("ada"), "order-5").await;
}

#[tokio::test]
async fn a_session_prints_neither_user_nor_tokens() {
    let shop = Shop::open().await;
    let client = shop.client(None);
    let session = client.user("ada.obi@paga.example");
    let answer = shop.consent(&client, "ada").await;
    session.keep(&answer).await.unwrap();
    let lease = session.lease().await.unwrap();
    let printed = format!("{session:?} {answer:?} {lease:?} {client:?}");
    assert!(!printed.contains("ada.obi"), "{printed}");
    assert_eq!(shop.sandbox.leaks(&printed), Vec::<String>::new(), "{printed}");
    assert_eq!(session.user(), "ada.obi@paga.example");
    assert!(tokio::time::timeout(Duration::from_secs(5), session.lease()).await.is_ok());
}

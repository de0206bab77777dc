//! The journal and the replay guard on a real PostgreSQL.
#![cfg(feature = "postgres")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod journal;
mod support;

use pay_core::webhook::{Claimed, Committed, EventKey, ReplayGuard};
use pay_store::{IntentJournal, PostgresGuard};
use std::time::Duration;
use support::postgres::Postgres;
use support::{holds, sealer};
use tokio::time::sleep;

const LONG: Duration = Duration::from_secs(30);

/// One server; each rule on a database of its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_journal_keeps_every_rule() {
    let Some(server) = Postgres::start("journal on PostgreSQL") else { return };
    macro_rules! rules {
        ($($name:ident)*) => { $(
            let journal = IntentJournal::postgres(&server.database(), sealer()).await.unwrap();
            journal::$name(&journal).await;
        )* };
    }
    rules! {
        a_purchase_is_written_and_its_receipt_kept_sealed
        a_lost_answer_is_found_out
        what_was_never_sent_is_sent_once
        what_is_old_is_asked_for_and_not_sent
        a_call_that_did_nothing_does_not_end_what_a_recovery_took
        a_worker_ends_with_its_claim
        a_recovery_is_told_the_amount_and_who_else_had_the_reference
        whatever_a_provider_answers_can_be_written
        two_workers_share_the_work
        a_worker_that_dies_gives_its_intent_up
        nobody_recovers_for_somebody_else
        it_can_be_reconciled
    }
    for secret in [support::NUMBER, "merchant@", "AIR-VOD-001"] {
        assert!(!holds(server.folder.path(), secret.as_bytes()), "{secret}");
    }
    assert!(holds(server.folder.path(), b"lost-1"), "the search finds what is there");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_gone_sends_nothing_and_loses_nothing() {
    let Some(mut server) = Postgres::start("PostgreSQL gone") else { return };
    let journal = IntentJournal::postgres(&server.database(), sealer()).await.unwrap();
    journal::a_lost_answer_is_found_out(&journal).await;
    server.kill();
    journal::nothing_is_sent_without_a_record(&journal, "PostgreSQL").await;
    journal::nothing_is_sent_without_a_record(&journal, "cannot be reached").await;
    server.restart();
    let all = journal.list(&pay_store::Listing::new()).await.unwrap();
    assert_eq!(all[0].reference.as_deref(), Some("lost-1"));
}

/// As a server that was made a copy of another is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_read_only_sends_nothing() {
    let Some(server) = Postgres::start("a read-only PostgreSQL") else { return };
    let url = server.database();
    let name = url.rsplit('/').next().unwrap();
    IntentJournal::postgres(&url, sealer()).await.unwrap();
    server.sql("postgres", &format!("ALTER DATABASE {name} SET default_transaction_read_only = on")).unwrap();
    match IntentJournal::postgres(&url, sealer()).await {
        Ok(journal) => journal::nothing_is_sent_without_a_record(&journal, "read-only").await,
        Err(error) => {
            assert_eq!(error.setting(), Some("journal"));
            assert!(error.to_string().contains("read-only"), "{error}");
        }
    }
}

/// A server, database or user that does not wait for the disk.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn intents_wait_for_the_disk_whatever_the_database_does() {
    let Some(server) = Postgres::start("synchronous_commit") else { return };
    let url = server.database();
    let name = url.rsplit('/').next().unwrap();
    server.sql("postgres", &format!("ALTER DATABASE {name} SET synchronous_commit = off")).unwrap();
    let journal = IntentJournal::postgres(&url, sealer()).await.unwrap();
    let noting = "CREATE TABLE noted (how TEXT);
        CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN INSERT INTO noted VALUES (current_setting('synchronous_commit')); RETURN NEW; END $$;
        CREATE TRIGGER noting BEFORE INSERT OR UPDATE ON pay_intent FOR EACH ROW EXECUTE FUNCTION note()";
    server.sql(name, noting).unwrap();
    assert_eq!(server.sql(name, "SHOW synchronous_commit").unwrap(), "off", "of everybody else");
    journal::two_workers_share_the_work(&journal).await;
    assert_eq!(server.sql(name, "SELECT DISTINCT how FROM noted").unwrap(), "on");
}

#[tokio::test]
async fn wrong_databases_are_refused() {
    let Some(server) = Postgres::start("wrong databases") else { return };
    let refused = async |url: &str, why: &str| {
        let error = IntentJournal::postgres(url, sealer()).await.unwrap_err();
        assert_eq!(error.setting(), Some("journal"));
        let text = format!("{error} {error:?} {error:#}");
        assert!(text.contains(why) && !text.contains("PASSWORD-1"), "{text}");
        assert_eq!(PostgresGuard::open(url).await.unwrap_err().setting(), Some("replay_guard"));
    };
    refused("nonsense:PASSWORD-1@", "is no address of PostgreSQL").await;
    refused(&server.url("missing").replace("pay@", "pay:PASSWORD-1@"), "does not exist").await;
    let url = server.database();
    let name = url.rsplit('/').next().unwrap();
    server.sql(name, "CREATE TABLE pay_schema (version BIGINT NOT NULL); INSERT INTO pay_schema VALUES (99)").unwrap();
    refused(&url, "schema version 99").await;
    let url = server.database();
    let name = url.rsplit('/').next().unwrap();
    server.sql(name, "CREATE TABLE pay_intent (somebody TEXT)").unwrap();
    refused(&url, "already exists").await;
    server.sql(name, "DROP TABLE pay_intent").unwrap();
    IntentJournal::postgres(&url, sealer()).await.expect("nothing was left half made");
    IntentJournal::postgres(&url, sealer()).await.expect("and it is found again");
}

/// A database that an older crate made: what is in it stays, and is recovered.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_older_schema_is_brought_up_to_date_with_what_is_in_it() {
    let Some(server) = Postgres::start("an older schema") else { return };
    let url = server.database();
    let name = url.rsplit('/').next().unwrap();
    let sandbox = support::sandbox().await;
    let older = IntentJournal::postgres(&url, sealer()).await.unwrap();
    journal::an_intent_is_left_open(&sandbox, &older, "older-1").await;
    server.sql(name, journal::TO_VERSION_1).unwrap();
    server.sql(name, "UPDATE pay_schema SET version = 1").unwrap();
    let journal = IntentJournal::postgres(&url, sealer()).await.unwrap();
    journal::the_open_intent_is_recovered(&sandbox, &journal, "older-1").await;
    assert_eq!(server.sql(name, "SELECT max(version) FROM pay_schema").unwrap(), "2");
}

#[tokio::test]
async fn many_processes_make_the_schema_at_once() {
    let Some(server) = Postgres::start("schema at once") else { return };
    let url = server.database();
    let all: Vec<_> = (0..8)
        .map(|_| {
            let url = url.clone();
            tokio::spawn(async move { IntentJournal::postgres(&url, sealer()).await.map(drop) })
        })
        .collect();
    for one in all {
        one.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn the_guard_keeps_every_rule() {
    let Some(server) = Postgres::start("replay guard on PostgreSQL") else { return };
    let guard = PostgresGuard::open(&server.database()).await.unwrap();
    pay_core::webhook::conformance::replay_guard(&guard, sleep).await.unwrap();
}

async fn connect(url: &str) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

#[tokio::test]
async fn effect_and_commit_share_a_transaction() {
    let Some(server) = Postgres::start("commit in the caller's transaction") else { return };
    let url = server.database();
    let guard = PostgresGuard::open(&url).await.unwrap();
    let mut shop = connect(&url).await;
    shop.batch_execute("CREATE TABLE effects (event TEXT)").await.unwrap();
    let effects = async || shop_count(&url).await;
    let event = EventKey::new("acme", &["ORDER-1"]);

    // Rolled back together: the event is still to be done.
    let Claimed::Yes(claim) = guard.claim(&event, Duration::from_millis(300)).await.unwrap() else { panic!("free") };
    let transaction = shop.transaction().await.unwrap();
    transaction.execute("INSERT INTO effects VALUES ('1')", &[]).await.unwrap();
    let commit = async |sql: &'static str, event: String, nonce: i64| transaction.execute(sql, &[&event, &nonce]).await;
    assert_eq!(guard.commit_in(&claim, commit).await.unwrap(), Committed::Yes);
    assert!(guard.claim(&EventKey::new("acme", &["2"]), LONG).await.is_ok(), "others go on");
    transaction.rollback().await.unwrap();
    sleep(Duration::from_millis(400)).await;
    assert_eq!(effects().await, 0);

    // The claim is over: a late holder must roll back.
    let Claimed::Yes(second) = guard.claim(&event, LONG).await.unwrap() else { panic!("expired") };
    let transaction = shop.transaction().await.unwrap();
    let commit = async |sql: &'static str, event: String, nonce: i64| transaction.execute(sql, &[&event, &nonce]).await;
    assert_eq!(guard.commit_in(&claim, commit).await.unwrap(), Committed::Lost);
    transaction.rollback().await.unwrap();

    let transaction = shop.transaction().await.unwrap();
    transaction.execute("INSERT INTO effects VALUES ('1')", &[]).await.unwrap();
    let commit = async |sql: &'static str, event: String, nonce: i64| transaction.execute(sql, &[&event, &nonce]).await;
    assert_eq!(guard.commit_in(&second, commit).await.unwrap(), Committed::Yes);
    transaction.commit().await.unwrap();
    assert_eq!(effects().await, 1);
    assert_eq!(guard.claim(&event, LONG).await.unwrap(), Claimed::Done);
    assert!(!holds(server.folder.path(), b"ORDER-1"), "events are hashed");
    assert_eq!(guard.forget(Duration::from_secs(60)).await.unwrap(), 0);
    sleep(Duration::from_millis(20)).await;
    assert_eq!(guard.forget(Duration::from_millis(5)).await.unwrap(), 1);
}

async fn shop_count(url: &str) -> i64 {
    connect(url).await.query_one("SELECT count(*) FROM effects", &[]).await.unwrap().get(0)
}

#[tokio::test]
async fn a_guard_that_is_down_lets_nothing_pass() {
    let Some(mut server) = Postgres::start("guard down") else { return };
    let guard = PostgresGuard::open(&server.database()).await.unwrap();
    let event = EventKey::new("acme", &["1"]);
    server.kill();
    let error = guard.claim(&event, LONG).await.unwrap_err().to_string();
    assert!(error.starts_with("replay guard: PostgreSQL"), "{error}");
    server.restart();
    assert!(matches!(guard.claim(&event, LONG).await.unwrap(), Claimed::Yes(_)));
}

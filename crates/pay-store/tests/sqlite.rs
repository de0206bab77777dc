//! The journal on SQLite.
#![cfg(feature = "sqlite")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod journal;
#[path = "../examples/reconcile.rs"]
#[allow(dead_code)]
mod reconcile;
mod support;

use pay_store::IntentJournal;
use std::path::PathBuf;
use support::{holds, sealer};
use tempfile::TempDir;

fn open() -> (TempDir, PathBuf, IntentJournal) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("intents.db");
    let journal = IntentJournal::sqlite(&path, sealer()).unwrap();
    (folder, path, journal)
}

macro_rules! rules {
    ($($name:ident)*) => { $(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            let (_folder, _, journal) = open();
            journal::$name(&journal).await;
        }
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

fn refused(path: &std::path::Path, why: &str) {
    let error = IntentJournal::sqlite(path, sealer()).unwrap_err();
    assert_eq!(error.setting(), Some("journal"));
    assert!(error.to_string().contains(why), "{error}");
}

#[test]
fn files_of_others_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("text");
    std::fs::write(&text, "a letter to somebody, long enough to be read as the head of a database file").unwrap();
    refused(&text, "is no SQLite file");
    assert!(std::fs::read_to_string(&text).unwrap().starts_with("a letter"), "and left as they are");
    let foreign = folder.path().join("foreign.db");
    let other = rusqlite::Connection::open(&foreign).unwrap();
    other.execute_batch("CREATE TABLE t (a); PRAGMA user_version = 1").unwrap();
    refused(&foreign, "belongs to another program");
    refused(folder.path(), "journal");
    refused(&folder.path().join("missing/intents.db"), "journal");
    let (_folder, path, journal) = open();
    drop(journal);
    rusqlite::Connection::open(&path).unwrap().execute_batch("PRAGMA user_version = 99").unwrap();
    refused(&path, "schema version 99");
}

#[tokio::test]
async fn a_file_that_was_removed_or_replaced_takes_no_intents() {
    let (_folder, path, journal) = open();
    std::fs::rename(&path, path.with_extension("old")).unwrap();
    journal::nothing_is_sent_without_a_record(&journal, "removed or replaced").await;
    std::fs::write(&path, "another").unwrap();
    journal::nothing_is_sent_without_a_record(&journal, "removed or replaced").await;
    std::fs::rename(path.with_extension("old"), &path).unwrap();
    journal::a_lost_answer_is_found_out(&journal).await;
}

#[tokio::test]
async fn a_file_that_refuses_takes_no_intents_and_keeps_what_it_has() {
    let (_folder, path, journal) = open();
    journal::a_lost_answer_is_found_out(&journal).await;
    // The whole transaction is given up, as on some errors of the disk.
    let other = rusqlite::Connection::open(&path).unwrap();
    other
        .execute_batch("CREATE TRIGGER full BEFORE INSERT ON pay_intent BEGIN SELECT raise(ROLLBACK, 'no'); END")
        .unwrap();
    journal::nothing_is_sent_without_a_record(&journal, "SQLite").await;
    other.execute_batch("DROP TRIGGER full").unwrap();
    let all = journal.list(&pay_store::Listing::new()).await.unwrap();
    assert_eq!(all.len(), 1, "what was there is there");
}

/// Intents that come at once share a transaction: where one of them ends it, none may stand there that was said not to.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transaction_that_is_given_up_takes_all_of_it_along() {
    let (_folder, path, journal) = open();
    let other = rusqlite::Connection::open(&path).unwrap();
    let bad = "CREATE TRIGGER bad BEFORE INSERT ON pay_intent WHEN NEW.reference = 'bad'
        BEGIN SELECT raise(ROLLBACK, 'no'); END; BEGIN IMMEDIATE";
    other.execute_batch(bad).unwrap();
    let sandbox = support::sandbox().await;
    let client = support::merchant(&sandbox).journal(std::sync::Arc::new(journal.clone())).build().unwrap();
    client.lease().await.unwrap();
    // The first waits for the lock alone; the others come together after it.
    let mut all = Vec::new();
    for reference in ["first", "good-1", "bad", "good-2", "good-3"] {
        let client = client.clone();
        let buy = async move { client.purchase(support::airtime(reference)).send().await.is_ok() };
        all.push((reference, tokio::spawn(buy)));
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    other.execute_batch("COMMIT").unwrap();
    for (reference, bought) in all {
        let bought = bought.await.unwrap();
        let listed = journal.list(&pay_store::Listing::new()).await.unwrap();
        let written = listed.iter().any(|entry| entry.reference.as_deref() == Some(reference));
        assert_eq!(bought, reference == "first", "{reference}");
        assert_eq!((written, sandbox.ledger().charges(reference)), (bought, u32::from(bought)), "{reference}");
    }
}

/// The example lists a journal without its key.
#[tokio::test]
async fn the_example_prints_what_is_not_settled() {
    let (_folder, path, journal) = open();
    let sandbox = support::sandbox().await;
    let client = support::merchant(&sandbox).attempts(1).journal(std::sync::Arc::new(journal)).build().unwrap();
    let rule = pay_sandbox::FaultRule::new("pagamio", pay_sandbox::Fault::ResetAfterReading);
    sandbox.add_fault(rule.operation("purchase").times(1)).unwrap();
    client.purchase(support::airtime("listed-1")).send().await.unwrap_err();
    let _ = client.purchase(support::airtime("done-1")).send().await.unwrap();
    for (format, expected) in
        [("csv", "pagamio,purchase,listed-1,50.00,ZAR,unknown,"), ("json", r#""reference":"listed-1""#)]
    {
        let text = reconcile::listed(path.to_str().unwrap(), format == "json").await.unwrap();
        assert!(text.contains(expected) && !text.contains("done-1"), "{text}");
    }
}

/// A process with another pair leaves the intent to those that can open it, and goes on with the others.
#[tokio::test]
async fn a_request_that_does_not_open_waits_for_a_process_that_can() {
    use pay_core::auth::{SealAtRest, StoreError};
    struct Other;
    impl SealAtRest for Other {
        fn seal(&self, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
            Ok(plain.to_vec())
        }
        fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
            Ok(sealed.to_vec())
        }
    }
    let (_folder, path, journal) = open();
    let other = IntentJournal::sqlite(&path, std::sync::Arc::new(Other)).unwrap();
    let sandbox = support::sandbox().await;
    for (journal, reference) in [(&journal, "theirs"), (&other, "own")] {
        let client = support::merchant(&sandbox).attempts(1).journal(std::sync::Arc::new(journal.clone()));
        let rule = pay_sandbox::FaultRule::new("pagamio", pay_sandbox::Fault::ResetAfterReading);
        sandbox.add_fault(rule.operation("purchase").times(1)).unwrap();
        client.build().unwrap().purchase(support::airtime(reference)).send().await.unwrap_err();
    }
    let client = support::merchant(&sandbox).build().unwrap();
    let report = other.recover(&client).again_in(std::time::Duration::ZERO).run().await.unwrap();
    assert_eq!((report.settled.len(), report.waiting.len()), (1, 1), "{report:?}");
    assert_eq!(report.waiting[0].note.as_deref(), Some("what was kept does not open"));
    let report = journal.recover(&client).run().await.unwrap();
    assert_eq!(report.settled[0].reference.as_deref(), Some("theirs"));
    assert_eq!(["own", "theirs"].map(|reference| sandbox.ledger().charges(reference)), [1, 1]);
}

#[tokio::test]
async fn a_locked_file_takes_no_intents() {
    let (_folder, path, journal) = open();
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    journal::nothing_is_sent_without_a_record(&journal, "locked by another process").await;
    other.execute_batch("ROLLBACK").unwrap();
    journal::a_lost_answer_is_found_out(&journal).await;
}

#[tokio::test]
async fn nothing_personal_is_readable_in_the_file() {
    let (folder, path, journal) = open();
    journal::a_lost_answer_is_found_out(&journal).await;
    assert!(holds(folder.path(), b"lost-1"), "the search finds what is there");
    for secret in [support::NUMBER, "merchant@", "AIR-VOD-001", "receipt"] {
        assert!(!holds(folder.path(), secret.as_bytes()), "{secret}");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        for name in ["intents.db", "intents.db-wal"] {
            let mode = std::fs::metadata(path.with_file_name(name)).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{name}: only its owner may read it");
        }
    }
}

/// A file that an older crate made: what is in it stays, and is recovered.
#[tokio::test]
async fn an_older_schema_is_brought_up_to_date_with_what_is_in_it() {
    let (_folder, path, journal) = open();
    let sandbox = support::sandbox().await;
    journal::an_intent_is_left_open(&sandbox, &journal, "older-1").await;
    drop(journal);
    let file = rusqlite::Connection::open(&path).unwrap();
    let schema = || {
        let sql = "SELECT group_concat(name) FROM pragma_table_info('pay_intent')";
        file.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap()
    };
    let newest = schema();
    file.execute_batch(journal::TO_VERSION_1).unwrap();
    file.execute_batch("PRAGMA user_version = 1").unwrap();
    assert_ne!(schema(), newest);
    let journal = IntentJournal::sqlite(&path, sealer()).unwrap();
    assert_eq!(schema(), newest);
    journal::the_open_intent_is_recovered(&sandbox, &journal, "older-1").await;
    assert_eq!(file.query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0)).unwrap(), 2);
}

/// A list that leaves out what it does not understand would be taken for all there is.
#[tokio::test]
async fn an_intent_that_cannot_be_read_is_not_left_out() {
    let (_folder, path, journal) = open();
    journal::a_lost_answer_is_found_out(&journal).await;
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("UPDATE pay_intent SET state = 'newer'").unwrap();
    let error = journal.list(&pay_store::Listing::new()).await.unwrap_err();
    assert!(error.message.contains("update the crate"), "{error}");
}

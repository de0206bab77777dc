//! A disk that is full and one that is read-only: a small file system of the test's own, in a name space of its own.
#![cfg(all(feature = "sqlite", target_os = "linux"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pay_core::journal::State;
use pay_store::{IntentJournal, Listing};
use std::process::Command;
use std::sync::Arc;
use support::process::{Worker, commands, say, setting};
use support::{airtime, count, not_run, sandbox, sealer};

/// Run by the tests below. Buys until it cannot, then says how often it could, and why it cannot any more.
#[test]
#[ignore = "a process of the other tests"]
fn worker() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for _ in commands() {
        let path = std::path::Path::new(&setting("FOLDER")).join("intents.db");
        let journal = match IntentJournal::sqlite(path, sealer()) {
            Ok(journal) => journal,
            Err(error) => {
                say(&format!("0 {:?} {error}", error.setting()));
                continue;
            }
        };
        let client = pagamio::Client::builder()
            .local(setting("PAGAMIO"))
            .credentials(setting("USERNAME"), setting("PASSWORD"))
            .account(pagamio::Account::Merchant(setting("ACCOUNT")))
            .channel(setting("CHANNEL"))
            .pacing(pagamio::Pacing::Off)
            .journal(Arc::new(journal.clone()))
            .build()
            .unwrap();
        runtime.block_on(async {
            for n in 0.. {
                match client.purchase(airtime(&format!("disk-{n}"))).send().await {
                    Ok(_) => {}
                    Err(error) => {
                        let all = journal.list(&Listing::new()).await.unwrap();
                        // An end may have found no room after its intent did: that one is open, and a recovery finds out.
                        let kept = all.iter().filter(|it| matches!(it.state, State::Completed | State::Open)).count();
                        say(&format!("{n} {kept} {:?} {:?} {error}", error.setting(), error.outcome()));
                        return;
                    }
                }
            }
        });
    }
}

/// Runs the worker where `mount` has been; `None` where the kernel lets nobody make name spaces.
async fn on(part: &str, mount: &str) -> Option<(String, usize)> {
    if !Command::new("unshare").args(["-rm", "true"]).status().is_ok_and(|status| status.success()) {
        not_run(part, "unshare");
        return None;
    }
    let (sandbox, folder) = (sandbox().await, tempfile::tempdir().unwrap());
    let (pagamio, account) = (sandbox.pagamio(), sandbox.pagamio().merchant());
    let environment = [
        ("FOLDER", folder.path().to_str().unwrap()),
        ("PAGAMIO", pagamio.base_url()),
        ("USERNAME", account.username()),
        ("PASSWORD", account.password()),
        ("ACCOUNT", account.account_id()),
        ("CHANNEL", account.channel_id()),
    ];
    let before = format!("mount -t tmpfs -o size=384k none \"$FOLDER\" && {mount}exec \"$0\" \"$@\"");
    let mut worker = Worker::start_in(&["unshare", "-rm", "sh", "-ec", &before], &environment);
    let answer = tokio::task::spawn_blocking(move || {
        worker.tell("go");
        worker.answer()
    });
    let answer = answer.await.unwrap();
    Some((answer, count(&sandbox, "purchase")))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_sends_nothing_and_loses_nothing() {
    let Some((answer, sent)) = on("a full disk", "").await else { return };
    let mut words = answer.split(' ');
    let [bought, kept] = [words.next(), words.next()].map(|word| word.unwrap().parse::<usize>().unwrap());
    assert!(bought > 10, "it went well for a while: {answer}");
    assert_eq!((sent, kept), (bought, bought), "what left is written, and nothing else left: {answer}");
    assert!(answer.contains(r#"Some("journal") NotDone"#) && answer.contains("the disk is full"), "{answer}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_only_disk_is_named_when_the_journal_is_opened() {
    let Some((answer, sent)) = on("a read-only disk", "mount -o remount,ro \"$FOLDER\" && ").await else { return };
    assert!(answer.starts_with(r#"0 Some("journal")"#) && answer.contains("read-only"), "{answer}");
    assert_eq!(sent, 0);
}

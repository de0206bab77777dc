//! A disk that is full, one that fails a write, one that is read-only, and a file that is read-only: for processes of the test's own.
#![cfg(all(feature = "sqlite", target_os = "linux"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pay_core::journal::State;
use pay_store::{IntentJournal, Listing};
use std::process::Command;
use std::sync::Arc;
use support::process::{Worker, commands, is_worker, say, setting};
use support::{airtime, count, sandbox, sealer};
use tempfile::TempDir;

/// Run by the tests below. Buys until it cannot, then says how often it could, and why it cannot any more.
#[test]
fn worker() {
    if !is_worker() {
        return;
    }
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

/// Whether the kernel lets this process mount file systems in a name space of its own; a container may forbid it.
fn name_spaces() -> bool {
    let allowed = Command::new("unshare").args(["-rm", "true"]).status().is_ok_and(|status| status.success());
    if !allowed {
        println!("name spaces are forbidden here: what stands in for them is tested instead");
    }
    allowed
}

/// Runs the worker below another program; answers what it said, and how many purchases the sandbox saw.
async fn run(below: &[&str], folder: &TempDir) -> (String, usize) {
    let sandbox = sandbox().await;
    let (pagamio, account) = (sandbox.pagamio(), sandbox.pagamio().merchant());
    let environment = [
        ("FOLDER", folder.path().to_str().unwrap()),
        ("PAGAMIO", pagamio.base_url()),
        ("USERNAME", account.username()),
        ("PASSWORD", account.password()),
        ("ACCOUNT", account.account_id()),
        ("CHANNEL", account.channel_id()),
    ];
    let mut worker = Worker::start_in(below, &environment);
    let answer = tokio::task::spawn_blocking(move || {
        worker.tell("go");
        worker.answer()
    });
    (answer.await.unwrap(), count(&sandbox, "purchase"))
}

/// What was bought is written and was sent, and nothing else was.
fn nothing_was_lost(answer: &str, sent: usize) {
    let mut words = answer.split(' ');
    let [bought, kept] = [words.next(), words.next()].map(|word| word.unwrap().parse::<usize>().unwrap());
    assert!(bought > 10, "it went well for a while: {answer}");
    assert_eq!((sent, kept), (bought, bought), "what left is written, and nothing else left: {answer}");
    assert!(answer.contains(r#"Some("journal")"#), "{answer}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_sends_nothing_and_loses_nothing() {
    if !name_spaces() {
        return;
    }
    let mount = "mount -t tmpfs -o size=384k none \"$FOLDER\" && exec \"$0\" \"$@\"";
    let (answer, sent) = run(&["unshare", "-rm", "sh", "-ec", mount], &tempfile::tempdir().unwrap()).await;
    nothing_was_lost(&answer, sent);
    assert!(answer.contains("NotDone") && answer.contains("the disk is full"), "{answer}");
}

/// SQLite cannot tell whether such a write was done: what is keyed may be sent again by a recovery, and the error says so.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_fails_a_write_sends_nothing_and_loses_nothing() {
    let limit = "trap '' XFSZ; ulimit -f 700; exec \"$0\" \"$@\"";
    let (answer, sent) = run(&["sh", "-c", limit], &tempfile::tempdir().unwrap()).await;
    nothing_was_lost(&answer, sent);
    assert!(answer.contains("Unknown") && answer.contains("SQLite"), "{answer}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_only_disk_is_named_when_the_journal_is_opened() {
    if !name_spaces() {
        return;
    }
    let mount = "mount -t tmpfs -o ro none \"$FOLDER\" && exec \"$0\" \"$@\"";
    let (answer, sent) = run(&["unshare", "-rm", "sh", "-ec", mount], &tempfile::tempdir().unwrap()).await;
    assert!(answer.starts_with(r#"0 Some("journal")"#) && answer.contains("read-only"), "{answer}");
    assert_eq!(sent, 0);
}

/// A file that was one's own, and is read-only now. Root may write all files, so it is another user's process for root.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_only_file_is_named_when_the_journal_is_opened() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("intents.db");
    drop(IntentJournal::sqlite(&file, sealer()).unwrap());
    let program = folder.path().join("worker");
    std::fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    let mode = |path: &std::path::Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    mode(&program, 0o755);
    mode(folder.path(), 0o755);
    mode(&file, 0o444);
    let root = std::fs::metadata(&file).unwrap().uid() == 0;
    let run_as =
        "cd / && exec setpriv --reuid 65534 --regid 65534 --clear-groups \"$FOLDER/worker\" --exact worker --nocapture";
    let run_it = if root { run_as } else { "exec \"$0\" \"$@\"" };
    let (answer, sent) = run(&["sh", "-ec", run_it], &folder).await;
    assert!(answer.starts_with(r#"0 Some("journal")"#), "{answer}");
    assert!(answer.contains("intents.db: permission denied"), "{answer}");
    assert_eq!(sent, 0);
}

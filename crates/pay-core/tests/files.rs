//! Tokens in a directory of files: what it keeps and how, what it refuses, and what several processes make of it.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/children.rs"]
mod children;

use children::{Child, role};
use pay_core::SecretString;
use pay_core::auth::{
    Claim, Claimed, FileStore, Saved, SealAtRest, StoreError, StoredTokens, TokenKey, TokenStore, conformance,
};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tempfile::TempDir;

const LONG: Duration = Duration::from_secs(60);

/// Turns every bit over: enough to see that what is written went through it.
struct Flip;

impl SealAtRest for Flip {
    fn seal(&self, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        Ok(plain.iter().map(|byte| !byte).collect())
    }

    fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        self.seal(sealed)
    }
}

/// A pair whose key is gone.
struct Closed;

impl SealAtRest for Closed {
    fn seal(&self, _: &[u8]) -> Result<Vec<u8>, StoreError> {
        Err(StoreError("the key service is away".to_owned()))
    }

    fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        self.seal(sealed)
    }
}

/// A directory that does not exist yet, in one that goes away with the test.
fn fresh() -> (TempDir, PathBuf) {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("tokens");
    (parent, dir)
}

fn key(user: &str) -> TokenKey {
    TokenKey::new("acme", "https://api.example.com", "client-4711", Some(user))
}

fn pair(generation: u64, access: &str) -> StoredTokens {
    let at = SystemTime::UNIX_EPOCH + Duration::new(1_800_000_000, 123_456_789);
    let secret = |text: String| SecretString::from(text);
    let refresh = secret(format!("refresh-of-{access}"));
    StoredTokens::new(generation, secret(access.to_owned()), Some(refresh), at, Some(at + Duration::from_secs(1800)))
}

async fn take(store: &FileStore, user: &str, generation: u64) -> Claim {
    match store.claim(&key(user), generation, LONG).await.unwrap() {
        Claimed::Yes(claim) => claim,
        other => panic!("{other:?}"),
    }
}

async fn put(store: &FileStore, user: &str, generation: u64, access: &str) {
    let claim = take(store, user, generation - 1).await;
    assert_eq!(store.save(&claim, &pair(generation, access)).await.unwrap(), Saved::Yes);
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// The only file of tokens.
fn tokens_file(dir: &Path) -> PathBuf {
    let mut found: Vec<_> =
        files(dir).into_iter().filter(|file| file.extension().is_some_and(|end| end == "tokens")).collect();
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn files_conform_sealed_and_in_clear() {
    let (_parent, dir) = fresh();
    conformance::token_store(&FileStore::plain_text(&dir).unwrap(), tokio::time::sleep).await.unwrap();
    let (_parent, dir) = fresh();
    conformance::token_store(&FileStore::sealed(&dir, Arc::new(Flip)).unwrap(), tokio::time::sleep).await.unwrap();
}

#[tokio::test]
async fn another_store_on_the_same_directory_sees_it_all() {
    let (_parent, dir) = fresh();
    let (one, two) = (FileStore::plain_text(&dir).unwrap(), FileStore::plain_text(&dir).unwrap());
    put(&one, "ann", 1, "first").await;
    assert!(two.load(&key("ann")).await.unwrap() == Some(pair(1, "first")), "to the nanosecond");
    let claim = take(&one, "ann", 1).await;
    assert!(matches!(two.claim(&key("ann"), 1, LONG).await.unwrap(), Claimed::Held));
    assert_eq!(two.save(&claim, &pair(2, "stolen")).await.unwrap(), Saved::Lost, "a claim is its store's own");
    two.release(&claim).await.unwrap();
    assert!(matches!(two.claim(&key("ann"), 1, LONG).await.unwrap(), Claimed::Held));
    // A claim that ended is taken over while its holder still lives, and that holder's pair does not count.
    one.release(&claim).await.unwrap();
    let slow = match one.claim(&key("ann"), 1, Duration::from_millis(100)).await.unwrap() {
        Claimed::Yes(claim) => claim,
        other => panic!("{other:?}"),
    };
    tokio::time::sleep(Duration::from_millis(150)).await;
    put(&two, "ann", 2, "second").await;
    assert_eq!(one.save(&slow, &pair(2, "late")).await.unwrap(), Saved::Lost);
    assert!(one.load(&key("ann")).await.unwrap() == Some(pair(2, "second")));
    drop(one);
    // A store that is dropped holds nothing any more.
    let third = FileStore::plain_text(&dir).unwrap();
    take(&two, "ann", 2).await;
    drop(two);
    take(&third, "ann", 2).await;
}

#[tokio::test]
async fn nobody_else_can_read_them_and_names_give_nothing_away() {
    let (_parent, dir) = fresh();
    let store = FileStore::sealed(&dir, Arc::new(Flip)).unwrap();
    put(&store, "ann", 1, "access-of-ann").await;
    let _claim = take(&store, "ann", 1).await;
    assert_eq!(mode(&dir), 0o700);
    let files = files(&dir);
    assert_eq!(files.len(), 4, "pair, claim, room, lock: {files:?}");
    for file in &files {
        assert_eq!(mode(file), 0o600, "{file:?}");
        let text = format!("{file:?} {}", String::from_utf8_lossy(&fs::read(file).unwrap()));
        for secret in ["access-of-ann", "refresh", "client-4711", "ann"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
    // The same in clear, where it was asked for by name: otherwise the search above proves nothing.
    let (_parent, dir) = fresh();
    put(&FileStore::plain_text(&dir).unwrap(), "ann", 1, "access-of-ann").await;
    assert!(fs::read_to_string(tokens_file(&dir)).unwrap().contains("refresh-of-access-of-ann"));
    assert!(!format!("{:?}", FileStore::sealed(&dir, Arc::new(Flip)).unwrap()).contains("tokens/"));
}

#[tokio::test]
async fn a_directory_that_will_not_do_is_refused_with_the_reason() {
    let (parent, dir) = fresh();
    let refused = |path: &Path| FileStore::plain_text(path).unwrap_err().to_string();
    assert!(refused(&dir.join("deeper")).contains("cannot make the directory"), "{}", refused(&dir.join("deeper")));
    fs::write(&dir, "a file").unwrap();
    assert!(refused(&dir).contains("not a directory"));
    let open = parent.path().join("open");
    fs::create_dir(&open).unwrap();
    for mode in [0o755, 0o770, 0o701] {
        fs::set_permissions(&open, fs::Permissions::from_mode(mode)).unwrap();
        assert_eq!(
            refused(&open),
            format!("token store: the directory is open to others (mode {mode:o}): give it mode 700")
        );
    }
    fs::set_permissions(&open, fs::Permissions::from_mode(0o700)).unwrap();
    let link = parent.path().join("link");
    symlink(&open, &link).unwrap();
    put(&FileStore::plain_text(&link).unwrap(), "ann", 1, "a").await;
    fs::remove_dir_all(&open).unwrap();
    let gone = FileStore::plain_text(&link).unwrap_err().to_string();
    assert!(gone.contains("cannot open the directory"), "{gone}");
}

#[tokio::test]
async fn a_file_that_is_not_understood_is_named_and_left_alone() {
    let (_parent, dir) = fresh();
    let store = FileStore::plain_text(&dir).unwrap();
    put(&store, "ben", 1, "of-ben").await;
    let of_ben = fs::read(tokens_file(&dir)).unwrap();
    store.forget(&key("ben")).await.unwrap();
    put(&store, "ann", 1, "of-ann").await;
    let file = tokens_file(&dir);
    let good = fs::read(&file).unwrap();
    let text = String::from_utf8(good.clone()).unwrap();
    let changed = |from: &str, to: &str| {
        assert!(text.contains(from));
        text.replace(from, to).into_bytes()
    };
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (Vec::new(), "is empty"),
        (good[..good.len() - 1].to_vec(), "is damaged: it has"),
        (good[..40].to_vec(), "is damaged: it has"),
        (good[..10].to_vec(), "is not a token file"),
        ([good.clone(), b"x".to_vec()].concat(), "is damaged: it has"),
        (vec![0; 300], "is not a token file"),
        (b"{\"access\": \"of-ann\"}".to_vec(), "is not a token file"),
        (vec![b'x'; 2 * 1024 * 1024], "too large"),
        (changed("tokens 1 ", "tokens 2 "), "another version"),
        (changed(" plain ", " sealed "), "is sealed, and this store was opened for plain text"),
        (changed(" plain ", " packed "), "is not a token file"),
        (changed("\"access\"", "\"excess\""), "no pair that can be read"),
        (
            changed("\"issued_at\":[1800000000,123456789]", "\"issued_at\":[180000000,4123456789]"),
            "a time that cannot be",
        ),
        (changed("\"issued_at\":[1800000000,", "\"issued_at\":[-180000000,"), "no pair that can be read"),
        (of_ben, "belongs to another user"),
    ];
    for (bytes, told) in cases {
        fs::write(&file, &bytes).unwrap();
        let error = store.load(&key("ann")).await.unwrap_err().to_string();
        assert!(error.contains(told), "{told}: {error}");
        assert!(error.contains(&file.file_name().unwrap().to_string_lossy()[..12]), "it names the file: {error}");
        assert!(!error.contains("of-ann") && !error.contains("of-ben"), "{error}");
        for generation in [0, 1] {
            let claimed = store.claim(&key("ann"), generation, LONG).await.unwrap_err().to_string();
            assert_eq!(claimed, error, "no claim is given on it, so nothing is asked of the provider");
        }
        assert_eq!(fs::read(&file).unwrap(), bytes, "{told}");
    }
    // Damaged between claim and save: the new pair is not written over it.
    fs::write(&file, &good).unwrap();
    let claim = take(&store, "ann", 1).await;
    fs::write(&file, b"something else").unwrap();
    assert!(store.save(&claim, &pair(2, "new")).await.unwrap_err().to_string().contains("is not a token file"));
    assert_eq!(fs::read(&file).unwrap(), b"something else");
    // It goes away when somebody says so.
    store.forget(&key("ann")).await.unwrap();
    assert!(store.load(&key("ann")).await.unwrap().is_none());
}

#[tokio::test]
async fn sealed_files_are_opened_by_their_own_pair_alone() {
    let (_parent, dir) = fresh();
    put(&FileStore::sealed(&dir, Arc::new(Flip)).unwrap(), "ann", 1, "of-ann").await;
    let error = FileStore::sealed(&dir, Arc::new(Closed)).unwrap().load(&key("ann")).await.unwrap_err();
    assert_eq!(error.to_string(), "token store: the key service is away");
    let error = FileStore::plain_text(&dir).unwrap().load(&key("ann")).await.unwrap_err().to_string();
    assert!(error.contains("is sealed"), "{error}");
    let (_parent, dir) = fresh();
    put(&FileStore::plain_text(&dir).unwrap(), "ann", 1, "of-ann").await;
    let error = FileStore::sealed(&dir, Arc::new(Flip)).unwrap().load(&key("ann")).await.unwrap_err().to_string();
    assert!(error.contains("is in clear, and this store reads sealed files only"), "{error}");
    // A pair that cannot be sealed is not written in clear either, and the claim is still good when the key is back.
    let (_parent, dir) = fresh();
    let store = FileStore::sealed(&dir, Arc::new(Closed)).unwrap();
    let claim = take(&store, "ann", 0).await;
    store.save(&claim, &pair(1, "of-ann")).await.unwrap_err();
    for file in files(&dir) {
        assert!(!String::from_utf8_lossy(&fs::read(&file).unwrap()).contains("of-ann"), "{file:?}");
    }
}

#[tokio::test]
async fn leftovers_of_a_crash_do_no_harm() {
    let (_parent, dir) = fresh();
    let store = FileStore::plain_text(&dir).unwrap();
    put(&store, "ann", 1, "a").await;
    let file = tokens_file(&dir);
    // After a power cut a claim can be there half, empty or whole, and half a pair in its room: nobody holds a lock on them.
    for claim in [&b""[..], b"99999999999999 1000 7\n", b"\xff\xfe"] {
        fs::write(file.with_extension("claim"), claim).unwrap();
        fs::write(file.with_extension("next"), b"pay-core tok").unwrap();
        assert!(store.load(&key("ann")).await.unwrap() == Some(pair(1, "a")));
        let claim = take(&store, "ann", 1).await;
        store.release(&claim).await.unwrap();
        assert_eq!(files(&dir).len(), 2, "pair and lock: {:?}", files(&dir));
    }
}

/// What a child does, told by the environment; a test of its own, so that it can be asked for by name.
#[tokio::test]
async fn a_child() {
    let Some((part, dir)) = role() else { return };
    let store = FileStore::plain_text(&dir).unwrap();
    match part.as_str() {
        // Counts up, as fast as claims are given.
        "count" => {
            for _ in 0..10 {
                loop {
                    let there = store.load(&key("ann")).await.unwrap().map_or(0, |tokens| tokens.generation);
                    if let Claimed::Yes(claim) = store.claim(&key("ann"), there, LONG).await.unwrap() {
                        let next = pair(there + 1, &format!("by-{}", std::process::id()));
                        assert_eq!(store.save(&claim, &next).await.unwrap(), Saved::Yes);
                        break;
                    }
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            }
        }
        "hold" => {
            let _claim = take(&store, "ann", 1).await;
            children::ready();
            tokio::time::sleep(LONG).await;
        }
        "full" => {
            let error = store.claim(&key("ann"), 1, LONG).await.unwrap_err().to_string();
            assert!(error.contains("cannot write"), "{error}");
            assert!(store.load(&key("ann")).await.unwrap() == Some(pair(1, "a")), "what is kept stays");
        }
        "nearly full" => {
            let claim = take(&store, "ann", 1).await;
            let error = store.save(&claim, &pair(2, &"x".repeat(30_000))).await.unwrap_err().to_string();
            assert!(error.contains("cannot write"), "{error}");
            assert!(store.load(&key("ann")).await.unwrap() == Some(pair(1, "a")), "what is kept stays");
            assert!(matches!(store.claim(&key("ann"), 1, LONG).await.unwrap(), Claimed::Held), "the claim stays too");
            assert_eq!(store.save(&claim, &pair(2, "b")).await.unwrap(), Saved::Yes);
        }
        "read-only" => {
            let error = store.claim(&key("ann"), 1, LONG).await.unwrap_err().to_string();
            assert!(error.contains("Permission denied") || error.contains("Read-only"), "{error}");
            assert!(store.load(&key("ann")).await.unwrap() == Some(pair(1, "a")), "reading goes on");
        }
        other => panic!("{other}"),
    }
    children::ready();
}

#[tokio::test]
async fn eight_processes_lose_no_step() {
    let (_parent, dir) = fresh();
    let children: Vec<_> = (0..8).map(|_| Child::start("a_child", "count", &dir)).collect();
    for child in children {
        child.ends_well();
    }
    let store = FileStore::plain_text(&dir).unwrap();
    assert_eq!(store.load(&key("ann")).await.unwrap().unwrap().generation, 80);
    assert_eq!(files(&dir).len(), 2, "pair and lock, and nothing left over: {:?}", files(&dir));
}

#[tokio::test]
async fn the_claim_of_a_killed_process_is_free_at_once() {
    let (_parent, dir) = fresh();
    let store = FileStore::plain_text(&dir).unwrap();
    put(&store, "ann", 1, "a").await;
    let mut child = Child::start("a_child", "hold", &dir);
    child.is_ready();
    assert!(matches!(store.claim(&key("ann"), 1, LONG).await.unwrap(), Claimed::Held));
    child.kill();
    put(&store, "ann", 2, "b").await;
}

#[tokio::test]
async fn a_full_disk_is_noticed_before_anything_is_asked_and_loses_nothing() {
    for (part, blocks) in [("full", 8), ("nearly full", 40)] {
        let (_parent, dir) = fresh();
        put(&FileStore::plain_text(&dir).unwrap(), "ann", 1, "a").await;
        // The largest file that the process may write: to the store it is a disk that is full.
        Child::with_files_of(blocks, "a_child", part, &dir).ends_well();
    }
}

#[tokio::test]
async fn a_directory_that_cannot_be_written_is_noticed_before_anything_is_asked() {
    let (parent, dir) = fresh();
    put(&FileStore::plain_text(&dir).unwrap(), "ann", 1, "a").await;
    Child::who_may_not_write("a_child", "read-only", parent.path(), &dir).ends_well();
}

//! Claims as files: who may replace a pair, until when, and whether that holder still lives.

use super::dir::{Dir, Name, private, told};
use crate::auth::store::StoreError;
use std::fs::{File, TryLockError};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::MetadataExt;
use std::time::{Duration, Instant, SystemTime};

/// The room that a claim takes for the new pair, on the disk.
const ROOM: usize = 8 * 1024;

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Held {
    Yes,
    No,
}

/// A claim of this process: its file, locked while the process lives, and the room for the pair.
pub(super) struct Holder {
    claim: File,
    room: File,
    until: Instant,
}

/// Whether another holder has the claim: it has not ended, and its process lives. Under the guard.
pub(super) fn held(dir: &Dir, name: &Name) -> Result<Held, StoreError> {
    let file = name.claim();
    let Some(bytes) = dir.read(&file)? else { return Ok(Held::No) };
    let opened = private().read(true).open(dir.path(&file)).map_err(|error| told("read", &file, &error))?;
    match opened.try_lock_shared() {
        // Nobody holds it: its process has died, whatever stands in it.
        Ok(()) => Ok(Held::No),
        Err(TryLockError::WouldBlock) if ended(&bytes, SystemTime::now()) => Ok(Held::No),
        Err(TryLockError::WouldBlock) => Ok(Held::Yes),
        Err(TryLockError::Error(error)) => Err(told("lock", &file, &error)),
    }
}

/// Takes the claim and the room for the pair. Under the guard, and only where it is free.
pub(super) fn take(dir: &Dir, name: &Name, nonce: u64, ttl: Duration) -> Result<Holder, StoreError> {
    clear(dir, name)?;
    let taken = write(dir, name, nonce, ttl);
    if taken.is_err() {
        // Half a claim would say nothing and take room.
        let _ = clear(dir, name);
    }
    taken
}

fn write(dir: &Dir, name: &Name, nonce: u64, ttl: Duration) -> Result<Holder, StoreError> {
    let new = |file: &str, bytes: &[u8]| {
        // A file of its own, not an old one written over: an earlier holder may still have the old one locked.
        let mut opened = private().write(true).create_new(true).open(dir.path(file))?;
        opened.write_all(bytes)?;
        Ok(opened)
    };
    let until = SystemTime::now() + ttl;
    let text = format!("{} {} {nonce}\n", millis(until), ttl.as_millis());
    let claim = new(&name.claim(), text.as_bytes()).map_err(|error| told("write", &name.claim(), &error))?;
    claim.try_lock().map_err(|_| StoreError("a new claim cannot be locked".to_owned()))?;
    let room = new(&name.next(), &[b' '; ROOM]).map_err(|error| told("write", &name.next(), &error))?;
    // Only now is the room really ours: file systems put off finding blocks.
    room.sync_all().map_err(|error| told("write", &name.next(), &error))?;
    Ok(Holder { claim, room, until: Instant::now() + ttl })
}

/// Removes whatever claim there is. Under the guard.
pub(super) fn clear(dir: &Dir, name: &Name) -> Result<(), StoreError> {
    dir.remove(&name.claim())?;
    dir.remove(&name.next())
}

impl Holder {
    /// Whether it has neither ended nor been taken over.
    pub(super) fn holds(&self, dir: &Dir, name: &Name) -> Result<bool, StoreError> {
        Ok(self.is_in_time() && self.is_current(dir, name)?)
    }

    pub(super) fn is_in_time(&self) -> bool {
        Instant::now() < self.until
    }

    /// Whether the claim's file is still the one that this holder made.
    pub(super) fn is_current(&self, dir: &Dir, name: &Name) -> Result<bool, StoreError> {
        let file = name.claim();
        let ours = self.claim.metadata().map_err(|error| told("read", &file, &error))?;
        match std::fs::metadata(dir.path(&file)) {
            Ok(there) => Ok((there.dev(), there.ino()) == (ours.dev(), ours.ino())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(told("read", &file, &error)),
        }
    }

    /// Puts the pair in its place, whole: written, on the disk, renamed, the name on the disk. Uses the claim up.
    pub(super) fn publish(&self, dir: &Dir, name: &Name, bytes: &[u8]) -> Result<(), StoreError> {
        let (next, tokens) = (name.next(), name.tokens());
        let wrote = (|| {
            let mut room = &self.room;
            room.seek(SeekFrom::Start(0))?;
            room.write_all(bytes)?;
            room.set_len(bytes.len() as u64)?;
            room.sync_all()
        })();
        wrote.map_err(|error| told("write", &next, &error))?;
        std::fs::rename(dir.path(&next), dir.path(&tokens)).map_err(|error| told("rename", &next, &error))?;
        dir.sync()?;
        dir.remove(&name.claim())
    }
}

fn millis(time: SystemTime) -> u128 {
    time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_millis()
}

/// Whether a claim's time is over. What cannot be read is not: its holder lives, and has not finished writing or is not ours.
fn ended(bytes: &[u8], now: SystemTime) -> bool {
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    let mut words = text.split_whitespace().map_while(|word| word.parse::<u128>().ok());
    let (Some(until), Some(ttl)) = (words.next(), words.next()) else { return false };
    let now = millis(now);
    // A clock that was set back far must not make a claim last for ever.
    now >= until || until - now > ttl.saturating_mul(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_ends_by_the_clock_and_does_not_outlast_a_clock_that_is_set_back() {
        let at = |millis| SystemTime::UNIX_EPOCH + Duration::from_millis(millis);
        let claim = b"10000 500 7\n";
        for (now, over) in [(9_500, false), (9_999, false), (10_000, true), (9_000, false), (8_999, true), (0, true)] {
            assert_eq!(ended(claim, at(now)), over, "{now}");
        }
        for damaged in [&b""[..], b"x", b"10000", b"\xff\xff 1 1"] {
            assert!(!ended(damaged, at(20_000)));
        }
    }
}

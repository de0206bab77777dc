//! The directory: names that give nothing away, private modes, locks that die with their process, and the disk's word.

use crate::auth::store::{StoreError, TokenKey};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read as _};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The largest file that is read: a pair is some hundred bytes.
const MOST: u64 = 1024 * 1024;

/// How long the short critical section of another process is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the files of one key are called.
#[derive(Clone)]
pub(super) struct Name(String);

impl Name {
    pub(super) fn of(key: &TokenKey) -> Self {
        let mut hex = String::with_capacity(64);
        for byte in Sha256::digest(key.expose().as_bytes()) {
            let _ = write!(hex, "{byte:02x}");
        }
        Self(hex)
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn tokens(&self) -> String {
        format!("{}.tokens", self.0)
    }

    pub(super) fn next(&self) -> String {
        format!("{}.next", self.0)
    }

    pub(super) fn claim(&self) -> String {
        format!("{}.claim", self.0)
    }

    /// Locks are shared by many keys, so that they need never be removed: removing a file that another process may be
    /// about to lock is how two come to hold "the" lock.
    fn lock(&self) -> String {
        format!("lock-{}", &self.0[..1])
    }
}

pub(super) struct Dir {
    path: PathBuf,
    /// Kept open: what reaches the disk is this directory, whatever is renamed above it.
    itself: File,
}

impl Dir {
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        match DirBuilder::new().mode(0o700).create(path) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => {
                return Err(told("make", "the directory", &error));
            }
            _ => {}
        }
        let itself = File::open(path).map_err(|error| told("open", "the directory", &error))?;
        let metadata = itself.metadata().map_err(|error| told("open", "the directory", &error))?;
        if !metadata.is_dir() {
            return Err(StoreError("the path is not a directory".to_owned()));
        }
        let mode = metadata.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(StoreError(format!("the directory is open to others (mode {mode:o}): give it mode 700")));
        }
        Ok(Self { path: path.to_owned(), itself })
    }

    pub(super) fn path(&self, file: &str) -> PathBuf {
        self.path.join(file)
    }

    /// The right to look and write for this key, until the guard is dropped or the process dies.
    pub(super) fn guard(&self, name: &Name) -> Result<File, StoreError> {
        let file = name.lock();
        let lock = private().write(true).create(true).truncate(false).open(self.path(&file));
        let lock = lock.map_err(|error| told("open", &file, &error))?;
        let give_up = Instant::now() + PATIENCE;
        loop {
            match lock.try_lock() {
                Ok(()) => return Ok(lock),
                Err(TryLockError::WouldBlock) if Instant::now() < give_up => {
                    std::thread::sleep(Duration::from_millis(1));
                }
                Err(TryLockError::WouldBlock) => {
                    return Err(StoreError(format!("{file} is held by another process, which does not go on")));
                }
                Err(TryLockError::Error(error)) => return Err(told("lock", &file, &error)),
            }
        }
    }

    /// The whole file, or nothing where there is none.
    pub(super) fn read(&self, file: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let opened = match File::open(self.path(file)) {
            Ok(opened) => opened,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(told("read", file, &error)),
        };
        let mut bytes = Vec::new();
        opened.take(MOST + 1).read_to_end(&mut bytes).map_err(|error| told("read", file, &error))?;
        if bytes.len() as u64 > MOST {
            return Err(StoreError(format!("{} is not a token file: it is too large", short(file))));
        }
        Ok(Some(bytes))
    }

    pub(super) fn remove(&self, file: &str) -> Result<(), StoreError> {
        match std::fs::remove_file(self.path(file)) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(told("remove", file, &error)),
            _ => Ok(()),
        }
    }

    /// Names reach the disk: without it a rename can be forgotten by a power cut.
    pub(super) fn sync(&self) -> Result<(), StoreError> {
        self.itself.sync_all().map_err(|error| told("sync", "the directory", &error))
    }
}

/// A file that only its owner may read.
pub(super) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.mode(0o600);
    options
}

/// An error of the file system in words; it names the file as far as one needs to find it.
pub(super) fn told(what: &str, file: &str, error: &io::Error) -> StoreError {
    StoreError(format!("cannot {what} {}: {error}", short(file)))
}

/// Enough of a name to find the file.
pub(super) fn short(file: &str) -> String {
    match file.split_once('.') {
        Some((hash, kind)) if hash.len() > 12 => format!("{}….{kind}", &hash[..12]),
        _ => file.to_owned(),
    }
}

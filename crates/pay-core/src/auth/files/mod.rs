//! Tokens in a directory of files: for processes of one machine that share accounts, with nothing to install.

mod claim;
mod dir;
mod format;

use super::at_rest::SealAtRest;
use super::store::{Claim, Claimed, Saved, StoreError, StoredTokens, TokenKey, TokenStore};
use async_trait::async_trait;
use claim::{Held, Holder};
use dir::{Dir, Name};
use format::Form;
use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Tokens in a directory of files, shared by the processes of one machine: the embedded choice beside [`super::MemoryStore`].
///
/// - One file per user, replaced by an atomic rename after it and its directory have reached the disk. The directory has
///   mode 0700 (one that others can enter is refused), its files 0600.
/// - A claim ends after its time, and at once when its holder dies: the kernel lets go of the holder's lock ([`std::fs::File::lock`]).
/// - The room for a new pair is taken with the claim, so a full disk or a read-only directory is noticed *before* the
///   provider replaces the refresh token.
/// - A file that is truncated, foreign, sealed otherwise or of another version is an error that names it; it is never overwritten.
///   [`TokenStore::forget`] removes it.
/// - File names are SHA-256 of the key (crate, base URL, credential id, user). That keeps ids out of listings and backups' indexes; it does not
///   hide them from who can guess them, so name users by something that is not their phone number.
///
/// A local file system is needed: network file systems promise neither the locks nor the rename. Unix only: elsewhere
/// locked files and directories follow other rules, which nobody has tried here.
pub struct FileStore {
    inner: Arc<Inner>,
}

struct Inner {
    dir: Dir,
    form: Form,
    /// The claims that this store holds, by nonce.
    held: Mutex<HashMap<u64, Holder>>,
}

impl FileStore {
    /// A store whose files are sealed by the caller's pair. The directory is made if its parent exists.
    ///
    /// # Errors
    /// Where the directory cannot be made or used, or where others can enter it.
    pub fn sealed(dir: impl AsRef<Path>, seal: Arc<dyn SealAtRest>) -> Result<Self, StoreError> {
        Self::open(dir.as_ref(), Form::Sealed(seal))
    }

    /// A store whose files hold tokens in clear: who can read them, or a backup of them, can act for every user.
    ///
    /// # Errors
    /// As [`FileStore::sealed`].
    pub fn plain_text(dir: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::open(dir.as_ref(), Form::PlainText)
    }

    fn open(dir: &Path, form: Form) -> Result<Self, StoreError> {
        Ok(Self { inner: Arc::new(Inner { dir: Dir::open(dir)?, form, held: Mutex::default() }) })
    }

    /// File operations block, so they run where they may.
    async fn run<R: Send + 'static>(
        &self,
        act: impl FnOnce(&Inner) -> Result<R, StoreError> + Send + 'static,
    ) -> Result<R, StoreError> {
        let inner = Arc::clone(&self.inner);
        let ended = tokio::task::spawn_blocking(move || act(&inner)).await;
        ended.unwrap_or_else(|_| Err(StoreError("the file operation was stopped".to_owned())))
    }
}

impl fmt::Debug for FileStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileStore").field("form", &self.inner.form).finish_non_exhaustive()
    }
}

impl Inner {
    fn load(&self, name: &Name) -> Result<Option<StoredTokens>, StoreError> {
        match self.dir.read(&name.tokens())? {
            Some(bytes) => self.form.decode(name, &bytes).map(Some),
            None => Ok(None),
        }
    }

    fn generation(&self, name: &Name) -> Result<u64, StoreError> {
        Ok(self.load(name)?.map_or(0, |tokens| tokens.generation))
    }

    fn held(&self) -> MutexGuard<'_, HashMap<u64, Holder>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn claim(&self, key: TokenKey, generation: u64, ttl: Duration) -> Result<Claimed, StoreError> {
        let name = Name::of(&key);
        let _guard = self.dir.guard(&name)?;
        if self.generation(&name)? != generation {
            return Ok(Claimed::Newer);
        }
        if claim::held(&self.dir, &name)? == Held::Yes {
            return Ok(Claimed::Held);
        }
        let nonce = fastrand::u64(..);
        let holder = claim::take(&self.dir, &name, nonce, ttl)?;
        let mut held = self.held();
        // Claims that nobody came back with: who asked had given up waiting.
        held.retain(|_, holder| holder.is_in_time());
        held.insert(nonce, holder);
        Ok(Claimed::Yes(Claim::new(key, generation, nonce)))
    }

    fn save(&self, claim: &Claim, tokens: &StoredTokens) -> Result<Saved, StoreError> {
        let name = Name::of(&claim.key);
        let _guard = self.dir.guard(&name)?;
        let Some(holder) = self.held().remove(&claim.nonce) else { return Ok(Saved::Lost) };
        if !holder.holds(&self.dir, &name)? || self.generation(&name)? != claim.generation {
            return Ok(Saved::Lost);
        }
        let saved = self.form.encode(&name, tokens).and_then(|bytes| holder.publish(&self.dir, &name, &bytes));
        if saved.is_err() {
            // Still ours: the caller may try again until the claim ends.
            self.held().insert(claim.nonce, holder);
        }
        saved.map(|()| Saved::Yes)
    }

    fn release(&self, claim: &Claim) -> Result<(), StoreError> {
        let name = Name::of(&claim.key);
        let _guard = self.dir.guard(&name)?;
        let Some(holder) = self.held().remove(&claim.nonce) else { return Ok(()) };
        if holder.is_current(&self.dir, &name)? { claim::clear(&self.dir, &name) } else { Ok(()) }
    }

    fn forget(&self, key: &TokenKey) -> Result<(), StoreError> {
        let name = Name::of(key);
        let _guard = self.dir.guard(&name)?;
        claim::clear(&self.dir, &name)?;
        self.dir.remove(&name.tokens())?;
        self.dir.sync()
    }
}

#[async_trait]
impl TokenStore for FileStore {
    async fn load(&self, key: &TokenKey) -> Result<Option<StoredTokens>, StoreError> {
        let name = Name::of(key);
        self.run(move |inner| inner.load(&name)).await
    }

    async fn claim(&self, key: &TokenKey, generation: u64, ttl: Duration) -> Result<Claimed, StoreError> {
        let key = key.clone();
        self.run(move |inner| inner.claim(key, generation, ttl)).await
    }

    async fn save(&self, claim: &Claim, tokens: &StoredTokens) -> Result<Saved, StoreError> {
        let (claim, tokens) = (claim.clone(), tokens.clone());
        self.run(move |inner| inner.save(&claim, &tokens)).await
    }

    async fn release(&self, claim: &Claim) -> Result<(), StoreError> {
        let claim = claim.clone();
        self.run(move |inner| inner.release(&claim)).await
    }

    async fn forget(&self, key: &TokenKey) -> Result<(), StoreError> {
        let key = key.clone();
        self.run(move |inner| inner.forget(&key)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn claims_that_nobody_came_back_with_are_let_go() {
        let parent = tempfile::tempdir().unwrap();
        let store = FileStore::plain_text(parent.path().join("tokens")).unwrap();
        let key = |user: &str| TokenKey::new("acme", "https://example.com", "a", Some(user));
        for user in ["ann", "ben"] {
            let claimed = store.claim(&key(user), 0, Duration::from_millis(20)).await.unwrap();
            assert!(matches!(claimed, Claimed::Yes(_)));
        }
        tokio::time::sleep(Duration::from_millis(30)).await;
        store.claim(&key("cem"), 0, Duration::from_secs(30)).await.unwrap();
        assert_eq!(store.inner.held().len(), 1, "each holds two files open");
    }
}

//! How secrets are sealed where a store keeps them: the pair that a caller supplies.

use super::StoreError;

/// Seals what a store writes, and opens it again. Keys, and their rotation, are the caller's: a key service, an age
/// identity, an AEAD cipher whose key comes from a vault.
///
/// An AEAD (AES-GCM, ChaCha20-Poly1305) is meant: it also tells that a value was changed. A store writes what the value
/// belongs to into it, so a value that was copied to another user's place opens and is refused.
pub trait SealAtRest: Send + Sync {
    /// Seals.
    ///
    /// # Errors
    /// A text without secrets; nothing is then written.
    fn seal(&self, plain: &[u8]) -> Result<Vec<u8>, StoreError>;

    /// Opens what [`SealAtRest::seal`] made, with an older key too while one is being replaced.
    ///
    /// # Errors
    /// A text without secrets; the value is then left as it is.
    fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, StoreError>;
}

//! How secrets are sealed where a store keeps them: the pair that a caller supplies.

use super::StoreError;

/// Seals what a store writes, and opens it again. Keys, and their rotation, are the caller's: a key service, an age
/// identity, an AEAD cipher whose key comes from a vault.
///
/// An AEAD (AES-GCM, ChaCha20-Poly1305) is meant: it also tells that a value was changed. A store writes what the value
/// belongs to into it, so a value that was copied to another user's place opens and is refused.
///
/// ```no_run
/// use pay_core::auth::{FileStore, SealAtRest, StoreError};
/// use std::sync::Arc;
///
/// # struct Cipher;
/// # impl Cipher {
/// #     fn encrypt(&self, plain: &[u8]) -> Result<Vec<u8>, ()> { Ok(plain.to_vec()) }
/// #     fn decrypt(&self, sealed: &[u8]) -> Result<Vec<u8>, ()> { Ok(sealed.to_vec()) }
/// # }
/// /// An AEAD cipher with a key from your vault, which puts its nonce in front.
/// struct Vault(Cipher);
///
/// impl SealAtRest for Vault {
///     fn seal(&self, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
///         self.0.encrypt(plain).map_err(|_| StoreError("the pair cannot be sealed".to_owned()))
///     }
///
///     fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
///         self.0.decrypt(sealed).map_err(|_| StoreError("the pair does not open: another key, or it was changed".to_owned()))
///     }
/// }
///
/// # fn store(cipher: Cipher) -> Result<(), StoreError> {
/// let store = FileStore::sealed("/var/lib/shop/paga-tokens", Arc::new(Vault(cipher)))?;
/// # Ok(()) }
/// ```
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

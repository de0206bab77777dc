//! The caller's pair that seals what is kept: tokens, frozen requests, answers with PINs.

use pay_core::auth::{SealAtRest, StoreError};
use std::fmt;
use std::sync::Arc;
use zeroize::Zeroizing;

/// What is sealed begins with the place that it is kept at, and that is compared when it is opened: a value that was copied to another
/// account or intent does not open there.
#[derive(Clone)]
pub(crate) struct Sealer(Arc<dyn SealAtRest>);

impl Sealer {
    pub(crate) fn new(pair: Arc<dyn SealAtRest>) -> Self {
        Self(pair)
    }

    pub(crate) fn seal(&self, place: &str, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        let mut bound = Zeroizing::new(Vec::with_capacity(place.len() + 1 + plain.len()));
        bound.extend_from_slice(place.as_bytes());
        bound.push(0);
        bound.extend_from_slice(plain);
        self.0.seal(&bound)
    }

    pub(crate) fn open(&self, place: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        let bound = Zeroizing::new(self.0.open(sealed)?);
        let plain = bound.strip_prefix(place.as_bytes()).and_then(|rest| rest.strip_prefix(&[0]));
        let plain =
            plain.ok_or_else(|| StoreError("what was kept belongs elsewhere, or another pair sealed it".into()))?;
        Ok(Zeroizing::new(plain.to_vec()))
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealer")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Flip;

    impl SealAtRest for Flip {
        fn seal(&self, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
            Ok(plain.iter().map(|byte| byte ^ 0x5a).collect())
        }

        fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
            self.seal(sealed)
        }
    }

    #[test]
    fn what_was_moved_does_not_open() {
        let sealer = Sealer::new(Arc::new(Flip));
        let sealed = sealer.seal("a", b"secret").unwrap();
        assert_ne!(sealed, b"secret");
        assert_eq!(sealer.open("a", &sealed).unwrap().as_slice(), b"secret");
        assert!(sealer.open("b", &sealed).is_err());
        assert!(sealer.open("", &sealed).is_err());
    }
}

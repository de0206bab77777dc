//! The caller's pair that seals what is kept: tokens, frozen requests, answers with PINs.

use std::fmt;
use std::sync::Arc;
use zeroize::Zeroizing;

type Half = dyn Fn(&[u8]) -> Option<Vec<u8>> + Send + Sync;

/// Two functions of yours: one seals, one opens. All processes need the same pair; to rotate a key, let `open` try both.
///
/// Use a cipher with authentication, such as AES-GCM with a random nonce in front. What is sealed begins with the place that it is kept
/// at, and that is compared when it is opened: a value that was moved elsewhere does not open.
#[derive(Clone)]
pub struct Sealer {
    seal: Arc<Half>,
    open: Arc<Half>,
}

impl Sealer {
    /// A pair. `None` where one of them fails: nothing is kept then, and nothing is sent.
    pub fn new(
        seal: impl Fn(&[u8]) -> Option<Vec<u8>> + Send + Sync + 'static,
        open: impl Fn(&[u8]) -> Option<Vec<u8>> + Send + Sync + 'static,
    ) -> Self {
        Self { seal: Arc::new(seal), open: Arc::new(open) }
    }

    pub(crate) fn seal(&self, place: &str, plain: &[u8]) -> Option<Vec<u8>> {
        let mut bound = Zeroizing::new(Vec::with_capacity(place.len() + 1 + plain.len()));
        bound.extend_from_slice(place.as_bytes());
        bound.push(0);
        bound.extend_from_slice(plain);
        (self.seal)(&bound)
    }

    pub(crate) fn open(&self, place: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let bound = Zeroizing::new((self.open)(sealed)?);
        let plain = bound.strip_prefix(place.as_bytes())?.strip_prefix(&[0])?;
        Some(Zeroizing::new(plain.to_vec()))
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

    fn swap() -> Sealer {
        let flip = |bytes: &[u8]| Some(bytes.iter().map(|byte| byte ^ 0x5a).collect());
        Sealer::new(flip, flip)
    }

    #[test]
    fn what_was_moved_does_not_open() {
        let sealed = swap().seal("a", b"secret").unwrap();
        assert_ne!(sealed, b"secret");
        assert_eq!(swap().open("a", &sealed).unwrap().as_slice(), b"secret");
        assert!(swap().open("b", &sealed).is_none());
        assert!(swap().open("", &sealed).is_none());
        assert!(Sealer::new(|_| None, |_| None).seal("a", b"x").is_none());
    }
}

//! The keys that may have signed: more than one while a key is being replaced.

use crate::mac::{MacKey, MacKeyError};
use crate::secret::SecretString;

/// One key or several. While a key is being replaced the old and the new one are both good.
#[derive(Debug, Clone)]
pub struct Keys(Vec<MacKey>);

impl Keys {
    /// One key.
    ///
    /// # Errors
    /// Where it is empty, or begins or ends with white space.
    pub fn new(key: &SecretString) -> Result<Self, MacKeyError> {
        Ok(Self(vec![MacKey::new(key)?]))
    }

    /// And one more.
    ///
    /// # Errors
    /// As those of [`new`](Self::new).
    pub fn and(mut self, key: &SecretString) -> Result<Self, MacKeyError> {
        self.0.push(MacKey::new(key)?);
        Ok(self)
    }

    /// Whether one of the keys signed the parts, one after the other. Every key is tried, so that the time does not
    /// tell which one it was.
    pub fn verify(&self, parts: &[&[u8]], hex: &[u8]) -> bool {
        self.0.iter().fold(false, |found, key| key.verify(parts, hex) | found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_of_the_keys_verifies_and_no_other() {
        let keys = Keys::new(&"old".into()).unwrap().and(&"new".into()).unwrap();
        for text in ["old", "new", "other"] {
            let signature = MacKey::new(&text.into()).unwrap().sign(&[b"message"]);
            assert_eq!(keys.verify(&[b"mess", b"age"], signature.as_str().as_bytes()), text != "other");
        }
        assert_eq!(Keys::new(&"".into()).unwrap_err(), MacKeyError::Empty);
        assert_eq!(keys.and(&"new\n".into()).unwrap_err(), MacKeyError::Space);
    }
}

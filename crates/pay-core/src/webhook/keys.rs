//! The keys that may have signed: more than one while a key is being replaced.

use crate::mac::{MacKey, MacKeyError};
use crate::secret::SecretString;

/// One key or several. While a key is being replaced the old and the new one are both good.
#[derive(Debug, Clone)]
pub struct Keys(Vec<MacKey>);

impl Keys {
    /// Keys from their texts.
    ///
    /// # Errors
    /// Where there is none, or one is empty or begins or ends with white space.
    pub fn new<'a>(keys: impl IntoIterator<Item = &'a SecretString>) -> Result<Self, MacKeyError> {
        let keys: Vec<MacKey> = keys.into_iter().map(MacKey::new).collect::<Result<_, _>>()?;
        if keys.is_empty() { Err(MacKeyError::Empty) } else { Ok(Self(keys)) }
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
        let texts = ["old", "new"].map(SecretString::from);
        let keys = Keys::new(&texts).unwrap();
        for text in ["old", "new", "other"] {
            let signature = MacKey::new(&text.into()).unwrap().sign(&[b"message"]);
            assert_eq!(keys.verify(&[b"mess", b"age"], signature.as_str().as_bytes()), text != "other");
        }
        assert_eq!(Keys::new([]).unwrap_err(), MacKeyError::Empty);
        assert_eq!(Keys::new(&["old".into(), "".into()]).unwrap_err(), MacKeyError::Empty);
    }
}

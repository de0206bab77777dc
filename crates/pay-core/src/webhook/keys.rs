//! The keys that may have signed: more than one while a key is being replaced.

use crate::error::Error;
use crate::mac::MacKey;
use crate::secret::SecretString;
use crate::vars::Vars;

/// One key or several. While a key is being replaced the old and the new one are both good.
#[derive(Debug, Clone)]
pub struct Keys(Vec<MacKey>);

impl Keys {
    /// One key, which `setting` gave.
    ///
    /// # Errors
    /// `Kind::Config` with the setting's name where the key is empty, or begins or ends with white space.
    pub fn new(setting: &'static str, key: &SecretString) -> Result<Self, Error> {
        Self(Vec::new()).and(setting, key)
    }

    /// And one more.
    ///
    /// # Errors
    /// As those of [`new`](Self::new).
    pub fn and(mut self, setting: &'static str, key: &SecretString) -> Result<Self, Error> {
        self.0.push(MacKey::new(key).map_err(|error| Error::config(setting, error.to_string()))?);
        Ok(self)
    }

    /// The keys of two variables: `key`, and `previous` where it is set.
    ///
    /// # Errors
    /// `Kind::Config`, naming the variable that is missing or wrong.
    pub fn from_vars(vars: &Vars, key: &'static str, previous: &'static str) -> Result<Self, Error> {
        let keys = Self::new(key, &vars.required(key)?.into())?;
        match vars.get(previous) {
            Some(before) => keys.and(previous, &before.into()),
            None => Ok(keys),
        }
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
        let keys = Keys::new("key", &"old".into()).unwrap().and("key", &"new".into()).unwrap();
        for text in ["old", "new", "other"] {
            let signature = MacKey::new(&text.into()).unwrap().sign(&[b"message"]);
            assert_eq!(keys.verify(&[b"mess", b"age"], signature.as_str().as_bytes()), text != "other");
        }
        assert_eq!(Keys::new("first", &"".into()).unwrap_err().setting(), Some("first"));
        assert_eq!(keys.and("second", &"new\n".into()).unwrap_err().setting(), Some("second"));
    }

    #[test]
    fn two_variables_hold_a_key_and_the_one_before() {
        let from = |first: Option<&str>, second: Option<&str>| {
            let change = [("KEY", first), ("PREVIOUS_KEY", second)];
            Keys::from_vars(&Vars::table(&[], &change), "KEY", "PREVIOUS_KEY")
        };
        let named = |error: Error| error.setting().map(str::to_owned);
        assert_eq!(from(Some("a"), None).unwrap().0.len(), 1);
        assert_eq!(from(Some("a"), Some("b")).unwrap().0.len(), 2);
        assert_eq!(named(from(None, Some("b")).unwrap_err()).as_deref(), Some("KEY"));
        assert_eq!(named(from(Some(""), None).unwrap_err()).as_deref(), Some("KEY"));
        assert_eq!(named(from(Some("a"), Some(" b")).unwrap_err()).as_deref(), Some("PREVIOUS_KEY"));
    }
}

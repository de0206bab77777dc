//! What stands in a token file: one line that says what it is, and a pair, sealed or in clear.

use super::dir::{Name, short};
use crate::auth::at_rest::SealAtRest;
use crate::auth::store::{StoreError, StoredTokens};
use crate::secret::SecretString;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use zeroize::Zeroizing;

const MAGIC: &str = "pay-core tokens";
const VERSION: &str = "1";

/// How pairs stand in files. A store reads its own form only: a file in clear in a sealed store is a mistake or an attack.
pub(super) enum Form {
    Sealed(Arc<dyn SealAtRest>),
    PlainText,
}

impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Whole seconds and the rest.
type Time = (u64, u32);

#[derive(Serialize)]
struct Written<'a> {
    name: &'a str,
    generation: u64,
    access: &'a str,
    refresh: Option<&'a str>,
    issued_at: Time,
    expires_at: Option<Time>,
}

#[derive(Deserialize)]
struct Read {
    name: String,
    generation: u64,
    access: SecretString,
    refresh: Option<SecretString>,
    issued_at: Time,
    expires_at: Option<Time>,
}

impl Form {
    fn word(&self) -> &'static str {
        match self {
            Self::Sealed(_) => "sealed",
            Self::PlainText => "plain",
        }
    }

    pub(super) fn encode(&self, name: &Name, tokens: &StoredTokens) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        let written = Written {
            name: name.as_str(),
            generation: tokens.generation,
            access: tokens.access.expose_secret(),
            refresh: tokens.refresh.as_ref().map(ExposeSecret::expose_secret),
            issued_at: time(tokens.issued_at),
            expires_at: tokens.expires_at.map(time),
        };
        let plain = serde_json::to_vec(&written).map_err(|_| StoreError("the pair cannot be written".to_owned()))?;
        let plain = Zeroizing::new(plain);
        let payload = match self {
            Self::Sealed(seal) => Zeroizing::new(seal.seal(&plain)?),
            Self::PlainText => plain,
        };
        let mut bytes = Zeroizing::new(Vec::with_capacity(64 + payload.len()));
        bytes.extend_from_slice(format!("{MAGIC} {VERSION} {} {}\n", self.word(), payload.len()).as_bytes());
        bytes.extend_from_slice(&payload);
        Ok(bytes)
    }

    pub(super) fn decode(&self, name: &Name, bytes: &[u8]) -> Result<StoredTokens, StoreError> {
        let wrong = |what: &str| StoreError(format!("{} {what}: it is left as it is", short(&name.tokens())));
        if bytes.is_empty() {
            return Err(wrong("is empty"));
        }
        let foreign = || wrong("is not a token file of this library");
        let end = bytes.iter().take(64).position(|b| *b == b'\n').ok_or_else(foreign)?;
        let line = std::str::from_utf8(&bytes[..end]).map_err(|_| foreign())?;
        let mut words = line.strip_prefix(MAGIC).ok_or_else(foreign)?.split(' ').skip(1);
        if words.next() != Some(VERSION) {
            return Err(wrong("was written in another version of the format"));
        }
        let word = words.next();
        let length: usize = words.next().and_then(|length| length.parse().ok()).ok_or_else(foreign)?;
        let payload = &bytes[end + 1..];
        if payload.len() != length {
            return Err(wrong(&format!("is damaged: it has {} bytes instead of {length}", payload.len())));
        }
        let plain = match (self, word) {
            (Self::Sealed(seal), Some("sealed")) => Zeroizing::new(seal.open(payload)?),
            (Self::PlainText, Some("plain")) => Zeroizing::new(payload.to_vec()),
            (Self::Sealed(_), Some("plain")) => {
                return Err(wrong("is in clear, and this store reads sealed files only"));
            }
            (Self::PlainText, Some("sealed")) => {
                return Err(wrong("is sealed, and this store was opened for plain text"));
            }
            _ => return Err(foreign()),
        };
        // No text of the JSON library: it quotes what it read.
        let read: Read = serde_json::from_slice(&plain).map_err(|_| wrong("holds no pair that can be read"))?;
        if read.name != name.as_str() {
            return Err(wrong("belongs to another user or account"));
        }
        let at = |time| instant(time).ok_or_else(|| wrong("holds a time that cannot be"));
        let expires_at = read.expires_at.map(at).transpose()?;
        Ok(StoredTokens::new(read.generation, read.access, read.refresh, at(read.issued_at)?, expires_at))
    }
}

fn time(time: SystemTime) -> Time {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    (since.as_secs(), since.subsec_nanos())
}

fn instant((seconds, nanos): Time) -> Option<SystemTime> {
    if nanos >= 1_000_000_000 {
        return None;
    }
    SystemTime::UNIX_EPOCH.checked_add(Duration::new(seconds, nanos))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::TokenKey;
    use proptest::prelude::*;

    fn file() -> (Name, Vec<u8>) {
        let name = Name::of(&TokenKey::new("acme", "https://example.com", "a", Some("ann")));
        let secret = |text: &str| SecretString::from(text.to_owned());
        let tokens = StoredTokens::new(7, secret("access"), Some(secret("refresh")), SystemTime::UNIX_EPOCH, None);
        let bytes = Form::PlainText.encode(&name, &tokens).unwrap();
        assert!(Form::PlainText.decode(&name, &bytes).unwrap() == tokens);
        (name, bytes.to_vec())
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused_without_being_quoted(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let (name, _) = file();
            prop_assert!(Form::PlainText.decode(&name, &bytes).is_err());
        }

        #[test]
        fn a_file_that_was_cut_or_grew_is_refused(cut in 0_usize..200, more in proptest::collection::vec(any::<u8>(), 0..4)) {
            let (name, mut bytes) = file();
            let whole = bytes.clone();
            bytes.truncate(cut);
            bytes.extend(more);
            let read = Form::PlainText.decode(&name, &bytes);
            prop_assert_eq!(read.is_ok(), bytes == whole);
            let told = read.map_or_else(|error| error.to_string(), |_| String::new());
            prop_assert!(!told.contains("access\"") && !told.contains("refresh"), "{}", told);
        }
    }
}

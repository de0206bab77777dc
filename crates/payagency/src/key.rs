//! The keys of a profile: what the prefix of one says, and the check that the other has its 32 bytes.

use async_trait::async_trait;
use pay_core::seal::SealKey;
use pay_core::{CredentialError, CredentialSource, Credentials, Error, ExposeSecret, SecretString};
use std::fmt;
use std::sync::Arc;

/// The name of the encryption key among the credentials.
pub(crate) const SEAL: &str = "encryption";

/// Test or live: the key's prefix says which, and the path follows the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_enums)]
pub enum Environment {
    /// A key that begins with `PA_TEST_`.
    ProviderTest,
    /// A key that begins with `PA_LIVE_`: real money.
    Production,
}

impl Environment {
    /// What the prefix of a secret key says; `None` for every other prefix. The SDKs take those for test keys.
    pub fn of_key(secret_key: &str) -> Option<Self> {
        let rest = |prefix: &str| secret_key.strip_prefix(prefix).is_some_and(|rest| !rest.is_empty());
        match (rest("PA_TEST_"), rest("PA_LIVE_")) {
            (true, _) => Some(Self::ProviderTest),
            (_, true) => Some(Self::Production),
            _ => None,
        }
    }

    /// How it stands in a path.
    pub(crate) fn segment(self) -> &'static str {
        match self {
            Self::ProviderTest => "test",
            Self::Production => "live",
        }
    }

    /// The environment that a path names: its first segment that says one, such as `live` or `live-transactions`. Ids come later.
    pub(crate) fn of_path(path: &str) -> Option<Self> {
        // A server reads `%6Cive` as `live`, and perhaps `LIVE` too.
        let path = decoded(path).to_ascii_lowercase();
        path.split('/').find_map(|segment| {
            [Self::ProviderTest, Self::Production].into_iter().find(|environment| {
                let rest = segment.strip_prefix(environment.segment());
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
            })
        })
    }
}

/// A path with its `%XX` read.
fn decoded(path: &str) -> String {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [first, tail @ ..] = rest {
        let escaped = tail
            .get(..2)
            .filter(|_| *first == b'%')
            .and_then(|digits| std::str::from_utf8(digits).ok().and_then(|digits| u8::from_str_radix(digits, 16).ok()));
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.segment())
    }
}

/// The two keys of a profile as credentials, for a [`CredentialSource`] of your own.
pub fn credentials(secret_key: impl Into<SecretString>, encryption_key: impl Into<SecretString>) -> Credentials {
    // A profile has no name besides its key.
    Credentials::new("", secret_key).with_key(SEAL, encryption_key)
}

/// Checks keys that do not change, before anything is sent.
pub(crate) fn environment_of(credentials: &Credentials) -> Result<Environment, Error> {
    let secret = credentials.secret().expose_secret();
    let environment = Environment::of_key(secret).ok_or_else(|| {
        Error::config("secret_key", "must begin with `PA_TEST_` or `PA_LIVE_`; nothing else is guessed")
    })?;
    if !secret.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Error::config("secret_key", "holds characters that no header can carry, such as a line end"));
    }
    seal_key(credentials).map(|_| environment)
}

/// The sealing key, prepared once for its credentials.
pub(crate) fn seal_key(credentials: &Credentials) -> Result<&SealKey, Error> {
    let key = credentials.seal_key(SEAL).ok_or_else(|| Error::config("encryption_key", "is missing"))?;
    key.map_err(|_| Error::config("encryption_key", "must have exactly 32 bytes: the text of the dashboard, as it is"))
}

/// A source whose keys stay in one environment: a rotation can never turn a test client into a live one.
pub(crate) struct Checked {
    pub(crate) source: Arc<dyn CredentialSource>,
    pub(crate) environment: Environment,
}

#[async_trait]
impl CredentialSource for Checked {
    async fn credentials(&self) -> Result<Credentials, CredentialError> {
        let credentials = self.source.credentials().await?;
        match environment_of(&credentials) {
            Ok(found) if found == self.environment => Ok(credentials),
            Ok(_) => Err(CredentialError(format!("the secret key is no {} key", self.environment))),
            Err(error) => Err(CredentialError(error.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_two_prefixes_are_known() {
        assert_eq!(Environment::of_key("PA_TEST_0"), Some(Environment::ProviderTest));
        assert_eq!(Environment::of_key("PA_LIVE_0"), Some(Environment::Production));
        for key in ["", "PA_TEST_", "PA_LIVE_", "pa_live_0", "PA_LIVE", "xPA_LIVE_0", "sk_live_0", " PA_TEST_0"] {
            assert_eq!(Environment::of_key(key), None, "{key:?}");
        }
    }

    #[test]
    fn a_path_says_its_environment_before_any_id() {
        use Environment::{Production, ProviderTest};
        for (path, environment) in [
            ("/api/v1/test/card", Some(ProviderTest)),
            ("/api/live/status/test", Some(Production)),
            ("/api/v1/live-transactions", Some(Production)),
            ("/payagency/api/v1/test-wallet-transactions", Some(ProviderTest)),
            ("/api/v1/wallet", None),
            ("/api/v1/testing/live", Some(Production)),
            ("/api/v1/%6Civ%65/card", Some(Production)),
            ("/api/v1/LIVE/card", Some(Production)),
            ("/api/v1/%live/%", None),
        ] {
            assert_eq!(Environment::of_path(path), environment, "{path}");
        }
    }
}

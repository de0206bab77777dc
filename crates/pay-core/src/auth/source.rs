//! Where credentials come from, and how a provider turns them into tokens.

use super::TokenCell;
use crate::error::Kind;
#[cfg(feature = "mac")]
use crate::mac::{MacKey, MacKeyError};
use crate::parts::Parts;
#[cfg(feature = "seal")]
use crate::seal::{SealKey, SealKeyError};
use crate::secret::{RawBody, SecretString};
use crate::wire::Answer;
use async_trait::async_trait;
use secrecy::ExposeSecret;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
#[cfg(any(feature = "mac", feature = "seal"))]
use std::sync::OnceLock;
use std::time::Duration;

/// What proves who calls: an id and a secret, and named keys for signing or sealing where a provider has them.
///
/// Clones are cheap: they share the texts, and what was computed of them.
#[derive(Clone)]
pub struct Credentials(Arc<Texts>);

#[derive(Clone)]
struct Texts {
    id: SecretString,
    secret: SecretString,
    keys: Vec<Key>,
}

#[derive(Clone)]
struct Key {
    name: &'static str,
    text: SecretString,
    /// Made of `text` at the first signature. It lives and dies with it, so a rotated key brings a state of its own.
    #[cfg(feature = "mac")]
    mac: OnceLock<Result<MacKey, MacKeyError>>,
    /// The same for sealing.
    #[cfg(feature = "seal")]
    seal: OnceLock<Result<SealKey, SealKeyError>>,
}

impl Credentials {
    /// An id (user name, client id, public key) and its secret.
    pub fn new(id: impl Into<String>, secret: impl Into<SecretString>) -> Self {
        let (id, secret) = (SecretString::from(id.into()), secret.into());
        Self(Arc::new(Texts { id, secret, keys: Vec::new() }))
    }

    /// Adds a named key, such as a signing key.
    #[must_use]
    pub fn with_key(mut self, name: &'static str, key: impl Into<SecretString>) -> Self {
        let key = Key {
            name,
            text: key.into(),
            #[cfg(feature = "mac")]
            mac: OnceLock::new(),
            #[cfg(feature = "seal")]
            seal: OnceLock::new(),
        };
        Arc::make_mut(&mut self.0).keys.push(key);
        self
    }

    /// The id. It is personal or half of a secret: it is never printed.
    pub fn id(&self) -> &str {
        self.0.id.expose_secret()
    }

    /// The secret.
    pub fn secret(&self) -> &SecretString {
        &self.0.secret
    }

    /// A named key.
    pub fn key(&self, name: &str) -> Option<&SecretString> {
        self.named(name).map(|key| &key.text)
    }

    fn named(&self, name: &str) -> Option<&Key> {
        self.0.keys.iter().find(|key| key.name == name)
    }

    /// A named key, prepared for signing; prepared once for these credentials and all their clones.
    ///
    /// # Errors
    /// As [`MacKey::new`].
    #[cfg(feature = "mac")]
    pub fn mac_key(&self, name: &str) -> Option<Result<&MacKey, MacKeyError>> {
        let key = self.named(name)?;
        Some(key.mac.get_or_init(|| MacKey::new(&key.text)).as_ref().map_err(|error| *error))
    }

    /// A named key, prepared for sealing; prepared once for these credentials and all their clones.
    ///
    /// # Errors
    /// As [`SealKey::new`].
    #[cfg(feature = "seal")]
    pub fn seal_key(&self, name: &str) -> Option<Result<&SealKey, SealKeyError>> {
        let key = self.named(name)?;
        Some(key.seal.get_or_init(|| SealKey::new(&key.text)).as_ref().map_err(|error| *error))
    }

    /// Whether a log-in with `other` would send something else.
    pub(crate) fn differs(&self, other: &Self) -> bool {
        self.id() != other.id() || self.secret().expose_secret() != other.secret().expose_secret()
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials([REDACTED])")
    }
}

/// Why credentials could not be read. The text is printed: it must hold no secret.
#[derive(Debug, Clone)]
pub struct CredentialError(
    /// What went wrong.
    pub String,
);

impl fmt::Display for CredentialError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for CredentialError {}

/// Where credentials come from. Read at each token call, signature and sealing, so a rotated secret needs no restart.
#[async_trait]
pub trait CredentialSource: Send + Sync {
    /// The credentials that are valid now.
    async fn credentials(&self) -> Result<Credentials, CredentialError>;
}

/// Credentials that do not change.
#[async_trait]
impl CredentialSource for Credentials {
    async fn credentials(&self) -> Result<Credentials, CredentialError> {
        Ok(self.clone())
    }
}

/// Tokens of the caller's own, in the place of the provider's token call: from a vault, a gateway, another service.
///
/// The cell around it stays: one question at a time for all tasks, an early refresh, a pause after a failure.
#[async_trait]
pub trait TokenSource: Send + Sync {
    /// A token that is valid now. Asked at the first call, ahead of the end of each token, and after a refused one.
    async fn token(&self) -> Result<SecretString, CredentialError>;
}

/// A token that is on its way from a [`TokenSource`].
pub type OwnTokens<'a> = Pin<Box<dyn Future<Output = Result<Tokens, CredentialError>> + Send + 'a>>;

/// Which token call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GrantStep {
    /// With the credentials alone.
    Login,
    /// With a refresh token.
    Refresh,
}

/// What a token call answered.
#[derive(Clone)]
#[non_exhaustive]
pub struct Tokens {
    /// The access token.
    pub access: SecretString,
    /// The refresh token; where none came, an earlier one stays valid.
    pub refresh: Option<SecretString>,
    /// The lifetime that the provider named.
    pub lifetime: Option<Duration>,
    /// Members of the answer that the model does not name, as raw JSON text. They may be secret.
    pub extra: Vec<(String, SecretString)>,
}

impl Tokens {
    /// An access token of unknown lifetime without a refresh token.
    pub fn new(access: impl Into<SecretString>) -> Self {
        Self { access: access.into(), refresh: None, lifetime: None, extra: Vec::new() }
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("lifetime", &self.lifetime).finish_non_exhaustive()
    }
}

/// Why a token call gave no token.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct GrantFailure {
    /// The server said no to these credentials or this refresh token. Everything else is transient.
    pub refused: bool,
    /// What was refused is the client itself (its id or secret), not the refresh token: the pair may be as good as before.
    pub client: bool,
    /// The kind of the error, where it is neither `Login` nor `Token`.
    pub kind: Option<Kind>,
    /// What is wrong, in our words; never a part of the body.
    pub message: &'static str,
    /// The provider's code.
    pub code: Option<String>,
    /// The provider's message.
    pub text: Option<String>,
    /// What the caller can do.
    pub advice: Option<&'static str>,
    /// What may be shown of the answer: no token, no code, no secret.
    pub body: Option<RawBody>,
}

impl GrantFailure {
    /// The server said no.
    pub fn refused(message: &'static str) -> Self {
        Self { refused: true, client: false, kind: None, message, code: None, text: None, advice: None, body: None }
    }

    /// The server said no to the client's own id or secret; a refresh token says nothing about that.
    pub fn client_refused(message: &'static str) -> Self {
        Self { client: true, ..Self::refused(message) }
    }

    /// No token, but the credentials may be good.
    pub fn transient(message: &'static str) -> Self {
        Self { refused: false, ..Self::refused(message) }
    }

    /// As an error of this kind.
    #[must_use]
    pub fn kind(mut self, kind: Kind) -> Self {
        self.kind = Some(kind);
        self
    }

    /// With what may be shown of the answer; the caller takes all secrets out first.
    #[must_use]
    pub fn body(mut self, redacted: impl Into<Vec<u8>>) -> Self {
        self.body = Some(RawBody::new(redacted.into()));
        self
    }

    /// With the provider's code and message.
    #[must_use]
    pub fn provider(mut self, code: Option<String>, text: Option<String>) -> Self {
        self.code = code;
        self.text = text;
        self
    }

    /// With what the caller can do.
    #[must_use]
    pub fn advice(mut self, advice: &'static str) -> Self {
        self.advice = Some(advice);
        self
    }
}

/// How a provider gives out tokens: what is sent, and what the answers mean.
pub trait Grant: Send + Sync + 'static {
    /// The token call with credentials alone; `None` where a user must consent first.
    fn login(&self, credentials: &Credentials) -> Option<Parts>;

    /// Tokens that are had without a token call of ours; `None`, the default: [`login`](Self::login) is sent.
    fn own(&self) -> Option<OwnTokens<'_>> {
        None
    }

    /// The token call with a refresh token; `None` where the provider has none.
    fn refresh(&self, _credentials: &Credentials, _refresh: &SecretString) -> Option<Parts> {
        None
    }

    /// Whether only a user's consent can replace a lost pair. Then nothing is refreshed whose result could not be kept: a
    /// store that does not answer is an error, and a new pair is saved before anybody gets its access token.
    fn consent_only(&self) -> bool {
        false
    }

    /// Reads the answer.
    ///
    /// # Errors
    /// A failure that says whether the server refused; it holds no part of the body, which may hold tokens.
    fn read(&self, step: GrantStep, answer: &Answer) -> Result<Tokens, GrantFailure>;
}

/// Who calls: a credential source, and the token cell that belongs to it.
#[derive(Clone)]
pub struct Access {
    pub(crate) source: Arc<dyn CredentialSource>,
    pub(crate) cell: Option<Arc<TokenCell>>,
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access").field("tokens", &self.cell.is_some()).finish_non_exhaustive()
    }
}

#[cfg(all(test, feature = "mac"))]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_prepared_once_for_its_credentials_and_never_for_others() {
        let first = Credentials::new("id", "secret").with_key("signing", "first");
        let prepared = |credentials: &Credentials| {
            let key = credentials.mac_key("signing").unwrap().unwrap();
            (std::ptr::from_ref(key), key.sign(&[b"message"]).as_str().to_owned())
        };
        assert_eq!(prepared(&first), prepared(&first.clone()));
        let rotated = Credentials::new("id", "secret").with_key("signing", "second");
        assert_ne!(prepared(&first).1, prepared(&rotated).1);
        let more = first.clone().with_key("other", "third");
        assert_eq!(prepared(&first).1, prepared(&more).1);
        assert!(first.key("other").is_none() && first.mac_key("other").is_none());
        assert!(first.clone().with_key("empty", "").mac_key("empty").unwrap().is_err());
    }
}

#[cfg(all(test, feature = "seal"))]
mod sealing {
    use super::*;

    #[test]
    fn a_key_is_prepared_once_for_its_credentials_and_never_for_others() {
        let [one, two] = ["0", "1"].map(|digit| digit.repeat(32));
        let first = Credentials::new("id", "secret").with_key("seal", one);
        let prepared = |credentials: &Credentials| std::ptr::from_ref(credentials.seal_key("seal").unwrap().unwrap());
        assert_eq!(prepared(&first), prepared(&first.clone()));
        let rotated = Credentials::new("id", "secret").with_key("seal", two);
        let sealed = first.seal_key("seal").unwrap().unwrap().seal("", b"{}".to_vec(), "").unwrap();
        let sealed = std::str::from_utf8(&sealed).unwrap();
        assert!(first.seal_key("seal").unwrap().unwrap().open(sealed).is_ok());
        assert!(rotated.seal_key("seal").unwrap().unwrap().open(sealed).is_err());
        assert!(first.seal_key("other").is_none());
        assert!(first.clone().with_key("short", "0").seal_key("short").unwrap().is_err());
    }
}

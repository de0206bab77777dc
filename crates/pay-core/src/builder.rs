//! The settings that every client has, and the builder methods for them, written once.

use crate::auth::TokenStore;
use crate::error::Error;
use crate::journal::Journal;
use crate::retry::{Jitter, Pacing};
use crate::secret::SecretString;
use crate::wire::Transport;
use secrecy::ExposeSecret;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// Where wall time comes from.
pub(crate) type WallClock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// A proxy URL; it may hold a password.
#[derive(Clone)]
pub(crate) struct ProxyUrl(SecretString);

impl ProxyUrl {
    pub(crate) fn as_str(&self) -> &str {
        self.0.expose_secret()
    }
}

/// Connection, time and repeat settings of a client. A provider crate's builder holds one and gives it to the engine.
#[derive(Clone)]
#[non_exhaustive]
#[allow(missing_docs)]
pub struct Settings {
    pub connect_timeout: Duration,
    pub attempt_timeout: Duration,
    /// Of a token call, a credential source or a token store; `None`: as `attempt_timeout`.
    pub token_timeout: Option<Duration>,
    pub deadline: Duration,
    pub attempts: u32,
    pub pacing: Pacing,
    pub pool_idle_timeout: Duration,
    pub pool_max_idle: usize,
    pub max_body: usize,
    pub user_agent_suffix: Option<String>,
    pub transport: Option<Transport>,
    pub token_store: Option<Arc<dyn TokenStore>>,
    pub journal: Option<Arc<dyn Journal>>,
    pub(crate) proxy: Option<ProxyUrl>,
    pub(crate) roots: Vec<Vec<u8>>,
    pub(crate) wall: Option<WallClock>,
    pub(crate) jitter: Jitter,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            attempt_timeout: Duration::from_secs(25),
            token_timeout: None,
            deadline: Duration::from_secs(60),
            attempts: 5,
            pacing: Pacing::default(),
            // Shorter than what servers commonly keep, so that a payment seldom meets a connection that is just being closed.
            pool_idle_timeout: Duration::from_secs(20),
            pool_max_idle: 32,
            max_body: 8 * 1024 * 1024,
            user_agent_suffix: None,
            transport: None,
            token_store: None,
            journal: None,
            proxy: None,
            roots: Vec::new(),
            wall: None,
            jitter: Jitter::Random,
        }
    }
}

impl Settings {
    /// Sets the proxy.
    pub fn set_proxy(&mut self, url: String) {
        self.proxy = Some(ProxyUrl(url.into()));
    }

    /// Adds a root certificate.
    pub fn add_root_pem(&mut self, pem: Vec<u8>) {
        self.roots.push(pem);
    }

    /// Sets the wall clock.
    pub fn set_wall_clock(&mut self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) {
        self.wall = Some(Arc::new(clock));
    }

    /// Fixes all jitter at this many thousandths of its span, for tests that count.
    #[cfg(any(test, feature = "script"))]
    pub fn set_fixed_jitter(&mut self, thousandths: u32) {
        self.jitter = Jitter::Fixed(thousandths);
    }

    /// Where calls may take long, tokens need not: who waits for a claim waits for at least this long.
    pub(crate) fn token_timeout(&self) -> Duration {
        self.token_timeout.unwrap_or(self.attempt_timeout).min(self.attempt_timeout)
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        for (setting, value) in [
            ("connect_timeout", self.connect_timeout),
            ("attempt_timeout", self.attempt_timeout),
            ("deadline", self.deadline),
            ("pool_idle_timeout", self.pool_idle_timeout),
        ] {
            if value.is_zero() {
                return Err(Error::config(setting, "must be longer than nothing"));
            }
            if value > Duration::from_secs(24 * 3600) {
                return Err(Error::config(setting, "must be at most a day"));
            }
        }
        if self.attempts == 0 {
            return Err(Error::config("attempts", "must be at least 1"));
        }
        if self.max_body == 0 {
            return Err(Error::config("max_body", "must be at least 1 byte"));
        }
        if let Some(suffix) = &self.user_agent_suffix
            && !suffix.bytes().all(|b| (b' '..=b'~').contains(&b))
        {
            return Err(Error::config("user_agent_suffix", "must be printable ASCII"));
        }
        Ok(())
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("connect_timeout", &self.connect_timeout)
            .field("attempt_timeout", &self.attempt_timeout)
            .field("deadline", &self.deadline)
            .field("attempts", &self.attempts)
            .field("pacing", &self.pacing)
            .field("proxy", &self.proxy.is_some())
            .field("roots", &self.roots.len())
            .finish_non_exhaustive()
    }
}

/// Writes the builder methods that all clients share; the builder has a field `settings: Settings`.
#[macro_export]
macro_rules! builder_settings {
    () => {
        /// How long a connection may take to be made. Default: 10 s.
        #[must_use]
        pub fn connect_timeout(mut self, time: std::time::Duration) -> Self {
            self.settings.connect_timeout = time;
            self
        }

        /// How long one attempt may take, from its first byte to the last of the answer. Default: 25 s.
        #[must_use]
        pub fn attempt_timeout(mut self, time: std::time::Duration) -> Self {
            self.settings.attempt_timeout = time;
            self
        }

        /// How long a whole call may take: waits, token and all attempts. Default: 60 s; each call can have its own.
        #[must_use]
        pub fn deadline(mut self, time: std::time::Duration) -> Self {
            self.settings.deadline = time;
            self
        }

        /// How many attempts a call has at most. Default: 5; only requests that may be repeated are.
        #[must_use]
        pub fn attempts(mut self, most: u32) -> Self {
            self.settings.attempts = most;
            self
        }

        /// What happens to a call that is over a documented limit. Default: it fails locally, unsent, with the wait.
        #[must_use]
        pub fn pacing(mut self, pacing: $crate::Pacing) -> Self {
            self.settings.pacing = pacing;
            self
        }

        /// An HTTP proxy, such as `http://user:password@proxy.example:3128`. No proxy is read from the environment.
        #[must_use]
        pub fn proxy(mut self, url: impl Into<String>) -> Self {
            self.settings.set_proxy(url.into());
            self
        }

        /// A root certificate in PEM form to trust besides the machine's own; may be given more than once.
        #[must_use]
        pub fn root_certificate_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
            self.settings.add_root_pem(pem.into());
            self
        }

        /// How long an unused connection is kept. Default: 20 s.
        #[must_use]
        pub fn pool_idle_timeout(mut self, time: std::time::Duration) -> Self {
            self.settings.pool_idle_timeout = time;
            self
        }

        /// How many unused connections are kept. Default: 32.
        #[must_use]
        pub fn pool_max_idle(mut self, most: usize) -> Self {
            self.settings.pool_max_idle = most;
            self
        }

        /// The largest answer that is read, in bytes. Default: 8 MiB.
        #[must_use]
        pub fn max_body(mut self, bytes: usize) -> Self {
            self.settings.max_body = bytes;
            self
        }

        /// Added to the `User-Agent`, such as `shop/1.2`.
        #[must_use]
        pub fn user_agent_suffix(mut self, suffix: impl Into<String>) -> Self {
            self.settings.user_agent_suffix = Some(suffix.into());
            self
        }

        /// Where tokens are kept. Default: in this client's memory.
        #[must_use]
        pub fn token_store(mut self, store: std::sync::Arc<dyn $crate::auth::TokenStore>) -> Self {
            self.settings.token_store = Some(store);
            self
        }

        /// Where the intents of money calls are written before their first byte leaves. Default: nowhere; calls then cost nothing
        /// more. Where an intent cannot be written, nothing is sent.
        #[must_use]
        pub fn journal(mut self, journal: std::sync::Arc<dyn $crate::journal::Journal>) -> Self {
            self.settings.journal = Some(journal);
            self
        }

        /// Where wall time comes from. Default: the system; a sandbox's clock can be shared here.
        #[must_use]
        pub fn wall_clock(mut self, clock: impl Fn() -> std::time::SystemTime + Send + Sync + 'static) -> Self {
            self.settings.set_wall_clock(clock);
            self
        }

        /// Connections made elsewhere: a scripted transport in tests. Proxy, certificates and pool settings then have no effect.
        #[must_use]
        pub fn transport(mut self, transport: $crate::Transport) -> Self {
            self.settings.transport = Some(transport);
            self
        }
    };
}
pub use builder_settings;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn impossible_settings_are_named() {
        let wrong = |change: fn(&mut Settings)| {
            let mut settings = Settings::default();
            change(&mut settings);
            settings.check().unwrap_err().setting().unwrap().to_owned()
        };
        assert_eq!(wrong(|s| s.connect_timeout = Duration::ZERO), "connect_timeout");
        assert_eq!(wrong(|s| s.attempt_timeout = Duration::ZERO), "attempt_timeout");
        assert_eq!(wrong(|s| s.deadline = Duration::MAX), "deadline");
        assert_eq!(wrong(|s| s.attempts = 0), "attempts");
        assert_eq!(wrong(|s| s.max_body = 0), "max_body");
        assert_eq!(wrong(|s| s.user_agent_suffix = Some("a\r\nb".into())), "user_agent_suffix");
    }

    #[test]
    fn a_proxy_password_does_not_print() {
        let mut settings = Settings::default();
        settings.set_proxy("http://u:hunter2@proxy:1".into());
        assert!(!format!("{settings:?}").contains("hunter2"));
    }
}

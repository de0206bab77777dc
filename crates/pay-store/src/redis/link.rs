//! One connection to Redis, made when it is needed and made anew when it broke.

use pay_core::Error;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, FromRedisValue, RedisError, Script};
use std::time::Duration;
use tokio::sync::Mutex;

/// Our choice: a refresh waits no longer than this for Redis to say that it is down.
const CONNECT: Duration = Duration::from_secs(1);
const ANSWER: Duration = Duration::from_secs(1);

pub(crate) struct Link {
    client: Client,
    /// Held while connecting, so that all wait for one connection; answers are waited for outside.
    connection: Mutex<Option<MultiplexedConnection>>,
}

impl Link {
    /// No I/O. The address may hold a password, so no message repeats it.
    pub(crate) fn new(setting: &'static str, url: &str) -> Result<Self, Error> {
        #[cfg(feature = "redis-rustls")]
        if url.starts_with("rediss:") {
            choose_cryptography();
        }
        let client = Client::open(url).map_err(|_| {
            Error::config(setting, "is no address of Redis, such as `redis://127.0.0.1:6379/0` (`rediss://` needs the feature `redis-rustls`)")
        })?;
        Ok(Self { client, connection: Mutex::new(None) })
    }

    async fn connection(&self) -> Result<MultiplexedConnection, RedisError> {
        let mut held = self.connection.lock().await;
        if let Some(connection) = &*held {
            return Ok(connection.clone());
        }
        let config =
            AsyncConnectionConfig::new().set_connection_timeout(Some(CONNECT)).set_response_timeout(Some(ANSWER));
        let connection = self.client.get_multiplexed_async_connection_with_config(&config).await?;
        *held = Some(connection.clone());
        Ok(connection)
    }

    /// Runs a script on one server, atomically. `again`: it may be sent twice, so a connection that broke since its last use costs
    /// nothing.
    pub(crate) async fn run<T: FromRedisValue>(
        &self,
        script: &Script,
        keys: &[&str],
        arguments: &[&[u8]],
        again: bool,
    ) -> Result<T, String> {
        let mut tries = if again { 2 } else { 1 };
        loop {
            tries -= 1;
            let mut invocation = script.prepare_invoke();
            for key in keys {
                invocation.key(*key);
            }
            for argument in arguments {
                invocation.arg(*argument);
            }
            let asked = match self.connection().await {
                Ok(mut connection) => invocation.invoke_async(&mut connection).await,
                Err(error) => Err(error),
            };
            match asked {
                Ok(answer) => return Ok(answer),
                Err(error) => {
                    let broken = error.is_io_error() || error.is_connection_dropped() || error.is_timeout();
                    if broken {
                        *self.connection.lock().await = None;
                    }
                    if tries == 0 || !broken || error.is_timeout() {
                        return Err(told(&error));
                    }
                }
            }
        }
    }
}

/// The library takes the process's provider of cryptography, and panics where the program has features of several and has chosen none.
#[cfg(feature = "redis-rustls")]
fn choose_cryptography() {
    use rustls::crypto::{CryptoProvider, aws_lc_rs};
    if CryptoProvider::get_default().is_none() {
        // Another thread may be first.
        let _ = aws_lc_rs::default_provider().install_default();
    }
}

/// What may be printed: the category and Redis's own code, since details could repeat what was sent.
fn told(error: &RedisError) -> String {
    match error.code() {
        Some(code) => format!("{}, {code}", error.category()),
        None if error.is_timeout() => "no answer in time".to_owned(),
        None => error.category().to_owned(),
    }
}

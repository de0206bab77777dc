//! PostgreSQL: a small pool that mends itself, TLS where it is asked for, and the replay guard.

mod guard;
mod pool;
#[cfg(feature = "postgres-rustls")]
mod tls;

pub use guard::PostgresGuard;
pub(crate) use pool::Pool;

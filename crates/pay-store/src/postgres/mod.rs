//! PostgreSQL: a small pool that mends itself, and the replay guard.

mod guard;
mod pool;

pub use guard::PostgresGuard;
pub(crate) use pool::Pool;

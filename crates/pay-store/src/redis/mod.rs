//! Redis: one connection that mends itself, a circuit for outages, tokens and the replay guard.

mod circuit;
mod guard;
mod link;
mod tokens;

pub use guard::RedisGuard;
pub use tokens::RedisTokens;

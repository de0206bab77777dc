//! For payment clients in more than one process: shared tokens, a shared replay guard, and a journal of intents.

// Its examples are of all engines.
#![cfg_attr(
    all(feature = "redis", feature = "sqlite", feature = "postgres"),
    doc = include_str!("../README.md")
)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(any(feature = "redis", feature = "sqlite", feature = "postgres"))]
mod digest;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod journal;
#[cfg(any(feature = "redis", feature = "sqlite", feature = "postgres"))]
mod nonce;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "redis")]
mod redis;
#[cfg(any(feature = "redis", feature = "sqlite", feature = "postgres"))]
mod sealer;

#[cfg(any(feature = "redis", feature = "sqlite", feature = "postgres"))]
pub use digest::hashed;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub use journal::{Entry, Found, IntentJournal, Listing, Recovery, Report, to_csv, to_json};
#[cfg(feature = "postgres")]
pub use postgres::PostgresGuard;
#[cfg(feature = "redis")]
pub use redis::{RedisGuard, RedisTokens};

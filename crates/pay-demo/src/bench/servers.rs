//! Redis and PostgreSQL on private ports and folders, started as the tests of `pay-store` start them: this file compiles theirs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, dead_code, unreachable_pub)]

#[path = "../../../pay-store/tests/support/machine.rs"]
mod machine;
#[path = "../../../pay-store/tests/support/postgres.rs"]
mod postgres;
#[path = "../../../pay-store/tests/support/redis.rs"]
mod redis;

use machine::{free_port, not_run};
pub(crate) use postgres::Postgres;
pub(crate) use redis::Redis;

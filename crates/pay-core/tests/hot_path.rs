//! A fresh token is read where it lies: nothing is allocated, and nothing is asked for.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;
use std::time::Duration;
use tokio::time::sleep;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// One test in this file: others would allocate beside it.
#[tokio::test(start_paused = true)]
async fn a_fresh_token_is_borrowed_and_an_old_one_is_fetched_first() {
    let (server, engine, access) = support::client();
    let read = || engine.with_authorization(&access, |value| value.ends_with(b"a-t1"));
    assert!(read().await.unwrap(), "the first one logs in");

    let region = Region::new(ALLOCATOR);
    for _ in 0..100 {
        assert!(read().await.unwrap());
    }
    let change = region.change();
    assert_eq!((change.allocations, change.reallocations, change.deallocations), (0, 0, 0));
    assert_eq!(server.logins(), 1);

    sleep(Duration::from_secs(3600)).await;
    assert!(engine.with_authorization(&access, |value| value.ends_with(b"a-t2")).await.unwrap());
    assert_eq!(server.logins(), 2);
}

//! Real servers on private ports and folders, a sealing pair, and what else the tests share.

#![allow(dead_code, unreachable_pub, missing_docs, missing_debug_implementations)]

#[cfg(feature = "postgres")]
pub mod postgres;
#[cfg(feature = "redis")]
pub mod redis;

pub mod machine;
pub mod process;

pub use machine::{free_port, not_run};

use pagamio::{Account, Builder, Client, Pacing, Purchase};
use pay_core::auth::{SealAtRest, StoreError};
use pay_sandbox::Sandbox;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

pub const NUMBER: &str = "+27821234567";

pub fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A pair for tests: not a cipher, but nothing stands in it as it was.
pub fn sealer() -> Arc<dyn SealAtRest> {
    Arc::new(Flip)
}

struct Flip;

impl SealAtRest for Flip {
    fn seal(&self, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        Ok(plain.iter().enumerate().map(|(at, byte)| byte ^ (at as u8) ^ 0xa5).collect())
    }

    fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        self.seal(sealed)
    }
}

/// A sandbox without Pagamio's limits.
pub async fn sandbox() -> Sandbox {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.set_modes("pagamio", &[("rate_limits", "off")]).unwrap();
    sandbox
}

/// A client of the sandbox's merchant.
pub fn merchant(sandbox: &Sandbox) -> Builder {
    let account = sandbox.pagamio().merchant();
    Client::builder()
        .local(sandbox.pagamio().base_url())
        .pacing(Pacing::Off)
        .credentials(account.username(), account.password())
        .account(Account::Merchant(account.account_id().into()))
        .channel(account.channel_id())
        .user_type_id(account.user_type_id())
}

pub fn airtime(reference: &str) -> Purchase {
    Purchase::airtime("AIR-VOD-001", "50.00".parse().unwrap(), NUMBER).reference(reference)
}

/// How many requests of an operation the sandbox has seen.
pub fn count(sandbox: &Sandbox, operation: &str) -> usize {
    sandbox.requests().iter().filter(|request| request.operation == Some(operation)).count()
}

/// Whether a file under `folder` holds these bytes.
pub fn holds(folder: &Path, needle: &[u8]) -> bool {
    std::fs::read_dir(folder).unwrap().flatten().any(|entry| {
        let path = entry.path();
        if path.is_dir() {
            return holds(&path, needle);
        }
        std::fs::read(&path).is_ok_and(|bytes| bytes.windows(needle.len()).any(|window| window == needle))
    })
}

/// Numbers that are the same in every run: xorshift64*.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % end
    }
}

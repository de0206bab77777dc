//! What `pay-core` asks a provider: its name, its judge, its limits.

use crate::generated::operations::{REFRESH_LIMIT, TOKEN_LIMIT};
use crate::judge;
use pay_core::provider::{Answer, GrantStep, Limit, Operation, Provider, Verdict};
use std::time::Duration;

pub(crate) struct Pagamio;

impl Provider for Pagamio {
    fn name(&self) -> &'static str {
        "pagamio"
    }

    fn version(&self) -> &'static str {
        env!("CARGO_PKG_VERSION")
    }

    fn judge(&self, operation: &'static Operation, answer: &Answer) -> Verdict {
        judge::judge(operation, answer)
    }

    fn token_limit(&self, step: GrantStep) -> Option<&'static Limit> {
        Some(match step {
            GrantStep::Login => &TOKEN_LIMIT,
            GrantStep::Refresh => &REFRESH_LIMIT,
        })
    }

    fn backoff(&self) -> (Duration, Duration) {
        // https://vas-api-docs.pagamio.tech/docs/integration-guides/idempotency-retries
        (Duration::from_secs(1), Duration::from_secs(60))
    }
}

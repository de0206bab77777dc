//! What differs from provider to provider: its name, its judge, and what to do about a lost answer.

use crate::generated::operations::{OPEN_FINANCE_CASH_IN, PIX_CASH_IN, PIX_CASH_OUT};
use crate::judge;
use pay_core::provider::{Answer, Operation, Provider, Verdict};
use std::time::Duration;

const PAID_OUT: &str = "it may have been made, and another one would pay again: find it by its order id with `settle` or \
                        `find_by_order_id` before anything is started again";
const ASKED_FOR: &str = "it may have been created: find it by its order id with `settle` or `find_by_order_id` before anything is \
                         started again";

/// The documented default; the JWT's own `exp` goes first (docs/the-integration-flow).
const LIFETIME: Duration = Duration::from_secs(60 * 60);

pub(crate) struct PagFast;

impl Provider for PagFast {
    fn name(&self) -> &'static str {
        "pagfast"
    }

    fn version(&self) -> &'static str {
        env!("CARGO_PKG_VERSION")
    }

    fn judge(&self, operation: &'static Operation, answer: &Answer) -> Verdict {
        judge::judge(operation, answer)
    }

    fn unknown_lifetime(&self) -> Option<Duration> {
        Some(LIFETIME)
    }

    fn find_out(&self, operation: &'static Operation) -> Option<&'static str> {
        let is = |known| std::ptr::eq(operation, known);
        if is(&PIX_CASH_OUT) {
            Some(PAID_OUT)
        } else {
            (is(&PIX_CASH_IN) || is(&OPEN_FINANCE_CASH_IN)).then_some(ASKED_FOR)
        }
    }
}

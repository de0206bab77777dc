//! What differs from provider to provider: its name, its judge, and what to do where it has no answer.

use crate::judge;
use pay_core::provider::{Answer, Operation, Provider, Verdict};

const MONEY: &str = "it may have happened, and Paga Connect has no question by reference: look in your own books at Paga, or ask \
                     Paga's support by this referenceNumber, before anything is started again, above all not with a new reference";
const ONE_TIME: &str = "a token may have been made; what it is for is not documented";

pub(crate) struct PagaConnect;

impl Provider for PagaConnect {
    fn name(&self) -> &'static str {
        "paga-connect"
    }

    fn version(&self) -> &'static str {
        env!("CARGO_PKG_VERSION")
    }

    fn judge(&self, operation: &'static Operation, answer: &Answer) -> Verdict {
        judge::judge(operation, answer)
    }

    fn find_out(&self, operation: &'static Operation) -> Option<&'static str> {
        match operation.name {
            name if judge::is_money(operation) || name == "raw" => Some(MONEY),
            "one_time_token" => Some(ONE_TIME),
            _ => None,
        }
    }
}

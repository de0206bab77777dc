//! Finding out what became of a transaction that a dead process left behind.

use crate::client::Client;
use crate::created::Created;
use crate::deposit::PixCharge;
use crate::generated::types::TransactionType;
use crate::open_finance::OpenFinanceCharge;
use crate::settle::{Reason, Settled, Sought};
use crate::withdrawal::Withdrawal;
use async_trait::async_trait;
use pay_core::Error;
use pay_core::auth::TokenKey;
use pay_core::journal::{Ended, Progress, Recover, State, Unsettled};
use std::time::Duration;

impl PixCharge {
    /// Not paid yet.
    pub(crate) fn progress(&self) -> Progress {
        open(self.created())
    }
}

impl OpenFinanceCharge {
    /// Not paid yet.
    pub(crate) fn progress(&self) -> Progress {
        open(self.created())
    }
}

impl Withdrawal {
    pub(crate) fn progress(&self) -> Progress {
        let state = match self {
            Self::Completed(_) => State::Completed,
            Self::Pending(_) => State::Pending,
            Self::Failed(_) => State::Refused,
        };
        Progress::new(state, Some(&self.created().id))
    }
}

fn open(created: &Created) -> Progress {
    Progress::new(State::Pending, Some(&created.id))
}

/// Asks by PagFast's id, else by the order id and the time at which it was sent; nothing is ever sent again. Simulators and what belongs to
/// companies have no question.
#[async_trait]
impl Recover for Client {
    async fn account(&self) -> Result<TokenKey, Error> {
        self.journal_account().await
    }

    async fn recover(&self, intent: &Unsettled) -> Ended {
        let direction = match intent.operation.as_str() {
            "pix_cash_in" | "open_finance_cash_in" => TransactionType::Credit,
            "pix_cash_out" => TransactionType::Debit,
            _ => return Ended::new(State::Unanswered).note("no question"),
        };
        let mut sought = match (&intent.transaction_id, &intent.reference) {
            (Some(id), Some(order)) => Sought::id(id).order_id(order),
            (Some(id), None) => Sought::id(id),
            (None, Some(_)) if intent.reference_shared => {
                return Ended::new(State::Unanswered).note("its order id was used more than once");
            }
            (None, Some(order)) => Sought::order(order, intent.begun),
            (None, None) => return Ended::new(State::Unanswered).note("no question"),
        };
        // A payer may change what a deposit says, where it was made so.
        if let Some(amount) = intent.amount.filter(|_| direction == TransactionType::Debit) {
            sought = sought.amount(amount);
        }
        // A deposit and a withdrawal may share an order id: what is found must be this one.
        sought = sought.direction(direction);
        // Asked once: the worker that recovers comes again.
        let (state, note, record) = match self.settle(sought).within(Duration::ZERO).await {
            Settled::Completed(record) => (State::Completed, None, Some(record)),
            Settled::Failed(record) => (State::Refused, None, Some(record)),
            // It was paid, and undone afterwards: the intent itself is done.
            Settled::Reversed(record) => (State::Completed, Some("reversed".to_owned()), Some(record)),
            Settled::StillUnknown(mut unknown) => {
                let state = match unknown.reason {
                    Reason::StillOpen => State::Pending,
                    // Several, or another one, under one order id: a person must look.
                    Reason::Several | Reason::AnotherTransaction => State::Unanswered,
                    _ => State::Unknown,
                };
                let only = if unknown.reason == Reason::StillOpen { unknown.records.pop() } else { None };
                (state, Some(format!("{:?}", unknown.reason)), only)
            }
        };
        let mut ended = Ended::new(state).transaction(record.map(|record| record.transaction.id));
        ended.note = note;
        ended
    }
}

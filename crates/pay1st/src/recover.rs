//! Finding out what became of a payment that a dead process left behind.

use crate::checkout::CreatedPayment;
use crate::client::Client;
use crate::refund::Refunded;
use crate::settle::{Settled, Sought};
use async_trait::async_trait;
use pay_core::Error;
use pay_core::auth::TokenKey;
use pay_core::journal::{Ended, Progress, Recover, State, Unsettled};
use std::time::Duration;

impl CreatedPayment {
    /// Nothing is paid yet, and Pay1st's reference is the only question.
    pub(crate) fn progress(&self) -> Progress {
        Progress::new(State::Pending, Some(self.reference()))
    }
}

impl Refunded {
    pub(crate) fn progress(&self) -> Progress {
        let state = match self {
            Self::Completed(_) => State::Completed,
            Self::Pending(_) => State::Pending,
        };
        Progress::new(state, None)
    }
}

/// Asks for payments whose creation was answered: Pay1st has no question by the partner's reference, and none after refunds and
/// reports. Nothing is ever sent again.
#[async_trait]
impl Recover for Client {
    async fn account(&self) -> Result<TokenKey, Error> {
        self.journal_account().await
    }

    async fn recover(&self, intent: &Unsettled) -> Ended {
        let id = intent.transaction_id.as_deref().filter(|_| intent.operation == "create_payment");
        let Some(id) = id else {
            return Ended::new(State::Unanswered).note("no question");
        };
        let mut sought = Sought::reference(id);
        if let Some(own) = &intent.reference {
            sought = sought.partner_reference(own);
        }
        // Asked once: the worker that recovers comes again.
        match self.settle(sought).within(Duration::ZERO).await {
            Settled::Completed(_) => Ended::new(State::Completed),
            Settled::Failed(payment) => Ended::new(State::Refused).note(payment.status.as_str().to_owned()),
            // It was paid, and undone afterwards: the intent itself is done.
            Settled::Reversed(payment) => Ended::new(State::Completed).note(payment.status.as_str().to_owned()),
            Settled::StillUnknown(unknown) => Ended::new(State::Pending).note(format!("{:?}", unknown.reason)),
        }
    }
}

//! Finding out what became of a payment that a dead process left behind.

use crate::client::Client;
use crate::paid::Payment;
use crate::settle::{Reason, Settled};
use async_trait::async_trait;
use pay_core::Error;
use pay_core::auth::TokenKey;
use pay_core::journal::{Ended, Progress, Recover, State, Unsettled};
use std::time::Duration;

impl Payment {
    /// A page and everything open are still to be asked for.
    pub(crate) fn progress(&self) -> Progress {
        let state = match self {
            Self::Completed(_) => State::Completed,
            Self::Refused(_) => State::Refused,
            Self::Redirect(_) | Self::Pending(_) => State::Pending,
        };
        Progress::new(state, self.transaction_id())
    }
}

/// Asks by the transaction id, else by the order id; nothing is ever sent again. Links have no question.
#[async_trait]
impl Recover for Client {
    async fn account(&self) -> Result<TokenKey, Error> {
        self.journal_account().await
    }

    async fn recover(&self, intent: &Unsettled) -> Ended {
        // By an order id that was used twice the other one's record could come back. A refund's reference is a transaction id.
        if intent.reference_shared && intent.transaction_id.is_none() && intent.operation != "refund" {
            return Ended::new(State::Unanswered).note("its order id was used more than once");
        }
        let id = intent.transaction_id.as_deref().or(intent.reference.as_deref());
        let settle = match (intent.operation.as_str(), id) {
            ("card" | "hosted_card" | "apm" | "crypto_ramp" | "crypto_payin", Some(id)) => self.settle(id),
            ("payout", Some(id)) => self.settle_payout(id),
            ("refund", Some(id)) => return refunded(self, id).await,
            _ => return Ended::new(State::Unanswered).note("no question"),
        };
        // Asked once: the worker that recovers comes again.
        match settle.within(Duration::ZERO).await {
            Settled::Completed(record) => {
                Ended::new(State::Completed).transaction(record.transaction_id().map(str::to_owned))
            }
            Settled::Failed(record) => {
                Ended::new(State::Refused).transaction(record.transaction_id().map(str::to_owned))
            }
            Settled::StillUnknown(unknown) => {
                let state = match unknown.reason {
                    // The words that would tell are in no readable document: a person must look.
                    Reason::LookAtCrypto => State::Unanswered,
                    Reason::StillOpen => State::Pending,
                    _ => State::Unknown,
                };
                let id = unknown.record.as_ref().and_then(|record| record.transaction_id().map(str::to_owned));
                Ended::new(state).transaction(id).note(format!("{:?}", unknown.reason))
            }
        }
    }
}

/// That a payment is not marked as refunded is no proof that it will not be.
async fn refunded(client: &Client, id: &str) -> Ended {
    match client.status(id).send().await {
        Ok(payment) if payment.record().is_refunded() => Ended::new(State::Completed),
        Ok(_) => Ended::new(State::Unknown).note("not marked as refunded"),
        Err(error) => Ended::new(State::Unknown).note(format!("{:?}", error.kind())),
    }
}

//! Finding out what became of a purchase that a dead process left behind.

use crate::client::Client;
use crate::purchased::Purchased;
use crate::settled::{Reason, Settled, Settlement};
use crate::sought::Sought;
use async_trait::async_trait;
use pay_core::auth::TokenKey;
use pay_core::journal::{Ended, Progress, Recover, State, Unsettled};
use pay_core::{Error, RawBody};
use std::time::Duration;

impl Purchased {
    /// What an accepted purchase is for the journal.
    pub(crate) fn progress(&self) -> Progress {
        match self {
            Self::Completed(receipt) => Progress::new(State::Completed, receipt.transaction_id()),
            Self::Pending(pending) => Progress::new(State::Pending, pending.transaction_id()),
        }
    }
}

/// Looks a purchase up, and where its records show nothing, sends it again byte for byte: the provider answers the same reference
/// with the original's result. One that was accepted is not sent again. Other operations have no question.
#[async_trait]
impl Recover for Client {
    async fn account(&self) -> Result<TokenKey, Error> {
        self.journal_account().await
    }

    async fn recover(&self, intent: &Unsettled) -> Ended {
        let reference = intent.reference.as_deref().filter(|_| intent.operation == "purchase");
        let Some(reference) = reference else {
            return Ended::new(State::Unanswered).note("no question");
        };
        // Asked once: the worker that recovers comes again.
        let mut sought = Sought::reference(reference);
        sought.transaction_id.clone_from(&intent.transaction_id);
        let mut settle = self.settle(sought).within(Duration::ZERO);
        // What is on its way must not be sent again, say the documents.
        let resend = intent.request.clone().filter(|_| intent.state != State::Pending);
        let can_be_sent = resend.is_some();
        if let Some(prepared) = resend {
            settle = settle.or_resend(prepared);
        }
        let ended = match settle.await {
            Settled::Completed(settlement) => of(State::Completed, &settlement),
            Settled::Failed(settlement) => of(State::Refused, &settlement),
            // Without the request nothing can be sent again, and the records say nothing of references.
            Settled::StillUnknown(unknown) if unknown.reason == Reason::NoQuestion && !can_be_sent => {
                Ended::new(State::Unanswered).note("NoQuestion")
            }
            Settled::StillUnknown(unknown) => {
                let pending = intent.state == State::Pending || unknown.last_status.is_some();
                let state = if pending { State::Pending } else { State::Unknown };
                Ended::new(state).transaction(unknown.transaction_id).note(format!("{:?}", unknown.reason))
            }
        };
        let known = intent.transaction_id.clone().filter(|_| ended.transaction_id.is_none());
        ended.transaction(known)
    }
}

fn of(state: State, settlement: &Settlement) -> Ended {
    let receipt = settlement.receipt.as_ref();
    let id = receipt.and_then(|receipt| receipt.transaction_id());
    let id = id.or(settlement.record.as_ref().and_then(|record| record.transaction_id.as_deref()));
    let body = receipt.map(|receipt| RawBody::new(receipt.body().expose().clone()));
    let ended = Ended::new(state).transaction(id.map(str::to_owned)).reply(body);
    match &settlement.refusal {
        Some(refusal) => ended.note(format!("{:?}", refusal.kind())),
        None => ended,
    }
}

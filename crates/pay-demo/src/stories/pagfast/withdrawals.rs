//! The steps of withdrawals: one that goes through, and one whose answer is lost.

use super::super::step::{Seen, Told};
use super::shop::{Shop, reais};
use pagfast::{Kind, NewPixWithdrawal, Outcome, Reason, Settled, TransactionState, Withdrawal};
use pay_sandbox::{Fault, SaleState};
use std::time::{Duration, SystemTime};

const ORDER: &str = "pix-withdrawal";
const CENTS: i64 = 8000;
const LOST: &str = "pix-lost";
const LOST_CENTS: i64 = 12_000;

/// A withdrawal of which nobody knows what became, and when it was sent.
pub(super) struct Lost {
    withdrawal: NewPixWithdrawal,
    sent_at: SystemTime,
    /// What the account had before, in centavos.
    before: i64,
}

impl Shop<'_> {
    pub(super) async fn withdrawn(&mut self) -> Told<Withdrawal> {
        self.read_books().await;
        let before = self.wallet()?;
        let withdrawal = self.client.pix_cash_out(self.withdrawal(ORDER, "80.00")?).send().await?;
        self.withdrawals += 1;
        let word = match &withdrawal {
            Withdrawal::Completed(_) => "Completed",
            Withdrawal::Pending(_) => "Pending",
            Withdrawal::Failed(_) => "Failed",
        };
        let taken = before - self.wallet()?;
        let seen = Seen::new(format!("{word}: taken, not paid yet; the account has {} less", reais(taken)))
            .same("what came back", word, "Pending")
            .same("centavos less", taken, CENTS);
        Ok(self.withdrawn_once(seen, ORDER, CENTS, SaleState::Pending).with(withdrawal))
    }

    pub(super) async fn went_through(&self, withdrawal: Option<&Withdrawal>) -> Told {
        let Some(withdrawal) = withdrawal else { return Ok(Seen::not_run("no withdrawal")) };
        self.complete(withdrawal.id()).await?;
        let record = match self.client.settle(withdrawal).await {
            Settled::Completed(record) => record,
            other => return Err(format!("not completed: {}", name(&other)).into()),
        };
        let seen = Seen::new(format!("{}: the record is of this order id and amount", record.transaction.state)).same(
            "your order id",
            record.transaction.order_id.as_deref(),
            Some(ORDER),
        );
        Ok(self.withdrawn_once(seen, ORDER, CENTS, SaleState::Completed))
    }

    pub(super) async fn lost_answer(&mut self) -> Told<Lost> {
        self.read_books().await;
        let (before, sent_at) = (self.wallet()?, self.now());
        let withdrawal = self.withdrawal(LOST, "120.00")?;
        self.fault("pix_cash_out", Fault::ResetAfterActing)?;
        let answer = self.client.pix_cash_out(withdrawal.clone()).send().await;
        let error = answer.err().ok_or("an answer that was lost")?;
        self.withdrawals += 1;
        let seen = Seen::new(error.to_string())
            .same("kind", error.kind(), Kind::Interrupted)
            .same("outcome", error.outcome(), Outcome::Unknown)
            .same("attempts", error.attempts(), 1)
            .same("the order id in the error", error.reference(), Some(LOST));
        let seen = self.withdrawn_once(seen, LOST, LOST_CENTS, SaleState::Pending);
        Ok(seen.with(Lost { withdrawal, sent_at, before }))
    }

    pub(super) async fn found_again(&self, lost: Option<Lost>) -> Told {
        let Some(Lost { withdrawal, sent_at, before }) = lost else { return Ok(Seen::not_run("no withdrawal")) };
        let sought = withdrawal.sought(sent_at);
        let open = match self.client.settle(sought.clone()).within(Duration::ZERO).await {
            Settled::StillUnknown(unknown) => unknown,
            other => return Err(format!("known too early: {}", name(&other)).into()),
        };
        let id = open.records.first().map(|record| record.transaction.id.clone()).ok_or("it was not found")?;
        self.complete(&id).await?;
        let record = match self.client.settle(sought).await {
            Settled::Completed(record) => record,
            other => return Err(format!("not completed: {}", name(&other)).into()),
        };
        let taken = before - self.wallet()?;
        let seen = Seen::new(format!(
            "found by its order id, {:?} at first; once the bank has paid: {}; the account has {} less",
            open.reason,
            record.transaction.state,
            reais(taken)
        ))
        .same("at first", open.reason, Reason::StillOpen)
        .same("state", &record.transaction.state, &TransactionState::Completed)
        .same("id", record.transaction.id, id)
        .same("centavos less", taken, LOST_CENTS);
        Ok(self.withdrawn_once(seen, LOST, LOST_CENTS, SaleState::Completed))
    }
}

/// What became of a transaction, in a word.
pub(super) fn name(settled: &Settled) -> String {
    match settled {
        Settled::Completed(_) => "Completed".to_owned(),
        Settled::Failed(_) => "Failed".to_owned(),
        Settled::Reversed(_) => "Reversed".to_owned(),
        Settled::StillUnknown(unknown) => format!("StillUnknown, {:?}", unknown.reason),
    }
}

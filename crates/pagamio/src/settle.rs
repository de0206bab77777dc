//! Finding out what became of a purchase: by its records, verified, on the provider's own schedule.

use crate::client::Client;
use crate::generated::codes::Code;
use crate::generated::types::TransactionStatus;
use crate::purchased::Purchased;
use crate::settled::{Reason, Settled, Settlement, StillUnknown};
use crate::sought::Sought;
use crate::transaction::{Transaction, TransactionQuery};
use pay_core::provider::{Polling, is_hopeless};
use pay_core::{Error, Kind, Outcome, Prepared, Schedule};
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::Duration;

/// Asks until it is known what became of a purchase: await it.
#[must_use = "nothing is asked until it is awaited"]
#[derive(Debug)]
pub struct Settle {
    client: Client,
    sought: Sought,
    polling: Polling,
    pages: u32,
    resend: Option<Prepared>,
}

impl Settle {
    pub(crate) fn new(client: Client, sought: Sought) -> Self {
        let seconds = Duration::from_secs;
        // https://vas-api-docs.pagamio.tech/docs/integration-guides/webhook-configuration
        let schedule = Schedule::every(seconds(300)).until(seconds(300), seconds(30)).until(seconds(60), seconds(5));
        Self { client, sought, polling: Polling::new(schedule), pages: 5, resend: None }
    }

    /// How long to go on asking. Default: 5 minutes. The first question is asked at once.
    pub fn within(mut self, time: Duration) -> Self {
        self.polling.within = time;
        self
    }

    /// Another schedule than the documented one: every 5 s for a minute, every 30 s to 5 minutes, then every 5 minutes.
    pub fn schedule(mut self, schedule: Schedule) -> Self {
        self.polling.schedule = schedule;
        self
    }

    /// How many pages of 100 records are searched each time. Default: 5.
    pub fn pages(mut self, most: u32) -> Self {
        self.pages = most.max(1);
        self
    }

    /// Where the records offer no question, send the same purchase again, byte for byte: the provider answers the same
    /// reference with the original's result, and this is its documented way to find out.
    pub fn or_resend(mut self, prepared: Prepared) -> Self {
        self.resend = Some(prepared);
        self
    }

    async fn run(mut self) -> Settled {
        let mut rounds = self.polling.clone().start();
        let mut unknown =
            StillUnknown { reason: Reason::NotFound, asked: 0, last_status: None, transaction_id: None, error: None };
        unknown.transaction_id.clone_from(&self.sought.transaction_id);
        loop {
            unknown.asked += 1;
            match self.look(rounds.left()).await {
                Ok(Look::Final(settled)) => return *settled,
                Ok(Look::Running(status)) => {
                    // One that is on its way must not be sent again, say the documents.
                    self.resend = None;
                    unknown.reason = Reason::StillOpen;
                    unknown.last_status = status;
                    unknown.error = None;
                }
                Ok(Look::Absent { no_question }) => {
                    if let Some(settled) = self.resent(&mut unknown).await {
                        return settled;
                    }
                    unknown.reason = match (no_question, &unknown.last_status) {
                        (true, None) => Reason::NoQuestion,
                        // Seen before, and sunk below the pages that are searched.
                        (_, Some(_)) => Reason::StillOpen,
                        (false, None) => Reason::NotFound,
                    };
                    unknown.error = None;
                    if no_question && self.resend.is_none() && self.sought.transaction_id.is_none() {
                        return Settled::StillUnknown(unknown);
                    }
                }
                Err(error) => {
                    unknown.reason = Reason::CannotAsk;
                    // A list is asked, so what is not found is the list.
                    let hopeless = is_hopeless(&error) || error.kind() == Kind::NotFound;
                    unknown.error = Some(error);
                    if hopeless {
                        return match self.resent(&mut unknown).await {
                            Some(settled) => settled,
                            None => Settled::StillUnknown(unknown),
                        };
                    }
                }
            }
            if !rounds.next().await {
                return Settled::StillUnknown(unknown);
            }
        }
    }

    /// Searches the newest pages for records that are verifiably the one that is sought.
    async fn look(&self, left: Duration) -> Result<Look, Error> {
        let query =
            TransactionQuery::new().size(100).one(self.sought.transaction_id.clone(), self.sought.reference.clone());
        let mut pages = self.client.pages_within(query, Some(left));
        let (mut records, mut with_reference) = (0_usize, false);
        for _ in 0..self.pages {
            let Some(page) = pages.next().await else { break };
            let page = page?;
            records += page.items.len();
            with_reference |= page.items.iter().any(|record| record.merchant_reference.is_some());
            let found: Vec<_> = page.items.into_iter().filter(|record| self.sought.is(record)).collect();
            if !found.is_empty() {
                return Ok(judge(found));
            }
        }
        Ok(Look::Absent { no_question: records > 0 && !with_reference && self.sought.transaction_id.is_none() })
    }

    async fn resent(&mut self, unknown: &mut StillUnknown) -> Option<Settled> {
        // Where its id is known, the provider has it, and the records answer.
        let prepared = self.resend.as_ref().filter(|_| self.sought.transaction_id.is_none())?;
        let id = match self.client.resend(prepared).send().await {
            Ok(Purchased::Completed(receipt)) => {
                return Some(Settled::Completed(Settlement { receipt: Some(receipt), ..Settlement::default() }));
            }
            Ok(Purchased::Pending(pending)) => {
                self.resend = None;
                unknown.last_status = Some(TransactionStatus::Pending);
                pending.transaction_id().map(str::to_owned)
            }
            // Only a final code is an answer for the reference; any other refusal is of this one request.
            Err(error)
                if error.outcome() == Outcome::Refused && Code::of(&error).is_some_and(|code| code.is_final()) =>
            {
                return Some(Settled::Failed(Settlement { refusal: Some(error), ..Settlement::default() }));
            }
            Err(error) => error.transaction_id().map(str::to_owned),
        };
        unknown.transaction_id.clone_from(&id);
        self.sought.transaction_id = id;
        None
    }
}

enum Look {
    Final(Box<Settled>),
    Running(Option<TransactionStatus>),
    Absent { no_question: bool },
}

fn judge(found: Vec<Transaction>) -> Look {
    let all_failed = found.iter().all(|record| record.status == Some(TransactionStatus::Failed));
    let settlement =
        |record: Transaction| Settlement { receipt: record.receipt(), record: Some(record), refusal: None };
    let mut running = None;
    let mut last = None;
    for record in found {
        if record.status == Some(TransactionStatus::Completed) {
            return Look::Final(Box::new(Settled::Completed(settlement(record))));
        }
        running = record.status.clone().or(running);
        last = Some(record);
    }
    match last {
        Some(record) if all_failed => Look::Final(Box::new(Settled::Failed(settlement(record)))),
        _ => Look::Running(running),
    }
}

impl IntoFuture for Settle {
    type Output = Settled;
    type IntoFuture = Pin<Box<dyn Future<Output = Settled> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

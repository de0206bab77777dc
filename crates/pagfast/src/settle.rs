//! Finding out what became of a transaction, by PagFast's id or your order id, until it is final or the time is up.

use crate::client::Client;
use crate::created::Created;
use crate::deposit::PixCharge;
use crate::generated::types::{TransactionState, TransactionType};
use crate::open_finance::OpenFinanceCharge;
use crate::record::Record;
use crate::withdrawal::Withdrawal;
use pay_core::provider::{Polling, is_hopeless};
use pay_core::{Amount, Error, Kind, Schedule};
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::{Duration, SystemTime};

/// Which transaction is asked for, and what its record must say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sought {
    by: By,
    order_id: Option<String>,
    amount: Option<Amount>,
    direction: Option<TransactionType>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum By {
    Id(String),
    Order { order_id: String, sent_at: SystemTime },
}

impl Sought {
    /// A transaction by PagFast's id.
    pub fn id(id: impl Into<String>) -> Self {
        Self { by: By::Id(id.into()), order_id: None, amount: None, direction: None }
    }

    /// A transaction by your order id, and the time at which you sent it: for answers that were lost.
    pub fn order(order_id: impl Into<String>, sent_at: SystemTime) -> Self {
        let by = By::Order { order_id: order_id.into(), sent_at };
        Self { by, order_id: None, amount: None, direction: None }
    }

    /// Its record must be of this amount.
    #[must_use]
    pub fn amount(mut self, amount: Amount) -> Self {
        self.amount = Some(amount);
        self
    }

    /// Its record must have this order id of yours.
    #[must_use]
    pub fn order_id(mut self, order_id: impl Into<String>) -> Self {
        self.order_id = Some(order_id.into());
        self
    }

    /// Its record must not be of the other direction: a deposit and a withdrawal may share an order id. A record without a direction,
    /// or with one that no document lists, contradicts nothing: PagFast's own pages do not name the word for a withdrawal.
    #[must_use]
    pub fn direction(mut self, direction: TransactionType) -> Self {
        self.direction = Some(direction);
        self
    }

    fn is(&self, record: &Record) -> bool {
        let transaction = &record.transaction;
        let order = self.order_id.as_deref().is_none_or(|own| transaction.order_id.as_deref() == Some(own));
        let opposite = matches!(
            (&self.direction, &transaction.direction),
            (Some(TransactionType::Debit), Some(TransactionType::Credit))
                | (Some(TransactionType::Credit), Some(TransactionType::Debit))
        );
        order && !opposite && self.amount.is_none_or(|amount| transaction.amount == Some(amount))
    }
}

/// PagFast's id.
impl From<&str> for Sought {
    fn from(id: &str) -> Self {
        Self::id(id)
    }
}

/// PagFast's id.
impl From<String> for Sought {
    fn from(id: String) -> Self {
        Self::id(id)
    }
}

/// PagFast's id.
impl From<&String> for Sought {
    fn from(id: &String) -> Self {
        Self::id(id)
    }
}

impl From<&Created> for Sought {
    fn from(created: &Created) -> Self {
        created.sought.clone()
    }
}

impl From<&PixCharge> for Sought {
    fn from(charge: &PixCharge) -> Self {
        Self::from(charge.created())
    }
}

impl From<&OpenFinanceCharge> for Sought {
    fn from(charge: &OpenFinanceCharge) -> Self {
        Self::from(charge.created())
    }
}

impl From<&Withdrawal> for Sought {
    fn from(withdrawal: &Withdrawal) -> Self {
        Self::from(withdrawal.created())
    }
}

/// What became of a transaction.
#[derive(Debug)]
#[must_use = "a transaction can still be open"]
#[allow(clippy::exhaustive_enums)]
pub enum Settled {
    /// Paid. A withdrawal that the recipient's bank sends back stays so: PagFast handles the return.
    Completed(Record),
    /// `Error` or `Cancelled`. What was paid into a deposit that is refused goes back to the payer.
    Failed(Record),
    /// Fully reversed.
    Reversed(Record),
    /// Nobody can say yet. "Not found" is among the reasons and never means that it failed.
    StillUnknown(StillUnknown),
}

/// Why it is still unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The time was up while it was still on its way: a payer may take hours.
    StillOpen,
    /// The time was up and nobody knew the id or the order id. **It may still have been made.**
    NotFound,
    /// Several transactions have this order id: all of them are in `records`. Look at them before anything else.
    Several,
    /// The record is not of the order id, amount or direction that was asked for. Look at it before anything else.
    AnotherTransaction,
    /// It could not be asked; the error says why.
    CannotAsk,
}

/// A transaction that nobody can say anything final about.
#[derive(Debug)]
#[non_exhaustive]
pub struct StillUnknown {
    /// Why.
    pub reason: Reason,
    /// How often it was asked.
    pub asked: u32,
    /// What was last found.
    pub records: Vec<Record>,
    /// The error of the last question, if it had one. It is an error of *asking*: it says nothing of the transaction.
    pub error: Option<Error>,
}

/// Asks until it is known what became of a transaction: await it.
#[must_use = "nothing is asked until it is awaited"]
#[derive(Debug)]
pub struct Settle {
    client: Client,
    sought: Sought,
    polling: Polling,
    skew: Option<Duration>,
}

impl Settle {
    pub(crate) fn new(client: Client, sought: Sought) -> Self {
        let seconds = Duration::from_secs;
        // Our choice: no document has a schedule.
        let schedule = Schedule::every(seconds(60)).until(seconds(600), seconds(15)).until(seconds(60), seconds(3));
        Self { client, sought, polling: Polling::new(schedule), skew: None }
    }

    /// How long to go on asking. Default: 5 minutes. The first question is asked at once.
    pub fn within(mut self, time: Duration) -> Self {
        self.polling.within = time;
        self
    }

    /// Another schedule than ours: every 3 s for a minute, every 15 s to ten minutes, then every minute.
    pub fn schedule(mut self, schedule: Schedule) -> Self {
        self.polling.schedule = schedule;
        self
    }

    /// How far your clock and PagFast's may differ, where it is asked by order id. Default: 5 minutes.
    pub fn skew(mut self, skew: Duration) -> Self {
        self.skew = Some(skew);
        self
    }

    async fn ask(&self, left: Duration) -> Result<Vec<Record>, Error> {
        match &self.sought.by {
            By::Id(id) => Ok(vec![self.client.transaction(id).no_longer_than(left).send().await?]),
            By::Order { order_id, sent_at } => {
                let find = self.client.find_by_order_id(order_id, *sent_at).within(left);
                match self.skew {
                    Some(skew) => find.skew(skew).await,
                    None => find.await,
                }
            }
        }
    }

    /// What a list of records says; the reason, where it is nothing final.
    fn judge(&self, mut records: Vec<Record>) -> Result<Settled, (Reason, Vec<Record>)> {
        if records.len() > 1 {
            return Err((Reason::Several, records));
        }
        let Some(record) = records.pop() else { return Err((Reason::NotFound, records)) };
        if !self.sought.is(&record) {
            return Err((Reason::AnotherTransaction, vec![record]));
        }
        match record.transaction.state {
            TransactionState::Completed => Ok(Settled::Completed(record)),
            TransactionState::Error | TransactionState::Cancelled => Ok(Settled::Failed(record)),
            TransactionState::Reversed => Ok(Settled::Reversed(record)),
            _ => Err((Reason::StillOpen, vec![record])),
        }
    }

    async fn run(self) -> Settled {
        let mut rounds = self.polling.clone().start();
        let mut unknown = StillUnknown { reason: Reason::NotFound, asked: 0, records: Vec::new(), error: None };
        loop {
            unknown.asked += 1;
            match self.ask(rounds.left()).await.map(|records| self.judge(records)) {
                Ok(Ok(settled)) => return settled,
                Ok(Err((reason, records))) => {
                    unknown.error = None;
                    // Once seen, a transaction that is not found is still the one that was seen.
                    let seen_before = reason == Reason::NotFound && !unknown.records.is_empty();
                    if !seen_before {
                        (unknown.reason, unknown.records) = (reason, records);
                    }
                    if matches!(reason, Reason::Several | Reason::AnotherTransaction) {
                        return Settled::StillUnknown(unknown);
                    }
                }
                Err(error) => {
                    unknown.reason = match (error.kind(), unknown.records.is_empty()) {
                        (Kind::NotFound, true) => Reason::NotFound,
                        (Kind::NotFound, false) => Reason::StillOpen,
                        _ => Reason::CannotAsk,
                    };
                    let hopeless = is_hopeless(&error);
                    unknown.error = Some(error);
                    if hopeless {
                        return Settled::StillUnknown(unknown);
                    }
                }
            }
            if !rounds.next().await {
                return Settled::StillUnknown(unknown);
            }
        }
    }
}

impl IntoFuture for Settle {
    type Output = Settled;
    type IntoFuture = Pin<Box<dyn Future<Output = Settled> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

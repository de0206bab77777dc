//! Finding out what became of a payment or a payout: by its status, verified, until it is final or the time is up.

use crate::client::Client;
use crate::paid::{Payment, Record};
use crate::webhook::{PaymentEvent, UnconfirmedEvent};
use pay_core::provider::{Polling, is_hopeless};
use pay_core::{Call, Error, Kind, Schedule};
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::Duration;

/// What to look for: the provider's transaction id, or your order id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sought {
    pub(crate) id: String,
}

impl Sought {
    /// A payment by either id.
    pub fn id(id: impl Into<String>) -> Self {
        Self { id: id.into() }
    }
}

impl From<&str> for Sought {
    fn from(id: &str) -> Self {
        Self::id(id)
    }
}

impl From<String> for Sought {
    fn from(id: String) -> Self {
        Self::id(id)
    }
}

impl From<&String> for Sought {
    fn from(id: &String) -> Self {
        Self::id(id)
    }
}

/// The error of a payment knows the transaction id if the answer named one, else the order id.
impl From<&Error> for Sought {
    fn from(error: &Error) -> Self {
        Self::id(error.transaction_id().or(error.reference()).unwrap_or_default())
    }
}

impl From<&Payment> for Sought {
    fn from(payment: &Payment) -> Self {
        Self::from(payment.record())
    }
}

impl From<&Record> for Sought {
    fn from(record: &Record) -> Self {
        Self::id(record.transaction_id().or(record.order_id()).unwrap_or_default())
    }
}

impl From<&PaymentEvent> for Sought {
    fn from(event: &PaymentEvent) -> Self {
        Self::from(event.record())
    }
}

impl From<&UnconfirmedEvent> for Sought {
    fn from(event: &UnconfirmedEvent) -> Self {
        event.sought()
    }
}

/// What became of it.
#[derive(Debug)]
#[must_use = "a payment can still be unknown"]
#[allow(clippy::exhaustive_enums)]
pub enum Settled {
    /// `SUCCESS`.
    Completed(Record),
    /// `FAILED` or `BLOCKED`: no money moved.
    Failed(Record),
    /// Nobody can say yet. "Not found" is among the reasons and never means that it failed.
    StillUnknown(StillUnknown),
}

/// Why it is still unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The time was up while it was still on its way: the payer may be on a page.
    StillOpen,
    /// `SUCCESS` in crypto: look at `crypto_payment_status`, whose words no readable document shows.
    LookAtCrypto,
    /// The time was up and nobody knew the id.
    NotFound,
    /// The status could not be asked; the error says why.
    CannotAsk,
}

/// A payment that nobody can say anything final about.
#[derive(Debug)]
#[non_exhaustive]
pub struct StillUnknown {
    /// Why.
    pub reason: Reason,
    /// How often it was asked.
    pub asked: u32,
    /// What was last known.
    pub record: Option<Record>,
    /// The error of the last question, if it had one. It is an error of *asking*: it says nothing of the payment.
    pub error: Option<Error>,
}

type Ask = fn(&Client, String) -> Call<Payment>;

/// Asks until it is known what became of a payment: await it.
#[must_use = "nothing is asked until it is awaited"]
#[derive(Debug)]
pub struct Settle {
    client: Client,
    sought: Sought,
    ask: Ask,
    polling: Polling,
}

impl Settle {
    pub(crate) fn new(client: Client, sought: Sought, ask: Ask) -> Self {
        let seconds = Duration::from_secs;
        // Our choice: no document has a schedule.
        let schedule = Schedule::every(seconds(60)).until(seconds(300), seconds(10)).until(seconds(30), seconds(2));
        Self { client, sought, ask, polling: Polling::new(schedule) }
    }

    /// How long to go on asking. Default: 5 minutes. The first question is asked at once.
    pub fn within(mut self, time: Duration) -> Self {
        self.polling.within = time;
        self
    }

    /// Another schedule than ours: every 2 s for half a minute, every 10 s to 5 minutes, then every minute.
    pub fn schedule(mut self, schedule: Schedule) -> Self {
        self.polling.schedule = schedule;
        self
    }

    async fn run(self) -> Settled {
        let mut rounds = self.polling.start();
        let mut unknown = StillUnknown { reason: Reason::NotFound, asked: 0, record: None, error: None };
        loop {
            unknown.asked += 1;
            match (self.ask)(&self.client, self.sought.id.clone()).no_longer_than(rounds.left()).send().await {
                Ok(Payment::Completed(record)) => return Settled::Completed(record),
                Ok(Payment::Refused(record)) => return Settled::Failed(record),
                Ok(other) => {
                    let record = other.record().clone();
                    let crypto =
                        record.data.crypto_payment_status.is_some() && record.status == crate::PaymentStatus::Success;
                    unknown.reason = if crypto { Reason::LookAtCrypto } else { Reason::StillOpen };
                    unknown.record = Some(record);
                    unknown.error = None;
                    if crypto {
                        return Settled::StillUnknown(unknown);
                    }
                }
                Err(error) => {
                    // Once seen, a payment that is not found is still the one that was seen.
                    unknown.reason = match (error.kind(), &unknown.record) {
                        (Kind::NotFound, None) => Reason::NotFound,
                        (Kind::NotFound, Some(_)) => Reason::StillOpen,
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

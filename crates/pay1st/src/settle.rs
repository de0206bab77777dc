//! Finding out what became of a payment, by Pay1st's own reference: the one question that there is.

use crate::checkout::CreatedPayment;
use crate::client::Client;
use crate::generated::types::{Payment, PaymentStatus};
use pay_core::provider::{Polling, is_hopeless};
use pay_core::{Amount, Error, Schedule};
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::Duration;

/// Which payment is asked for, and what its record must say.
///
/// There is none for a payment whose creation got no answer: Pay1st has no question by the partner's reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sought {
    reference: String,
    partner_reference: Option<String>,
    price: Option<(Amount, String)>,
}

impl Sought {
    /// A payment by Pay1st's reference.
    pub fn reference(reference: impl Into<String>) -> Self {
        Self { reference: reference.into(), partner_reference: None, price: None }
    }

    /// Its record must have this reference of yours.
    #[must_use]
    pub fn partner_reference(mut self, reference: impl Into<String>) -> Self {
        self.partner_reference = Some(reference.into());
        self
    }

    /// Its record must be of this amount in this currency.
    #[must_use]
    pub fn amount(mut self, amount: Amount, currency: impl Into<String>) -> Self {
        self.price = Some((amount, currency.into()));
        self
    }

    fn is(&self, payment: &Payment) -> bool {
        let own = self.partner_reference.as_ref().is_none_or(|own| *own == payment.partner_reference);
        let price = self.price.as_ref();
        own && price.is_none_or(|(amount, currency)| *amount == payment.amount && *currency == payment.currency_code)
    }
}

impl From<&str> for Sought {
    fn from(reference: &str) -> Self {
        Self::reference(reference)
    }
}

impl From<String> for Sought {
    fn from(reference: String) -> Self {
        Self::reference(reference)
    }
}

impl From<&String> for Sought {
    fn from(reference: &String) -> Self {
        Self::reference(reference)
    }
}

impl From<&CreatedPayment> for Sought {
    fn from(created: &CreatedPayment) -> Self {
        let Payment { reference, partner_reference, amount, currency_code, .. } = created.payment();
        Self::reference(reference).partner_reference(partner_reference).amount(*amount, currency_code)
    }
}

/// What became of a payment.
#[derive(Debug)]
#[must_use = "a payment can still be open"]
#[allow(clippy::exhaustive_enums)]
pub enum Settled {
    /// Paid: deliver, and report the fulfilment.
    Completed(Payment),
    /// Failed, cancelled or abandoned: nothing was paid.
    Failed(Payment),
    /// It was paid, and then refunded or charged back: do not deliver.
    Reversed(Payment),
    /// Nobody can say yet.
    StillUnknown(StillUnknown),
}

/// Why a payment is still open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The time was up before the customer, or whoever processes the payment, had finished.
    StillOpen,
    /// The record is not of the reference, amount or currency that was asked for. Look at it before anything else.
    AnotherPayment,
    /// It could not be asked; the last error says why. "Not found" is among these errors and never means that nothing was paid.
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
    /// The status that was last seen.
    pub last_status: Option<PaymentStatus>,
    /// The record that is not the one asked for.
    pub record: Option<Payment>,
    /// The error of the last question, if it had one. It is an error of *asking*: it says nothing of the payment.
    pub error: Option<Error>,
}

/// Asks until it is known what became of a payment: await it.
#[must_use = "nothing is asked until it is awaited"]
#[derive(Debug)]
pub struct Settle {
    client: Client,
    sought: Sought,
    polling: Polling,
}

impl Settle {
    pub(crate) fn new(client: Client, sought: Sought) -> Self {
        let seconds = Duration::from_secs;
        // Pay1st documents no schedule; this one is ours.
        let schedule = Schedule::every(seconds(60)).until(seconds(600), seconds(15)).until(seconds(60), seconds(5));
        Self { client, sought, polling: Polling::new(schedule) }
    }

    /// How long to go on asking. Default: 5 minutes. The first question is asked at once.
    pub fn within(mut self, time: Duration) -> Self {
        self.polling.within = time;
        self
    }

    /// Another schedule than ours, which asks every 5 s for a minute, every 15 s to 10 minutes, then every minute. Pay1st documents none.
    pub fn schedule(mut self, schedule: Schedule) -> Self {
        self.polling.schedule = schedule;
        self
    }

    async fn run(self) -> Settled {
        let mut rounds = self.polling.start();
        let mut unknown =
            StillUnknown { reason: Reason::CannotAsk, asked: 0, last_status: None, record: None, error: None };
        loop {
            unknown.asked += 1;
            match self.client.payment(&self.sought.reference).no_longer_than(rounds.left()).send().await {
                Ok(payment) if !self.sought.is(&payment) => {
                    unknown.reason = Reason::AnotherPayment;
                    unknown.last_status = Some(payment.status.clone());
                    unknown.record = Some(payment);
                    return Settled::StillUnknown(unknown);
                }
                Ok(payment) if payment.status.is_paid() => return Settled::Completed(payment),
                Ok(payment) if payment.status.is_dead() => return Settled::Failed(payment),
                Ok(payment) if payment.status.is_after_payment() => return Settled::Reversed(payment),
                Ok(payment) => {
                    unknown.reason = Reason::StillOpen;
                    unknown.last_status = Some(payment.status);
                    unknown.error = None;
                }
                Err(error) => {
                    unknown.reason = Reason::CannotAsk;
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

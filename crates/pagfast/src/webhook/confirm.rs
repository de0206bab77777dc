//! Asking the API whether an event is true, before anything of value goes out.

use super::event::{Claim, Event, TransactionEvent, UnconfirmedEvent, key};
use crate::generated::types::{TransactionState, TransactionType};
use crate::{Client, Record};
use pay_core::webhook::EventKey;
use pay_core::{Amount, Error, Kind, stamp};

/// What the API's own record says about an event.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Confirmation {
    /// The record is of this transaction, and has the event's state.
    Confirmed(Box<Record>),
    /// The record is of this transaction, but has another state: the event is early or late. The record holds.
    OtherState(Box<Record>),
    /// The record differs in these members of the event, so the event is not to be believed. Let a person look.
    Different(Vec<&'static str>),
    /// Not an event of a transaction: there is nothing to ask about.
    NoQuestion,
}

impl Confirmation {
    /// The API's record of this transaction.
    pub fn record(&self) -> Option<&Record> {
        match self {
            Self::Confirmed(record) | Self::OtherState(record) => Some(record),
            Self::Different(_) | Self::NoQuestion => None,
        }
    }

    /// What one effect belongs to: id and state of the record. For a record with the event's state it is the event's own key, as long
    /// as an event's id is its transaction's.
    pub fn key(&self) -> Option<EventKey> {
        self.record().map(|record| key(&record.transaction.id, &record.transaction.state))
    }

    /// Whether the record says that your deposit is paid: completed, money coming in, with your order id, to your price, and the
    /// receipt too where it names an amount: the payer of an editable deposit may have chosen another. A date of refund or reversal beside
    /// `Completed` says no: no state is called refunded. Credit it only where this says yes.
    pub fn pays(&self, order_id: &str, price: &Amount) -> bool {
        self.record().is_some_and(|Record { transaction, .. }| {
            transaction.state == TransactionState::Completed
                && transaction.direction == Some(TransactionType::Credit)
                && transaction.order_id.as_deref() == Some(order_id)
                && transaction.amount.as_ref() == Some(price)
                && transaction.receipt_amount.as_ref().is_none_or(|paid| paid == price)
                && transaction.state_refund_date.is_none()
                && transaction.state_reversed_date.is_none()
        })
    }
}

/// What [`Client::confirm`] takes: an event of a transaction, any event, or one that is not confirmed yet.
#[derive(Debug, Clone)]
pub struct Ask(Option<Claim>);

impl From<&TransactionEvent> for Ask {
    fn from(event: &TransactionEvent) -> Self {
        Self(Some(Claim::from(event)))
    }
}

impl From<&Event> for Ask {
    fn from(event: &Event) -> Self {
        match event {
            Event::Transaction(event) => Self::from(&**event),
            Event::Other(..) => Self(None),
        }
    }
}

impl From<&UnconfirmedEvent> for Ask {
    fn from(event: &UnconfirmedEvent) -> Self {
        Self(event.claim.clone())
    }
}

impl Client {
    /// Asks for the transaction of an event, and compares order id, amount, direction and state: what the event does not say
    /// is not compared. The only use of an event that came as stale.
    ///
    /// It asks by the event's `id`. The table of fields calls that the event's own, against every sample: where no transaction has it, the
    /// order id is looked for around the transaction's date, and counts if one transaction alone has it.
    ///
    /// # Errors
    /// Those of [`transaction`](Client::transaction). Nothing is confirmed then: ask again.
    pub async fn confirm(&self, event: impl Into<Ask>) -> Result<Confirmation, Error> {
        let Some(claim) = event.into().0 else { return Ok(Confirmation::NoQuestion) };
        let record = match self.transaction(&claim.id).send().await {
            Err(error) if error.kind() == Kind::NotFound => match self.by_order_id(&claim).await? {
                Some(record) => record,
                None => return Err(error),
            },
            answer => answer?,
        };
        Ok(compare(&claim, record))
    }

    async fn by_order_id(&self, claim: &Claim) -> Result<Option<Record>, Error> {
        let made = claim.date.as_deref().and_then(stamp::iso);
        let Some((order_id, made)) = claim.order_id.as_deref().zip(made) else { return Ok(None) };
        let mut found = self.find_by_order_id(order_id, made).until(made).await?;
        Ok(found.pop().filter(|_| found.is_empty()))
    }
}

fn compare(claim: &Claim, record: Record) -> Confirmation {
    let told = &record.transaction;
    let same = [
        ("transactionOrderId", claim.order_id.is_none() || claim.order_id == told.order_id),
        ("transactionAmount", claim.amount.is_none() || claim.amount == told.amount),
        ("transactionType", claim.direction.is_none() || claim.direction == told.direction),
    ];
    let different: Vec<_> = same.into_iter().filter(|(_, same)| !same).map(|(name, _)| name).collect();
    if !different.is_empty() {
        Confirmation::Different(different)
    } else if claim.state == told.state {
        Confirmation::Confirmed(Box::new(record))
    } else {
        Confirmation::OtherState(Box::new(record))
    }
}

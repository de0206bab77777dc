//! Asking the API whether an event is true, before anyone ships.

use super::event::{Event, PaymentEvent, key};
use super::unconfirmed::UnconfirmedEvent;
use crate::{Client, Payment};
use pay_core::webhook::EventKey;
use pay_core::{Error, Money};

/// What the API's own record says about an event.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub enum Confirmation {
    /// The record is of this payment, and has the event's status.
    Confirmed(Payment),
    /// The record is of this payment, but has another status: the event is early, late, or of a status that only events
    /// have. The record holds.
    OtherStatus(Payment),
    /// The record differs in these members, so the event is not to be believed. Let a person look.
    Different(Vec<&'static str>),
    /// Not a payment event: the documents that could be read offer no question about it.
    NoQuestion,
}

impl Confirmation {
    /// The API's record of this payment.
    pub fn payment(&self) -> Option<&Payment> {
        match self {
            Self::Confirmed(payment) | Self::OtherStatus(payment) => Some(payment),
            Self::Different(_) | Self::NoQuestion => None,
        }
    }

    /// What one effect belongs to: reference and status of the record. For a record with the event's status it is the
    /// event's own key.
    pub fn key(&self) -> Option<EventKey> {
        self.payment().map(|payment| key(&payment.reference, &payment.status))
    }

    /// Whether the record says that your order is paid: paid, with your reference, to your price. Only then ship.
    pub fn pays(&self, partner_reference: &str, price: &Money) -> bool {
        self.payment().is_some_and(|payment| {
            payment.status.is_paid()
                && payment.partner_reference == partner_reference
                && payment.amount == price.amount
                && payment.currency_code == price.currency
        })
    }
}

/// What [`Client::confirm`] takes: a payment event, any event, or one that is not confirmed yet.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a>(Option<&'a PaymentEvent>);

impl<'a> From<&'a PaymentEvent> for Ask<'a> {
    fn from(event: &'a PaymentEvent) -> Self {
        Self(Some(event))
    }
}

impl<'a> From<&'a Event> for Ask<'a> {
    fn from(event: &'a Event) -> Self {
        match event {
            Event::Payment(event) => Self(Some(event)),
            Event::Other(_) => Self(None),
        }
    }
}

impl<'a> From<&'a UnconfirmedEvent> for Ask<'a> {
    fn from(event: &'a UnconfirmedEvent) -> Self {
        Self::from(&event.0)
    }
}

impl Client {
    /// Asks Query Payment Status about an event, and compares reference, partner reference, amount, currency and status.
    /// The only use of an event that came as stale.
    ///
    /// # Errors
    /// Those of [`payment`](Client::payment). Nothing is confirmed then: ask again.
    pub async fn confirm<'a>(&self, event: impl Into<Ask<'a>>) -> Result<Confirmation, Error> {
        let Some(event) = event.into().0 else { return Ok(Confirmation::NoQuestion) };
        let payment = self.payment(&event.reference).send().await?;
        Ok(compare(event, payment))
    }
}

fn compare(event: &PaymentEvent, payment: Payment) -> Confirmation {
    let same = [
        ("reference", event.reference == payment.reference),
        ("partnerReference", event.partner_reference == payment.partner_reference),
        ("amount", event.order_amount == payment.amount),
        ("currencyCode", event.currency_code == payment.currency_code),
    ];
    let different: Vec<_> = same.into_iter().filter(|(_, same)| !same).map(|(name, _)| name).collect();
    if !different.is_empty() {
        Confirmation::Different(different)
    } else if event.status == payment.status {
        Confirmation::Confirmed(payment)
    } else {
        Confirmation::OtherStatus(payment)
    }
}

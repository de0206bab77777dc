//! The steps of webhooks: one that is verified and confirmed, and one that was forged on the way.

use super::super::desk::Delivery;
use super::super::step::{Seen, Told};
use super::cards::{SECURE_ORDER, done};
use super::shop::{PAID, Sale, Shop};
use pay_sandbox::{SaleState, WebhookFault, WebhookRule};
use payagency::PaymentStatus;
use payagency::webhook::{Event, PaymentEvent, Refusal};

const FORGED_ORDER: &str = "shop-forged";
/// The payment that the webhook is about.
const SECURE: Sale<'_> = Sale { order: SECURE_ORDER, cents: 4000, state: SaleState::Completed, requests: 1 };

impl Shop<'_> {
    pub(super) async fn told(&mut self) -> Told<PaymentEvent> {
        let event = match self.desk.delivery().await? {
            Delivery::Verified(Event::Payment(event)) => event,
            Delivery::Refused(refusal) => return Err(refusal.to_string().into()),
            _ => return Err("another kind of event".into()),
        };
        self.sandbox.webhooks_idle().await;
        let status = &event.record().status;
        let seen = Seen::new(format!("{status}, verified on its raw bytes by the scheme that is assumed"))
            .same("status", status, &PaymentStatus::Success)
            .same("your order id", event.record().order_id(), Some(SECURE_ORDER))
            .same("answers", self.answers(event.transaction_id()), vec![Some(200)])
            .check("it came once", self.desk.is_empty());
        Ok(self.stands(seen, &SECURE).with(event))
    }

    pub(super) async fn confirmed(&self, event: Option<&PaymentEvent>) -> Told {
        let Some(event) = event else { return Ok(Seen::not_run("no event")) };
        let record = done(self.client.confirm(event).send().await?)?;
        let amount = record.data.amount.and_then(|amount| amount.to_minor(2));
        let seen = Seen::new(format!("{}: the status call says so too, and it alone decides", record.status))
            .same("your order id", record.order_id(), Some(SECURE_ORDER))
            .same("amount in cents", amount, Some(SECURE.cents))
            .same("currency", record.data.currency.as_deref(), Some("GBP"));
        Ok(self.stands(seen, &SECURE))
    }

    pub(super) async fn forged(&mut self) -> Told {
        self.read_books().await;
        self.sandbox.add_webhook_rule(WebhookRule::new("payagency", WebhookFault::Tamper))?;
        let payment = self.payment(self.order(FORGED_ORDER, "20.00")?, PAID)?;
        let record = done(self.client.card(payment).send().await?)?;
        let refused = match self.desk.delivery().await? {
            Delivery::Refused(refusal) => refusal,
            Delivery::Verified(_) | Delivery::Stale(_) => return Err("it was taken".into()),
        };
        self.sandbox.webhooks_idle().await;
        let transaction = record.transaction_id().ok_or("a payment without an id")?;
        let asked = done(self.client.status(transaction).send().await?)?;
        let status = refused.status().as_u16();
        let seen = Seen::new(format!("{refused:?}, answered {status}; status(id) is asked instead: {}", asked.status))
            .same("refusal", refused, Refusal::Forged)
            .same("answers", self.answers(transaction), vec![Some(401)])
            .same("amount in cents", asked.data.amount.and_then(|amount| amount.to_minor(2)), Some(2000));
        Ok(self.sold(seen, &Sale { order: FORGED_ORDER, cents: 2000, state: SaleState::Completed, requests: 1 }))
    }
}

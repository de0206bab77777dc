//! The steps of webhooks that are not as they should be, or not when.

use super::super::desk::Delivery;
use super::super::step::{Seen, Told};
use super::shop::{Shipped, Shop, word};
use pay_sandbox::{SaleState, WebhookFault};
use pay1st::PaymentStatus;
use pay1st::webhook::Refusal;
use std::error::Error;
use std::time::Duration;

const TAMPERED: &str = "shop-tampered";
const STALE: &str = "shop-stale";
const REPEATED: &str = "shop-repeated";
/// Deliveries beside the first.
const COPIES: u32 = 4;

impl Shop<'_> {
    pub(super) async fn tampered(&mut self) -> Told {
        let reference = self.paid_with(TAMPERED, WebhookFault::Tamper).await?;
        let refused = match self.desk.delivery().await? {
            Delivery::Refused(refusal) => refusal,
            other => return Err(format!("{other:?}").into()),
        };
        self.sandbox.webhooks_idle().await;
        let all = self.sandbox.deliveries();
        let sent = all.iter().rfind(|one| one.subject == reference).ok_or("nothing was sent")?;
        let (status, before) = (refused.status().as_u16(), self.times_shipped(TAMPERED));
        self.sandbox.resend(sent.id)?;
        let (confirmation, shipped) = self.ship_next(TAMPERED).await?;
        self.sandbox.webhooks_idle().await;
        let seen = Seen::new(format!(
            "{refused:?}, answered {status}, shipped {before} times; sent again as it was signed: {confirmation}, {shipped}"
        ))
        .same("refusal", refused, Refusal::Forged)
        .same("times shipped at first", before, 0)
        .same("answers", self.answers(&reference), vec![Some(401), Some(200)])
        .same("the second", (confirmation, shipped), ("Confirmed", Shipped::Now));
        Ok(self.stands(seen, TAMPERED, SaleState::Completed))
    }

    pub(super) async fn stale(&mut self) -> Told {
        self.paid_with(STALE, WebhookFault::Stale(Duration::from_secs(3600))).await?;
        let unopened = match self.desk.delivery().await? {
            Delivery::Stale(event) => event,
            other => return Err(format!("{other:?}").into()),
        };
        let confirmation = self.client.confirm(&unopened).await?;
        let status = confirmation.payment().map(|payment| payment.status.clone());
        let (said, shipped) = (word(&confirmation), self.ship(STALE, &confirmation).await?);
        let seen = Seen::new(format!("Stale: only confirm(event) opens it; {said}, {shipped}"))
            .same("what the record says", said, "Confirmed")
            .same("status of the record", status, Some(PaymentStatus::Successful))
            .same("shipped", shipped, Shipped::Now);
        Ok(self.stands(seen, STALE, SaleState::Completed))
    }

    pub(super) async fn repeated(&mut self) -> Told {
        let reference = self.paid_with(REPEATED, WebhookFault::Duplicate(COPIES)).await?;
        let mut shipped = Vec::new();
        for _ in 0..=COPIES {
            shipped.push(self.ship_next(REPEATED).await?);
        }
        self.sandbox.webhooks_idle().await;
        let deliveries = self.answers(&reference).len();
        let times = self.times_shipped(REPEATED);
        let seen = Seen::new(format!("{deliveries} deliveries, each verified and confirmed; times shipped: {times}"))
            .same("deliveries", deliveries, 5)
            .same("the first", shipped.remove(0), ("Confirmed", Shipped::Now))
            .check("the others were done before", shipped.iter().all(|one| *one == ("Confirmed", Shipped::Before)))
            .same("times shipped", times, 1)
            .check("nothing else came", self.desk.is_empty());
        Ok(self.stands(seen, REPEATED, SaleState::Completed))
    }

    /// An order that is paid, and of whose event something is wrong: Pay1st's reference of it.
    async fn paid_with(&mut self, order: &str, fault: WebhookFault) -> Result<String, Box<dyn Error>> {
        let reference = self.create_order(order).await?.reference().to_owned();
        self.webhook_fault(&reference, fault)?;
        self.sandbox.pay1st().pay(&reference)?;
        Ok(reference)
    }

    /// Confirms the next webhook, and ships if it is to be shipped: what the record says, and what came of it.
    pub(super) async fn ship_next(&mut self, order: &str) -> Result<(&'static str, Shipped), Box<dyn Error>> {
        let event = match self.desk.delivery().await? {
            Delivery::Verified(event) => event,
            other => return Err(format!("{other:?}").into()),
        };
        let confirmation = self.client.confirm(&event).await?;
        Ok((word(&confirmation), self.ship(order, &confirmation).await?))
    }
}

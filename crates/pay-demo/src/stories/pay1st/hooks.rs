//! The steps of webhooks that are not as they should be, or not when.

use super::super::step::{Seen, Told};
use super::desk::Delivery;
use super::shop::{Shipped, Shop};
use pay_sandbox::{SaleState, WebhookFault};
use pay1st::PaymentStatus;
use pay1st::webhook::{Confirmation, Refusal};
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
        let seen = Seen::new(
            "Forged, answered 401, nothing shipped; sent again as it was signed: verified and shipped",
        )
        .same("refusal", refused, Refusal::Forged);
        let seen = self.shipped_times(seen, TAMPERED, 0);
        self.sandbox.resend(sent.id)?;
        let shipped = self.ship_next(TAMPERED).await?;
        self.sandbox.webhooks_idle().await;
        let seen = seen.same("answers", self.answers(&reference), vec![Some(401), Some(200)]).same(
            "shipped",
            shipped,
            (true, Shipped::Now),
        );
        Ok(self.stands(self.shipped_times(seen, TAMPERED, 1), TAMPERED, SaleState::Completed))
    }

    pub(super) async fn stale(&mut self) -> Told {
        self.paid_with(STALE, WebhookFault::Stale(Duration::from_secs(3600))).await?;
        let unopened = match self.desk.delivery().await? {
            Delivery::Stale(event) => event,
            other => return Err(format!("{other:?}").into()),
        };
        let seen =
            self.shipped_times(Seen::new("Stale: only confirm(event) opens it; Confirmed, then shipped"), STALE, 0);
        let confirmation = self.client.confirm(&unopened).await?;
        let status = confirmation.payment().map(|payment| payment.status.clone());
        let seen = seen
            .check("the record says so", matches!(confirmation, Confirmation::Confirmed(_)))
            .same("status of the record", status, Some(PaymentStatus::Successful))
            .same("shipped", self.ship(STALE, &confirmation).await?, Shipped::Now);
        Ok(self.stands(self.shipped_times(seen, STALE, 1), STALE, SaleState::Completed))
    }

    pub(super) async fn repeated(&mut self) -> Told {
        let reference = self.paid_with(REPEATED, WebhookFault::Duplicate(COPIES)).await?;
        let mut shipped = Vec::new();
        for _ in 0..=COPIES {
            shipped.push(self.ship_next(REPEATED).await?);
        }
        self.sandbox.webhooks_idle().await;
        let deliveries = self.answers(&reference).len();
        let times = self.shipped.iter().filter(|order| *order == REPEATED).count();
        let seen = Seen::new(format!("{deliveries} deliveries, each verified and confirmed; shipped {times} time"))
            .same("deliveries", deliveries, 5)
            .same("first", shipped.remove(0), (true, Shipped::Now))
            .check("all others were done before", shipped.iter().all(|one| *one == (true, Shipped::Before)))
            .check("nothing else came", self.desk.is_empty());
        Ok(self.stands(self.shipped_times(seen, REPEATED, 1), REPEATED, SaleState::Completed))
    }

    /// An order that is paid, and of whose event something is wrong: Pay1st's reference of it.
    async fn paid_with(&mut self, order: &str, fault: WebhookFault) -> Result<String, Box<dyn Error>> {
        let reference = self.create_order(order).await?.reference().to_owned();
        self.webhook_fault(&reference, fault)?;
        self.sandbox.pay1st().pay(&reference)?;
        Ok(reference)
    }

    /// Confirms the next webhook, and ships if it is to be shipped: whether it was confirmed, and what came of it.
    pub(super) async fn ship_next(&mut self, order: &str) -> Result<(bool, Shipped), Box<dyn Error>> {
        let event = match self.desk.delivery().await? {
            Delivery::Verified(event) => event,
            other => return Err(format!("{other:?}").into()),
        };
        let confirmation = self.client.confirm(&event).await?;
        let confirmed = matches!(confirmation, Confirmation::Confirmed(_));
        Ok((confirmed, self.ship(order, &confirmation).await?))
    }
}

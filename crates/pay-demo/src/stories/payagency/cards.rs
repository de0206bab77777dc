//! The steps of cards: paid at once, by way of 3-D Secure, and declined.

use super::super::customer::{Action, Acts, Ends, Instead};
use super::super::step::{Seen, Told};
use super::shop::{DECLINED, PAID, Sale, Shop, THREE_DS};
use pay_sandbox::{Fault, SaleState};
use payagency::{Kind, Outcome, Pan, Payment, PaymentStatus, Record, Redirect, Settled};

pub(super) const PAID_ORDER: &str = "shop-paid";
pub(super) const SECURE_ORDER: &str = "shop-3ds";
const DECLINED_ORDER: &str = "shop-declined";
const LOST_ORDER: &str = "shop-lost";

impl Shop<'_> {
    pub(super) async fn credentials(&self) -> Told {
        self.client.check_credentials().await?;
        let seen = Seen::new("the secret key is taken; the encryption key is not tried: only payments need it");
        Ok(self.nothing_sold(seen).same("lists read", self.requests("transactions", Some(200)), 1))
    }

    /// The provider's id of the payment is for the refund.
    pub(super) async fn paid_at_once(&mut self) -> Told<String> {
        self.read_books().await;
        let payment = self.payment(self.order(PAID_ORDER, "25.00")?, PAID)?;
        let record = done(self.client.card(payment).send().await?)?;
        let transaction = record.transaction_id().ok_or("a payment without an id")?.to_owned();
        let kept = self.sandbox.payagency().payment(&transaction).and_then(|payment| payment.card);
        let seen = Seen::new(format!("SUCCESS at once, card {}", Pan::new(PAID)?.masked()))
            .same("your order id", record.order_id(), Some(PAID_ORDER))
            .same("what the provider keeps of the card", kept.as_deref(), Some("411111XXXXXX1111"))
            // The sandbox takes no body that is not sealed right.
            .same("sealed requests taken", self.requests("card", Some(200)), 1);
        let sale = Sale { order: PAID_ORDER, cents: 2500, state: SaleState::Completed, requests: 1 };
        Ok(self.sold(seen, &sale).with(transaction))
    }

    pub(super) async fn three_ds(&mut self) -> Told<Redirect> {
        self.read_books().await;
        let payment = self.payment(self.order(SECURE_ORDER, "40.00")?, THREE_DS)?;
        let redirect = match self.client.card(payment).send().await? {
            Payment::Redirect(redirect) => redirect,
            other => return Err(other.status().to_string().into()),
        };
        let seen = Seen::new("Redirect: the bank asks the customer; nothing is paid yet")
            .same("your order id", redirect.record().order_id(), Some(SECURE_ORDER))
            .check("no webhook came", self.desk.is_empty());
        let sale = Sale { order: SECURE_ORDER, cents: 4000, state: SaleState::Open, requests: 1 };
        Ok(self.sold(seen, &sale).with(redirect))
    }

    pub(super) async fn approved(&mut self, redirect: Option<&Redirect>) -> Told {
        let Some(redirect) = redirect else { return Ok(Seen::not_run("no page")) };
        let id = redirect.record().transaction_id().ok_or("a payment without an id")?;
        let acts = Acts { choose: false, fill: &[], press: "Yes", ends: Ends::Url("**/orders/**") };
        let instead = Instead::Api(Action { provider: "payagency", subjects: "payments", id, action: "approve" });
        let visit = self.customer.go(redirect.url(), &acts, instead).await?;
        let landed = self.desk.visit().await?;
        // That the customer is back proves nothing.
        let record = completed(self.client.settle(redirect.record()).await)?;
        let seen = Seen::new(format!("approved by {}; back at the shop, which asks: {}", visit.by, record.status))
            .check("the page asks for the price", visit.shown.contains("GBP 40.00"))
            .same("page of the shop", landed, format!("{SECURE_ORDER}/back"))
            .same("your order id", record.order_id(), Some(SECURE_ORDER));
        Ok(self.stands(seen, &Sale { order: SECURE_ORDER, cents: 4000, state: SaleState::Completed, requests: 1 }))
    }

    pub(super) async fn declined(&mut self) -> Told {
        self.read_books().await;
        let payment = self.payment(self.order(DECLINED_ORDER, "15.00")?, DECLINED)?;
        let record = match self.client.card(payment).send().await? {
            Payment::Refused(record) => record,
            other => return Err(other.status().to_string().into()),
        };
        let seen = Seen::new(format!("Refused: {}, card {}", record.status, Pan::new(DECLINED)?.masked()))
            .same("status", &record.status, &PaymentStatus::Failed)
            .same("your order id", record.order_id(), Some(DECLINED_ORDER));
        Ok(self.sold(seen, &Sale { order: DECLINED_ORDER, cents: 1500, state: SaleState::Failed, requests: 1 }))
    }

    pub(super) async fn lost_answer(&mut self) -> Told {
        self.read_books().await;
        self.fault("card", Fault::ResetAfterActing)?;
        let payment = self.payment(self.order(LOST_ORDER, "30.00")?, PAID)?;
        let error = self.client.card(payment).send().await.err().ok_or("an answer that was lost")?;
        let record = completed(self.client.settle(&error).await)?;
        let seen = Seen::new(format!(
            "outcome: {}, after {} attempt; settle(&error) asks by the order id: {}",
            error.outcome(),
            error.attempts(),
            record.status
        ))
        .same("kind", error.kind(), Kind::Interrupted)
        .same("outcome", error.outcome(), Outcome::Unknown)
        .same("attempts", error.attempts(), 1)
        .same("your order id", record.order_id(), Some(LOST_ORDER));
        Ok(self.sold(seen, &Sale { order: LOST_ORDER, cents: 3000, state: SaleState::Completed, requests: 1 }))
    }
}

/// What is known of a payment that is paid, or why it is not.
pub(super) fn done(payment: Payment) -> Result<Record, String> {
    match payment {
        Payment::Completed(record) => Ok(record),
        other => Err(other.status().to_string()),
    }
}

/// The same, for one that was looked up.
pub(super) fn completed(settled: Settled) -> Result<Record, String> {
    match settled {
        Settled::Completed(record) => Ok(record),
        Settled::Failed(record) => Err(record.status.to_string()),
        Settled::StillUnknown(unknown) => Err(format!("{:?}", unknown.reason)),
    }
}

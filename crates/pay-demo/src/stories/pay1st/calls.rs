//! The steps of one order, from the payment methods to its refund.

use super::super::customer::{Acts, Ends, Instead};
use super::super::desk::Delivery;
use super::super::step::{Seen, Told};
use super::shop::{Shipped, Shop, naira, pays, word};
use super::{CURRENCY, PRICE_CENTS, SKU};
use pay_sandbox::SaleState;
use pay1st::webhook::{Event, PaymentEvent};
use pay1st::{CreatedPayment, FulfilledProduct, Fulfilment, FulfilmentStatus, NewRefund, PaymentStatus};
use pay1st::{RefundOf, Refunded};
use std::time::Duration;

const ORDER: &str = "shop-order";
const REFUND: &str = "shop-refund";
const NONE: &str = "no payment";
/// What the customer types on the page.
const CUSTOMER: [(&str, &str); 4] = [
    ("First name", "Test"),
    ("Surname", "Customer"),
    ("E-mail", "customer@example.com"),
    ("Phone", "+234 810 000 0000"),
];

impl Shop<'_> {
    pub(super) async fn token(&self) -> Told {
        self.client.check_credentials().await?;
        let log_ins = self.requests("token", None);
        Ok(self
            .nothing_created(Seen::new("logged in; no signed call is without effect, so the signing key is not tried"))
            .ledger("1 log-in, no payment")
            .same("log-ins", log_ins, 1))
    }

    pub(super) async fn methods(&self) -> Told {
        let methods = self.client.payment_methods(super::COUNTRY).send().await?;
        let names: Vec<_> = methods.iter().filter_map(|method| method.name.as_deref()).collect();
        let visa = methods.iter().find(|method| method.code.as_deref() == Some("VISA")).ok_or("Visa is not there")?;
        let seen = Seen::new(format!("{} methods: {}", names.len(), names.join(", ")));
        Ok(self
            .nothing_created(seen)
            .same("the documented ids of Visa", (visa.outer_id, visa.inner_id), (Some(2), Some(8)))
            .same("log-ins", self.requests("token", None), 1))
    }

    pub(super) async fn create(&mut self) -> Told<CreatedPayment> {
        let created = self.create_order(ORDER).await?;
        let payment = created.payment();
        let seen = Seen::new(format!("{}, {} {}: nothing is paid yet", payment.status, CURRENCY, payment.amount))
            .same("status", &payment.status, &PaymentStatus::New)
            .same("your reference", created.partner_reference(), ORDER)
            // The sandbox takes no request whose signature is wrong.
            .same("signed requests taken", self.requests("create_payment", Some(201)), 1);
        Ok(self.stands(seen, ORDER, SaleState::Open).with(created))
    }

    pub(super) async fn paid(&mut self, created: Option<&CreatedPayment>) -> Told {
        let Some(created) = created else { return Ok(Seen::not_run(NONE)) };
        let acts = Acts { choose: true, fill: &CUSTOMER, press: "Pay NGN", ends: Ends::Url("**/orders/**") };
        let instead = Instead::Api(pays(created.reference()));
        let visit = self.customer.go(&created.checkout_link().expose_url(), &acts, instead).await?;
        let landed = self.desk.visit().await?;
        let seen = Seen::new(format!("paid by {}; the customer is back at the success URL", visit.by))
            .check("the page asks for the price", visit.shown.contains("NGN 100.00"))
            .same("page of the shop", landed, format!("{ORDER}/paid"));
        Ok(self.stands(seen, ORDER, SaleState::Completed))
    }

    pub(super) async fn told(&mut self) -> Told<PaymentEvent> {
        let event = match self.desk.delivery().await? {
            Delivery::Verified(Event::Payment(event)) => event,
            other => return Err(format!("{other:?}").into()),
        };
        self.sandbox.webhooks_idle().await;
        let seen = Seen::new(format!("verified on its raw bytes: {}, {CURRENCY} {}", event.status, event.order_amount))
            .same("status", &event.status, &PaymentStatus::Successful)
            .same("your reference", event.partner_reference.as_str(), ORDER)
            .same("answers", self.answers(&event.reference), vec![Some(200)])
            .check("it came once", self.desk.is_empty());
        Ok(self.stands(seen, ORDER, SaleState::Completed).with(event))
    }

    pub(super) async fn confirmed(&mut self, event: Option<PaymentEvent>) -> Told {
        let Some(event) = event else { return Ok(Seen::not_run("no event")) };
        let confirmation = self.client.confirm(&event).await?;
        let (said, shipped) = (word(&confirmation), self.ship(ORDER, &confirmation).await?);
        let seen = Seen::new(format!("{said}: references, amount, currency and status compared; {shipped}"))
            .same("what the record says", said, "Confirmed")
            .same("shipped", shipped, Shipped::Now);
        Ok(self.stands(seen, ORDER, SaleState::Completed))
    }

    pub(super) async fn fulfilled(&self, created: Option<&CreatedPayment>) -> Told {
        let Some(created) = created else { return Ok(Seen::not_run(NONE)) };
        let delivered = FulfilledProduct::new(SKU, FulfilmentStatus::Fulfilled, 1);
        self.client.report_fulfilment(Fulfilment::new(created.reference(), delivered)).send().await?;
        let record = self.sandbox.pay1st().payment(created.reference()).ok_or("no such payment")?;
        let seen = self.stands(Seen::new("taken; the answer is empty"), ORDER, SaleState::Completed);
        Ok(seen.ledger(format!("reports of fulfilment: {}", record.fulfilments)).same("reports", record.fulfilments, 1))
    }

    pub(super) async fn queried(&self, created: Option<&CreatedPayment>) -> Told {
        let Some(created) = created else { return Ok(Seen::not_run(NONE)) };
        let payment = self.client.payment(created.reference()).send().await?;
        let seen = Seen::new(format!("{}, {} {}", payment.status, payment.currency_code, payment.amount))
            .same("status", payment.status, PaymentStatus::Successful)
            .same("amount", payment.amount, created.payment().amount)
            .same("your reference", payment.partner_reference.as_str(), ORDER);
        Ok(self.stands(seen, ORDER, SaleState::Completed))
    }

    pub(super) async fn refunded(&self, created: Option<&CreatedPayment>) -> Told {
        let Some(created) = created else { return Ok(Seen::not_run(NONE)) };
        let of = RefundOf {
            transaction_reference: created.reference().to_owned(),
            partner_refund_reference: REFUND.to_owned(),
        };
        let pending = match self.client.refund(NewRefund::full(of)).send().await? {
            Refunded::Pending(refund) => refund,
            Refunded::Completed(_) => return Err("Completed".into()),
        };
        let seen = Seen::new(format!("taken, and {}", pending.status)).same(
            "your reference of it",
            pending.partner_refund_reference.as_deref(),
            Some(REFUND),
        );
        Ok(self.back(seen, "PENDING", 0))
    }

    pub(super) async fn given_back(&self) -> Told {
        self.sandbox.clock().advance(Duration::from_secs(600));
        Ok(self.back(Seen::new("nothing: no question after refunds is documented"), "SUCCESSFUL", PRICE_CENTS))
    }

    /// Checks the one refund and what it gave back.
    fn back(&self, seen: Seen, status: &str, cents: i64) -> Seen {
        let refunds = self.sandbox.pay1st().refunds();
        let stands: Vec<_> = refunds.iter().map(|refund| refund.status).collect();
        let back = self.sandbox.ledger().refunded_cents(ORDER);
        let text = if stands.is_empty() { "no refund".to_owned() } else { format!("refund {}", stands.join(", ")) };
        self.stands(seen, ORDER, SaleState::Completed)
            .ledger(format!("{text}, {} given back", naira(back)))
            .same("refunds", stands, vec![status])
            .same("cents given back", back, cents)
    }
}

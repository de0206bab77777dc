//! The steps on which redirects lie, answers are lost and tokens are replaced; and the books after all of it.

use super::super::step::{Seen, Told};
use super::PRICE_CENTS;
use super::shop::{Shipped, Shop, naira, pays};
use pay_sandbox::{Fault, SaleState};
use pay1st::{Kind, Outcome, PaymentStatus};
use std::time::Duration;

const LIED: &str = "shop-lied";
const EARLY: &str = "shop-early";
const LOST: &str = "shop-lost";
const ROTATED: &str = "shop-rotated";

impl Shop<'_> {
    pub(super) async fn lying_redirect(&mut self) -> Told {
        let pay1st = self.sandbox.pay1st();
        let created = self.create_order(LIED).await?;
        pay1st.set_mode("paid_redirect", "failure")?;
        let acted = self.customer.act(pays(created.reference())).await;
        pay1st.set_mode("paid_redirect", "success")?;
        acted?;
        let landed = self.desk.visit().await?;
        let payment = self.client.payment(created.reference()).send().await?;
        let (said, shipped) = self.ship_next(LIED).await?;
        let seen =
            Seen::new(format!("not believed: asked, it is {}; by its webhook {said}, {shipped}", payment.status))
                .same("page of the shop", landed, format!("{LIED}/failed"))
                .same("status", payment.status, PaymentStatus::Successful)
                .same("the webhook", (said, shipped), ("Confirmed", Shipped::Now));
        Ok(self.stands(seen, LIED, SaleState::Completed))
    }

    pub(super) async fn early_bird(&mut self) -> Told {
        let created = self.create_order(EARLY).await?;
        self.customer.visit(&self.desk.page(EARLY, "paid")).await?;
        let landed = self.desk.visit().await?;
        let payment = self.client.payment(created.reference()).send().await?;
        let times = self.times_shipped(EARLY);
        let seen = Seen::new(format!("not believed: asked, it is {}; times shipped: {times}", payment.status))
            .same("page of the shop", landed, format!("{EARLY}/paid"))
            .same("status", payment.status, PaymentStatus::New)
            .same("times shipped", times, 0)
            .check("no webhook came", self.desk.is_empty());
        Ok(self.stands(seen, EARLY, SaleState::Open))
    }

    pub(super) async fn lost_answer(&mut self) -> Told {
        self.read_books().await;
        self.fault("create_payment", Fault::ResetAfterActing)?;
        let answer = self.client.create_payment(self.order(LOST)?).send().await;
        let error = answer.err().ok_or("an answer that was lost")?;
        // It stands at the provider, though nobody has its link.
        self.one_more();
        let text = error.to_string();
        let seen = Seen::new(&text)
            .same("kind", error.kind(), Kind::Interrupted)
            .same("outcome", error.outcome(), Outcome::Unknown)
            .same("attempts", error.attempts(), 1)
            .check("it says how to go on", text.contains("a NEW reference"));
        Ok(self.stands(seen, LOST, SaleState::Open))
    }

    pub(super) async fn rotated(&mut self) -> Told {
        let pay1st = self.sandbox.pay1st();
        let created = self.create_order(ROTATED).await?;
        let link = created.checkout_link();
        let opens = self.customer.open(&link.expose_url()).await?.0;
        let refreshes = self.requests("refresh", None);
        // A token that is refused within 30 s of its issue is not replaced.
        self.sandbox.clock().advance(Duration::from_secs(60));
        pay1st.set_mode("old_access_tokens", "dead_in_links")?;
        self.fault("payment", Fault::Unauthorized)?;
        let asked = self.client.payment(created.reference()).reply().await;
        let dead = self.customer.open(&link.expose_url()).await?.0;
        let rebuilt = link.rebuild(&self.client).await?;
        let again = self.customer.open(&rebuilt.expose_url()).await?.0;
        pay1st.set_mode("old_access_tokens", "live")?;
        let refreshes = self.requests("refresh", None) - refreshes;
        let seen = Seen::new(format!(
            "the call met a 401, {refreshes} refresh, replayed; the link then {dead}, rebuilt {again}"
        ))
        .same("status of the link at first, then, rebuilt", [opens, dead, again], [200, 401, 200])
        .same("refreshes", refreshes, 1)
        .same("attempts of the call", asked?.attempts, 2);
        self.customer.act(pays(created.reference())).await?;
        let seen = seen.same("the webhook", self.ship_next(ROTATED).await?, ("Confirmed", Shipped::Now));
        Ok(self.stands(seen, ROTATED, SaleState::Completed))
    }

    pub(super) async fn closing(&self) -> Told {
        let ledger = self.sandbox.ledger();
        let sales = self.sales();
        let paid: Vec<_> = sales.iter().filter(|sale| sale.charges > 0).collect();
        let total: i64 = paid.iter().map(|sale| sale.amount_cents).sum();
        let back: i64 = sales.iter().map(|sale| ledger.refunded_cents(&sale.reference)).sum();
        let broken = ledger.check();
        let rules = if broken.is_empty() { "no rule broken".to_owned() } else { format!("{} broken", broken.len()) };
        let mut orders: Vec<_> = paid.iter().map(|sale| sale.reference.as_str()).collect();
        let mut shipped: Vec<_> = self.shipped.iter().map(String::as_str).collect();
        orders.sort_unstable();
        shipped.sort_unstable();
        let seen = Seen::new(format!("{} of {} payments paid, {} shipped", paid.len(), sales.len(), shipped.len()))
            .ledger(format!("{rules}, {} taken, {} given back", naira(total), naira(back)))
            .same("rules broken", broken, Vec::new())
            .same("payments", sales.len(), 8)
            .same("orders shipped", shipped, orders)
            .same("cents taken", total, 6 * PRICE_CENTS)
            .same("cents given back", back, PRICE_CENTS)
            .check("each is charged at most once", sales.iter().all(|sale| sale.charges <= 1));
        let open = sales.iter().filter(|sale| sale.state == SaleState::Open).count();
        Ok(seen.same("unpaid ones", open, 2))
    }
}

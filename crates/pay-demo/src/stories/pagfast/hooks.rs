//! The steps of webhooks that are not as they should be; and the books after all of it.

use super::super::desk::Delivery;
use super::super::step::{Seen, Told};
use super::shop::{Credited, Shop, reais, told, word};
use pagfast::TransactionState;
use pagfast::webhook::Refusal;
use pay_sandbox::{SaleState, WebhookFault};

const REPEATED: &str = "pix-repeated";
const TAMPERED: &str = "pix-tampered";
const UNSIGNED: &str = "pix-unsigned";
/// Deliveries beside the first.
const COPIES: u32 = 2;

impl Shop<'_> {
    pub(super) async fn repeated(&mut self) -> Told {
        let charge = self.paid_with(REPEATED, "20.00", WebhookFault::Duplicate(COPIES)).await?;
        let mut all = Vec::new();
        for _ in 0..=COPIES {
            let event = self.event().await?;
            let confirmation = self.client.confirm(&event).await?;
            all.push((word(&confirmation), self.credit(REPEATED, "20.00", &confirmation).await?));
        }
        self.sandbox.webhooks_idle().await;
        let times = self.times_credited(REPEATED);
        let first = all.remove(0);
        let seen =
            Seen::new(format!("{} deliveries, each verified and confirmed; times credited: {times}", 1 + all.len()))
                .same("the first", first, ("Confirmed", Credited::Now))
                .check("the others were done before", all.iter().all(|one| *one == ("Confirmed", Credited::Before)))
                // Of the registration, and three of the payment.
                .same("answers", self.answers(charge.id()), vec![Some(200); 4])
                .same("times credited", times, 1);
        Ok(self.stands(seen, REPEATED, 2000, SaleState::Completed))
    }

    pub(super) async fn tampered(&mut self) -> Told {
        self.refused(TAMPERED, "15.00", 1500, WebhookFault::Tamper, Refusal::Forged).await
    }

    pub(super) async fn unsigned(&mut self) -> Told {
        self.refused(UNSIGNED, "10.00", 1000, WebhookFault::Unsigned, Refusal::Unsigned).await
    }

    /// A webhook that is refused; then the transaction is asked for instead, and sent again as it was signed.
    async fn refused(&mut self, order: &str, amount: &str, cents: i64, fault: WebhookFault, expected: Refusal) -> Told {
        let charge = self.paid_with(order, amount, fault).await?;
        let refused = match self.desk.delivery().await? {
            Delivery::Refused(refusal) => refusal,
            other => return Err(told(&other).into()),
        };
        self.sandbox.webhooks_idle().await;
        let before = self.times_credited(order);
        let asked = self.client.transaction(charge.id()).send().await?;
        let all = self.sandbox.deliveries();
        let sent = all.iter().rfind(|one| one.subject == charge.id()).ok_or("nothing was sent")?;
        self.sandbox.resend(sent.id)?;
        let event = self.event().await?;
        let confirmation = self.client.confirm(&event).await?;
        let credited = self.credit(order, amount, &confirmation).await?;
        self.sandbox.webhooks_idle().await;
        let (status, state) = (refused.status().as_u16(), &asked.transaction.state);
        let seen = Seen::new(format!(
            "{refused:?}, answered {status}, times credited: {before}; asked, it is {state}; sent again as it was signed: \
             {}, {credited}",
            word(&confirmation)
        ))
        .same("refusal", refused, expected)
        .same("times credited at first", before, 0)
        .same("state", state, &TransactionState::Completed)
        .same("the second", (word(&confirmation), credited), ("Confirmed", Credited::Now))
        .same("answers", self.answers(charge.id()), vec![Some(200), Some(401), Some(200)]);
        Ok(self.stands(seen, order, cents, SaleState::Completed))
    }

    pub(super) async fn closing(&self) -> Told {
        let (ledger, books) = (self.sandbox.ledger(), self.books());
        let paid: Vec<_> = books.sales.iter().filter(|sale| sale.charges > 0).collect();
        let taken: i64 = paid.iter().map(|sale| sale.amount_cents).sum();
        let out: Vec<_> = books.payouts.iter().filter(|payout| payout.paid_out > 0).collect();
        let given: i64 = out.iter().map(|payout| payout.amount_cents).sum();
        let broken = ledger.check();
        let rules = if broken.is_empty() { "no rule broken".to_owned() } else { format!("{} broken", broken.len()) };
        let mut orders: Vec<_> = paid.iter().map(|sale| sale.reference.as_str()).collect();
        let mut credited: Vec<_> = self.credited.iter().map(String::as_str).collect();
        orders.sort_unstable();
        credited.sort_unstable();
        Ok(Seen::new(format!(
            "{} of {} deposits paid, {} credited; {} withdrawals",
            paid.len(),
            books.sales.len(),
            credited.len(),
            out.len()
        ))
        .ledger(format!("{rules}, {} paid in, {} paid out", reais(taken), reais(given)))
        .same("rules broken", broken, Vec::new())
        .same("deposits", books.sales.len(), 7)
        .same("orders credited", credited, orders)
        .same("centavos paid in", taken, 15_000)
        .same("withdrawals", books.payouts.len(), 2)
        .same("centavos paid out", given, 20_000)
        .check("each is paid at most once", {
            paid.iter().all(|sale| sale.charges == 1) && out.iter().all(|payout| payout.paid_out == 1)
        }))
    }
}

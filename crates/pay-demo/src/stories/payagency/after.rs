//! The steps of refunds and of a payment link; and the books after all of it.

use super::super::customer::{Acts, Ends, Instead};
use super::super::step::{Seen, Told};
use super::cards::{PAID_ORDER, completed};
use super::shop::{CVV, PAID, Sale, Shop, money, pounds};
use pay_sandbox::SaleState;
use payagency::{Outcome, Payment, PaymentLink, Refund, RefundRefusal};

const LINK_ORDER: &str = "shop-link";

impl Shop<'_> {
    pub(super) async fn refunded(&mut self, transaction: Option<&str>) -> Told {
        let Some(transaction) = transaction else { return Ok(Seen::not_run("no payment")) };
        self.read_books().await;
        let record = match self.client.refund(refund(transaction)).send().await? {
            Payment::Completed(record) => record,
            other => return Err(other.status().to_string().into()),
        };
        let seen = Seen::new("Done: marked as refunded, in full").check("it is refunded", record.is_refunded());
        Ok(self.back(seen))
    }

    pub(super) async fn refunded_again(&mut self, transaction: Option<&str>) -> Told {
        let Some(transaction) = transaction else { return Ok(Seen::not_run("no payment")) };
        let answer = self.client.refund(refund(transaction)).send().await;
        let error = answer.err().ok_or("a second refund")?;
        let message = error.provider_message().unwrap_or_default();
        let seen = Seen::new(format!("refund: {}: \"{message}\"", error.outcome()))
            .same("outcome", error.outcome(), Outcome::Refused)
            .same("why", RefundRefusal::of(&error), Some(RefundRefusal::AlreadyRefunded));
        Ok(self.back(seen))
    }

    /// Checks the one refund and what it gave back.
    fn back(&self, seen: Seen) -> Seen {
        let back = self.sandbox.ledger().refunded_cents(PAID_ORDER);
        let refunds = self.books().refunds.len();
        self.stands(seen, &Sale { order: PAID_ORDER, cents: 2500, state: SaleState::Completed, requests: 1 })
            .ledger(format!("refunds: {refunds}, {} given back", money("GBP", back)))
            .same("refunds", refunds, 1)
            .same("cents given back", back, 2500)
    }

    pub(super) async fn linked(&mut self) -> Told<String> {
        self.read_books().await;
        let link = PaymentLink::new(LINK_ORDER).price(pounds("12.50")?);
        let made = self.client.payment_link(link).send().await?;
        let links = self.sandbox.payagency().links();
        let prices: Vec<_> = links.iter().map(|link| link.amount.as_deref()).collect();
        let seen = Seen::new("a link: nothing is paid yet").same("prices of the links", prices, vec![Some("12.50")]);
        Ok(self.nothing_sold(seen).with(made.url))
    }

    pub(super) async fn link_paid(&mut self, link: Option<String>) -> Told {
        let Some(link) = link else { return Ok(Seen::not_run("no link")) };
        let fill = [
            ("First name", "Ada"),
            ("Surname", "Byron"),
            ("E-mail", "ada@example.com"),
            ("Card number", PAID),
            ("Expires", "12/30"),
            ("Security code", CVV),
        ];
        // The same fields by their names on the page.
        let names = ["first_name", "last_name", "email", "card_number", "card_expiry", "card_cvv"];
        let mut form: Vec<_> = names.into_iter().zip(fill.map(|(_, value)| value)).collect();
        form.push(("action", "pay"));
        let acts = Acts { choose: false, fill: &fill, press: "Pay GBP", ends: Ends::Heading("completed") };
        let visit = self.customer.go(&link, &acts, Instead::Form(&form)).await?;
        let record = completed(self.client.settle(LINK_ORDER).await)?;
        let seen = Seen::new(format!("paid by {}; settle(order id): {}", visit.by, record.status))
            .check("the page asks for the price", visit.shown.contains("GBP 12.50"))
            .same("your order id", record.order_id(), Some(LINK_ORDER));
        Ok(self.sold(seen, &Sale { order: LINK_ORDER, cents: 1250, state: SaleState::Completed, requests: 0 }))
    }

    pub(super) async fn closing(&self) -> Told {
        let (ledger, books) = (self.sandbox.ledger(), self.books());
        let paid: Vec<_> = books.sales.iter().filter(|sale| sale.charges > 0).collect();
        let total: i64 = paid.iter().map(|sale| sale.amount_cents).sum();
        let back: i64 = books.sales.iter().map(|sale| ledger.refunded_cents(&sale.reference)).sum();
        let out: i64 =
            books.payouts.iter().filter(|payout| payout.paid_out > 0).map(|payout| payout.amount_cents).sum();
        let broken = ledger.check();
        let rules = if broken.is_empty() { "no rule broken".to_owned() } else { format!("{} broken", broken.len()) };
        let (taken, back_text, out_text) = (money("GBP", total), money("GBP", back), money("USD", out));
        Ok(Seen::new(format!("{} of {} payments paid", paid.len(), books.sales.len()))
            .ledger(format!("{rules}, {taken} taken, {back_text} given back, {out_text} paid out"))
            .same("rules broken", broken, Vec::new())
            .same("payments", books.sales.len(), 6)
            .same("paid ones", paid.len(), 5)
            .same("cents taken", total, 12_750)
            .same("cents given back", back, 2500)
            .same("cents paid out", out, 10_000)
            .check("each is charged at most once", books.sales.iter().all(|sale| sale.charges <= 1)))
    }
}

fn refund(transaction: &str) -> Refund {
    Refund::of(transaction).because("the customer sent it back")
}

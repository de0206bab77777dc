//! The steps that sell: the good days, and the bad ones on which nobody is to be charged twice.

use super::super::step::{Seen, Told};
use super::shop::{Sale, Shop, charged, rand};
use super::{AIRTIME, ELECTRICITY, METER, NUMBER};
use pagamio::{AmountError, Code, Error, ExposeSecret, Outcome, Pending, Purchase, Purchased, Receipt};
use pagamio::{Settled, TransactionStatus, Unit};
use pay_sandbox::{Ends, Fault, SaleState};
use std::time::Duration;
use tokio::task::JoinSet;

const COMPLETED: SaleState = SaleState::Completed;

impl Shop<'_> {
    pub(super) async fn airtime(&mut self) -> Told {
        self.read_books();
        let purchase = airtime("10.00", "demo-airtime")?;
        let asked = purchase.amount();
        let receipt = completed(self.client.purchase(purchase).send().await)?;
        let raw = receipt.amount().map(|raw| raw.as_received().to_string()).unwrap_or_default();
        let by = receipt.aggregator().unwrap_or_default();
        let seen = Seen::new(format!("Completed; receipt by {by}, its amount of {raw} told to be cents"))
            .same("unit of the receipt's amount", receipt.amount_unit(asked), Some(Unit::Minor))
            .check("the transaction is the ledger's", self.names_sale(receipt.transaction_id(), "demo-airtime"));
        Ok(self.sold(seen, &Sale { reference: "demo-airtime", cents: 1000, state: COMPLETED, requests: 1 }))
    }

    pub(super) async fn electricity(&mut self) -> Told {
        self.read_books();
        let purchase = Purchase::electricity(ELECTRICITY, "200.00".parse()?, METER).reference("demo-electricity");
        let receipt = completed(self.client.purchase(purchase).send().await)?;
        let tokens = receipt.electricity_tokens();
        let mut lines = Vec::new();
        for token in &tokens {
            let units = token.quantity.map(|units| units.as_received().to_string()).unwrap_or_default();
            let unit = token.unit.as_deref().unwrap_or_default();
            let free = if token.free == Some(true) { ", free" } else { "" };
            lines.push(format!("{} ({units} {unit}{free})", masked(token.token.expose_secret())));
        }
        let lengths: Vec<_> = tokens.iter().map(|token| token.token.expose_secret().len()).collect();
        let seen = Seen::new(format!("Completed; {} tokens: {}", tokens.len(), lines.join(", ")))
            .same("digits of the tokens", lengths, vec![20, 20])
            .same("free ones", tokens.iter().filter(|token| token.free == Some(true)).count(), 1)
            .check("the transaction is the ledger's", self.names_sale(receipt.transaction_id(), "demo-electricity"));
        Ok(self.sold(seen, &Sale { reference: "demo-electricity", cents: 20_000, state: COMPLETED, requests: 1 }))
    }

    pub(super) async fn slow_purchase(&mut self) -> Told<Pending> {
        self.read_books();
        // Short of the 5 s after which the documented schedule asks for the second time.
        self.fault("demo-slow", Fault::Pending { settle_after: Duration::from_secs(4), ends: Ends::Completed })?;
        let pending = match self.client.purchase(airtime("25.00", "demo-slow")?).send().await? {
            Purchased::Pending(pending) => pending,
            Purchased::Completed(_) => return Err("Completed".into()),
        };
        let seen = Seen::new("Pending: to be asked for, never bought again")
            .same("reference", pending.reference(), "demo-slow")
            .check("the transaction is the ledger's", self.names_sale(pending.transaction_id(), "demo-slow"));
        let sale = Sale { reference: "demo-slow", cents: 2500, state: SaleState::Pending, requests: 1 };
        Ok(self.sold(seen, &sale).with(pending))
    }

    pub(super) async fn settled(&self, pending: Option<Pending>) -> Told {
        let Some(pending) = pending else { return Ok(Seen::not_run("no pending purchase")) };
        let settlement = match self.client.settle(&pending).within(Duration::from_secs(60)).await {
            Settled::Completed(settlement) => settlement,
            other => return Err(format!("{other:?}").into()),
        };
        let record = settlement.record.ok_or("settled without a record")?;
        let total = record.total_amount.ok_or("a record without a total")?;
        let questions = self.requests("transactions", None);
        let seen = Seen::new(format!("Completed, found by question {questions}; the record says {total}"))
            .same("questions", questions, 2)
            .same("status of the record", record.status, Some(TransactionStatus::Completed))
            .same("total of the record in cents", total.to_minor(2), Some(2500));
        Ok(self.stands(seen, &Sale { reference: "demo-slow", cents: 2500, state: COMPLETED, requests: 1 }))
    }

    pub(super) async fn lost_answer(&mut self) -> Told {
        self.read_books();
        self.fault("demo-lost", Fault::ResetAfterActing)?;
        let reply = self.client.purchase(airtime("30.00", "demo-lost")?).reply().await?;
        let receipt = completed(Ok(reply.model))?;
        let seen = Seen::new(format!("Completed on attempt {}: the same reference, sent again", reply.attempts))
            .same("attempts", reply.attempts, 2)
            .check("the transaction is the ledger's", self.names_sale(receipt.transaction_id(), "demo-lost"));
        Ok(self.sold(seen, &Sale { reference: "demo-lost", cents: 3000, state: COMPLETED, requests: 2 }))
    }

    pub(super) async fn poor(&mut self) -> Told {
        self.read_books();
        let poor = self.sandbox.pagamio().poor_merchant();
        let client = self.other(poor, poor.password())?;
        let answer = client.purchase(airtime("10.00", "demo-poor")?).send().await;
        let error = answer.err().ok_or("a purchase without the money for it")?;
        // The sandbox keeps a refused sale in its books: its reference stays used.
        self.sales += 1;
        let charges = self.sandbox.ledger().charges("demo-poor");
        let left = self.float_of(poor).ok_or("no such account")?;
        Ok(Seen::new(error.to_string())
            .ledger(format!("{}, float {}", charged(charges), rand(left)))
            .same("outcome", error.outcome(), Outcome::Refused)
            .same("code", Code::of(&error), Some(Code::InsufficientBalance))
            .same("charges", charges, 0)
            .same("float in cents", left, 500)
            .same("sales in the ledger", self.sales().len(), self.sales))
    }

    pub(super) async fn expired(&mut self) -> Told {
        self.read_books();
        let log_ins = self.requests("token", None);
        self.sandbox.clock().advance(Duration::from_secs(1800));
        let mut callers = JoinSet::new();
        for _ in 0..7 {
            let call = self.client.products();
            callers.spawn(async move { call.send().await.map(|products| !products.is_empty()) });
        }
        let purchase = self.client.purchase(airtime("15.00", "demo-expired")?);
        callers.spawn(async move { purchase.send().await.map(|sale| matches!(sale, Purchased::Completed(_))) });
        let mut answered = 0;
        while let Some(ended) = callers.join_next().await {
            answered += u32::from(ended??);
        }
        let refreshes = self.requests("refresh", None);
        let refused = self.requests("merchant_products", Some(401)) + self.requests("purchase", Some(401));
        // The purchase may have been among those that met the old token: nothing acted then.
        let requests = 1 + u32::try_from(self.requests("purchase", Some(401)))?;
        let seen = Seen::new(format!("{answered} of 8 answered; {refreshes} refresh for all of them"))
            .same("answers", answered, 8)
            .same("refreshes", refreshes, 1)
            .same("log-ins", self.requests("token", None), log_ins)
            .check("the old token had died", refused > 0);
        Ok(self.sold(seen, &Sale { reference: "demo-expired", cents: 1500, state: COMPLETED, requests }))
    }

    pub(super) async fn closing(&self) -> Told {
        let booked = self.sales();
        let sales: Vec<_> = booked.iter().filter(|sale| sale.charges > 0).collect();
        let total = sales.iter().map(|sale| sale.amount_cents).sum();
        let broken = self.sandbox.ledger().check();
        let rules = if broken.is_empty() { "no rule broken".to_owned() } else { format!("{} broken", broken.len()) };
        let left = self.float_of(self.merchant).ok_or("no such account")?;
        Ok(Seen::new(format!("{} sales, {} in all", sales.len(), rand(total)))
            .ledger(format!("{rules}, float {}", rand(left)))
            .same("rules broken", broken, Vec::new())
            .same("sales", sales.len(), 5)
            .same("cents in all", total, 28_000)
            .same("float in cents", left, self.opening - 28_000)
            .check("each is completed", sales.iter().all(|sale| sale.state == COMPLETED))
            .check("each is charged once", sales.iter().all(|sale| sale.charges == 1)))
    }
}

/// The provider's documented test purchase.
fn airtime(amount: &str, reference: &str) -> Result<Purchase, AmountError> {
    Ok(Purchase::airtime(AIRTIME, amount.parse()?, NUMBER).reference(reference))
}

/// The receipt, or why there is none.
fn completed(outcome: Result<Purchased, Error>) -> Result<Receipt, Box<dyn std::error::Error>> {
    match outcome? {
        Purchased::Completed(receipt) => Ok(receipt),
        Purchased::Pending(_) => Err("Pending".into()),
    }
}

/// A secret of which only the end shows.
fn masked(secret: &str) -> String {
    let characters: Vec<char> = secret.chars().collect();
    // Of a short one even the end would tell too much.
    let hidden = if characters.len() > 8 { characters.len() - 4 } else { characters.len() };
    format!("****{}", characters[hidden..].iter().collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_end_of_a_secret_shows() {
        assert_eq!(masked("01234567890123456789"), "****6789");
        assert_eq!(masked("12345678"), "****");
        assert_eq!(masked(""), "****");
    }
}

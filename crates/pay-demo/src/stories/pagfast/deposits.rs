//! The steps of a deposit: asked for, paid, told, credited, found again; and one that somebody else pays.

use super::super::step::{Seen, Told};
use super::shop::{Credited, Shop, reais, word};
use pagfast::webhook::TransactionEvent;
use pagfast::{Cpf, PixCharge, TransactionState};
use pay_sandbox::SaleState;

const ORDER: &str = "pix-deposit";
const CENTS: i64 = 5000;
const REFUSED: &str = "pix-somebody-else";

impl Shop<'_> {
    pub(super) async fn credentials(&self) -> Told {
        let now = self.now();
        let logged_in = self.client.check_credentials().await?;
        let life = logged_in.expires_at.and_then(|end| end.duration_since(now).ok());
        // To the nearest minute: the call itself took a moment.
        let minutes = life.map(|life| (life.as_secs() + 30) / 60);
        let log_ins = self.requests("login", None);
        Ok(Seen::new(format!("a token for {} min, as its `exp` claims", minutes.unwrap_or_default()))
            .ledger(format!("{log_ins} log-in, nothing moved"))
            .same("minutes", minutes, Some(60))
            .same("log-ins", log_ins, 1)
            .same("deposits", self.books().sales.len(), self.deposits))
    }

    pub(super) async fn deposit(&mut self) -> Told<PixCharge> {
        let charge = self.deposit_of(ORDER, "50.00").await?;
        let length = charge.qr_code().map_or(0, str::len);
        let seen = Seen::new(format!("a Pix code of {length} characters to copy, or to show: nothing is paid yet"))
            .same("your order id", charge.created().order_id.as_deref(), Some(ORDER))
            .check("there is a code", length > 0);
        Ok(self.stands(seen, ORDER, CENTS, SaleState::Open).with(charge))
    }

    pub(super) async fn paid(&self, charge: Option<&PixCharge>) -> Told {
        let Some(charge) = charge else { return Ok(Seen::not_run("no deposit")) };
        let simulated = self.client.simulate_pix(charge.id()).await?;
        let state = simulated.state.as_ref().map(ToString::to_string).unwrap_or_default();
        let seen = Seen::new(format!("{state}: PagFast's own simulator, which has called the webhook first"))
            .same("state", simulated.state, Some(TransactionState::Completed))
            .check("the webhook was reached", simulated.webhook_reached);
        Ok(self.stands(seen, ORDER, CENTS, SaleState::Completed))
    }

    pub(super) async fn told(&mut self) -> Told<TransactionEvent> {
        let mut events = [self.event().await?, self.event().await?];
        self.sandbox.webhooks_idle().await;
        // Deliveries come in any order.
        events.sort_by_key(|event| event.state.is_final());
        let [registered, completed] = events;
        let seen = Seen::new(format!(
            "{} and {}, verified on their raw bytes; {} keys for one id",
            registered.state,
            completed.state,
            if registered.key() == completed.key() { 1 } else { 2 }
        ))
        .same(
            "states",
            [&registered.state, &completed.state],
            [&TransactionState::Registered, &TransactionState::Completed],
        )
        .same("ids", &registered.id, &completed.id)
        .same("your order id", completed.order_id.as_deref(), Some(ORDER))
        .same("centavos", completed.amount.and_then(|amount| amount.to_minor(2)), Some(CENTS))
        .same("answers", self.answers(&completed.id), vec![Some(200), Some(200)])
        .check("two nonces", registered.stamp.nonce != completed.stamp.nonce)
        .check("two came", self.desk.is_empty());
        Ok(self.stands(seen, ORDER, CENTS, SaleState::Completed).with(completed))
    }

    pub(super) async fn confirmed(&mut self, event: Option<&TransactionEvent>) -> Told {
        let Some(event) = event else { return Ok(Seen::not_run("no event")) };
        let confirmation = self.client.confirm(event).await?;
        let (said, credited) = (word(&confirmation), self.credit(ORDER, "50.00", &confirmation).await?);
        let seen = Seen::new(format!("{said}: order id, amount, direction and state compared; {credited}"))
            .same("what the record says", said, "Confirmed")
            .same("credited", credited, Credited::Now)
            .same("the key", confirmation.key(), Some(event.key()));
        Ok(self.stands(seen, ORDER, CENTS, SaleState::Completed))
    }

    pub(super) async fn reconciled(&self, charge: Option<&PixCharge>) -> Told {
        let Some(charge) = charge else { return Ok(Seen::not_run("no deposit")) };
        let found = self.client.find_by_order_id(ORDER, self.now()).await?;
        let [record] = found.as_slice() else { return Err(format!("{} transactions", found.len()).into()) };
        let transaction = &record.transaction;
        let (state, amount) = (&transaction.state, transaction.amount.and_then(|amount| amount.to_minor(2)));
        let seen =
            Seen::new(format!("1 transaction, {state}, {}: as our books have it", reais(amount.unwrap_or_default())))
                .same("id", transaction.id.as_str(), charge.id())
                .same("state", state, &TransactionState::Completed)
                .same("centavos", amount, Some(CENTS))
                .same("times credited", self.times_credited(ORDER), 1);
        Ok(self.stands(seen, ORDER, CENTS, SaleState::Completed))
    }

    pub(super) async fn somebody_else(&mut self) -> Told {
        let charge = self.deposit_of(REFUSED, "35.00").await?;
        self.desk.clear();
        let cpf = Cpf::new("987.654.321-00")?;
        let simulated = self.client.simulate_pix(charge.id()).payer("Bia Exemplo", &cpf).await?;
        let event = self.event().await?;
        let confirmation = self.client.confirm(&event).await?;
        let credited = self.credit(REFUSED, "35.00", &confirmation).await?;
        let seen = Seen::new(format!(
            "{} by its webhook, {}; {credited}: PagFast gives it back",
            event.state,
            word(&confirmation)
        ))
        .same(
            "state",
            (simulated.state.as_ref(), &event.state),
            (Some(&TransactionState::Error), &TransactionState::Error),
        )
        .same("what the record says", word(&confirmation), "Confirmed")
        .same("credited", credited, Credited::No)
        .check("the event has a date of the error, and none of completion", {
            event.state_error_date.is_some() && event.state_completed_date.is_none()
        });
        Ok(self.stands(seen, REFUSED, 3500, SaleState::Failed))
    }
}

//! The steps that take their time: a page of the bank, and a question that outlives its token.

use super::super::customer::{Action, Acts, Ends, Instead};
use super::super::step::{Seen, Told};
use super::shop::{Credited, Shop, word};
use super::withdrawals::name;
use pagfast::{OpenFinanceCharge, Schedule, Settled, TransactionState};
use pay_sandbox::SaleState;
use std::time::Duration;

const ORDER: &str = "open-finance";
const CENTS: i64 = 2500;
const LONG: &str = "pix-long";
const LONG_CENTS: i64 = 3000;
/// Far longer than anything on this machine takes.
const PATIENCE: Duration = Duration::from_secs(60);

impl Shop<'_> {
    pub(super) async fn open_finance(&mut self) -> Told<OpenFinanceCharge> {
        self.read_books().await;
        let charge = self.client.open_finance_cash_in(self.open_finance_deposit(ORDER, "25.00")?).send().await?;
        self.deposits += 1;
        self.sandbox.webhooks_idle().await;
        let seen = Seen::new("a page for the payer's bank: nothing is paid yet")
            .check("there is a link to this sandbox", {
                charge.checkout_url().is_some_and(|link| link.starts_with(&self.sandbox.url()))
            });
        Ok(self.stands(seen, ORDER, CENTS, SaleState::Open).with(charge))
    }

    pub(super) async fn page_paid(&mut self, charge: Option<OpenFinanceCharge>) -> Told {
        let Some(charge) = charge else { return Ok(Seen::not_run("no deposit")) };
        let link = charge.checkout_url().ok_or("no link to a page")?;
        self.desk.clear();
        let back = self.desk.page(ORDER, "back");
        let acts = Acts { choose: false, fill: &[], press: "Pay BRL 25.00", ends: Ends::Url(&back) };
        let action = Action { provider: "pagfast", subjects: "transactions", id: charge.id(), action: "complete" };
        let visit = self.customer.go(link, &acts, Instead::Api(action)).await?;
        let landed = self.desk.visit().await?;
        let event = self.event().await?;
        let confirmation = self.client.confirm(&event).await?;
        let credited = self.credit(ORDER, "25.00", &confirmation).await?;
        let seen = Seen::new(format!(
            "paid by {}; back at the shop, which believes the webhook alone: {}, {credited}",
            visit.by,
            word(&confirmation)
        ))
        .check("the page asks for the price", visit.shown.contains("25.00"))
        .same("page of the shop", landed, format!("{ORDER}/back"))
        .same("state", event.state, TransactionState::Completed)
        .same("credited", (word(&confirmation), credited), ("Confirmed", Credited::Now));
        Ok(self.stands(seen, ORDER, CENTS, SaleState::Completed))
    }

    /// Tokens last an hour; a payer may take longer.
    pub(super) async fn long_poll(&mut self) -> Told {
        let charge = self.deposit_of(LONG, "30.00").await?;
        self.desk.clear();
        let [log_ins, refused] = self.tokens();
        let every = Schedule::every(Duration::from_millis(100));
        let asking = self.client.settle(&charge).within(PATIENCE).schedule(every).into_future();
        let settling = tokio::spawn(asking);
        self.asked_again().await?;
        self.sandbox.clock().advance(Duration::from_secs(61 * 60));
        // The second question from here on was asked after the token had ended.
        self.asked_again().await?;
        self.asked_again().await?;
        self.complete(charge.id()).await?;
        let record = match settling.await? {
            Settled::Completed(record) => record,
            other => return Err(format!("not completed: {}", name(&other)).into()),
        };
        let event = self.event().await?;
        let confirmation = self.client.confirm(&event).await?;
        let credited = self.credit(LONG, "30.00", &confirmation).await?;
        let [more, over] = self.tokens();
        let (more, over) = (more - log_ins, over - refused);
        let seen = Seen::new(format!(
            "an hour later the token is refused: {more} log-in, the question again, and in the end {}; {credited}",
            record.transaction.state
        ))
        .same("log-ins", more, 1)
        .same("questions refused", over, 1)
        .same("your order id", record.transaction.order_id.as_deref(), Some(LONG))
        .same("credited", credited, Credited::Now);
        Ok(self.stands(seen, LONG, LONG_CENTS, SaleState::Completed))
    }

    /// How many log-ins there were, and how many questions whose token was refused.
    fn tokens(&self) -> [usize; 2] {
        [self.requests("login", None), self.requests("transaction", Some(401))]
    }

    /// Waits until the transaction was asked for once more.
    async fn asked_again(&self) -> Result<(), &'static str> {
        let before = self.requests("transaction", None);
        let asked = async {
            while self.requests("transaction", None) == before {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(PATIENCE, asked).await.map_err(|_| "nobody asked")
    }
}

//! A platform that takes and pays money through PagFast: what it sends, and what the sandbox's books should say of it.

use super::super::customer::Customer;
use super::super::desk::{Delivery, Desk};
use super::super::step::Seen;
use pagfast::TransactionState;
use pagfast::webhook::{Confirmation, GuardError, MemoryGuard, Once, TransactionEvent, Webhooks, once};
use pagfast::webhook::{Event, UnconfirmedEvent};
use pagfast::{
    Amount, Client, Cpf, NewOpenFinanceDeposit, NewPixDeposit, NewPixWithdrawal, Notify, Payer, PixCharge, Recipient,
};
use pay_sandbox::{Fault, FaultRule, ProviderLedger, SaleState, Sandbox, WebhookFault, WebhookPolicy, WebhookRule};
use std::error::Error;
use std::fmt;
use std::time::{Duration, SystemTime};

/// Nobody: a number that examples everywhere use.
const CPF: &str = "123.456.789-09";
/// Longer than crediting takes.
const LEASE: Duration = Duration::from_secs(60);

/// The platform, with the books as they should be.
pub(super) struct Shop<'a> {
    pub(super) sandbox: &'a Sandbox,
    pub(super) client: Client,
    pub(super) desk: Desk<Webhooks>,
    pub(super) customer: Customer,
    guard: MemoryGuard,
    /// The order ids that were credited, each as often as it was.
    pub(super) credited: Vec<String>,
    /// How many deposits, and how many withdrawals, should stand in the ledger.
    pub(super) deposits: usize,
    pub(super) withdrawals: usize,
}

/// What came of crediting a deposit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Credited {
    Now,
    Before,
    No,
}

impl fmt::Display for Credited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Now => "credited",
            Self::Before => "credited before",
            Self::No => "not credited",
        })
    }
}

impl<'a> Shop<'a> {
    pub(super) async fn open(sandbox: &'a Sandbox) -> Result<Self, Box<dyn Error>> {
        // A delivery that is refused is refused for good: a later step must not hear of it again.
        sandbox.set_webhook_policy(WebhookPolicy::new().retries([]));
        let (pagfast, clock) = (sandbox.pagfast(), sandbox.clock().clone());
        let client = Client::builder()
            .local(pagfast.base_url())
            .credentials(pagfast.access_key(), pagfast.secret())
            // Both live by one clock, which a step moves on.
            .wall_clock(move || clock.now())
            .build()?;
        let desk = Desk::open(Webhooks::new(pagfast.webhook_key())?).await?;
        let (customer, guard) = (Customer::new(sandbox), MemoryGuard::new(1000));
        let mut shop =
            Self { sandbox, client, desk, customer, guard, credited: Vec::new(), deposits: 0, withdrawals: 0 };
        shop.read_books().await;
        Ok(shop)
    }

    /// Leaves the sandbox as it was found, for whoever goes on with it.
    pub(super) fn close(self) {
        self.sandbox.set_webhook_policy(WebhookPolicy::new());
        self.sandbox.clear_webhook_rules();
        self.sandbox.clear_faults();
    }

    pub(super) fn now(&self) -> SystemTime {
        self.sandbox.clock().now()
    }

    fn notify(&self) -> Notify {
        Notify::to(self.desk.webhook_url())
    }

    /// Asks a known payer for a deposit that nothing goes wrong with. What comes of it first is forgotten: it is registered.
    pub(super) async fn deposit_of(&mut self, order: &str, amount: &str) -> Result<PixCharge, Box<dyn Error>> {
        self.read_books().await;
        let payer = Payer::new(Cpf::new(CPF)?).name("Ana Exemplo");
        let deposit = NewPixDeposit::identified(order, amount.parse()?, payer).notify(self.notify());
        let charge = self.client.pix_cash_in(deposit).send().await?;
        self.deposits += 1;
        self.sandbox.webhooks_idle().await;
        Ok(charge)
    }

    /// The same, paid; something goes wrong with the webhook that says so.
    pub(super) async fn paid_with(
        &mut self,
        order: &str,
        amount: &str,
        fault: WebhookFault,
    ) -> Result<PixCharge, Box<dyn Error>> {
        let charge = self.deposit_of(order, amount).await?;
        self.desk.clear();
        self.sandbox.add_webhook_rule(WebhookRule::new("pagfast", fault).subject(charge.id()))?;
        self.complete(charge.id()).await?;
        Ok(charge)
    }

    /// The payer pays, or the bank lets a withdrawal through: the provider's own simulator.
    pub(super) async fn complete(&self, id: &str) -> Result<(), Box<dyn Error>> {
        let simulated = self.client.simulate_pix(id).await?;
        let completed = simulated.state == Some(TransactionState::Completed) && simulated.webhook_reached;
        if completed { Ok(()) } else { Err(format!("not completed: {:?}", simulated.state).into()) }
    }

    pub(super) fn withdrawal(&self, order: &str, amount: &str) -> Result<NewPixWithdrawal, Box<dyn Error>> {
        let recipient = Recipient::by_cpf("Ana Exemplo", Cpf::new(CPF)?);
        Ok(NewPixWithdrawal::new(order, amount.parse()?, recipient).notify(self.notify()))
    }

    pub(super) fn open_finance_deposit(
        &self,
        order: &str,
        amount: &str,
    ) -> Result<NewOpenFinanceDeposit, Box<dyn Error>> {
        let deposit = NewOpenFinanceDeposit::new(order, amount.parse()?, Cpf::new(CPF)?);
        Ok(deposit.redirect_url(self.desk.page(order, "back")).notify(self.notify()))
    }

    /// Something will go wrong with the next request of this operation.
    pub(super) fn fault(&self, operation: &str, fault: Fault) -> Result<(), pay_sandbox::Error> {
        self.sandbox.add_fault(FaultRule::new("pagfast", fault).operation(operation))?;
        Ok(())
    }

    /// The next webhook, verified on its raw bytes.
    pub(super) async fn event(&mut self) -> Result<TransactionEvent, Box<dyn Error>> {
        match self.desk.delivery().await? {
            Delivery::Verified(Event::Transaction(event)) => Ok(*event),
            Delivery::Refused(refusal) => Err(refusal.to_string().into()),
            other => Err(told(&other).into()),
        }
    }

    /// Credits what the record says is paid, to our price: once for each transaction, however often it is said.
    pub(super) async fn credit(
        &mut self,
        order: &str,
        price: &str,
        confirmation: &Confirmation,
    ) -> Result<Credited, Box<dyn Error>> {
        let price: Amount = price.parse()?;
        let Some(key) = confirmation.key().filter(|_| confirmation.pays(order, &price)) else {
            return Ok(Credited::No);
        };
        let credited = &mut self.credited;
        let credit = move || async move {
            credited.push(order.to_owned());
            Ok::<_, GuardError>(())
        };
        Ok(match once(&self.guard, &key, LEASE, credit).await? {
            Once::Acted(()) | Once::ActedLate(()) => Credited::Now,
            Once::DoneBefore | Once::Held => Credited::Before,
        })
    }

    /// How often an order was credited.
    pub(super) fn times_credited(&self, order: &str) -> usize {
        self.credited.iter().filter(|credited| *credited == order).count()
    }

    /// How many requests the sandbox has had for an operation; with a status, only those that it answered with it.
    pub(super) fn requests(&self, operation: &str, status: Option<u16>) -> usize {
        let log = self.sandbox.requests();
        let wanted = log.iter().filter(|record| record.provider == "pagfast" && record.operation == Some(operation));
        wanted.filter(|record| status.is_none() || record.status == status).count()
    }

    /// What the receiver answered to the webhooks on a transaction, each attempt for itself.
    pub(super) fn answers(&self, id: &str) -> Vec<Option<u16>> {
        let all = self.sandbox.deliveries();
        let about = all.iter().filter(|one| one.provider == "pagfast" && one.subject == id);
        about.flat_map(|one| one.attempts.iter().map(|attempt| attempt.status)).collect()
    }

    /// PagFast's part of the books: other stories write into others.
    pub(super) fn books(&self) -> ProviderLedger {
        self.sandbox.ledger().providers.remove("pagfast").unwrap_or_default()
    }

    /// What the account has left, in centavos.
    pub(super) fn wallet(&self) -> Result<i64, pay_sandbox::Error> {
        let pagfast = self.sandbox.pagfast();
        Ok(pagfast.wallet(pagfast.account())?.float_cents)
    }

    /// Starts a step from the books as they are: what went wrong in one is not blamed on the next.
    pub(super) async fn read_books(&mut self) {
        self.sandbox.webhooks_idle().await;
        let books = self.books();
        (self.deposits, self.withdrawals) = (books.sales.len(), books.payouts.len());
        self.desk.clear();
    }

    /// Checks a deposit, to the centavo, and says how it stands.
    pub(super) fn stands(&self, seen: Seen, order: &str, cents: i64, state: SaleState) -> Seen {
        let books = self.books();
        let Some(found) = books.sales.iter().find(|sale| sale.reference == order) else {
            return seen.ledger("no such deposit").check("the ledger holds the deposit", false);
        };
        let taken = times(found.charges, "not paid", "paid");
        seen.ledger(format!("{taken}, {}, {:?}", reais(found.amount_cents), found.state))
            .same("times paid", found.charges, u32::from(state == SaleState::Completed))
            .same("centavos", found.amount_cents, cents)
            .same("state", found.state, state)
            .same("requests with its order id", found.attempts, 1)
            .same("deposits in the ledger", books.sales.len(), self.deposits)
    }

    /// Checks a withdrawal, to the centavo and down to the wallet, and says how it stands.
    pub(super) fn withdrawn_once(&self, seen: Seen, order: &str, cents: i64, state: SaleState) -> Seen {
        let books = self.books();
        let all: Vec<_> = books.payouts.iter().filter(|payout| payout.reference == order).collect();
        let [found] = all.as_slice() else {
            return seen.ledger(format!("{} such withdrawals", all.len())).check("the ledger holds it once", false);
        };
        let paid = times(found.paid_out, "not paid out", "paid out");
        seen.ledger(format!("1 debit, {paid}, {}, {:?}", reais(found.amount_cents), found.state))
            .same("times paid out", found.paid_out, u32::from(state == SaleState::Completed))
            .same("centavos", found.amount_cents, cents)
            .same("state", found.state, state)
            .same("requests with its order id", found.attempts, 1)
            .same("withdrawals in the ledger", books.payouts.len(), self.withdrawals)
    }
}

/// What a delivery is, without what it says.
pub(super) fn told(delivery: &Delivery<Event, UnconfirmedEvent>) -> &'static str {
    match delivery {
        Delivery::Verified(_) => "it was taken as verified",
        Delivery::Stale(_) => "it was taken as stale",
        Delivery::Refused(_) => "it was refused",
    }
}

/// What a confirmation says, in a word.
pub(super) fn word(confirmation: &Confirmation) -> &'static str {
    match confirmation {
        Confirmation::Confirmed(_) => "Confirmed",
        Confirmation::OtherState(_) => "OtherState",
        Confirmation::Different(_) => "Different",
        Confirmation::NoQuestion => "NoQuestion",
    }
}

/// Hundredths as reais, for people.
pub(super) fn reais(cents: i64) -> String {
    Amount::from_minor(cents, 2).map_or_else(|| format!("{cents} centavos"), |amount| format!("R$ {amount}"))
}

/// How often, in words.
fn times(count: u32, none: &str, done: &str) -> String {
    match count {
        0 => none.to_owned(),
        1 => format!("{done} once"),
        more => format!("{done} {more} times"),
    }
}

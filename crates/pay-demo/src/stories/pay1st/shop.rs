//! A shop that sells through Pay1st: what it remembers, and what the sandbox's books should say of it.

use super::super::customer::{Action, Customer};
use super::super::desk::Desk;
use super::super::step::Seen;
use super::{COUNTRY, CURRENCY, PRICE, PRICE_CENTS, SKU};
use pay_sandbox::{Fault, FaultRule, Sale, SaleState, Sandbox, WebhookFault, WebhookPolicy, WebhookRule};
use pay1st::webhook::{Confirmation, GuardError, MemoryGuard, Once, Webhooks, once};
use pay1st::{Client, CreatedPayment, Item, Money, NewPayment};
use std::error::Error;
use std::fmt;
use std::time::Duration;

/// Longer than shipping takes here.
const LEASE: Duration = Duration::from_secs(60);
/// The modes that the story sets, and how it found them.
const MODES: [(&str, &str); 3] = [("stamps", "wall_time"), ("paid_redirect", "success"), ("old_access_tokens", "live")];

/// The shop, with the books as they should be.
pub(super) struct Shop<'a> {
    pub(super) sandbox: &'a Sandbox,
    pub(super) client: Client,
    pub(super) desk: Desk<Webhooks>,
    pub(super) customer: Customer,
    guard: MemoryGuard,
    /// The orders that were shipped, each as often as it was.
    pub(super) shipped: Vec<String>,
    /// How many payments should stand in the ledger.
    payments: usize,
}

impl<'a> Shop<'a> {
    pub(super) async fn open(sandbox: &'a Sandbox) -> Result<Self, Box<dyn Error>> {
        let pay1st = sandbox.pay1st();
        // The shop shares the sandbox's clock, which the story moves, so stamps are judged by it too.
        pay1st.set_mode("stamps", "sandbox_clock")?;
        // A delivery that is refused is refused for good: a later step moves the clock, and must not hear of it again.
        sandbox.set_webhook_policy(WebhookPolicy::new().retries([]));
        let (clock, webhook_clock) = (sandbox.clock(), sandbox.clock());
        let client = Client::builder()
            .local(pay1st.base_url(), pay1st.checkout_url())
            .credentials(pay1st.api_key(), pay1st.api_secret())
            .signing_key(pay1st.signing_key())
            .wall_clock(move || clock.now())
            .build()?;
        let desk = Desk::open(Webhooks::new(pay1st.signing_key())?.clock(move || webhook_clock.now())).await?;
        let customer = Customer::new(sandbox);
        Ok(Self { sandbox, client, desk, customer, guard: MemoryGuard::new(1000), shipped: Vec::new(), payments: 0 })
    }

    /// Leaves the sandbox as it was found, for whoever goes on with it.
    pub(super) fn close(self) {
        for (mode, value) in MODES {
            // A test holds that all of them exist.
            let _ = self.sandbox.pay1st().set_mode(mode, value);
        }
        self.sandbox.set_webhook_policy(WebhookPolicy::new());
        self.sandbox.clear_webhook_rules();
        self.sandbox.clear_faults();
    }

    /// An order under this reference, ready to be sent.
    pub(super) fn order(&self, order: &str) -> Result<NewPayment, pay1st::AmountError> {
        let price = price()?;
        let item = Item { title: "10 Credits".into(), sku: SKU.into(), price: price.clone(), quantity: 1 };
        let customer = pay1st::Customer { id: "demo-customer".into(), country: COUNTRY.into() };
        Ok(NewPayment::new(order, price, customer, item)
            .webhook_url(self.desk.webhook_url())
            .success_url(self.desk.page(order, "paid"))
            .failure_url(self.desk.page(order, "failed")))
    }

    /// Creates a payment that nothing goes wrong with.
    pub(super) async fn create_order(&mut self, order: &str) -> Result<CreatedPayment, Box<dyn Error>> {
        self.read_books().await;
        let created = self.client.create_payment(self.order(order)?).send().await?;
        self.payments += 1;
        Ok(created)
    }

    /// Something will go wrong with the next event on this payment.
    pub(super) fn webhook_fault(&self, reference: &str, fault: WebhookFault) -> Result<(), pay_sandbox::Error> {
        self.sandbox.add_webhook_rule(WebhookRule::new("pay1st", fault).subject(reference))?;
        Ok(())
    }

    /// Something will go wrong with the next request of this operation.
    pub(super) fn fault(&self, operation: &str, fault: Fault) -> Result<(), pay_sandbox::Error> {
        self.sandbox.add_fault(FaultRule::new("pay1st", fault).operation(operation))?;
        Ok(())
    }

    /// Ships what the record says is paid, to our price: once for each payment, however often it is said.
    pub(super) async fn ship(&mut self, order: &str, confirmation: &Confirmation) -> Result<Shipped, Box<dyn Error>> {
        let Some(key) = confirmation.key().filter(|_| price().is_ok_and(|price| confirmation.pays(order, &price)))
        else {
            return Ok(Shipped::No);
        };
        let shipped = &mut self.shipped;
        let ship = move || async move {
            shipped.push(order.to_owned());
            Ok::<_, GuardError>(())
        };
        Ok(match once(&self.guard, &key, LEASE, ship).await? {
            Once::Acted(()) | Once::ActedLate(()) => Shipped::Now,
            Once::DoneBefore | Once::Held => Shipped::Before,
        })
    }

    /// How many requests the sandbox has had for an operation; with a status, only those that it answered with it.
    pub(super) fn requests(&self, operation: &str, status: Option<u16>) -> usize {
        let log = self.sandbox.requests();
        let wanted = log.iter().filter(|record| record.provider == "pay1st" && record.operation == Some(operation));
        wanted.filter(|record| status.is_none() || record.status == status).count()
    }

    /// What the receiver answered to the webhooks on a payment, each attempt for itself.
    pub(super) fn answers(&self, reference: &str) -> Vec<Option<u16>> {
        let all = self.sandbox.deliveries();
        let about = all.iter().filter(|one| one.provider == "pay1st" && one.subject == reference);
        about.flat_map(|one| one.attempts.iter().map(|attempt| attempt.status)).collect()
    }

    /// Pay1st's part of the books: other stories write into others.
    pub(super) fn sales(&self) -> Vec<Sale> {
        self.sandbox.ledger().providers.remove("pay1st").map(|part| part.sales).unwrap_or_default()
    }

    /// Starts a step from the books as they are: what went wrong in one is not blamed on the next.
    pub(super) async fn read_books(&mut self) {
        self.sandbox.webhooks_idle().await;
        self.payments = self.sales().len();
        self.desk.clear();
    }

    /// One more payment than before, though nobody was told so.
    pub(super) fn one_more(&mut self) {
        self.payments += 1;
    }

    /// Checks that no payment came about, and says so.
    pub(super) fn nothing_created(&self, seen: Seen) -> Seen {
        seen.ledger("no payment").same("payments in the ledger", self.sales().len(), self.payments)
    }

    /// Checks a payment, to the cent, and says how it stands.
    pub(super) fn stands(&self, seen: Seen, order: &str, state: SaleState) -> Seen {
        let sales = self.sales();
        let Some(found) = sales.iter().find(|sale| sale.reference == order) else {
            return seen.ledger("no such payment").check("the ledger holds the payment", false);
        };
        seen.ledger(format!("{}, {}, {:?}", charged(found.charges), naira(found.amount_cents), found.state))
            .same("charges", found.charges, u32::from(state == SaleState::Completed))
            .same("cents", found.amount_cents, PRICE_CENTS)
            .same("state", found.state, state)
            .same("requests with its reference", found.attempts, 1)
            .same("payments in the ledger", sales.len(), self.payments)
    }

    /// How often an order was shipped.
    pub(super) fn times_shipped(&self, order: &str) -> usize {
        self.shipped.iter().filter(|shipped| *shipped == order).count()
    }
}

/// What came of shipping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shipped {
    Now,
    Before,
    No,
}

impl fmt::Display for Shipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Now => "shipped",
            Self::Before => "shipped before",
            Self::No => "not shipped",
        })
    }
}

/// What a confirmation says, in a word.
pub(super) fn word(confirmation: &Confirmation) -> &'static str {
    match confirmation {
        Confirmation::Confirmed(_) => "Confirmed",
        Confirmation::OtherStatus(_) => "OtherStatus",
        Confirmation::Different(_) => "Different",
        Confirmation::NoQuestion => "NoQuestion",
    }
}

/// What every order costs.
pub(super) fn price() -> Result<Money, pay1st::AmountError> {
    Ok(Money { amount: PRICE.parse()?, currency: CURRENCY.to_owned() })
}

/// The customer pays, by the sandbox's API.
pub(super) fn pays(reference: &str) -> Action<'_> {
    Action { provider: "pay1st", subjects: "payments", id: reference, action: "pay" }
}

/// Hundredths as naira, for people.
pub(super) fn naira(cents: i64) -> String {
    pay1st::Amount::from_minor(cents, 2)
        .map_or_else(|| format!("{cents} kobo"), |amount| format!("{CURRENCY} {amount}"))
}

/// How often, in words.
fn charged(times: u32) -> String {
    match times {
        0 => "not charged".to_owned(),
        1 => "charged once".to_owned(),
        more => format!("charged {more} times"),
    }
}

//! A shop that sells through Pay Agency: what it sends, and what the sandbox's books should say of it.

use super::super::customer::Customer;
use super::super::desk::Desk;
use super::super::step::Seen;
use pay_sandbox::payagency::Environment;
use pay_sandbox::{Fault, FaultRule, ProviderLedger, SaleState, Sandbox, WebhookPolicy};
use payagency::webhook::{SignatureScheme, Webhooks};
use payagency::{Amount, Card, CardPayment, Client, Cvv, Expiry, Money, Order, Pan, Payer};
use std::error::Error;

/// The cards of the sandbox that the story uses: what each does is the sandbox's own choice.
pub(super) const PAID: &str = "4111 1111 1111 1111";
pub(super) const THREE_DS: &str = "4012 8888 8888 1881";
pub(super) const DECLINED: &str = "4000 0000 0000 0002";
pub(super) const CVV: &str = "029";

/// The shop, with the books as they should be.
pub(super) struct Shop<'a> {
    pub(super) sandbox: &'a Sandbox,
    pub(super) client: Client,
    pub(super) desk: Desk<Webhooks>,
    pub(super) customer: Customer,
    /// How many sales should stand in the ledger, declined ones included.
    sales: usize,
}

/// One sale as it should stand.
pub(super) struct Sale<'a> {
    pub(super) order: &'a str,
    pub(super) cents: i64,
    pub(super) state: SaleState,
    /// How many requests should have asked for it; the payer of a link sends none.
    pub(super) requests: u32,
}

impl<'a> Shop<'a> {
    pub(super) async fn open(sandbox: &'a Sandbox) -> Result<Self, Box<dyn Error>> {
        // A delivery that is refused is refused for good: a later step must not hear of it again.
        sandbox.set_webhook_policy(WebhookPolicy::new().retries([]));
        let payagency = sandbox.payagency();
        let test = Environment::Test;
        let client = Client::builder()
            .local(payagency.base_url())
            .credentials(payagency.secret_key(test), payagency.encryption_key(test))
            .build()?;
        let webhooks = Webhooks::new(SignatureScheme::AssumedHmacSha256Hex, payagency.webhook_secret())?;
        let desk = Desk::open(webhooks).await?;
        Ok(Self { sandbox, client, desk, customer: Customer::new(sandbox), sales: 0 })
    }

    /// Leaves the sandbox as it was found, for whoever goes on with it.
    pub(super) fn close(self) {
        self.sandbox.set_webhook_policy(WebhookPolicy::new());
        self.sandbox.clear_webhook_rules();
        self.sandbox.clear_faults();
    }

    /// An order under this id, of which webhooks come to the shop.
    pub(super) fn order(&self, order: &str, amount: &str) -> Result<Order, Box<dyn Error>> {
        Ok(Order::new(order, pounds(amount)?).webhook_url(self.desk.webhook_url()))
    }

    /// A payment with a card, after which the customer comes back to the shop.
    pub(super) fn payment(&self, order: Order, card: &str) -> Result<CardPayment, payagency::Error> {
        let back = self.desk.page(order.id(), "back");
        let card = Card::new(Pan::new(card)?, Expiry::new(12, 2030)?, Cvv::new(CVV)?);
        Ok(CardPayment::new(order, payer()?, card, back))
    }

    /// Something will go wrong with the next request of this operation.
    pub(super) fn fault(&self, operation: &str, fault: Fault) -> Result<(), pay_sandbox::Error> {
        self.sandbox.add_fault(FaultRule::new("payagency", fault).operation(operation))?;
        Ok(())
    }

    /// How many requests the sandbox has had for an operation; with a status, only those that it answered with it.
    pub(super) fn requests(&self, operation: &str, status: Option<u16>) -> usize {
        let log = self.sandbox.requests();
        let wanted = log.iter().filter(|record| record.provider == "payagency" && record.operation == Some(operation));
        wanted.filter(|record| status.is_none() || record.status == status).count()
    }

    /// What the receiver answered to the webhooks on a payment, each attempt for itself.
    pub(super) fn answers(&self, transaction_id: &str) -> Vec<Option<u16>> {
        let all = self.sandbox.deliveries();
        let about = all.iter().filter(|one| one.provider == "payagency" && one.subject == transaction_id);
        about.flat_map(|one| one.attempts.iter().map(|attempt| attempt.status)).collect()
    }

    /// Pay Agency's part of the books: other stories write into others.
    pub(super) fn books(&self) -> ProviderLedger {
        self.sandbox.ledger().providers.remove("payagency").unwrap_or_default()
    }

    /// Starts a step from the books as they are: what went wrong in one is not blamed on the next.
    pub(super) async fn read_books(&mut self) {
        self.sandbox.webhooks_idle().await;
        self.sales = self.books().sales.len();
        self.desk.clear();
    }

    /// Checks that no sale came about, and says so.
    pub(super) fn nothing_sold(&self, seen: Seen) -> Seen {
        seen.ledger("no payment").same("payments in the ledger", self.books().sales.len(), self.sales)
    }

    /// A new sale: counts it, and checks how the ledger has it.
    pub(super) fn sold(&mut self, seen: Seen, sale: &Sale<'_>) -> Seen {
        self.sales += 1;
        self.stands(seen, sale)
    }

    /// Checks a sale, to the cent, and says how it stands.
    pub(super) fn stands(&self, seen: Seen, sale: &Sale<'_>) -> Seen {
        let books = self.books();
        let Some(found) = books.sales.iter().find(|found| found.reference == sale.order) else {
            return seen.ledger("no such payment").check("the ledger holds the payment", false);
        };
        let charges = self.sandbox.ledger().charges(sale.order);
        seen.ledger(format!("{}, {}, {:?}", charged(charges), money("GBP", found.amount_cents), found.state))
            .same("charges", charges, u32::from(sale.state == SaleState::Completed))
            .same("cents", found.amount_cents, sale.cents)
            .same("state", found.state, sale.state)
            .same("requests with its order id", found.attempts, sale.requests)
            .same("payments in the ledger", books.sales.len(), self.sales)
    }
}

/// Who pays, and who is paid.
pub(super) fn payer() -> Result<Payer, payagency::Error> {
    Payer::builder()
        .first_name("Ada")
        .last_name("Byron")
        .email("ada@example.com")
        .phone_number("7000000001")
        .address("1 Analytical Row")
        .city("London")
        .state("LND")
        .zip("SW1A 1AA")
        .country("GB")
        .ip_address("203.0.113.7")
        .build()
}

pub(super) fn pounds(amount: &str) -> Result<Money, payagency::AmountError> {
    Ok(Money { amount: amount.parse()?, currency: "GBP".to_owned() })
}

/// Hundredths as an amount, for people.
pub(super) fn money(currency: &str, cents: i64) -> String {
    Amount::from_minor(cents, 2)
        .map_or_else(|| format!("{currency} {cents} hundredths"), |amount| format!("{currency} {amount}"))
}

/// How often, in words.
pub(super) fn charged(times: u32) -> String {
    match times {
        0 => "not charged".to_owned(),
        1 => "charged once".to_owned(),
        more => format!("charged {more} times"),
    }
}

//! A shop that sells through Pagamio, and what the sandbox's books should say of it.

use super::super::step::Seen;
use pagamio::{Account, Amount, Client, Error};
use pay_sandbox::pagamio::Account as Seeded;
use pay_sandbox::{Fault, FaultRule, Sale as Booked, SaleState, Sandbox};

/// The shop, with the books as they should be.
pub(super) struct Shop<'a> {
    pub(super) sandbox: &'a Sandbox,
    pub(super) merchant: Seeded,
    pub(super) client: Client,
    /// The merchant's float before the story, in cents.
    pub(super) opening: i64,
    /// What it should be now.
    pub(super) float: i64,
    /// How many sales should stand in the ledger, refused ones included.
    pub(super) sales: usize,
}

/// One sale as it should stand.
pub(super) struct Sale<'a> {
    pub(super) reference: &'a str,
    pub(super) cents: i64,
    pub(super) state: SaleState,
    /// How many purchase requests should have arrived with its reference.
    pub(super) requests: u32,
}

impl<'a> Shop<'a> {
    pub(super) fn open(sandbox: &'a Sandbox) -> Result<Self, Error> {
        let pagamio = sandbox.pagamio();
        let merchant = pagamio.merchant();
        let clock = sandbox.clock();
        let client = Client::builder()
            .local(pagamio.base_url())
            .credentials(merchant.username(), merchant.password())
            .account(Account::Merchant(merchant.account_id().to_owned()))
            .channel(merchant.channel_id())
            .user_type_id(merchant.user_type_id())
            // The same clock, so that half an hour passes for both when the story moves it.
            .wall_clock(move || clock.now())
            .build()?;
        let float = pagamio.float_cents(merchant.account_id()).unwrap_or_default();
        Ok(Self { sandbox, merchant, client, opening: float, float, sales: 0 })
    }

    /// Another account over the same connections, as a platform with many merchants has them.
    pub(super) fn other(&self, account: Seeded, password: &str) -> Result<Client, Error> {
        self.client
            .with_credentials(account.username(), password)
            .account(Account::Merchant(account.account_id().to_owned()))
            .channel(account.channel_id())
            .build()
    }

    /// Something will go wrong with the next purchase of this reference.
    pub(super) fn fault(&self, reference: &str, fault: Fault) -> Result<u64, pay_sandbox::Error> {
        self.sandbox.add_fault(FaultRule::new("pagamio", fault).operation("purchase").reference(reference))
    }

    /// How many requests the sandbox has had for an operation; with a status, only those that it answered with it.
    pub(super) fn requests(&self, operation: &str, status: Option<u16>) -> usize {
        let log = self.sandbox.requests();
        let wanted = log.iter().filter(|record| record.provider == "pagamio" && record.operation == Some(operation));
        wanted.filter(|record| status.is_none() || record.status == status).count()
    }

    /// Pagamio's part of the books: other stories write into others.
    pub(super) fn sales(&self) -> Vec<Booked> {
        self.sandbox.ledger().providers.remove("pagamio").map(|part| part.sales).unwrap_or_default()
    }

    pub(super) fn float_of(&self, account: Seeded) -> Option<i64> {
        self.sandbox.pagamio().float_cents(account.account_id())
    }

    /// Starts a step from the books as they are: what went wrong in one is not blamed on the next.
    pub(super) fn read_books(&mut self) {
        self.sales = self.sales().len();
        self.float = self.float_of(self.merchant).unwrap_or_default();
    }

    /// Checks that no sale came about, and says so.
    pub(super) fn nothing_sold(&self, seen: Seen) -> Seen {
        seen.ledger("no sale").same("sales in the ledger", self.sales().len(), self.sales)
    }

    /// A new sale: counts it, and checks how the ledger has it.
    pub(super) fn sold(&mut self, seen: Seen, sale: &Sale<'_>) -> Seen {
        self.sales += 1;
        self.float -= sale.cents;
        self.stands(seen, sale)
    }

    /// Checks a sale and the float after it, to the cent, and says how the sale stands.
    pub(super) fn stands(&self, seen: Seen, sale: &Sale<'_>) -> Seen {
        let ledger = self.sandbox.ledger();
        let Some(found) = ledger.sale(sale.reference) else {
            return seen.ledger("no such sale").check("the ledger holds the sale", false);
        };
        let charges = ledger.charges(sale.reference);
        let mut text = format!("{}, {}, {:?}", charged(charges), rand(found.amount_cents), found.state);
        if found.attempts > 1 {
            text += &format!(", {} requests", found.attempts);
        }
        seen.ledger(text)
            .same("charges", charges, 1)
            .same("cents", found.amount_cents, sale.cents)
            .same("state", found.state, sale.state)
            .same("purchase requests", found.attempts, sale.requests)
            .same("merchant", found.merchant.as_str(), self.merchant.account_id())
            .same("sales in the ledger", self.sales().len(), self.sales)
            .same("float in cents", self.float_of(self.merchant), Some(self.float))
    }

    /// Whether an answer named the transaction that the ledger has for the reference.
    pub(super) fn names_sale(&self, transaction_id: Option<&str>, reference: &str) -> bool {
        let ledger = self.sandbox.ledger();
        transaction_id.is_some() && transaction_id == ledger.sale(reference).map(|sale| sale.transaction_id.as_str())
    }
}

/// Cents as rand, for people.
pub(super) fn rand(cents: i64) -> String {
    Amount::from_minor(cents, 2).map_or_else(|| format!("{cents} cents"), |amount| format!("R{amount}"))
}

/// How often, in words.
pub(super) fn charged(times: u32) -> String {
    match times {
        0 => "not charged".to_owned(),
        1 => "charged once".to_owned(),
        more => format!("charged {more} times"),
    }
}

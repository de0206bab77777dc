//! The ledger: what happened to the money, for a test to ask and to check.
//!
//! - `books`: accounts, sales, refunds and payouts
//! - `rules`: what must hold for them

mod books;
mod rules;
#[cfg(test)]
mod tests;

pub use books::{Balance, Payout, ProviderLedger, Refund, Sale, SaleState};

use std::collections::BTreeMap;

/// A snapshot of all providers' books.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ledger {
    /// By provider name.
    pub providers: BTreeMap<&'static str, ProviderLedger>,
}

impl Ledger {
    /// Every sale of every provider.
    pub fn sales(&self) -> impl Iterator<Item = &Sale> {
        self.providers.values().flat_map(|provider| &provider.sales)
    }

    /// The sale with this reference: the first one, should two merchants use the same.
    pub fn sale(&self, reference: &str) -> Option<&Sale> {
        self.sales().find(|sale| sale.reference == reference)
    }

    /// How often this reference stands debited: 0 or 1 unless something is broken.
    pub fn charges(&self, reference: &str) -> u32 {
        self.sum(|sale| sale.reference == reference)
    }

    /// How often this phone, meter or account number was charged, over all references.
    pub fn charges_to(&self, customer: &str) -> u32 {
        self.sum(|sale| sale.customer == customer)
    }

    /// How often this reference was paid out: 0 or 1 unless something is broken.
    pub fn paid_out(&self, reference: &str) -> u32 {
        self.sum_paid_out(|payout| payout.reference == reference)
    }

    /// How often this receiver (by e-mail address) was paid, over all references.
    pub fn paid_out_to(&self, customer: &str) -> u32 {
        self.sum_paid_out(|payout| payout.customer == customer)
    }

    fn sum_paid_out(&self, wanted: impl Fn(&Payout) -> bool) -> u32 {
        let payouts = self.providers.values().flat_map(|provider| &provider.payouts);
        payouts.filter(|payout| wanted(payout)).map(|payout| payout.paid_out).sum()
    }

    fn sum(&self, wanted: impl Fn(&Sale) -> bool) -> u32 {
        self.sales().filter(|sale| wanted(sale)).map(|sale| sale.charges).sum()
    }

    /// How many cents of the sales with this reference were given back.
    pub fn refunded_cents(&self, reference: &str) -> i64 {
        let back = |provider: &ProviderLedger| -> i64 {
            let sales = provider.sales.iter().filter(|sale| sale.reference == reference);
            sales.map(|sale| provider.refunded(sale, |state| state == SaleState::Completed)).sum()
        };
        self.providers.values().map(back).sum()
    }

    /// The rules that the books break, one sentence each; empty when all is well.
    pub fn check(&self) -> Vec<String> {
        self.providers.iter().flat_map(|(name, provider)| provider.check(name)).collect()
    }
}

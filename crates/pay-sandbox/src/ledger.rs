//! The ledger: what happened to the money, for a test to ask and to check.

use serde::Serialize;
use std::collections::{BTreeMap, HashSet};
use std::fmt;

/// Where a sale stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum SaleState {
    /// Asked for; the customer is not charged yet.
    Open,
    /// Accepted; nobody works on it yet.
    Pending,
    /// Being fulfilled.
    Processing,
    /// Delivered. Final.
    Completed,
    /// Did not happen; the money was given back. Final.
    Failed,
}

impl SaleState {
    /// Whether the state never changes again.
    pub fn is_terminal(self) -> bool {
        matches!(self, Self::Completed | Self::Failed)
    }
}

/// One sale.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Sale {
    /// The caller's own reference.
    pub reference: String,
    /// The provider's id of the sale.
    pub transaction_id: String,
    /// The account that was debited.
    pub merchant: String,
    /// What was sold.
    pub product_code: String,
    /// For how much, in cents.
    pub amount_cents: i64,
    /// Where it stands.
    pub state: SaleState,
    /// How often it stands debited: 1, or 0 once a failed sale's money was given back. More is a bug.
    pub charges: u32,
    /// How many requests arrived with this reference, refused and disturbed ones included.
    pub attempts: u32,
    /// How many of them got a full answer that no fault disturbed.
    pub answered: u32,
    /// Phone, meter or account number: kept to be asked for, never shown.
    #[serde(skip)]
    pub(crate) customer: String,
    #[serde(skip)]
    pub(crate) history: Vec<SaleState>,
    #[serde(skip)]
    pub(crate) issued: Vec<String>,
}

impl fmt::Debug for Sale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sale")
            .field("reference", &self.reference)
            .field("transaction_id", &self.transaction_id)
            .field("merchant", &self.merchant)
            .field("product_code", &self.product_code)
            .field("amount_cents", &self.amount_cents)
            .field("state", &self.state)
            .field("charges", &self.charges)
            .field("attempts", &self.attempts)
            .field("answered", &self.answered)
            .finish_non_exhaustive()
    }
}

/// What an account has left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Balance {
    /// The account id.
    pub account: String,
    /// What it has left, in cents.
    pub float_cents: i64,
    /// Everything ever paid in, in cents.
    pub deposited_cents: i64,
}

/// Money on its way back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Refund {
    /// The provider's id of the refund.
    pub refund_id: String,
    /// The provider's id of the sale.
    pub transaction_id: String,
    /// How much, in cents.
    pub amount_cents: i64,
    /// Where it stands.
    pub state: SaleState,
}

/// Money paid out of an account.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Payout {
    /// The caller's own reference.
    pub reference: String,
    /// The provider's id of the payout.
    pub transaction_id: String,
    /// The account that pays.
    pub account: String,
    /// How much the receiver gets, in cents.
    pub amount_cents: i64,
    /// What it costs beside, in cents.
    pub fee_cents: i64,
    /// Where it stands; from pending on, the account is debited.
    pub state: SaleState,
    /// How often it was paid out: 1, or 0 while it is pending and after a failure. More is a bug.
    pub paid_out: u32,
    /// How many requests arrived with this reference, refused and disturbed ones included.
    pub attempts: u32,
    /// How many of them got a full answer that no fault disturbed.
    pub answered: u32,
    /// The receiver's e-mail address: kept to be asked for, never shown.
    #[serde(skip)]
    pub(crate) customer: String,
    #[serde(skip)]
    pub(crate) history: Vec<SaleState>,
}

impl fmt::Debug for Payout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Payout")
            .field("reference", &self.reference)
            .field("transaction_id", &self.transaction_id)
            .field("account", &self.account)
            .field("amount_cents", &self.amount_cents)
            .field("fee_cents", &self.fee_cents)
            .field("state", &self.state)
            .field("paid_out", &self.paid_out)
            .field("attempts", &self.attempts)
            .field("answered", &self.answered)
            .finish_non_exhaustive()
    }
}

/// One provider's accounts and sales.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ProviderLedger {
    /// Every account that can be debited.
    pub accounts: Vec<Balance>,
    /// Every sale, oldest first.
    pub sales: Vec<Sale>,
    /// Every refund, oldest first.
    pub refunds: Vec<Refund>,
    /// Every payout, oldest first.
    pub payouts: Vec<Payout>,
    /// What the provider's part itself sees broken.
    #[serde(skip)]
    pub(crate) broken: Vec<String>,
}

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

impl ProviderLedger {
    fn refunded(&self, sale: &Sale, counts: impl Fn(SaleState) -> bool) -> i64 {
        let of = |refund: &&Refund| refund.transaction_id == sale.transaction_id && counts(refund.state);
        self.refunds.iter().filter(of).map(|refund| refund.amount_cents).sum()
    }

    fn owed_payouts(&self, account: &str) -> i64 {
        let owed = self.payouts.iter().filter(|payout| payout.account == account && payout.state != SaleState::Failed);
        owed.map(|payout| payout.amount_cents + payout.fee_cents).sum()
    }

    fn check_payouts(&self, name: &str) -> Vec<String> {
        let (mut broken, mut references) = (Vec::new(), HashSet::new());
        for payout in &self.payouts {
            let id = &payout.transaction_id;
            if !references.insert((&payout.account, &payout.reference)) {
                broken.push(format!("{name}: two payouts for reference {}", payout.reference));
            }
            if payout.paid_out != u32::from(payout.state == SaleState::Completed) {
                broken.push(format!("{name}: payout {id} is paid {} times", payout.paid_out));
            }
            if payout.history.iter().rev().skip(1).any(|state| state.is_terminal()) {
                broken.push(format!("{name}: payout {id} moved out of a final state"));
            }
        }
        broken
    }

    fn check(&self, name: &str) -> Vec<String> {
        let mut broken: Vec<String> = self.broken.iter().map(|what| format!("{name}: {what}")).collect();
        for account in &self.accounts {
            let owed: i64 = self
                .sales
                .iter()
                .filter(|sale| sale.merchant == account.account && sale.state != SaleState::Failed)
                .map(|sale| sale.amount_cents)
                .sum::<i64>()
                + self.owed_payouts(&account.account);
            let debited = account.deposited_cents - account.float_cents;
            if debited != owed {
                broken.push(format!(
                    "{name}: {} was debited {debited} cents for sales and payouts of {owed} cents",
                    account.account
                ));
            }
        }
        for refund in self.refunds.iter().filter(|refund| refund.state != SaleState::Failed) {
            let sale = self.sales.iter().find(|sale| sale.transaction_id == refund.transaction_id);
            let left = sale.map(|sale| sale.amount_cents - self.refunded(sale, |state| state != SaleState::Failed));
            if left.is_none_or(|left| left < 0) || sale.is_none_or(|sale| sale.charges == 0) {
                broken.push(format!("{name}: refund {} gives back what was not paid", refund.refund_id));
            }
        }
        let (mut references, mut issued) = (HashSet::new(), HashSet::new());
        for sale in &self.sales {
            let id = &sale.transaction_id;
            if !references.insert((&sale.merchant, &sale.reference)) {
                broken.push(format!("{name}: two sales for reference {}", sale.reference));
            }
            let expected = u32::from(!matches!(sale.state, SaleState::Open | SaleState::Failed));
            if sale.charges != expected {
                broken.push(format!("{name}: sale {id} is charged {} times", sale.charges));
            }
            if sale.history.iter().rev().skip(1).any(|state| state.is_terminal()) {
                broken.push(format!("{name}: sale {id} moved out of a final state"));
            }
            if sale.history.last() != Some(&sale.state) {
                broken.push(format!("{name}: sale {id} has a state without a history"));
            }
            if sale.issued.iter().any(|token| !issued.insert(token)) {
                broken.push(format!("{name}: sale {id} has a token or PIN that was issued before"));
            }
        }
        broken.extend(self.check_payouts(name));
        broken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sale(reference: &str, issued: &str) -> Sale {
        Sale {
            reference: reference.to_owned(),
            transaction_id: format!("id-{reference}"),
            merchant: "M".to_owned(),
            product_code: "P".to_owned(),
            amount_cents: 500,
            state: SaleState::Completed,
            charges: 1,
            attempts: 1,
            answered: 1,
            customer: "+27820000000".to_owned(),
            history: vec![SaleState::Pending, SaleState::Completed],
            issued: vec![issued.to_owned()],
        }
    }

    fn ledger(sales: Vec<Sale>, float_cents: i64) -> Ledger {
        let accounts = vec![Balance { account: "M".to_owned(), float_cents, deposited_cents: 10_000 }];
        Ledger { providers: BTreeMap::from([("p", ProviderLedger { accounts, sales, ..ProviderLedger::default() })]) }
    }

    #[test]
    fn healthy_books_pass_and_answer_questions() {
        let books = ledger(vec![sale("a", "1"), sale("b", "2")], 9_000);
        assert_eq!(books.check(), Vec::<String>::new());
        assert_eq!(books.charges("a"), 1);
        assert_eq!(books.charges_to("+27820000000"), 2);
        assert!(books.sale("c").is_none());
    }

    #[test]
    fn every_rule_is_seen_when_broken() {
        let broken = |change: fn(&mut Vec<Sale>), float| {
            let mut sales = vec![sale("a", "1"), sale("b", "2")];
            change(&mut sales);
            ledger(sales, float).check().join("\n")
        };
        assert!(broken(|_| (), 8_999).contains("was debited 1001 cents for sales and payouts of 1000"));
        assert!(broken(|s| s[1].reference = "a".into(), 9_000).contains("two sales for reference a"));
        assert!(broken(|s| s[0].charges = 2, 9_000).contains("is charged 2 times"));
        assert!(broken(|s| s[0].history.insert(0, SaleState::Failed), 9_000).contains("moved out of a final state"));
        assert!(broken(|s| s[0].history = vec![SaleState::Pending], 9_000).contains("without a history"));
        assert!(broken(|s| s[1].issued = vec!["1".into()], 9_000).contains("issued before"));
    }

    #[test]
    fn refunds_never_give_back_more_than_was_paid() {
        let books = |state: SaleState, refunds: &[(&str, i64, SaleState)]| {
            let mut books = ledger(vec![Sale { state, ..sale("a", "1") }], 9_500);
            let provider = books.providers.get_mut("p").unwrap();
            provider.sales[0].charges = u32::from(state == SaleState::Completed);
            provider.sales[0].history = vec![state];
            let refund = |(sale, cents, state): &(&str, i64, SaleState)| Refund {
                refund_id: "R-1".to_owned(),
                transaction_id: format!("id-{sale}"),
                amount_cents: *cents,
                state: *state,
            };
            provider.refunds = refunds.iter().map(refund).collect();
            books
        };
        let (paid, done) = (SaleState::Completed, SaleState::Completed);
        let good = books(paid, &[("a", 300, done), ("a", 200, SaleState::Pending), ("a", 500, SaleState::Failed)]);
        assert_eq!((good.check(), good.refunded_cents("a")), (vec![], 300));
        let broken = |state, refunds: &[(&str, i64, SaleState)]| books(state, refunds).check().join(" ");
        for wrong in [
            broken(paid, &[("a", 300, done), ("a", 201, SaleState::Pending)]),
            broken(paid, &[("b", 1, done)]),
            broken(SaleState::Open, &[("a", 1, done)]),
        ] {
            assert!(wrong.contains("gives back what was not paid"), "{wrong}");
        }
        let mut own = books(paid, &[]);
        own.providers.get_mut("p").unwrap().broken.push("a rule of its own".to_owned());
        assert_eq!(own.check(), ["p: a rule of its own"]);
    }

    fn payout(reference: &str) -> Payout {
        Payout {
            reference: reference.to_owned(),
            transaction_id: format!("payout-{reference}"),
            account: "M".to_owned(),
            amount_cents: 400,
            fee_cents: 100,
            state: SaleState::Completed,
            paid_out: 1,
            attempts: 1,
            answered: 1,
            customer: "ada@example.com".to_owned(),
            history: vec![SaleState::Pending, SaleState::Completed],
        }
    }

    #[test]
    fn payouts_are_held_against_their_account() {
        let books = |change: fn(&mut Vec<Payout>), float_cents| {
            let mut books = ledger(vec![sale("a", "1")], float_cents);
            let mut payouts = vec![payout("x"), payout("y")];
            change(&mut payouts);
            if let Some(provider) = books.providers.get_mut("p") {
                provider.payouts = payouts;
            }
            books
        };
        let sound = books(|_| (), 8_500);
        assert_eq!(sound.check(), Vec::<String>::new());
        assert_eq!((sound.paid_out("x"), sound.paid_out_to("ada@example.com"), sound.paid_out("z")), (1, 2, 0));
        assert!(!format!("{sound:?}{}", serde_json::to_string(&sound.providers).unwrap()).contains("ada@"));
        let broken = |change, float| books(change, float).check().join("\n");
        assert!(broken(|_| (), 8_600).contains("debited 1400 cents for sales and payouts of 1500"));
        assert!(broken(|p| p[1].reference = "x".into(), 8_500).contains("two payouts for reference x"));
        assert!(broken(|p| p[0].paid_out = 2, 8_500).contains("payout-x is paid 2 times"));
        assert!(broken(|p| p[0].history.insert(0, SaleState::Failed), 8_500).contains("payout-x moved out"));
        assert!(broken(|p| p[0].state = SaleState::Failed, 8_500).contains("payout-x is paid 1 times"));
    }

    #[test]
    fn debug_and_json_hide_the_customer_and_the_tokens() {
        let books = ledger(vec![sale("a", "12345678901234567890")], 9_500);
        let shown = format!("{books:?}{}", serde_json::to_string(&books.providers).unwrap());
        assert!(!shown.contains("+2782") && !shown.contains("12345678901234567890"));
    }
}

//! Accounts and transactions, and what the ledger tells of them.

use super::account::{self, AccessKey, Account, KeyStatus, PixKey};
use super::status::State;
use super::transaction::{Kind, Order, Transaction};
use crate::{Payout, ProviderLedger, Refund, Sale, SaleState};
use std::collections::{HashMap, HashSet};
use std::time::SystemTime;

/// How many requests named an order id, and how many of them were answered undisturbed.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub(super) attempts: u32,
    pub(super) answered: u32,
}

/// Everything that money is in.
pub(super) struct Book {
    pub(super) accounts: Vec<Account>,
    pub(super) keys: Vec<AccessKey>,
    pub(super) pix_keys: Vec<PixKey>,
    pub(super) transactions: Vec<Transaction>,
    by_id: HashMap<String, usize>,
    tallies: HashMap<String, Tally>,
}

impl Default for Book {
    fn default() -> Self {
        Self {
            accounts: account::accounts(),
            keys: account::access_keys(),
            pix_keys: account::pix_keys(),
            transactions: Vec::new(),
            by_id: HashMap::new(),
            tallies: HashMap::new(),
        }
    }
}

impl Book {
    pub(super) fn tally(&mut self, reference: &str) -> &mut Tally {
        self.tallies.entry(reference.to_owned()).or_default()
    }

    pub(super) fn account(&self, id: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.id == id)
    }

    pub(super) fn account_mut(&mut self, id: &str) -> Option<&mut Account> {
        self.accounts.iter_mut().find(|account| account.id == id)
    }

    /// The key with this name and secret.
    pub(super) fn key(&self, access_key: &str, secret: &str) -> Option<&AccessKey> {
        self.keys.iter().find(|key| key.access_key == access_key && key.secret == secret)
    }

    /// Adds a key of an account, which nobody has approved yet.
    pub(super) fn add_key(&mut self, account: &str) -> AccessKey {
        let key = AccessKey {
            access_key: format!("sandbox-pagfast-{}", account::uuid()),
            secret: format!("sandbox-pagfast-secret-{}", account::voucher()),
            status: KeyStatus::Pending,
            account: account.to_owned(),
        };
        self.keys.push(key.clone());
        key
    }

    /// Opens a transaction and answers its id. A withdrawal takes its amount from the wallet at once.
    pub(super) fn open(&mut self, order: Order, now: SystemTime) -> String {
        if order.kind == Kind::Withdrawal
            && let Some(account) = self.account_mut(order.account)
        {
            account.wallet -= order.cents;
        }
        let transaction = Transaction::new(order, now);
        let id = transaction.id.clone();
        self.by_id.insert(id.clone(), self.transactions.len());
        self.transactions.push(transaction);
        id
    }

    pub(super) fn find(&self, id: &str) -> Option<&Transaction> {
        self.by_id.get(id).map(|index| &self.transactions[*index])
    }

    pub(super) fn find_mut(&mut self, id: &str) -> Option<&mut Transaction> {
        self.by_id.get(id).map(|index| &mut self.transactions[*index])
    }

    /// The first transaction of an account and kind with this order id.
    pub(super) fn first(&self, account: &str, kind: Kind, order_id: &str) -> Option<&Transaction> {
        let same = |it: &&Transaction| it.order.account == account && it.order.kind == kind;
        self.transactions.iter().filter(same).find(|it| it.order.order_id.as_deref() == Some(order_id))
    }

    /// Moves a transaction on, and its money with it. `false`: that does not follow from where it stands.
    pub(super) fn advance(&mut self, id: &str, next: State, now: SystemTime) -> bool {
        let Some(transaction) = self.find_mut(id) else { return false };
        if !transaction.become_state(next, now) {
            return false;
        }
        let (owner, cents) = (transaction.order.account, transaction.paid_cents);
        let withdraws = transaction.order.kind == Kind::Withdrawal;
        if let Some(account) = self.account_mut(owner) {
            match (next, withdraws) {
                (State::Completed, false) | (State::Reversed, true) => account.pay_in(cents),
                (State::Reversed, false) => account.pay_in(-cents),
                // What was held for it.
                (State::Cancelled | State::Error, true) => account.wallet += cents,
                _ => {}
            }
        }
        true
    }

    /// The recipient's bank sends a withdrawal back: the money returns, the state stays. `false`: it cannot, or it has.
    pub(super) fn send_back(&mut self, id: &str, now: SystemTime) -> bool {
        let Some(transaction) = self.find_mut(id) else { return false };
        let can = transaction.order.kind == Kind::Withdrawal && transaction.state == State::Completed;
        if !can || transaction.sent_back.is_some() {
            return false;
        }
        transaction.sent_back = Some(now);
        let (owner, cents) = (transaction.order.account, transaction.paid_cents);
        if let Some(account) = self.account_mut(owner) {
            account.pay_in(cents);
        }
        true
    }

    pub(super) fn ledger(&self) -> ProviderLedger {
        let mut books = ProviderLedger {
            accounts: self.accounts.iter().map(Account::balance).collect(),
            ..ProviderLedger::default()
        };
        // One order id may have several: only those that took money count against each other.
        let taken: HashSet<_> = self.transactions.iter().filter(|it| took_money(it)).map(named).collect();
        let mut seen = HashSet::new();
        for transaction in &self.transactions {
            let name = named(transaction);
            let stands_for_it = took_money(transaction) || !taken.contains(&name) && seen.insert(name);
            let order_id = transaction.order.order_id.as_ref().filter(|_| stands_for_it);
            let reference = order_id.unwrap_or(&transaction.id).clone();
            if transaction.order.kind == Kind::Withdrawal {
                books.payouts.push(self.payout(transaction, reference));
            } else {
                books.sales.push(self.sale(transaction, reference));
                books.refunds.extend(refund(transaction));
            }
        }
        books
    }

    fn tally_of(&self, transaction: &Transaction) -> Tally {
        let named = transaction.order.order_id.as_ref().and_then(|order_id| self.tallies.get(order_id));
        named.copied().unwrap_or_default()
    }

    fn sale(&self, transaction: &Transaction, reference: String) -> Sale {
        let tally = self.tally_of(transaction);
        let mut history: Vec<SaleState> = transaction.history.iter().map(|(state, _)| state.booked()).collect();
        history.dedup();
        Sale {
            reference,
            transaction_id: transaction.id.clone(),
            merchant: transaction.order.account.to_owned(),
            product_code: if transaction.order.kind == Kind::Deposit { "pix" } else { "open_finance" }.to_owned(),
            amount_cents: transaction.paid_cents,
            state: transaction.state.booked(),
            charges: transaction.charges,
            attempts: tally.attempts,
            answered: tally.answered,
            customer: transaction.payer().map(|payer| payer.tax_number.clone()).unwrap_or_default(),
            history,
            issued: vec![transaction.id.clone()],
        }
    }

    fn payout(&self, transaction: &Transaction, reference: String) -> Payout {
        let tally = self.tally_of(transaction);
        let state = |state: State| match state.booked() {
            // The wallet is debited as soon as it is accepted.
            SaleState::Open => SaleState::Pending,
            state => state,
        };
        let mut history: Vec<SaleState> = transaction.history.iter().map(|(at, _)| state(*at)).collect();
        history.dedup();
        Payout {
            reference,
            transaction_id: transaction.id.clone(),
            account: format!("{}-wallet", transaction.order.account),
            amount_cents: transaction.paid_cents,
            fee_cents: 0,
            state: state(transaction.state),
            paid_out: transaction.charges,
            attempts: tally.attempts,
            answered: tally.answered,
            customer: transaction.order.recipient.as_ref().map(|it| it.tax_number.clone()).unwrap_or_default(),
            history,
        }
    }
}

/// What tells order ids of different accounts and directions apart.
fn named(transaction: &Transaction) -> (&'static str, bool, Option<&str>) {
    let order = &transaction.order;
    (order.account, order.kind == Kind::Withdrawal, order.order_id.as_deref())
}

/// Whether a payer was charged, or an amount is held for a withdrawal.
fn took_money(transaction: &Transaction) -> bool {
    transaction.charges > 0 || transaction.order.kind == Kind::Withdrawal && transaction.state.is_open()
}

/// A reversed deposit went back to its payer.
fn refund(transaction: &Transaction) -> Option<Refund> {
    (transaction.state == State::Reversed).then(|| Refund {
        refund_id: format!("{}-reversed", transaction.id),
        transaction_id: transaction.id.clone(),
        amount_cents: transaction.paid_cents,
        state: SaleState::Completed,
    })
}

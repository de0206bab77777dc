//! The wallets, and every payment and transfer.

use super::account::{Client, MERCHANT_DEPOSIT, RECIPIENT, User};
use crate::money::Cents;
use crate::{Balance, ProviderLedger, Sale, SaleState};
use std::collections::{HashMap, HashSet};

/// How many requests named a reference, and how many of them were answered undisturbed.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub(super) attempts: u32,
    pub(super) answered: u32,
}

/// What an account holds, and everything that ever came in.
#[derive(Clone, Copy, Debug, Default)]
struct Wallet {
    cents: Cents,
    deposited: Cents,
}

/// Money that moved.
#[derive(Clone)]
pub(super) struct Movement {
    pub(super) kind: Kind,
    pub(super) reference: String,
    /// The client that asked.
    pub(super) client: &'static str,
    /// Whose token it was.
    pub(super) user: &'static str,
    /// The account that was debited.
    pub(super) from: String,
    /// The account that was credited.
    pub(super) to: String,
    pub(super) cents: Cents,
    /// The merchant's word for what was paid; of a transfer the recipient as it was named.
    pub(super) about: String,
    pub(super) transaction_id: String,
    pub(super) confirmation_code: String,
}

/// Which operation it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Payment,
    Transfer,
}

/// Why no money moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Insufficient;

/// All wallets and movements.
#[derive(Default)]
pub(super) struct Book {
    order: Vec<String>,
    wallets: HashMap<String, Wallet>,
    pub(super) movements: Vec<Movement>,
    tallies: HashMap<String, Tally>,
    used_ids: HashSet<String>,
}

impl Book {
    pub(super) fn new(clients: &[Client], users: &[User]) -> Self {
        let mut book = Self::default();
        let users = users.iter().map(|user| (user.username, user.deposit));
        let clients = clients.iter().map(|client| (client.account, MERCHANT_DEPOSIT));
        for (account, deposit) in users.chain(clients).chain([(RECIPIENT.0, 0)]) {
            book.order.push(account.to_owned());
            book.wallets.insert(account.to_owned(), Wallet { cents: deposit, deposited: deposit });
        }
        book
    }

    pub(super) fn tally(&mut self, reference: &str) -> &mut Tally {
        self.tallies.entry(reference.to_owned()).or_default()
    }

    pub(super) fn accounts(&self) -> impl Iterator<Item = (&str, Cents)> {
        self.order.iter().map(|account| (account.as_str(), self.balance(account)))
    }

    pub(super) fn balance(&self, account: &str) -> Cents {
        self.wallets.get(account).map_or(0, |wallet| wallet.cents)
    }

    /// Sets what an account holds; `false`: there is none.
    pub(super) fn set_balance(&mut self, account: &str, cents: Cents) -> bool {
        let wallet = self.wallets.get_mut(account);
        wallet.map(|wallet| wallet.deposited += cents - std::mem::replace(&mut wallet.cents, cents)).is_some()
    }

    /// The movement that a client has used this reference for.
    pub(super) fn by_reference(&self, client: &str, reference: &str) -> Option<&Movement> {
        self.movements.iter().find(|it| it.client == client && it.reference == reference)
    }

    /// Moves money, whole or not at all.
    pub(super) fn act(&mut self, movement: Movement) -> Result<&Movement, Insufficient> {
        let payer = self.wallets.get_mut(&movement.from).filter(|wallet| wallet.cents >= movement.cents);
        payer.ok_or(Insufficient)?.cents -= movement.cents;
        if let Some(payee) = self.wallets.get_mut(&movement.to) {
            payee.cents += movement.cents;
            payee.deposited += movement.cents;
        }
        self.movements.push(movement);
        Ok(&self.movements[self.movements.len() - 1])
    }

    /// An id that nothing has, in capitals and digits.
    pub(super) fn id(&mut self, prefix: &str) -> String {
        loop {
            let rest: String = std::iter::repeat_with(fastrand::alphanumeric).take(6).collect();
            let id = format!("{prefix}{}", rest.to_ascii_uppercase());
            if self.used_ids.insert(id.clone()) {
                return id;
            }
        }
    }

    pub(super) fn ledger(&self) -> ProviderLedger {
        let tally = |movement: &Movement| self.tallies.get(&movement.reference).copied().unwrap_or_default();
        let sale = |movement: &Movement| Sale {
            reference: movement.reference.clone(),
            transaction_id: movement.transaction_id.clone(),
            merchant: movement.from.clone(),
            product_code: movement.about.clone(),
            amount_cents: movement.cents,
            state: SaleState::Completed,
            charges: 1,
            attempts: tally(movement).attempts,
            answered: tally(movement).answered,
            customer: movement.from.clone(),
            history: vec![SaleState::Completed],
            issued: vec![movement.transaction_id.clone(), movement.confirmation_code.clone()],
        };
        let payout = |movement: &Movement| crate::Payout {
            reference: movement.reference.clone(),
            transaction_id: movement.transaction_id.clone(),
            account: movement.from.clone(),
            amount_cents: movement.cents,
            fee_cents: 0,
            state: SaleState::Completed,
            paid_out: 1,
            attempts: tally(movement).attempts,
            answered: tally(movement).answered,
            customer: movement.about.clone(),
            history: vec![SaleState::Completed],
        };
        let of = |kind: Kind| self.movements.iter().filter(move |movement| movement.kind == kind);
        let balance = |account: &String| {
            let wallet = self.wallets.get(account).copied().unwrap_or_default();
            Balance { account: account.clone(), float_cents: wallet.cents, deposited_cents: wallet.deposited }
        };
        ProviderLedger {
            accounts: self.order.iter().map(balance).collect(),
            sales: of(Kind::Payment).map(sale).collect(),
            refunds: Vec::new(),
            payouts: of(Kind::Transfer).map(payout).collect(),
            broken: Vec::new(),
        }
    }
}

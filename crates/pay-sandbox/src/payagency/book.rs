//! Payments, payouts, wallets and links, and what the ledger tells of them.

use super::account::{Environment, TEMPLATES, WALLETS};
use super::cards;
use super::link::{Link, Template};
use super::payment::{Order, Payment};
use super::payout::{Payout, Wallet};
use super::status::Status;
use crate::{ProviderLedger, Refund, Sale, SaleState};
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
    pub(super) payments: Vec<Payment>,
    pub(super) payouts: Vec<Payout>,
    pub(super) wallets: Vec<Wallet>,
    pub(super) links: Vec<Link>,
    pub(super) templates: Vec<Template>,
    tallies: HashMap<String, Tally>,
    used_ids: HashSet<String>,
}

impl Default for Book {
    fn default() -> Self {
        Self {
            payments: Vec::new(),
            payouts: Vec::new(),
            wallets: WALLETS.into_iter().map(Wallet::seeded).collect(),
            links: Vec::new(),
            templates: TEMPLATES.into_iter().map(Template::seeded).collect(),
            tallies: HashMap::new(),
            used_ids: HashSet::new(),
        }
    }
}

impl Book {
    pub(super) fn tally(&mut self, reference: &str) -> &mut Tally {
        self.tallies.entry(reference.to_owned()).or_default()
    }

    /// An id that nothing else has, and in which nobody finds a card number.
    pub(super) fn id(&mut self, prefix: &str, length: usize) -> String {
        loop {
            let digits: String = (0..length).map(|_| fastrand::digit(10)).collect();
            if !cards::looks_like_a_card(&digits) && self.used_ids.insert(digits.clone()) {
                return format!("{prefix}{digits}");
            }
        }
    }

    /// Opens a payment that has no result yet.
    pub(super) fn open(&mut self, order: Order, status: Status, now: SystemTime) -> &mut Payment {
        let id = self.id("PA", 16);
        self.payments.push(Payment {
            order,
            id,
            status,
            history: vec![status],
            created: now,
            due: None,
            refunded: None,
            charged_back: None,
            charges: 0,
        });
        let last = self.payments.len() - 1;
        &mut self.payments[last]
    }

    /// The payment with this id of the provider's.
    pub(super) fn payment(&self, id: &str) -> Option<&Payment> {
        self.payments.iter().find(|payment| payment.id == id)
    }

    pub(super) fn payment_mut(&mut self, id: &str) -> Option<&mut Payment> {
        self.payments.iter_mut().find(|payment| payment.id == id)
    }

    /// The payment that a status call names, by either id: the first one, where a mode allows several of an order id.
    pub(super) fn asked(&self, environment: Environment, id: &str) -> Option<&Payment> {
        let mut own = self.payments.iter().filter(|payment| payment.order.environment == environment);
        own.find(|payment| payment.id == id || payment.order.order_id.as_deref() == Some(id))
    }

    /// The payout that a status call names.
    pub(super) fn asked_payout(&self, environment: Environment, id: &str) -> Option<&Payout> {
        let mut own = self.payouts.iter().filter(|payout| payout.environment == environment);
        own.find(|payout| payout.id == id || payout.order_id.as_deref() == Some(id))
    }

    /// What was due by now happens, the earliest first.
    pub(super) fn settle(&mut self, now: SystemTime) {
        for payment in &mut self.payments {
            if let Some((_, status)) = payment.due.filter(|(at, _)| *at <= now) {
                payment.become_status(status);
            }
        }
        for payout in &mut self.payouts {
            if let Some((_, status)) = payout.due.filter(|(at, _)| *at <= now)
                && payout.become_status(status)
                && status != Status::Success
                && let Some(wallet) = self.wallets.iter_mut().find(|wallet| wallet.id == payout.wallet)
            {
                wallet.cents += payout.cents + payout.fee;
            }
        }
    }

    pub(super) fn ledger(&self) -> ProviderLedger {
        ProviderLedger {
            accounts: self.wallets.iter().map(Wallet::balance).collect(),
            sales: self.payments.iter().map(|payment| self.sale(payment)).collect(),
            refunds: self.payments.iter().filter_map(refund).collect(),
            payouts: self.payouts.iter().map(|payout| payout.booked(self.tallied(payout.reference()))).collect(),
            broken: self.broken(),
        }
    }

    fn tallied(&self, reference: &str) -> Tally {
        self.tallies.get(reference).copied().unwrap_or_default()
    }

    fn sale(&self, payment: &Payment) -> Sale {
        let tally = self.tallied(payment.reference());
        let order = &payment.order;
        Sale {
            reference: payment.reference().to_owned(),
            transaction_id: payment.id.clone(),
            merchant: order.environment.merchant().to_owned(),
            product_code: order.currency.clone(),
            amount_cents: order.amount.cents,
            state: payment.status.booked(),
            charges: payment.charges,
            attempts: tally.attempts,
            answered: tally.answered,
            customer: order.customer.email.clone(),
            history: payment.history.iter().map(|status| status.booked()).collect(),
            issued: vec![payment.id.clone()],
        }
    }

    fn broken(&self) -> Vec<String> {
        let twice = self.links.iter().filter(|link| {
            let of = |payment: &&Payment| link.payments.contains(&payment.id) && payment.charges > 0;
            self.payments.iter().filter(of).count() > 1
        });
        let twice = twice.map(|link| format!("link {} was paid more than once", link.id));
        let early = self.payments.iter().filter(|payment| payment.charged_back.is_some() && payment.charges == 0);
        twice.chain(early.map(|payment| format!("{} was charged back unpaid", payment.id))).collect()
    }
}

/// A refund has no id of its own.
fn refund(payment: &Payment) -> Option<Refund> {
    payment.refunded.map(|_| Refund {
        refund_id: format!("{}-refund", payment.id),
        transaction_id: payment.id.clone(),
        amount_cents: payment.order.amount.cents,
        state: SaleState::Completed,
    })
}

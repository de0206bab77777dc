//! Payments and refunds, and what the ledger tells of them.

use super::account::PARTNER_CODE;
use super::payment::{Order, Payment, Status};
use super::refunds::{Refund, RefundStatus};
use crate::{ProviderLedger, Sale, SaleState};
use std::collections::{HashMap, HashSet};
use std::time::SystemTime;

/// How many requests named a reference, and how many of them were answered undisturbed.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub(super) attempts: u32,
    pub(super) answered: u32,
}

/// All payments and refunds.
#[derive(Default)]
pub(super) struct Book {
    payments: Vec<Payment>,
    by_reference: HashMap<String, usize>,
    pub(super) refunds: Vec<Refund>,
    tallies: HashMap<String, Tally>,
    used_ids: HashSet<u64>,
}

impl Book {
    pub(super) fn tally(&mut self, reference: &str) -> &mut Tally {
        self.tallies.entry(reference.to_owned()).or_default()
    }

    /// Opens a payment.
    pub(super) fn open(&mut self, order: Order) -> &Payment {
        let id = self.id();
        let reference = format!("C-{id}-P");
        self.by_reference.insert(reference.clone(), self.payments.len());
        self.payments.push(Payment {
            order,
            reference,
            transaction: format!("C-{id}-T"),
            status: Status::New,
            history: vec![Status::New],
            channel: None,
            charges: 0,
            fulfilments: 0,
            fulfilled_unpaid: false,
        });
        &self.payments[self.payments.len() - 1]
    }

    /// Fifteen digits that no payment or refund has.
    pub(super) fn id(&mut self) -> u64 {
        loop {
            let id = fastrand::u64(100_000_000_000_000..1_000_000_000_000_000);
            if self.used_ids.insert(id) {
                return id;
            }
        }
    }

    pub(super) fn payments(&self) -> &[Payment] {
        &self.payments
    }

    /// The payment with this Pay1st reference.
    pub(super) fn find(&self, reference: &str) -> Option<&Payment> {
        self.by_reference.get(reference).map(|index| &self.payments[*index])
    }

    pub(super) fn find_mut(&mut self, reference: &str) -> Option<&mut Payment> {
        self.by_reference.get(reference).map(|index| &mut self.payments[*index])
    }

    /// The payment with this partner reference: the first one, where a mode allows more.
    pub(super) fn by_partner_reference(&self, reference: &str) -> Option<&Payment> {
        self.payments.iter().find(|payment| payment.order.partner_reference == reference)
    }

    /// What is refunded of a payment, or about to be, in hundredths.
    pub(super) fn refunded(&self, payment: &str, now: SystemTime) -> i64 {
        let counts = |refund: &&Refund| refund.payment == payment && !refund.status(now).is_void();
        self.refunds.iter().filter(counts).map(|refund| refund.cents).sum()
    }

    pub(super) fn ledger(&self, now: SystemTime) -> ProviderLedger {
        let sale = |payment: &Payment| {
            let tally = self.tallies.get(&payment.order.partner_reference).copied().unwrap_or_default();
            Sale {
                reference: payment.order.partner_reference.clone(),
                transaction_id: payment.reference.clone(),
                merchant: PARTNER_CODE.to_owned(),
                product_code: payment.order.skus.join(", "),
                amount_cents: payment.order.cents,
                state: state(payment.status),
                charges: payment.charges,
                attempts: tally.attempts,
                answered: tally.answered,
                customer: payment.order.customer.clone(),
                history: payment.history.iter().map(|status| state(*status)).collect(),
                issued: vec![payment.reference.clone()],
            }
        };
        let refund = |refund: &Refund| crate::Refund {
            refund_id: refund.reference.clone(),
            transaction_id: refund.payment.clone(),
            amount_cents: refund.cents,
            state: match refund.status(now) {
                RefundStatus::Pending => SaleState::Pending,
                RefundStatus::Processing => SaleState::Processing,
                RefundStatus::Successful => SaleState::Completed,
                RefundStatus::Failed | RefundStatus::Rejected => SaleState::Failed,
            },
        };
        let unpaid = self.payments.iter().filter(|payment| payment.fulfilled_unpaid);
        ProviderLedger {
            accounts: Vec::new(),
            sales: self.payments.iter().map(sale).collect(),
            refunds: self.refunds.iter().map(refund).collect(),
            payouts: Vec::new(),
            broken: unpaid.map(|payment| format!("{} was fulfilled unpaid", payment.reference)).collect(),
        }
    }
}

fn state(status: Status) -> SaleState {
    match status {
        Status::New | Status::Pending => SaleState::Open,
        Status::Successful => SaleState::Completed,
        Status::Failed | Status::Cancelled | Status::Abandoned => SaleState::Failed,
    }
}

//! The rules that books keep, whatever a provider's part does.

use super::books::{ProviderLedger, Refund, Sale, SaleState};
use std::collections::HashSet;

impl ProviderLedger {
    /// How many cents of a sale are in refunds whose state counts.
    pub(super) fn refunded(&self, sale: &Sale, counts: impl Fn(SaleState) -> bool) -> i64 {
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

    /// The rules that these books break.
    pub(super) fn check(&self, name: &str) -> Vec<String> {
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

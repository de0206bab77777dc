//! The steps of payouts: what one costs, one that is paid, and one that the wallet cannot pay.

use super::super::step::{Seen, Told};
use super::cards::completed;
use super::shop::{PAID, Shop, money, payer};
use payagency::{Estimate, Estimated, Expiry, Kind, Money, Order, Outcome, Pan, Payout, PayoutCard, Reason, Settled};
use payagency::{Wallet, WalletStatus};
use std::time::Duration;

const PAID_OUT: &str = "shop-payout";
const EMPTY: &str = "shop-payout-empty";
const CENTS: i64 = 10_000;

/// The ids of two wallets in US dollars.
pub(super) struct Wallets {
    full: String,
    poor: String,
}

impl Shop<'_> {
    pub(super) async fn wallets(&mut self) -> Told<Wallets> {
        self.read_books().await;
        let wallets = self.client.wallets().send().await?;
        let told = |wallet: &Wallet| {
            let amount = wallet.amount.map(|amount| amount.to_string()).unwrap_or_default();
            let status = wallet.status.as_ref().map(ToString::to_string).unwrap_or_default();
            format!("{} {amount} ({status})", wallet.currency.as_deref().unwrap_or_default())
        };
        let list: Vec<_> = wallets.iter().map(told).collect();
        let seen = self.nothing_sold(Seen::new(format!("{} wallets: {}", list.len(), list.join(", "))));
        let usable =
            |wallet: &&Wallet| wallet.status == Some(WalletStatus::Active) && wallet.currency.as_deref() == Some("USD");
        let mut dollars: Vec<_> = wallets.iter().filter(usable).collect();
        dollars.sort_by_key(|wallet| wallet.amount.and_then(|amount| amount.to_minor(2)));
        let [poor, .., full] = dollars.as_slice() else { return Err("fewer than two wallets in dollars".into()) };
        let (full, poor) = (full.wallet_id.clone(), poor.wallet_id.clone());
        Ok(seen.ledger("nothing paid out").same("payouts", self.books().payouts.len(), 0).with(Wallets { full, poor }))
    }

    pub(super) async fn estimated(&self, wallets: Option<&Wallets>) -> Told<Estimated> {
        let Some(wallets) = wallets else { return Ok(Seen::not_run("no wallet")) };
        let before = self.left(&wallets.full)?;
        // Sealed, so that the card number does not travel in the open.
        let estimate = Estimate::new(&wallets.full, "100.00".parse()?, Pan::new(PAID)?).sealed(true);
        let estimate = self.client.estimate_payout(estimate).send().await?;
        let required = estimate.amount_required.ok_or("an estimate without an amount")?;
        let fees = estimate.total_fee.ok_or("an estimate without fees")?;
        let seen = Seen::new(format!("it takes USD {required}, USD {fees} of it fees"))
            .ledger(format!("nothing paid out, wallet {}", money("USD", before)))
            .same("balance in cents", estimate.wallet_balance.and_then(|amount| amount.to_minor(2)), Some(before))
            .same("cents beside the fees", cents(required).zip(cents(fees)).map(|(all, fees)| all - fees), Some(CENTS))
            .same("the wallet afterwards", self.left(&wallets.full)?, before);
        Ok(seen.with(estimate))
    }

    pub(super) async fn paid_out(&self, wallets: Option<&Wallets>, estimate: Option<&Estimated>) -> Told {
        let (Some(wallets), Some(estimate)) = (wallets, estimate) else { return Ok(Seen::not_run("no estimate")) };
        let before = self.left(&wallets.full)?;
        let payment = self.client.payout(payout(&wallets.full, PAID_OUT)?).send().await?;
        // The answer is a hint, "done" too: its status decides.
        let record = completed(self.client.settle_payout(&payment).await)?;
        let (books, left) = (self.books(), self.left(&wallets.full)?);
        let booked = books.payouts.iter().find(|payout| payout.reference == PAID_OUT).ok_or("no such payout")?;
        let (paid, fees) = (money("USD", booked.amount_cents), money("USD", booked.fee_cents));
        let seen = Seen::new(format!("{} by the status call, to card {}", record.status, Pan::new(PAID)?.masked()))
            .ledger(format!("{}, {paid} and {fees}, wallet {}", paid_out(booked.paid_out), money("USD", left)))
            .same("times paid out", booked.paid_out, 1)
            .same("cents", booked.amount_cents, CENTS)
            .same("cents taken, as estimated", Some(before - left), estimate.amount_required.and_then(cents))
            .same("payouts", books.payouts.len(), 1);
        Ok(seen.same("your order id", record.order_id(), Some(PAID_OUT)))
    }

    /// That a wallet holds too little is documented for estimates alone: after a payout nobody promises that nothing was paid.
    pub(super) async fn empty(&self, wallets: Option<&Wallets>) -> Told {
        let Some(wallets) = wallets else { return Ok(Seen::not_run("no wallet")) };
        let before = self.left(&wallets.poor)?;
        let estimate = Estimate::new(&wallets.poor, "100.00".parse()?, Pan::new(PAID)?).sealed(true);
        let refused =
            self.client.estimate_payout(estimate).send().await.err().ok_or("an estimate beyond the wallet")?;
        let answer = self.client.payout(payout(&wallets.poor, EMPTY)?).send().await;
        let error = answer.err().ok_or("a payout without the money for it")?;
        let settled = self.client.settle_payout(&error).within(Duration::ZERO).await;
        let reason = match settled {
            Settled::StillUnknown(unknown) => unknown.reason,
            Settled::Completed(record) | Settled::Failed(record) => return Err(record.status.to_string().into()),
        };
        let (message, left) = (refused.provider_message().unwrap_or_default(), self.left(&wallets.poor)?);
        let paid = self.sandbox.ledger().paid_out(EMPTY);
        let seen = Seen::new(format!(
            "estimate: {}: \"{message}\" The payout is answered alike, which no document says: outcome: {}; payout_status \
             knows no such order",
            refused.outcome(),
            error.outcome()
        ))
        .ledger(format!("{}, wallet {}", paid_out(paid), money("USD", left)))
        .same("outcome of the estimate", refused.outcome(), Outcome::Refused)
        .same("message of the payout", error.provider_message(), Some(message))
        .same("kind", error.kind(), Kind::Unexpected)
        .same("outcome", error.outcome(), Outcome::Unknown)
        .check("the message names the wallet", message.contains("Insufficient wallet balance"))
        .same("what the status call says", reason, Reason::NotFound)
        .same("times paid out", paid, 0)
        .same("the wallet afterwards", left, before);
        Ok(seen.same("payouts", self.books().payouts.len(), 1))
    }

    /// What a wallet holds, in cents.
    fn left(&self, wallet_id: &str) -> Result<i64, &'static str> {
        let wallets = self.sandbox.payagency().wallets();
        wallets.iter().find(|wallet| wallet.wallet_id == wallet_id).map(|wallet| wallet.cents).ok_or("no such wallet")
    }
}

fn payout(wallet_id: &str, order: &str) -> Result<Payout, Box<dyn std::error::Error>> {
    let money = Money { amount: "100.00".parse()?, currency: "USD".to_owned() };
    let card = PayoutCard::new(Pan::new(PAID)?, Expiry::new(10, 2030)?);
    Ok(Payout::new(wallet_id, Order::new(order, money), payer()?, card))
}

fn cents(amount: payagency::Amount) -> Option<i64> {
    amount.to_minor(2)
}

fn paid_out(times: u32) -> String {
    match times {
        0 => "not paid out".to_owned(),
        1 => "paid out once".to_owned(),
        more => format!("paid out {more} times"),
    }
}

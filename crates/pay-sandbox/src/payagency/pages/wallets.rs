//! The wallets that payouts are paid from, and the payouts.

use crate::money;
use crate::pages::{Visit, book, layout};
use crate::payagency::payout::{Payout, PayoutRecord, Wallet, WalletRecord};
use crate::payagency::status::Status;
use crate::provider::Reply;
use maud::{Markup, html};

/// Where the page is.
pub(crate) const WALLETS: &str = "/_sandbox/pages/payagency/wallets";

pub(super) fn answer(visit: &Visit<'_>) -> Reply {
    let (wallets, payouts) = {
        let state = visit.shared.payagency.lock();
        let wallets: Vec<WalletRecord> = state.book.wallets.iter().map(Wallet::record).collect();
        let payouts: Vec<PayoutRecord> = state.book.payouts.iter().map(Payout::record).collect();
        (wallets, payouts)
    };
    let main = html! {
        (layout::heading("Wallets", &html! {
            "Payouts come out of these, with a fee that is the sandbox's own. One that is not active pays nothing out."
        }))
        section aria-labelledby="balances" {
            h2 id="balances" { "Balances" }
            ul class="cards" { @for wallet in &wallets { li class="card" { (draw(wallet)) } } }
        }
        section aria-labelledby="payouts" {
            h2 id="payouts" { "Payouts" }
            (book::list("payout", &payouts, entry))
        }
    };
    layout::tools(visit, "Wallets", &main)
}

fn draw(wallet: &WalletRecord) -> Markup {
    html! {
        h3 { (wallet.currency) " " (money::decimal(wallet.cents, 2)) }
        p class="muted" { code { (wallet.wallet_id) } }
        p class="wallet-state" {
            @if wallet.active { span class="badge ok" { "Active" } } @else { span class="badge warn" { "Inactive" } }
            " " span class="muted" { (wallet.environment.as_str()) }
        }
    }
}

fn entry(payout: &PayoutRecord) -> Markup {
    let class = match payout.status {
        Status::Success => "badge ok",
        Status::Pending | Status::Redirect => "badge warn",
        Status::Failed | Status::Blocked | Status::Abandoned => "badge bad",
    };
    html! {
        div class="log-head" {
            span class=(class) { (payout.status.as_str()) }
            span class="log-what" { strong { (payout.currency) " " (payout.amount) } " " code { (payout.transaction_id) } }
            span class="muted log-when" { (payout.environment.as_str()) }
        }
        dl class="log-facts" {
            @if let Some(order) = &payout.order_id { div { dt { "order" } dd { (order) } } }
            div { dt { "from" } dd { code { (payout.wallet_id) } } }
            div { dt { "to" } dd { code { (payout.card) } } }
            div { dt { "fee" } dd { (money::decimal(payout.fee_cents, 2)) } }
        }
    }
}

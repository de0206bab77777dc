//! The wallets of users and merchants, and what moved between them.

use crate::money::{self, Cents};
use crate::paga_connect::book::{Kind, Movement};
use crate::pages::{Visit, layout};
use crate::provider::Reply;
use crate::request_log::legible;
use maud::{Markup, html};

/// Where the page is.
pub(crate) const WALLETS: &str = "/_sandbox/pages/paga-connect/wallets";

const SHOWN: usize = 100;

pub(super) fn answer(visit: &Visit<'_>) -> Reply {
    let (accounts, movements) = {
        let state = visit.shared.paga_connect.lock();
        let accounts: Vec<(String, Cents)> =
            state.book.accounts().map(|(account, cents)| (account.to_owned(), cents)).collect();
        (accounts, state.book.movements.clone())
    };
    let main = html! {
        (layout::heading("Wallets", &html! {
            "Users, merchants and one recipient. A payment goes from a user to a merchant; whose money a transfer moves is a mode."
        }))
        section aria-labelledby="balances" {
            h2 id="balances" { "Balances" }
            dl class="tiles" {
                @for (account, cents) in &accounts { div { dt { (account) } dd { "NGN " (money::decimal(*cents, 2)) } } }
            }
        }
        section aria-labelledby="movements" {
            h2 id="movements" { "Payments and transfers" }
            @if movements.is_empty() {
                p class="empty" { "Nothing has moved yet. Charge a user over the API, then reload this page." }
            } @else {
                ol class="log" { @for movement in movements.iter().rev().take(SHOWN) { li { (entry(movement)) } } }
            }
            @if movements.len() > SHOWN { p class="muted" { "The ledger has " (movements.len() - SHOWN) " older ones." } }
        }
    };
    layout::tools(visit, "Wallets", &main)
}

fn entry(movement: &Movement) -> Markup {
    html! {
        div class="log-head" {
            span class="badge ok" { @if movement.kind == Kind::Payment { "payment" } @else { "transfer" } }
            span class="log-what" {
                strong { "NGN " (money::decimal(movement.cents, 2)) } " " (movement.from) " → " (movement.to)
            }
            span class="muted log-when" { code { (movement.transaction_id) } }
        }
        dl class="log-facts" {
            div { dt { "reference" } dd { (legible(&movement.reference)) } }
            @if movement.kind == Kind::Payment && !movement.about.is_empty() {
                div { dt { "product" } dd { (legible(&movement.about)) } }
            }
            div { dt { "token of" } dd { (movement.user) } }
        }
    }
}

//! The accounts with what they hold, and their keys: new ones are approved here, as the provider's staff would.

use crate::money;
use crate::pages::form::{Form, is_foreign};
use crate::pages::{Visit, layout};
use crate::pagfast::KeyStatus;
use crate::pagfast::account::{Account, RECEIVERS};
use crate::provider::Reply;
use http::{Method, StatusCode};
use maud::{Markup, html};

/// Where the page is.
pub(crate) const ACCOUNTS: &str = "/_sandbox/pages/pagfast/accounts";

pub(super) fn answer(visit: &Visit<'_>) -> Reply {
    if *visit.method != Method::POST {
        return layout::tools(visit, "Accounts and keys", &list(visit));
    }
    if is_foreign(visit.headers) {
        return layout::foreign(visit);
    }
    let form = Form::read(visit.body);
    let status = match form.text("action") {
        "approve" => Some(KeyStatus::Active),
        "suspend" => Some(KeyStatus::Pending),
        _ => None,
    };
    // By its place, so that no page has a key in it.
    let place = form.text("key").parse::<usize>().ok();
    if let Some((status, place)) = status.zip(place) {
        let mut state = visit.shared.pagfast.lock();
        for key in state.book.keys.iter_mut().skip(place).take(1) {
            key.status = status;
        }
    }
    layout::redirect(StatusCode::SEE_OTHER, ACCOUNTS)
}

/// The place of a key among all, and where it stands.
type Key = (usize, KeyStatus);

fn list(visit: &Visit<'_>) -> Markup {
    let (accounts, keys) = {
        let state = visit.shared.pagfast.lock();
        let keys = state.book.keys.iter().enumerate().map(|(place, key)| (key.account.clone(), (place, key.status)));
        (state.book.accounts.clone(), keys.collect::<Vec<_>>())
    };
    let of = |account: &Account| -> Vec<Key> {
        keys.iter().filter(|(owner, _)| owner == account.id).map(|(_, key)| *key).collect()
    };
    html! {
        (layout::heading("Accounts and keys", &html! {
            "A key belongs to one account, and is Pending until PagFast's staff approves it: that is done here. "
            "That an account holds money which withdrawals use up is assumed."
        }))
        ul class="cards" { @for account in &accounts { li class="card" { (card(account, &of(account))) } } }
        section aria-labelledby="receivers" {
            h2 id="receivers" { "Receivers" }
            p class="muted" { "Companies that the first account can pay. They are made in the panel; the sandbox has these." }
            ul class="log" {
                @for receiver in RECEIVERS {
                    li {
                        div class="log-head" {
                            span class=(class(receiver.status)) { (receiver.status) }
                            span class="log-what" { strong lang="pt-BR" { (receiver.name) } }
                            span class="muted log-when" { code { (receiver.id) } }
                        }
                    }
                }
            }
        }
    }
}

fn card(account: &Account, keys: &[Key]) -> Markup {
    html! {
        h2 { (account.name) }
        p class="muted" { code { (account.id) } " · holds BRL " (money::decimal(account.wallet, 2)) }
        @for (number, (place, status)) in keys.iter().enumerate() {
            @let label = format!("key {} of {}", number + 1, account.id);
            form method="post" action=(ACCOUNTS) class="buttons row keys" {
                input type="hidden" name="key" value=(place);
                span {
                    "Key " (number + 1) " "
                    @match status {
                        KeyStatus::Active => span class="badge ok" { "approved" },
                        KeyStatus::Pending => span class="badge warn" { "Pending" },
                    }
                }
                @match status {
                    KeyStatus::Active => button class="small" name="action" value="suspend" aria-label={ "Suspend " (label) } { "Suspend" },
                    KeyStatus::Pending => button class="small" name="action" value="approve" aria-label={ "Approve " (label) } { "Approve" },
                }
            }
        }
    }
}

fn class(status: &str) -> &'static str {
    match status {
        "Approved" => "badge ok",
        "Rejected" => "badge bad",
        _ => "badge warn",
    }
}

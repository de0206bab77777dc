//! What the hosted pages show, and what their buttons do.

use super::modes::{RedirectQuery, WebhookTiming};
use super::moves::{self, Move, Wrong};
use super::record;
use super::routes::Page;
use super::state::State;
use super::status;
use super::transaction::{Kind, Transaction};
use crate::money;
use std::time::{Duration, SystemTime};

/// A transaction as its page shows it. Of who pays, no more than tells one person from another.
#[derive(Clone, Debug)]
pub(crate) struct View {
    pub(crate) page: Page,
    pub(crate) merchant: &'static str,
    pub(crate) id: String,
    pub(crate) page_id: String,
    pub(crate) order_id: Option<String>,
    /// In reais, with two decimals.
    pub(crate) amount: String,
    pub(crate) editable: bool,
    /// Whose CPF is asked to pay, most of it hidden; `None`: anybody may.
    pub(crate) payer: Option<String>,
    pub(crate) state: status::State,
    /// Whether somebody else has paid, and got it back.
    pub(crate) refunded: bool,
    /// What the picture holds, and what payers copy.
    pub(crate) code: String,
    /// Where the payer belongs for the state as it stands.
    pub(crate) redirect: Option<String>,
}

/// What became of a button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Acted {
    pub(crate) state: status::State,
    pub(crate) changed: bool,
    /// Where the payer goes; `None`: nowhere, or to what is no http(s) URL.
    pub(crate) redirect: Option<String>,
    /// The delivery to wait for before the payer goes, where the mode wants that.
    pub(crate) first_deliver: Option<u64>,
}

/// A transaction on one of its pages. `None`: there is none, or it has no such page.
pub(super) fn view(state: &State, page: Page, ids: &[String]) -> Option<View> {
    let page_id = ids.first()?;
    let transaction = match page {
        Page::Checkout => state.book.find(ids.get(1)?).filter(|it| it.page_id == *page_id)?,
        Page::Deposit | Page::Picture => state.book.transactions.iter().find(|it| it.page_id == *page_id)?,
        Page::Receipt => state.book.find(page_id)?,
    };
    let fits = match page {
        Page::Checkout => transaction.order.kind == Kind::OpenFinance,
        Page::Deposit | Page::Picture => transaction.order.kind == Kind::Deposit,
        Page::Receipt => transaction.since(status::State::Completed).is_some(),
    };
    fits.then(|| of(state, page, transaction))
}

fn of(state: &State, page: Page, transaction: &Transaction) -> View {
    let order = &transaction.order;
    View {
        page,
        merchant: state.book.account(order.account).map_or("", |account| account.name),
        id: transaction.id.clone(),
        page_id: transaction.page_id.clone(),
        order_id: order.order_id.clone(),
        amount: money::decimal(transaction.paid_cents, 2),
        editable: order.editable == Some(true),
        payer: order.payer.as_ref().map(|payer| masked(&payer.tax_number)),
        state: transaction.state,
        refunded: transaction.refunded.is_some(),
        code: record::code(transaction),
        redirect: redirect(state, transaction),
    }
}

/// As banks in Brazil show a CPF: the six digits in the middle.
fn masked(tax_number: &str) -> String {
    match (tax_number.get(3..6), tax_number.get(6..9)) {
        (Some(left), Some(right)) => format!("***.{left}.{right}-**"),
        _ => "***".to_owned(),
    }
}

/// Long enough for a browser to have followed.
const AFTER_REDIRECT: Duration = Duration::from_secs(1);

/// Does what a button of a page does; a second time it changes nothing. `None`: no such transaction.
pub(super) fn act(state: &mut State, id: &str, by: &Move, now: SystemTime) -> Option<Result<Acted, Wrong>> {
    let leads_on = state.book.find(id)?.order.redirect_url.is_some();
    let after = match state.modes.webhook_timing {
        WebhookTiming::AfterRedirect if leads_on => AFTER_REDIRECT,
        _ => Duration::ZERO,
    };
    let moved = match moves::act(state, id, by, now, after)? {
        Ok(moved) => moved,
        Err(wrong) => return Some(Err(wrong)),
    };
    let redirect = state.book.find(id).and_then(|transaction| redirect(state, transaction));
    Some(Ok(Acted { state: moved.state, changed: moved.changed, redirect, first_deliver: None }))
}

/// Where an Open Finance payer goes once it has ended.
fn redirect(state: &State, transaction: &Transaction) -> Option<String> {
    let url = transaction.order.redirect_url.clone().filter(|_| !transaction.state.is_open())?;
    // A merchant's URL is not trusted with the payer's browser: no other scheme, nothing that breaks a header.
    let plain = url.bytes().all(|byte| byte.is_ascii_graphic());
    if !plain || !(url.starts_with("http://") || url.starts_with("https://")) {
        return None;
    }
    if state.modes.redirect_query == RedirectQuery::Absent {
        return Some(url);
    }
    let (url, fragment) = url.split_once('#').map_or((url.as_str(), None), |(url, part)| (url, Some(part)));
    let sign = if url.contains('?') { '&' } else { '?' };
    let fragment = fragment.map(|part| format!("#{part}")).unwrap_or_default();
    Some(format!("{url}{sign}transactionId={}{fragment}", transaction.id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_digits_of_a_cpf_are_never_shown() {
        assert_eq!(masked("52998224725"), "***.982.247-**");
        assert_eq!(masked(""), "***");
    }
}

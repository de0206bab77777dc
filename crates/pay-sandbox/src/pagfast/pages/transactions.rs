//! The transactions of this sandbox: where each stands, and buttons for what a payer, a bank or the provider's people would do.

use crate::money;
use crate::pages::book::{self, RESEND};
use crate::pages::form::{Form, is_foreign};
use crate::pages::{Visit, layout};
use crate::pagfast::moves::Move;
use crate::pagfast::record;
use crate::pagfast::transaction::{Kind, Transaction, TransactionRecord};
use crate::pagfast::{NAME, State};
use crate::provider::Reply;
use crate::webhooks::Delivery;
use http::{Method, StatusCode};
use maud::{Markup, html};

/// Where the page is.
pub(crate) const TRANSACTIONS: &str = "/_sandbox/pages/pagfast/transactions";

pub(super) fn answer(visit: &Visit<'_>) -> Reply {
    if *visit.method != Method::POST {
        return layout::tools(visit, "Transactions", &list(visit));
    }
    if is_foreign(visit.headers) {
        return layout::foreign(visit);
    }
    let form = Form::read(visit.body);
    let (id, action) = (form.text("id"), form.text("action"));
    // What is gone or has ended meanwhile: the list shows it as it stands.
    if action == RESEND {
        book::resend(visit, NAME, id);
    } else if let Some(by) = Move::named(action) {
        visit.shared.pagfast.press(id, &by);
    }
    layout::redirect(StatusCode::SEE_OTHER, TRANSACTIONS)
}

/// A transaction, and the page on which it is open.
type Row = (TransactionRecord, Option<String>);

fn list(visit: &Visit<'_>) -> Markup {
    html! {
        (layout::heading("Transactions", &html! {
            "The newest first. PagFast has simulators that complete a transaction; all other buttons here are the sandbox's own."
        }))
        (book::list("transaction", &rows(visit), |row| entry(visit, row)))
    }
}

fn rows(visit: &Visit<'_>) -> Vec<Row> {
    let state = visit.shared.pagfast.lock();
    let base = format!("/{NAME}");
    let open = |it: &Transaction| {
        let has_page = it.order.kind != Kind::Withdrawal && it.state.is_open();
        has_page.then(|| record::page_url(&base, it))
    };
    state.book.transactions.iter().map(|it| (it.record(), open(it))).collect()
}

fn entry(visit: &Visit<'_>, (transaction, page): &Row) -> Markup {
    let told = book::last_delivery(visit, NAME, &transaction.id);
    let anybody = if transaction.anonymous { ", of anybody" } else { "" };
    html! {
        div class="log-head" {
            span {
                (badge(transaction.state))
                @if transaction.refunded.is_some() { " " span class="badge warn" { "refunded" } }
                @if transaction.sent_back.is_some() { " " span class="badge warn" { "sent back" } }
            }
            span class="log-what" { strong { "BRL " (money::decimal(transaction.paid_cents, 2)) } " " code { (transaction.id) } }
            span class="muted log-when" { (kind(transaction.kind)) (anybody) " · " (transaction.account) }
        }
        dl class="log-facts" {
            @if let Some(order) = &transaction.order_id { div { dt { "order" } dd { (order) } } }
            @if transaction.editable { div { dt { "amount" } dd { "the payer's choice" } } }
            div { dt { "paid" } dd { (book::times(transaction.charges)) } }
            @if let Some(at) = &transaction.refunded { div { dt { "refund" } dd { time { (at) } } } }
            @if let Some(told) = &told { div { dt { "last webhook" } dd { (book::webhook(told)) } } }
        }
        (book::buttons(TRANSACTIONS, "id", &transaction.id, &actions(transaction, told.as_ref()), page.as_deref()))
    }
}

/// What may still become of a transaction: the action, and what its button says.
fn actions(transaction: &TransactionRecord, told: Option<&Delivery>) -> Vec<(&'static str, &'static str)> {
    let withdraws = transaction.kind == Kind::Withdrawal;
    let mut actions = Vec::new();
    match transaction.state {
        State::Created | State::Registered => {
            if transaction.state == State::Created {
                actions.push(("register", "Register"));
            }
            // Who pays what anybody may pay is said on its page.
            if !transaction.anonymous {
                actions.push(("complete", "Complete"));
            }
            if !withdraws && !transaction.anonymous {
                actions.push(("pay_as_someone_else", "Pay as someone else"));
            }
            actions.extend([("cancel", "Cancel"), ("fail", "Fail")]);
        }
        State::Completed => {
            if transaction.sent_back.is_none() {
                actions.push(("reverse", "Reverse"));
            }
            if withdraws && transaction.sent_back.is_none() {
                actions.push(("send_back", "Send back"));
            }
        }
        State::Reversed | State::Cancelled | State::Error => {}
    }
    if book::can_be_resent(told) {
        actions.push((RESEND, "Resend webhook"));
    }
    actions
}

fn badge(state: State) -> Markup {
    let class = match state {
        State::Completed => "badge ok",
        State::Error => "badge bad",
        State::Created | State::Registered => "badge",
        State::Reversed | State::Cancelled => "badge warn",
    };
    html! { span class=(class) { (state.as_str()) } }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Deposit => "Pix deposit",
        Kind::Withdrawal => "Pix withdrawal",
        Kind::OpenFinance => "Open Finance deposit",
    }
}

//! The transactions of this sandbox: where each stands, and buttons for what a payer, a bank or the provider's people would do.

use crate::money;
use crate::pages::form::{Form, is_foreign};
use crate::pages::{Visit, layout};
use crate::pagfast::moves::Move;
use crate::pagfast::record;
use crate::pagfast::transaction::{Kind, Transaction, TransactionRecord};
use crate::pagfast::{NAME, State};
use crate::provider::Reply;
use crate::webhooks::{Delivery, DeliveryState};
use http::{Method, StatusCode};
use maud::{Markup, html};

/// Where the page is.
pub(crate) const TRANSACTIONS: &str = "/_sandbox/pages/pagfast/transactions";

const SHOWN: usize = 100;
/// The action that is no move.
const RESEND: &str = "resend";

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
        if let Some(delivery) = last_delivery(visit, id) {
            let _ = visit.shared.outbox.resend(delivery.id);
        }
    } else if let Some(by) = Move::named(action) {
        visit.shared.pagfast.press(id, &by);
    }
    layout::redirect(StatusCode::SEE_OTHER, TRANSACTIONS)
}

/// A transaction, and the page on which it is open.
type Row = (TransactionRecord, Option<String>);

fn list(visit: &Visit<'_>) -> Markup {
    let rows = rows(visit);
    let hidden = rows.len().saturating_sub(SHOWN);
    html! {
        (layout::heading("Transactions", &html! {
            "The newest first. PagFast has simulators that complete a transaction; all other buttons here are the sandbox's own."
        }))
        @if rows.is_empty() {
            p class="empty" { "No transaction yet. Create one over the API, then reload this page." }
        } @else {
            ol class="log" {
                @for row in rows.iter().rev().take(SHOWN) { li { (entry(visit, row)) } }
            }
        }
        @if hidden > 0 { p class="muted" { "The ledger has " (hidden) " older ones." } }
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
    let told = last_delivery(visit, &transaction.id);
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
            div { dt { "paid" } dd { (times(transaction.charges)) } }
            @if let Some(at) = &transaction.refunded { div { dt { "refund" } dd { time { (at) } } } }
            @if let Some(told) = &told { div { dt { "last webhook" } dd { (webhook(told)) } } }
        }
        @let actions = actions(transaction, told.as_ref());
        @if !actions.is_empty() || page.is_some() {
            form method="post" action=(TRANSACTIONS) class="buttons row" {
                input type="hidden" name="id" value=(transaction.id);
                @for (action, label) in actions {
                    button class="small" name="action" value=(action) aria-label={ (label) " " (transaction.id) } { (label) }
                }
                @if let Some(page) = page {
                    a class="button small" href=(page) aria-label={ "Open page " (transaction.id) } { "Open page" }
                }
            }
        }
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
    if told.is_some_and(|delivery| delivery.state != DeliveryState::Sending && !delivery.target.is_empty()) {
        actions.push((RESEND, "Resend webhook"));
    }
    actions
}

fn last_delivery(visit: &Visit<'_>, id: &str) -> Option<Delivery> {
    let of = |delivery: &Delivery| delivery.provider == NAME && delivery.subject == id;
    visit.shared.outbox.deliveries().into_iter().rfind(of)
}

fn webhook(told: &Delivery) -> Markup {
    let state = match told.state {
        DeliveryState::Delivered => "delivered",
        DeliveryState::GivenUp | DeliveryState::Refused | DeliveryState::Dropped => "not delivered",
        DeliveryState::Waiting | DeliveryState::Held | DeliveryState::Sending => "on its way",
    };
    html! { (told.event) ", " (state) }
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

fn times(count: u32) -> String {
    match count {
        0 => "never".to_owned(),
        1 => "once".to_owned(),
        more => format!("{more} times"),
    }
}

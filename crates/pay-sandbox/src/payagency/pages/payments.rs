//! The payments of this sandbox: where each stands, and buttons for what a payer, a bank or a merchant would do.

use crate::pages::form::{Form, is_foreign};
use crate::pages::{Visit, layout};
use crate::payagency::hosted::{self, Decision};
use crate::payagency::payment::{CryptoPaid, Kind, Payment, PaymentRecord};
use crate::payagency::status::Status;
use crate::provider::Reply;
use crate::webhooks::{Delivery, DeliveryState};
use http::{Method, StatusCode};
use maud::{Markup, html};

/// Where the page is.
pub(crate) const PAYMENTS: &str = "/_sandbox/pages/payagency/payments";

const SHOWN: usize = 100;
/// The actions that are no decision of a payer.
const CHARGE_BACK: &str = "charge_back";
const RESEND: &str = "resend";

pub(super) fn answer(visit: &Visit<'_>) -> Reply {
    if *visit.method != Method::POST {
        return layout::tools(visit, "Payments", &list(visit));
    }
    if is_foreign(visit.headers) {
        return layout::foreign(visit);
    }
    let form = Form::read(visit.body);
    let (id, action) = (form.text("transaction_id"), form.text("action"));
    // What is gone or has ended meanwhile: the list shows it as it stands.
    match action {
        CHARGE_BACK => drop(visit.shared.payagency.charge_back(id, &visit.shared.clock)),
        RESEND => {
            if let Some(delivery) = last_delivery(visit, id) {
                let _ = visit.shared.outbox.resend(delivery.id);
            }
        }
        _ => {
            if let Some(decision) = Decision::named(action) {
                visit.shared.payagency.decide(id, decision);
            }
        }
    }
    layout::redirect(StatusCode::SEE_OTHER, PAYMENTS)
}

/// A payment, and the page on which it is open.
type Row = (PaymentRecord, Option<String>);

fn list(visit: &Visit<'_>) -> Markup {
    let rows = rows(visit);
    let hidden = rows.len().saturating_sub(SHOWN);
    html! {
        (layout::heading("Payments", &html! {
            "The newest first. One that is open can be ended here as its payer would end it on its page, "
            "and a paid one charged back as the payer's bank would."
        }))
        @if rows.is_empty() {
            p class="empty" { "No payment yet. Create one over the API, then reload this page." }
        } @else {
            ol class="log" {
                @for row in rows.iter().rev().take(SHOWN) { li { (entry(visit, row)) } }
            }
        }
        @if hidden > 0 { p class="muted" { "The ledger has " (hidden) " older ones." } }
    }
}

fn rows(visit: &Visit<'_>) -> Vec<Row> {
    let provider = &visit.shared.payagency;
    let state = provider.lock();
    let base = format!("/{}", crate::payagency::NAME);
    let open = |payment: &Payment| hosted::page_url(&state, payment, &base);
    let payments = state.book.payments.iter();
    payments.map(|payment| (payment.record(), open(payment).filter(|_| payment.status == Status::Redirect))).collect()
}

fn entry(visit: &Visit<'_>, (payment, page): &Row) -> Markup {
    let told = last_delivery(visit, &payment.transaction_id);
    html! {
        div class="log-head" {
            span {
                (badge(payment.status))
                @if payment.refund_date.is_some() { " " span class="badge warn" { "refunded" } }
                @if payment.chargeback_date.is_some() { " " span class="badge bad" { "charged back" } }
            }
            span class="log-what" { strong { (payment.currency) " " (payment.amount) } " " code { (payment.transaction_id) } }
            span class="muted log-when" { (kind(payment.kind)) " · " (payment.environment.as_str()) }
        }
        dl class="log-facts" {
            @if let Some(order) = &payment.order_id { div { dt { "order" } dd { (order) } } }
            @if let Some(card) = &payment.card { div { dt { "card" } dd { code { (card) } } } }
            @if let Some(paid) = payment.crypto_paid { div { dt { "coins" } dd { (coins(paid)) } } }
            div { dt { "charged" } dd { (times(payment.charges)) } }
            @if let Some(at) = &payment.refund_date { div { dt { "refund" } dd { time { (at) } } } }
            @if let Some(at) = &payment.chargeback_date { div { dt { "chargeback" } dd { time { (at) } } } }
            @if let Some(told) = &told { div { dt { "last webhook" } dd { (webhook(told)) } } }
        }
        @let actions = actions(payment, told.as_ref());
        @if !actions.is_empty() || page.is_some() {
            form method="post" action=(PAYMENTS) class="buttons row" {
                input type="hidden" name="transaction_id" value=(payment.transaction_id);
                @for (action, label) in actions {
                    button class="small" name="action" value=(action) aria-label={ (label) " " (payment.transaction_id) } { (label) }
                }
                @if let Some(page) = page {
                    a class="button small" href=(page) aria-label={ "Open page " (payment.transaction_id) } { "Open page" }
                }
            }
        }
    }
}

/// What may still become of a payment: the action, and what its button says.
fn actions(payment: &PaymentRecord, told: Option<&Delivery>) -> Vec<(&'static str, &'static str)> {
    let mut actions = Vec::new();
    if payment.status == Status::Redirect {
        // A hosted card page without a card has nothing that could be approved.
        if payment.kind != Kind::HostedCard || payment.card.is_some() {
            actions.push(("approve", "Approve"));
        }
        actions.extend([("decline", "Decline"), ("abandon", "Abandon")]);
    }
    if payment.status == Status::Success && payment.refund_date.is_none() && payment.chargeback_date.is_none() {
        actions.push((CHARGE_BACK, "Charge back"));
    }
    if told.is_some_and(|delivery| delivery.state != DeliveryState::Sending && !delivery.target.is_empty()) {
        actions.push((RESEND, "Resend webhook"));
    }
    actions
}

fn last_delivery(visit: &Visit<'_>, id: &str) -> Option<Delivery> {
    let of = |delivery: &Delivery| delivery.provider == crate::payagency::NAME && delivery.subject == id;
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

fn badge(status: Status) -> Markup {
    let class = match status {
        Status::Success => "badge ok",
        Status::Failed | Status::Blocked => "badge bad",
        Status::Redirect => "badge",
        Status::Pending | Status::Abandoned => "badge warn",
    };
    html! { span class=(class) { (status.as_str()) } }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Card => "card",
        Kind::HostedCard => "hosted card",
        Kind::Apm => "APM",
        Kind::Link => "link",
        Kind::CryptoPayin => "crypto pay-in",
        Kind::OnRamp => "on-ramp",
        Kind::OffRamp => "off-ramp",
    }
}

fn coins(paid: CryptoPaid) -> &'static str {
    match paid {
        CryptoPaid::Exact => "as asked",
        CryptoPaid::Under => "less than asked",
        CryptoPaid::Over => "more than asked",
    }
}

fn times(count: u32) -> String {
    match count {
        0 => "never".to_owned(),
        1 => "once".to_owned(),
        more => format!("{more} times"),
    }
}

//! The payments of this sandbox: where each stands, and buttons for what a payer, a bank or a merchant would do.

use crate::pages::book::{self, RESEND};
use crate::pages::form::{Form, is_foreign};
use crate::pages::{Visit, layout};
use crate::payagency::NAME;
use crate::payagency::hosted::{self, Decision};
use crate::payagency::payment::{CryptoPaid, Kind, Payment, PaymentRecord};
use crate::payagency::status::Status;
use crate::provider::Reply;
use crate::webhooks::Delivery;
use http::{Method, StatusCode};
use maud::{Markup, html};

/// Where the page is.
pub(crate) const PAYMENTS: &str = "/_sandbox/pages/payagency/payments";

/// The action that is no decision of a payer.
const CHARGE_BACK: &str = "charge_back";

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
        RESEND => book::resend(visit, NAME, id),
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
    html! {
        (layout::heading("Payments", &html! {
            "The newest first. One that is open can be ended here as its payer would end it on its page, "
            "and a paid one charged back as the payer's bank would."
        }))
        (book::list("payment", &rows(visit), |row| entry(visit, row)))
    }
}

fn rows(visit: &Visit<'_>) -> Vec<Row> {
    let provider = &visit.shared.payagency;
    let state = provider.lock();
    let base = format!("/{NAME}");
    let open = |payment: &Payment| hosted::page_url(&state, payment, &base);
    let payments = state.book.payments.iter();
    payments.map(|payment| (payment.record(), open(payment).filter(|_| payment.status == Status::Redirect))).collect()
}

fn entry(visit: &Visit<'_>, (payment, page): &Row) -> Markup {
    let told = book::last_delivery(visit, NAME, &payment.transaction_id);
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
            div { dt { "charged" } dd { (book::times(payment.charges)) } }
            @if let Some(at) = &payment.refund_date { div { dt { "refund" } dd { time { (at) } } } }
            @if let Some(at) = &payment.chargeback_date { div { dt { "chargeback" } dd { time { (at) } } } }
            @if let Some(told) = &told { div { dt { "last webhook" } dd { (book::webhook(told)) } } }
        }
        @let actions = actions(payment, told.as_ref());
        (book::buttons(PAYMENTS, "transaction_id", &payment.transaction_id, &actions, page.as_deref()))
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
    if book::can_be_resent(told) {
        actions.push((RESEND, "Resend webhook"));
    }
    actions
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

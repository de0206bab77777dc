//! The delivery log: every webhook, what became of it, and a button that sends it once more.

use super::nav::{DELIVERIES, PROVIDERS};
use super::{Visit, form, layout};
use crate::provider::Reply;
use crate::webhooks::{Attempt, Delivery, DeliveryState};
use http::StatusCode;
use maud::{Markup, html};

const SHOWN: usize = 100;

/// Sends one delivery once more, then shows the log again.
pub(super) fn resend(visit: &Visit<'_>) -> Reply {
    if form::is_foreign(visit.headers) {
        return layout::foreign(visit);
    }
    let id = form::Form::read(visit.body).text("id").parse::<u64>().ok();
    if let Some(Err(error)) = id.map(|id| visit.shared.outbox.resend(id)) {
        let main = html! {
            h1 { "Not sent" }
            p { (error) }
            p { a class="button" href=(DELIVERIES) { "To the delivery log" } }
        };
        return Reply { status: StatusCode::CONFLICT, ..layout::tools(visit, "Not sent", &main) };
    }
    layout::redirect(StatusCode::SEE_OTHER, DELIVERIES)
}

pub(super) fn show(visit: &Visit<'_>) -> Reply {
    let before = visit.query("before").and_then(|id| id.parse::<u64>().ok());
    let mut deliveries = visit.shared.outbox.deliveries();
    deliveries.reverse();
    deliveries.retain(|delivery| before.is_none_or(|id| delivery.id < id));
    let older = (deliveries.len() > SHOWN).then(|| deliveries[SHOWN - 1].id);
    deliveries.truncate(SHOWN);

    let main = html! {
        (layout::heading("Deliveries", &html! {
            "Webhooks to the merchant, the newest first. Bodies are shown without personal data, addresses without their query, and signatures not at all. "
            "When and how often a delivery is tried again is invented: no provider publishes all of it."
        }))
        @if deliveries.is_empty() {
            p class="empty" { "No webhook yet. One is sent when a payment changes; reload this page then." }
        } @else {
            ol class="log" { @for delivery in &deliveries { li { (entry(delivery)) } } }
        }
        @if let Some(id) = older { p { a class="button" href={ (DELIVERIES) "?before=" (id) } { "Older" } } }
    };
    layout::tools(visit, "Deliveries", &main)
}

fn entry(delivery: &Delivery) -> Markup {
    let provider = PROVIDERS.iter().find(|provider| provider.name == delivery.provider);
    html! {
        div class="log-head" {
            (state(delivery.state))
            span class="log-what" { strong { (delivery.event) } " " code { (delivery.subject) } }
            span class="muted log-when" { "#" (delivery.id) " · " (provider.map_or(delivery.provider, |it| it.title)) }
        }
        dl class="log-facts" {
            div { dt { "to" } dd { @if delivery.target.is_empty() { "nowhere" } @else { code { (delivery.target) } } } }
            @if let Some(next) = &delivery.next_attempt { div { dt { "next try" } dd { time { (next) } } } }
            @if let Some(why) = &delivery.refused { div { dt { "why" } dd { (why) } } }
            @if let Some(fault) = delivery.fault { div { dt { "rule" } dd { span class="badge warn" { (fault) } } } }
            @if let Some(original) = delivery.copy_of { div { dt { "copy of" } dd { "#" (original) } } }
        }
        @if !delivery.attempts.is_empty() {
            ol class="tries" aria-label="Attempts" { @for attempt in &delivery.attempts { li { (tried(attempt)) } } }
        }
        div class="log-end" {
            details { summary { "Body" } pre tabindex="0" { (delivery.body) } }
            @if delivery.state != DeliveryState::Sending && !delivery.target.is_empty() {
                form method="post" action=(DELIVERIES) {
                    input type="hidden" name="id" value=(delivery.id);
                    button class="small" aria-label={ "Resend #" (delivery.id) } { "Resend" }
                }
            }
        }
    }
}

fn tried(attempt: &Attempt) -> Markup {
    html! {
        time { (attempt.at) } " "
        @if let Some(status) = attempt.status { "answered " strong { (status) } }
        @if let Some(error) = &attempt.error { (error) }
    }
}

fn state(state: DeliveryState) -> Markup {
    let (class, words) = match state {
        DeliveryState::Waiting => ("badge warn", "waiting"),
        DeliveryState::Held => ("badge warn", "held back"),
        DeliveryState::Sending => ("badge", "on its way"),
        DeliveryState::Delivered => ("badge ok", "delivered"),
        DeliveryState::GivenUp => ("badge bad", "given up"),
        DeliveryState::Refused => ("badge bad", "refused"),
        DeliveryState::Dropped => ("badge bad", "dropped"),
    };
    html! { span class=(class) { (words) } }
}

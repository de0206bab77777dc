//! What the lists of payments have in common: entries, the buttons of each, and its last webhook.

use super::Visit;
use crate::webhooks::{Delivery, DeliveryState};
use maud::{Markup, html};

/// How many entries a list shows.
const SHOWN: usize = 100;
/// The action that sends the last webhook of an entry again.
pub(crate) const RESEND: &str = "resend";

/// The rows of a ledger, the newest first. `one` is what a row is.
pub(crate) fn list<T>(one: &str, rows: &[T], entry: impl Fn(&T) -> Markup) -> Markup {
    let hidden = rows.len().saturating_sub(SHOWN);
    html! {
        @if rows.is_empty() {
            p class="empty" { "No " (one) " yet. Create one over the API, then reload this page." }
        } @else {
            ol class="log" { @for row in rows.iter().rev().take(SHOWN) { li { (entry(row)) } } }
        }
        @if hidden > 0 { p class="muted" { "The ledger has " (hidden) " older ones." } }
    }
}

/// The buttons of one entry, and a link to its page. `name` is the field that carries its id.
pub(crate) fn buttons(to: &str, name: &str, id: &str, actions: &[(&str, &str)], page: Option<&str>) -> Markup {
    html! {
        @if !actions.is_empty() || page.is_some() {
            form method="post" action=(to) class="buttons row" {
                input type="hidden" name=(name) value=(id);
                @for (action, label) in actions {
                    button class="small" name="action" value=(action) aria-label={ (label) " " (id) } { (label) }
                }
                @if let Some(page) = page {
                    a class="button small" href=(page) aria-label={ "Open page " (id) } { "Open page" }
                }
            }
        }
    }
}

/// The newest delivery about one of a provider's subjects.
pub(crate) fn last_delivery(visit: &Visit<'_>, provider: &str, id: &str) -> Option<Delivery> {
    let of = |delivery: &Delivery| delivery.provider == provider && delivery.subject == id;
    visit.shared.outbox.deliveries().into_iter().rfind(of)
}

/// Sends the newest delivery about it again.
pub(crate) fn resend(visit: &Visit<'_>, provider: &str, id: &str) {
    if let Some(delivery) = last_delivery(visit, provider, id) {
        // It may be gone meanwhile: the list shows what there is.
        let _ = visit.shared.outbox.resend(delivery.id);
    }
}

/// Whether a delivery can be sent again.
pub(crate) fn can_be_resent(told: Option<&Delivery>) -> bool {
    told.is_some_and(|delivery| delivery.state != DeliveryState::Sending && !delivery.target.is_empty())
}

/// What became of a delivery.
pub(crate) fn webhook(told: &Delivery) -> Markup {
    let state = match told.state {
        DeliveryState::Delivered => "delivered",
        DeliveryState::GivenUp | DeliveryState::Refused | DeliveryState::Dropped => "not delivered",
        DeliveryState::Waiting | DeliveryState::Held | DeliveryState::Sending => "on its way",
    };
    html! { (told.event) ", " (state) }
}

/// A count in words.
pub(crate) fn times(count: u32) -> String {
    match count {
        0 => "never".to_owned(),
        1 => "once".to_owned(),
        more => format!("{more} times"),
    }
}

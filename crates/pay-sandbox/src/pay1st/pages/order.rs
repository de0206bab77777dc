//! What is paid, to whom, and by which method: the upper half of the hosted page.

use crate::pay1st::Checkout;
use maud::{Markup, html};

/// The amount with its currency.
pub(super) fn total(order: &Checkout) -> String {
    format!("{} {}", order.currency, order.amount)
}

pub(super) fn summary(order: &Checkout) -> Markup {
    html! {
        div class="order" {
            p class="muted" { "To " strong { (order.merchant) } }
            h1 { span class="muted" { "Pay " } (total(order)) }
            ul { @for title in &order.titles { li { (title) } } }
            p class="muted small" { "Reference " code { (order.reference) } }
        }
    }
}

/// The method that the link names, or a choice among all of the country. `chosen` is a channel id.
pub(super) fn methods(order: &Checkout, chosen: Option<u32>, error: Option<&str>) -> Markup {
    if let Some(channel) = order.channel {
        return html! {
            section class="chosen" aria-labelledby="method" {
                h2 id="method" { "Payment method" }
                p { strong { (channel.name) } span class="muted" { ", chosen in the shop" } }
            }
        };
    }
    if order.groups.is_empty() {
        return html! { p class="muted" { "The sandbox knows no payment method of " (order.country) ", so none is asked for." } };
    }
    let channels = order.groups.iter().map(|(_, channels)| channels);
    let first = channels.flatten().next().map(|channel| channel.id);
    html! {
        fieldset aria-describedby=[error.map(|_| "field-channelId-error")] {
            legend { "Payment method" }
            @if let Some(error) = error { p class="error" id="field-channelId-error" { (error) } }
            @for (group, channels) in &order.groups {
                h2 class="group" { (group.name()) }
                @for channel in channels {
                    // The list of what is wrong leads to the first one.
                    @let id = if first == Some(channel.id) { "field-channelId".to_owned() } else { format!("channel-{}", channel.id) };
                    div class="method" {
                        input type="radio" name="channelId" id=(id) value=(channel.id) required
                            checked[chosen == Some(channel.id)];
                        label for=(id) { (channel.name) }
                    }
                }
            }
        }
    }
}

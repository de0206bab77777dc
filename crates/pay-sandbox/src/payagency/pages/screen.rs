//! What a hosted page looks like while its payment is open.

use super::card;
use super::look::Look;
use super::payer::PayerForm;
use super::shown::Shown;
use crate::pages::form::{Field, problems};
use crate::payagency::cards::{Behaviour, TEST_CARDS};
use maud::{Markup, html};

/// What is wrong, by field of the page.
pub(super) type Errors<'a> = &'a [(&'static str, &'static str)];

/// What was typed so far; never a card. No `Debug`: it is personal data.
#[derive(Default)]
pub(super) struct Filled {
    pub(super) payer: PayerForm,
    pub(super) amount: String,
    pub(super) currency: String,
}

/// The form goes to the page's own address, so that the id in it is looked up again.
pub(super) fn draw(look: &Look, shown: &Shown<'_>, filled: &Filled, errors: Errors<'_>) -> Markup {
    html! {
        (summary(look, shown))
        (problems(errors))
        form method="post" {
            @if let Some(about) = &look.about { p class="about" { (about) } }
            @if shown.amount.is_none() || shown.currency.is_none() { (price(shown, filled, errors)) }
            @if look.asks_payer { (filled.payer.draw(errors)) }
            @if look.asks_card { (card::draw(errors)) }
            div class="pay" {
                button class="main" name="action" value=(look.main.0) { (look.main.1) }
                @for (action, label) in &look.beside { button name="action" value=(action) { (label) } }
            }
            @if !look.otherwise.is_empty() {
                section class="otherwise" aria-labelledby="otherwise" {
                    h2 id="otherwise" { "Or end it another way" }
                    p class="muted small" { "The sandbox's own buttons: the real page has its own ways to come to such an end." }
                    div class="buttons" {
                        @for (action, label) in &look.otherwise {
                            button name="action" value=(action) formnovalidate { (label) }
                        }
                    }
                }
            }
        }
        @if look.asks_card { (test_cards()) }
    }
}

/// What is paid, and to whom.
fn summary(look: &Look, shown: &Shown<'_>) -> Markup {
    html! {
        div class="order" {
            p class="muted" { "To " strong { (shown.merchant) } }
            h1 {
                @if let Some(total) = shown.total() { span class="muted" { (look.verb) " " } (total) } @else { (look.title) }
            }
            dl class="order-facts" {
                @if let Some(order) = shown.order_id { div { dt { "Order" } dd { code { (order) } } } }
                @if let Some(card) = shown.card { div { dt { "Card" } dd { code { (card) } } } }
                div { dt { (shown.id_of) } dd { code { (shown.id) } } }
                div { dt { "Environment" } dd { (shown.environment.as_str()) } }
            }
        }
    }
}

/// What a link leaves to its payer.
fn price(shown: &Shown<'_>, filled: &Filled, errors: Errors<'_>) -> Markup {
    let error = |name: &str| errors.iter().find(|(wrong, _)| *wrong == name).map(|(_, what)| *what);
    let amount = Field {
        name: "amount",
        label: "Amount",
        kind: "text",
        inputmode: Some("decimal"),
        autocomplete: "transaction-amount",
        maxlength: Some(20),
        hint: Some("Such as 12.50"),
        value: &filled.amount,
        required: true,
        error: error("amount"),
    };
    let currency = Field {
        name: "currency",
        label: "Currency",
        kind: "text",
        autocomplete: "transaction-currency",
        maxlength: Some(3),
        hint: Some("Three letters, such as GBP"),
        value: &filled.currency,
        required: true,
        error: error("currency"),
        ..Field::default()
    };
    html! {
        fieldset {
            legend { "How much" }
            div class="halves" {
                @if shown.amount.is_none() { (amount.draw()) }
                @if shown.currency.is_none() { (currency.draw()) }
            }
        }
    }
}

/// The sandbox's cards as they may be shown: ten digits at most.
fn test_cards() -> Markup {
    html! {
        details class="test-cards" {
            summary { "Which cards can be used here" }
            p class="small" {
                "Never a real one. Whole numbers stand in the guide to the sandbox, not on its pages; what each does is our choice."
            }
            dl class="log-facts" {
                @for (number, does) in TEST_CARDS {
                    @let parts = number.split_at_checked(6).zip(number.get(number.len().saturating_sub(4)..));
                    @if let Some(((first, _), last)) = parts {
                        div { dt { code { (first) "…" (last) } } dd { (words(does)) } }
                    }
                }
            }
        }
    }
}

fn words(does: Behaviour) -> &'static str {
    match does {
        Behaviour::Success => "paid at once",
        Behaviour::ThreeDs => "3-D Secure",
        Behaviour::ThreeDsDeclined => "3-D Secure, then declined",
        Behaviour::Decline => "declined",
        Behaviour::Blocked => "blocked",
        Behaviour::Pending => "pending, then paid",
    }
}

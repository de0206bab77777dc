//! Pages on which nothing can be paid: the transaction has ended, or there is none.

use super::TITLE;
use crate::pages::layout;
use crate::pagfast::checkout::View;
use crate::pagfast::status::State;
use crate::provider::Reply;
use http::StatusCode;
use maud::{Markup, html};

/// A transaction that is not open. Where its payer belongs is a link here: nothing sends them there twice.
pub(super) fn ended(view: &View) -> Reply {
    let (class, heading, words) = match view.state {
        State::Completed => ("ok", "This deposit is paid", "It was paid once and cannot be paid again."),
        State::Reversed => ("warn", "This deposit was reversed", "It was paid, and all of it went back to its payer."),
        State::Cancelled => ("warn", "This deposit was cancelled", "Nothing was paid."),
        State::Error if view.refunded => (
            "bad",
            "This deposit was refused",
            "Somebody else than the payer has paid. The money went back to them; nobody has to do anything.",
        ),
        State::Error => ("bad", "This deposit has failed", "Nothing was paid. The shop has to begin a new one."),
        State::Created | State::Registered => ("warn", "This deposit is open", "Nothing was paid yet."),
    };
    let main = html! {
        div class="card result" {
            span class={ "badge " (class) } { (view.state.as_str()) }
            h1 { (heading) }
            p { (words) }
            dl class="facts" {
                dt { "Merchant" } dd { (view.merchant) }
                dt { "Amount" } dd { "BRL " (view.amount) }
                @if let Some(order) = &view.order_id { dt { "Order" } dd { code { (order) } } }
                dt { "Transaction" } dd { code { (view.id) } }
            }
            @if let Some(back) = &view.redirect {
                p { a class="button" href=(back) rel="noreferrer" { "Back to the shop" } }
            }
        }
    };
    layout::hosted(TITLE, heading, layout::NOWHERE, &main)
}

/// An address whose ids belong to nothing.
pub(super) fn nothing_here() -> Reply {
    page(StatusCode::NOT_FOUND, "No such deposit", &html! { p { "Nothing has the ids of this address." } })
}

/// A form that another site sent, or that says nothing this page knows.
pub(super) fn not_from_here(status: StatusCode) -> Reply {
    page(status, "Nothing was done", &layout::not_from_here())
}

fn page(status: StatusCode, heading: &str, words: &Markup) -> Reply {
    layout::cannot(TITLE, status, heading, words).assume("what a page that cannot be opened shows")
}

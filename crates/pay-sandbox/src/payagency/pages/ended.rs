//! Pages on which nothing can be paid: the payment has ended, or there is none.

use super::TITLE;
use super::shown::Shown;
use crate::pages::layout;
use crate::payagency::hosted::PaymentView;
use crate::payagency::status::Status;
use crate::provider::Reply;
use http::StatusCode;
use maud::{Markup, html};

/// A payment that is not open. Where its payer belongs is a link here: nothing sends them there twice.
pub(super) fn ended(payment: &PaymentView) -> Reply {
    let (class, heading, words) = match payment.status {
        Status::Success => ("ok", "This payment is completed", "It was paid once and cannot be paid again."),
        Status::Pending => ("warn", "This payment is being processed", "It ends by itself; its status tells how."),
        Status::Failed => {
            ("bad", "This payment has failed", "Nothing was charged. The shop has to begin a new payment.")
        }
        Status::Blocked => ("bad", "This payment was blocked", "The provider's rules stopped it. Nothing was charged."),
        Status::Abandoned => ("warn", "This payment was abandoned", "Its payer went away, and nothing was charged."),
        Status::Redirect => ("warn", "This payment is open", "Nothing was charged yet."),
    };
    let main = html! {
        div class="card result" {
            span class={ "badge " (class) } { (payment.status.as_str()) }
            h1 { (heading) }
            p { (words) }
            dl class="facts" {
                dt { "Merchant" } dd { (payment.merchant) }
                @if let Some(total) = Shown::from(payment).total() { dt { "Amount" } dd { (total) } }
                @if let Some(order) = &payment.order_id { dt { "Order" } dd { code { (order) } } }
                dt { "Transaction" } dd { code { (payment.transaction_id) } }
            }
            @if let Some(back) = &payment.redirect {
                p { a class="button" href=(back) rel="noreferrer" { "Back to the shop" } }
            } @else if payment.status != Status::Abandoned {
                p class="muted" { "The shop named no web address to go back to." }
            }
        }
    };
    layout::hosted(TITLE, heading, layout::NOWHERE, &main)
}

/// A page whose id belongs to nothing.
pub(super) fn nothing_here() -> Reply {
    page(StatusCode::NOT_FOUND, "No such payment", &html! { p { "Nothing has the id of this address." } })
}

/// A link whose last day is over.
pub(super) fn expired() -> Reply {
    page(
        StatusCode::GONE,
        "This link has expired",
        &html! { p { "Its last day is over. The shop can make a new link." } },
    )
}

/// A form that another site sent, or that says nothing this page knows.
pub(super) fn not_from_here(status: StatusCode) -> Reply {
    page(status, "Nothing was done", &layout::not_from_here())
}

fn page(status: StatusCode, heading: &str, words: &Markup) -> Reply {
    layout::cannot(TITLE, status, heading, words).assume("what a page that cannot be opened shows")
}

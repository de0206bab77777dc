//! Pages on which nothing can be paid: the payment has ended, waits, or may not be opened by this link.

use super::TITLE;
use super::order::total;
use crate::pages::layout;
use crate::pay1st::{Checkout, LinkFault, Status};
use crate::provider::Reply;
use http::StatusCode;
use maud::{Markup, html};

/// A payment that is not open. Where its customer belongs is a link here: nothing sends them there twice.
pub(super) fn ended(order: &Checkout) -> Reply {
    let (class, heading, words) = match order.status {
        Status::Successful => ("ok", "This payment is already completed", "It was paid once and cannot be paid again."),
        Status::Pending => (
            "warn",
            "This payment is waiting",
            "Its customer chose to pay later. It can be completed on the sandbox's page of payments.",
        ),
        Status::Failed => {
            ("bad", "This payment has failed", "Nothing was charged. The shop has to begin a new payment.")
        }
        Status::Cancelled => ("warn", "This payment was cancelled", "Nothing was charged."),
        Status::Abandoned => ("warn", "This payment was abandoned", "Its session has ended, and nothing was charged."),
        Status::New => ("warn", "This payment is open", "Nothing was charged yet."),
    };
    let main = html! {
        div class="card result" {
            span class={ "badge " (class) } { (order.status.as_str()) }
            h1 { (heading) }
            p { (words) }
            dl class="facts" {
                dt { "Merchant" } dd { (order.merchant) }
                dt { "Amount" } dd { (total(order)) }
                dt { "Reference" } dd { code { (order.reference) } }
            }
            @if let Some(back) = &order.redirect {
                p { a class="button" href=(back) rel="noreferrer" { "Back to the shop" } }
            } @else if order.status != Status::Abandoned {
                p class="muted" { "The shop names no web address for this end, neither with the payment nor in the settings." }
            }
        }
    };
    layout::hosted(TITLE, heading, layout::NOWHERE, &main)
}

/// A link whose token is not good.
pub(super) fn refused(fault: LinkFault) -> Reply {
    page(StatusCode::UNAUTHORIZED, "This link cannot be opened", &reason(fault))
}

/// A link with a good token to a payment that does not exist.
pub(super) fn no_payment() -> Reply {
    page(
        StatusCode::NOT_FOUND,
        "No such payment",
        &html! { p { "No payment has the " code { "reference" } " of this link." } },
    )
}

/// A form that another site sent, or that says nothing this page knows.
pub(super) fn not_from_here(status: StatusCode) -> Reply {
    page(status, "Nothing was done", &layout::not_from_here())
}

fn page(status: StatusCode, heading: &str, words: &Markup) -> Reply {
    layout::cannot(TITLE, status, heading, words).assume("what a link that cannot be opened shows")
}

fn reason(fault: LinkFault) -> Markup {
    let name = html! { code { "accessToken" } };
    match fault {
        LinkFault::Missing => html! { p { "It has no " (name) "." } },
        LinkFault::Wrong => html! { p { "Its " (name) " is no token of this sandbox." } },
        LinkFault::Expired => html! {
            p { "Its " (name) " has expired, or was replaced by a newer one. The shop can build a new link." }
        },
        LinkFault::Mangled(how) => html! {
            p { "Its " (name) " would be right, but was spoilt on its way." }
            p class="hint-box" { strong { "What happened: " } (how) "." }
            p {
                "Every value of a link is percent-encoded, once: " code { "=" } " as " code { "%3D" } ", "
                code { "+" } " as " code { "%2B" } ", " code { "/" } " as " code { "%2F" } "."
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order() -> Checkout {
        Checkout {
            merchant: "Sandbox Games",
            reference: "C-1-P".to_owned(),
            partner_reference: "order".to_owned(),
            amount: "100".to_owned(),
            currency: "<script>alert(1)</script>".to_owned(),
            country: "NG".to_owned(),
            titles: Vec::new(),
            status: Status::Successful,
            channel: None,
            groups: Vec::new(),
            redirect: Some("https://shop.example/\"><b>".to_owned()),
        }
    }

    fn text(reply: &Reply) -> String {
        String::from_utf8(reply.body.to_vec()).unwrap()
    }

    #[test]
    fn what_a_merchant_sent_is_escaped() {
        let page = text(&ended(&order()));
        assert!(page.contains("href=\"https://shop.example/&quot;&gt;&lt;b&gt;\""), "{page}");
        assert!(!page.contains("<script"), "{page}");
    }

    #[test]
    fn each_end_has_words_of_its_own() {
        let all = [Status::Successful, Status::Pending, Status::Failed, Status::Cancelled, Status::Abandoned];
        let pages: std::collections::HashSet<String> =
            all.iter().map(|status| text(&ended(&Checkout { status: *status, ..order() }))).collect();
        assert_eq!(pages.len(), all.len());
    }

    #[test]
    fn each_refusal_has_its_status_and_only_one_speaks_of_escaping() {
        let mangled = LinkFault::Mangled("the token was percent-encoded twice");
        for fault in [LinkFault::Missing, LinkFault::Wrong, LinkFault::Expired, mangled] {
            let page = refused(fault);
            assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{fault:?}");
            assert_eq!(text(&page).contains("%3D"), fault == mangled, "{fault:?}");
        }
        assert_eq!(no_payment().status, StatusCode::NOT_FOUND);
    }
}

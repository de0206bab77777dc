//! Pages of the consent address on which nothing can be decided.

use super::TITLE;
use crate::paga_connect::authorize::{Problem, Query};
use crate::paga_connect::params::get;
use crate::pages::layout;
use crate::provider::Reply;
use crate::request_log::legible;
use http::StatusCode;
use maud::{Markup, html};

/// Client or redirect are not known: whoever sent the browser is not answered, and it is led nowhere.
pub(super) fn nowhere(problem: Problem, query: &Query) -> Reply {
    let words = html! {
        p { "The site that sent you here asked in a way that cannot be answered. You are not sent back: the address for that cannot be trusted." }
        h2 class="asks" { "For its developers" }
        p { "What is wrong: " (problem.words()) "." }
        dl class="facts" {
            @for name in ["client_id", "redirect_uri"] {
                dt { (name) }
                dd { @if let Some(value) = get(query, name) { code { (legible(value)) } } @else { "missing" } }
            }
        }
    };
    page(StatusCode::BAD_REQUEST, "This request leads nowhere", &words)
}

/// A form that another site sent, or that says nothing this page knows.
pub(super) fn nothing_done(status: StatusCode) -> Reply {
    page(status, "Nothing was done", &layout::not_from_here())
}

/// A form whose token does not belong to the browser's session.
pub(super) fn not_this_browser() -> Reply {
    let words = html! {
        p { "The page was drawn for another browser or for an earlier visit, or this browser takes no cookies." }
        p { "Go back to the shop and begin again." }
    };
    page(StatusCode::FORBIDDEN, "Nothing was done", &words)
}

fn page(status: StatusCode, heading: &str, words: &Markup) -> Reply {
    layout::cannot(TITLE, status, heading, words).assume("that this is a page and no redirect")
}

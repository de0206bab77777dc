//! The frame of every page, and the headers that keep it to itself.

use super::nav::{DELIVERIES, PAGES, PROVIDERS, REQUESTS, provider_of};
use super::{Visit, assets};
use crate::provider::Reply;
use bytes::Bytes;
use http::StatusCode;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, LOCATION, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use maud::{DOCTYPE, Markup, html};

/// A page of the sandbox itself, with the way to the others.
pub(crate) fn tools(visit: &Visit<'_>, title: &str, main: &Markup) -> Reply {
    let here = visit.path.trim_end_matches('/');
    let provider = provider_of(here);
    let home = [PAGES, "/_sandbox", ""].contains(&here);
    let current = |is: bool| is.then_some("page");
    let body = html! {
        header class="bar" {
            div class="wide bar-row" {
                a class="brand" href="/" { "pay-sandbox" }
                nav aria-label="Pages" {
                    ul {
                        li { a href="/" aria-current=[current(home)] { "Home" } }
                        li { a href=(REQUESTS) aria-current=[current(here == REQUESTS)] { "Requests" } }
                        li { a href=(DELIVERIES) aria-current=[current(here == DELIVERIES)] { "Deliveries" } }
                        @for (other, first) in PROVIDERS.iter().filter_map(|it| Some((it, it.links.first()?))) {
                            li {
                                a href=(first.1) aria-current=[provider.is_some_and(|it| it.name == other.name).then_some("true")] {
                                    (other.title)
                                }
                            }
                        }
                    }
                }
            }
        }
        @if let Some(provider) = provider {
            nav class="sub" aria-label=(provider.title) {
                ul class="wide" {
                    @for (label, address) in provider.links {
                        li { a href=(address) aria-current=[current(here == *address)] { (label) } }
                    }
                }
            }
        }
        main class="wide" { (main) }
        footer class="wide foot" {
            p { "Unofficial, built from public documents. No provider made, checked or endorsed it. No money moves." }
        }
    };
    html_reply(&document(&format!("{title} · pay-sandbox"), "tools", &body), "'self'")
}

/// A page that a provider would host. `provider` is its name among people, `targets` what the page's forms may lead to.
pub(crate) fn hosted(provider: &str, title: &str, targets: &str, main: &Markup) -> Reply {
    let body = html! {
        header class="notice" {
            p class="narrow" {
                strong { "Sandbox." }
                " This plays " (provider) " on your machine. It is not made by " (provider) ", and no money moves."
            }
        }
        main class="narrow" { (main) }
        footer class="narrow foot" {
            p { "Drawn by " a href="/" { "pay-sandbox" } "; the real page looks different." }
        }
    };
    html_reply(&document(&format!("{title} · {provider} sandbox"), "hosted", &body), targets)
        .assume("what the hosted page looks like and says")
}

/// What forms may lead to on a page that has none.
pub(crate) const NOWHERE: &str = "'none'";

/// A hosted page on which nothing can be done, and what it says.
pub(crate) fn cannot(provider: &str, status: StatusCode, heading: &str, words: &Markup) -> Reply {
    let main = html! {
        div class="card result" {
            span class="badge bad" { (status.as_u16()) }
            h1 { (heading) }
            (words)
        }
    };
    Reply { status, ..hosted(provider, heading, NOWHERE, &main) }
}

/// Words for a form that another site sent, or that says nothing its page knows.
pub(crate) fn not_from_here() -> Markup {
    html! { p { "This form was not sent by one of the page's own buttons." } }
}

/// Sends the browser elsewhere. An address that no header can carry leads nowhere.
pub(crate) fn redirect(status: StatusCode, address: &str) -> Reply {
    let mut reply = html_reply(&html! {}, "'none'");
    if let Ok(address) = HeaderValue::from_str(address) {
        reply.status = status;
        reply.headers.push((LOCATION, address));
    }
    reply
}

/// A page that does not exist.
pub(crate) fn not_found(visit: &Visit<'_>) -> Reply {
    let main = html! {
        h1 { "There is no such page" }
        p { "The sandbox has nothing at this address." }
        p { a class="button" href="/" { "To the start page" } }
    };
    Reply { status: StatusCode::NOT_FOUND, ..tools(visit, "Not found", &main) }
}

/// The answer to a form that another site sent.
pub(crate) fn foreign(visit: &Visit<'_>) -> Reply {
    let main = html! {
        h1 { "Not from here" }
        p { "This form was sent by a page of another site, so nothing was done." }
        p { a class="button" href="/" { "To the start page" } }
    };
    Reply { status: StatusCode::FORBIDDEN, ..tools(visit, "Not from here", &main) }
}

/// The start of each page: its name, and what stands beside it.
pub(crate) fn heading(title: &str, about: &Markup) -> Markup {
    html! {
        div class="heading" {
            h1 { (title) }
            p class="muted" { (about) }
        }
    }
}

fn document(title: &str, class: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                meta name="color-scheme" content="light dark";
                title { (title) }
                link rel="icon" href=(assets::ICON);
                link rel="stylesheet" href=(assets::STYLE);
            }
            body class=(class) { (body) }
        }
    }
}

const FRAMES: HeaderName = HeaderName::from_static("x-frame-options");

fn html_reply(markup: &Markup, targets: &str) -> Reply {
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action {targets}; base-uri 'none'; \
         frame-ancestors 'none'"
    );
    // A target that no header can carry may not be led to either.
    let policy = HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"));
    Reply {
        status: StatusCode::OK,
        content_type: "text/html; charset=utf-8".to_owned(),
        retry_after: None,
        wait_for: None,
        headers: vec![
            (CONTENT_SECURITY_POLICY, policy),
            // A checkout's address holds a token, so no other site learns it.
            (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
            (CACHE_CONTROL, HeaderValue::from_static("no-store")),
            (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
            (FRAMES, HeaderValue::from_static("DENY")),
        ],
        body: Bytes::from(markup.0.clone()),
        assumed: Vec::new(),
        violation: None,
    }
}

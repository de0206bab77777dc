//! The sandbox's pages for people: plain HTML that works without JavaScript.
//!
//! - `layout` frames every page and sets its headers; nothing but its style sheet and icon is ever loaded
//! - `form` reads what a form sent, and draws its fields
//! - `book` draws lists of payments, with buttons and webhooks
//! - `nav` knows which pages there are
//! - `home`, `requests` and `deliveries` are the pages that belong to no provider; each provider has its own beside its code
//!
//! Markup is written with `maud`, which escapes every text; nothing here prints raw HTML.

mod assets;
pub(crate) mod book;
mod deliveries;
pub(crate) mod form;
mod home;
pub(crate) mod layout;
mod nav;
mod requests;

use crate::provider::Reply;
use crate::sandbox::Shared;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, Method};

/// A request to a page, with what a page may want to know of it.
pub(crate) struct Visit<'a> {
    pub(crate) shared: &'a Shared,
    pub(crate) method: &'a Method,
    pub(crate) path: &'a str,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a Bytes,
}

impl Visit<'_> {
    /// A query parameter.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Answers a request to the sandbox's own pages; `None`: it is meant for the control plane.
pub(crate) fn answer(shared: &Shared, head: &Parts, body: &Bytes) -> Option<Reply> {
    let path = head.uri.path();
    let query = form_urlencoded::parse(head.uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let visit = Visit { shared, method: &head.method, path, query, headers: &head.headers, body };
    let page = match path.trim_end_matches('/') {
        "" | "/_sandbox" | nav::PAGES if reads(&head.method) => home::show(&visit),
        home::CLOCK if *visit.method == Method::POST => home::move_clock(&visit),
        nav::REQUESTS if reads(&head.method) => requests::show(&visit),
        assets::STYLE => assets::style(),
        assets::ICON => assets::icon(),
        nav::DELIVERIES if *visit.method == Method::POST => deliveries::resend(&visit),
        nav::DELIVERIES if reads(&head.method) => deliveries::show(&visit),
        below if below.starts_with(nav::PAGES) => provider_page(&visit),
        _ => return None,
    };
    Some(page)
}

/// The pages of one provider, at `/_sandbox/pages/PROVIDER/...`.
fn provider_page(visit: &Visit<'_>) -> Reply {
    match nav::provider_of(visit.path) {
        Some(provider) if provider.name == crate::pay1st::NAME => crate::pay1st::pages::answer(visit),
        Some(provider) if provider.name == crate::payagency::NAME => crate::payagency::pages::tools(visit),
        Some(provider) if provider.name == crate::pagfast::NAME => crate::pagfast::pages::tools(visit),
        Some(provider) if provider.name == crate::paga_connect::NAME => crate::paga_connect::pages::tools(visit),
        _ => layout::not_found(visit),
    }
}

fn reads(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

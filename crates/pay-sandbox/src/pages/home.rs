//! The start page: what runs here, and the way to all of it.

use super::nav::{PROVIDERS, REQUESTS};
use super::{Visit, form, layout};
use crate::provider::Reply;
use http::StatusCode;
use http::header::HOST;
use maud::{Markup, html};
use std::time::Duration;

/// Where the form that moves the clock leads.
pub(super) const CLOCK: &str = "/_sandbox/pages/clock";

/// Moves the clock forward, then shows the start page again.
pub(super) fn move_clock(visit: &Visit<'_>) -> Reply {
    if form::is_foreign(visit.headers) {
        return layout::foreign(visit);
    }
    // Only the buttons' own values: a typed one belongs to the control plane.
    if let Some((_, seconds)) = STEPS.iter().find(|(label, _)| *label == form::Form::read(visit.body).text("step")) {
        visit.shared.clock.advance(Duration::from_secs(*seconds));
    }
    layout::redirect(StatusCode::SEE_OTHER, "/")
}

const STEPS: [(&str, u64); 4] = [("1 minute", 60), ("10 minutes", 600), ("1 hour", 3600), ("1 day", 86_400)];

pub(super) fn show(visit: &Visit<'_>) -> Reply {
    let shared = visit.shared;
    let host = visit.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("127.0.0.1");
    let ledger = shared.ledger();
    let violations = ledger.check();
    let requests = shared.log.all();
    let main = html! {
        (layout::heading("Payment providers, played on this machine", &html! {
            "pay-sandbox " (env!("CARGO_PKG_VERSION")) " answers like the providers' APIs, offline, and breaks on request."
        }))
        section aria-labelledby="providers" {
            h2 id="providers" { "Providers" }
            ul class="cards" {
                @for provider in PROVIDERS {
                    @let calls = requests.iter().filter(|record| record.provider == provider.name).count();
                    @let sales = ledger.providers.get(provider.name).map_or(0, |books| books.sales.len());
                    li class="card" {
                        h3 { (provider.title) }
                        p class="muted" { (provider.about) }
                        dl class="facts" {
                            dt { "Base URL" }
                            dd { code { "http://" (host) (provider.base) } }
                            dt { "Requests" }
                            dd { a href={ (REQUESTS) "?provider=" (provider.name) } { (calls) " in the log" } }
                            dt { "Books" }
                            dd { (sales) @if sales == 1 { " sale" } @else { " sales" } }
                        }
                        @if !provider.links.is_empty() {
                            ul class="links" {
                                @for (label, address) in provider.links { li { a href=(address) { (label) } } }
                            }
                        }
                    }
                }
            }
        }
        section aria-labelledby="state" {
            h2 id="state" { "State" }
            dl class="tiles" {
                div { dt { "Clock" } dd { (shared.now_text()) } dd class="muted" { (offset(shared.clock.offset().as_secs())) } }
                div { dt { "Fault rules" } dd { (shared.faults.all().len()) } }
                div {
                    dt { "Broken rules of the books" }
                    dd class=[(!violations.is_empty()).then_some("bad")] { (violations.len()) }
                }
            }
            form method="post" action=(CLOCK) class="buttons clock" {
                p id="clock" { "Move the clock forward by" }
                @for (label, _) in STEPS {
                    button class="small" name="step" value=(label) aria-describedby="clock" { (label) }
                }
            }
            @if !violations.is_empty() {
                ul class="problems" { @for violation in &violations { li { (violation) } } }
            }
        }
        (control())
    };
    layout::tools(visit, "Start", &main)
}

fn offset(seconds: u64) -> String {
    match seconds {
        0 => "real time".to_owned(),
        seconds => format!("{seconds} s ahead of real time"),
    }
}

/// The control plane speaks JSON; what can be read can be opened here.
fn control() -> Markup {
    let reads = [
        ("ledger", "sales and balances of every provider"),
        ("requests", "the request log, redacted"),
        ("faults", "the fault rules in force"),
        ("webhooks/deliveries", "webhooks, redacted"),
        ("webhooks/policy", "when a webhook is tried again, which is invented"),
        ("modes", "what the documents leave open, and how it is answered now"),
        ("clock", "the sandbox's time"),
        ("health", "version and providers"),
    ];
    html! {
        section aria-labelledby="control" {
            h2 id="control" { "Control plane" }
            p class="muted" { "The same in JSON, for tests and scripts. Credentials are printed by " code { "pay-sandbox serve" } " only, never on a page." }
            dl class="facts" {
                @for (name, about) in reads {
                    dt { a href={ "/_sandbox/" (name) } { code { "GET /_sandbox/" (name) } } }
                    dd { (about) }
                }
            }
        }
    }
}

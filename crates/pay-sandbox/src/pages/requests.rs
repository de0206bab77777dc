//! The request log: what reached the providers, without what it said.

use super::nav::{PROVIDERS, REQUESTS};
use super::{Visit, layout};
use crate::RequestRecord;
use crate::provider::Reply;
use maud::{Markup, html};

const SHOWN: usize = 100;

pub(super) fn show(visit: &Visit<'_>) -> Reply {
    let wanted = visit.query("provider").filter(|name| PROVIDERS.iter().any(|it| it.name == *name));
    let before = visit.query("before").and_then(|number| number.parse::<u64>().ok());
    let mut records = visit.shared.log.all();
    records.reverse();
    records.retain(|record| wanted.is_none_or(|name| record.provider == name));
    records.retain(|record| before.is_none_or(|number| record.number < number));
    let older = (records.len() > SHOWN).then(|| records[SHOWN - 1].number);
    records.truncate(SHOWN);

    let main = html! {
        (layout::heading("Requests", &html! {
            "The newest first. The log keeps names, never values: no headers, bodies, tokens, phone numbers."
        }))
        ul class="choices" aria-label="Provider" {
            li { a href=(REQUESTS) aria-current=[wanted.is_none().then_some("true")] { "All" } }
            @for provider in PROVIDERS {
                li {
                    a href={ (REQUESTS) "?provider=" (provider.name) }
                        aria-current=[(wanted == Some(provider.name)).then_some("true")] { (provider.title) }
                }
            }
        }
        @if records.is_empty() {
            p class="empty" { "Nothing here yet. Send a request to a provider's base URL, then reload this page." }
        } @else {
            ol class="log" { @for record in &records { li { (entry(record)) } } }
        }
        @if let Some(number) = older {
            p {
                a class="button" href={
                    (REQUESTS) "?before=" (number) @if let Some(name) = wanted { "&provider=" (name) }
                } { "Older" }
            }
        }
    };
    layout::tools(visit, "Requests", &main)
}

fn entry(record: &RequestRecord) -> Markup {
    html! {
        div class="log-head" {
            (status(record.status))
            span class="log-what" { strong { (record.method) } " " code { "/" (record.provider) (record.path) } }
            span class="muted log-when" { "#" (record.number) " · " time { (record.at) } }
        }
        dl class="log-facts" {
            @if let Some(operation) = record.operation { (fact("operation", &html! { (operation) })) }
            @if let Some(reference) = &record.reference { (fact("reference", &html! { (reference) })) }
            @if !record.fields.is_empty() { (fact("fields", &html! { (record.fields.join(", ")) })) }
            @if let Some(fault) = &record.fault { (fact("fault", &html! { span class="badge warn" { (fault) } })) }
            @if let Some(violation) = &record.violation { (fact("breaks the schema", &html! { (violation) })) }
            @if !record.assumed.is_empty() { (fact("assumed", &html! { (record.assumed.join(", ")) })) }
        }
    }
}

fn fact(name: &str, value: &Markup) -> Markup {
    html! { div { dt { (name) } dd { (value) } } }
}

fn status(status: Option<u16>) -> Markup {
    let class = match status {
        Some(..=399) => "badge ok",
        Some(400..=499) => "badge warn",
        _ => "badge bad",
    };
    html! { span class=(class) { @if let Some(status) = status { (status) } @else { "no answer" } } }
}

//! The consents that were given, and the button with which a user ends one at Paga.

use crate::paga_connect::records::{self, ConsentRecord};
use crate::pages::form::{Form, is_foreign};
use crate::pages::{Visit, layout};
use crate::provider::Reply;
use http::{Method, StatusCode};
use maud::{Markup, html};

/// Where the page is.
pub(crate) const CONSENTS: &str = "/_sandbox/pages/paga-connect/consents";

const SHOWN: usize = 100;

pub(super) fn answer(visit: &Visit<'_>) -> Reply {
    let provider = &visit.shared.paga_connect;
    if *visit.method == Method::POST {
        if is_foreign(visit.headers) {
            return layout::foreign(visit);
        }
        if let Ok(id) = Form::read(visit.body).text("revoke").parse() {
            provider.revoke_one(id);
        }
        return layout::redirect(StatusCode::SEE_OTHER, CONSENTS);
    }
    let (consents, users) = {
        let state = provider.lock();
        (records::consents(&state), records::users(&state))
    };
    let main = html! {
        (layout::heading("Consents", &html! {
            "What users have allowed. Ending one here is what a user does at Paga: every token of it is dead at once."
        }))
        section aria-labelledby="users" {
            h2 id="users" { "Users" }
            ul class="cards" {
                @for user in &users {
                    li class="card" {
                        h3 { (user.username) @if user.locked { " " span class="badge warn" { "locked" } } }
                        dl class="facts" {
                            dt { "Consents" } dd { (user.consents) }
                            dt { "Refreshes" }
                            dd { (user.refreshes) @if user.refused_refreshes > 0 { ", and " (user.refused_refreshes) " refused" } }
                        }
                    }
                }
            }
        }
        section aria-labelledby="given" {
            h2 id="given" { "Given" }
            @if consents.is_empty() {
                p class="empty" { "Nobody has consented yet. Send a user to the authorization address, then reload this page." }
            } @else {
                ol class="log" { @for consent in consents.iter().rev().take(SHOWN) { li { (entry(consent)) } } }
            }
            @if consents.len() > SHOWN { p class="muted" { "There are " (consents.len() - SHOWN) " older ones." } }
        }
    };
    layout::tools(visit, "Consents", &main)
}

fn entry(consent: &ConsentRecord) -> Markup {
    html! {
        div class="log-head" {
            @if consent.revoked { span class="badge bad" { "ended" } } @else { span class="badge ok" { "in force" } }
            span class="log-what" { strong { (consent.username) } " to " strong { (consent.client_name) } " " code { (consent.client_id) } }
            span class="muted log-when" { "#" (consent.id) " · " time { (consent.given) } }
        }
        dl class="log-facts" {
            div { dt { "may" } dd { (consent.scopes.join(" ")) } }
            @if !consent.user_data.is_empty() { div { dt { "is told" } dd { (consent.user_data.join(" ")) } } }
            div { dt { "refreshes" } dd { (consent.refreshes) } }
        }
        @if !consent.revoked {
            form method="post" class="row" {
                button class="small" name="revoke" value=(consent.id) { "End #" (consent.id) }
            }
        }
    }
}

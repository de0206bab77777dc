//! The two steps of the consent page: signing in, and being asked.

use crate::paga_connect::authorize::{Request, in_words};
use crate::paga_connect::consent::SignedIn;
use crate::pages::form::{Field, problems};
use maud::{Markup, html};

pub(super) const TITLE: &str = "Connect your account";

/// The first step.
pub(super) fn sign_in(asked: &Request, csrf: &str, username: &str, errors: &[(&str, &str)]) -> Markup {
    let error = |name: &str| errors.iter().find(|(wrong, _)| *wrong == name).map(|(_, what)| *what);
    let name = Field {
        name: "username",
        label: "User name",
        kind: "text",
        autocomplete: "username",
        value: username,
        required: true,
        error: error("username"),
        ..Field::default()
    };
    let password = Field {
        name: "password",
        label: "Password",
        kind: "password",
        autocomplete: "current-password",
        required: true,
        ..Field::default()
    };
    html! {
        div class="order" {
            p class="muted" { "Step 1 of 2" }
            h1 { "Sign in" }
            p { strong { (asked.client_name) } " asks to use your Paga account. You will see what for, and can say no." }
        }
        (problems(errors))
        form method="post" class="sign-in" {
            input type="hidden" name="csrf" value=(csrf);
            (name.draw())
            (password.draw())
            div class="pay" { button class="main" name="action" value="sign_in" { "Sign in" } }
        }
        details class="test-cards" {
            summary { "Who can sign in here" }
            p class="small" {
                "Only the sandbox's own people; their passwords are printed by " code { "pay-sandbox serve" }
                ". Never type a real one."
            }
            dl class="log-facts" {
                div { dt { code { "ada" } ", " code { "ngozi" } } dd { "have money" } }
                div { dt { code { "emeka" } } dd { "has none" } }
                div { dt { code { "bola" } } dd { "is locked" } }
            }
        }
    }
}

/// The second step.
pub(super) fn consent(asked: &Request, csrf: &str, user: &SignedIn) -> Markup {
    let (scopes, fields) = in_words(asked);
    html! {
        div class="order" {
            p class="muted" { "Step 2 of 2" }
            h1 { "Connect " (asked.client_name) "?" }
            p { "Signed in as " strong { (user.name) } " (" (user.username) ")." }
            h2 class="asks" { (asked.client_name) " may" }
            ul class="asks" {
                @for (words, scope) in scopes.iter().zip(&asked.scopes) { li { span { (words) } code { (scope) } } }
            }
            h2 class="asks" { "It is told your" }
            @if fields.is_empty() {
                p class="muted" { "Nothing more about you." }
            } @else {
                ul class="asks" {
                    @for (words, field) in fields.iter().zip(&asked.user_data) { li { span { (words) } code { (field) } } }
                }
            }
            p class="muted small" { "It may do so until you end it at Paga." }
        }
        form method="post" {
            input type="hidden" name="csrf" value=(csrf);
            div class="pay" {
                button class="main" name="action" value="approve" { "Approve" }
                button name="action" value="decline" { "Decline" }
            }
            p class="small muted back" { "Either way you go back to " strong { (host(&asked.redirect)) } "." }
            p class="back" { button class="small" name="action" value="sign_out" { "Not " (user.name) "? Sign out" } }
        }
    }
}

/// Where the user goes: the part of the address that says whose site it is.
fn host(redirect: &str) -> String {
    let uri = redirect.parse::<http::Uri>().ok();
    let host = uri.and_then(|uri| uri.authority().map(|authority| authority.as_str().to_owned()));
    host.unwrap_or_default()
}

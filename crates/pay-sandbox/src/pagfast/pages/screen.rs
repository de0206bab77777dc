//! What a hosted page looks like while its transaction is open.

use crate::pages::form::{Field, problems};
use crate::pagfast::NAME;
use crate::pagfast::checkout::View;
use crate::pagfast::routes::{self, Page};
use maud::{Markup, html};

/// What is wrong, by field of the page.
pub(super) type Errors<'a> = &'a [(&'static str, &'static str)];

pub(super) const NO_CPF: &str = "Enter a CPF: eleven digits";
pub(super) const NO_AMOUNT: &str = "Enter an amount, such as 12.50";

/// What was typed so far. No `Debug`: it is personal data.
#[derive(Default)]
pub(super) struct Filled {
    pub(super) name: String,
    pub(super) tax_number: String,
    pub(super) amount: String,
}

impl Filled {
    /// What is missing or no such thing, by field.
    pub(super) fn errors(&self, view: &View) -> Vec<(&'static str, &'static str)> {
        let cpf = self.tax_number.len() == 11 && self.tax_number.bytes().all(|byte| byte.is_ascii_digit());
        let amount = crate::money::cents(&self.amount).is_some_and(|cents| cents > 0);
        let checks = [
            (view.editable && !amount, "amount", NO_AMOUNT),
            (asks_payer(view) && self.name.is_empty(), "name", "Enter a name"),
            (asks_payer(view) && !cpf, "taxNumber", NO_CPF),
        ];
        checks.into_iter().filter(|(wrong, ..)| *wrong).map(|(_, name, what)| (name, what)).collect()
    }
}

/// A Pix deposit that anybody may pay.
pub(super) fn asks_payer(view: &View) -> bool {
    view.page == Page::Deposit && view.payer.is_none()
}

pub(super) fn title(view: &View) -> &'static str {
    if view.page == Page::Checkout { "Open Finance payment" } else { "Pix deposit" }
}

/// The other ends that a page offers: the action, and what its button says.
fn otherwise(view: &View) -> Vec<(&'static str, &'static str)> {
    let mut actions = vec![("fail", "Let it fail")];
    if view.payer.is_some() {
        actions.insert(0, ("pay_as_someone_else", "Pay from someone else's account"));
    }
    actions
}

/// Whether the page has a button for this action.
pub(super) fn offers(view: &View, action: &str) -> bool {
    ["complete", "cancel"].contains(&action) || otherwise(view).iter().any(|(known, _)| *known == action)
}

/// The form goes to the page's own address, so that the id in it is looked up again.
pub(super) fn draw(view: &View, filled: &Filled, errors: Errors<'_>) -> Markup {
    html! {
        (summary(view))
        (problems(errors))
        @if view.page == Page::Deposit { (code(view)) }
        form method="post" {
            @if view.page == Page::Checkout {
                p class="about" {
                    "With Open Finance the payer chooses a bank, and confirms there. The sandbox asks for neither: its buttons decide."
                }
            }
            @if view.editable || asks_payer(view) { (fields(view, filled, errors)) }
            div class="pay" {
                button class="main" name="action" value="complete" {
                    "Pay" @if !view.editable { " BRL " (view.amount) }
                }
                button name="action" value="cancel" formnovalidate { "Cancel" }
            }
            section class="otherwise" aria-labelledby="otherwise" {
                h2 id="otherwise" { "Or end it another way" }
                p class="muted small" { "The sandbox's own buttons: the real thing has its own ways to come to such an end." }
                div class="buttons" {
                    @for (action, label) in otherwise(view) {
                        button name="action" value=(action) formnovalidate { (label) }
                    }
                }
            }
        }
    }
}

fn summary(view: &View) -> Markup {
    html! {
        div class="order" {
            p class="muted" { "To " strong { (view.merchant) } }
            h1 { span class="muted" { "Pay " } "BRL " (view.amount) }
            dl class="order-facts" {
                @if let Some(order) = &view.order_id { div { dt { "Order" } dd { code { (order) } } } }
                @if let Some(payer) = &view.payer { div { dt { "Payer's CPF" } dd { code { (payer) } } } }
                div { dt { "Transaction" } dd { code { (view.id) } } }
            }
        }
    }
}

/// The code in its two forms.
fn code(view: &View) -> Markup {
    let picture = format!("/{NAME}{}", routes::page_path(Page::Picture, &view.page_id, ""));
    html! {
        section class="pix" aria-labelledby="code" {
            h2 id="code" { "The Pix code" }
            p class="hint-box" {
                strong { "A sandbox code: no bank can pay it." } " It only looks like one. Use the buttons below."
            }
            figure {
                img src=(picture) width="264" height="296"
                    alt="QR code of the text below, marked as a sandbox code that cannot be paid";
                figcaption class="muted small" { "QR code" }
            }
            h3 class="small" id="copy" { "Copy and paste (" span lang="pt-BR" { "Pix copia e cola" } ")" }
            pre tabindex="0" aria-labelledby="copy" { (view.code) }
        }
    }
}

fn fields(view: &View, filled: &Filled, errors: Errors<'_>) -> Markup {
    let error = |name: &str| errors.iter().find(|(wrong, _)| *wrong == name).map(|(_, what)| *what);
    let amount = Field {
        name: "amount",
        label: "Amount in reais",
        kind: "text",
        inputmode: Some("decimal"),
        autocomplete: "transaction-amount",
        maxlength: Some(20),
        hint: Some("This deposit's payer may change it"),
        value: if filled.amount.is_empty() && errors.is_empty() { &view.amount } else { &filled.amount },
        required: true,
        error: error("amount"),
    };
    let name = Field {
        name: "name",
        label: "Name",
        kind: "text",
        autocomplete: "name",
        hint: Some("Anybody may pay this deposit; a made-up name will do"),
        value: &filled.name,
        required: true,
        error: error("name"),
        ..Field::default()
    };
    let tax_number = Field {
        name: "taxNumber",
        label: "CPF",
        kind: "text",
        inputmode: Some("numeric"),
        maxlength: Some(14),
        hint: Some("Eleven digits, made up too: never a real one"),
        value: &filled.tax_number,
        required: true,
        error: error("taxNumber"),
        ..Field::default()
    };
    html! {
        fieldset {
            legend { "The payment" }
            @if view.editable { (amount.draw()) }
            @if asks_payer(view) { (name.draw()) (tax_number.draw()) }
        }
    }
}

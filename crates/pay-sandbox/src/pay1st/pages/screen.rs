//! What the hosted page looks like while a payment is open.

use super::details::Details;
use super::order::{methods, summary, total};
use crate::pages::form::problems;
use crate::pay1st::Checkout;
use maud::{Markup, html};

/// An open payment, and what was typed so far.
pub(super) struct Screen<'a> {
    pub(super) order: &'a Checkout,
    /// The id of the chosen channel.
    pub(super) chosen: Option<u32>,
    pub(super) details: &'a Details,
    /// What is wrong, by field.
    pub(super) errors: &'a [(&'static str, &'static str)],
}

impl Screen<'_> {
    /// The form goes to the page's own address, so that reference and token are checked again.
    pub(super) fn draw(&self) -> Markup {
        let no_method = self.errors.iter().find(|(name, _)| *name == "channelId").map(|(_, what)| *what);
        html! {
            (summary(self.order))
            (problems(self.errors))
            form method="post" {
                (methods(self.order, self.chosen, no_method))
                (self.details.draw(self.errors))
                div class="pay" { button class="main" name="action" value="pay" { "Pay " (total(self.order)) } }
                section class="otherwise" aria-labelledby="otherwise" {
                    h2 id="otherwise" { "Or end it another way" }
                    p class="muted small" { "These buttons are the sandbox's: the real page has its own ways to come to such an end." }
                    div class="buttons" {
                        button name="action" value="fail" { "Fail the payment" }
                        button name="action" value="pay_later" { "Pay later" }
                        button name="action" value="cancel" formnovalidate { "Cancel" }
                        button name="action" value="expire" formnovalidate { "Let it expire" }
                    }
                }
            }
        }
    }
}

//! What a payment link asks of its payer: no request has told it before.

use crate::pages::form::{Field, Form};
use maud::{Markup, html};

/// What the payer of a link typed. No `Debug`: it is personal data.
#[derive(Default)]
pub(super) struct PayerForm {
    pub(super) first_name: String,
    pub(super) last_name: String,
    pub(super) email: String,
}

impl PayerForm {
    pub(super) fn read(form: &Form) -> Self {
        let text = |name: &str| form.text(name).to_owned();
        Self { first_name: text("first_name"), last_name: text("last_name"), email: text("email") }
    }

    /// What the real page asks for, nobody says: this is our choice.
    pub(super) fn draw(&self, errors: &[(&'static str, &'static str)]) -> Markup {
        let field = |name, label, kind, autocomplete, value| {
            let error = errors.iter().find(|(wrong, _)| *wrong == name).map(|(_, what)| *what);
            Field { name, label, kind, autocomplete, value, required: true, error, ..Field::default() }.draw()
        };
        html! {
            fieldset {
                legend { "Your details" }
                div class="pair" {
                    (field("first_name", "First name", "text", "given-name", &self.first_name))
                    (field("last_name", "Surname", "text", "family-name", &self.last_name))
                }
                (field("email", "E-mail", "email", "email", &self.email))
            }
        }
    }
}

//! The four fields that the hosted page asks for. They are checked and forgotten: nothing keeps or logs them.

use crate::pages::form::{Field, Form};
use maud::{Markup, html};

/// What the customer typed. No `Debug`: it is personal data.
#[derive(Default)]
pub(super) struct Details {
    first_name: String,
    last_name: String,
    email: String,
    phone: String,
}

impl Details {
    pub(super) fn read(form: &Form) -> Self {
        let text = |name: &str| form.text(name).to_owned();
        Self {
            first_name: text("firstName"),
            last_name: text("lastName"),
            email: text("email"),
            phone: text("phoneNumber"),
        }
    }

    /// What is missing or no such thing, by field. How strict the real page is, nobody says: this is our choice.
    pub(super) fn errors(&self) -> Vec<(&'static str, &'static str)> {
        let email = |text: &str| {
            let parts = text.split_once('@');
            parts.is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'))
                && !text.contains(char::is_whitespace)
        };
        let phone = |text: &str| {
            text.chars().filter(char::is_ascii_digit).count() >= 6
                && text.chars().all(|it| it.is_ascii_digit() || "+-() ".contains(it))
        };
        let checks = [
            (!self.first_name.is_empty(), "firstName", "Enter your first name"),
            (!self.last_name.is_empty(), "lastName", "Enter your surname"),
            (email(&self.email), "email", "Enter an e-mail address, such as name@example.com"),
            (phone(&self.phone), "phoneNumber", "Enter a phone number, such as +234 810 000 0000"),
        ];
        checks.into_iter().filter(|(good, ..)| !good).map(|(_, name, what)| (name, what)).collect()
    }

    pub(super) fn draw(&self, errors: &[(&str, &str)]) -> Markup {
        let field = |name, label, kind, autocomplete, value| {
            let error = errors.iter().find(|(wrong, _)| *wrong == name).map(|(_, what)| *what);
            Field { name, label, kind, autocomplete, hint: None, value, required: true, error, ..Field::default() }
                .draw()
        };
        html! {
            fieldset {
                legend { "Your details" }
                div class="pair" {
                    (field("firstName", "First name", "text", "given-name", &self.first_name))
                    (field("lastName", "Surname", "text", "family-name", &self.last_name))
                }
                (field("email", "E-mail", "email", "email", &self.email))
                (field("phoneNumber", "Phone", "tel", "tel", &self.phone))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(body: &str) -> Vec<&'static str> {
        Details::read(&Form::read(body.as_bytes())).errors().into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn each_field_is_asked_for() {
        let good = "firstName=Ada&lastName=Obi&email=ada%40example.com&phoneNumber=%2B234%20810%20000%200000";
        assert_eq!(errors(good), [""; 0]);
        assert_eq!(errors(""), ["firstName", "lastName", "email", "phoneNumber"]);
        assert_eq!(errors(&good.replace("Ada", "%20%20")), ["firstName"]);
        for wrong in ["ada", "%40example.com", "ada%40", "a%40b%40c", "a%20b%40c"] {
            assert_eq!(errors(&good.replace("ada%40example.com", wrong)), ["email"], "{wrong}");
        }
        for wrong in ["12345", "none", "234810000000x"] {
            assert_eq!(errors(&good.replace("%2B234%20810%20000%200000", wrong)), ["phoneNumber"], "{wrong}");
        }
    }
}

//! The card's fields of a hosted page: read, handed on and forgotten. What was typed there is never drawn again.

use crate::pages::form::{Field, Form};
use crate::payagency::cards::Typed;
use maud::{Markup, html};

/// A card as it was typed. No `Debug`: nothing prints it.
pub(super) struct CardForm {
    number: String,
    month: String,
    year: String,
    cvv: String,
}

impl CardForm {
    pub(super) fn read(form: &Form) -> Self {
        // As it stands on the card, in groups; the date in any of the usual forms.
        let number = form.text("card_number").replace([' ', '-'], "");
        let date: String = form.text("card_expiry").chars().filter(|it| !it.is_whitespace()).collect();
        let (month, year) = match date.split_once(['/', '-']) {
            Some(parts) => parts,
            None => date.split_at_checked(2).unwrap_or((&date, "")),
        };
        let year = if year.len() == 2 { format!("20{year}") } else { year.to_owned() };
        let month = if month.len() == 1 { format!("0{month}") } else { month.to_owned() };
        Self { number, month, year, cvv: form.text("card_cvv").to_owned() }
    }

    /// The card for the one call that it lives for.
    pub(super) fn typed(&self) -> Typed<'_> {
        Typed { number: &self.number, month: &self.month, year: &self.year, cvv: Some(&self.cvv) }
    }
}

/// The page's field and its words for what is wrong with a member of the API. `None`: it belongs to another part of the form.
pub(super) fn words(field: &str, what: &str) -> Option<(&'static str, &'static str)> {
    match field {
        "card_number" => Some(("card_number", "Enter a valid card number")),
        "card_expiry_year" if what.contains("expired") => Some(("card_expiry", "This card has expired")),
        "card_expiry_month" | "card_expiry_year" => Some(("card_expiry", "Enter the expiry date as MM/YY")),
        "card_cvv" => Some(("card_cvv", "Enter the 3 or 4 digits of the code")),
        _ => None,
    }
}

/// The three fields, empty whatever was typed before. `errors` are the page's own.
pub(super) fn draw(errors: &[(&'static str, &'static str)]) -> Markup {
    let field = |name, label, autocomplete, maxlength, hint| {
        let error = errors.iter().find(|(wrong, _)| *wrong == name).map(|(_, what)| *what);
        Field {
            name,
            label,
            kind: "text",
            autocomplete,
            inputmode: Some("numeric"),
            maxlength: Some(maxlength),
            hint,
            value: "",
            required: true,
            error,
        }
        .draw()
    };
    html! {
        fieldset {
            legend { "Card" }
            @if !errors.is_empty() {
                p class="muted small" { "Please enter all three again: a card that was typed is not kept." }
            }
            (field("card_number", "Card number", "cc-number", 30, None))
            div class="halves" {
                (field("card_expiry", "Expires", "cc-exp", 9, Some("MM/YY")))
                (field("card_cvv", "Security code", "cc-csc", 4, Some("3 or 4 digits")))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(number: &str, expiry: &str) -> (String, String, String) {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("card_number", number), ("card_expiry", expiry), ("card_cvv", "123")])
            .finish();
        let CardForm { number, month, year, .. } = CardForm::read(&Form::read(body.as_bytes()));
        (number, month, year)
    }

    #[test]
    fn a_card_is_read_as_people_type_it() {
        let wanted = ("4111111111111111".to_owned(), "07".to_owned(), "2030".to_owned());
        for (number, expiry) in [
            ("4111111111111111", "07/30"),
            ("4111 1111 1111 1111", "07 / 30"),
            (" 4111-1111-1111-1111 ", "0730"),
            ("4111 1111 1111 1111", "07/2030"),
            ("4111 1111 1111 1111", "7/30"),
            ("4111 1111 1111 1111", "072030"),
            ("4111 1111 1111 1111", "07-30"),
        ] {
            assert_eq!(read(number, expiry), wanted, "{number} {expiry}");
        }
        for expiry in ["", "é", "1", "/", "aé"] {
            read("", expiry);
        }
    }

    #[test]
    fn no_field_has_a_value_and_each_tells_the_browser_what_it_is() {
        let page = draw(&[("card_number", "wrong")]).0;
        assert_eq!(page.matches("value=\"\"").count(), 3, "{page}");
        for (name, autocomplete) in [("card_number", "cc-number"), ("card_expiry", "cc-exp"), ("card_cvv", "cc-csc")] {
            let input = page.split("<input").find(|input| input.contains(&format!("name=\"{name}\""))).unwrap();
            assert!(input.contains(&format!("autocomplete=\"{autocomplete}\"")), "{input}");
            assert!(input.contains("inputmode=\"numeric\"") && input.contains(" required"), "{input}");
        }
        assert!(page.contains("is not kept"));
    }
}

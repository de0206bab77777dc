//! Forms: what one sent, and how its fields are drawn.

use http::HeaderMap;
use maud::{Markup, html};

/// The fields that a form sent.
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads a body of the type `application/x-www-form-urlencoded`.
    pub(crate) fn read(body: &[u8]) -> Self {
        Self(form_urlencoded::parse(body).into_owned().collect())
    }

    /// A field without the space around it; empty when there is none.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim())
    }
}

/// Whether a form comes from a page of another site. Browsers say so; a program that says nothing is let through.
pub(crate) fn is_foreign(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").and_then(|value| value.to_str().ok());
    site.is_some_and(|site| site != "same-origin" && site != "none")
}

/// A one-line text field.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Field<'a> {
    pub(crate) name: &'a str,
    pub(crate) label: &'a str,
    /// The `type` of the input.
    pub(crate) kind: &'a str,
    /// What a browser may fill in by itself; empty: nothing.
    pub(crate) autocomplete: &'a str,
    /// The keyboard that a telephone shows; `None`: that of the `type`.
    pub(crate) inputmode: Option<&'a str>,
    /// How much may be typed; `None`: 200 characters.
    pub(crate) maxlength: Option<u16>,
    pub(crate) hint: Option<&'a str>,
    pub(crate) value: &'a str,
    pub(crate) required: bool,
    pub(crate) error: Option<&'a str>,
}

impl Field<'_> {
    /// Label, hint, what is wrong, and the input, told to each other for those who do not see.
    pub(crate) fn draw(&self) -> Markup {
        let id = format!("field-{}", self.name);
        let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
        let mut described = Vec::new();
        if self.hint.is_some() {
            described.push(hint_id.as_str());
        }
        if self.error.is_some() {
            described.push(error_id.as_str());
        }
        let described = (!described.is_empty()).then(|| described.join(" "));
        let autocomplete = if self.autocomplete.is_empty() { "off" } else { self.autocomplete };
        html! {
            div class={ "field" @if self.error.is_some() { " wrong" } } {
                label for=(id) { (self.label) }
                @if let Some(hint) = self.hint { p class="hint" id=(hint_id) { (hint) } }
                @if let Some(error) = self.error { p class="error" id=(error_id) { (error) } }
                input id=(id) name=(self.name) type=(self.kind) value=(self.value) autocomplete=(autocomplete)
                    inputmode=[self.inputmode] required[self.required] maxlength=(self.maxlength.unwrap_or(200)) aria-describedby=[described]
                    aria-invalid=[self.error.map(|_| "true")];
            }
        }
    }
}

/// What is wrong with a form, above it: each line leads to its field.
pub(crate) fn problems(errors: &[(&str, &str)]) -> Markup {
    html! {
        @if !errors.is_empty() {
            div class="problems" role="alert" {
                h2 { "Please check" }
                ul {
                    @for (name, what) in errors {
                        li { a href={ "#field-" (name) } { (what) } }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(value: &str) -> Field<'_> {
        Field {
            name: "name",
            label: "Name",
            kind: "text",
            autocomplete: "",
            hint: Some("as on the card"),
            value,
            required: true,
            error: Some("Enter a name"),
            ..Field::default()
        }
    }

    #[test]
    fn what_was_typed_is_escaped() {
        let page = field("\"><script>alert(1)</script>").draw().0;
        assert!(!page.contains("<script"), "{page}");
        assert!(page.contains("value=\"&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;\""), "{page}");
    }

    #[test]
    fn hint_and_error_belong_to_their_field() {
        let page = field("").draw().0;
        assert!(page.contains("aria-describedby=\"field-name-hint field-name-error\""), "{page}");
        assert!(page.contains("aria-invalid=\"true\"") && page.contains(" required "), "{page}");
        assert!(problems(&[("name", "Enter a name")]).0.contains("href=\"#field-name\""));
        assert_eq!(problems(&[]).0, "");
    }

    #[test]
    fn a_form_is_read_by_name_and_trimmed() {
        let form = Form::read(b"first=%20Ann%20&last=O%27Neil%2B&first=other");
        assert_eq!((form.text("first"), form.text("last"), form.text("none")), ("Ann", "O'Neil+", ""));
    }

    #[test]
    fn a_form_of_another_site_is_known() {
        let mut headers = HeaderMap::new();
        assert!(!is_foreign(&headers));
        for (site, foreign) in [("same-origin", false), ("none", false), ("same-site", true), ("cross-site", true)] {
            headers.insert("sec-fetch-site", site.parse().unwrap());
            assert_eq!(is_foreign(&headers), foreign, "{site}");
        }
    }
}

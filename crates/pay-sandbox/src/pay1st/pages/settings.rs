//! The console's defaults: the webhook URL and the four callbacks of payments that name none of their own.

use crate::pages::form::{Field, Form, is_foreign, problems};
use crate::pages::{Visit, layout};
use crate::pay1st::Console;
use crate::provider::Reply;
use http::{Method, StatusCode, Uri};
use maud::{Markup, html};

/// Where the page is.
pub(crate) const SETTINGS: &str = "/_sandbox/pages/pay1st/settings";

/// Name in the form, label, and when it is used.
const DEFAULTS: [(&str, &str, &str); 5] = [
    ("webhook_url", "Webhook URL", "Told about every change of a payment's status."),
    ("success_url", "Success callback URL", "Where a customer goes who has paid."),
    ("failure_url", "Failure callback URL", "Where a customer goes whose payment failed."),
    ("pending_url", "Pending callback URL", "Where a customer goes who pays later."),
    ("cancel_url", "Cancel callback URL", "Where a customer goes who gave up."),
];

/// The five addresses in the order of [`DEFAULTS`]; empty: none.
type Values = [String; 5];

pub(super) fn answer(visit: &Visit<'_>) -> Reply {
    let pay1st = &visit.shared.pay1st;
    if *visit.method != Method::POST {
        let saved = visit.query("saved").is_some();
        return layout::tools(visit, "Settings", &draw(&values(pay1st.lock().console.clone()), &[], saved));
    }
    if is_foreign(visit.headers) {
        return layout::foreign(visit);
    }
    let values = read(visit.body);
    let errors = errors(&values);
    if !errors.is_empty() {
        let page = layout::tools(visit, "Settings", &draw(&values, &errors, false));
        return Reply { status: StatusCode::UNPROCESSABLE_ENTITY, ..page };
    }
    pay1st.lock().console = console(values);
    layout::redirect(StatusCode::SEE_OTHER, &format!("{SETTINGS}?saved"))
}

fn values(console: Console) -> Values {
    let Console { webhook_url, success_url, failure_url, pending_url, cancel_url } = console;
    [webhook_url, success_url, failure_url, pending_url, cancel_url].map(Option::unwrap_or_default)
}

fn console(values: Values) -> Console {
    let [webhook_url, success_url, failure_url, pending_url, cancel_url] =
        values.map(|value| (!value.is_empty()).then_some(value));
    Console { webhook_url, success_url, failure_url, pending_url, cancel_url }
}

fn read(body: &[u8]) -> Values {
    let form = Form::read(body);
    DEFAULTS.map(|(name, ..)| form.text(name).to_owned())
}

/// What is no web address, by field.
fn errors(values: &Values) -> Vec<(&'static str, String)> {
    let is_web = |uri: &Uri| uri.host().is_some() && matches!(uri.scheme_str(), Some("http" | "https"));
    let wrong = |value: &str| !value.is_empty() && !value.parse::<Uri>().is_ok_and(|uri| is_web(&uri));
    let found = DEFAULTS.iter().zip(values).filter(|(_, value)| wrong(value));
    found.map(|((name, label, _), _)| (*name, format!("{label}: must begin with http:// or https://"))).collect()
}

fn draw(values: &Values, errors: &[(&'static str, String)], saved: bool) -> Markup {
    let error = |name: &str| errors.iter().find(|(wrong, _)| *wrong == name).map(|(_, what)| what.as_str());
    let listed: Vec<(&str, &str)> = errors.iter().map(|(name, what)| (*name, what.as_str())).collect();
    html! {
        (layout::heading("Settings", &html! {
            "As in the provider's console: defaults for payments that name no address of their own."
        }))
        @if saved { p class="saved" role="status" { "Saved." } }
        (problems(&listed))
        form method="post" action=(SETTINGS) class="settings" novalidate {
            @for ((name, label, about), value) in DEFAULTS.iter().zip(values) {
                (Field {
                    name,
                    label,
                    kind: "url",
                    autocomplete: "",
                    hint: Some(about),
                    value,
                    required: false,
                    error: error(name),
                    ..Field::default()
                }.draw())
            }
            div class="buttons" { button class="main" { "Save" } }
        }
        section aria-labelledby="credentials" {
            h2 id="credentials" { "Credentials" }
            p {
                "API key, API secret and signing key are not shown on pages. They stand in what "
                code { "pay-sandbox serve" } " prints when it starts: as " code { "export" } " lines or, with "
                code { "--json" } ", as JSON. A Rust test asks " code { "sandbox.pay1st()" } "."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_are_saved() {
        let values = read(b"webhook_url=http%3A%2F%2F127.0.0.1%3A1%2Fhook&success_url=shop&cancel_url=ftp%3A%2F%2Fa");
        assert_eq!(values[0], "http://127.0.0.1:1/hook");
        let wrong: Vec<&str> = errors(&values).iter().map(|(name, _)| *name).collect();
        assert_eq!(wrong, ["success_url", "cancel_url"]);
        let page = draw(&values, &errors(&values), false).0;
        assert!(page.contains("aria-invalid") && page.contains("href=\"#field-cancel_url\""), "{page}");
    }

    #[test]
    fn what_is_saved_is_shown_again() {
        let text = ["http://a", "", "http://c", "", "http://e"].map(str::to_owned);
        assert_eq!(values(console(text.clone())), text);
        assert_eq!(console(text).success_url, None);
    }
}

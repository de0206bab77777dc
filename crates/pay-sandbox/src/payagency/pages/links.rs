//! Payment links, and the templates whose URLs their payers and webhooks go to.

use crate::pages::form::{Field, Form, is_foreign, problems};
use crate::pages::{Visit, layout};
use crate::payagency::link::{Link, LinkRecord, Template};
use crate::payagency::linked;
use crate::payagency::routes;
use crate::provider::Reply;
use http::{Method, StatusCode, Uri};
use maud::{Markup, html};

/// Where the page is.
pub(crate) const LINKS: &str = "/_sandbox/pages/payagency/links";

const SHOWN: usize = 100;
/// The fields of a template.
const REDIRECT: &str = "redirect_url";
const WEBHOOK: &str = "webhook_url";

pub(super) fn answer(visit: &Visit<'_>) -> Reply {
    if *visit.method != Method::POST {
        let saved = visit.query("saved").is_some();
        return layout::tools(visit, "Links", &draw(visit, None, saved));
    }
    if is_foreign(visit.headers) {
        return layout::foreign(visit);
    }
    let form = Form::read(visit.body);
    let id = form.text("payment_template_id");
    let wanted = |template: &Template| Template {
        redirect_url: form.text(&named(REDIRECT, id)).to_owned(),
        webhook_url: form.text(&named(WEBHOOK, id)).to_owned(),
        ..template.clone()
    };
    let agency = &visit.shared.payagency;
    let found = agency.lock().book.templates.iter().find(|template| template.payment_template_id == id).map(wanted);
    let Some(template) = found else {
        return layout::not_found(visit);
    };
    if !errors(&template).is_empty() {
        let page = layout::tools(visit, "Links", &draw(visit, Some(&template), false));
        return Reply { status: StatusCode::UNPROCESSABLE_ENTITY, ..page };
    }
    // It was there a moment ago; a reset meanwhile leaves nothing to change.
    let _ = agency.set_template(id, |old| Ok(wanted(old)));
    layout::redirect(StatusCode::SEE_OTHER, &format!("{LINKS}?saved"))
}

/// A field of one template, among those of the others on the page.
fn named(field: &str, id: &str) -> String {
    format!("{field}-{id}")
}

/// What is no web address, by field.
fn errors(template: &Template) -> Vec<(String, &'static str)> {
    let is_web = |uri: &Uri| uri.host().is_some() && matches!(uri.scheme_str(), Some("http" | "https"));
    let wrong = |value: &str| !value.is_empty() && !value.parse::<Uri>().is_ok_and(|uri| is_web(&uri));
    let urls = [
        (REDIRECT, &template.redirect_url, "Redirect URL: must begin with http:// or https://"),
        (WEBHOOK, &template.webhook_url, "Webhook URL: must begin with http:// or https://"),
    ];
    urls.into_iter()
        .filter(|(_, value, _)| wrong(value))
        .map(|(name, _, what)| (named(name, &template.payment_template_id), what))
        .collect()
}

/// `wrong`: a template as somebody typed it, instead of the one that there is.
fn draw(visit: &Visit<'_>, wrong: Option<&Template>, saved: bool) -> Markup {
    let (templates, links) = {
        let state = visit.shared.payagency.lock();
        let links: Vec<(LinkRecord, String)> =
            state.book.links.iter().map(|link| (link.record(), address(link))).collect();
        (state.book.templates.clone(), links)
    };
    html! {
        (layout::heading("Links", &html! {
            "Where the payers of a link go back to, and where its webhooks go, stands in the template that the link names."
        }))
        @if saved { p class="saved" role="status" { "Saved." } }
        section aria-labelledby="templates" {
            h2 id="templates" { "Templates" }
            div class="cards" { @for template in &templates { (form(template, wrong)) } }
        }
        section aria-labelledby="links" {
            h2 id="links" { "Payment links" }
            @if links.is_empty() {
                p class="empty" { "No link yet. Create one over the API, then reload this page." }
            } @else {
                ol class="log" { @for (link, address) in links.iter().rev().take(SHOWN) { li { (entry(link, address)) } } }
            }
            @if links.len() > SHOWN { p class="muted" { "There are " (links.len() - SHOWN) " older ones." } }
        }
    }
}

fn form(template: &Template, wrong: Option<&Template>) -> Markup {
    let typed = wrong.filter(|typed| typed.payment_template_id == template.payment_template_id);
    let errors = typed.map(errors).unwrap_or_default();
    let values = typed.unwrap_or(template);
    let listed: Vec<(&str, &str)> = errors.iter().map(|(name, what)| (name.as_str(), *what)).collect();
    let field = |name, label, value| {
        let name = named(name, &template.payment_template_id);
        let error = listed.iter().find(|(field, _)| *field == name).map(|(_, what)| *what);
        Field { name: &name, label, kind: "url", value, error, ..Field::default() }.draw()
    };
    html! {
        form method="post" action=(LINKS) class="card" novalidate {
            h3 { (template.template_name) }
            p class="muted" { code { (template.payment_template_id) } }
            (problems(&listed))
            input type="hidden" name="payment_template_id" value=(template.payment_template_id);
            (field(REDIRECT, "Redirect URL", &values.redirect_url))
            (field(WEBHOOK, "Webhook URL", &values.webhook_url))
            button class="small" aria-label={ "Save " (template.template_name) } { "Save" }
        }
    }
}

/// Below this host, so that it leads to where the reader is.
fn address(link: &Link) -> String {
    let page = routes::page_path(linked::page_of(link), link.environment, &link.id, false);
    format!("/{}{page}", crate::payagency::NAME)
}

fn entry(link: &LinkRecord, address: &str) -> Markup {
    html! {
        div class="log-head" {
            @if link.transaction_id.is_some() { span class="badge ok" { "used" } } @else { span class="badge" { "unused" } }
            span class="log-what" {
                strong { (link.amount.as_deref().unwrap_or("Any amount")) } " " code { (link.link_id) }
            }
            span class="muted log-when" { (link.environment.as_str()) }
        }
        dl class="log-facts" {
            @if let Some(order) = &link.order_id { div { dt { "order" } dd { (order) } } }
            @if let Some(payment) = &link.transaction_id { div { dt { "payment" } dd { code { (payment) } } } }
        }
        p class="buttons row" { a class="button small" href=(address) aria-label={ "Open page " (link.link_id) } { "Open page" } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(redirect_url: &str, webhook_url: &str) -> Template {
        Template {
            redirect_url: redirect_url.to_owned(),
            webhook_url: webhook_url.to_owned(),
            ..Template::seeded(("PLI1", "other", "A template"))
        }
    }

    #[test]
    fn only_web_addresses_are_saved() {
        let wrong = |template| errors(&template).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        assert_eq!(wrong(template("", "")), [""; 0]);
        assert_eq!(wrong(template("https://shop.example/back", "http://127.0.0.1:1/hook")), [""; 0]);
        assert_eq!(wrong(template("javascript:alert(1)", "shop.example")), ["redirect_url-PLI1", "webhook_url-PLI1"]);
    }

    #[test]
    fn what_was_typed_stays_with_its_own_template() {
        let typed = template("\"><b>", "");
        let page = form(&template("https://old.example", ""), Some(&typed)).0;
        assert!(page.contains("value=\"&quot;&gt;&lt;b&gt;\"") && !page.contains("old.example"), "{page}");
        let other = Template { payment_template_id: "PLI2".to_owned(), ..typed };
        assert!(form(&template("https://old.example", ""), Some(&other)).0.contains("old.example"));
    }
}

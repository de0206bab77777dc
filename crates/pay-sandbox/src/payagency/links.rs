//! Payment links of both kinds, and their templates.

use super::account::{Environment, is_terminal};
use super::answers::Refusal;
use super::body::Object;
use super::link::{Link, Template};
use super::linked::{is_currency, page_of};
use super::modes::{CryptoLinkPath, LinkTemplate};
use super::payment::Kind;
use super::state::{Call, State};
use super::{crypto, orders, payouts, routes};
use crate::json::Node;
use crate::provider::Reply;
use time::{Date, Month};

/// The documented message, for a template or a terminal that is not known, or not to be named.
fn invalid() -> Refusal {
    Refusal::known("Invalid Payment Template ID or Connector Terminal ID.")
}

/// `POST /payment-link`.
pub(super) fn payment_link(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let body = &call.body;
    let template = body.text("payment_template_id");
    let terminal = body.text("terminal_id");
    let refused = match (state.modes.link_template, call.environment) {
        (LinkTemplate::ByKey, Environment::Test) => template.is_some() || terminal.is_some(),
        (LinkTemplate::ByKey, Environment::Live) | (LinkTemplate::Required, _) => template.is_none(),
        (LinkTemplate::Optional, _) => false,
    };
    if refused || terminal.is_some_and(|id| !is_terminal(&id)) {
        return Err(invalid());
    }
    let amount = body.has("amount").then(|| orders::amount(body, "amount", &state.modes)).transpose()?;
    let currency = body.has("currency").then(|| orders::currency(body, "currency")).transpose()?;
    let link = Link {
        id: String::new(),
        environment: call.environment,
        kind: Kind::Link,
        template: known(state, template)?,
        order_id: orders::ids(body)?,
        amount,
        currency,
        crypto: None,
        expires: expiry(body)?,
        payments: Vec::new(),
    };
    made(state, call, link)
}

/// `POST /crypto/payment-link`.
pub(super) fn crypto_link(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let body = &call.body;
    // The path of the docs' page is a live one (C6).
    if state.modes.crypto_link_path == CryptoLinkPath::Page && call.environment != Environment::Live {
        return Err(Refusal::invalid_key());
    }
    orders::filled(body, &["payment_template_id", "fiat_currency", "crypto_currency"])?;
    let kind = crypto::direction(body)?;
    let currency = body.required("fiat_currency")?;
    if !is_currency(&currency) {
        return Err(Refusal::wrong([("fiat_currency", "must be three capital letters")]));
    }
    let (amount, crypto) = crypto::exchanged(state, body, kind)?;
    let link = Link {
        id: String::new(),
        environment: call.environment,
        kind,
        template: known(state, body.text("payment_template_id"))?,
        order_id: orders::ids(body)?,
        amount: Some(amount),
        currency: Some(currency),
        crypto: Some(crypto),
        expires: expiry(body)?,
        payments: Vec::new(),
    };
    made(state, call, link)
}

fn known(state: &State, template: Option<String>) -> Result<Option<String>, Refusal> {
    let Some(id) = template else { return Ok(None) };
    let is_known = state.book.templates.iter().any(|template| template.payment_template_id == id);
    if is_known { Ok(Some(id)) } else { Err(invalid()) }
}

fn expiry(body: &Object) -> Result<Option<Date>, Refusal> {
    let Some(text) = body.text("expiry_date") else { return Ok(None) };
    day(&text).map(Some).ok_or_else(|| Refusal::wrong([("expiry_date", "must be YYYY-MM-DD")]))
}

/// Reads `YYYY-MM-DD`.
pub(super) fn day(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let mut next = |length: usize| {
        parts.next().filter(|part| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let (year, month, day) = (next(4)?, next(2)?, next(2)?);
    let month = Month::try_from(month.parse::<u8>().ok()?).ok()?;
    let date = Date::from_calendar_date(year.parse().ok()?, month, day.parse().ok()?).ok();
    if parts.next().is_none() { date } else { None }
}

fn made(state: &mut State, call: &Call<'_>, link: Link) -> Result<Reply, Refusal> {
    if orders::repeated(state, call, link.order_id.as_deref())?.is_some() {
        return Err(Refusal::duplicate());
    }
    let id = state.book.id("PAY_LINK_", 17);
    let url = format!("{}{}", call.base, routes::page_path(page_of(&link), link.environment, &id, false));
    state.book.links.push(Link { id, ..link });
    let body = vec![("message", "Payment link created successfully.".into()), ("data", Node::Text(url))];
    Ok(Reply::ok(&Node::Object(body)))
}

/// `GET /payment-templates`.
pub(super) fn templates(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    payouts::served(state, call)?;
    let row = |template: &Template| {
        Node::Object(vec![
            ("template_id", Node::text(&template.template_id)),
            ("template_name", Node::text(&template.template_name)),
            ("payment_template_id", Node::text(&template.payment_template_id)),
            ("template_screenshot", "".into()),
            ("redirect_url", Node::text(&template.redirect_url)),
            ("webhook_url", Node::text(&template.webhook_url)),
        ])
    };
    Ok(Reply::ok(&Node::Object(vec![("data", Node::List(state.book.templates.iter().map(row).collect()))])))
}

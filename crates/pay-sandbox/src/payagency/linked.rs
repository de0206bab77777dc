//! The page of a payment link: what it shows, and how it is paid.

use super::account::{Environment, MERCHANT_NAME};
use super::amounts::{self, Amount};
use super::answers::FieldError;
use super::cards::Typed;
use super::hosted::{self, CryptoView, Decided, PaymentView};
use super::link::Link;
use super::payment::{Customer, Kind, Order};
use super::routes::Page;
use super::state::State;
use super::status::Status;
use crate::schema;
use std::time::SystemTime;
use time::OffsetDateTime;

/// A link as its page shows it.
#[derive(Clone, Debug)]
pub(crate) struct LinkView {
    pub(crate) page: Page,
    pub(crate) merchant: &'static str,
    pub(crate) environment: Environment,
    pub(crate) kind: Kind,
    pub(crate) link_id: String,
    pub(crate) order_id: Option<String>,
    /// As it was sent; `None`: the payer says how much.
    pub(crate) amount: Option<String>,
    /// `None`: the payer says in what.
    pub(crate) currency: Option<String>,
    pub(crate) crypto: Option<CryptoView>,
    pub(crate) stands: LinkStands,
}

/// Whether a link can be paid.
#[derive(Clone, Debug)]
pub(crate) enum LinkStands {
    Open,
    /// Its last day is over.
    Expired,
    /// Somebody has paid by it, or tried to.
    Used(Box<PaymentView>),
}

/// What the payer of a link types. No `Debug`: it is personal.
pub(crate) struct LinkForm<'a> {
    pub(crate) first_name: &'a str,
    pub(crate) last_name: &'a str,
    pub(crate) email: &'a str,
    /// Where the link has none.
    pub(crate) amount: Option<&'a str>,
    /// Where the link has none.
    pub(crate) currency: Option<&'a str>,
    /// For links that are paid by card.
    pub(crate) card: Option<Typed<'a>>,
}

/// Shows a link. `None`: there is none with this id, or it has another page.
pub(super) fn view(state: &State, page: Page, id: &str, now: SystemTime, base: &str) -> Option<LinkView> {
    let link = state.book.links.iter().find(|link| link.id == id && page_of(link) == page)?;
    let used = link.payments.last().and_then(|id| state.book.payment(id));
    let stands = match used {
        Some(payment) => LinkStands::Used(Box::new(hosted::of(state, page, payment, base))),
        None if is_expired(link, now) => LinkStands::Expired,
        None => LinkStands::Open,
    };
    Some(LinkView {
        page,
        merchant: MERCHANT_NAME,
        environment: link.environment,
        kind: link.kind,
        link_id: link.id.clone(),
        order_id: link.order_id.clone(),
        amount: link.amount.as_ref().map(|amount| amount.text.clone()),
        currency: link.currency.clone(),
        crypto: link.crypto.as_ref().map(|crypto| CryptoView {
            currency: crypto.currency.clone(),
            network: crypto.network.clone(),
            amount: crypto.amount.clone(),
        }),
        stands,
    })
}

pub(super) fn page_of(link: &Link) -> Page {
    if link.kind.is_crypto() { Page::CryptoLink } else { Page::PaymentLink }
}

fn is_expired(link: &Link, now: SystemTime) -> bool {
    link.expires.is_some_and(|last| OffsetDateTime::from(now).date() > last)
}

/// Pays by a link: opens a payment and charges the card, or goes on to the page of the crypto payment. Who pays a link
/// that somebody has used is told what came of it. `None`: no such link, or its last day is over.
pub(super) fn pay(
    state: &mut State,
    id: &str,
    form: &LinkForm<'_>,
    now: SystemTime,
    base: &str,
) -> Option<Result<Decided, Vec<FieldError>>> {
    let at = state.book.links.iter().position(|link| link.id == id)?;
    let link = state.book.links[at].clone();
    if let Some(payment) = link.payments.last() {
        return hosted::decided(state, payment, false, base).map(Ok);
    }
    if is_expired(&link, now) {
        return None;
    }
    let order = match order(state, &link, form, now) {
        Ok(order) => order,
        Err(errors) => return Some(Err(errors)),
    };
    let does = order.card.as_ref().map(|card| card.does);
    let (abandon_after, pending_for) = (state.settings.abandon_after, state.settings.pending_for);
    let payment = state.book.open(order, Status::Redirect, now);
    payment.due = now.checked_add(abandon_after).map(|at| (at, Status::Abandoned));
    let id = payment.id.clone();
    state.book.links[at].payments.push(id.clone());
    if let Some(does) = does {
        hosted::charge(state, &id, does, now, pending_for);
    }
    hosted::decided(state, &id, true, base).map(Ok)
}

fn order(state: &State, link: &Link, form: &LinkForm<'_>, now: SystemTime) -> Result<Order, Vec<FieldError>> {
    let mut errors: Vec<FieldError> = Vec::new();
    for (name, text) in [("first_name", form.first_name), ("last_name", form.last_name)] {
        if text.trim().is_empty() {
            errors.push((name, "is required"));
        }
    }
    if !form.email.contains('@') {
        errors.push(("email", "must be an e-mail address"));
    }
    let unit = state.modes.money_unit;
    let typed = || {
        let amount = amounts::read(form.amount.unwrap_or_default().trim(), unit)?;
        // What people type need not be a JSON number: `012` is none.
        if schema::readable(&amount.text).is_some() {
            return Some(amount);
        }
        Some(Amount { text: amounts::write(amount.cents, unit), ..amount })
    };
    let amount = link.amount.clone().or_else(typed);
    if amount.is_none() {
        errors.push(("amount", "must be an amount"));
    }
    let typed = form.currency.map(str::trim).filter(|currency| is_currency(currency)).map(str::to_owned);
    let currency = link.currency.clone().or(typed);
    if currency.is_none() {
        errors.push(("currency", "must be three capital letters"));
    }
    let by_card = !link.kind.is_crypto();
    let card = form.card.as_ref().filter(|_| by_card).map(|card| card.read(state.modes.other_cards, now.into()));
    let card = match card {
        Some(Ok(card)) => Some(card),
        Some(Err(wrong)) => {
            errors.extend(wrong);
            None
        }
        None if by_card => {
            errors.push(("card_number", "is required"));
            None
        }
        None => None,
    };
    let (Some(amount), Some(currency), true) = (amount, currency, errors.is_empty()) else {
        return Err(errors);
    };
    let template = link.template.as_ref();
    let template = template.and_then(|id| state.book.templates.iter().find(|it| it.payment_template_id == *id));
    let filled = |url: &String| Some(url.clone()).filter(|url| !url.is_empty());
    Ok(Order {
        environment: link.environment,
        kind: link.kind,
        order_id: link.order_id.clone(),
        amount,
        currency,
        customer: Customer {
            first_name: form.first_name.trim().to_owned(),
            last_name: form.last_name.trim().to_owned(),
            email: form.email.trim().to_owned(),
            ..Customer::default()
        },
        redirect_url: template.and_then(|template| filled(&template.redirect_url)),
        webhook_url: template.and_then(|template| filled(&template.webhook_url)),
        card,
        crypto: link.crypto.clone(),
    })
}

pub(super) fn is_currency(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

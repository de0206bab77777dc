//! The hosted checkout: who may open it, what it asks, and what its buttons do.

use super::details::Details;
use super::screen::Screen;
use super::{TITLE, ended};
use crate::pages::form::{Form, is_foreign};
use crate::pages::layout;
use crate::pay1st::{Acted, Action, Checkout, Link, Pay1stProvider, Status};
use crate::provider::{ProviderRequest, Reply};
use http::{Method, StatusCode};

/// What the page's forms may lead to. Browsers hold every redirect that follows against it, the merchant's own ones
/// too, so it names no host.
const FORM_TARGETS: &str = "'self' http: https:";

/// Answers a request to `/pay1st/checkout`.
pub(crate) fn answer(provider: &Pay1stProvider, request: &ProviderRequest) -> Reply {
    if ![Method::GET, Method::HEAD, Method::POST].contains(&request.method) {
        return ended::not_from_here(StatusCode::METHOD_NOT_ALLOWED);
    }
    match provider.open_link(&request.raw_query) {
        Link::Refused(fault) => ended::refused(fault),
        Link::NoPayment => ended::no_payment(),
        Link::Open(order) if request.method == Method::POST => act(provider, request, &order),
        Link::Open(order) if order.status == Status::New => open(&order, None, &Details::default(), &[]),
        Link::Open(order) => ended::ended(&order),
    }
}

fn open(order: &Checkout, chosen: Option<u32>, details: &Details, errors: &[(&'static str, &'static str)]) -> Reply {
    layout::hosted(TITLE, "Checkout", FORM_TARGETS, &Screen { order, chosen, details, errors }.draw())
}

fn act(provider: &Pay1stProvider, request: &ProviderRequest, order: &Checkout) -> Reply {
    if is_foreign(&request.headers) {
        return ended::not_from_here(StatusCode::FORBIDDEN);
    }
    let form = Form::read(&request.body);
    let Some(action) = Action::named(form.text("action")) else {
        return ended::not_from_here(StatusCode::BAD_REQUEST);
    };
    let channel = channel(order, &form);
    // Who gives up is asked for nothing, and so is who presses a button of a payment that has ended.
    let asks = order.status == Status::New && !matches!(action, Action::Cancel | Action::Expire);
    if asks {
        let details = Details::read(&form);
        let mut errors = details.errors();
        if channel.is_none() && !order.groups.is_empty() {
            errors.insert(0, ("channelId", "Choose a payment method"));
        }
        if !errors.is_empty() {
            return Reply { status: StatusCode::UNPROCESSABLE_ENTITY, ..open(order, channel, &details, &errors) };
        }
    }
    // The same button pressed twice leads to the same place; another one cannot undo what was done.
    match provider.act(&order.reference, action, channel) {
        Some(Acted { status, redirect: Some(address), first_deliver, .. }) if status == action.leads_to() => {
            Reply { wait_for: first_deliver, ..layout::redirect(StatusCode::FOUND, &address) }
                .assume("302 as the status of the redirect")
        }
        Some(acted) => ended::ended(&Checkout { status: acted.status, redirect: acted.redirect, ..order.clone() }),
        None => ended::no_payment(),
    }
}

/// The method that the link names, else the one that was chosen, if the country has it.
fn channel(order: &Checkout, form: &Form) -> Option<u32> {
    let chosen = form.text("channelId").parse().ok();
    let has = |id: &u32| order.groups.iter().flat_map(|(_, channels)| channels).any(|channel| channel.id == *id);
    order.channel.map(|channel| channel.id).or(chosen.filter(has))
}

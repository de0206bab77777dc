//! The hosted pages: what their addresses lead to, and what their buttons do.

use super::card::{self, CardForm};
use super::look::{Look, PAY};
use super::payer::PayerForm;
use super::screen::{self, Errors, Filled};
use super::shown::Shown;
use super::{TITLE, ended};
use crate::pages::form::{Form, is_foreign};
use crate::pages::layout;
use crate::payagency::answers::FieldError;
use crate::payagency::hosted::{Decided, Decision, PaymentView};
use crate::payagency::linked::{LinkForm, LinkStands, LinkView};
use crate::payagency::payment::Kind;
use crate::payagency::provider::{Opened, PayAgencyProvider};
use crate::payagency::status::Status;
use crate::provider::{ProviderRequest, Reply};
use http::{Method, StatusCode};

/// What the pages' forms may lead to. Browsers hold every redirect that follows against it, the merchant's own ones
/// too, so it names no host.
const FORM_TARGETS: &str = "'self' http: https:";

/// Answers a request to a hosted page.
pub(crate) fn answer(provider: &PayAgencyProvider, request: &ProviderRequest) -> Reply {
    if ![Method::GET, Method::HEAD, Method::POST].contains(&request.method) {
        return ended::not_from_here(StatusCode::METHOD_NOT_ALLOWED);
    }
    let form = (request.method == Method::POST).then(|| Form::read(&request.body));
    if form.is_some() && is_foreign(&request.headers) {
        return ended::not_from_here(StatusCode::FORBIDDEN);
    }
    match (provider.open_page(&request.path), form) {
        (Opened::Nothing, _) => ended::nothing_here(),
        (Opened::Payment(payment), None) => payment_page(&payment, &[]),
        (Opened::Payment(payment), Some(form)) => payment_form(provider, request, &payment, &form),
        (Opened::Link(link), form) => match (&link.stands, form) {
            (LinkStands::Used(payment), _) => used(payment),
            (LinkStands::Expired, _) => ended::expired(),
            (LinkStands::Open, None) => link_page(&link, &Filled::default(), &[]),
            (LinkStands::Open, Some(form)) => link_form(provider, request, &link, &form),
        },
    }
}

fn payment_page(payment: &PaymentView, errors: Errors<'_>) -> Reply {
    match &payment.redirect {
        _ if !is_open(payment) => ended::ended(payment),
        // Its card was typed here and waits on the next page.
        Some(next) if look(payment).asks_card && payment.card.is_some() => {
            layout::redirect(StatusCode::SEE_OTHER, next)
        }
        _ => draw(&look(payment), &Shown::from(payment), &Filled::default(), errors),
    }
}

/// Whether the page still asks something. A pay-in may wait for its coins under another word than the rest (C4).
fn is_open(payment: &PaymentView) -> bool {
    payment.status == Status::Redirect || payment.status == Status::Pending && payment.kind == Kind::CryptoPayin
}

fn look(payment: &PaymentView) -> Look {
    Look::of(payment.page, payment.kind, &Shown::from(payment))
}

fn payment_form(provider: &PayAgencyProvider, request: &ProviderRequest, payment: &PaymentView, form: &Form) -> Reply {
    let action = form.text("action");
    if !look(payment).offers(action) {
        return ended::not_from_here(StatusCode::BAD_REQUEST);
    }
    let done = match Decision::named(action) {
        // What has ended or waits is not decided a second time.
        _ if !is_open(payment) => return payment_page(payment, &[]),
        Some(decision) => provider.decide(&payment.transaction_id, decision),
        None => match provider.submit_card(&payment.transaction_id, &CardForm::read(form).typed()) {
            Some(Err(errors)) => return wrong(payment_page(payment, &words(&errors))),
            done => done.and_then(Result::ok),
        },
    };
    gone_on(provider, request, done)
}

fn link_page(link: &LinkView, filled: &Filled, errors: Errors<'_>) -> Reply {
    let shown = Shown::from(link);
    draw(&Look::of(link.page, link.kind, &shown), &shown, filled, errors)
}

fn link_form(provider: &PayAgencyProvider, request: &ProviderRequest, link: &LinkView, form: &Form) -> Reply {
    if form.text("action") != PAY {
        return ended::not_from_here(StatusCode::BAD_REQUEST);
    }
    let filled = Filled {
        payer: PayerForm::read(form),
        amount: form.text("amount").to_owned(),
        currency: form.text("currency").to_ascii_uppercase(),
    };
    let card = CardForm::read(form);
    let done = provider.pay_link(
        &link.link_id,
        &LinkForm {
            first_name: &filled.payer.first_name,
            last_name: &filled.payer.last_name,
            email: &filled.payer.email,
            amount: Some(&filled.amount),
            currency: Some(&filled.currency),
            card: Some(card.typed()),
        },
    );
    match done {
        Some(Err(errors)) => wrong(link_page(link, &filled, &words(&errors))),
        done => gone_on(provider, request, done.and_then(Result::ok)),
    }
}

/// A link that somebody has used: its payment, or the page on which that goes on.
fn used(payment: &PaymentView) -> Reply {
    match (&payment.redirect, payment.status) {
        (Some(next), Status::Redirect) => layout::redirect(StatusCode::SEE_OTHER, next),
        _ => ended::ended(payment),
    }
}

/// Sends the payer on, once: a second press, or one on a page of long ago, is shown what came of the first.
fn gone_on(provider: &PayAgencyProvider, request: &ProviderRequest, done: Option<Decided>) -> Reply {
    match done {
        Some(Decided { redirect: Some(next), first_deliver, .. }) => {
            Reply { wait_for: first_deliver, ..layout::redirect(StatusCode::SEE_OTHER, &next) }
                .assume("303 as the status of the redirect")
        }
        Some(decided) => {
            let page = match provider.open_page(&request.path) {
                Opened::Payment(payment) => ended::ended(&payment),
                Opened::Link(link) => match &link.stands {
                    LinkStands::Used(payment) => ended::ended(payment),
                    LinkStands::Open | LinkStands::Expired => ended::nothing_here(),
                },
                Opened::Nothing => ended::nothing_here(),
            };
            Reply { wait_for: decided.first_deliver, ..page }
        }
        None => ended::nothing_here(),
    }
}

fn draw(look: &Look, shown: &Shown<'_>, filled: &Filled, errors: Errors<'_>) -> Reply {
    layout::hosted(TITLE, look.title, FORM_TARGETS, &screen::draw(look, shown, filled, errors))
}

fn wrong(page: Reply) -> Reply {
    Reply { status: StatusCode::UNPROCESSABLE_ENTITY, ..page }
}

/// The page's own words for what the API calls wrong, each field once, in the order of the page.
fn words(errors: &[FieldError]) -> Vec<(&'static str, &'static str)> {
    let mut found: Vec<(&str, &str)> = Vec::new();
    for (field, what) in errors {
        let said = match *field {
            "first_name" => Some(("first_name", "Enter your first name")),
            "last_name" => Some(("last_name", "Enter your surname")),
            "email" => Some(("email", "Enter an e-mail address, such as name@example.com")),
            "amount" => Some(("amount", "Enter an amount, such as 12")),
            "currency" => Some(("currency", "Enter three letters, such as GBP")),
            _ => card::words(field, what),
        };
        found.extend(said.filter(|(name, _)| found.iter().all(|(known, _)| known != name)));
    }
    let order = ["amount", "currency", "first_name", "last_name", "email", "card_number", "card_expiry", "card_cvv"];
    found.sort_by_key(|(name, _)| order.iter().position(|it| it == name));
    found
}

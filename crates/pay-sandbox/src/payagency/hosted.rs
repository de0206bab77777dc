//! What the hosted pages show, and what their buttons do.

use super::account::{Environment, MERCHANT_NAME};
use super::answers::FieldError;
use super::cards::{Behaviour, Typed};
use super::events;
use super::modes::{HostedUrl, RampEvent, RedirectQuery, Underpaid, WebhookTiming};
use super::payment::{CryptoPaid, Kind, Payment};
use super::routes::{self, Page};
use super::state::State;
use super::status::Status;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use std::time::{Duration, SystemTime};

/// What the payer, or whoever speaks for one, does with a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Approves; for crypto: pays exactly what was asked.
    Approve,
    Decline,
    /// Closes the page and never comes back.
    Abandon,
    /// Crypto pay-ins only.
    PayUnder,
    /// Crypto pay-ins only.
    PayOver,
}

impl Decision {
    pub(crate) const ALL: [(&'static str, Self); 5] = [
        ("approve", Self::Approve),
        ("decline", Self::Decline),
        ("abandon", Self::Abandon),
        ("pay_under", Self::PayUnder),
        ("pay_over", Self::PayOver),
    ];

    /// The decision with this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(known, _)| *known == name).map(|(_, decision)| decision)
    }
}

/// What became of a decision, a card or a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decided {
    /// The payment that it was about.
    pub(crate) transaction_id: String,
    /// Where the payment stands now.
    pub(crate) status: Status,
    /// `false`: it had ended before, and nothing was done.
    pub(crate) changed: bool,
    /// Where the payer goes: to the merchant, or to the next page. `None`: nowhere, or to what is no http(s) URL.
    pub(crate) redirect: Option<String>,
    /// The delivery to wait for before the payer goes, where the mode wants that.
    pub(crate) first_deliver: Option<u64>,
}

/// A payment as its page shows it.
#[derive(Clone, Debug)]
pub(crate) struct PaymentView {
    pub(crate) page: Page,
    pub(crate) merchant: &'static str,
    pub(crate) environment: Environment,
    pub(crate) kind: Kind,
    pub(crate) transaction_id: String,
    pub(crate) order_id: Option<String>,
    /// As it was sent.
    pub(crate) amount: String,
    pub(crate) currency: String,
    pub(crate) status: Status,
    /// Masked, where a card was given.
    pub(crate) card: Option<String>,
    pub(crate) crypto: Option<CryptoView>,
    /// Where the payer belongs for the status as it stands.
    pub(crate) redirect: Option<String>,
}

/// The crypto side of a payment or link.
#[derive(Clone, Debug)]
pub(crate) struct CryptoView {
    pub(crate) currency: String,
    pub(crate) network: Option<String>,
    /// In coins.
    pub(crate) amount: Option<String>,
}

/// Shows a payment on one of its pages. `None`: there is no such payment, or it has no such page.
pub(super) fn view(state: &State, page: Page, environment: Environment, id: &str, base: &str) -> Option<PaymentView> {
    let payment = state.book.payment(id).filter(|payment| payment.order.environment == environment)?;
    let fits = match page {
        // A card typed on the hosted page or a link may lead here too.
        Page::CardCheckout => payment.wants_three_ds(),
        Page::HostedCard => payment.order.kind == Kind::HostedCard,
        Page::Apm => payment.order.kind == Kind::Apm,
        Page::CryptoPayin => payment.order.kind == Kind::CryptoPayin,
        Page::CryptoRamp => payment.order.kind.is_ramp(),
        Page::PaymentLink | Page::CryptoLink => false,
    };
    fits.then(|| of(state, page, payment, base))
}

/// A payment as a page shows it.
pub(super) fn of(state: &State, page: Page, payment: &Payment, base: &str) -> PaymentView {
    let order = &payment.order;
    PaymentView {
        page,
        merchant: MERCHANT_NAME,
        environment: order.environment,
        kind: order.kind,
        transaction_id: payment.id.clone(),
        order_id: order.order_id.clone(),
        amount: order.amount.text.clone(),
        currency: order.currency.clone(),
        status: payment.status,
        card: order.card.as_ref().map(|card| card.masked.clone()),
        crypto: order.crypto.as_ref().map(|crypto| CryptoView {
            currency: crypto.currency.clone(),
            network: crypto.network.clone(),
            amount: crypto.amount.clone(),
        }),
        redirect: next(state, payment, base),
    }
}

/// Moves a payment on, once: whatever comes after its end changes nothing. `None`: no such payment.
pub(super) fn decide(state: &mut State, id: &str, decision: Decision, base: &str) -> Option<Decided> {
    let underpaid = state.modes.underpaid;
    let payment = state.book.payment_mut(id)?;
    let kind = payment.order.kind;
    let stubborn = payment.order.card.as_ref().is_some_and(|card| card.does == Behaviour::ThreeDsDeclined);
    let (status, paid) = match decision {
        Decision::Approve if stubborn => (Status::Failed, None),
        Decision::Approve => (Status::Success, Some(CryptoPaid::Exact)),
        Decision::PayUnder if underpaid == Underpaid::Failed => (Status::Failed, Some(CryptoPaid::Under)),
        Decision::PayUnder => (Status::Success, Some(CryptoPaid::Under)),
        Decision::PayOver => (Status::Success, Some(CryptoPaid::Over)),
        Decision::Decline => (Status::Failed, None),
        Decision::Abandon => (Status::Abandoned, None),
    };
    // A pending card payment has its end already, and the merchant was promised the event.
    let promised = payment.status == Status::Pending && payment.due.is_some_and(|(_, end)| end != Status::Abandoned);
    let for_crypto = matches!(decision, Decision::PayUnder | Decision::PayOver);
    let changed = !promised && (!for_crypto || kind == Kind::CryptoPayin) && payment.become_status(status);
    if changed
        && kind == Kind::CryptoPayin
        && let Some(crypto) = &mut payment.order.crypto
    {
        crypto.paid = paid;
    }
    if changed {
        told(state, id, status);
    }
    decided(state, id, changed, base)
}

/// Takes the card that a payer typed. A second one changes nothing.
pub(super) fn submit_card(
    state: &mut State,
    id: &str,
    card: &Typed<'_>,
    now: SystemTime,
    base: &str,
) -> Option<Result<Decided, Vec<FieldError>>> {
    let others = state.modes.other_cards;
    let pending_for = state.settings.pending_for;
    let payment = state.book.payment_mut(id)?;
    if payment.status != Status::Redirect || payment.order.card.is_some() {
        return decided(state, id, false, base).map(Ok);
    }
    let card = match card.read(others, now.into()) {
        Ok(card) => card,
        Err(errors) => return Some(Err(errors)),
    };
    let does = card.does;
    payment.order.card = Some(card);
    charge(state, id, does, now, pending_for);
    decided(state, id, true, base).map(Ok)
}

/// What a card does to an open payment.
pub(super) fn charge(state: &mut State, id: &str, does: Behaviour, now: SystemTime, pending_for: Duration) {
    let Some(payment) = state.book.payment_mut(id) else { return };
    let status = match does {
        Behaviour::Success => Status::Success,
        Behaviour::Decline => Status::Failed,
        Behaviour::Blocked => Status::Blocked,
        Behaviour::ThreeDs | Behaviour::ThreeDsDeclined => return,
        Behaviour::Pending => {
            payment.become_status(Status::Pending);
            payment.due = now.checked_add(pending_for).map(|at| (at, Status::Success));
            events::queue(state, id, Status::Success, pending_for);
            return;
        }
    };
    if payment.become_status(status) {
        told(state, id, status);
    }
}

/// Tells the merchant's server, where the status is one of those that are told.
fn told(state: &mut State, id: &str, status: Status) {
    let is_ramp = state.book.payment(id).is_some_and(|payment| payment.order.kind.is_ramp());
    let silent = is_ramp && state.modes.ramp_event == RampEvent::Off;
    let after = match state.modes.webhook_timing {
        WebhookTiming::BeforeRedirect => Duration::ZERO,
        WebhookTiming::AfterRedirect => AFTER_REDIRECT,
    };
    if status.is_told() && !silent {
        events::queue(state, id, status, after);
    }
}

/// Long enough for a browser to have followed.
const AFTER_REDIRECT: Duration = Duration::from_secs(1);

pub(super) fn decided(state: &State, id: &str, changed: bool, base: &str) -> Option<Decided> {
    let payment = state.book.payment(id)?;
    let (transaction_id, status) = (payment.id.clone(), payment.status);
    Some(Decided { transaction_id, status, changed, redirect: next(state, payment, base), first_deliver: None })
}

/// Where the payer of a payment belongs now.
fn next(state: &State, payment: &Payment, base: &str) -> Option<String> {
    match payment.status {
        Status::Redirect => page_url(state, payment, base),
        Status::Abandoned => None,
        _ => back(state, payment),
    }
}

/// The page on which an open payment goes on.
pub(super) fn page_url(state: &State, payment: &Payment, base: &str) -> Option<String> {
    let page = match payment.order.kind {
        _ if payment.wants_three_ds() => Page::CardCheckout,
        Kind::HostedCard => Page::HostedCard,
        Kind::Apm => Page::Apm,
        Kind::CryptoPayin => Page::CryptoPayin,
        Kind::OnRamp | Kind::OffRamp => Page::CryptoRamp,
        Kind::Card | Kind::Link => return None,
    };
    let double_slash = state.modes.hosted_url == HostedUrl::Page;
    Some(format!("{base}{}", routes::page_path(page, payment.order.environment, &payment.id, double_slash)))
}

fn back(state: &State, payment: &Payment) -> Option<String> {
    let url = payment.order.redirect_url.clone()?;
    // A merchant's URL is not trusted with the payer's browser: no other scheme, nothing that breaks a header.
    let plain = url.bytes().all(|byte| byte.is_ascii_graphic());
    if !plain || !(url.starts_with("http://") || url.starts_with("https://")) {
        return None;
    }
    if state.modes.redirect_query == RedirectQuery::Absent {
        return Some(url);
    }
    let (url, fragment) = url.split_once('#').map_or((url.as_str(), None), |(url, part)| (url, Some(part)));
    let sign = if url.contains('?') { '&' } else { '?' };
    let fragment = fragment.map(|part| format!("#{part}")).unwrap_or_default();
    let order = payment.order.order_id.as_deref().unwrap_or_default();
    let order = utf8_percent_encode(order, NON_ALPHANUMERIC);
    let status = payment.status.word(&state.modes);
    Some(format!("{url}{sign}transaction_id={}&order_id={order}&status={status}{fragment}", payment.id))
}

//! What the hosted checkout page shows, and what its buttons do.

use super::account::PARTNER_NAME;
use super::channels::{self, Channel, Group};
use super::events;
use super::modes::{PaidRedirect, PayLaterEvent, RedirectReference, WebhookTiming};
use super::payment::{Payment, Status};
use super::state::State;
use std::time::Duration;

/// What a customer, or whoever speaks for one, does with a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Pay,
    Fail,
    PayLater,
    Cancel,
    Expire,
}

impl Action {
    pub(crate) const ALL: [(&'static str, Self); 5] = [
        ("pay", Self::Pay),
        ("fail", Self::Fail),
        ("pay_later", Self::PayLater),
        ("cancel", Self::Cancel),
        ("expire", Self::Expire),
    ];

    /// The action with this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(known, _)| *known == name).map(|(_, action)| action)
    }

    /// Where the payment stands once this is done.
    pub(crate) fn leads_to(self) -> Status {
        match self {
            Self::Pay => Status::Successful,
            Self::Fail => Status::Failed,
            Self::PayLater => Status::Pending,
            Self::Cancel => Status::Cancelled,
            Self::Expire => Status::Abandoned,
        }
    }
}

/// What became of an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Acted {
    /// Where the payment stands now.
    pub(crate) status: Status,
    /// `false`: it had ended (or waited) before, and nothing was done.
    pub(crate) changed: bool,
    /// Where the customer goes; `None`: nowhere, or to what is no http(s) URL.
    pub(crate) redirect: Option<String>,
    /// The delivery to wait for before the customer goes, where the mode wants that.
    pub(crate) first_deliver: Option<u64>,
}

/// A payment as the page shows it.
#[allow(dead_code, reason = "for the hosted page")]
#[derive(Clone, Debug)]
pub(crate) struct Checkout {
    pub(crate) merchant: &'static str,
    pub(crate) reference: String,
    pub(crate) partner_reference: String,
    /// In major units, as it was sent.
    pub(crate) amount: String,
    pub(crate) currency: String,
    pub(crate) country: String,
    /// Titles of the products.
    pub(crate) titles: Vec<String>,
    pub(crate) status: Status,
    /// The preselected method.
    pub(crate) channel: Option<&'static Channel>,
    /// Every method of the country.
    pub(crate) groups: Vec<(Group, Vec<&'static Channel>)>,
    /// Where the customer goes for the status as it stands.
    pub(crate) redirect: Option<String>,
}

/// A payment with the method that a link preselects.
pub(super) fn view(state: &State, payment: &Payment, channel: Option<u32>) -> Checkout {
    let order = &payment.order;
    Checkout {
        merchant: PARTNER_NAME,
        reference: payment.reference.clone(),
        partner_reference: order.partner_reference.clone(),
        amount: order.amount.clone(),
        currency: order.currency.clone(),
        country: order.country.clone(),
        titles: order.titles.clone(),
        status: payment.status,
        channel: payment.channel.or_else(|| channel.and_then(|id| channels::find(&order.country, id))),
        groups: channels::groups(&order.country),
        redirect: redirect(state, payment),
    }
}

/// Moves a payment on, once: whatever comes after its end changes nothing. `None`: no such payment.
pub(super) fn act(state: &mut State, reference: &str, action: Action, channel: Option<u32>) -> Option<Acted> {
    let payment = state.book.find_mut(reference)?;
    let changed = payment.become_status(action.leads_to());
    if changed && let Some(id) = channel {
        payment.channel = channels::find(&payment.order.country, id);
    }
    let status = payment.status;
    if changed {
        let name = match (status, state.modes.pay_later_event) {
            (Status::Pending, PayLaterEvent::PayOffline) => "PAY_OFFLINE",
            _ => status.as_str(),
        };
        let after = match state.modes.webhook_timing {
            WebhookTiming::BeforeRedirect => Duration::ZERO,
            WebhookTiming::AfterRedirect => AFTER_REDIRECT,
        };
        events::queue(state, reference, name, after);
    }
    let redirect = state.book.find(reference).and_then(|payment| redirect(state, payment));
    Some(Acted { status, changed, redirect, first_deliver: None })
}

/// Long enough for a browser to have followed.
const AFTER_REDIRECT: Duration = Duration::from_secs(1);

fn redirect(state: &State, payment: &Payment) -> Option<String> {
    let urls = state.urls(payment);
    let url = match (payment.status, state.modes.paid_redirect) {
        (Status::Successful, PaidRedirect::Success) => urls.success_url,
        (Status::Successful, PaidRedirect::Failure) | (Status::Failed, _) => urls.failure_url,
        (Status::Pending, _) => urls.pending_url,
        (Status::Cancelled, _) => urls.cancel_url,
        // Nobody is there any more, or nothing has happened yet.
        (Status::Abandoned | Status::New, _) => None,
    }?;
    // A merchant's URL is not trusted with the customer's browser: no other scheme, nothing that breaks a header.
    let plain = url.bytes().all(|byte| byte.is_ascii_graphic());
    if !plain || !(url.starts_with("http://") || url.starts_with("https://")) {
        return None;
    }
    if state.modes.redirect_reference == RedirectReference::Absent {
        return Some(url);
    }
    let (url, fragment) = url.split_once('#').map_or((url.as_str(), None), |(url, part)| (url, Some(part)));
    let sign = if url.contains('?') { '&' } else { '?' };
    let fragment = fragment.map(|part| format!("#{part}")).unwrap_or_default();
    Some(format!("{url}{sign}reference={}{fragment}", payment.reference))
}

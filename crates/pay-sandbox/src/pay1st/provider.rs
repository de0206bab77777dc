//! Pay1st as the frame sees it: from a request to the endpoint that answers it.

use super::account::API_SECRET;
use super::answers::{self, Refusal};
use super::body::Object;
use super::checkout::{self, Acted, Action};
use super::events;
use super::handlers::{self, Needs};
use super::link::{self, Link};
use super::modes::{MediaType, WebhookTiming};
use super::state::{Call, State};
use super::{auth, pages, routes};
use crate::faults::Behaviour;
use crate::generated::Route;
use crate::generated::pay1st::ROUTES;
use crate::provider::{KnownPath, Provider, ProviderRequest, Reply};
use crate::webhooks::Outbox;
use crate::{Error, ModeState, ProviderLedger, SandboxClock};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The hosted page: no endpoint of the API, so the document does not have it.
const CHECKOUT: KnownPath = KnownPath { operation: "checkout", template: "/checkout" };

/// Pay1st's part of the sandbox.
pub(crate) struct Pay1stProvider {
    pub(super) clock: SandboxClock,
    state: Mutex<State>,
    outbox: Arc<Outbox>,
}

impl Pay1stProvider {
    pub(crate) fn new(clock: SandboxClock, outbox: Arc<Outbox>) -> Self {
        Self { clock, state: Mutex::default(), outbox }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands on what was caused; answers the number of the last delivery.
    fn hand_on(&self, state: &mut State) -> Option<u64> {
        // Under the lock: what was caused first is enqueued first.
        state.outgoing.drain(..).map(|event| self.outbox.send(event)).last()
    }

    /// What a checkout link leads to; `query` is the link's query as it came, nothing decoded.
    pub(crate) fn open_link(&self, query: &str) -> Link {
        let state = self.lock();
        let values = link::values(query);
        if let Err(fault) = link::check(&values, &state.access, &state.modes, self.clock.now()) {
            return Link::Refused(fault);
        }
        match state.book.find(&values.reference) {
            Some(payment) => Link::Open(checkout::view(&state, payment, values.channel)),
            None => Link::NoPayment,
        }
    }

    /// Does what a button of the hosted page does; a second time it changes nothing. `None`: no such payment.
    pub(crate) fn act(&self, reference: &str, action: Action, channel: Option<u32>) -> Option<Acted> {
        let mut state = self.lock();
        let mut acted = checkout::act(&mut state, reference, action, channel)?;
        let delivery = self.hand_on(&mut state);
        if state.modes.webhook_timing == WebhookTiming::BeforeRedirect {
            acted.first_deliver = delivery;
        }
        Some(acted)
    }

    /// Sends an event on a payment with any status of the list, without moving the payment.
    pub(super) fn send_event(&self, reference: &str, status: &str) -> Result<u64, Error> {
        if !events::STATUSES.contains(&status) {
            return Err(Error::invalid("status", format!("not one of {}", events::STATUSES.join(", "))));
        }
        let mut state = self.lock();
        let queued = events::queue(&mut state, reference, status, Duration::ZERO);
        let sent = queued.and_then(|()| self.hand_on(&mut state));
        sent.ok_or_else(|| Error::invalid("reference", "no such payment"))
    }

    fn answer(&self, state: &mut State, route: &Route, request: &ProviderRequest) -> Result<Reply, Refusal> {
        let (needs, handle) = handlers::handler(route.operation).ok_or_else(answers::no_such_path)?;
        if request.method.as_str() != route.method || !takes(state, route, request) {
            return Err(answers::wrong_method());
        }
        let mut call = Call { request, operation: route.operation, now: self.clock.now(), grant: None };
        if needs != Needs::Nothing {
            call.grant = Some(auth::bearer(state, request, call.now)?);
            auth::signed(state, &call, needs == Needs::Token)?;
        }
        handle(state, &call)
    }
}

/// Whether the request carries the endpoint's media type.
fn takes(state: &State, route: &Route, request: &ProviderRequest) -> bool {
    let given = request.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let given = match state.modes.media_type {
        MediaType::Exact => given,
        MediaType::Lenient => given.split(';').next().unwrap_or_default().trim(),
    };
    given.eq_ignore_ascii_case(routes::media_type(route.template))
}

impl Provider for Pay1stProvider {
    fn name(&self) -> &'static str {
        super::NAME
    }

    fn operations(&self) -> Vec<&'static str> {
        ROUTES.iter().map(|route| route.operation).chain([CHECKOUT.operation]).collect()
    }

    fn known_path(&self, path: &str) -> Option<KnownPath> {
        if path == CHECKOUT.template { Some(CHECKOUT) } else { routes::find(path).map(routes::known_path) }
    }

    fn reference(&self, operation: &str, request: &ProviderRequest) -> Option<String> {
        let body = || Object::parse(&request.body);
        match operation {
            "create_payment" => body()?.text("partnerReference"),
            "report_fulfilment" => body()?.text("reference"),
            "refund" => body()?.text("partnerRefundReference"),
            "payment" | "checkout" => {
                request.query.iter().find(|(name, _)| name == "reference").map(|(_, value)| value.clone())
            }
            _ => None,
        }
    }

    fn note_attempt(&self, operation: &str, reference: &str) {
        if operation == "create_payment" {
            self.lock().book.tally(reference).attempts += 1;
        }
    }

    fn note_answered(&self, operation: &str, reference: &str) {
        if operation == "create_payment" {
            self.lock().book.tally(reference).answered += 1;
        }
    }

    fn handle(&self, request: &ProviderRequest, _: Option<&Behaviour>) -> Reply {
        if request.path == CHECKOUT.template {
            return pages::checkout(self, request);
        }
        let mut state = self.lock();
        let state = &mut *state;
        let answer = match routes::find(&request.path) {
            Some(route) => self.answer(state, route, request),
            None => Err(answers::no_such_path()),
        };
        self.hand_on(state);
        answer.unwrap_or_else(|refusal| refusal.reply(&state.modes))
    }

    fn unauthorized(&self) -> Reply {
        Refusal::unauthorized("access token").reply(&self.lock().modes)
    }

    fn failure(&self, status: StatusCode) -> Option<Reply> {
        Some(answers::by_status(status).reply(&self.lock().modes))
    }

    fn modes(&self) -> Vec<ModeState> {
        self.lock().modes.describe()
    }

    fn set_modes(&self, modes: &[(&str, &str)]) -> Result<(), Error> {
        self.lock().modes.set_all(modes)
    }

    fn ledger(&self) -> ProviderLedger {
        self.lock().book.ledger(self.clock.now())
    }

    fn leaks(&self, text: &str) -> Vec<String> {
        let state = self.lock();
        let found = [
            (text.contains(API_SECRET), "the API secret"),
            (text.contains(&auth::basic()), "the Basic header"),
            (text.contains(&state.signing_key), "the signing key"),
            (state.access.leaks(text), "an access token"),
            (state.refresh.leaks(text), "a refresh token"),
        ];
        found.into_iter().filter(|(found, _)| *found).map(|(_, whose)| format!("{whose} of Pay1st")).collect()
    }

    fn reset(&self) {
        *self.lock() = State::default();
    }
}

//! PagFast as the frame sees it: from a request to the endpoint that answers it.

use super::answers::Refusal;
use super::body::Body;
use super::checkout::{self, Acted, View};
use super::handlers::{self, Takes};
use super::modes::{Environment, UnreachableLeaves, WebhookTiming, WebhookUnreachable};
use super::moves::{self, Move, Wrong};
use super::routes::{self, Endpoint};
use super::state::{self, Call, State};
use super::{auth, leaks, pages, simulate};
use crate::faults::Behaviour;
use crate::payagency::holds_a_card;
use crate::provider::{KnownPath, Provider, ProviderRequest, Reply};
use crate::webhooks::{DeliveryState, Outbox};
use crate::{Error, ModeState, ProviderLedger, SandboxClock};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// PagFast's part of the sandbox.
pub(crate) struct PagFastProvider {
    pub(super) clock: SandboxClock,
    state: Mutex<State>,
    outbox: Arc<Outbox>,
    /// What addresses of pages begin with.
    base: String,
}

impl PagFastProvider {
    pub(crate) fn new(clock: SandboxClock, outbox: Arc<Outbox>, url: &str) -> Self {
        let base = format!("{url}/{}", super::NAME);
        Self { clock, state: Mutex::new(State::new(&base)), outbox, base }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands on what was caused; answers the number of the last delivery.
    fn hand_on(&self, state: &mut State) -> Option<u64> {
        let mut last = None;
        // Under the lock: what was caused first is enqueued first.
        for (id, event) in std::mem::take(&mut state.outgoing) {
            last = Some(self.outbox.send(event));
            if let Some(transaction) = state.book.find_mut(&id) {
                transaction.delivery = last;
            }
        }
        last
    }

    /// What the address of a page leads to; `path` as it stands after the provider's prefix.
    pub(crate) fn open_page(&self, path: &str) -> Option<View> {
        let (page, _, ids) = routes::find_page(path)?;
        checkout::view(&self.lock(), page, &ids)
    }

    /// Does what a button of a page does; a second time it changes nothing. `None`: no such transaction.
    pub(crate) fn press(&self, id: &str, by: &Move) -> Option<Result<Acted, Wrong>> {
        let mut state = self.lock();
        let acted = checkout::act(&mut state, id, by, self.clock.now())?;
        let delivery = self.hand_on(&mut state);
        let waits = state.modes.webhook_timing == WebhookTiming::BeforeRedirect;
        Some(acted.map(|acted| Acted { first_deliver: delivery.filter(|_| waits), ..acted }))
    }

    /// Moves a transaction on by hand.
    pub(super) fn act(&self, id: &str, by: &Move) -> Result<Acted, Error> {
        match self.press(id, by) {
            Some(Ok(acted)) => Ok(acted),
            None => Err(Error::invalid("id", "no such transaction")),
            Some(Err(Wrong::Payer)) => Err(Error::invalid("tax_number", "anybody may pay, so this is required")),
            Some(Err(Wrong::TaxNumber)) => Err(Error::invalid("tax_number", "must be eleven digits")),
            Some(Err(Wrong::Amount)) => {
                Err(Error::invalid("amount", "must be an amount, and the transaction's own unless it is editable"))
            }
        }
    }

    fn answer(&self, state: &mut State, request: &ProviderRequest) -> Result<Reply, Refusal> {
        if routes::is_described_step(&request.path) {
            auth::bearer(state, request, self.clock.now())?;
            return Err(Refusal::path_not_known());
        }
        let nothing = || Refusal::not_found("There is nothing at this path");
        let (endpoint, id) = routes::find(&request.path, &state.modes).ok_or_else(nothing)?;
        let operation = endpoint.operation;
        if handlers::is_simulator(operation) && state.modes.environment == Environment::Production {
            return Err(nothing());
        }
        let warned = method(state, endpoint, request)?;
        let (takes, handle) = handlers::handler(operation).ok_or_else(nothing)?;
        let now = self.clock.now();
        let account = if operation == "login" { "" } else { auth::bearer(state, request, now)? };
        let body = body(takes, request)?;
        let has_body = takes == Takes::Body || takes == Takes::MaybeBody && !request.body.is_empty();
        if has_body {
            state::check_body(operation, &body, &state.modes)?;
        }
        let delivery_status = self.delivery_status(state, id.as_deref());
        let reply = handle(state, &Call { operation, account, body, id, query: &request.query, now, delivery_status })?;
        Ok(if warned { reply.assume("that this method simulates too") } else { reply })
    }

    fn delivery_status(&self, state: &State, id: Option<&str>) -> Option<&'static str> {
        let delivery = id.and_then(|id| state.book.find(id)).and_then(|transaction| transaction.delivery)?;
        self.outbox.state(delivery).map(|state| match state {
            DeliveryState::Delivered => "Delivered",
            DeliveryState::GivenUp | DeliveryState::Refused | DeliveryState::Dropped => "Failed",
            DeliveryState::Waiting | DeliveryState::Held | DeliveryState::Sending => "Pending",
        })
    }

    /// Lets a simulator's answer wait until its webhook was tried, where that is about to happen.
    fn await_delivery(&self, state: &mut State, delivery: Option<u64>, reply: &mut Reply) {
        let Some((delivery, watch)) = delivery.zip(state.watch.take()) else { return };
        if self.outbox.is_about_to_go(delivery) {
            reply.wait_for = Some(delivery);
            state.awaited.insert(delivery, watch);
        } else if let Some(by) = &watch.by {
            // A rule delays or drops it: the provider has nothing to complain of.
            moves::act(state, &watch.id, by, self.clock.now(), Duration::ZERO);
            // Its event is under way already.
            state.outgoing.clear();
        }
    }
}

/// The method of an endpoint. `true`: not the documented one, which a mode allows.
fn method(state: &State, endpoint: &Endpoint, request: &ProviderRequest) -> Result<bool, Refusal> {
    let given = request.method.as_str();
    if given == endpoint.method {
        return Ok(false);
    }
    let either = state.modes.simulation_method == super::modes::SimulationMethod::Either;
    if either && handlers::is_simulator(endpoint.operation) && ["PUT", "POST"].contains(&given) {
        return Ok(true);
    }
    Err(Refusal::wrong_method())
}

fn body(takes: Takes, request: &ProviderRequest) -> Result<Body, Refusal> {
    if takes == Takes::Nothing || takes == Takes::MaybeBody && request.body.is_empty() {
        return Ok(Body::default());
    }
    let kind = request.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json") {
        return Err(Refusal::member("", "contentType", "the Content-Type must be application/json"));
    }
    Body::parse(&request.body).ok_or_else(|| Refusal::member("", "type", "must be a JSON object"))
}

impl Provider for PagFastProvider {
    fn name(&self) -> &'static str {
        super::NAME
    }

    fn operations(&self) -> Vec<&'static str> {
        routes::operations()
    }

    fn known_path(&self, path: &str) -> Option<KnownPath> {
        routes::known_path(path)
    }

    fn reference(&self, operation: &str, request: &ProviderRequest) -> Option<String> {
        let found = match operation {
            "pix_cash_in" | "pix_cash_out" | "open_finance_cash_in" => {
                Body::parse(&request.body)?.text("/transaction/orderId")
            }
            "transactions" => {
                request.query.iter().find(|(name, _)| name == "transactionOrderId").map(|it| it.1.clone())
            }
            _ => match routes::find_page(&request.path) {
                Some((_, _, ids)) => ids.into_iter().next_back(),
                None => routes::find_any(&request.path)?.1,
            },
        };
        // An id may be anything that somebody typed there, and the log shows it.
        found.filter(|it| !holds_a_card(it))
    }

    fn note_attempt(&self, operation: &str, reference: &str) {
        if handlers::moves_money(operation) {
            self.lock().book.tally(reference).attempts += 1;
        }
    }

    fn note_answered(&self, operation: &str, reference: &str) {
        if handlers::moves_money(operation) {
            self.lock().book.tally(reference).answered += 1;
        }
    }

    fn handle(&self, request: &ProviderRequest, _: Option<&Behaviour>) -> Reply {
        if routes::find_page(&request.path).is_some() {
            return pages::answer(self, request);
        }
        let mut state = self.lock();
        let answer = self.answer(&mut state, request);
        let delivery = self.hand_on(&mut state);
        let mut reply = answer.unwrap_or_else(|refusal| refusal.reply(&state.modes));
        self.await_delivery(&mut state, delivery, &mut reply);
        reply
    }

    fn after_delivery(&self, delivery: u64, reply: Reply) -> Reply {
        let mut state = self.lock();
        let Some(watch) = state.awaited.remove(&delivery) else { return reply };
        let reached = self.outbox.was_answered(delivery);
        if let Some(by) = watch.by.as_ref().filter(|_| reached) {
            moves::act(&mut state, &watch.id, by, self.clock.now(), Duration::ZERO);
            // Its event is the one that was just delivered.
            state.outgoing.clear();
        }
        if reached {
            let now = state.book.find(&watch.id).map(|transaction| transaction.state);
            return now.map_or(reply, |now| simulate::completed(&watch.id, now));
        }
        if state.modes.unreachable_leaves == UnreachableLeaves::Registered {
            self.outbox.give_up(delivery);
        }
        let status = match state.modes.webhook_unreachable {
            WebhookUnreachable::NotFound => StatusCode::NOT_FOUND,
            WebhookUnreachable::ServerError => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Refusal::unreachable(status).unmodified(&state.modes).assume("where this leaves the transaction")
    }

    fn unauthorized(&self) -> Reply {
        Refusal::token().reply(&self.lock().modes)
    }

    fn failure(&self, status: StatusCode) -> Option<Reply> {
        Some(Refusal::by_status(status).unmodified(&self.lock().modes))
    }

    fn modes(&self) -> Vec<ModeState> {
        self.lock().modes.describe()
    }

    fn set_modes(&self, modes: &[(&str, &str)]) -> Result<(), Error> {
        let mut state = self.lock();
        let mut changed = state.modes.clone();
        for (name, value) in modes {
            changed.set(name, value)?;
        }
        state.modes = changed;
        Ok(())
    }

    fn ledger(&self) -> ProviderLedger {
        self.lock().book.ledger()
    }

    fn leaks(&self, text: &str) -> Vec<String> {
        leaks::found(&self.lock(), text)
    }

    fn reset(&self) {
        *self.lock() = State::new(&self.base);
    }
}

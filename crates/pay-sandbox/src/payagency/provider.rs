//! Pay Agency as the frame sees it: from a request to the endpoint that answers it.

use super::account::Environment;
use super::answers::{FieldError, Refusal};
use super::body::Object;
use super::cards::{self, TEST_CARDS, Typed};
use super::handlers::{self, Takes};
use super::hosted::{self, Decided, Decision, PaymentView};
use super::linked::{self, LinkForm, LinkView};
use super::modes::WebhookTiming;
use super::routes::{self, Found, Page};
use super::state::{self, Call, State};
use super::{auth, pages, unseal};
use crate::faults::Behaviour;
use crate::generated::Route;
use crate::provider::{KnownPath, Provider, ProviderRequest, Reply};
use crate::webhooks::Outbox;
use crate::{Error, ModeState, ProviderLedger, SandboxClock};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Pay Agency's part of the sandbox.
pub(crate) struct PayAgencyProvider {
    clock: SandboxClock,
    state: Mutex<State>,
    outbox: Arc<Outbox>,
    /// What addresses of pages begin with.
    base: String,
}

/// What the address of a hosted page leads to.
#[derive(Clone, Debug)]
pub(crate) enum Opened {
    Payment(Box<PaymentView>),
    Link(Box<LinkView>),
    /// No such payment or link, or it has no such page.
    Nothing,
}

impl PayAgencyProvider {
    pub(crate) fn new(clock: SandboxClock, outbox: Arc<Outbox>, url: &str) -> Self {
        Self { clock, state: Mutex::default(), outbox, base: format!("{url}/{}", super::NAME) }
    }

    /// The state, with everything in it that was due by now.
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.book.settle(self.clock.now());
        state
    }

    /// Hands on what was caused; answers the number of the last delivery.
    pub(super) fn hand_on(&self, state: &mut State) -> Option<u64> {
        // Under the lock: what was caused first is enqueued first.
        state.outgoing.drain(..).map(|event| self.outbox.send(event)).last()
    }

    /// What the address of a page leads to; `path` as it stands after the provider's prefix.
    pub(crate) fn open_page(&self, path: &str) -> Opened {
        let Some(Found { what: (page, _), environment, id: Some(id), .. }) = routes::find_page(path) else {
            return Opened::Nothing;
        };
        let state = self.lock();
        if matches!(page, Page::PaymentLink | Page::CryptoLink) {
            let link = linked::view(&state, page, &id, self.clock.now(), &self.base);
            let fits = link.filter(|link| environment.is_none_or(|wanted| wanted == link.environment));
            return fits.map_or(Opened::Nothing, |link| Opened::Link(Box::new(link)));
        }
        let payment = environment.and_then(|environment| hosted::view(&state, page, environment, &id, &self.base));
        payment.map_or(Opened::Nothing, |payment| Opened::Payment(Box::new(payment)))
    }

    /// Does what a button of a page does; a second time it changes nothing. `None`: no such payment.
    pub(crate) fn decide(&self, transaction_id: &str, decision: Decision) -> Option<Decided> {
        let mut state = self.lock();
        let decided = hosted::decide(&mut state, transaction_id, decision, &self.base)?;
        Some(self.delivered(&mut state, decided))
    }

    /// Takes the card typed on the hosted card page. `None`: no such payment; `Err`: what is wrong, by field.
    pub(crate) fn submit_card(
        &self,
        transaction_id: &str,
        card: &Typed<'_>,
    ) -> Option<Result<Decided, Vec<FieldError>>> {
        let mut state = self.lock();
        let submitted = hosted::submit_card(&mut state, transaction_id, card, self.clock.now(), &self.base)?;
        Some(submitted.map(|decided| self.delivered(&mut state, decided)))
    }

    /// Pays by a link, once. `None`: no such link, or its last day is over; `Err`: what is wrong, by field.
    pub(crate) fn pay_link(&self, link_id: &str, form: &LinkForm<'_>) -> Option<Result<Decided, Vec<FieldError>>> {
        let mut state = self.lock();
        let paid = linked::pay(&mut state, link_id, form, self.clock.now(), &self.base)?;
        Some(paid.map(|decided| self.delivered(&mut state, decided)))
    }

    fn delivered(&self, state: &mut State, mut decided: Decided) -> Decided {
        let delivery = self.hand_on(state);
        if state.modes.webhook_timing == WebhookTiming::BeforeRedirect {
            decided.first_deliver = delivery;
        }
        decided
    }

    fn answer(&self, state: &mut State, request: &ProviderRequest) -> Result<Reply, Refusal> {
        let found = routes::find(&request.path, &state.modes).ok_or_else(Refusal::no_route)?;
        let operation = found.what.operation;
        let (takes, handle) = handlers::handler(operation).ok_or_else(Refusal::no_route)?;
        if request.method.as_str() != found.what.method {
            return Err(Refusal::no_route());
        }
        let environment = auth::environment(state, request)?;
        if found.environment.is_some_and(|wanted| wanted != environment) {
            return Err(Refusal::invalid_key());
        }
        let body = opened(state, takes, environment, request)?;
        if takes != Takes::Nothing {
            state::check(operation, &body)?;
        }
        let (now, base) = (self.clock.now(), self.base.as_str());
        handle(state, &Call { environment, body, id: found.id, query: &request.query, now, base })
    }

    /// The members of a body, whatever it is sealed with, for the reference alone.
    fn members(&self, found: &Found<&'static Route>, request: &ProviderRequest) -> Option<Object> {
        let state = self.lock();
        let environment = auth::environment(&state, request).ok()?;
        let (takes, _) = handlers::handler(found.what.operation)?;
        opened(&state, takes, environment, request).ok()
    }
}

/// Opens a body as its endpoint takes it. `Skip-Encryption` in the query changes nothing.
fn opened(state: &State, takes: Takes, environment: Environment, request: &ProviderRequest) -> Result<Object, Refusal> {
    let key = &state.keys(environment).encryption;
    let kind = request.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_json = kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json");
    // What is not called JSON is not read as JSON.
    let body: &[u8] = if is_json { &request.body } else { b"" };
    let sealed = || unseal::open(body, key).map(Object::from).ok_or_else(Refusal::sealed);
    let plain =
        || Object::parse(body).ok_or_else(|| Refusal::ours("The body is not a JSON object.", "answer to no JSON"));
    match takes.here(&state.modes) {
        Takes::Nothing => Ok(Object::default()),
        Takes::Sealed => sealed(),
        Takes::Plain if body.is_empty() => Ok(Object::default()),
        Takes::Plain => plain(),
        _ => plain().and_then(|object| if object.has("payload") { sealed() } else { Ok(object) }),
    }
}

impl Provider for PayAgencyProvider {
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
        // An id in a path may be anything that somebody typed there, and the log shows it.
        let harmless = |id: Option<String>| id.filter(|id| !cards::holds_a_card(id));
        if let Some(page) = routes::find_page(&request.path) {
            return harmless(page.id);
        }
        let found = routes::find_any(&request.path)?;
        match operation {
            "status" | "payout_status" => harmless(found.id),
            "refund" => harmless(self.members(&found, request)?.text("transaction_id")),
            _ => self.members(&found, request)?.text("order_id"),
        }
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
        self.hand_on(&mut state);
        answer.unwrap_or_else(|refusal| refusal.reply(&state.modes))
    }

    fn unauthorized(&self) -> Reply {
        Refusal::invalid_key().reply(&self.lock().modes)
    }

    fn failure(&self, status: StatusCode) -> Option<Reply> {
        Some(Refusal::by_status(status).unmodified(&self.lock().modes))
    }

    fn modes(&self) -> Vec<ModeState> {
        self.lock().modes.describe()
    }

    fn set_modes(&self, modes: &[(&str, &str)]) -> Result<(), Error> {
        self.lock().modes.set_all(modes)
    }

    fn ledger(&self) -> ProviderLedger {
        self.lock().book.ledger()
    }

    fn leaks(&self, text: &str) -> Vec<String> {
        let state = self.lock();
        let keys = Environment::ALL.map(|environment| state.keys(environment));
        let found = [
            (keys.iter().any(|keys| text.contains(&keys.secret)), "a secret key"),
            (keys.iter().any(|keys| text.contains(&keys.encryption)), "an encryption key"),
            (text.contains(&state.webhook_secret), "the webhook secret"),
            (TEST_CARDS.iter().any(|(number, _)| text.contains(number)), "the number of a test card"),
        ];
        found.into_iter().filter(|(found, _)| *found).map(|(_, whose)| format!("{whose} of Pay Agency")).collect()
    }

    fn reset(&self) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = State::default();
    }
}

//! Pagamio as the frame sees it: from a request to the endpoint that answers it.

use super::handlers::{self, Handler};
use super::state::{Call, Caller, Object, State};
use super::{accounts, answers, auth, routes, transactions};
use crate::faults::Behaviour;
use crate::generated::pagamio::ROUTES;
use crate::provider::{KnownPath, Provider, ProviderRequest, Reply};
use crate::{Error, ModeState, ProviderLedger, SandboxClock, money};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Pagamio's part of the sandbox.
pub(crate) struct PagamioProvider {
    clock: SandboxClock,
    state: Mutex<State>,
}

impl PagamioProvider {
    pub(crate) fn new(clock: SandboxClock) -> Self {
        Self { clock, state: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set_float(&self, account_id: &str, amount: &str) -> Result<i64, Error> {
        let account = account(account_id).ok_or_else(|| Error::invalid("account", "no such account"))?;
        let cents = money::cents(amount)
            .filter(|cents| *cents >= 0)
            .ok_or_else(|| Error::invalid("amount", "not an amount with at most two decimals"))?;
        self.lock().book.set_float(account.index, cents);
        Ok(cents)
    }

    pub(super) fn float_cents(&self, account_id: &str) -> Option<i64> {
        let account = account(account_id)?;
        let mut state = self.lock();
        state.book.settle(self.clock.now());
        Some(state.book.float_cents(account.index))
    }
}

fn account(id: &str) -> Option<&'static accounts::Account> {
    accounts::ACCOUNTS.iter().find(|account| account.account_id() == id)
}

impl Provider for PagamioProvider {
    fn name(&self) -> &'static str {
        super::NAME
    }

    fn operations(&self) -> Vec<&'static str> {
        ROUTES.iter().map(|route| route.operation).collect()
    }

    fn known_path(&self, path: &str) -> Option<KnownPath> {
        routes::find(path).map(|(route, _)| routes::known_path(route))
    }

    fn reference(&self, operation: &str, request: &ProviderRequest) -> Option<String> {
        match operation {
            "purchase" => Object::parse(&request.body)?.text("merchantReference"),
            "transactions" => transactions::reference(request),
            _ => None,
        }
    }

    fn note_attempt(&self, operation: &str, reference: &str) {
        if operation == "purchase" {
            self.lock().book.tally(reference).attempts += 1;
        }
    }

    fn note_answered(&self, operation: &str, reference: &str) {
        if operation == "purchase" {
            self.lock().book.tally(reference).answered += 1;
        }
    }

    fn handle(&self, request: &ProviderRequest, behaviour: Option<&Behaviour>) -> Reply {
        let Some((route, parameter)) = routes::find(&request.path) else {
            return answers::not_found();
        };
        let mut state = self.lock();
        let state = &mut *state;
        if request.method != routes::method(route, &state.modes) {
            return answers::wrong_method();
        }
        let call = Call::new(request, route.operation, parameter, self.clock.now());
        state.book.settle(call.now);
        let reply = match handlers::handler(route) {
            None => answers::undocumented(),
            Some(Handler::Public(handler)) => handler(state, &call),
            Some(Handler::Private(handler)) => match auth::bearer(state, &call) {
                Some((token, account)) => handler(state, &call, &Caller { account, token }, behaviour),
                None => answers::unauthorized(),
            },
        };
        call.finish(reply)
    }

    fn unauthorized(&self) -> Reply {
        answers::unauthorized()
    }

    fn modes(&self) -> Vec<ModeState> {
        self.lock().modes.describe()
    }

    fn set_modes(&self, modes: &[(&str, &str)]) -> Result<(), Error> {
        self.lock().modes.set_all(modes)
    }

    fn ledger(&self) -> ProviderLedger {
        let mut state = self.lock();
        state.book.settle(self.clock.now());
        state.book.ledger()
    }

    fn leaks(&self, text: &str) -> Vec<String> {
        let state = self.lock();
        let passwords = accounts::ACCOUNTS.iter().filter(|account| text.contains(account.password()));
        let mut leaks: Vec<String> =
            passwords.map(|account| format!("the password of {}", account.username())).collect();
        leaks.extend(state.tokens.leaks(text).into_iter().map(str::to_owned));
        leaks.extend(state.book.leaks(text));
        leaks
    }

    fn reset(&self) {
        *self.lock() = State::default();
    }
}

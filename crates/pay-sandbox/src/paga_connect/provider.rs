//! Paga Connect as the frame sees it: from a request to what answers it.

use super::answers::Refusal;
use super::modes::LastDot;
use super::routes::{self, Target};
use super::state::State;
use super::{basic, pages, params, secured, token};
use crate::faults::Behaviour;
use crate::provider::{KnownPath, Provider, ProviderRequest, Reply};
use crate::{Error, ModeState, ProviderLedger, SandboxClock};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Paga Connect's part of the sandbox.
pub(crate) struct PagaConnectProvider {
    pub(super) clock: SandboxClock,
    state: Mutex<State>,
}

impl PagaConnectProvider {
    pub(crate) fn new(clock: SandboxClock) -> Self {
        Self { clock, state: Mutex::default() }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Provider for PagaConnectProvider {
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
        if operation == "money_transfer" {
            return params::get(&request.query, "referenceNumber").map(str::to_owned);
        }
        if operation == "token" {
            // Not a reference, but what tells an exchange from a refresh: a rule may take one of them only.
            let form = if params::is_form(request) { params::form(request) } else { Vec::new() };
            let grant = params::get(&request.query, "grant_type").or_else(|| params::get(&form, "grant_type"));
            let known = ["authorization_code", "refresh_token"].into_iter().find(|known| grant == Some(*known));
            return known.map(str::to_owned);
        }
        match routes::find(&request.path, LastDot::Kept).ok()? {
            Target::Payment(values) => values.into_iter().next(),
            Target::PaymentForm => params::get(&params::form(request), "referenceNumber").map(str::to_owned),
            Target::Details(reference) => reference,
            Target::OneTime(reference) => Some(reference),
            Target::Transfer | Target::Authorization | Target::Token => None,
        }
    }

    fn note_attempt(&self, operation: &str, reference: &str) {
        if moves_money(operation) {
            self.lock().book.tally(reference).attempts += 1;
        }
    }

    fn note_answered(&self, operation: &str, reference: &str) {
        if moves_money(operation) {
            self.lock().book.tally(reference).answered += 1;
        }
    }

    fn handle(&self, request: &ProviderRequest, _: Option<&Behaviour>) -> Reply {
        match routes::find(&request.path, LastDot::Kept) {
            Ok(Target::Authorization) => return pages::authorization(self, request),
            Ok(Target::Token) => {
                let mut state = self.lock();
                let answer = token::answer(&mut state, request, self.clock.now());
                return answer.unwrap_or_else(Refusal::reply);
            }
            _ => {}
        }
        if !request.path.starts_with(routes::SECURE) {
            return Refusal::not_found().reply();
        }
        let mut state = self.lock();
        secured::answer(&mut state, request, self.clock.now()).unwrap_or_else(Refusal::reply)
    }

    fn unauthorized(&self) -> Reply {
        Refusal::token("Invalid access token").reply()
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
        let state = self.lock();
        let mut found = state.grants.leaks(text).to_vec();
        found.push((state.one_time.leaks(text), "a one-time token"));
        found.push((state.sessions.leaks(text), "a browser's session"));
        for client in &state.clients {
            found.push((text.contains(&client.secret), "a client secret"));
            found.push((basic::written(client).iter().any(|basic| text.contains(basic)), "a Basic header"));
        }
        for user in &state.users {
            found.push((text.contains(user.password), "a user's password"));
            found.push((text.contains(user.mobile), "a user's phone number"));
            found.push((text.contains(user.email), "a user's e-mail address"));
        }
        let mut leaks: Vec<String> = Vec::new();
        for (_, whose) in found.into_iter().filter(|(found, _)| *found) {
            let leak = format!("{whose} of Paga Connect");
            if !leaks.contains(&leak) {
                leaks.push(leak);
            }
        }
        leaks
    }

    fn reset(&self) {
        *self.lock() = State::default();
    }
}

fn moves_money(operation: &str) -> bool {
    operation.starts_with("merchant_payment") || operation == "money_transfer"
}

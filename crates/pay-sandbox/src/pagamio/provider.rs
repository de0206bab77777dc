//! Pagamio as the frame sees it: from a request to the endpoint that answers it.

use super::routes::{self, Operation, ROUTES, Verb};
use super::state::{Call, Caller, Object, State};
use super::{accounts, answers, auth, listings, lookups, modes, purchase, transactions};
use crate::faults::Behaviour;
use crate::provider::{KnownPath, Provider, ProviderRequest, Reply};
use crate::{Error, ModeState, ProviderLedger, SandboxClock, money};
use http::Method;
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
        ROUTES.iter().map(|route| route.name).collect()
    }

    fn known_path(&self, path: &str) -> Option<KnownPath> {
        routes::find(path).map(|(route, _)| route.known_path())
    }

    fn reference(&self, operation: &str, request: &ProviderRequest) -> Option<String> {
        match operation {
            "purchase" => Object::parse(&request.body)?.text("merchantReference"),
            "transactions" => ["merchantReference", "transactionId"].iter().find_map(|name| {
                let parameter = request.query.iter().find(|(key, _)| key == name);
                parameter.map(|(_, value)| value.clone())
            }),
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
        let verb = match (route.verb, state.modes.reads) {
            (Verb::Read, modes::Reads::Get) => Method::GET,
            _ => Method::POST,
        };
        if request.method != verb {
            return answers::wrong_method();
        }
        let call = Call { request, parameter, now: self.clock.now() };
        state.book.settle(call.now);
        if route.is_public() {
            return match route.operation {
                Operation::Refresh => auth::refresh(state, &call),
                _ => auth::token(state, &call),
            };
        }
        let Some((token, account)) = auth::bearer(state, &call) else {
            return answers::unauthorized();
        };
        let caller = Caller { account, token };
        match route.operation {
            Operation::Token | Operation::Refresh => answers::not_found(),
            Operation::Categories => listings::categories(&state.modes),
            Operation::CategoryFields => listings::category_fields(&state.modes, &call),
            Operation::CategoryProducts => listings::category_products(&state.modes, &call),
            Operation::MerchantProducts => {
                listings::own_products(&state.modes, &call, &caller, accounts::Role::Merchant)
            }
            Operation::SubMerchantProducts => {
                listings::own_products(&state.modes, &call, &caller, accounts::Role::SubMerchant)
            }
            Operation::Lookups => listings::lookups(&state.modes, &call),
            Operation::LookupBillPayment => lookups::bill_payment(&state.modes, &call),
            Operation::LookupMoneyTransfer => lookups::money_transfer(&state.modes, &call),
            Operation::LookupElectricity => lookups::electricity(&state.modes, &call),
            Operation::Purchase => purchase::purchase(state, &call, &caller, behaviour),
            Operation::Transactions => transactions::transactions(state, &call, &caller),
        }
    }

    fn unauthorized(&self) -> Reply {
        answers::unauthorized()
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
        let mut state = self.lock();
        state.book.settle(self.clock.now());
        state.book.ledger()
    }

    fn reset(&self) {
        *self.lock() = State::default();
    }
}

//! The hand-written part: how a call is started, for the account and for one of its users.

use crate::generated::operations;
use crate::generated::types::{CardAnswer, CardPayment, SessionRequest};
use pay_core::provider::{Access, Answer, Credentials, DecodeError, Engine, Grant, GrantFailure, GrantStep};
use pay_core::provider::{Operation, Parts, Tokens, json};
use pay_core::{Call, Error};
use std::sync::Arc;

/// Logs in and reads a token that comes as bare text.
#[derive(Debug)]
pub struct Login;

impl Grant for Login {
    fn login(&self, credentials: &Credentials) -> Option<Parts> {
        Some(operations::session(&SessionRequest::new(credentials.id(), credentials.secret().clone())))
    }

    fn read(&self, _: GrantStep, answer: &Answer) -> Result<Tokens, GrantFailure> {
        let text = std::str::from_utf8(&answer.body).map_err(|_| GrantFailure::transient("no text"))?;
        if answer.status.is_success() { Ok(Tokens::new(text)) } else { Err(GrantFailure::refused("refused")) }
    }
}

/// A client of one account.
#[derive(Debug, Clone)]
pub struct Client {
    engine: Engine,
    access: Access,
    credentials: Credentials,
}

/// One user of the account, with a token of its own.
#[derive(Debug, Clone)]
pub struct User {
    engine: Engine,
    access: Access,
}

impl Client {
    /// A client over an engine that is already there.
    pub fn new(engine: Engine, credentials: Credentials) -> Self {
        let access = engine.access(Arc::new(credentials.clone()), Some(Arc::new(Login)), None);
        Self { engine, access, credentials }
    }

    /// A user of this account, who has credentials of their own and shares the connections.
    pub fn user(&self, name: &str) -> User {
        let own = Credentials::new(name, self.credentials.secret().clone());
        let access = self.engine.access(Arc::new(own), Some(Arc::new(Login)), Some(name.to_owned()));
        User { engine: self.engine.clone(), access }
    }

    /// Pays with a card: sent at once, and never prepared for an outbox.
    ///
    /// # Errors
    /// Any kind; the outcome says what happened to the money.
    pub async fn pay_card(&self, request: &CardPayment) -> Result<CardAnswer, Error> {
        self.start(&operations::PAY_CARD, operations::pay_card(request), |answer| json(&answer.body)).send().await
    }

    /// Starts a call: what generated methods end in.
    pub(crate) fn start<T>(
        &self,
        _operation: &'static Operation,
        parts: Parts,
        decode: impl FnOnce(&Answer) -> Result<T, DecodeError> + Send + 'static,
    ) -> Call<T> {
        self.engine.call(&self.access, parts, decode)
    }
}

impl User {
    /// Starts a call on behalf of this user.
    pub(crate) fn start<T>(
        &self,
        _operation: &'static Operation,
        parts: Parts,
        decode: impl FnOnce(&Answer) -> Result<T, DecodeError> + Send + 'static,
    ) -> Call<T> {
        self.engine.call(&self.access, parts, decode)
    }
}

//! A call: a request with its per-call options, sent or prepared.

use crate::auth::{Access, CredentialSource};
use crate::decode::DecodeError;
use crate::engine::{Engine, Options, Ran};
use crate::error::{Error, Kind, Outcome};
use crate::journal::{Ended, Progress, State};
use crate::outcome::fold;
use crate::parts::{Frozen, Parts};
use crate::prepared::Prepared;
use crate::provider::{Lease, Operation};
use crate::retry::Pacing;
use crate::secret::RawBody;
use crate::telemetry;
use crate::track::Track;
use crate::wire::Answer;
use http::{HeaderMap, StatusCode};
use std::fmt;
use std::time::Duration;
use tracing::Span;

type Decode<T> = Box<dyn FnOnce(&Answer) -> Result<T, DecodeError> + Send>;

enum Request {
    Parts(Box<Parts>),
    Frozen(Box<Frozen>),
    Failed(Error),
}

/// A request ready to go, with options of its own. Nothing happens until it is sent.
///
/// Dropping a started money call leaves its outcome open; one `warn` event then names operation, reference and what is
/// known. Spawn money calls where a framework may drop its handlers.
#[must_use = "a call does nothing until it is sent"]
pub struct Call<T> {
    engine: Engine,
    access: Access,
    request: Request,
    options: Options,
    decode: Decode<T>,
    progress: fn(&T) -> Progress,
}

/// An answer beside its model: status, request id, headers that may be seen, and the raw body.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Reply<T> {
    /// The model.
    pub model: T,
    /// HTTP status.
    pub status: StatusCode,
    /// The provider's id of the request, where it sends one.
    pub request_id: Option<String>,
    /// Headers that hold nothing secret.
    pub headers: HeaderMap,
    /// The body as it came.
    pub body: RawBody,
    /// How many requests it took.
    pub attempts: u32,
    /// The token that it was asked with, for operations that keep it.
    pub lease: Option<Lease>,
}

impl Engine {
    /// A call of `parts` as `access`, read by `decode`.
    pub fn call<T>(
        &self,
        access: &Access,
        parts: Parts,
        decode: impl FnOnce(&Answer) -> Result<T, DecodeError> + Send + 'static,
    ) -> Call<T> {
        self.with_request(access, Request::Parts(Box::new(parts)), decode)
    }

    /// A call of bytes that were frozen before, perhaps by a process that is gone.
    pub fn resend<T>(
        &self,
        access: &Access,
        operation: &'static Operation,
        prepared: &Prepared,
        decode: impl FnOnce(&Answer) -> Result<T, DecodeError> + Send + 'static,
    ) -> Call<T> {
        let request = match prepared.thaw(operation, &self.core.base) {
            Ok(frozen) => Request::Frozen(Box::new(frozen)),
            Err(error) => Request::Failed(error),
        };
        self.with_request(access, request, decode)
    }

    fn with_request<T>(
        &self,
        access: &Access,
        request: Request,
        decode: impl FnOnce(&Answer) -> Result<T, DecodeError> + Send + 'static,
    ) -> Call<T> {
        Call {
            engine: self.clone(),
            access: access.clone(),
            request,
            options: Options::default(),
            decode: Box::new(decode),
            progress: |_| Progress::new(State::Completed, None),
        }
    }

    /// The token of an access with its expiry, for requests that this library does not send.
    ///
    /// # Errors
    /// Why there is no token; the outcome is always `NotDone`.
    pub async fn lease(&self, access: &Access) -> Result<Lease, Error> {
        let deadline = self.core.settings.deadline;
        let Some(cell) = &access.cell else {
            return Err(Error::invalid("lease", "this access has no token"));
        };
        if let Some(lease) = cell.fresh_lease() {
            return Ok(lease);
        }
        match tokio::time::timeout(deadline, cell.issued()).await {
            Ok(issued) => issued.map(|issued| crate::auth::TokenCell::lease(&issued)),
            Err(_) => Err(Error::new(Kind::Deadline, Outcome::NotDone, "lease").message("while waiting for a token")),
        }
    }

    /// Shows the value of the token's header, such as `Bearer ...`, to `read`, for requests that this library does not send. While a
    /// token is fresh it is borrowed: nothing is locked, copied or allocated. What `read` sees is a secret.
    ///
    /// # Errors
    /// As [`lease`](Self::lease).
    pub async fn with_authorization<R>(&self, access: &Access, read: impl FnOnce(&[u8]) -> R) -> Result<R, Error> {
        let Some(cell) = &access.cell else {
            return Err(Error::invalid("authorization", "this access has no token"));
        };
        let read = match cell.with_fresh(read) {
            Ok(result) => return Ok(result),
            Err(read) => read,
        };
        // Boxed: it is rare, and the future of the usual case stays small.
        let waited = Box::pin(tokio::time::timeout(self.core.settings.deadline, cell.ticket(false))).await;
        let late =
            |_| Err(Error::new(Kind::Deadline, Outcome::NotDone, "authorization").message("while waiting for a token"));
        let (ticket, _) = waited.unwrap_or_else(late)?;
        Ok(read(ticket.value.as_bytes()))
    }

    /// Members of the last token answer that no model names, as raw JSON text. They may be secret.
    ///
    /// # Errors
    /// As [`lease`](Self::lease).
    pub async fn token_extra(&self, access: &Access) -> Result<Vec<(String, crate::SecretString)>, Error> {
        self.lease(access).await?;
        match &access.cell {
            Some(cell) => Ok(cell.issued().await?.extra.clone()),
            None => Ok(Vec::new()),
        }
    }

    /// The credential source of an access.
    pub fn source<'a>(&self, access: &'a Access) -> &'a dyn CredentialSource {
        access.source.as_ref()
    }
}

impl<T> Call<T> {
    /// How long this call may take: waits, token and all attempts.
    pub fn deadline(mut self, time: Duration) -> Self {
        self.options.deadline = Some(time);
        self
    }

    /// As [`deadline`](Self::deadline), but never longer than the client's own.
    pub fn no_longer_than(self, time: Duration) -> Self {
        let most = self.engine.core.settings.deadline;
        self.deadline(time.min(most))
    }

    /// How many attempts this call has at most.
    pub fn attempts(mut self, most: u32) -> Self {
        self.options.attempts = Some(most);
        self
    }

    /// What happens if this call is over a documented limit.
    pub fn pacing(mut self, pacing: Pacing) -> Self {
        self.options.pacing = Some(pacing);
        self
    }

    /// What an accepted answer says of the payment, for the journal; a call without it is `Completed` when it is accepted.
    pub fn progress(mut self, read: fn(&T) -> Progress) -> Self {
        self.progress = read;
        self
    }

    /// The request holds card data: a journal keeps the intent alone, neither request nor answer.
    pub fn card_data(mut self) -> Self {
        self.options.card = true;
        self
    }

    /// Sends it and gives the model of the answer.
    ///
    /// # Errors
    /// Any [`Kind`]; [`Error::outcome`] says what happened to the money.
    pub async fn send(self) -> Result<T, Error> {
        let (_, _, decoded) = self.run().await?;
        decoded
    }

    /// Sends it and gives the answer beside its model.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn reply(self) -> Result<Reply<T>, Error> {
        let engine = self.engine.clone();
        let (answer, attempts, decoded) = self.run().await?;
        let provider = &engine.core.provider;
        let mut headers = HeaderMap::new();
        for name in provider.reply_headers() {
            if let (Ok(name), Some(value)) = (http::HeaderName::from_bytes(name.as_bytes()), answer.headers.get(*name))
            {
                headers.insert(name, value.clone());
            }
        }
        Ok(Reply {
            model: decoded?,
            status: answer.status,
            request_id: provider.request_id(&answer),
            headers,
            body: RawBody::new(answer.body.clone()),
            attempts,
            lease: answer.lease,
        })
    }

    /// Freezes the request without sending it: the exact bytes, with operation and reference, for an outbox of your own.
    ///
    /// Sending this call afterwards sends the same bytes.
    ///
    /// # Errors
    /// Where the request is wrong or cannot be sealed; nothing was sent.
    pub async fn prepare(&mut self) -> Result<Prepared, Error> {
        let frozen = self.freeze().await?;
        let prepared = Prepared::from_frozen(&frozen)?;
        self.request = Request::Frozen(Box::new(frozen));
        Ok(prepared)
    }

    async fn freeze(&mut self) -> Result<Frozen, Error> {
        match &self.request {
            Request::Parts(parts) => {
                let core = &self.engine.core;
                let mut parts = parts.clone();
                if let Some(error) = parts.take_mistake() {
                    return Err(error);
                }
                core.seal(&self.access, &mut parts, core.end(self.options)).await?;
                Ok(core.freeze(*parts))
            }
            Request::Frozen(frozen) => Ok((**frozen).clone()),
            Request::Failed(error) => Err(error.clone()),
        }
    }

    async fn run(self) -> Result<(Answer, u32, Result<T, Error>), Error> {
        let core = &self.engine.core;
        let end = core.end(self.options);
        let frozen = match self.request {
            Request::Parts(mut parts) => {
                if let Some(error) = parts.take_mistake() {
                    return Err(error);
                }
                if parts.seal {
                    // Sealing waits for a key: a money call that is dropped there says so too.
                    let reference = parts.reference.clone();
                    let span = Span::current();
                    let track = Track::new(&span, core.provider.name(), parts.operation, reference.as_deref());
                    let sealed = core.seal(&self.access, &mut parts, end).await;
                    track.finish();
                    sealed?;
                }
                core.freeze(*parts)
            }
            Request::Frozen(frozen) => *frozen,
            Request::Failed(error) => return Err(error),
        };
        let (Ran { answer, attempts, entry }, span) = core.run(&self.access, &frozen, self.options, end).await?;
        let decoded = (self.decode)(&answer).map_err(|cause| {
            let repeat = frozen.operation.repeat;
            // The provider accepted something: what, the answer does not say readably.
            let outcome = fold(repeat, false, Outcome::Unknown, false);
            let error = Error::new(Kind::Decode, outcome, frozen.operation.name)
                .message(cause.to_string())
                .with_answer(answer.status, core.provider.request_id(&answer), Some(RawBody::new(answer.body.clone())))
                .with_reference(frozen.reference.clone())
                .with_attempts(attempts)
                .with_source(cause);
            telemetry::failed(&span, &error);
            if outcome == Outcome::Unknown { error.advice(core.find_out(frozen.operation)) } else { error }
        });
        if let Some(entry) = entry {
            let body = || Some(RawBody::new(answer.body.clone())).filter(|_| !core.intent_alone(self.options));
            let ended = match &decoded {
                Ok(model) => {
                    let Progress { state, transaction_id } = (self.progress)(model);
                    Ended::new(state).transaction(transaction_id)
                }
                Err(error) => Ended::of(error),
            };
            entry.end(ended.reply(body())).await;
        }
        Ok((answer, attempts, decoded))
    }
}

impl<T> fmt::Debug for Call<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operation = match &self.request {
            Request::Parts(parts) => parts.operation.name,
            Request::Frozen(frozen) => frozen.operation.name,
            Request::Failed(error) => error.operation(),
        };
        f.debug_struct("Call").field("operation", &operation).field("options", &self.options).finish_non_exhaustive()
    }
}

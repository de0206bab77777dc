//! The escape hatch: any request below the base URL, with the same token, retries and errors.

use crate::auth::Access;
use crate::call::Call;
use crate::engine::Engine;
use crate::parts::Parts;
use crate::provider::{Operation, Repeat, Verb};
use crate::secret::RawBody;
use http::Method;
use std::fmt;

// The path of a raw request may hold anything, so its template says only that it is raw.
static SAFE: Operation = Operation::new("raw", Verb::Get, "/{raw}", Repeat::Safe);
static KEYED: Operation = Operation::new("raw", Verb::Post, "/{raw}", Repeat::Keyed);
static NEVER: Operation = Operation::new("raw", Verb::Post, "/{raw}", Repeat::Never);

/// A request that this library does not model.
#[derive(Clone)]
pub struct RawRequest {
    method: Method,
    path: String,
    query: Vec<(String, String)>,
    body: Option<(String, Vec<u8>)>,
    accept: Option<String>,
    reference: Option<String>,
    repeat: Repeat,
    sign: bool,
    seal: bool,
}

impl RawRequest {
    /// A read of `path` (below the base URL, starting with `/`), which may be repeated.
    pub fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path, Repeat::Safe)
    }

    /// A request with any method. `repeat` is your word on whether the provider de-duplicates it; `Repeat::Never` is the safe one.
    pub fn new(method: Method, path: impl Into<String>, repeat: Repeat) -> Self {
        Self {
            method,
            path: path.into(),
            query: Vec::new(),
            body: None,
            accept: None,
            reference: None,
            repeat,
            sign: false,
            seal: false,
        }
    }

    /// The path, as it was given.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Adds a query parameter.
    #[must_use]
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    /// The body with its media type, such as `application/json`.
    #[must_use]
    pub fn body(mut self, media: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        self.body = Some((media.into(), bytes.into()));
        self
    }

    /// The media type to ask for; JSON if none is given.
    #[must_use]
    pub fn accept(mut self, media: impl Into<String>) -> Self {
        self.accept = Some(media.into());
        self
    }

    /// Your reference, for errors and events.
    #[must_use]
    pub fn reference(mut self, reference: impl Into<String>) -> Self {
        self.reference = Some(reference.into());
        self
    }

    /// Signs it, where the provider signs requests.
    #[must_use]
    pub fn signed(mut self) -> Self {
        self.sign = true;
        self
    }

    /// Seals its body, where the provider seals bodies.
    #[must_use]
    pub fn sealed(mut self) -> Self {
        self.seal = true;
        self
    }
}

impl fmt::Debug for RawRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawRequest").field("method", &self.method).field("repeat", &self.repeat).finish_non_exhaustive()
    }
}

impl Engine {
    /// A call of a raw request: the body of the answer, as it came.
    pub fn raw(&self, access: &Access, request: RawRequest) -> Call<RawBody> {
        let operation = match request.repeat {
            Repeat::Safe => &SAFE,
            Repeat::Keyed => &KEYED,
            Repeat::Never => &NEVER,
        };
        let mut parts = Parts::new(operation)
            .method(request.method)
            .raw_path(&request.path)
            .signed(request.sign)
            .sealed(request.seal);
        for (name, value) in &request.query {
            parts = parts.query(name, value);
        }
        if let Some((media, bytes)) = request.body {
            parts = parts.bytes(&media, bytes);
        }
        if let Some(accept) = &request.accept {
            parts = parts.header(http::header::ACCEPT, accept);
        }
        if let Some(reference) = request.reference {
            parts = parts.reference(reference);
        }
        // What it holds is not known here: a journal keeps the intent alone.
        self.call(access, parts, |answer| Ok(RawBody::new(answer.body.clone()))).card_data()
    }
}

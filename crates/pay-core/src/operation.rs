//! Endpoints as data: method, path, repeatability, media types, limits.

use crate::retry::Limit;
use http::Method;

/// An HTTP method, as data that fits into a `static`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
#[allow(missing_docs)]
pub enum Verb {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl From<Verb> for Method {
    fn from(verb: Verb) -> Self {
        match verb {
            Verb::Get => Self::GET,
            Verb::Post => Self::POST,
            Verb::Put => Self::PUT,
            Verb::Patch => Self::PATCH,
            Verb::Delete => Self::DELETE,
        }
    }
}

/// Whether the same bytes may be sent twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// A read: no effect, so it may be sent again, and its errors are never `Unknown`.
    Safe,
    /// The provider de-duplicates on a reference in the request, and says so.
    Keyed,
    /// Once it may have acted, it is never sent again.
    Never,
}

/// What an operation sends to say who calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auth {
    /// A token of the call's [`Access`](crate::auth::Access).
    Token,
    /// Nothing.
    None,
}

/// One endpoint, as data.
#[derive(Debug)]
#[non_exhaustive]
pub struct Operation {
    /// The name in errors, events and limits, such as `purchase`.
    pub name: &'static str,
    /// The HTTP method; a call may override it where a provider's documents disagree.
    pub verb: Verb,
    /// The path below the base URL with `{names}` for values; this is what is logged.
    pub path: &'static str,
    /// Whether the same bytes may be sent twice.
    pub repeat: Repeat,
    /// Who calls.
    pub auth: Auth,
    /// `Accept`.
    pub accept: &'static str,
    /// `Content-Type` that is sent even without a body, for vendor media types on reads.
    pub content_type: Option<&'static str>,
    /// The request is signed by [`Provider::sign`](crate::provider::Provider::sign).
    pub sign: bool,
    /// The body is sealed by [`Provider::seal`](crate::provider::Provider::seal).
    pub seal: bool,
    /// A documented rate limit.
    pub limit: Option<&'static Limit>,
    /// The answer keeps the token that it was asked with.
    pub keep_token: bool,
}

impl Operation {
    /// An operation that sends and takes JSON with a token.
    pub const fn new(name: &'static str, verb: Verb, path: &'static str, repeat: Repeat) -> Self {
        Self {
            name,
            verb,
            path,
            repeat,
            auth: Auth::Token,
            accept: "application/json",
            content_type: None,
            sign: false,
            seal: false,
            limit: None,
            keep_token: false,
        }
    }

    /// Sent without a token.
    #[must_use]
    pub const fn public(mut self) -> Self {
        self.auth = Auth::None;
        self
    }

    /// Other media types than JSON.
    #[must_use]
    pub const fn media(mut self, content_type: Option<&'static str>, accept: &'static str) -> Self {
        self.content_type = content_type;
        self.accept = accept;
        self
    }

    /// Signed.
    #[must_use]
    pub const fn signed(mut self) -> Self {
        self.sign = true;
        self
    }

    /// Sealed.
    #[must_use]
    pub const fn sealed(mut self) -> Self {
        self.seal = true;
        self
    }

    /// With a documented limit.
    #[must_use]
    pub const fn limited(mut self, limit: &'static Limit) -> Self {
        self.limit = Some(limit);
        self
    }

    /// With the token kept in the answer.
    #[must_use]
    pub const fn keeping_token(mut self) -> Self {
        self.keep_token = true;
        self
    }
}

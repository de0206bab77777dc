//! A frozen request as a value: the exact bytes for a caller's own outbox.

use crate::base_url::BaseUrl;
use crate::error::{Error, Outcome};
use crate::outcome::fold;
use crate::parts::{Frozen, Headers};
use crate::provider::{Operation, Repeat};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The exact bytes of one request, with its operation and reference, without token or signature.
///
/// It can be written to disk and read back. What the provider de-duplicates may be sent again after a crash, byte for byte; the
/// rest is for looking up what happened. It holds personal data, such as a phone number: keep it as you keep those.
///
/// It is the whole request or none: one with a secret header, or with a body or header that is not text, cannot be prepared.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prepared {
    operation: String,
    method: String,
    url: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    content_type: Option<String>,
    accept: String,
    /// What else the request says, such as a provider's idempotency key.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    headers: Vec<(String, String)>,
    body: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    reference: Option<String>,
    resendable: bool,
    sign: bool,
}

impl Prepared {
    /// The operation, such as `purchase`.
    pub fn operation(&self) -> &str {
        &self.operation
    }

    /// HTTP method.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The URL that it goes to.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The body, byte for byte.
    pub fn body(&self) -> &[u8] {
        self.body.as_bytes()
    }

    /// The caller's reference.
    pub fn reference(&self) -> Option<&str> {
        self.reference.as_deref()
    }

    /// Whether it may be sent again although it may have been sent before.
    pub fn may_be_resent(&self) -> bool {
        self.resendable
    }

    pub(crate) fn from_frozen(frozen: &Frozen) -> Result<Self, Error> {
        let refuse = |message: &'static str| {
            Error::invalid(frozen.operation.name, message).with_reference(frozen.reference.clone())
        };
        // JSON, forms and sealed envelopes are text; what a caller of the escape hatch sends may be anything.
        let body = String::from_utf8(frozen.body.to_vec())
            .map_err(|_| refuse("a body that is not text cannot be prepared"))?;
        let text = |value: &HeaderValue| {
            // Without it another request would be sent again than the one that was prepared.
            if value.is_sensitive() {
                return Err(refuse(
                    "a request with a secret header cannot be prepared: the secret would be kept with it",
                ));
            }
            Ok(value.to_str().map_err(|_| refuse("a header that is not text cannot be prepared"))?.to_owned())
        };
        let Headers { accept, content_type, more } = &frozen.headers;
        let headers = more.iter().map(|(name, value)| Ok((name.as_str().to_owned(), text(value)?)));
        Ok(Self {
            operation: frozen.operation.name.to_owned(),
            method: frozen.method.to_string(),
            url: frozen.url.as_str().to_owned(),
            content_type: content_type.as_ref().map(text).transpose()?,
            accept: text(accept)?,
            headers: headers.collect::<Result<_, Error>>()?,
            body,
            reference: frozen.reference.clone(),
            resendable: frozen.operation.repeat != Repeat::Never,
            sign: frozen.sign,
        })
    }

    pub(crate) fn thaw(&self, operation: &'static Operation, base: &BaseUrl) -> Result<Frozen, Error> {
        // This sends nothing; what an earlier process sent with it, nobody here knows.
        let outcome = fold(operation.repeat, true, Outcome::NotDone, false);
        let refuse = |message: &'static str| {
            Error::invalid(operation.name, message).with_reference(self.reference.clone()).with_outcome(outcome)
        };
        if self.operation != operation.name {
            return Err(refuse("this was prepared for another operation"));
        }
        if operation.repeat == Repeat::Never {
            return Err(refuse(
                "the provider does not de-duplicate this operation: look it up instead of sending it again",
            ));
        }
        // Compared as parsed: dot segments in a stored URL would leave the base URL again.
        let below =
            |url: &url::Url| url.as_str().strip_prefix(base.as_str()).is_some_and(|r| r.starts_with(['/', '?']));
        let url = url::Url::parse(&self.url).ok().filter(below);
        let url = url.ok_or_else(|| refuse("this was prepared for another base URL"))?;
        let value = |text: &str| HeaderValue::from_str(text).map_err(|_| refuse("a header of it cannot be sent"));
        let mut headers = Headers {
            accept: value(&self.accept)?,
            content_type: self.content_type.as_deref().map(value).transpose()?,
            more: HeaderMap::new(),
        };
        for (name, text) in &self.headers {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| refuse("a header of it cannot be sent"))?;
            headers.insert(name, value(text)?);
        }
        Ok(Frozen {
            operation,
            method: self.method.parse::<Method>().map_err(|_| refuse("its method is none"))?,
            url,
            headers,
            body: Bytes::from(self.body.clone()),
            reference: self.reference.clone(),
            worth: None,
            sign: self.sign,
            resent: true,
        })
    }
}

/// The body holds personal data.
impl fmt::Debug for Prepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prepared")
            .field("operation", &self.operation)
            .field("reference", &self.reference)
            .field("body_bytes", &self.body.len())
            .field("may_be_resent", &self.resendable)
            .finish_non_exhaustive()
    }
}

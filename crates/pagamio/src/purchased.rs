//! What a purchase came to: done, or still on its way.

use crate::envelope::Envelope;
use crate::judge::{Sale, sale};
use crate::receipt::Receipt;
use pay_core::provider::{Answer, DecodeError, members};
use pay_core::{RawBody, printable};
use serde_json::value::RawValue;
use std::fmt;

/// What an accepted purchase came to. Failures are errors, with an [`Outcome`](pay_core::Outcome).
#[derive(Debug, Clone)]
#[must_use = "a purchase may still be pending"]
#[allow(clippy::exhaustive_enums)]
pub enum Purchased {
    /// Delivered: the receipt holds tokens and PINs. Keep it before anything else.
    Completed(Receipt),
    /// Accepted and not finished. Never buy again for it: ask with [`settle`](crate::Client::settle).
    Pending(Pending),
}

/// A purchase that is on its way.
#[derive(Clone)]
#[non_exhaustive]
pub struct Pending {
    reference: String,
    transaction_id: Option<String>,
    message: Option<String>,
    body: RawBody,
}

impl Pending {
    /// Your reference.
    pub fn reference(&self) -> &str {
        &self.reference
    }

    /// The provider's transaction id, if the answer had one.
    pub fn transaction_id(&self) -> Option<&str> {
        self.transaction_id.as_deref()
    }

    /// The provider's message, for logs and not for customers.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// The answer as it came: how a pending answer looks is not documented.
    pub fn body(&self) -> &RawBody {
        &self.body
    }
}

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pending")
            .field("reference", &self.reference)
            .field("transaction_id", &self.transaction_id)
            .field("message", &self.message.as_deref().map(printable))
            .finish_non_exhaustive()
    }
}

/// Reads what the judge has accepted.
pub(crate) fn read(answer: &Answer, reference: String) -> Result<Purchased, DecodeError> {
    let envelope = Envelope::read(&answer.body).ok_or_else(|| DecodeError::new("", "not a JSON object"))?;
    match sale(&envelope) {
        Sale::Completed => Ok(Purchased::Completed(Receipt::new(
            reference,
            envelope.transaction_id,
            envelope.message,
            date(&answer.body),
            receipt(&answer.body),
            RawBody::new(answer.body.clone()),
        ))),
        Sale::Pending => Ok(Purchased::Pending(Pending {
            reference,
            transaction_id: envelope.transaction_id,
            message: envelope.message,
            body: RawBody::new(answer.body.clone()),
        })),
        Sale::Other => Err(DecodeError::new("responseCode", "neither done nor pending")),
    }
}

fn date(body: &[u8]) -> Option<String> {
    let outer = members(body).ok()?;
    let inner = outer.get("data").and_then(|data| members(data.get().as_bytes()).ok()).unwrap_or_default();
    let date = outer.get("responseDateTime").or_else(|| inner.get("responseDateTime"))?;
    serde_json::from_str(date.get()).ok()
}

/// `receipt`, or `data.receipt`, or what one page shows: the receipt's members under `data` itself.
fn receipt(body: &[u8]) -> Option<Box<RawValue>> {
    let mut outer = members(body).ok()?;
    let object = |raw: &RawValue| raw.get().starts_with('{');
    if let Some(receipt) = outer.remove("receipt").filter(|raw| object(raw)) {
        return Some(receipt);
    }
    let data = outer.remove("data").filter(|raw| object(raw))?;
    let inner = members(data.get().as_bytes()).ok()?.remove("receipt");
    Some(inner.filter(|raw| object(raw)).unwrap_or(data))
}

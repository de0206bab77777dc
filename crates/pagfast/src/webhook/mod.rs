//! Webhooks: verified on raw bytes, confirmed by a question, acted on once.
//!
//! PagFast's page on the signature stops before it says what is signed. The sample key and header of that page and a body from an
//! integrator's test reproduce the sample signature to the last digit, so the scheme is known all the same: HMAC-SHA256 of
//! `Nonce:TS:body`, with the key's text as it stands.
//!
//! - `header`: what stands in `X-Webhook-Signature`
//! - `verify`: keys, tolerance, and the outcomes of a delivery
//! - `event`: what a body says, and the key that tells repeats
//! - `confirm`: asking the API whether it is true
//! - `advance`: how events move a stored state, in any order of arrival

mod advance;
mod confirm;
mod event;
mod header;
mod verify;

pub use confirm::{Ask, Confirmation};
pub use event::{Event, Stamp, TransactionEvent, UnconfirmedEvent};
pub use verify::{HEADER, Received, Webhooks};

#[cfg(feature = "axum-08")]
pub use pay_core::webhook::{Accepted, Refusal, Webhook};
pub use pay_core::webhook::{
    Advance, Claim, Claimed, Committed, EventKey, GuardError, MemoryGuard, Once, OtherEvent, Receiver, ReplayGuard,
    Stage, advance, once,
};

//! Payment webhooks of the Gateway: verified on raw bytes, confirmed by a question, acted on once.
//!
//! Pay1st's own page about the signature of its webhooks could not be read. What is verified here is **assumed** from two
//! other sources: that webhooks are signed as requests are, and the header names of the sister product's webhooks. So
//! try it in the staging environment before you rely on it, and let [`confirm`](crate::Client::confirm) decide: it asks the
//! API, which is documented.
//!
//! The Shop integration signs with another key over another message; it has a module of its own,
//! [`shop`](crate::shop), and is never tried here.

mod advance;
mod confirm;
mod event;
mod unconfirmed;
mod verify;

pub use confirm::{Ask, Confirmation};
pub use event::{Event, PaymentEvent};
pub use unconfirmed::UnconfirmedEvent;
pub use verify::{Received, Webhooks};

#[cfg(feature = "axum-08")]
pub use pay_core::webhook::{Accepted, Refusal, Webhook};
pub use pay_core::webhook::{
    Advance, Claim, Claimed, Committed, EventKey, GuardError, MemoryGuard, Once, OtherEvent, Receiver, ReplayGuard,
    Stage, advance, once,
};

//! Webhooks: verified on raw bytes, told apart when stale, and acted on once.
//!
//! A provider crate reads its own headers and events on top of this. The way of a delivery:
//!
//! 1. The raw bytes and the headers come in, by hand or through the extractor of the feature `axum-08`.
//! 2. [`Receiver::receive`] compares signatures, with any of several [`Keys`], before anything is parsed: [`Received`].
//! 3. [`ReplayGuard`] lets one delivery of an event act, however often it comes: [`EventKey`].
//! 4. [`advance`] tells whether an event moves what is stored, comes late, or contradicts it.

mod advance;
#[cfg(feature = "axum-08")]
mod axum;
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod guard;
mod header;
mod keys;
mod memory;
mod other;
mod received;

pub use advance::{Advance, Stage, advance};
#[cfg(feature = "axum-08")]
pub use axum::{Accepted, Refusal, Webhook};
pub use guard::{Claim, Claimed, Committed, EventKey, GuardError, Once, ReplayGuard, once};
pub use header::{Header, header};
pub use keys::Keys;
pub use memory::MemoryGuard;
pub use other::OtherEvent;
pub use received::{Received, Receiver};

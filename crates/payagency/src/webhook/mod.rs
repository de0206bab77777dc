//! Webhooks: what arrived, whether its hash fits, and how it moves what you know.
//!
//! **No readable document shows how `fs-webhook-hash` is computed.** So nothing is verified by default: you choose a scheme by its
//! name, and the one there is, is a hypothesis. Whatever arrives, [`confirm`](crate::Client::confirm) it: ask the status call, and
//! act on its answer alone.
//!
//! - `event`: what a body says, and the key that tells repeats
//! - `verify`: schemes, keys, and the outcomes of a delivery
//! - `standing`: how events move a stored payment, in any order of arrival

mod event;
mod standing;
mod verify;

pub use event::{Event, PaymentEvent, UnconfirmedEvent};
pub use standing::Standing;
pub use verify::{HEADER, Received, SignatureScheme, Webhooks};

#[cfg(feature = "axum-08")]
pub use pay_core::webhook::{Accepted, Refusal, Webhook};
pub use pay_core::webhook::{
    Advance, Claim, Claimed, Committed, EventKey, GuardError, MemoryGuard, Once, OtherEvent, Receiver, ReplayGuard,
    Stage, once,
};

//! Pay1st's part: strict, stateful, built from the provider's public documentation only and not endorsed by it.

mod account;
mod answers;
mod auth;
mod body;
mod book;
mod channels;
mod checkout;
mod control;
mod create;
mod events;
mod fulfilments;
mod handle;
mod handlers;
mod link;
mod methods;
mod modes;
pub(crate) mod pages;
mod payment;
mod provider;
mod query;
mod refunds;
mod routes;
mod settings;
mod sign;
mod stamp;
mod state;
mod tokens;

pub(crate) use checkout::{Acted, Action, Checkout};
pub(crate) use control::{allowed, answer};
pub use handle::Pay1st;
pub(crate) use link::{Link, LinkFault};
pub use payment::{PaymentRecord, Status};
pub(crate) use provider::Pay1stProvider;
pub use refunds::RefundRecord;
pub use settings::Console;

/// The provider's name, which is also its first path segment.
pub(crate) const NAME: &str = "pay1st";

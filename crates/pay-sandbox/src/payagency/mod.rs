//! Pay Agency's part: strict, stateful, built from the provider's public material only and not endorsed by it.
//!
//! - `provider` takes a request through `routes`, `auth`, `unseal` and `body` to its handler in `handlers`
//! - `create`, `payouts`, `crypto`, `links`, `refund`, `ask` and `lists` are the endpoints; `orders` and `reply` is what they share
//! - `book` holds payments, payouts, wallets and links; `cards` keeps of a card what may be kept
//! - `hosted` and `linked` are what the hosted `pages` do; `events` and `sign` are webhooks
//! - `handle` and `control` are what a test does

mod account;
mod amounts;
mod answers;
mod ask;
mod auth;
mod body;
mod book;
mod cards;
mod console;
mod control;
mod create;
mod crypto;
mod events;
mod handle;
mod handlers;
mod hosted;
mod link;
mod linked;
mod links;
mod lists;
mod modes;
mod orders;
pub(crate) mod pages;
mod payment;
mod payout;
mod payouts;
mod provider;
mod refund;
mod reply;
mod routes;
mod settings;
mod sign;
mod state;
mod status;
#[cfg(test)]
mod tests;
mod unseal;

pub use account::Environment;
pub(crate) use cards::holds_a_card;
pub(crate) use control::{allowed, answer};
pub use handle::PayAgency;
pub use link::{LinkRecord, Template};
pub use payment::{CryptoPaid, Kind, PaymentRecord};
pub use payout::{PayoutRecord, WalletRecord};
pub(crate) use provider::PayAgencyProvider;
pub use status::Status;

/// The provider's name, which is also its first path segment.
pub(crate) const NAME: &str = "payagency";

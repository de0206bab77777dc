//! PagFast's part: strict, stateful, built from the provider's public documentation only and not endorsed by it.
//!
//! - `routes` and `handlers` lead from a path to what answers it; `state` is what is behind the one lock
//! - `auth` and `jwt` are keys and tokens; `cash_in`, `cash_out` and `orders` make transactions, `simulate` completes them
//! - `moves` is how a transaction moves on, whoever does it; `book` is where the money is
//! - `record` and `answers` are the shapes; `events` and `sign` the webhooks; `checkout` and `pages` what payers see

mod account;
mod answers;
mod auth;
mod body;
mod book;
mod cash_in;
mod cash_out;
mod checkout;
mod console;
mod control;
mod events;
mod handle;
mod handlers;
mod jwt;
mod leaks;
mod lookups;
mod modes;
mod moves;
mod orders;
pub(crate) mod pages;
mod provider;
mod receivers;
mod record;
mod routes;
mod sign;
mod simulate;
mod state;
mod status;
mod transaction;

pub use account::{AccessKey, KeyStatus};
pub(crate) use control::{allowed, answer};
pub use handle::PagFast;
pub(crate) use provider::PagFastProvider;
pub use status::State;
pub use transaction::{Kind, TransactionRecord};

/// The provider's name, which is also its first path segment.
pub(crate) const NAME: &str = "pagfast";

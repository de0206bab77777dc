//! Paga Connect's part: an OAuth server and wallets as public libraries suggest them; not Paga's work, not endorsed by it.
//!
//! - `account` holds the fixtures, `scopes` what may be asked for, `settings` and `modes` what is open
//! - `authorize` reads what a browser brings, `consent` decides on it, `pages` draw it
//! - `params` and `basic` read a token call, `token` answers it, `grants` keeps codes and tokens
//! - `routes` tells the forms of the secured operations apart; `secured` checks the token; `payment`, `transfer`,
//!   `details` and `one_time` act; `book` holds the money
//! - `provider` is the seam to the frame, `handle` and `control` are for tests

mod account;
mod answers;
mod authorize;
mod basic;
mod book;
mod consent;
mod console;
mod control;
mod details;
mod grants;
mod handle;
mod modes;
mod one_time;
mod operations;
pub(crate) mod pages;
mod params;
mod payment;
mod provider;
mod records;
mod results;
mod routes;
mod scopes;
mod secured;
mod settings;
mod state;
mod table;
#[cfg(test)]
mod tests;
mod token;
mod transfer;

pub use account::Host;
pub(crate) use control::{allowed, answer};
pub use handle::PagaConnect;
pub(crate) use provider::PagaConnectProvider;
pub use records::{ClientRecord, ConsentRecord, UserRecord};

/// The provider's name, which is also its first path segment.
pub(crate) const NAME: &str = "paga-connect";

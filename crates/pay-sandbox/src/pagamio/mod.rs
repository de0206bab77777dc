//! Pagamio's part: strict, stateful, built from the provider's public documentation only and not endorsed by it.

mod accounts;
mod answers;
mod auth;
mod book;
mod catalogue;
mod handle;
mod handlers;
mod limits;
mod listings;
mod lookups;
mod modes;
mod order;
mod provider;
mod purchase;
mod receipts;
mod routes;
mod state;
mod timestamps;
mod transactions;

#[cfg(test)]
mod tests;

pub use accounts::{Account, Role};
pub use handle::Pagamio;
pub(crate) use provider::PagamioProvider;

/// The provider's name, which is also its first path segment.
pub(crate) const NAME: &str = "pagamio";

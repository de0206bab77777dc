//! The token lifecycle: one token per account, refreshed ahead of time by one request at a time, shared by all tasks.

mod at_rest;
mod cell;
mod clock;
#[cfg(feature = "conformance")]
pub mod conformance;
mod consent;
#[cfg(all(feature = "files", unix))]
mod files;
mod flight;
mod outage;
mod shared;
mod source;
mod state;
mod store;
mod token_call;

pub use at_rest::SealAtRest;
pub(crate) use cell::TokenCell;
pub(crate) use clock::Clock;
#[cfg(all(feature = "files", unix))]
pub use files::FileStore;
pub(crate) use outage::Outage;
pub use source::{
    Access, CredentialError, CredentialSource, Credentials, Grant, GrantFailure, GrantStep, OwnTokens, TokenSource,
    Tokens,
};
pub use store::{Claim, Claimed, MemoryStore, Saved, StoreError, StoredTokens, TokenKey, TokenStore};

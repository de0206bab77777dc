//! The token lifecycle: one token per account, refreshed ahead of time by one request at a time, shared by all tasks.

mod cell;
mod clock;
#[cfg(feature = "conformance")]
pub mod conformance;
mod flight;
mod source;
mod state;
mod store;

pub(crate) use cell::TokenCell;
pub(crate) use clock::Clock;
pub use source::{
    Access, CredentialError, CredentialSource, Credentials, Grant, GrantFailure, GrantStep, OwnTokens, TokenSource,
    Tokens,
};
pub use store::{Claim, Claimed, MemoryStore, Saved, StoreError, StoredTokens, TokenKey, TokenStore};

//! Shared core of the payment clients: read the modules in the order in which a call meets them.

#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod auth;
mod base_url;
mod builder;
mod call;
pub mod decode;
mod engine;
mod error;
mod fail;
pub mod journal;
#[cfg(feature = "jwt")]
pub mod jwt;
#[cfg(feature = "mac")]
pub mod mac;
pub mod money;
mod operation;
mod outcome;
mod page;
mod parts;
mod polling;
mod prepared;
pub mod provider;
mod raw;
mod retry;
mod schedule;
#[cfg(feature = "seal")]
pub mod seal;
mod secret;
#[cfg(feature = "mac")]
pub mod stamp;
pub mod telemetry;
mod track;
mod urls;
mod vars;
mod verdict;
#[cfg(feature = "webhook")]
pub mod webhook;
mod wire;
mod worth;

pub use auth::{CredentialError, CredentialSource, Credentials};
pub use call::{Call, Reply};
pub use error::{Error, Kind, Outcome};
pub use money::{Amount, AmountError, Money, RawAmount, Unit};
pub use page::{Page, Pages};
pub use prepared::Prepared;
pub use provider::{Lease, Repeat};
pub use raw::RawRequest;
pub use retry::Pacing;
pub use schedule::Schedule;
pub use secret::{ExposeSecret, RawBody, SecretString, printable};
pub use wire::Transport;
#[cfg(any(test, feature = "script"))]
pub use wire::script;

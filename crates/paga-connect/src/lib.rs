//! Unofficial client for Paga Connect: OAuth 2.0 on behalf of users of Paga wallets.
//!
#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod generated;

pub use pay_core::{Amount, Error, Kind, Outcome};

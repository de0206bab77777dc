//! Unofficial client for Paga Connect: OAuth 2.0 on behalf of users of Paga wallets.
//!
#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod builder;
mod client;
mod consent;
mod env;
mod environment;
mod exchange;
mod generated;
mod judge;
mod provider;
mod session;
mod style;
mod token;

pub use builder::Builder;
pub use client::Client;
pub use consent::{AuthorizationCode, Consent, ConsentError, ConsentUrl, OtherWord, PendingConsent, Scope, UserData};
pub use environment::Environment;
pub use session::UserSession;
pub use style::{BasicEncoding, DottedValue, PaymentForm, References, TokenParameters};
pub use token::TokenAnswer;

pub use pay_core::auth;
pub use pay_core::decode::{DecodeError, LooseText};
pub use pay_core::{
    Amount, AmountError, Call, CredentialError, CredentialSource, Credentials, Error, ExposeSecret, Kind, Lease,
    Outcome, Prepared, RawAmount, RawBody, RawRequest, Repeat, Reply, SecretString, Transport,
};

//! Unofficial client for Paga Connect: OAuth 2.0 on behalf of users of Paga wallets.
//!
#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod builder;
mod calls;
mod client;
mod consent;
mod details;
mod env;
mod environment;
mod exchange;
mod generated;
mod judge;
mod path;
mod payment;
mod provider;
mod recover;
mod result;
mod session;
mod style;
mod token;
mod transfer;

pub use builder::Builder;
pub use client::Client;
pub use consent::{AuthorizationCode, Consent, ConsentError, ConsentUrl, OtherWord, PendingConsent, Scope, UserData};
pub use details::{DetailsShape, Extra, UserProfile};
pub use environment::Environment;
pub use generated::types::{
    Authority, MerchantPaymentResult as PaymentReceipt, MoneyTransferResult as TransferReceipt, UserDetails,
};
pub use payment::{MerchantPayment, PaymentReferences};
pub use session::UserSession;
pub use style::{BasicEncoding, DottedValue, PaymentForm, References, TokenParameters};
pub use token::TokenAnswer;
pub use transfer::{MoneyTransfer, TransferTo};

pub use pay_core::auth;
pub use pay_core::decode::{DecodeError, LooseText};
pub use pay_core::journal;
pub use pay_core::{
    Amount, AmountError, Call, CredentialError, CredentialSource, Credentials, Error, ExposeSecret, Kind, Lease,
    Outcome, Pacing, Prepared, RawAmount, RawBody, RawRequest, Repeat, Reply, SecretString, Transport,
};

//! Unofficial client for the Pay1st Gateway API by Carry1st.
//!
#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

/// The guide's examples compile too.
#[cfg(all(doctest, feature = "axum-08"))]
#[doc = include_str!("../../../docs/webhooks.md")]
struct WebhooksGuide;

mod builder;
mod checkout;
mod client;
mod env;
mod envelope;
mod environment;
mod fulfilment;
mod generated;
mod grant;
mod judge;
mod methods;
mod payment;
mod provider;
mod recover;
mod refund;
mod settle;
pub mod shop;
mod status;
pub mod webhook;

pub use builder::{AccountBuilder, Builder, SIGNING_KEY};
pub use checkout::{CheckoutLink, CreatedPayment};
pub use client::{Client, LoggedIn};
pub use environment::Environment;
pub use fulfilment::Fulfilment;
pub use generated::types::{
    ChannelStatus, FulfilledProduct, FulfilmentStatus, HandlingType, MetadataEntry, PaidProduct, PartnerSettings,
    Payment, PaymentMethodType, PaymentOption, PaymentStatus, Refund, RefundStatus,
};
pub use methods::{PaymentMethod, RequiredParameter};
pub use payment::{Customer, Item, NewPayment};
pub use refund::{NewRefund, RefundOf, Refunded};
pub use settle::{Reason, Settle, Settled, Sought, StillUnknown};

pub use pay_core::auth;
pub use pay_core::decode::{DecodeError, Id, LooseText};
pub use pay_core::journal;
pub use pay_core::{
    Amount, AmountError, Call, CredentialError, CredentialSource, Credentials, Error, ExposeSecret, Kind, Lease, Money,
    Outcome, Pacing, Prepared, RawBody, RawRequest, Repeat, Reply, Schedule, SecretString, Transport,
};

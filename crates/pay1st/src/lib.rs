//! Unofficial client for the Pay1st Gateway API by Carry1st.
//!
#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod generated;
pub mod shop;
pub mod webhook;

pub use generated::types::{
    ChannelStatus, FulfilledProduct, FulfilmentStatus, HandlingType, MetadataEntry, PaidProduct, PartnerSettings,
    Payment, PaymentStatus, Product, ProductBuilder, Refund, RefundStatus,
};

pub use pay_core::auth;
pub use pay_core::decode::{DecodeError, Id, LooseText};
pub use pay_core::{
    Amount, AmountError, Call, CredentialError, CredentialSource, Credentials, Error, ExposeSecret, Kind, Lease, Money,
    Outcome, Prepared, RawBody, RawRequest, Repeat, Reply, SecretString, Transport,
};

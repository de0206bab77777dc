//! Unofficial client for the PagFast API.
//!
#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod generated;
pub mod webhook;

pub use generated::types::{
    Charges, Party, PaymentType, PixKeyType, ReceiverStatus, Transaction, TransactionData, TransactionState,
    TransactionType,
};

pub use pay_core::decode::DecodeError;
pub use pay_core::{
    Amount, AmountError, Call, CredentialError, CredentialSource, Credentials, Error, ExposeSecret, Kind, Outcome,
    Prepared, RawAmount, RawBody, RawRequest, Repeat, Reply, Schedule, SecretString, Transport,
};

//! Unofficial client for the PagFast API.
//!
#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

/// The guide's examples compile too.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/providers/pagfast.md")]
struct Guide;

mod builder;
mod client;
mod companies;
mod created;
mod deposit;
mod env;
mod envelope;
mod environment;
mod find;
mod generated;
mod judge;
mod open_finance;
mod order;
mod person;
mod provider;
mod query;
mod record;
mod recover;
mod settle;
mod simulate;
mod token;
pub mod webhook;
mod withdrawal;

pub use builder::{AccountBuilder, Builder};
pub use client::{Client, LoggedIn};
pub use companies::{Companies, ReceiverPage};
pub use created::Created;
pub use deposit::{NewPixDeposit, PixCharge};
pub use envelope::{Refusal, RefusalDetail};
pub use environment::Environment;
pub use find::FindByOrderId;
pub use generated::types::{
    Charges, Party, PaymentType, PixKeyType, ReceiverStatus, Transaction, TransactionState, TransactionType,
};
pub use open_finance::{NewOpenFinanceDeposit, OpenFinanceCharge};
pub use order::Notify;
pub use person::{Cpf, CpfError, Payer, PixKey, Recipient};
pub use query::{OrderQuery, PageSize, ReceiverQuery};
pub use record::{Record, TransactionPage};
pub use settle::{Reason, Settle, Settled, Sought, StillUnknown};
pub use simulate::{Simulate, Simulated};
pub use withdrawal::{NewPixWithdrawal, Withdrawal};

pub use pay_core::auth;
pub use pay_core::decode::DecodeError;
pub use pay_core::journal;
pub use pay_core::{
    Amount, AmountError, Call, CredentialError, CredentialSource, Credentials, Error, ExposeSecret, Kind, Lease,
    Outcome, Pacing, Prepared, RawAmount, RawBody, RawRequest, Repeat, Reply, Schedule, SecretString, Transport,
};

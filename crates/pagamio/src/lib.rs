//! Unofficial client for the Pagamio VAS API.
//!
#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod account;
mod builder;
mod catalogue;
mod client;
mod code;
mod env;
mod envelope;
mod generated;
mod grant;
mod judge;
mod lines;
mod provider;
mod purchase;
mod purchased;
mod receipt;
mod recover;
mod settle;
mod settled;
mod sought;
mod style;
mod transaction;

pub use account::{Account, Environment};
pub use builder::{AccountBuilder, Builder};
pub use client::{Client, LoggedIn};
pub use generated::codes::Code;
pub use generated::types::{
    BillLookup, BillLookupRequest, BillLookupRequestBuilder, Biller, Category, CategoryFields, Consumer, Field,
    FieldValue, LookUpReceipt, LookupEntry, LookupName, LookupObject, Product, State, TransactionStatus,
};
pub use lines::{PathMatch, ReceiptLine};
pub use purchase::Purchase;
pub use purchased::{Pending, Purchased};
pub use receipt::{ElectricityToken, Pin, Receipt};
pub use settle::Settle;
pub use settled::{Reason, Settled, Settlement, StillUnknown};
pub use sought::Sought;
pub use style::{ReadMethod, TransactionsStyle};
pub use transaction::{Transaction, TransactionQuery};

pub use pay_core::auth;
pub use pay_core::decode::{DecodeError, Id, LooseText};
pub use pay_core::journal;
pub use pay_core::{
    Amount, AmountError, Call, CredentialError, CredentialSource, Credentials, Error, ExposeSecret, Kind, Lease,
    Outcome, Pacing, Page, Pages, Prepared, RawAmount, RawBody, RawRequest, Repeat, Reply, Schedule, SecretString,
    Transport, Unit,
};

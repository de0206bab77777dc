//! Unofficial client for the Pay Agency API.
//!
#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod builder;
mod calls;
mod card;
mod card_call;
mod client;
mod coin;
mod crypto;
mod env;
mod generated;
mod history;
mod judge;
mod key;
mod link;
mod order;
mod paid;
mod payer;
mod payment;
mod payout;
mod provider;
mod recover;
mod refund;
mod reply;
mod rules;
mod settle;
pub mod webhook;

pub use builder::Builder;
pub use card::{Card, Cvv, Expiry, Pan, PayoutCard};
pub use card_call::CardCall;
pub use client::Client;
pub use coin::Coin;
pub use crypto::{OffRampOrder, Payin, Ramp, RampEnds};
pub use generated::types::{
    ChargebackState, Connector, CryptoCurrency, Customer, LinkReply as Link, PaymentData, PaymentStatus,
    PaymentTemplate, RefundState, Transaction, Wallet, WalletStatus, WalletTransaction,
};
pub use history::{Cursor, ListPage, ListPages, ListQuery};
pub use key::{Environment, credentials};
pub use link::{CryptoLink, CryptoLinkOf, PaymentLink};
pub use order::{Intent, Order};
pub use paid::{Payment, Record, Redirect};
pub use payer::{Payer, PayerBuilder};
pub use payment::{CardPayment, PagePayment};
pub use payout::{Estimate, Estimated, Payout};
pub use refund::{Refund, RefundRefusal};
pub use rules::{AmountUnit, CountryCodes};
pub use settle::{Reason, Settle, Settled, Sought, StillUnknown};

pub use pay_core::auth;
pub use pay_core::decode::DecodeError;
pub use pay_core::journal;
pub use pay_core::{
    Amount, AmountError, Call, CredentialError, CredentialSource, Credentials, Error, ExposeSecret, Kind, Money,
    Outcome, Pacing, Prepared, RawAmount, RawBody, RawRequest, Repeat, Reply, Schedule, SecretString, Transport,
};

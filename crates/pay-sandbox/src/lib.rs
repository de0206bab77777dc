//! A strict, stateful, fault-injecting local sandbox for payment provider APIs.
//!
#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

// The frame: what every provider shares.
mod clock;
mod control;
mod error;
mod faults;
mod generated;
mod json;
mod ledger;
mod modes;
mod money;
mod pages;
mod provider;
mod request_log;
mod sandbox;
mod schema;
mod server;
mod webhooks;

// One module per provider.
pub mod paga_connect;
pub mod pagamio;
pub mod pagfast;
pub mod pay1st;
pub mod payagency;

pub use clock::SandboxClock;
pub use error::Error;
pub use faults::{Acting, Ends, Fault, FaultRule, FaultStatus, RandomFaults, StatusFault};
pub use ledger::{Balance, Ledger, Payout, ProviderLedger, Refund, Sale, SaleState};
pub use modes::{Evidence, ModeState, ModeValue};
pub use request_log::RequestRecord;
pub use sandbox::{Sandbox, SandboxBuilder, Tls};
pub use webhooks::{Attempt, Delivery, DeliveryState, WebhookFault, WebhookPolicy, WebhookRule, WebhookRuleStatus};

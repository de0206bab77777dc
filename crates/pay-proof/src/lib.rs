//! What the provider crates do under faults, and what they tell, shown by harnesses that are written once; a provider joins as a [`Subject`].
//!
//! - [`proxy`] breaks connections between a client and the sandbox as networks do
//! - [`faults`] is the catalogue: each fault, and whether the server may have acted
//! - [`table`] runs every operation under every fault
//! - [`ledger`] makes thousands of purchases under random faults and compares books; what it finds shrinks
//! - [`leaks`] plants markers in all that is secret, and searches everything that comes out
//! - [`subjects`] are the providers

/// The examples of pages that belong to no crate compile: they are of several providers, and this is the library that has them all.
#[cfg(doctest)]
mod pages {
    #[doc = include_str!("../../../README.md")]
    struct Readme;

    #[doc = include_str!("../../../docs/sandbox.md")]
    struct Sandbox;

    #[doc = include_str!("../../../docs/providers/payagency.md")]
    struct PayAgency;
}

pub mod faults;
pub mod leaks;
pub mod ledger;
pub mod proxy;
mod subject;
pub mod subjects;
pub mod table;

pub use subject::{Done, Effect, Eye, Kept, Limits, Lost, Modes, Operation, Run, Said, Session, Subject};

/// What keeps a harness from running at all.
pub type Broken = Box<dyn std::error::Error + Send + Sync>;

//! The generator's proof: a provider that does not exist, with one operation for each hard mechanism.
//!
//! - `generated` is written by `cargo xtask codegen` from this crate's `openapi.yaml`, and committed
//! - `client` is what a person writes once for a provider: everything else comes from the document
//!
//! The tests send every operation over the scripted wire and hold the bytes against goldens that were written by hand.

mod client;
mod generated;

pub use client::{Client, Login, User};
pub use generated::codes::Code;
pub use generated::types::*;

/// The names of all operations, for the test that holds them against the goldens.
pub fn operations() -> Vec<&'static str> {
    generated::operations::OPERATIONS.iter().map(|operation| operation.name).collect()
}

/// Whether an operation's bytes may be sent twice.
pub fn repeat(name: &str) -> Option<pay_core::Repeat> {
    operation(name).map(|operation| operation.repeat)
}

/// Name and size of an operation's limit.
pub fn limit(name: &str) -> Option<(&'static str, usize)> {
    operation(name)?.limit.map(|limit| (limit.name, limit.max))
}

fn operation(name: &str) -> Option<&'static pay_core::provider::Operation> {
    generated::operations::OPERATIONS.into_iter().find(|operation| operation.name == name)
}

/// What a code means, as text.
pub fn meaning(code: &Code) -> Option<String> {
    code.meaning().map(|meaning| format!("{meaning:?}"))
}

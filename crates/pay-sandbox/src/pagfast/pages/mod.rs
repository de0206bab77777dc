//! PagFast's pages: those that it hosts for payers, and what its panel would show a merchant.
//!
//! - `hosted` answers for what PagFast hosts: `screen` draws an open transaction, `ended` one on which nothing can be paid,
//!   `picture` the code of a deposit, and `receipt` its receipt
//! - `transactions` and `accounts` are pages of the sandbox

mod accounts;
mod ended;
mod hosted;
mod picture;
mod receipt;
mod screen;
mod transactions;

use crate::pages::{Visit, layout};
use crate::provider::Reply;
pub(crate) use accounts::ACCOUNTS;
pub(crate) use hosted::answer;
pub(crate) use transactions::TRANSACTIONS;

/// The provider's name among people.
const TITLE: &str = "PagFast";
/// Answers a request to one of the sandbox's pages about PagFast.
pub(crate) fn tools(visit: &Visit<'_>) -> Reply {
    match visit.path.trim_end_matches('/') {
        TRANSACTIONS => transactions::answer(visit),
        ACCOUNTS => accounts::answer(visit),
        _ => layout::not_found(visit),
    }
}

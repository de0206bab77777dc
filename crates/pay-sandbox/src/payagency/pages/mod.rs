//! Pay Agency's pages: those that it hosts for payers, and what its dashboard would show a merchant.
//!
//! - `hosted` answers for every hosted page: `look` is what each one says and can do, `shown` what it shows, `screen` draws it
//!   with `payer` and `card`, and `ended` is what it shows when nothing can be paid
//! - `payments`, `links` and `wallets` are pages of the sandbox

mod card;
mod ended;
mod hosted;
mod links;
mod look;
mod payer;
mod payments;
mod screen;
mod shown;
mod wallets;

use crate::pages::{Visit, layout};
use crate::provider::Reply;
pub(crate) use hosted::answer;
pub(crate) use links::LINKS;
pub(crate) use payments::PAYMENTS;
pub(crate) use wallets::WALLETS;

/// The provider's name among people.
const TITLE: &str = "Pay Agency";
/// Answers a request to one of the sandbox's pages about Pay Agency.
pub(crate) fn tools(visit: &Visit<'_>) -> Reply {
    match visit.path.trim_end_matches('/') {
        PAYMENTS => payments::answer(visit),
        LINKS => links::answer(visit),
        WALLETS => wallets::answer(visit),
        _ => layout::not_found(visit),
    }
}

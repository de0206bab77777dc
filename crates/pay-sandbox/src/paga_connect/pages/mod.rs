//! Paga Connect's pages: the consent page that Paga would host, and what its back office would show.
//!
//! - `authorization` answers the consent page: `screen` draws its two steps, `ended` what has no step
//! - `consents` and `wallets` are pages of the sandbox

mod authorization;
mod consents;
mod ended;
mod screen;
mod wallets;

use crate::pages::{Visit, layout};
use crate::provider::Reply;
pub(crate) use authorization::answer as authorization;
pub(crate) use consents::CONSENTS;
pub(crate) use wallets::WALLETS;

/// The provider's name among people.
const TITLE: &str = "Paga";
/// Answers a request to one of the sandbox's pages about Paga Connect.
pub(crate) fn tools(visit: &Visit<'_>) -> Reply {
    match visit.path.trim_end_matches('/') {
        CONSENTS => consents::answer(visit),
        WALLETS => wallets::answer(visit),
        _ => layout::not_found(visit),
    }
}

//! Pay1st's pages: the hosted checkout that a customer sees, and what its console would show a merchant.
//!
//! - `checkout` is the hosted page: `screen` draws it with `order` and `details`, `ended` is what it shows when nothing can be paid
//! - `payments` and `settings` are pages of the sandbox

mod checkout;
mod details;
mod ended;
mod order;
mod payments;
mod screen;
mod settings;

use crate::pages::{Visit, layout};
use crate::provider::Reply;
pub(crate) use checkout::answer as checkout;
pub(crate) use payments::PAYMENTS;
pub(crate) use settings::SETTINGS;

/// The provider's name among people.
const TITLE: &str = "Pay1st";
/// Answers a request to one of the sandbox's pages about Pay1st.
pub(crate) fn answer(visit: &Visit<'_>) -> Reply {
    match visit.path.trim_end_matches('/') {
        PAYMENTS => payments::answer(visit),
        SETTINGS => settings::answer(visit),
        _ => layout::not_found(visit),
    }
}

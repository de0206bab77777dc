//! The providers, one file each.

mod paga_connect;
mod pagamio;
mod pagfast;
mod pay1st;
mod payagency;

pub use paga_connect::PagaConnect;
pub use pagamio::Pagamio;
pub use pagfast::PagFast;
pub use pay1st::Pay1st;
pub use payagency::PayAgency;

use crate::Subject;
use std::sync::Arc;

/// Every provider.
pub fn all() -> Vec<Arc<dyn Subject>> {
    vec![Arc::new(Pagamio), Arc::new(Pay1st), Arc::new(PayAgency), Arc::new(PagFast), Arc::new(PagaConnect)]
}

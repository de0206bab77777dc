//! The providers, one file each.

mod pagamio;
mod pay1st;

pub use pagamio::Pagamio;
pub use pay1st::Pay1st;

use crate::Subject;
use std::sync::Arc;

/// Every provider.
pub fn all() -> Vec<Arc<dyn Subject>> {
    vec![Arc::new(Pagamio), Arc::new(Pay1st)]
}

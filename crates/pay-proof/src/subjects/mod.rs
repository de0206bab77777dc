//! The providers, one file each.

mod pagamio;

pub use pagamio::Pagamio;

use crate::Subject;
use std::sync::Arc;

/// Every provider.
pub fn all() -> Vec<Arc<dyn Subject>> {
    vec![Arc::new(Pagamio)]
}

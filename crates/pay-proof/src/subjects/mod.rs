//! The providers, one file each.

/// Every builder has these settings, and each is a type of its own.
macro_rules! limited {
    ($builder:ident, $limits:ident, $kept:ident) => {{
        let mut builder = $builder
            .attempts($limits.attempts)
            .attempt_timeout($limits.attempt)
            .connect_timeout($limits.attempt)
            .deadline($limits.deadline)
            .max_body($limits.max_body);
        if let Some(tokens) = &$kept.tokens {
            builder = builder.token_store(std::sync::Arc::clone(tokens));
        }
        if let Some(journal) = &$kept.journal {
            builder = builder.journal(std::sync::Arc::clone(journal));
        }
        builder
    }};
}

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

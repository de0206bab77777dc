//! An outage of the token store is told once per client, however many accounts refresh without it.

use super::store::{StoreError, TokenStore};
use crate::telemetry;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether an outage was told, and its end not yet.
#[derive(Default)]
pub(crate) struct Outage(AtomicBool);

impl Outage {
    /// A refresh goes on without the store: the first of an outage is a warning, unless the store has given one itself.
    pub(super) fn failed(&self, provider: &'static str, store: &dyn TokenStore, error: &StoreError) {
        if store.has_told_outage() || self.0.swap(true, Ordering::Relaxed) {
            telemetry::store_still_fails(provider, error);
        } else {
            telemetry::store_failed(provider, error);
        }
    }

    /// The store did all that a refresh needs. A read alone does not say so: a full disk can still be read.
    pub(super) fn over(&self, provider: &'static str) {
        if self.0.load(Ordering::Relaxed) && self.0.swap(false, Ordering::Relaxed) {
            telemetry::store_back(provider);
        }
    }
}

//! Orders: each has one reference, kept before anything is sent, and is charged with that one alone.

use crate::browsers::unguessable;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// What became of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// Shown with its button, and not yet paid for.
    Offered,
    /// A charge is under way, or nobody knows how one ended: it is never charged again from here.
    Charging,
    /// Paid, with Paga's transaction id.
    Paid(String),
}

/// Whose order, and how it stands.
#[derive(Default)]
pub(crate) struct Orders(Mutex<HashMap<String, (&'static str, Order)>>);

impl Orders {
    /// A new order; answers its reference.
    pub(crate) fn offer(&self, customer: &'static str) -> String {
        // 16 of the characters that Paga's path takes: unique over restarts too, since nothing here remembers those.
        let random: String = unguessable().chars().filter(char::is_ascii_alphanumeric).take(16).collect();
        let reference = format!("site-{random}");
        self.lock().insert(reference.clone(), (customer, Order::Offered));
        reference
    }

    /// The right to charge, once: a form that is sent twice has it once.
    pub(crate) fn begin(&self, reference: &str, customer: &str) -> Result<(), Option<Order>> {
        match self.lock().get_mut(reference) {
            Some((owner, order)) if *owner == customer => match order {
                Order::Offered => {
                    *order = Order::Charging;
                    Ok(())
                }
                other => Err(Some(other.clone())),
            },
            _ => Err(None),
        }
    }

    pub(crate) fn set(&self, reference: &str, now: Order) {
        if let Some((_, order)) = self.lock().get_mut(reference) {
            *order = now;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, (&'static str, Order)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! Who is at which browser: sessions behind an unguessable cookie, and the consent that is under way in each.

use oauth2::CsrfToken;
use paga_connect::PendingConsent;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use subtle::ConstantTimeEq as _;

/// The shop's customers. A real shop keeps hashes of passwords, and no list in its program.
const CUSTOMERS: [(&str, &str); 2] = [("ann", "ann-likes-books"), ("ben", "ben-likes-maps")];

/// One browser that is logged in.
pub(crate) struct Browser {
    /// The shop's own name of the customer: also what Paga's tokens are kept under.
    pub(crate) customer: &'static str,
    /// Stands in every form, so that other sites' forms do nothing here.
    pub(crate) form_token: String,
    /// What this browser was sent to Paga with.
    pub(crate) pending: Option<PendingConsent>,
}

#[derive(Default)]
pub(crate) struct Browsers(Mutex<HashMap<String, Browser>>);

impl Browsers {
    /// Answers the new cookie. It was never in use before, so nobody can have planted it.
    pub(crate) fn log_in(&self, name: &str, password: &str) -> Option<String> {
        let right =
            |known: &&(&str, &str)| known.0 == name && bool::from(known.1.as_bytes().ct_eq(password.as_bytes()));
        let (customer, _) = CUSTOMERS.iter().find(right)?;
        let cookie = unguessable();
        let browser = Browser { customer, form_token: unguessable(), pending: None };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(cookie.clone(), browser);
        Some(cookie)
    }

    pub(crate) fn with<R>(&self, cookie: &str, act: impl FnOnce(&mut Browser) -> R) -> Option<R> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_mut(cookie).map(act)
    }

    pub(crate) fn sign_out(&self, cookie: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(cookie);
    }
}

/// 32 random bytes, as text.
pub(crate) fn unguessable() -> String {
    CsrfToken::new_random_len(32).into_secret()
}

//! The users whose sessions are in use: one token each, however many sessions there are.

use super::User;
use pay_core::provider::Access;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// Sessions are made per request by a web server, so their token must be found again; and it goes when the last one goes: the
/// store has the pair.
#[derive(Default)]
pub(crate) struct Users(Mutex<Table>);

#[derive(Default)]
struct Table {
    users: HashMap<String, Weak<User>>,
    /// How many there may be before those that are gone are swept out.
    sweep_at: usize,
}

impl Users {
    pub(super) fn get(&self, id: String, access: impl FnOnce(&str) -> Access) -> Arc<User> {
        let mut table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(user) = table.users.get(&id).and_then(Weak::upgrade) {
            return user;
        }
        if table.users.len() >= table.sweep_at {
            table.users.retain(|_, user| user.strong_count() > 0);
            // Twice what is left: each user is swept over a constant number of times.
            table.sweep_at = (table.users.len() * 2).max(64);
        }
        let user = Arc::new(User { access: access(&id), id: id.clone() });
        table.users.insert(id, Arc::downgrade(&user));
        user
    }
}

//! The users whose sessions are or were just in use: one token each, however many sessions there are.

use super::User;
use pay_core::provider::{Access, now};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a user's token is held after the last session was asked for.
const HELD: Duration = Duration::from_secs(600);

/// Sessions are made per request by a web server, and what belongs to the user outlives them for a while: the token, a refresh under way,
/// the pause after a refusal. Later the store has the pair.
#[derive(Default)]
pub(crate) struct Users(Mutex<Table>);

#[derive(Default)]
struct Table {
    users: HashMap<String, Known>,
    /// How many there may be before those that are gone are swept out.
    sweep_at: usize,
}

struct Known {
    user: Arc<User>,
    asked_for: Instant,
}

impl Users {
    pub(super) fn get(&self, id: String, access: impl FnOnce(&str) -> Access) -> Arc<User> {
        let now = now();
        let mut table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = table.users.get_mut(&id) {
            known.asked_for = now;
            return Arc::clone(&known.user);
        }
        if table.users.len() >= table.sweep_at {
            table.users.retain(|_, known| known.asked_for + HELD > now || Arc::strong_count(&known.user) > 1);
            // Twice what is left: each user is swept over a constant number of times.
            table.sweep_at = (table.users.len() * 2).max(64);
        }
        let user = Arc::new(User { access: access(&id), id: id.clone() });
        table.users.insert(id, Known { user: Arc::clone(&user), asked_for: now });
        user
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::Client;

    #[tokio::test(start_paused = true)]
    async fn users_who_are_gone_are_swept_out_and_no_others() {
        let client = Client::builder().local("http://127.0.0.1:9").credentials("a", "b".to_owned());
        let client = client.build().unwrap();
        let held = client.user("held");
        let same = |one: &crate::UserSession, other: &crate::UserSession| Arc::ptr_eq(&one.user, &other.user);
        assert!(same(&held, &client.user("held")) && !same(&held, &client.user("other")));
        let known = || client.users().0.lock().unwrap().users.len();
        (0..1000).for_each(|user| drop(client.user(user.to_string())));
        assert_eq!(known(), 1002, "a moment ago each was in use");
        tokio::time::advance(HELD).await;
        (1000..3000).for_each(|user| drop(client.user(user.to_string())));
        assert!(known() <= 2001 + 64, "{}", known());
        assert!(same(&held, &client.user("held")));
    }
}

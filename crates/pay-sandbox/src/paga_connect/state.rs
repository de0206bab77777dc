//! What Paga Connect's part remembers, and one secured call to it.

use super::account::{self, Client, Host, User};
use super::book::Book;
use super::grants::{Allowed, Grants};
use super::modes::{HostPlayed, Modes};
use super::settings::Settings;
use super::table::Table;
use crate::provider::ProviderRequest;

/// A browser that has opened a consent page.
pub(super) struct Session {
    /// Proves that a form was drawn for this browser.
    pub(super) csrf: String,
    /// Who has signed in.
    pub(super) user: Option<&'static str>,
}

/// Everything behind the one lock. A call acts whole under it, or not at all.
pub(super) struct State {
    pub(super) modes: Modes,
    pub(super) settings: Settings,
    pub(super) clients: Vec<Client>,
    pub(super) users: Vec<User>,
    pub(super) grants: Grants,
    pub(super) sessions: Table<Session>,
    pub(super) one_time: Table<()>,
    pub(super) book: Book,
}

impl Default for State {
    fn default() -> Self {
        let (clients, users) = (account::clients(), account::users());
        Self {
            modes: Modes::default(),
            settings: Settings::default(),
            grants: Grants::default(),
            sessions: Table::default(),
            one_time: Table::default(),
            book: Book::new(&clients, &users),
            clients,
            users,
        }
    }
}

impl State {
    /// The client with this id, if the host that is played knows it.
    pub(super) fn client(&self, id: &str) -> Option<&Client> {
        let here = match self.modes.host {
            HostPlayed::Test => Host::Test,
            HostPlayed::Live => Host::Live,
        };
        self.clients.iter().find(|client| client.id == id && client.host == here)
    }

    pub(super) fn user(&self, username: &str) -> Option<&User> {
        self.users.iter().find(|user| user.username == username)
    }
}

/// One call with a token that was good.
pub(super) struct Call<'a> {
    pub(super) request: &'a ProviderRequest,
    /// What the token allows, and in whose name.
    pub(super) allowed: Allowed,
}

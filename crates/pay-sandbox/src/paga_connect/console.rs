//! What Paga's back office or a user at Paga would do: registering redirects, revoking, locking, paying in.

use super::authorize::is_redirect;
use super::provider::PagaConnectProvider;
use super::records::{self, ClientRecord, UserRecord};
use crate::{Error, money};

impl PagaConnectProvider {
    /// Registers a redirect URI; one that is there already changes nothing.
    pub(super) fn register(&self, client_id: &str, redirect_uri: &str) -> Result<ClientRecord, Error> {
        if !is_redirect(redirect_uri) {
            let why = "must be absolute, http or https, without fragment, user name and dot segments";
            return Err(Error::invalid("redirect_uri", why));
        }
        self.on_client(client_id, |client| {
            if !client.redirects.iter().any(|known| known == redirect_uri) {
                client.redirects.push(redirect_uri.to_owned());
            }
        })
    }

    /// Replaces a client's secret.
    pub(super) fn set_secret(&self, client_id: &str, secret: &str) -> Result<ClientRecord, Error> {
        if secret.is_empty() {
            return Err(Error::invalid("secret", "must not be empty"));
        }
        self.on_client(client_id, |client| client.secret = secret.to_owned())
    }

    fn on_client(
        &self,
        client_id: &str,
        change: impl FnOnce(&mut super::account::Client),
    ) -> Result<ClientRecord, Error> {
        let mut state = self.lock();
        let unknown = || Error::invalid("client_id", "no such client");
        let at = state.clients.iter().position(|client| client.id == client_id).ok_or_else(unknown)?;
        change(&mut state.clients[at]);
        records::clients(&state).into_iter().nth(at).ok_or_else(unknown)
    }

    /// Locks a user, or unlocks them.
    pub(super) fn set_locked(&self, username: &str, locked: bool) -> Result<UserRecord, Error> {
        let mut state = self.lock();
        let at = state.users.iter().position(|user| user.username == username).ok_or_else(no_user)?;
        state.users[at].locked = locked;
        records::users(&state).into_iter().nth(at).ok_or_else(no_user)
    }

    /// Sets what an account holds; answers that in hundredths.
    pub(super) fn set_balance(&self, account: &str, amount: &str) -> Result<i64, Error> {
        let cents = money::cents(amount).filter(|cents| *cents >= 0);
        let cents = cents.ok_or_else(|| Error::invalid("amount", "must be a decimal text such as \"123.45\""))?;
        let known = self.lock().book.set_balance(account, cents);
        if known { Ok(cents) } else { Err(Error::invalid("account", "no such account")) }
    }

    /// Ends a user's consents, to one client or to all; answers how many were ended.
    pub(super) fn revoke(&self, username: &str, client_id: Option<&str>) -> Result<usize, Error> {
        let mut state = self.lock();
        state.user(username).ok_or_else(no_user)?;
        Ok(state
            .grants
            .revoke(|_, grant| grant.allowed.user == username && client_id.is_none_or(|id| grant.allowed.client == id)))
    }

    /// Ends one consent; `false`: there is none with this number, or it has ended.
    pub(super) fn revoke_one(&self, id: u64) -> bool {
        self.lock().grants.revoke(|known, _| known == id) > 0
    }
}

fn no_user() -> Error {
    Error::invalid("user", "no such user")
}

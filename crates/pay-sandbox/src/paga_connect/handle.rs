//! The handle a test holds on Paga Connect's part.

use super::account::{Host, RECIPIENT, REDIRECT};
use super::records::{self, ClientRecord, ConsentRecord, UserRecord};
use crate::Error;
use crate::provider::Provider;
use crate::sandbox::Shared;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Paga Connect's part of a running sandbox.
#[derive(Clone)]
pub struct PagaConnect {
    shared: Arc<Shared>,
    base_url: String,
}

impl PagaConnect {
    pub(crate) fn new(shared: Arc<Shared>, url: &str) -> Self {
        let base_url = format!("{url}/{}", super::NAME);
        Self { shared, base_url }
    }

    /// The base URL, to which clients add `/paga-webservices/oauth2/...`; ends in `/paga-connect`.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Every client: a plain one, one whose secret holds `@ % + # =`, and one that only the live host knows.
    pub fn clients(&self) -> Vec<ClientRecord> {
        records::clients(&self.shared.paga_connect.lock())
    }

    /// The plain client's id.
    pub fn client_id(&self) -> String {
        self.nth(0).client_id
    }

    /// The id of the client whose secret holds `@ % + # =`.
    pub fn awkward_client_id(&self) -> String {
        self.nth(1).client_id
    }

    /// The id of the client that only the live host knows.
    pub fn live_client_id(&self) -> String {
        self.nth(2).client_id
    }

    fn nth(&self, at: usize) -> ClientRecord {
        let unknown = ClientRecord {
            client_id: String::new(),
            name: "",
            account: "",
            host: Host::Test,
            redirect_uris: Vec::new(),
            scopes: &[],
        };
        self.clients().into_iter().nth(at).unwrap_or(unknown)
    }

    /// The secret in force of a client; `None`: there is no such client.
    pub fn client_secret(&self, client_id: &str) -> Option<String> {
        let state = self.shared.paga_connect.lock();
        state.clients.iter().find(|client| client.id == client_id).map(|client| client.secret.clone())
    }

    /// Replaces a client's secret.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] when there is no such client, or the secret is empty.
    pub fn set_client_secret(&self, client_id: &str, secret: &str) -> Result<(), Error> {
        self.shared.paga_connect.set_secret(client_id, secret).map(drop)
    }

    /// A redirect URI that every client has registered.
    pub fn redirect_uri(&self) -> &'static str {
        REDIRECT
    }

    /// Registers a redirect URI, which is then matched character by character.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] when there is no such client, or this cannot be a redirect URI.
    pub fn register_redirect_uri(&self, client_id: &str, redirect_uri: &str) -> Result<(), Error> {
        self.shared.paga_connect.register(client_id, redirect_uri).map(drop)
    }

    /// Every user: `ada` and `ngozi` have money, `emeka` has none, `bola` is locked.
    pub fn users(&self) -> Vec<UserRecord> {
        records::users(&self.shared.paga_connect.lock())
    }

    /// One user.
    pub fn user(&self, username: &str) -> Option<UserRecord> {
        self.users().into_iter().find(|user| user.username == username)
    }

    /// A user's password on the consent page.
    pub fn password(&self, username: &str) -> Option<&'static str> {
        self.shared.paga_connect.lock().user(username).map(|user| user.password)
    }

    /// A user's mobile number, which names them as the recipient of a transfer.
    pub fn mobile_number(&self, username: &str) -> Option<&'static str> {
        self.shared.paga_connect.lock().user(username).map(|user| user.mobile)
    }

    /// The mobile number of an account that never signs in and can receive transfers.
    pub fn recipient(&self) -> &'static str {
        RECIPIENT.1
    }

    /// Locks a user, or unlocks them.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] when there is no such user.
    pub fn set_locked(&self, username: &str, locked: bool) -> Result<(), Error> {
        self.shared.paga_connect.set_locked(username, locked).map(drop)
    }

    /// Sets what an account of the ledger holds, in naira such as `"120.50"`.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] when there is no such account, or this is no amount.
    pub fn set_balance(&self, account: &str, amount: &str) -> Result<(), Error> {
        self.shared.paga_connect.set_balance(account, amount).map(drop)
    }

    /// Does as a user who signs in at this authorization URL and approves, without a browser; answers the address that
    /// the browser would be sent to. Only while the mode `consent_without_browser` is on.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] when the mode is off, there is no such user, they are locked, or the URL would lead to an error page.
    pub fn approve(&self, authorization_url: &str, username: &str) -> Result<String, Error> {
        self.shared.paga_connect.consent(authorization_url, username, true)
    }

    /// As [`approve`](Self::approve), for a user who declines.
    ///
    /// # Errors
    ///
    /// As [`approve`](Self::approve).
    pub fn decline(&self, authorization_url: &str, username: &str) -> Result<String, Error> {
        self.shared.paga_connect.consent(authorization_url, username, false)
    }

    /// Every consent, oldest first.
    pub fn consents(&self) -> Vec<ConsentRecord> {
        records::consents(&self.shared.paga_connect.lock())
    }

    /// Ends all consents of a user, as the user would at Paga; answers how many. Every token of theirs is dead then.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] when there is no such user.
    pub fn revoke(&self, username: &str) -> Result<usize, Error> {
        self.shared.paga_connect.revoke(username, None)
    }

    /// How often the tokens of this user were refreshed; `None`: there is no such user.
    pub fn refreshes(&self, username: &str) -> Option<u32> {
        self.user(username).map(|user| user.refreshes)
    }

    /// How long codes, access tokens and refresh tokens live that are issued from now on. No document says.
    pub fn set_lives(&self, code: Duration, access: Duration, refresh: Duration) {
        let settings = &mut self.shared.paga_connect.lock().settings;
        (settings.code_life, settings.access_life, settings.refresh_life) = (code, access, refresh);
    }

    /// Ends every access token, in the middle of whatever is going on; refresh tokens stay good.
    pub fn end_access_tokens(&self) {
        self.shared.paga_connect.lock().grants.end_access(self.shared.clock.now(), None);
    }

    /// Sets one mode.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] when there is no such mode or value.
    pub fn set_mode(&self, name: &str, value: &str) -> Result<(), Error> {
        self.shared.paga_connect.set_modes(&[(name, value)])
    }
}

impl fmt::Debug for PagaConnect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PagaConnect").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

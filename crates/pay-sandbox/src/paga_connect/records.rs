//! What a test may know of clients, users and consents: never a secret or personal data.

use super::account::Host;
use super::grants::Grant;
use super::state::State;
use crate::SandboxClock;
use serde::Serialize;

/// An OAuth client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ClientRecord {
    /// Its id.
    pub client_id: String,
    /// Its name on the consent page.
    pub name: &'static str,
    /// Its wallet in the ledger.
    pub account: &'static str,
    /// The host that knows it.
    pub host: Host,
    /// The redirect URIs that it has registered, matched exactly.
    pub redirect_uris: Vec<String>,
    /// The scopes that it may ask for.
    pub scopes: &'static [&'static str],
}

/// A Paga user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct UserRecord {
    /// The name to sign in with, which is also the wallet in the ledger.
    pub username: &'static str,
    /// Whether neither signing in nor paying is possible.
    pub locked: bool,
    /// What the wallet holds, in kobo (hundredths of a naira).
    pub balance_cents: i64,
    /// How often this user's tokens were refreshed.
    pub refreshes: u32,
    /// How often a refresh token of this user was refused.
    pub refused_refreshes: u32,
    /// Consents in force.
    pub consents: usize,
}

/// What a user has allowed a client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ConsentRecord {
    /// Counts up from 1.
    pub id: u64,
    /// The client.
    pub client_id: String,
    /// The client's name on the consent page.
    pub client_name: &'static str,
    /// The user.
    pub username: String,
    /// The scopes.
    pub scopes: Vec<String>,
    /// The fields of the user that may be told.
    pub user_data: Vec<String>,
    /// When its code was exchanged, in RFC 3339.
    pub given: String,
    /// Whether it was ended by the user, or by a token that was used twice.
    pub revoked: bool,
    /// How often its tokens were refreshed.
    pub refreshes: u32,
}

pub(super) fn clients(state: &State) -> Vec<ClientRecord> {
    let record = |client: &super::account::Client| ClientRecord {
        client_id: client.id.to_owned(),
        name: client.name,
        account: client.account,
        host: client.host,
        redirect_uris: client.redirects.clone(),
        scopes: client.scopes,
    };
    state.clients.iter().map(record).collect()
}

pub(super) fn users(state: &State) -> Vec<UserRecord> {
    let grants = state.grants.all();
    let record = |user: &super::account::User| {
        let counts = state.grants.refreshes(user.username);
        let own = |grant: &Grant| grant.allowed.user == user.username && !grant.revoked;
        UserRecord {
            username: user.username,
            locked: user.locked,
            balance_cents: state.book.balance(user.username),
            refreshes: counts.done,
            refused_refreshes: counts.refused,
            consents: grants.iter().filter(|(_, grant)| own(grant)).count(),
        }
    };
    state.users.iter().map(record).collect()
}

pub(super) fn consents(state: &State) -> Vec<ConsentRecord> {
    let record = |(id, grant): (u64, &Grant)| ConsentRecord {
        id,
        client_id: grant.allowed.client.to_owned(),
        client_name: state.clients.iter().find(|it| it.id == grant.allowed.client).map_or("", |it| it.name),
        username: grant.allowed.user.to_owned(),
        scopes: grant.allowed.scopes.clone(),
        user_data: grant.allowed.user_data.clone(),
        given: SandboxClock::text_of(grant.given),
        revoked: grant.revoked,
        refreshes: grant.refreshes,
    };
    state.grants.all().into_iter().map(record).collect()
}

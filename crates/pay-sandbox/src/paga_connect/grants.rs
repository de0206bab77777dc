//! Codes, consents and tokens: what was given to whom, and what is still good.

use super::settings::Settings;
use super::table::{self, Table};
use std::collections::HashMap;
use std::time::SystemTime;

/// What a user allows a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Allowed {
    pub(super) client: &'static str,
    pub(super) user: &'static str,
    pub(super) scopes: Vec<String>,
    pub(super) user_data: Vec<String>,
}

/// A consent with its tokens.
pub(super) struct Grant {
    pub(super) allowed: Allowed,
    pub(super) given: SystemTime,
    pub(super) revoked: bool,
    pub(super) refreshes: u32,
    /// The refresh token in force; its secret never leaves but in an answer.
    refresh: String,
    access: String,
}

/// A code that was given out.
pub(super) struct Code {
    pub(super) allowed: Allowed,
    pub(super) redirect: String,
    /// The S256 challenge, where PKCE is asked for.
    pub(super) challenge: Option<String>,
    ends: SystemTime,
    used: bool,
    /// What it was exchanged for.
    grant: Option<u64>,
}

struct Token {
    grant: u64,
    ends: SystemTime,
    dead: bool,
}

/// How often a user's tokens were refreshed.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Refreshes {
    pub(super) done: u32,
    pub(super) refused: u32,
}

/// Why a code or token is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dead {
    Unknown,
    Expired,
}

/// A pair of tokens, with what is left of the access token's life.
pub(super) struct Pair {
    pub(super) access: String,
    pub(super) refresh: String,
    pub(super) seconds: u64,
    pub(super) allowed: Allowed,
}

/// Everything that was given out.
#[derive(Default)]
pub(super) struct Grants {
    codes: Table<Code>,
    access: Table<Token>,
    refresh: Table<Token>,
    grants: HashMap<u64, Grant>,
    next: u64,
    counts: HashMap<&'static str, Refreshes>,
}

impl Grants {
    pub(super) fn issue_code(
        &mut self,
        allowed: Allowed,
        redirect: String,
        challenge: Option<String>,
        now: SystemTime,
        settings: &Settings,
    ) -> String {
        let ends = now.checked_add(settings.code_life).unwrap_or(now);
        self.codes.issue(Code { allowed, redirect, challenge, ends, used: false, grant: None }, table::code)
    }

    /// Takes a code: it is used up, whatever becomes of the call.
    pub(super) fn take_code(&mut self, code: &str, now: SystemTime) -> Result<&Code, Dead> {
        let known = self.codes.get_mut(code).ok_or(Dead::Unknown)?;
        if std::mem::replace(&mut known.used, true) {
            return Err(Dead::Unknown);
        }
        if now >= known.ends { Err(Dead::Expired) } else { Ok(known) }
    }

    /// Ends what a code was exchanged for.
    pub(super) fn revoke_by_code(&mut self, code: &str) {
        if let Some(grant) = self.codes.get(code).and_then(|code| code.grant) {
            self.revoke(|id, _| id == grant);
        }
    }

    /// A new grant, or the one that lives for the same, where `again` allows that.
    pub(super) fn open(
        &mut self,
        code: &str,
        allowed: Allowed,
        again: bool,
        now: SystemTime,
        settings: &Settings,
    ) -> Pair {
        let same = |grant: &Grant| {
            let (old, new) = (&grant.allowed, &allowed);
            !grant.revoked && old.client == new.client && old.user == new.user && old.scopes == new.scopes
        };
        let alive = self.grants.iter().find(|(_, grant)| again && same(grant) && self.is_alive(&grant.access, now));
        let id = match alive.map(|(id, _)| *id) {
            Some(id) => {
                if let Some(grant) = self.grants.get_mut(&id) {
                    grant.allowed = allowed;
                }
                id
            }
            None => self.create(allowed, now, settings),
        };
        if let Some(code) = self.codes.get_mut(code) {
            code.grant = Some(id);
        }
        self.pair(id, now)
    }

    fn create(&mut self, allowed: Allowed, now: SystemTime, settings: &Settings) -> u64 {
        self.next += 1;
        let id = self.next;
        let access = self.issue_access(id, now, settings);
        let refresh = self.issue_refresh(id, now, settings);
        let grant = Grant { allowed, given: now, revoked: false, refreshes: 0, refresh, access };
        self.grants.insert(id, grant);
        id
    }

    fn issue_access(&mut self, grant: u64, now: SystemTime, settings: &Settings) -> String {
        let ends = now.checked_add(settings.access_life).unwrap_or(now);
        self.access.issue(Token { grant, ends, dead: false }, table::uuid)
    }

    fn issue_refresh(&mut self, grant: u64, now: SystemTime, settings: &Settings) -> String {
        let ends = now.checked_add(settings.refresh_life).unwrap_or(now);
        self.refresh.issue(Token { grant, ends, dead: false }, table::uuid)
    }

    fn is_alive(&self, access: &str, now: SystemTime) -> bool {
        self.access.get(access).is_some_and(|token| !token.dead && now < token.ends)
    }

    /// The tokens of a grant as an answer gives them.
    fn pair(&self, id: u64, now: SystemTime) -> Pair {
        let empty = || Allowed { client: "", user: "", scopes: Vec::new(), user_data: Vec::new() };
        let grant = self.grants.get(&id);
        let access = grant.map(|grant| grant.access.clone()).unwrap_or_default();
        let ends = self.access.get(&access).map_or(now, |token| token.ends);
        Pair {
            seconds: ends.duration_since(now).unwrap_or_default().as_secs(),
            refresh: grant.map(|grant| grant.refresh.clone()).unwrap_or_default(),
            allowed: grant.map_or_else(empty, |grant| grant.allowed.clone()),
            access,
        }
    }

    /// Whose consent a refresh token stands for, and whether the token is good.
    pub(super) fn check_refresh(&self, refresh: &str, now: SystemTime) -> (Option<&Grant>, Result<(), Dead>) {
        let Some(token) = self.refresh.get(refresh) else { return (None, Err(Dead::Unknown)) };
        let grant = self.grants.get(&token.grant);
        if token.dead || grant.is_none_or(|grant| grant.revoked) {
            return (grant, Err(Dead::Unknown));
        }
        (grant, if now < token.ends { Ok(()) } else { Err(Dead::Expired) })
    }

    /// Ends the consent of a refresh token that was used before.
    pub(super) fn revoke_by_refresh(&mut self, refresh: &str) {
        if let Some(grant) = self.refresh.get(refresh).map(|token| token.grant) {
            self.revoke(|id, _| id == grant);
        }
    }

    /// A new access token, and a new refresh token where it rotates. The refresh token was checked.
    pub(super) fn renew(
        &mut self,
        refresh: &str,
        rotates: bool,
        old_dies: bool,
        now: SystemTime,
        settings: &Settings,
    ) -> Pair {
        let id = self.refresh.get(refresh).map_or(0, |token| token.grant);
        let access = self.issue_access(id, now, settings);
        let next = rotates.then(|| self.issue_refresh(id, now, settings));
        if next.is_some()
            && let Some(token) = self.refresh.get_mut(refresh)
        {
            token.dead = true;
        }
        if old_dies {
            self.access.values_mut().filter(|token| token.grant == id).for_each(|token| token.dead = true);
            if let Some(token) = self.access.get_mut(&access) {
                token.dead = false;
            }
        }
        if let Some(grant) = self.grants.get_mut(&id) {
            grant.access = access;
            grant.refresh = next.unwrap_or_else(|| grant.refresh.clone());
            grant.refreshes += 1;
            self.counts.entry(grant.allowed.user).or_default().done += 1;
        }
        self.pair(id, now)
    }

    /// Counts a refresh that was refused.
    pub(super) fn note_refused(&mut self, user: &'static str) {
        self.counts.entry(user).or_default().refused += 1;
    }

    pub(super) fn refreshes(&self, user: &str) -> Refreshes {
        self.counts.get(user).copied().unwrap_or_default()
    }

    /// What an access token allows.
    pub(super) fn check_access(&self, access: &str, now: SystemTime) -> Result<&Allowed, Dead> {
        let token = self.access.get(access).ok_or(Dead::Unknown)?;
        let grant = self.grants.get(&token.grant).filter(|grant| !grant.revoked).ok_or(Dead::Unknown)?;
        match (token.dead, now < token.ends) {
            (true, _) => Err(Dead::Unknown),
            (false, false) => Err(Dead::Expired),
            (false, true) => Ok(&grant.allowed),
        }
    }

    /// Ends consents; answers how many.
    pub(super) fn revoke(&mut self, which: impl Fn(u64, &Grant) -> bool) -> usize {
        let ended = self.grants.iter_mut().filter(|(id, grant)| !grant.revoked && which(**id, grant));
        ended.map(|(_, grant)| grant.revoked = true).count()
    }

    /// Ends access tokens now, as time would; refresh tokens stay good.
    pub(super) fn end_access(&mut self, now: SystemTime, user: Option<&str>) {
        let (grants, access) = (&self.grants, &mut self.access);
        let of_user = |token: &&mut Token| {
            let grant = grants.get(&token.grant);
            user.is_none_or(|user| grant.is_some_and(|grant| grant.allowed.user == user))
        };
        access.values_mut().filter(of_user).for_each(|token| token.ends = token.ends.min(now));
    }

    /// Every consent by its number, the oldest first.
    pub(super) fn all(&self) -> Vec<(u64, &Grant)> {
        let mut all: Vec<(u64, &Grant)> = self.grants.iter().map(|(id, grant)| (*id, grant)).collect();
        all.sort_by_key(|(id, _)| *id);
        all
    }

    /// Which kinds of secret stand in a text.
    pub(super) fn leaks(&self, text: &str) -> [(bool, &'static str); 3] {
        [
            (self.codes.leaks_as_word(text), "a code"),
            (self.access.leaks(text), "an access token"),
            (self.refresh.leaks(text), "a refresh token"),
        ]
    }
}

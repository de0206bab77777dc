//! Tokens: issued, refreshed, checked, forgotten.

use super::accounts::{ACCOUNTS, Account};
use super::answers::{self, Refusal};
use super::limits::Limited;
use super::modes::{ExpiresIn, OldRefreshToken, RateLimits, RefreshToken, TokenShape};
use super::state::{Call, State};
use crate::json::Node;
use crate::provider::Reply;
use http::StatusCode;
use http::header::AUTHORIZATION;
use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::time::{Duration, SystemTime};

const ACCESS_SECONDS: u64 = 1800;
const REFRESH_SECONDS: u64 = 7 * 86_400;
/// Tokens of a kind kept at most; the oldest goes first.
const KEPT: usize = 10_000;

/// The tokens in force.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    access: Table,
    refresh: Table,
}

impl Tokens {
    /// Which kinds of token stand in a text.
    pub(super) fn leaks(&self, text: &str) -> Vec<&'static str> {
        let kinds = [(&self.access, "an access token"), (&self.refresh, "a refresh token")];
        let found =
            kinds.into_iter().filter(|(table, _)| table.oldest_first.iter().any(|token| text.contains(token.as_str())));
        found.map(|(_, kind)| kind).collect()
    }
}

/// One kind of token: whose it is, and until when it is good.
#[derive(Default)]
struct Table {
    known: HashMap<String, (usize, SystemTime)>,
    oldest_first: VecDeque<String>,
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} tokens", self.known.len())
    }
}

impl Table {
    fn issue(&mut self, account: usize, now: SystemTime, seconds: u64) -> String {
        while let Some(oldest) = self.oldest_first.front() {
            let expired = self.known.get(oldest).is_none_or(|(_, end)| *end <= now);
            if !expired && self.oldest_first.len() < KEPT {
                break;
            }
            self.known.remove(oldest);
            self.oldest_first.pop_front();
        }
        // Looks like a JWT, as documented, but says nothing: clients must not look inside.
        let random: String = (0..86).map(|_| fastrand::alphanumeric()).collect();
        let token = format!("eyJhbGciOiJIUzI1NiJ9.{}.{}", &random[..43], &random[43..]);
        let end = now + Duration::from_secs(seconds);
        self.known.insert(token.clone(), (account, end));
        self.oldest_first.push_back(token.clone());
        token
    }

    fn owner(&self, token: &str, now: SystemTime) -> Option<&'static Account> {
        let (account, end) = self.known.get(token)?;
        (now < *end).then(|| &ACCOUNTS[*account])
    }
}

/// The bearer token of a request, and whose it is.
pub(super) fn bearer(state: &State, call: &Call<'_>) -> Option<(String, &'static Account)> {
    let header = call.request.headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    let account = state.tokens.access.owner(token, call.now)?;
    Some((token.to_owned(), account))
}

/// `POST /auth/token`.
pub(super) fn token(state: &mut State, call: &Call<'_>) -> Reply {
    if limited(state, call, Limited::Token) {
        return answers::too_many(&call.full_path());
    }
    let body = match call.object() {
        Ok(body) => body,
        Err(why) => return answers::not_json(why),
    };
    if let Err(refusal) = call.check(&body) {
        return malformed(&refusal);
    }
    let (username, password) = (body.text("username"), body.text("password"));
    let account = ACCOUNTS.iter().find(|account| {
        username.as_deref() == Some(account.username()) && password.as_deref() == Some(account.password())
    });
    match account {
        Some(account) => issue(state, call, account),
        None => answers::unauthorized().assume("body of a refused login"),
    }
}

/// `POST /auth/token/refresh`.
pub(super) fn refresh(state: &mut State, call: &Call<'_>) -> Reply {
    if limited(state, call, Limited::Refresh) {
        return answers::too_many(&call.full_path());
    }
    let body = match call.object() {
        Ok(body) => body,
        Err(why) => return answers::not_json(why),
    };
    if let Err(refusal) = call.check(&body) {
        return malformed(&refusal);
    }
    let old = body.text("refreshToken").unwrap_or_default();
    let Some(account) = state.tokens.refresh.owner(&old, call.now) else {
        return answers::unauthorized().assume("body of a refused refresh");
    };
    if state.modes.old_refresh_token == OldRefreshToken::Void {
        state.tokens.refresh.known.remove(&old);
    }
    issue(state, call, account).assume("what becomes of the old refresh token")
}

fn issue(state: &mut State, call: &Call<'_>, account: &Account) -> Reply {
    let modes = &state.modes;
    let access = state.tokens.access.issue(account.index, call.now, ACCESS_SECONDS);
    let expires_in =
        (modes.expires_in == ExpiresIn::Present).then_some(("expiresIn", Node::Int(ACCESS_SECONDS as i64)));
    let refresh = (modes.refresh_token == RefreshToken::On).then(|| {
        let token = state.tokens.refresh.issue(account.index, call.now, REFRESH_SECONDS);
        ("refreshToken", Node::Text(token))
    });
    let name = match modes.token_shape {
        TokenShape::DataToken => "token",
        TokenShape::AccessToken => "accessToken",
    };
    let mut fields = vec![(name, Node::Text(access))];
    fields.extend(refresh);
    fields.extend(expires_in);
    let reply = Reply::ok(&match modes.token_shape {
        TokenShape::DataToken => Node::Object(vec![("successful", Node::Bool(true)), ("data", Node::Object(fields))]),
        TokenShape::AccessToken => Node::Object(fields),
    });
    if modes.expires_in == ExpiresIn::Absent {
        return reply.assume("expiresIn is absent");
    }
    reply
}

fn limited(state: &mut State, call: &Call<'_>, key: fn(String) -> Limited) -> bool {
    state.modes.rate_limits == RateLimits::On && !state.limits.allow(key(call.request.peer.to_string()), call.now)
}

/// A log-in or refresh whose body does not fit; the documents show no answer to it.
fn malformed(refusal: &Refusal) -> Reply {
    Reply::json(
        StatusCode::BAD_REQUEST,
        &Node::Object(vec![
            ("responseCode", refusal.code.as_str().into()),
            ("responseMessage", Node::text(&refusal.message)),
            ("successful", Node::Bool(false)),
        ]),
    )
    .assume("answer to an incomplete login")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_forget_expired_and_surplus_tokens() {
        let mut table = Table::default();
        let start = SystemTime::UNIX_EPOCH;
        let first = table.issue(0, start, 10);
        assert!(table.owner(&first, start + Duration::from_secs(9)).is_some());
        assert!(table.owner(&first, start + Duration::from_secs(10)).is_none());
        table.issue(0, start + Duration::from_secs(10), 10);
        assert_eq!(table.known.len(), 1);
        for _ in 0..KEPT + 5 {
            table.issue(0, start + Duration::from_secs(11), 10);
        }
        assert_eq!(table.known.len(), KEPT);
    }
}

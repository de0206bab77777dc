//! Access and refresh tokens: opaque, and made so that a client that escapes wrongly is found out.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::time::{Duration, SystemTime};

/// Tokens of a kind kept at most; the oldest goes first.
const KEPT: usize = 10_000;

/// What is known of a token.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grant {
    pub(super) issued: SystemTime,
    ends: SystemTime,
    /// No longer good in checkout links, though good in calls.
    dead_in_links: bool,
}

/// Why a token is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dead {
    Unknown,
    Expired,
}

/// One kind of token.
#[derive(Default)]
pub(super) struct Table {
    known: HashMap<String, Grant>,
    oldest_first: VecDeque<String>,
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} tokens", self.known.len())
    }
}

impl Table {
    /// A new token: 684 characters of base64 as in the documented example, with `+`, `/` and a `=` at the end.
    pub(super) fn issue(&mut self, now: SystemTime, life: Duration) -> String {
        while self.oldest_first.len() >= KEPT
            && let Some(oldest) = self.oldest_first.pop_front()
        {
            self.known.remove(&oldest);
        }
        let token = loop {
            let bytes: Vec<u8> = std::iter::repeat_with(|| fastrand::u8(..)).take(512).collect();
            let token = STANDARD.encode(bytes);
            if token.contains('+') && token.contains('/') {
                break token;
            }
        };
        let ends = now.checked_add(life).unwrap_or(now);
        self.known.insert(token.clone(), Grant { issued: now, ends, dead_in_links: false });
        self.oldest_first.push_back(token.clone());
        token
    }

    pub(super) fn check(&self, token: &str, now: SystemTime) -> Result<Grant, Dead> {
        let grant = self.known.get(token).ok_or(Dead::Unknown)?;
        if now < grant.ends { Ok(*grant) } else { Err(Dead::Expired) }
    }

    /// As `check`, for a token in a checkout link.
    pub(super) fn check_in_link(&self, token: &str, now: SystemTime) -> Result<(), Dead> {
        let grant = self.check(token, now)?;
        if grant.dead_in_links { Err(Dead::Expired) } else { Ok(()) }
    }

    pub(super) fn is_known(&self, token: &str) -> bool {
        self.known.contains_key(token)
    }

    /// Ends one token: it is unknown from now on.
    pub(super) fn forget(&mut self, token: &str) {
        self.known.remove(token);
        self.oldest_first.retain(|known| known != token);
    }

    /// Ends every token; they are still known, as expired.
    pub(super) fn end_all(&mut self, now: SystemTime) {
        self.known.values_mut().for_each(|grant| grant.ends = grant.ends.min(now));
    }

    pub(super) fn spoil_links(&mut self) {
        self.known.values_mut().for_each(|grant| grant.dead_in_links = true);
    }

    /// Whether one of the tokens stands in a text, plain or percent-encoded as in a checkout link.
    pub(super) fn leaks(&self, text: &str) -> bool {
        // The first 64 characters are enough to know a token by, and enough to be a leak.
        let stands_in = |token: &String| {
            let start = &token[..64];
            text.contains(start)
                || text.contains(
                    &percent_encoding::utf8_percent_encode(start, percent_encoding::NON_ALPHANUMERIC).to_string(),
                )
        };
        self.oldest_first.iter().any(stands_in)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_end_and_are_forgotten() {
        let mut table = Table::default();
        let start = SystemTime::UNIX_EPOCH;
        let token = table.issue(start, Duration::from_secs(10));
        assert_eq!((token.len(), token.ends_with('='), token.ends_with("==")), (684, true, false));
        assert!(table.check(&token, start + Duration::from_secs(9)).is_ok());
        assert_eq!(table.check(&token, start + Duration::from_secs(10)).unwrap_err(), Dead::Expired);
        assert_eq!(table.check("other", start).unwrap_err(), Dead::Unknown);
        table.spoil_links();
        assert_eq!(table.check_in_link(&token, start), Err(Dead::Expired));
        assert!(table.check(&token, start).is_ok());
        table.forget(&token);
        assert_eq!(table.check(&token, start).unwrap_err(), Dead::Unknown);
        for _ in 0..KEPT + 5 {
            table.issue(start, Duration::from_secs(1));
        }
        assert_eq!((table.known.len(), table.oldest_first.len()), (KEPT, KEPT));
    }

    #[test]
    fn a_leak_is_seen_in_either_form() {
        let mut table = Table::default();
        let token = table.issue(SystemTime::UNIX_EPOCH, Duration::from_secs(1));
        let encoded = percent_encoding::utf8_percent_encode(&token, percent_encoding::NON_ALPHANUMERIC).to_string();
        assert!(table.leaks(&format!("x{token}y")) && table.leaks(&encoded) && !table.leaks(&token[1..]));
    }
}

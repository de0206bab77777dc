//! Checkout links: whether the token in one is good, and if not, what was done to it.

use super::checkout::Checkout;
use super::modes::{LinkEscaping, Modes};
use super::tokens::{Dead, Table};
use percent_encoding::percent_decode_str;
use std::time::SystemTime;

/// What a checkout link leads to.
#[allow(dead_code, reason = "for the hosted page")]
#[derive(Clone, Debug)]
pub(crate) enum Link {
    /// A payment, and a token that is good.
    Open(Checkout),
    /// The token is not good: 401.
    Refused(LinkFault),
    /// The token is good, but there is no such payment: 404.
    NoPayment,
}

/// What is wrong with the token of a link.
#[allow(dead_code, reason = "for the hosted page")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LinkFault {
    /// There is none.
    Missing,
    /// No such token was issued.
    Wrong,
    /// It has ended, or a refresh has spoilt it (G2).
    Expired,
    /// It would be good, but was escaped wrongly on its way; the text says how.
    Mangled(&'static str),
}

/// The values of a link's query, decoded, beside the text of its token as it stands there.
pub(super) struct Values {
    pub(super) reference: String,
    pub(super) channel: Option<u32>,
    pub(super) token: Option<String>,
    raw_token: String,
}

/// Reads a query string.
pub(super) fn values(query: &str) -> Values {
    let pair = |wanted: &str| form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == wanted);
    let value = |wanted: &str| pair(wanted).map(|(_, value)| value.into_owned());
    let raw = query.split('&').find_map(|pair| pair.strip_prefix("accessToken="));
    Values {
        reference: value("reference").unwrap_or_default(),
        channel: value("channelId").and_then(|id| id.parse().ok()),
        token: value("accessToken").filter(|token| !token.is_empty()),
        raw_token: raw.unwrap_or_default().to_owned(),
    }
}

/// Whether the token of a link is good.
pub(super) fn check(values: &Values, table: &Table, modes: &Modes, now: SystemTime) -> Result<(), LinkFault> {
    let token = values.token.as_deref().ok_or(LinkFault::Missing)?;
    match table.check_in_link(token, now) {
        Err(Dead::Expired) => return Err(LinkFault::Expired),
        Ok(()) => {
            let bare = values.raw_token.contains(['=', '/']);
            if bare && modes.link_escaping == LinkEscaping::Strict {
                return Err(LinkFault::Mangled("the token is not percent-encoded: = is %3D, + is %2B, / is %2F"));
            }
            return Ok(());
        }
        Err(Dead::Unknown) => {}
    }
    let decoded = percent_decode_str(token).decode_utf8_lossy().into_owned();
    let plus = token.replace(' ', "+");
    let known = |candidate: &str| table.is_known(candidate);
    Err(if known(&plus) {
        LinkFault::Mangled("a + stands in the link as it is and was read as a space: write %2B")
    } else if known(&decoded) || known(&decoded.replace(' ', "+")) {
        LinkFault::Mangled("the token was percent-encoded twice: %253D instead of %3D")
    } else if known(&format!("{token}=")) || known(&format!("{plus}=")) {
        LinkFault::Mangled("the = at the end of the token was lost: write %3D")
    } else if token.strip_prefix("Bearer ").is_some_and(known) {
        LinkFault::Mangled("the link takes the bare token, without \"Bearer \"")
    } else {
        LinkFault::Wrong
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
    use std::time::Duration;

    #[test]
    fn every_way_to_spoil_a_token_is_told_apart() {
        let (mut table, modes, now) = (Table::default(), Modes::default(), SystemTime::UNIX_EPOCH);
        let token = table.issue(now, Duration::from_secs(10));
        let encoded = utf8_percent_encode(&token, NON_ALPHANUMERIC).to_string();
        let check_at = |written: &str, modes: &Modes, at: SystemTime| {
            check(&values(&format!("reference=C-1-P&accessToken={written}")), &table, modes, at)
        };
        let judge = |written: &str| check_at(written, &modes, now);
        assert_eq!(judge(&encoded), Ok(()));
        assert_eq!(judge(""), Err(LinkFault::Missing));
        assert_eq!(judge("nonsense"), Err(LinkFault::Wrong));
        let mangled = |written: &str| matches!(judge(written), Err(LinkFault::Mangled(_)));
        assert!(mangled(&token), "not encoded at all");
        assert!(mangled(&token.replace('+', "%2B")), "= and / bare");
        assert!(mangled(&encoded.replace("%2B", "+")), "+ bare");
        assert!(mangled(&encoded.replace('%', "%25")), "encoded twice");
        assert!(mangled(encoded.trim_end_matches("%3D")), "= lost");
        assert!(mangled(&format!("Bearer%20{encoded}")));
        assert_eq!(check_at(&encoded, &modes, now + Duration::from_secs(10)), Err(LinkFault::Expired));
        let lenient = Modes { link_escaping: LinkEscaping::Lenient, ..Modes::default() };
        assert_eq!(check_at(&token.replace('+', "%2B"), &lenient, now), Ok(()));
    }
}

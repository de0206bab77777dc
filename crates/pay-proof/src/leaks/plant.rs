//! What a provider has to hide: each secret and personal field, its marker, and how that comes to stand in it.

use super::luhn;

/// How a marker comes to stand in its field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum At {
    /// The client sends it, and the sandbox takes whatever it gets. It may stand inside a sealed body.
    Sent,
    /// The client sends or gets it in place of this value of the sandbox; on the way the two are exchanged.
    Instead(String),
    /// It replaces what the sandbox says in this JSON member of answers to paths with this ending.
    Answered {
        /// What the path ends in, without the query; empty for any.
        path: &'static str,
        /// The member's name.
        member: &'static str,
    },
    /// The client computes it anew for each request, in this header: what is seen there is searched for as it is.
    Computed(&'static str),
    /// Client and sandbox are told it and never send it: a signing key.
    Kept,
}

/// One field to hide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plant {
    /// What the report calls it.
    pub field: &'static str,
    /// The marker's form: `*` becomes a letter or digit, `#` a digit, `?` a letter, `~` the check digit of the card number before it;
    /// all else stays.
    pub form: &'static str,
    /// How it comes there.
    pub at: At,
    /// Whether a page of the provider's shows it to whoever pays, as it must: it is looked for everywhere else.
    pub payers_see: bool,
}

/// Letters and digits: goes through URLs, JSON and headers as it is.
pub const PLAIN: &str = "****************************";
/// With characters that each encoding writes in its own way.
pub const AWKWARD: &str = "*************+/=\"&%\\é*************";
/// A card number with its check digit, which no test number begins like.
pub const CARD: &str = "49##############~";
/// Check digits of a card: too short to be searched for but where they stand as a value.
pub const SHORT: &str = "0###";
/// Digits, as PINs and tokens of meters are.
pub const DIGITS: &str = "############################";

impl Plant {
    /// A field whose marker has one of the common forms or one of its own.
    pub fn new(field: &'static str, form: &'static str, at: At) -> Self {
        Self { field, form, at, payers_see: false }
    }

    /// The same, which a page of the provider's shows to whoever pays.
    #[must_use]
    pub fn seen_by_payers(self) -> Self {
        Self { payers_see: true, ..self }
    }

    /// The marker: the same in every run, and nowhere written down. `n` tells several of one field apart.
    pub fn marker(&self, n: u64) -> String {
        // FNV-1a of the field, then SplitMix64: no secrecy is needed, only distinct texts.
        let seed = self.field.bytes().fold(0xcbf2_9ce4_8422_2325_u64 ^ n, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        let mut state = seed;
        let mut next = |below: u64| {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            usize::try_from((z ^ (z >> 31)) % below).unwrap_or_default()
        };
        const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        let fill = |form: char| match form {
            '*' => char::from(LETTERS[next(62)]),
            '#' => char::from(LETTERS[52 + next(10)]),
            '?' => char::from(LETTERS[next(52)]),
            other => other,
        };
        let marker: String = self.form.chars().map(fill).collect();
        match marker.strip_suffix('~') {
            Some(number) => format!("{number}{}", luhn::check_digit(number)),
            None => marker,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn markers_are_distinct_long_and_always_the_same() {
        let fields = ["password", "access token", "PIN", "phone"];
        let marker = |field, n| Plant::new(field, PLAIN, At::Sent).marker(n);
        let all: BTreeSet<String> = fields.iter().flat_map(|field| (0..4).map(|n| marker(field, n))).collect();
        assert_eq!(all.len(), 16);
        assert!(all.iter().all(|marker| marker.len() >= 20));
        assert_eq!(marker("password", 1), marker("password", 1));
        let phone = Plant::new("phone", "+27####", At::Sent).marker(0);
        assert!(phone.starts_with("+27") && phone.len() == 7, "{phone}");
    }
}

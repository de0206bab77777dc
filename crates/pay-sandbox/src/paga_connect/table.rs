//! Things that are known by a secret: codes, tokens, browser sessions. The oldest go first.

use std::collections::{HashMap, VecDeque};

/// Kept at most of a kind.
const KEPT: usize = 10_000;

/// Values by their secret. No `Debug`: the keys are what must not print.
pub(super) struct Table<T> {
    known: HashMap<String, T>,
    oldest_first: VecDeque<String>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { known: HashMap::new(), oldest_first: VecDeque::new() }
    }
}

impl<T> Table<T> {
    /// Keeps a value under a new secret, which `make` draws.
    pub(super) fn issue(&mut self, value: T, make: fn() -> String) -> String {
        while self.oldest_first.len() >= KEPT
            && let Some(oldest) = self.oldest_first.pop_front()
        {
            self.known.remove(&oldest);
        }
        let mut secret = make();
        while self.known.contains_key(&secret) {
            secret = make();
        }
        self.known.insert(secret.clone(), value);
        self.oldest_first.push_back(secret.clone());
        secret
    }

    pub(super) fn get(&self, secret: &str) -> Option<&T> {
        self.known.get(secret)
    }

    pub(super) fn get_mut(&mut self, secret: &str) -> Option<&mut T> {
        self.known.get_mut(secret)
    }

    pub(super) fn forget(&mut self, secret: &str) -> Option<T> {
        self.oldest_first.retain(|known| known != secret);
        self.known.remove(secret)
    }

    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.known.values_mut()
    }

    /// Whether one of the secrets stands in a text.
    pub(super) fn leaks(&self, text: &str) -> bool {
        self.oldest_first.iter().any(|secret| text.contains(secret.as_str()))
    }

    /// Whether one of them stands in a text as a word of its own: short ones turn up inside of longer random text.
    pub(super) fn leaks_as_word(&self, text: &str) -> bool {
        let stands = |secret: &String| {
            text.match_indices(secret.as_str()).any(|(at, _)| {
                let (before, after) = (text[..at].chars().next_back(), text[at + secret.len()..].chars().next());
                ![before, after].into_iter().flatten().any(char::is_alphanumeric)
            })
        };
        self.oldest_first.iter().any(stands)
    }
}

/// Six letters and digits, as every code in the libraries' samples; of each kind one at least, so that no word is a code.
pub(super) fn code() -> String {
    loop {
        let code: String = std::iter::repeat_with(fastrand::alphanumeric).take(6).collect();
        let has = |kind: fn(&char) -> bool| code.chars().any(|c| kind(&c));
        if has(char::is_ascii_digit) && has(char::is_ascii_lowercase) && has(char::is_ascii_uppercase) {
            return code;
        }
    }
}

/// A token in the shape of a UUID, as in Paga's documents.
pub(super) fn uuid() -> String {
    let hex = hex(32);
    format!("{}-{}-4{}-8{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..])
}

/// For the sandbox's own pages.
pub(super) fn session() -> String {
    hex(32)
}

fn hex(digits: usize) -> String {
    std::iter::repeat_with(|| fastrand::digit(16)).take(digits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_go_first_and_secrets_have_their_shape() {
        let mut table = Table::default();
        let first = table.issue(0, uuid);
        for number in 1..=KEPT {
            table.issue(number, uuid);
        }
        assert_eq!((table.get(&first), table.known.len(), table.oldest_first.len()), (None, KEPT, KEPT));
        let secret = table.issue(1, uuid);
        assert_eq!(secret.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
        assert!(table.leaks(&format!("a{secret}b")) && !table.leaks(&secret[1..]));
        for (text, leaks) in
            [("code=S&state=x", true), ("S", true), ("(S)", true), ("aS", false), ("S1", false), ("xSx S", true)]
        {
            assert_eq!(table.leaks_as_word(&text.replace('S', &secret)), leaks, "{text}");
        }
        assert_eq!((table.forget(&secret), table.get(&secret)), (Some(1), None));
        let code = code();
        assert!(code.len() == 6 && code.chars().all(|c| c.is_ascii_alphanumeric()), "{code}");
    }
}

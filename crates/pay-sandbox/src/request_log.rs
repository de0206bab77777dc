//! The request log: a ring of the last requests, without bodies, credentials or personal data.

use serde::Serialize;
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// One request to a provider, as the log keeps it: never a header, body value or query value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RequestRecord {
    /// Counts up from 1 since the start or the last reset.
    pub number: u64,
    /// Sandbox time in RFC 3339.
    pub at: String,
    /// The provider.
    pub provider: &'static str,
    /// The operation, when the path is one of the provider's.
    pub operation: Option<&'static str>,
    /// The HTTP method.
    pub method: String,
    /// The path template, or the path itself (long digit runs masked) when no template fits.
    pub path: String,
    /// Names of the top-level body fields and query parameters.
    pub fields: Vec<String>,
    /// The caller's own reference, where the operation carries one.
    pub reference: Option<String>,
    /// The status that was answered; absent while in flight, and when no answer was given.
    pub status: Option<u16>,
    /// The fault that took the request.
    pub fault: Option<String>,
    /// What in the answer no document backs.
    pub assumed: Vec<&'static str>,
    /// Where the request breaks the provider's schema: part, place and keyword, never a value.
    pub violation: Option<String>,
}

const KEPT: usize = 10_000;

#[derive(Debug, Default)]
pub(crate) struct RequestLog(Mutex<Ring>);

#[derive(Debug, Default)]
struct Ring {
    records: VecDeque<RequestRecord>,
    next: u64,
}

impl RequestLog {
    /// Adds a record and answers its number.
    pub(crate) fn add(&self, mut record: RequestRecord) -> u64 {
        let mut ring = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ring.next += 1;
        record.number = ring.next;
        if ring.records.len() == KEPT {
            ring.records.pop_front();
        }
        ring.records.push_back(record);
        ring.next
    }

    /// Completes a record, if the ring still holds it.
    pub(crate) fn update(&self, number: u64, change: impl FnOnce(&mut RequestRecord)) {
        let mut ring = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(first) = ring.records.front().map(|record| record.number) else {
            return;
        };
        let index = number.checked_sub(first).and_then(|index| usize::try_from(index).ok());
        if let Some(record) = index.and_then(|index| ring.records.get_mut(index)) {
            change(record);
        }
    }

    pub(crate) fn all(&self) -> Vec<RequestRecord> {
        let ring = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ring.records.iter().cloned().collect()
    }

    pub(crate) fn clear(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Ring::default();
    }
}

/// More than this is no path, name or reference of anybody's: a token that went astray, perhaps.
const LONGEST: usize = 200;

/// A reference as the log may keep it.
pub(crate) fn shown(reference: &str) -> String {
    if reference.len() > LONGEST { "[long]".to_owned() } else { legible(reference) }
}

/// A path as the log may keep it: shortened, and without long digit runs (phone, meter and card numbers).
pub(crate) fn masked(path: &str) -> String {
    if path.len() > LONGEST {
        let start: String = path.chars().take(24).collect();
        return format!("{}[long]", masked(&start));
    }
    let mut masked = String::new();
    let mut digits = 0;
    for letter in path.chars() {
        digits = if letter.is_ascii_digit() { digits + 1 } else { 0 };
        match digits {
            0..=5 => masked.push(letter),
            6 => {
                masked.truncate(masked.len().saturating_sub(5));
                masked.push_str("[digits]");
            }
            _ => {}
        }
    }
    masked
}

/// Whether a character ends a line, colours it, or shows it in another order than it is in.
pub(crate) fn disguises(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// A client's text as a log or a page may show it.
pub(crate) fn legible(text: &str) -> String {
    let mut legible = String::with_capacity(text.len());
    for c in text.chars() {
        if disguises(c) { legible.extend(c.escape_unicode()) } else { legible.push(c) }
    }
    legible
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ring_forgets_the_oldest() {
        let log = RequestLog::default();
        for _ in 0..KEPT + 5 {
            log.add(RequestRecord::default());
        }
        log.update(3, |record| record.status = Some(200)); // forgotten: nothing happens
        log.update(6, |record| record.status = Some(201));
        let all = log.all();
        assert_eq!(all.len(), KEPT);
        assert_eq!((all[0].number, all[0].status), (6, Some(201)));
        assert!(all[1..].iter().all(|record| record.status.is_none()));
    }

    #[test]
    fn a_text_forges_no_line_and_no_colour() {
        assert_eq!(legible("order-1 ü"), "order-1 ü");
        assert_eq!(legible("a\n\u{1b}[31m\u{2028}\u{202e}b"), "a\\u{a}\\u{1b}[31m\\u{2028}\\u{202e}b");
    }

    #[test]
    fn long_digit_runs_are_masked() {
        assert_eq!(masked("/lookup/0821234567/x"), "/lookup/[digits]/x");
        assert_eq!(masked("/products/category/1002"), "/products/category/1002");
        assert_eq!(masked(&"x".repeat(201)), format!("{}[long]", "x".repeat(24)));
        assert_eq!(masked(&"é".repeat(101)), format!("{}[long]", "é".repeat(24)));
        assert_eq!((shown("order-1").as_str(), shown(&"x".repeat(201)).as_str()), ("order-1", "[long]"));
    }
}

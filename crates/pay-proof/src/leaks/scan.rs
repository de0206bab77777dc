//! The scanner: finds each marker, and each half of it, in every encoding.

use super::encodings::{self, encodings};
use crate::Broken;
use aho_corasick::{AhoCorasick, AhoCorasickKind};
use std::collections::BTreeSet;

/// A marker in a text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// Whose marker.
    pub field: String,
    /// The encoding, and which half if not the whole could be seen.
    pub form: &'static str,
    /// What stands before it; a marker itself is nobody's secret.
    pub near: String,
}

/// What is searched for.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Secret {
    /// The name of its field.
    pub field: String,
    /// The text.
    pub text: String,
    /// Whether a half of it tells it too. Fixtures that are made of words have halves that stand anywhere.
    pub halves: bool,
}

impl Secret {
    /// A secret of which a half tells it too.
    pub fn new(field: impl Into<String>, text: impl Into<String>) -> Self {
        Self { field: field.into(), text: text.into(), halves: true }
    }
}

/// A marker is a secret of nobody, and a fixture of the sandbox may still be one.
impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Secret({})", self.field)
    }
}

/// Secrets shorter than this have no halves that mean anything.
const SHORTEST_HALF: usize = 10;
/// A longer part would find no more, and take longer to search for.
const LONGEST_HALF: usize = 24;

struct Needle {
    field: usize,
    form: &'static str,
}

/// Finds markers in bytes.
pub struct Scanner {
    automaton: AhoCorasick,
    /// For what is written with white space between its parts.
    squeezed: AhoCorasick,
    needles: Vec<Needle>,
    squeezed_needles: Vec<Needle>,
    fields: Vec<String>,
}

impl Scanner {
    /// A scanner for secrets, each with the name of its field.
    ///
    /// # Errors
    /// More of them than an automaton can hold.
    pub fn new(secrets: &[Secret]) -> Result<Self, Broken> {
        let (mut forms, mut needles) = (Vec::new(), Vec::new());
        let (mut squeezed_forms, mut squeezed_needles) = (Vec::new(), Vec::new());
        let mut fields = Vec::new();
        for (field, secret) in secrets.iter().enumerate() {
            fields.push(secret.field.clone());
            let parts = if secret.halves { halves(&secret.text) } else { vec![secret.text.as_str()] };
            for part in parts {
                for (form, text) in encodings(part) {
                    if form == encodings::SQUEEZED {
                        squeezed_forms.push(text.clone());
                        squeezed_needles.push(Needle { field, form });
                    }
                    forms.push(text);
                    needles.push(Needle { field, form });
                }
            }
        }
        // The cheapest to build: new ones are built all the time, for what was seen in a few calls.
        let kind = Some(AhoCorasickKind::NoncontiguousNFA);
        let automaton = AhoCorasick::builder().kind(kind).build(&forms)?;
        let squeezed = AhoCorasick::builder().kind(kind).build(&squeezed_forms)?;
        Ok(Self { automaton, squeezed, needles, squeezed_needles, fields })
    }

    /// How many secrets are searched for.
    pub fn secrets(&self) -> usize {
        self.fields.len()
    }

    /// Every field of which a marker stands in the bytes, in each of its forms once.
    pub fn scan(&self, bytes: &[u8]) -> Vec<Found> {
        let mut found = BTreeSet::new();
        let mut told = BTreeSet::new();
        let mut look = |automaton: &AhoCorasick, needles: &[Needle], bytes: &[u8]| {
            for hit in automaton.find_overlapping_iter(bytes) {
                let needle = &needles[hit.pattern().as_usize()];
                if told.insert((needle.field, needle.form)) {
                    let near = around(bytes, hit.start(), hit.end());
                    found.insert(Found { field: self.fields[needle.field].clone(), form: needle.form, near });
                }
            }
        };
        look(&self.automaton, &self.needles, bytes);
        if let Some(squeezed) = squeezed(bytes) {
            look(&self.squeezed, &self.squeezed_needles, &squeezed);
        }
        found.into_iter().collect()
    }
}

/// Its start and its end, half of it each where that is short: the whole holds both, and what was cut off at either end still
/// holds one.
fn halves(secret: &str) -> Vec<&str> {
    let count = secret.chars().count();
    let length = (count / 2).min(LONGEST_HALF);
    let at = |index| secret.char_indices().nth(index).map_or(secret.len(), |(at, _)| at);
    let (first, second) = (&secret[..at(length)], &secret[at(count - length)..]);
    if length < SHORTEST_HALF { vec![secret] } else { vec![first, second] }
}

/// The text before and after a hit, and nothing of the hit.
pub(super) fn around(bytes: &[u8], start: usize, end: usize) -> String {
    const SIDE: usize = 30;
    let line = bytes[..start].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let before = String::from_utf8_lossy(&bytes[line.max(start.saturating_sub(SIDE))..start]).into_owned();
    let after = bytes.len().min(end);
    let rest = if bytes.len() > after { "…" } else { "" };
    format!("{}[…]{rest}", pay_core::printable(&before))
}

/// Without white space, where a list may stand over several lines.
fn squeezed(bytes: &[u8]) -> Option<Vec<u8>> {
    memchr::memmem::find(bytes, b",\n")?;
    Some(bytes.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect())
}

impl std::fmt::Debug for Scanner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Scanner({} secrets)", self.fields.len())
    }
}

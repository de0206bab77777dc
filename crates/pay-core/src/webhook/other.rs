//! A delivery that is signed right and says nothing that is known.

use super::guard::EventKey;
use crate::decode::DecodeError;
use crate::secret::RawBody;

/// Signed bytes that are not an event of a known form. Keep them for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherEvent {
    provider: &'static str,
    raw: RawBody,
    problem: DecodeError,
}

impl OtherEvent {
    /// What a provider signed, and why it is no event that is known.
    pub fn new(provider: &'static str, raw: RawBody, problem: DecodeError) -> Self {
        Self { provider, raw, problem }
    }

    /// The body as it came.
    pub fn raw(&self) -> &RawBody {
        &self.raw
    }

    /// Why it is not of a known form: the place and the kind of the problem, never a value.
    pub fn problem(&self) -> &DecodeError {
        &self.problem
    }

    /// What one effect belongs to: the digest of the bytes, since no reference is known.
    pub fn key(&self) -> EventKey {
        EventKey::of_bytes(self.provider, self.raw.expose())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_bytes_of_the_same_provider_are_the_same_event() {
        let other = |provider, body: &str| {
            OtherEvent::new(provider, RawBody::new(body.as_bytes().to_vec()), DecodeError::new("id", "missing"))
        };
        assert_eq!(other("a", "{}").key(), other("a", "{}").key());
        assert_ne!(other("a", "{}").key(), other("a", "{ }").key());
        assert_ne!(other("a", "{}").key(), other("b", "{}").key());
        assert!(!format!("{:?}", other("a", "SENTINEL")).contains("SENTINEL"));
    }
}

//! Random faults whose lots are a pure function of what is asked, so that concurrent runs repeat.

use super::{Acting, Fault, StatusFault};
use serde_json::{Value, json};

/// Faults by lot: the same seed, operation, reference and attempt always draw the same fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RandomFaults {
    pub(crate) seed: u64,
    pub(crate) percent: u8,
    pub(crate) operations: Vec<String>,
    pub(crate) kinds: Vec<Fault>,
}

impl RandomFaults {
    /// Takes `percent` of all requests, with resets, closes, cut bodies, and 5xx before and after acting.
    pub fn new(seed: u64, percent: u8) -> Self {
        Self {
            seed,
            percent,
            operations: Vec::new(),
            kinds: vec![
                Fault::ResetAfterReading,
                Fault::ResetAfterActing,
                Fault::CloseAfterActing,
                Fault::TruncatedBody,
                StatusFault::new(500, Acting::After).into(),
                StatusFault::new(503, Acting::Before).into(),
            ],
        }
    }

    /// Takes only these operations; none given: all.
    #[must_use]
    pub fn operations<T: Into<String>>(mut self, names: impl IntoIterator<Item = T>) -> Self {
        self.operations = names.into_iter().map(Into::into).collect();
        self
    }

    /// Draws from these faults instead.
    #[must_use]
    pub fn kinds(mut self, kinds: impl IntoIterator<Item = Fault>) -> Self {
        self.kinds = kinds.into_iter().collect();
        self
    }

    /// Whether this operation takes part.
    pub(crate) fn covers(&self, operation: &str) -> bool {
        self.operations.is_empty() || self.operations.iter().any(|name| name == operation)
    }

    /// The lot of one request. `key` is its reference, or its ordinal where there is none.
    pub(crate) fn draw(&self, operation: &str, key: &str, attempt: u32) -> Option<&Fault> {
        let mut hash = Mix::new(self.seed);
        hash.text(operation);
        hash.text(key);
        hash.number(u64::from(attempt));
        let lot = hash.finish();
        if lot % 100 >= u64::from(self.percent) {
            return None;
        }
        let kinds = u64::try_from(self.kinds.len()).ok().filter(|kinds| *kinds > 0)?;
        // The upper half chooses the kind, so that it does not hang on the percentage.
        usize::try_from((lot >> 32) % kinds)
            .ok()
            .and_then(|index| self.kinds.get(index))
            .filter(|fault| fault.fits(Some(operation)))
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({
            "seed": self.seed,
            "percent": self.percent,
            "operations": self.operations,
            "kinds": self.kinds.iter().map(Fault::to_json).collect::<Vec<_>>(),
        })
    }
}

/// FNV-1a with SplitMix64's finish: fixed for ever, unlike the standard library's hasher.
struct Mix(u64);

impl Mix {
    fn new(seed: u64) -> Self {
        let mut mix = Self(0xcbf2_9ce4_8422_2325);
        mix.number(seed);
        mix
    }

    fn text(&mut self, text: &str) {
        text.bytes().for_each(|byte| self.byte(byte));
        self.byte(0xff); // no UTF-8 text holds it, so "ab"+"c" differs from "a"+"bc"
    }

    fn number(&mut self, number: u64) {
        number.to_le_bytes().into_iter().for_each(|byte| self.byte(byte));
    }

    fn byte(&mut self, byte: u8) {
        self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }

    fn finish(&self) -> u64 {
        let mut z = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lots_repeat_and_depend_on_every_part() {
        let names = |seed: u64| -> Vec<Option<&'static str>> {
            let faults = RandomFaults::new(seed, 36);
            (0..200).map(|n| faults.draw("purchase", &format!("r-{n}"), 1).map(Fault::name)).collect()
        };
        assert_eq!(names(7), names(7));
        assert_ne!(names(7), names(8));
        let faults = RandomFaults::new(7, 50);
        let per_attempt: Vec<_> = (1..40).map(|n| faults.draw("purchase", "r", n)).collect();
        assert!(per_attempt.contains(&None) && per_attempt.iter().any(Option::is_some));
    }

    #[test]
    fn the_share_is_about_what_was_asked_and_every_kind_comes() {
        let faults = RandomFaults::new(1, 36);
        let mut kinds = std::collections::HashSet::new();
        let hits = (0..10_000)
            .filter_map(|n| faults.draw("purchase", &n.to_string(), 1))
            .inspect(|fault| {
                kinds.insert(format!("{fault:?}"));
            })
            .count();
        assert!((3_400..3_800).contains(&hits), "{hits}");
        assert_eq!(kinds.len(), faults.kinds.len());
    }

    #[test]
    fn the_extremes_are_exact() {
        let count = |percent| {
            let faults = RandomFaults::new(3, percent);
            (0..500).filter_map(|n| faults.draw("token", "x", n)).count()
        };
        assert_eq!((count(0), count(100)), (0, 500));
    }

    #[test]
    fn the_hash_never_changes() {
        // Fixed on purpose: a run recorded with a seed must repeat with a later release.
        let faults = RandomFaults::new(42, 100);
        let kinds: Vec<_> = (0..4).filter_map(|n| faults.draw("purchase", "order-1", n)).map(Fault::name).collect();
        assert_eq!(kinds, KNOWN);
    }

    const KNOWN: [&str; 4] = ["status", "status", "close_after_acting", "close_after_acting"];
}

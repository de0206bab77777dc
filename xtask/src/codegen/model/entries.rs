//! A mapping in the order of the document, with the line of every key.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_saphyr::Spanned;

/// A mapping in the order of the document.
#[derive(Debug)]
pub(crate) struct Entries<V>(Vec<(Spanned<String>, V)>);

impl<V> Default for Entries<V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<V> Entries<V> {
    /// Every key with its line and its value.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, u64, &V)> {
        self.0.iter().map(|(key, value)| (key.value.as_str(), line(key), value))
    }

    /// The value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&V> {
        self.0.iter().find(|(known, _)| known.value == key).map(|(_, value)| value)
    }

    /// Whether nothing is in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The line that a value stands on.
pub(crate) fn line<T>(spanned: &Spanned<T>) -> u64 {
    spanned.defined.line()
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Entries<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Reader(PhantomData))
    }
}

struct Reader<V>(PhantomData<V>);

impl<'de, V: Deserialize<'de>> Visitor<'de> for Reader<V> {
    type Value = Entries<V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a mapping")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = map.next_key()? {
            entries.push((key, map.next_value()?));
        }
        Ok(Entries(entries))
    }
}

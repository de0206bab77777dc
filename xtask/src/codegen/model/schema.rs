//! Schemas: one struct with every key that may stand in one.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_saphyr::Spanned;

use super::{BuildBy, Entries, Evidence, Extra, Money, Private, ReadAs, ValueOf};

/// A schema.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub(crate) struct Schema {
    #[serde(rename = "$ref")]
    pub(crate) reference: Option<Spanned<String>>,
    #[serde(rename = "type")]
    pub(crate) types: Option<Spanned<TypeNames>>,
    pub(crate) title: Option<Spanned<String>>,
    pub(crate) description: Option<String>,
    pub(crate) properties: Entries<Schema>,
    pub(crate) required: Vec<Spanned<String>>,
    pub(crate) additional_properties: Option<Additional>,
    pub(crate) items: Option<Box<Schema>>,
    pub(crate) all_of: Vec<Schema>,
    pub(crate) one_of: Vec<Schema>,
    pub(crate) any_of: Vec<Schema>,
    #[serde(rename = "enum")]
    pub(crate) values: Option<Spanned<Vec<serde_json::Value>>>,
    #[serde(rename = "default")]
    pub(crate) default_value: Option<Spanned<serde_json::Value>>,
    pub(crate) minimum: Option<i64>,
    // Read by other tools and by the sandbox's validation; the types do not depend on them.
    #[serde(rename = "maximum")]
    _maximum: Option<i64>,
    #[serde(rename = "exclusiveMinimum")]
    _exclusive_minimum: Option<i64>,
    #[serde(rename = "minLength")]
    _min_length: Option<u64>,
    #[serde(rename = "maxLength")]
    _max_length: Option<u64>,
    #[serde(rename = "pattern")]
    _pattern: Option<String>,
    #[serde(rename = "format")]
    _format: Option<String>,
    #[serde(rename = "examples")]
    _examples: Vec<IgnoredAny>,
    #[serde(rename = "x-pay-evidence")]
    pub(crate) evidence: Option<Spanned<Evidence>>,
    #[serde(rename = "x-pay-values")]
    pub(crate) meanings: Entries<ValueOf>,
    #[serde(rename = "x-pay-money")]
    pub(crate) money: Option<Spanned<Money>>,
    #[serde(rename = "x-pay-private")]
    pub(crate) private: Option<Spanned<Private>>,
    #[serde(rename = "x-pay-read")]
    pub(crate) read: Option<Spanned<ReadAs>>,
    #[serde(rename = "x-pay-name")]
    pub(crate) name: Option<Spanned<String>>,
    #[serde(rename = "x-pay-extra")]
    pub(crate) extra: Option<Extra>,
    /// Who writes how a request is made.
    #[serde(rename = "x-pay-build", default)]
    pub(crate) build: BuildBy,
}

impl Schema {
    /// The shapes of a union. `anyOf` is read like `oneOf`: the first shape that fits is taken.
    pub(crate) fn shapes(&self) -> impl Iterator<Item = &Schema> {
        self.one_of.iter().chain(&self.any_of)
    }
}

/// `type`: one name or several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TypeNames(pub(crate) Vec<String>);

impl<'de> Deserialize<'de> for TypeNames {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Names;
        impl<'de> Visitor<'de> for Names {
            type Value = TypeNames;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a type or a list of types")
            }

            fn visit_str<E>(self, name: &str) -> Result<TypeNames, E> {
                Ok(TypeNames(vec![name.to_owned()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<TypeNames, A::Error> {
                let mut names = Vec::new();
                while let Some(name) = list.next_element()? {
                    names.push(name);
                }
                Ok(TypeNames(names))
            }
        }
        deserializer.deserialize_any(Names)
    }
}

/// `additionalProperties`: whether there are members without a name here, and what they are.
#[derive(Debug)]
pub(crate) enum Additional {
    /// `true` or `false`, which the types do not depend on.
    Any,
    /// Each is of this schema.
    Of(Box<Schema>),
}

impl<'de> Deserialize<'de> for Additional {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Additional;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("true, false or a schema")
            }

            fn visit_bool<E>(self, _: bool) -> Result<Additional, E> {
                Ok(Additional::Any)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Additional, A::Error> {
                Schema::deserialize(MapAccessDeserializer::new(map)).map(|schema| Additional::Of(Box::new(schema)))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

//! The `x-pay-` extensions: what OpenAPI has no words for.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, IntoDeserializer, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_saphyr::Spanned;

/// How a fact is known: a page of the provider, code of the provider, or our own conclusion.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Evidence {
    /// The page that says so.
    Documented(String),
    /// The provider's own code that does so.
    Sdk(String),
    /// Why it is thought to be so.
    Assumed(String),
}

/// Whether the same bytes may be sent twice.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Repeat {
    Safe,
    /// The provider de-duplicates on this member of the body.
    Keyed(Spanned<String>),
    Never,
}

/// Who calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum AuthAs {
    /// The account's token.
    Token,
    /// The token of one user, on whose behalf the call is made.
    User,
    /// Nobody in particular.
    None,
}

/// Media types that the keys of `content` cannot say.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Media {
    pub(crate) send: Option<String>,
    pub(crate) accept: Option<String>,
}

/// A documented rate limit.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Limit {
    pub(crate) name: String,
    pub(crate) max: usize,
    pub(crate) per: Per,
    pub(crate) by: Counted,
}

/// The window of a limit.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Per {
    Second,
    Minute,
    Hour,
}

/// What a limit counts by.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Counted {
    Address,
    Token,
}

/// Who writes the client's method of an operation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Calls {
    /// The generator.
    Generated,
    /// A person.
    #[default]
    Hand,
}

/// Who writes how a request is made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum BuildBy {
    /// A type of a person's own, over the generated one.
    Hand,
    /// The generator.
    #[default]
    Generated,
}

/// A code of the provider and what it means for the call that it answers.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ErrorCode {
    pub(crate) name: Spanned<String>,
    pub(crate) kind: Spanned<CodeKind>,
    pub(crate) outcome: Option<Spanned<CodeOutcome>>,
    pub(crate) description: String,
    #[serde(rename = "x-pay-evidence")]
    pub(crate) evidence: Option<Spanned<Evidence>>,
}

/// `pay_core::Kind`, as far as a provider's code can say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CodeKind {
    Success,
    Refused,
    Forbidden,
    NotFound,
    Duplicate,
    Unavailable,
    RateLimited,
    TokenRefused,
    Unexpected,
}

/// `pay_core::Outcome`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CodeOutcome {
    NotDone,
    Refused,
    Unknown,
}

/// How money travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum MoneyForm {
    /// A decimal in the main unit, as a JSON number.
    Number,
    /// A decimal in the main unit, as a string.
    Text,
    /// A whole number in the smallest unit.
    Minor,
    /// A decimal number, in the unit that the caller declares for the account.
    Declared,
    /// A number whose unit the documents leave open.
    Unknown,
    /// No money: an exact decimal such as a quantity.
    None,
}

/// How money travels, and in which currency where that is written down: `number`, or `{as: number, currency: ZAR}`.
#[derive(Debug)]
pub(crate) struct Money {
    pub(crate) form: MoneyForm,
    /// An ISO 4217 code, or the member beside it that names one.
    pub(crate) currency: Option<Spanned<String>>,
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Parts {
            #[serde(rename = "as")]
            form: MoneyForm,
            currency: Option<Spanned<String>>,
        }
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Money;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a form of money")
            }

            fn visit_str<E: Error>(self, form: &str) -> Result<Money, E> {
                let form = MoneyForm::deserialize(form.into_deserializer())?;
                Ok(Money { form, currency: None })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Money, A::Error> {
                let Parts { form, currency } = Parts::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Money { form, currency })
            }
        }
        deserializer.deserialize_any(Either)
    }
}

/// Why a member does not print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Private {
    /// Personal data.
    Personal,
    /// Worth money or access to whoever reads it.
    Secret,
    /// Card data: a secret whose request can be neither serialised nor compared.
    Card,
}

/// How a member is read where the documents contradict each other; `hand` stands on a schema with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ReadAs {
    /// An id: number or string, sent back as it came.
    Id,
    /// Text that may come as a number.
    Text,
    /// Left out where it is of another type.
    Lenient,
    /// Words of an enum, whatever their case.
    AnyCase,
    /// By what a person writes: no type is made of it.
    Hand,
}

/// One value of an enum.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ValueOf {
    pub(crate) name: Option<Spanned<String>>,
    pub(crate) description: String,
    /// `final` gives the method `is_final`.
    pub(crate) group: Option<Spanned<String>>,
    #[serde(rename = "x-pay-evidence")]
    pub(crate) evidence: Option<Spanned<Evidence>>,
}

/// Free members of a request: where they are written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Extra {
    pub(crate) name: Spanned<String>,
    pub(crate) after: Option<Spanned<String>>,
}

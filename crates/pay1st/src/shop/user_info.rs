//! User Info: the Shop asks who a player is. Not signed.

use pay_core::Amount;
use serde::Serialize;
use std::borrow::Cow;
use std::fmt;

/// What the Shop asks: the query of its `GET`. Only the player is always there.
///
/// ```
/// let query = pay1st::shop::UserInfoQuery::parse("playerId=12345&amount=10.50&currencyCode=ZAR")?;
/// assert_eq!(query.player_id, "12345");
/// # Ok::<(), pay1st::shop::QueryError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UserInfoQuery {
    /// The player, as the partner calls them.
    pub player_id: String,
    /// Pay1st's id of what is sold.
    pub product_bundle_id: Option<String>,
    /// The partner's SKU.
    pub product_bundle_external_id: Option<String>,
    /// The partner's reference.
    pub external_reference: Option<String>,
    /// A decimal amount, in the main unit.
    pub amount: Option<Amount>,
    /// The currency.
    pub currency_code: Option<String>,
    /// The country.
    pub country_code: Option<String>,
    /// How many.
    pub quantity: Option<u64>,
}

/// Why a query cannot be answered. Names the parameter, never its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueryError {
    parameter: &'static str,
    problem: &'static str,
}

impl QueryError {
    /// The parameter.
    pub fn parameter(&self) -> &'static str {
        self.parameter
    }
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.parameter, self.problem)
    }
}

impl std::error::Error for QueryError {}

impl UserInfoQuery {
    /// Reads the part of the URL after `?`. Parameters that are not known are passed over.
    ///
    /// # Errors
    /// Where the player is missing, a known parameter stands there twice, or a number is none.
    pub fn parse(query: &str) -> Result<Self, QueryError> {
        let pairs: Vec<(Cow<'_, str>, Cow<'_, str>)> = form_urlencoded::parse(query.as_bytes()).collect();
        let text = |parameter| one(&pairs, parameter);
        let wrong = |parameter| QueryError { parameter, problem: "is not a number" };
        let missing = QueryError { parameter: "playerId", problem: "is missing" };
        Ok(Self {
            player_id: text("playerId")?.ok_or(missing)?,
            product_bundle_id: text("productBundleId")?,
            product_bundle_external_id: text("productBundleExternalId")?,
            external_reference: text("externalReference")?,
            amount: text("amount")?.map(|text| text.parse().map_err(|_| wrong("amount"))).transpose()?,
            currency_code: text("currencyCode")?,
            country_code: text("countryCode")?,
            quantity: text("quantity")?.map(|text| text.parse().map_err(|_| wrong("quantity"))).transpose()?,
        })
    }
}

/// The value of a parameter; empty is as if it were not there.
fn one(pairs: &[(Cow<'_, str>, Cow<'_, str>)], parameter: &'static str) -> Result<Option<String>, QueryError> {
    let mut values = pairs.iter().filter(|(name, _)| name == parameter).map(|(_, value)| value);
    let value = values.next();
    if values.next().is_some() {
        return Err(QueryError { parameter, problem: "stands there twice" });
    }
    Ok(value.filter(|value| !value.is_empty()).map(|value| value.clone().into_owned()))
}

impl fmt::Debug for UserInfoQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserInfoQuery")
            .field("player_id", &"[REDACTED]")
            .field("external_reference", &self.external_reference)
            .field("amount", &self.amount)
            .field("currency_code", &self.currency_code)
            .finish_non_exhaustive()
    }
}

/// The answer with status 200. The page shows all four members; which of them must be there could not be read.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UserInfo {
    /// The player's id at the partner.
    pub user_id: String,
    /// The partner's reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_reference: Option<String>,
    /// The price, sent exactly as given. In the main unit, as in the question: assumed.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "number")]
    pub amount: Option<Amount>,
    /// Its currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency_code: Option<String>,
}

fn number<S: serde::Serializer>(amount: &Option<Amount>, serializer: S) -> Result<S::Ok, S::Error> {
    match amount {
        Some(amount) => pay_core::money::number::serialize(amount, serializer),
        None => serializer.serialize_none(),
    }
}

impl UserInfo {
    /// This player, with reference, amount and currency as they were asked.
    pub fn of(user_id: impl Into<String>, query: &UserInfoQuery) -> Self {
        Self {
            user_id: user_id.into(),
            external_reference: query.external_reference.clone(),
            amount: query.amount,
            currency_code: query.currency_code.clone(),
        }
    }
}

impl fmt::Debug for UserInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserInfo").field("user_id", &"[REDACTED]").finish_non_exhaustive()
    }
}

/// The answer with status 400, such as to a player who is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Refusal {
    /// What is wrong, in words.
    pub error_message: String,
    /// What is wrong, as a code of your own: the documents list none.
    pub error_code: String,
    /// Your id of this request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
}

impl Refusal {
    /// A code, and words for people.
    pub fn new(error_code: impl Into<String>, error_message: impl Into<String>) -> Self {
        Self { error_message: error_message.into(), error_code: error_code.into(), session_id: None }
    }
}

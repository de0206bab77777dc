//! What the bodies of payments and payouts share: payer, amount, order id, URLs.

use super::account::is_terminal;
use super::amounts::{self, Amount};
use super::answers::Refusal;
use super::body::Object;
use super::linked::is_currency;
use super::modes::{CountryCodes, DuplicateOrder, Modes};
use super::payment::Customer;
use super::state::{Call, State};

/// The members of the payer block that must be filled.
pub(super) const PAYER: [&str; 10] =
    ["first_name", "last_name", "email", "address", "country", "city", "state", "zip", "ip_address", "phone_number"];

/// Refuses members that are not there or empty.
pub(super) fn filled(body: &Object, names: &[&str]) -> Result<(), Refusal> {
    let unfilled = body.unfilled(names);
    if unfilled.is_empty() { Ok(()) } else { Err(Refusal::missing(unfilled)) }
}

/// Who pays, or is paid. Members that are not there stay empty: `filled` says which may.
pub(super) fn customer(body: &Object) -> Customer {
    let text = |name: &str| body.text(name).unwrap_or_default();
    Customer {
        first_name: text("first_name"),
        last_name: text("last_name"),
        email: text("email"),
        country: text("country"),
        phone: text("phone_number"),
        address: text("address"),
    }
}

/// A country by the mode (C2).
pub(super) fn country(body: &Object, modes: &Modes) -> Result<(), Refusal> {
    let country = body.required("country")?;
    let capitals = country.bytes().all(|byte| byte.is_ascii_uppercase());
    let fits = match modes.country_codes {
        CountryCodes::Alpha2 => country.len() == 2,
        CountryCodes::Alpha3 => country.len() == 3,
        CountryCodes::Both => matches!(country.len(), 2 | 3),
    };
    if fits && capitals { Ok(()) } else { Err(Refusal::wrong([("country", "is not such a country code")])) }
}

/// A country that is two letters in every source.
pub(super) fn country_of_two(body: &Object) -> Result<(), Refusal> {
    let country = body.required("country")?;
    let fits = country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase());
    if fits { Ok(()) } else { Err(Refusal::wrong([("country", "must be two capital letters")])) }
}

pub(super) fn amount(body: &Object, name: &str, modes: &Modes) -> Result<Amount, Refusal> {
    let raw = body.raw(name).ok_or_else(|| Refusal::missing([name]))?;
    amounts::read(raw, modes.money_unit).ok_or_else(|| Refusal::wrong([(name, "is not such an amount")]))
}

pub(super) fn currency(body: &Object, name: &str) -> Result<String, Refusal> {
    let currency = body.required(name)?;
    if is_currency(&currency) { Ok(currency) } else { Err(Refusal::wrong([(name, "must be three capital letters")])) }
}

/// An order id of at least three characters, and a terminal that could be one.
pub(super) fn ids(body: &Object) -> Result<Option<String>, Refusal> {
    let order_id = body.text("order_id");
    if order_id.as_ref().is_some_and(|id| id.chars().count() < 3) {
        return Err(Refusal::wrong([("order_id", "must have at least 3 characters")]));
    }
    if body.text("terminal_id").is_some_and(|id| !is_terminal(&id)) {
        return Err(Refusal::wrong([("terminal_id", "is no terminal")]));
    }
    Ok(order_id)
}

/// What a repeated order id gets (G11). `Some`: the id of the first payment, to be answered again.
pub(super) fn repeated(state: &State, call: &Call<'_>, order_id: Option<&str>) -> Result<Option<String>, Refusal> {
    let Some(order_id) = order_id else { return Ok(None) };
    let own = |environment| environment == call.environment;
    let mut payments = state.book.payments.iter().filter(|payment| own(payment.order.environment));
    let first = payments.find(|payment| payment.order.order_id.as_deref() == Some(order_id));
    let mut links = state.book.links.iter().filter(|link| own(link.environment) && link.payments.is_empty());
    let linked = links.any(|link| link.order_id.as_deref() == Some(order_id));
    match (first, state.modes.duplicate_order) {
        (None, _) if !linked => Ok(None),
        (_, DuplicateOrder::Accepted) => Ok(None),
        (Some(first), DuplicateOrder::First) => Ok(Some(first.id.clone())),
        _ => Err(Refusal::duplicate()),
    }
}

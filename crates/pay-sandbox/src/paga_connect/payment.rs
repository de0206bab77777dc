//! `merchantPayment`: charges the user in favour of the client.

use super::book::{Kind, Movement};
use super::operations::{amount, number, reference, replayed, required};
use super::params::{form, get, is_form};
use super::results::{ACCOUNT_LOCKED, BAD_CURRENCY, Failure, INSUFFICIENT_FUNDS, Members, Shape};
use super::state::{Call, State};
use crate::json::Node;
use crate::provider::ProviderRequest;

pub(super) const SHAPE: Shape = Shape {
    wrapper: "merchantPaymentResult",
    wrapped: true,
    ids: &["transactionId", "confirmationCode"],
    members: &["amount", "transactionId", "confirmationCode", "agentCommission", "fee", "currency", "exchangeRate"],
};

/// The values of a form body, in the order of a path's.
pub(super) fn form_values(request: &ProviderRequest) -> Vec<Option<String>> {
    let pairs = if is_form(request) { form(request) } else { Vec::new() };
    let names = ["referenceNumber", "amount", "merchantCustomerReference", "merchantProductCode", "currency"];
    names.iter().map(|name| get(&pairs, name).map(str::to_owned)).collect()
}

/// Charges; the values are those of the path or the form.
pub(super) fn act(state: &mut State, call: &Call<'_>, values: &[Option<String>]) -> Result<Members, Failure> {
    let value = |at: usize| values.get(at).and_then(Option::as_deref);
    let reference = reference(required(value(0))?)?;
    let cents = amount(required(value(1))?)?;
    required(value(2))?;
    if value(4).is_some_and(|currency| currency != "NGN") {
        return Err(BAD_CURRENCY);
    }
    if let Some(first) = replayed(state, call, Kind::Payment, reference)? {
        return Ok(members(&first));
    }
    let (client, user) = (call.allowed.client, call.allowed.user);
    if state.user(user).is_none_or(|user| user.locked) {
        return Err(ACCOUNT_LOCKED);
    }
    let merchant = state.clients.iter().find(|it| it.id == client).map_or("", |it| it.account);
    let movement = Movement {
        kind: Kind::Payment,
        reference: reference.to_owned(),
        client,
        user,
        from: user.to_owned(),
        to: merchant.to_owned(),
        cents,
        about: value(3).unwrap_or_default().to_owned(),
        transaction_id: state.book.id("SBX"),
        confirmation_code: state.book.id("CNF"),
    };
    state.book.act(movement).map(members).map_err(|_| INSUFFICIENT_FUNDS)
}

fn members(movement: &Movement) -> Members {
    vec![
        ("amount", number(movement.cents)),
        ("transactionId", Node::text(&movement.transaction_id)),
        ("confirmationCode", Node::text(&movement.confirmation_code)),
        ("agentCommission", number(0)),
        ("fee", number(0)),
        ("currency", "NGN".into()),
        ("exchangeRate", Node::Null),
    ]
}

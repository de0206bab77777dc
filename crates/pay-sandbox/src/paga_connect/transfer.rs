//! `moneyTransfer/v2`: credits a Paga account. Whose money moves is not documented: a mode.

use super::account::RECIPIENT;
use super::book::{Kind, Movement};
use super::modes::TransferDebits;
use super::operations::{amount, number, reference, replayed, required};
use super::params::get;
use super::results::{
    ACCOUNT_LOCKED, BAD_PARAMETER, Failure, INSUFFICIENT_FUNDS, MISSING_PARAMETER, Members, Shape, UNKNOWN_RECIPIENT,
};
use super::state::{Call, State};
use crate::json::Node;

pub(super) const SHAPE: Shape = Shape {
    // By analogy; only the mode that wraps everything shows it.
    wrapper: "moneyTransferResult",
    wrapped: false,
    ids: &["transactionId"],
    members: &["transactionId", "amount", "fee", "currency", "exchangeRate", "externalReferenceNumber"],
};

/// Every library spells it its own way.
const BOOLEANS: [&str; 6] = ["true", "false", "True", "False", "1", ""];

/// Transfers; the values stand in the query.
pub(super) fn act(state: &mut State, call: &Call<'_>) -> Result<Members, Failure> {
    let query = &call.request.query;
    let cents = amount(required(get(query, "amount"))?)?;
    let reference = reference(required(get(query, "referenceNumber"))?)?;
    let skip = query.iter().find(|(name, _)| name == "skipMessaging").map(|(_, value)| value.as_str());
    if !BOOLEANS.contains(&skip.ok_or(MISSING_PARAMETER)?) {
        return Err(BAD_PARAMETER);
    }
    let recipient = required(get(query, "recipientCredential"))?;
    if let Some(first) = replayed(state, call, Kind::Transfer, reference)? {
        return Ok(members(&first));
    }
    let known = state.users.iter().map(|user| (user.username, user.mobile)).chain([RECIPIENT]);
    let mut known = known.filter(|(_, mobile)| *mobile == recipient);
    let to = known.next().map(|(account, _)| account).ok_or(UNKNOWN_RECIPIENT)?;
    let (client, user) = (call.allowed.client, call.allowed.user);
    if state.user(user).is_none_or(|user| user.locked) {
        return Err(ACCOUNT_LOCKED);
    }
    let merchant = state.clients.iter().find(|it| it.id == client).map_or("", |it| it.account);
    let from = match state.modes.transfer_debits {
        TransferDebits::Merchant => merchant,
        TransferDebits::User => user,
    };
    let movement = Movement {
        kind: Kind::Transfer,
        reference: reference.to_owned(),
        client,
        user,
        from: from.to_owned(),
        to: to.to_owned(),
        cents,
        about: recipient.to_owned(),
        transaction_id: state.book.id("SBX"),
        confirmation_code: String::new(),
    };
    state.book.act(movement).map(members).map_err(|_| INSUFFICIENT_FUNDS)
}

fn members(movement: &Movement) -> Members {
    vec![
        ("transactionId", Node::text(&movement.transaction_id)),
        ("amount", number(movement.cents)),
        ("fee", number(0)),
        ("currency", "NGN".into()),
        ("exchangeRate", Node::Null),
        ("externalReferenceNumber", Node::text(&movement.reference)),
    ]
}

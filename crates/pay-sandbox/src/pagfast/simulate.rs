//! The two simulators of the provider's sandbox: both complete a transaction, and send its webhook before they answer.

use super::answers::{self, Detail, Refusal};
use super::events;
use super::modes::UnreachableLeaves;
use super::moves::{self, Move, Payer, Payment, Wrong};
use super::state::{Call, State, Watch};
use super::status;
use super::transaction::Kind;
use crate::json::Node;
use crate::provider::Reply;
use http::StatusCode;
use std::time::Duration;

/// `PUT /sandbox/transactions/complete/{transactionId}`.
pub(super) fn pix(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let found = state.book.find(call.id()).filter(|it| it.order.account == call.account);
    let found = found.filter(|it| it.order.kind != Kind::OpenFinance).ok_or_else(unknown)?;
    let (name, tax_number) = (call.body.text("/name"), call.body.text("/taxNumber"));
    let payer = match (name, tax_number) {
        (name, Some(tax_number)) => Some(Payer { name: name.unwrap_or_default(), tax_number }),
        (Some(_), None) => return Err(missing("taxNumber")),
        (None, None) => None,
    };
    // Anybody may pay: the simulator has to be told who does, with both members.
    let anonymous = found.order.kind == Kind::Deposit && found.order.payer.is_none();
    if anonymous && payer.as_ref().is_none_or(|payer| payer.name.is_empty()) {
        return Err(missing(if payer.is_none() { "taxNumber" } else { "name" }));
    }
    let amount = call.body.text("/amount");
    let assumed = amount.is_some();
    let reply = complete(state, call, Payment { payer, amount })?;
    Ok(if assumed { reply.assume("how the simulator is told another amount") } else { reply })
}

/// `POST /sandbox/payment-initiation/complete/{transactionId}`.
pub(super) fn open_finance(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let found = state.book.find(call.id()).filter(|it| it.order.account == call.account);
    found.filter(|it| it.order.kind == Kind::OpenFinance).ok_or_else(unknown)?;
    complete(state, call, Payment::default())
}

fn complete(state: &mut State, call: &Call<'_>, payment: Payment) -> Result<Reply, Refusal> {
    let by = Move::Complete(payment);
    let id = call.id().to_owned();
    if state.modes.unreachable_leaves == UnreachableLeaves::Registered
        && let Some(reply) = later(state, call, &by)?
    {
        return Ok(reply);
    }
    let moved = moves::act(state, &id, &by, call.now, Duration::ZERO).ok_or_else(unknown)?;
    let moved = moved.map_err(refused)?;
    if !moved.changed {
        return Err(over());
    }
    let told = state.outgoing.iter().any(|(of, _)| *of == id);
    state.watch = told.then(|| Watch { id: id.clone(), by: None });
    Ok(completed(&id, moved.state))
}

/// Sends the event first and completes only once it was taken. `None`: nobody is to be told, so there is nothing to wait for.
fn later(state: &mut State, call: &Call<'_>, by: &Move) -> Result<Option<Reply>, Refusal> {
    let id = call.id();
    let stands = state.book.find(id).ok_or_else(unknown)?;
    if stands.order.hook.url.is_none() {
        return Ok(None);
    }
    if !stands.state.is_open() {
        return Err(over());
    }
    let foreseen = moves::foreseen(state, id, by, call.now).ok_or_else(unknown)?;
    let foreseen = foreseen.map_err(refused)?;
    let event = events::event(state, &foreseen, Duration::ZERO);
    state.outgoing.extend(event.map(|event| (id.to_owned(), event)));
    state.watch = Some(Watch { id: id.to_owned(), by: Some(by.clone()) });
    Ok(Some(completed(id, foreseen.state)))
}

/// The documented answer.
pub(super) fn completed(id: &str, state: status::State) -> Reply {
    let data = Node::Object(vec![("transactionId", id.into()), ("transactionState", state.as_str().into())]);
    let reply = answers::done(StatusCode::OK, data);
    if state == status::State::Completed { reply } else { reply.assume("answer to a payment that was refused") }
}

fn unknown() -> Refusal {
    Refusal::not_found("No such transaction")
}

/// It has ended before.
fn over() -> Refusal {
    Refusal::business("SandboxTransactionEnded", "The transaction has ended before")
}

fn missing(name: &str) -> Refusal {
    Refusal::format(vec![Detail {
        path: Some(String::new()),
        code: Some("required".to_owned()),
        message: Some(format!("must have required property '{name}'")),
        missing: Some(name.to_owned()),
        ..Detail::default()
    }])
}

fn refused(wrong: Wrong) -> Refusal {
    match wrong {
        Wrong::Payer => missing("taxNumber"),
        Wrong::TaxNumber => Refusal::member("/taxNumber", "cpf", "must be a CPF, digits only"),
        Wrong::Amount => {
            Refusal::member("/amount", "amount", "must be an amount, and the deposit's own unless it is editable")
        }
    }
}

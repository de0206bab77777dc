//! How a transaction moves on: what payers, banks and the provider's people do.

use super::account::{SOMEONE, SOMEONE_NAME};
use super::cash_out;
use super::events;
use super::modes::KeyCheck;
use super::state::State;
use super::status;
use super::transaction::{Kind, Party, Transaction};
use crate::money::{self, Cents};
use std::time::{Duration, SystemTime};

/// What somebody does with a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Move {
    /// The banks have it.
    Register,
    /// It is paid, or the withdrawal goes through.
    Complete(Payment),
    /// It is cancelled before it was paid.
    Cancel,
    /// It fails.
    Fail,
    /// What was paid is wholly reversed.
    Reverse,
    /// The recipient's bank sends a withdrawal back: its state stays.
    SendBack,
}

/// Who pays, and how much, where that is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Payment {
    pub(crate) payer: Option<Payer>,
    /// Only where the payer may change the amount.
    pub(crate) amount: Option<String>,
}

/// Who pays. No `Debug` of what is personal.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Payer {
    pub(crate) name: String,
    pub(crate) tax_number: String,
}

impl std::fmt::Debug for Payer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Payer(..)")
    }
}

impl Payment {
    /// Somebody pays whom nobody asked.
    pub(crate) fn by_someone_else() -> Self {
        Self { payer: Some(Payer { name: SOMEONE_NAME.to_owned(), tax_number: SOMEONE.to_owned() }), amount: None }
    }
}

impl Move {
    /// The moves that need no further word.
    pub(crate) const NAMES: [&'static str; 7] =
        ["register", "complete", "pay_as_someone_else", "cancel", "fail", "reverse", "send_back"];

    /// The move with this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "register" => Self::Register,
            "complete" => Self::Complete(Payment::default()),
            "pay_as_someone_else" => Self::Complete(Payment::by_someone_else()),
            "cancel" => Self::Cancel,
            "fail" => Self::Fail,
            "reverse" => Self::Reverse,
            "send_back" => Self::SendBack,
            _ => return None,
        })
    }
}

/// Why a payment cannot be taken as it was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// Anybody may pay, so it must be said who does.
    Payer,
    /// Not a CPF.
    TaxNumber,
    /// Not an amount, or the amount cannot be changed.
    Amount,
}

/// What became of a move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moved {
    pub(super) state: status::State,
    /// `false`: this does not follow from where it stood, and nothing was done.
    pub(super) changed: bool,
}

/// Moves a transaction on, once. `None`: there is none. Its events wait so long.
pub(super) fn act(
    state: &mut State,
    id: &str,
    by: &Move,
    now: SystemTime,
    after: Duration,
) -> Option<Result<Moved, Wrong>> {
    if *by == Move::SendBack {
        let changed = state.book.send_back(id, now);
        return state.book.find(id).map(|it| Ok(Moved { state: it.state, changed }));
    }
    let transaction = state.book.find(id)?;
    let stands = transaction.state;
    // Its money is back already.
    if *by == Move::Reverse && transaction.sent_back.is_some() {
        return Some(Ok(Moved { state: stands, changed: false }));
    }
    let plan = match plan(state, transaction, by) {
        Ok(plan) if stands.leads_to(plan.end) => plan,
        Ok(_) => return Some(Ok(Moved { state: stands, changed: false })),
        // What has ended is not asked for anything any more.
        Err(_) if !stands.is_open() => return Some(Ok(Moved { state: stands, changed: false })),
        Err(wrong) => return Some(Err(wrong)),
    };
    // What is paid is with the banks: both dates, both events.
    if plan.end == status::State::Completed && state.book.advance(id, status::State::Registered, now) {
        events::queue(state, id, after);
    }
    if let Some(transaction) = state.book.find_mut(id) {
        plan.write(transaction, now);
    }
    let changed = state.book.advance(id, plan.end, now);
    if changed {
        events::queue(state, id, after);
    }
    state.book.find(id).map(|it| Ok(Moved { state: it.state, changed }))
}

/// A transaction as it would stand after a move that nobody has made yet.
pub(super) fn foreseen(state: &State, id: &str, by: &Move, now: SystemTime) -> Option<Result<Transaction, Wrong>> {
    let mut trial = state.book.find(id)?.clone();
    Some(plan(state, &trial, by).map(|plan| {
        trial.become_state(status::State::Registered, now);
        plan.write(&mut trial, now);
        trial.become_state(plan.end, now);
        trial
    }))
}

/// How a move ends, and what it writes.
struct Plan {
    end: status::State,
    cents: Cents,
    /// Who pays, where that is not who was to.
    payer: Option<Party>,
    cause: Option<&'static str>,
}

impl Plan {
    fn write(&self, transaction: &mut Transaction, now: SystemTime) {
        transaction.paid_cents = self.cents;
        transaction.paid_by.clone_from(&self.payer);
        transaction.error_cause = self.cause;
        transaction.refunded = (self.end == status::State::Error && self.payer.is_some()).then_some(now);
    }
}

fn plan(state: &State, transaction: &Transaction, by: &Move) -> Result<Plan, Wrong> {
    let keeps = |end| Plan { end, cents: transaction.paid_cents, payer: transaction.paid_by.clone(), cause: None };
    let payment = match by {
        Move::Register => return Ok(keeps(status::State::Registered)),
        Move::Cancel => return Ok(keeps(status::State::Cancelled)),
        Move::Reverse | Move::SendBack => return Ok(keeps(status::State::Reversed)),
        Move::Fail => return Ok(Plan { cause: Some(FAILED), ..keeps(status::State::Error) }),
        Move::Complete(payment) => payment,
    };
    let cents = match &payment.amount {
        Some(text) => chosen(transaction, text).ok_or(Wrong::Amount)?,
        None => transaction.order.cents,
    };
    let done = Plan { cents, ..keeps(status::State::Completed) };
    if transaction.order.kind == Kind::Withdrawal {
        let key = transaction.order.key.as_ref().zip(transaction.order.recipient.as_ref());
        let checked = key.filter(|_| state.modes.key_check == KeyCheck::Later);
        let cause = checked.and_then(|(key, recipient)| cash_out::wrong_key(&state.book, key, recipient));
        let end = if cause.is_some() { status::State::Error } else { status::State::Completed };
        return Ok(Plan { end, cause, ..done });
    }
    let payer = payment.payer.as_ref();
    if payer.is_some_and(|it| it.tax_number.len() != 11 || !it.tax_number.bytes().all(|byte| byte.is_ascii_digit())) {
        return Err(Wrong::TaxNumber);
    }
    let payer = payer.map(|it| Party { name: Some(it.name.clone()), tax_number: it.tax_number.clone() });
    match (&transaction.order.payer, payer) {
        (None, None) => Err(Wrong::Payer),
        (None, payer) => Ok(Plan { payer, ..done }),
        (Some(asked), Some(payer)) if asked.tax_number != payer.tax_number => {
            Ok(Plan { end: status::State::Error, payer: Some(payer), cause: Some(SOMEONE_ELSE), ..done })
        }
        (Some(_), _) => Ok(done),
    }
}

const FAILED: &str = "SandboxFailed: it was failed by hand";
const SOMEONE_ELSE: &str = "SandboxPayerDiffers: somebody else has paid, and was refunded";

/// An amount that the payer has chosen, where that may be.
fn chosen(transaction: &Transaction, text: &str) -> Option<Cents> {
    let cents = money::cents(text).filter(|cents| *cents > 0 && !text.contains(['e', 'E', '+']))?;
    let may = transaction.order.editable == Some(true) || cents == transaction.order.cents;
    may.then_some(cents)
}

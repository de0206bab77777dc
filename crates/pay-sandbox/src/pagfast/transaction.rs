//! One transaction: what was asked for, where it stands since when, and how it may move on.

use super::account;
use super::status::State;
use crate::SandboxClock;
use crate::money::Cents;
use serde::Serialize;
use std::fmt;
use std::time::SystemTime;

/// What kind of transaction it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// A Pix deposit.
    Deposit,
    /// A Pix withdrawal.
    Withdrawal,
    /// A deposit by Open Finance.
    OpenFinance,
}

impl Kind {
    /// `type` on the wire.
    pub(super) fn direction(self) -> &'static str {
        if self == Self::Withdrawal { "Debit" } else { "Credit" }
    }
}

/// A person or a company: who pays, or is paid.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Party {
    pub(super) name: Option<String>,
    pub(super) tax_number: String,
}

impl fmt::Debug for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Party(..)")
    }
}

/// A key of Pix, as it was sent.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Destination {
    pub(super) kind: String,
    pub(super) value: String,
}

impl fmt::Debug for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Destination").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// Where events go. No `Debug`: the header's value is often a secret.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Hook {
    pub(super) url: Option<String>,
    pub(super) header: Option<(String, String)>,
}

/// What was asked for, checked.
#[derive(Clone)]
pub(super) struct Order {
    pub(super) account: &'static str,
    pub(super) kind: Kind,
    /// As it was sent.
    pub(super) amount: String,
    pub(super) cents: Cents,
    /// Whether the payer may pay another amount.
    pub(super) editable: Option<bool>,
    pub(super) order_id: Option<String>,
    pub(super) description: Option<String>,
    /// Who is to pay; `None`: anybody may.
    pub(super) payer: Option<Party>,
    /// Who is to be paid, of a withdrawal.
    pub(super) recipient: Option<Party>,
    pub(super) key: Option<Destination>,
    pub(super) redirect_url: Option<String>,
    pub(super) hook: Hook,
}

/// A transaction.
#[derive(Clone)]
pub(super) struct Transaction {
    pub(super) order: Order,
    pub(super) id: String,
    pub(super) external_id: String,
    /// In the address of its page.
    pub(super) page_id: String,
    pub(super) state: State,
    /// Every state that it has had, and since when.
    pub(super) history: Vec<(State, SystemTime)>,
    pub(super) created: SystemTime,
    /// What was paid: as asked, or as the payer chose.
    pub(super) paid_cents: Cents,
    /// Who has paid, where that is not who was to.
    pub(super) paid_by: Option<Party>,
    pub(super) error_cause: Option<&'static str>,
    /// When a refused deposit went back to its payer.
    pub(super) refunded: Option<SystemTime>,
    /// When the recipient's bank sent a withdrawal back.
    pub(super) sent_back: Option<SystemTime>,
    pub(super) voucher: String,
    /// How often it was paid: 0 or 1.
    pub(super) charges: u32,
    /// The number of its last webhook.
    pub(super) delivery: Option<u64>,
}

impl Transaction {
    pub(super) fn new(order: Order, now: SystemTime) -> Self {
        Self {
            paid_cents: order.cents,
            order,
            id: account::uuid(),
            external_id: account::uuid(),
            page_id: account::uuid(),
            state: State::Created,
            history: vec![(State::Created, now)],
            created: now,
            paid_by: None,
            error_cause: None,
            refunded: None,
            sent_back: None,
            voucher: account::voucher(),
            charges: 0,
            delivery: None,
        }
    }

    /// Moves on. `false`: that does not follow from where it stands, and nothing happens.
    pub(super) fn become_state(&mut self, next: State, now: SystemTime) -> bool {
        if !self.state.leads_to(next) {
            return false;
        }
        self.charges += u32::from(next == State::Completed);
        self.state = next;
        self.history.push((next, now));
        true
    }

    /// Since when it has had a state.
    pub(super) fn since(&self, state: State) -> Option<SystemTime> {
        self.history.iter().find(|(known, _)| *known == state).map(|(_, at)| *at)
    }

    /// Who has paid a deposit, or is to.
    pub(super) fn payer(&self) -> Option<&Party> {
        self.paid_by.as_ref().or(self.order.payer.as_ref())
    }

    pub(super) fn record(&self) -> TransactionRecord {
        TransactionRecord {
            id: self.id.clone(),
            account: self.order.account,
            kind: self.order.kind,
            order_id: self.order.order_id.clone(),
            amount: self.order.amount.clone(),
            paid_cents: self.paid_cents,
            editable: self.order.editable == Some(true),
            anonymous: self.order.payer.is_none() && self.order.kind == Kind::Deposit,
            state: self.state,
            states: self.history.iter().map(|(state, _)| *state).collect(),
            charges: self.charges,
            refunded: self.refunded.map(SandboxClock::text_of),
            sent_back: self.sent_back.map(SandboxClock::text_of),
        }
    }
}

/// A transaction as a test may look at it: nothing personal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TransactionRecord {
    /// The provider's id.
    pub id: String,
    /// The account.
    pub account: &'static str,
    /// What it is.
    pub kind: Kind,
    /// The merchant's id.
    pub order_id: Option<String>,
    /// The amount as it was sent.
    pub amount: String,
    /// The amount that was paid or will be, in cents: another one only where the payer may choose.
    pub paid_cents: i64,
    /// Whether the payer may choose the amount.
    pub editable: bool,
    /// Whether anybody may pay.
    pub anonymous: bool,
    /// Where it stands.
    pub state: State,
    /// Every state that it has had, oldest first.
    pub states: Vec<State>,
    /// How often it was paid: 0 or 1 unless something is broken.
    pub charges: u32,
    /// When a refused deposit went back to its payer.
    pub refunded: Option<String>,
    /// When the recipient's bank sent a withdrawal back.
    pub sent_back: Option<String>,
}

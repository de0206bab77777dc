//! Money transfers: crediting a Paga account that the caller names.

use crate::generated::operations::{self, MONEY_TRANSFER};
use crate::generated::types::{MoneyTransferQuery, MoneyTransferResult};
use crate::judge::TRANSFER;
use crate::path;
use crate::payment::is_naira;
use crate::result::{OperationResult, same};
use crate::style::Style;
use pay_core::Amount;
use pay_core::decode::DecodeError;
use pay_core::provider::{Answer, Parts};
use serde::{Serialize, Serializer};
use std::fmt;

/// What a transfer is known by, and who gets it.
#[derive(Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "two texts whose order nobody should have to know")]
pub struct TransferTo {
    /// Your unique id of this one intent to transfer: make and keep it before you send, and never use it for another.
    pub reference: String,
    /// The recipient's telephone number, as Paga knows it: samples have eleven digits that begin with 0. Personal: it does not print.
    pub recipient: String,
}

/// A transfer to a Paga account. Whose money moves, yours or the user's, no source says: try it with little, and look.
#[derive(Clone, PartialEq, Eq)]
pub struct MoneyTransfer {
    to: TransferTo,
    amount: Amount,
    skip_messaging: bool,
}

impl MoneyTransfer {
    /// A transfer of `amount` naira (not kobo): more than nothing, with at most two decimals.
    pub fn new(to: TransferTo, amount: Amount) -> Self {
        Self { to, amount, skip_messaging: false }
    }

    /// Whether the user gets no message of it. It is always sent; `false` unless given.
    #[must_use]
    pub fn skip_messaging(mut self, skip: bool) -> Self {
        self.skip_messaging = skip;
        self
    }

    /// Your reference.
    pub fn reference(&self) -> &str {
        &self.to.reference
    }

    /// How much, in naira.
    pub fn amount(&self) -> Amount {
        self.amount
    }

    pub(crate) fn parts(&self, style: Style) -> Parts {
        let mistake = |name: &str, why: &str| {
            Parts::new(&MONEY_TRANSFER).reference(self.reference()).mistake(format!("{name} {why}"))
        };
        if let Some(why) = path::reference_mistake(style.references, self.reference()) {
            return mistake("the reference", why);
        }
        if let Some(why) = path::amount_mistake(self.amount) {
            return mistake("the amount", why);
        }
        let recipient = &self.to.recipient;
        if recipient.trim().is_empty() || recipient.chars().any(char::is_control) {
            return mistake("the recipient", "is empty or holds a control character");
        }
        operations::money_transfer(&self.query())
    }

    fn query(&self) -> MoneyTransferQuery {
        MoneyTransferQuery {
            amount: self.amount,
            reference_number: self.to.reference.clone(),
            skip_messaging: self.skip_messaging,
            recipient_credential: self.to.recipient.clone(),
        }
    }

    pub(crate) fn read(&self, answer: &Answer) -> Result<MoneyTransferResult, DecodeError> {
        let result: MoneyTransferResult = OperationResult::read(&answer.body, TRANSFER)?.model()?;
        let ours = result.external_reference_number.as_deref();
        same("externalReferenceNumber", ours.is_none_or(|came| came.is_empty() || came == self.reference()))?;
        same("amount", result.amount.is_none_or(|amount| amount == self.amount))?;
        same("currency", result.currency.as_deref().is_none_or(is_naira))?;
        Ok(result)
    }
}

/// As it is sent.
impl Serialize for MoneyTransfer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.query().serialize(serializer)
    }
}

/// The recipient is personal.
impl fmt::Debug for TransferTo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransferTo").field("reference", &self.reference).finish_non_exhaustive()
    }
}

/// The recipient is personal.
impl fmt::Debug for MoneyTransfer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MoneyTransfer")
            .field("reference", &self.to.reference)
            .field("amount", &self.amount)
            .field("skip_messaging", &self.skip_messaging)
            .finish_non_exhaustive()
    }
}

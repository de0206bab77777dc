//! What a purchase is looked for by, and what a record must say to be the one.

use crate::purchased::Pending;
use crate::transaction::Transaction;
use pay_core::Error;

/// What to look for: your reference, the provider's transaction id, or both.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sought {
    pub(crate) reference: Option<String>,
    pub(crate) transaction_id: Option<String>,
}

impl Sought {
    /// A purchase by your reference.
    pub fn reference(reference: impl Into<String>) -> Self {
        Self { reference: Some(reference.into()), transaction_id: None }
    }

    /// The transaction id that an answer named.
    #[must_use]
    pub fn transaction_id(mut self, id: impl Into<String>) -> Self {
        self.transaction_id = Some(id.into());
        self
    }

    /// Whether a record is the one that is sought: an id that differs speaks against it, none speaks for it.
    pub(crate) fn is(&self, record: &Transaction) -> bool {
        let same = |sought: &Option<String>, found: &Option<String>| match (sought, found) {
            (Some(sought), Some(found)) => Some(sought == found),
            _ => None,
        };
        let ids =
            [same(&self.transaction_id, &record.transaction_id), same(&self.reference, &record.merchant_reference)];
        ids.contains(&Some(true)) && !ids.contains(&Some(false))
    }
}

impl From<&str> for Sought {
    fn from(reference: &str) -> Self {
        Self::reference(reference)
    }
}

impl From<String> for Sought {
    fn from(reference: String) -> Self {
        Self::reference(reference)
    }
}

impl From<&String> for Sought {
    fn from(reference: &String) -> Self {
        Self::reference(reference)
    }
}

impl From<&Pending> for Sought {
    fn from(pending: &Pending) -> Self {
        Self {
            reference: Some(pending.reference().to_owned()),
            transaction_id: pending.transaction_id().map(str::to_owned),
        }
    }
}

/// The error of a purchase knows its reference, and often its transaction id.
impl From<&Error> for Sought {
    fn from(error: &Error) -> Self {
        Self {
            reference: error.reference().map(str::to_owned),
            transaction_id: error.transaction_id().map(str::to_owned),
        }
    }
}

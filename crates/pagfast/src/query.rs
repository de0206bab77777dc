//! What can be asked about lists: transactions by order id, and receivers.

use crate::generated::operations;
use crate::generated::types::{ReceiverStatus, ReceiversQuery, TransactionsQuery};
use pay_core::provider::Parts;
use pay_core::stamp::iso_millis;
use std::time::{Duration, SystemTime};

/// The longest interval that PagFast takes.
pub(crate) const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How many stand on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum PageSize {
    /// 5.
    Five,
    /// 10.
    Ten,
    /// 20.
    #[default]
    Twenty,
    /// Another number: the page names 5, 10 and 20, and one of its samples has 50.
    Other(u64),
}

impl PageSize {
    /// The number.
    pub fn number(self) -> u64 {
        match self {
            Self::Five => 5,
            Self::Ten => 10,
            Self::Twenty => 20,
            Self::Other(number) => number,
        }
    }
}

/// A question for the transactions with an order id, within at most one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderQuery {
    pub(crate) order_id: String,
    from: SystemTime,
    until: SystemTime,
    size: PageSize,
    offset: u64,
}

impl OrderQuery {
    /// Those of one day, from `from` on.
    ///
    /// Which of a transaction's dates counts is not documented; nor is the time zone of "one day", which is taken as 24 hours.
    pub fn new(order_id: impl Into<String>, from: SystemTime) -> Self {
        Self {
            order_id: order_id.into(),
            from,
            until: from.checked_add(DAY).unwrap_or(from),
            size: PageSize::default(),
            offset: 0,
        }
    }

    /// Until then. More than a day after the beginning is PagFast's to refuse.
    #[must_use]
    pub fn until(mut self, until: SystemTime) -> Self {
        self.until = until;
        self
    }

    /// How many stand on a page. Default: 20.
    #[must_use]
    pub fn size(mut self, size: PageSize) -> Self {
        self.size = size;
        self
    }

    /// How many are passed over. Default: none.
    #[must_use]
    pub fn offset(mut self, offset: u64) -> Self {
        self.offset = offset;
        self
    }

    pub(crate) fn parts(&self) -> Parts {
        let (start, end) = (iso_millis(self.from), iso_millis(self.until));
        let fits = start.is_some() && end.is_some() && self.from <= self.until;
        let query = TransactionsQuery {
            order_id: self.order_id.clone(),
            start_date: start.unwrap_or_default(),
            end_date: end.unwrap_or_default(),
            limit: self.size.number(),
            offset: self.offset,
        };
        let parts = operations::transactions(&query).reference(&self.order_id);
        if self.order_id.trim().is_empty() {
            return parts.mistake("the order id is empty");
        }
        if fits {
            parts
        } else {
            parts.mistake("the interval ends before it begins, or lies outside of the years 0 to 9999")
        }
    }
}

/// A question for the companies that can be paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiverQuery {
    status: Option<ReceiverStatus>,
    size: PageSize,
    offset: u64,
}

impl Default for ReceiverQuery {
    fn default() -> Self {
        Self { status: None, size: PageSize::Ten, offset: 0 }
    }
}

impl ReceiverQuery {
    /// All of them, ten on a page, as in the example.
    pub fn new() -> Self {
        Self::default()
    }

    /// Only those that stand so.
    #[must_use]
    pub fn status(mut self, status: impl Into<ReceiverStatus>) -> Self {
        self.status = Some(status.into());
        self
    }

    /// How many stand on a page. Default: 10.
    #[must_use]
    pub fn size(mut self, size: PageSize) -> Self {
        self.size = size;
        self
    }

    /// How many are passed over. Default: none.
    #[must_use]
    pub fn offset(mut self, offset: u64) -> Self {
        self.offset = offset;
        self
    }

    pub(crate) fn parts(&self) -> Parts {
        let Self { status, size, offset } = self.clone();
        operations::receivers(&ReceiversQuery { limit: size.number(), offset, status })
    }
}

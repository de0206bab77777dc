//! The lists of payments and payouts, page by page, by cursors.

use crate::generated::types::{PageInfo, TransactionsQuery, WalletTransactionsQuery};
use crate::rules::Rules;
use pay_core::{Call, Error};
use std::collections::HashSet;
use std::fmt;

/// What to look for in a list. Everything is optional.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListQuery {
    from: Option<String>,
    until: Option<String>,
    cursor: Option<Cursor>,
}

/// Where a page begins. Opaque; one leads on or back, never both.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Cursor {
    /// To the page that follows.
    Next(String),
    /// To the page that came before.
    Previous(String),
}

impl ListQuery {
    /// The whole list, newest first.
    pub fn new() -> Self {
        Self::default()
    }

    /// Only from this day on, as `YYYY-MM-DD`. Its time zone is not documented.
    #[must_use]
    pub fn from(mut self, day: impl Into<String>) -> Self {
        self.from = Some(day.into());
        self
    }

    /// Only until this day, as `YYYY-MM-DD`.
    #[must_use]
    pub fn until(mut self, day: impl Into<String>) -> Self {
        self.until = Some(day.into());
        self
    }

    /// From this cursor of another page.
    #[must_use]
    pub fn at(mut self, cursor: Cursor) -> Self {
        self.cursor = Some(cursor);
        self
    }

    pub(crate) fn check(&self, rules: Rules) -> Result<(), String> {
        rules.day("transaction_start_date", self.from.as_deref())?;
        rules.day("transaction_end_date", self.until.as_deref())
    }

    fn cursors(&self) -> (Option<String>, Option<String>) {
        match &self.cursor {
            Some(Cursor::Next(cursor)) => (Some(cursor.clone()), None),
            Some(Cursor::Previous(cursor)) => (None, Some(cursor.clone())),
            None => (None, None),
        }
    }

    pub(crate) fn payments(&self) -> TransactionsQuery {
        let (next_cursor, prev_cursor) = self.cursors();
        TransactionsQuery {
            transaction_start_date: self.from.clone(),
            transaction_end_date: self.until.clone(),
            next_cursor,
            prev_cursor,
        }
    }

    pub(crate) fn payouts(&self) -> WalletTransactionsQuery {
        let (next_cursor, prev_cursor) = self.cursors();
        WalletTransactionsQuery {
            transaction_start_date: self.from.clone(),
            transaction_end_date: self.until.clone(),
            next_cursor,
            prev_cursor,
        }
    }
}

/// One page of a list.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ListPage<T> {
    /// What stands on it.
    pub items: Vec<T>,
    /// How many the whole list has.
    pub total: Option<u64>,
    /// Leads on, where the provider says that a page follows: it sends cursors also where none does.
    pub next: Option<Cursor>,
    /// Leads back, where the provider says that a page came before.
    pub previous: Option<Cursor>,
}

impl<T> ListPage<T> {
    pub(crate) fn new(items: Vec<T>, meta: Option<PageInfo>) -> Self {
        let Some(meta) = meta else {
            return Self { items, total: None, next: None, previous: None };
        };
        let there = |says: Option<bool>, cursor: Option<String>| cursor.filter(|_| says == Some(true));
        Self {
            items,
            total: meta.total_count,
            next: there(meta.has_next_page, meta.next_cursor).map(Cursor::Next),
            previous: there(meta.has_previous_page, meta.prev_cursor).map(Cursor::Previous),
        }
    }
}

type Fetch<T> = Box<dyn Fn(&ListQuery) -> Call<ListPage<T>> + Send + Sync>;

/// The pages of a list, in order, until the provider says that none follows. A cursor that comes a second time ends it too.
pub struct ListPages<T> {
    fetch: Fetch<T>,
    query: ListQuery,
    seen: HashSet<Cursor>,
    done: bool,
}

impl<T> ListPages<T> {
    pub(crate) fn new(
        query: ListQuery,
        fetch: impl Fn(&ListQuery) -> Call<ListPage<T>> + Send + Sync + 'static,
    ) -> Self {
        Self { fetch: Box::new(fetch), seen: query.cursor.iter().cloned().collect(), query, done: false }
    }

    /// The next page; `None` after the last. After an error the same page is asked for again.
    pub async fn next(&mut self) -> Option<Result<ListPage<T>, Error>> {
        if self.done {
            return None;
        }
        let page = match (self.fetch)(&self.query).send().await {
            Ok(page) => page,
            Err(error) => return Some(Err(error)),
        };
        match &page.next {
            Some(cursor) if self.seen.insert(cursor.clone()) => self.query.cursor = Some(cursor.clone()),
            _ => self.done = true,
        }
        Some(Ok(page))
    }
}

impl<T> fmt::Debug for ListPages<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ListPages").field("query", &self.query).field("done", &self.done).finish_non_exhaustive()
    }
}

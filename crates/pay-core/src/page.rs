//! Lists that come in pages: `pages.next().await`.

use crate::call::Call;
use crate::error::Error;
use std::collections::HashSet;
use std::fmt;

/// One page of a list.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Page<T> {
    /// What stands on it.
    pub items: Vec<T>,
    /// How many items the whole list has, where the provider says so.
    pub total: Option<u64>,
    /// Whether the provider said that no page follows; `None` where it did not say.
    pub last: Option<bool>,
}

impl<T> Page<T> {
    /// A page.
    pub fn new(items: Vec<T>, total: Option<u64>, last: Option<bool>) -> Self {
        Self { items, total, last }
    }
}

type Fetch<T> = Box<dyn Fn(u32) -> Call<Page<T>> + Send + Sync>;
type Key<T> = fn(&T) -> Option<&str>;

/// The pages of a list, in order.
///
/// Items that a former page already had are left out, and a page that brings nothing new ends the list: providers
/// disagree on whether the first page is 0 or 1, and a list can move while it is read.
pub struct Pages<T> {
    fetch: Fetch<T>,
    key: Key<T>,
    first: u32,
    number: u32,
    seen: HashSet<String>,
    done: bool,
}

impl<T> Pages<T> {
    /// Pages fetched by number, from `first` on; `key` tells items apart.
    pub fn new(first: u32, key: Key<T>, fetch: impl Fn(u32) -> Call<Page<T>> + Send + Sync + 'static) -> Self {
        Self { fetch: Box::new(fetch), key, first, number: first, seen: HashSet::new(), done: false }
    }

    /// The next page; `None` after the last. After an error the same page is asked for again.
    pub async fn next(&mut self) -> Option<Result<Page<T>, Error>> {
        while !self.done {
            let mut page = match (self.fetch)(self.number).send().await {
                Ok(page) => page,
                Err(error) => return Some(Err(error)),
            };
            let asked = self.number;
            self.number += 1;
            let came = !page.items.is_empty();
            let (key, seen) = (self.key, &mut self.seen);
            page.items.retain(|item| key(item).is_none_or(|key| seen.insert(key.to_owned())));
            let new = !page.items.is_empty();
            // A provider that counts from 1 may answer page 0 with its first page: page 1 then repeats it.
            let repeats_the_first = came && !new && self.first == 0 && asked == 1;
            self.done = page.last == Some(true) || !(new || repeats_the_first);
            if new {
                return Some(Ok(page));
            }
        }
        None
    }
}

impl<T> fmt::Debug for Pages<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("number", &self.number).field("done", &self.done).finish_non_exhaustive()
    }
}

//! Finding transactions by your order id: successive windows of one day, each read to its last page.

use crate::client::Client;
use crate::query::{DAY, OrderQuery, PageSize};
use crate::record::Record;
use pay_core::Error;
use pay_core::provider::now;
use std::collections::HashSet;
use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::{Duration, SystemTime};

/// How far your clock and PagFast's may differ. Our choice.
const SKEW: Duration = Duration::from_secs(5 * 60);
/// Beyond this a wrong time is likelier than a question. Our choice.
const MOST_DAYS: usize = 100;
/// An interval holds few transactions of one order id; a list without end must end all the same.
const MOST_PAGES: u64 = 50;

/// Looks for the transactions with an order id: await it.
#[must_use = "nothing is asked until it is awaited"]
#[derive(Clone)]
pub struct FindByOrderId {
    client: Client,
    order_id: String,
    sent_at: SystemTime,
    until: Option<SystemTime>,
    skew: Duration,
    within: Option<Duration>,
}

impl FindByOrderId {
    pub(crate) fn new(client: Client, order_id: String, sent_at: SystemTime) -> Self {
        Self { client, order_id, sent_at, until: None, skew: SKEW, within: None }
    }

    /// How far your clock and PagFast's may differ: the first window begins so much before you sent. Default: 5 minutes.
    pub fn skew(mut self, skew: Duration) -> Self {
        self.skew = skew;
        self
    }

    /// Not beyond this time. Default: now.
    pub fn until(mut self, until: SystemTime) -> Self {
        self.until = Some(until);
        self
    }

    /// How long all questions together may take. Default: each has the client's deadline.
    pub fn within(mut self, time: Duration) -> Self {
        self.within = Some(time);
        self
    }

    async fn run(self) -> Result<Vec<Record>, Error> {
        let invalid = |why| Error::invalid("find_by_order_id", why).with_reference(Some(self.order_id.clone()));
        let until = self.until.unwrap_or_else(|| self.client.engine.wall()).checked_add(self.skew);
        let (Some(from), Some(until)) = (self.sent_at.checked_sub(self.skew), until) else {
            return Err(invalid("the times lie too far away"));
        };
        if from > until {
            return Err(invalid("it was sent later than the search ends: look at the clock"));
        }
        let windows = windows(from, until).ok_or_else(|| {
            invalid("it was sent more than 100 days before the search ends: set `until`, and search in parts")
        })?;
        let started = now();
        let mut seen = HashSet::new();
        let mut found = Vec::new();
        for (from, until) in windows {
            let mut offset = 0;
            for _ in 0..MOST_PAGES {
                let query = OrderQuery::new(&self.order_id, from).until(until).size(PageSize::Twenty).offset(offset);
                let mut call = self.client.transactions(&query);
                if let Some(within) = self.within {
                    let left = within.saturating_sub(now().saturating_duration_since(started));
                    call = call.no_longer_than(left.max(Duration::from_secs(1)));
                }
                let page = call.send().await?;
                let count = page.items.len() as u64;
                offset += count;
                let before = found.len();
                // Windows touch, and a list can move while it is read.
                found.extend(page.items.into_iter().filter(|record| seen.insert(record.transaction.id.clone())));
                let last = page.total.map_or(count < PageSize::Twenty.number(), |total| offset >= total);
                if last || count == 0 || found.len() == before {
                    break;
                }
            }
        }
        Ok(found)
    }
}

/// Windows of at most a day that touch, from `from` to `until`; `None` where they are too many.
fn windows(from: SystemTime, until: SystemTime) -> Option<Vec<(SystemTime, SystemTime)>> {
    let mut windows = Vec::new();
    let mut start = from;
    loop {
        if windows.len() == MOST_DAYS {
            return None;
        }
        let end = start.checked_add(DAY)?.min(until);
        windows.push((start, end));
        if end >= until {
            return Some(windows);
        }
        start = end;
    }
}

impl IntoFuture for FindByOrderId {
    type Output = Result<Vec<Record>, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl fmt::Debug for FindByOrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FindByOrderId")
            .field("order_id", &self.order_id)
            .field("sent_at", &self.sent_at)
            .field("skew", &self.skew)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::UNIX_EPOCH;

    fn seconds(from: u64, until: u64) -> Option<Vec<(u64, u64)>> {
        let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
        let plain = |time: SystemTime| time.duration_since(UNIX_EPOCH).unwrap().as_secs();
        windows(at(from), at(until)).map(|all| all.into_iter().map(|(a, b)| (plain(a), plain(b))).collect())
    }

    #[test]
    fn windows_are_at_most_a_day_and_leave_no_gap() {
        let day = 86_400;
        assert_eq!(seconds(5, 5), Some(vec![(5, 5)]));
        assert_eq!(seconds(5, 605), Some(vec![(5, 605)]));
        assert_eq!(seconds(0, day), Some(vec![(0, day)]));
        assert_eq!(seconds(0, day + 1), Some(vec![(0, day), (day, day + 1)]));
        assert_eq!(seconds(0, 100 * day).unwrap().len(), 100);
        assert_eq!(seconds(0, 100 * day + 1), None);
        let many = seconds(7, 7 + 30 * day + 11).unwrap();
        assert!(many.windows(2).all(|pair| pair[0].1 == pair[1].0) && many.iter().all(|(a, b)| b - a <= day));
        assert_eq!((many[0].0, many[many.len() - 1].1), (7, 7 + 30 * day + 11));
    }
}

//! Intents as a list, for reconciling: plain rows, CSV and JSON.

use super::{Cells, Value};
use pay_core::Amount;
use pay_core::journal::State;
use serde::Serialize;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// One intent as it stands. It holds neither request nor answer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// Its id.
    pub id: String,
    /// The crate, such as `pagamio`.
    pub provider: String,
    /// The operation, such as `purchase`.
    pub operation: String,
    /// Your reference.
    pub reference: Option<String>,
    /// How much it moves, in the currency's main unit, exactly as it was sent; `None` where the request does not say it, as one that
    /// refunds all of a payment.
    pub amount: Option<Amount>,
    /// The amount's currency, where the request says it; of coins that are sold, their code.
    pub currency: Option<String>,
    /// Where it stands.
    pub state: State,
    /// The provider's id, where an answer had one.
    pub transaction_id: Option<String>,
    /// Why, in a few words.
    pub note: Option<String>,
    /// When it was written.
    pub begun: SystemTime,
    /// When it was changed last.
    pub changed: SystemTime,
    /// How often a recovery asked.
    pub tries: u32,
}

/// Which intents to list. Default: the oldest 1,000 of all.
#[derive(Debug, Clone)]
pub struct Listing {
    provider: Option<String>,
    since: SystemTime,
    unsettled: bool,
    after: Option<(SystemTime, String)>,
    limit: i64,
}

impl Default for Listing {
    fn default() -> Self {
        Self { provider: None, since: UNIX_EPOCH, unsettled: false, after: None, limit: 1000 }
    }
}

impl Listing {
    /// All intents.
    pub fn new() -> Self {
        Self::default()
    }

    /// Of one provider's crate, such as `pagamio`.
    #[must_use]
    pub fn provider(mut self, name: impl Into<String>) -> Self {
        self.provider = Some(name.into());
        self
    }

    /// Written at this time or later.
    #[must_use]
    pub fn since(mut self, time: SystemTime) -> Self {
        self.since = time;
        self
    }

    /// Only what is open, pending, unknown or unanswered.
    #[must_use]
    pub fn unsettled(mut self) -> Self {
        self.unsettled = true;
        self
    }

    /// The page after this entry.
    #[must_use]
    pub fn after(mut self, last: &Entry) -> Self {
        self.after = Some((last.begun, last.id.clone()));
        self
    }

    /// At most so many.
    #[must_use]
    pub fn limit(mut self, most: u32) -> Self {
        self.limit = i64::from(most);
        self
    }

    pub(super) fn values(&self) -> Vec<Value> {
        let (begun, id) = self.after.clone().unwrap_or((UNIX_EPOCH, String::new()));
        vec![
            Value::Text(self.provider.clone()),
            millis(self.since),
            Value::Bool(self.unsettled),
            millis(begun),
            Value::text(id),
            Value::Int(self.limit),
        ]
    }
}

fn millis(time: SystemTime) -> Value {
    Value::millis(time.duration_since(UNIX_EPOCH).unwrap_or_default())
}

/// Milliseconds since 1970.
pub(super) fn time(ms: i64) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(u64::try_from(ms).unwrap_or_default())
}

impl Entry {
    pub(super) fn read(mut row: Cells) -> Option<Self> {
        Some(Self {
            id: row.text()?,
            provider: row.text()?,
            operation: row.text()?,
            reference: row.text(),
            amount: row.text().and_then(|text| text.parse().ok()),
            currency: row.text(),
            state: State::parse(&row.text()?)?,
            transaction_id: row.text(),
            note: row.text(),
            begun: time(row.int()),
            changed: time(row.int()),
            tries: u32::try_from(row.int()).unwrap_or(u32::MAX),
        })
    }

    fn line(&self) -> Line<'_> {
        let ms = |time: SystemTime| {
            u64::try_from(time.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis()).unwrap_or(u64::MAX)
        };
        Line {
            id: &self.id,
            provider: &self.provider,
            operation: &self.operation,
            reference: self.reference.as_deref(),
            amount: self.amount.map(|amount| amount.to_string()),
            currency: self.currency.as_deref(),
            state: self.state.as_str(),
            transaction_id: self.transaction_id.as_deref(),
            note: self.note.as_deref(),
            begun_ms: ms(self.begun),
            changed_ms: ms(self.changed),
            tries: self.tries,
        }
    }
}

#[derive(Serialize)]
struct Line<'a> {
    id: &'a str,
    provider: &'a str,
    operation: &'a str,
    reference: Option<&'a str>,
    amount: Option<String>,
    currency: Option<&'a str>,
    state: &'a str,
    transaction_id: Option<&'a str>,
    note: Option<&'a str>,
    begun_ms: u64,
    changed_ms: u64,
    tries: u32,
}

/// A JSON array of objects, amounts as text so that no reader rounds them, times in milliseconds since 1970.
pub fn to_json(entries: &[Entry]) -> String {
    let lines: Vec<_> = entries.iter().map(Entry::line).collect();
    // Texts and numbers alone: this cannot fail.
    serde_json::to_string(&lines).unwrap_or_default()
}

/// CSV by RFC 4180 with a line of names, times in milliseconds since 1970.
///
/// A text that a spreadsheet would run as a formula gets a `'` in front.
pub fn to_csv(entries: &[Entry]) -> String {
    let mut csv = String::from(
        "id,provider,operation,reference,amount,currency,state,transaction_id,note,begun_ms,changed_ms,tries\r\n",
    );
    for line in entries.iter().map(Entry::line) {
        let texts = [
            line.id,
            line.provider,
            line.operation,
            line.reference.unwrap_or_default(),
            line.amount.as_deref().unwrap_or_default(),
            line.currency.unwrap_or_default(),
            line.state,
            line.transaction_id.unwrap_or_default(),
            line.note.unwrap_or_default(),
        ];
        for text in texts {
            field(&mut csv, text);
            csv.push(',');
        }
        csv.push_str(&format!("{},{},{}\r\n", line.begun_ms, line.changed_ms, line.tries));
    }
    csv
}

fn field(csv: &mut String, text: &str) {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    if !formula && !text.contains([',', '"', '\n', '\r']) {
        return csv.push_str(text);
    }
    csv.push('"');
    if formula {
        csv.push('\'');
    }
    csv.push_str(&text.replace('"', "\"\""));
    csv.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_references_stay_one_field() {
        let entry = |reference: &str| Entry {
            id: "1".into(),
            provider: "pagamio".into(),
            operation: "purchase".into(),
            reference: Some(reference.into()),
            amount: Some("12.50".parse().unwrap()),
            currency: Some("GBP".into()),
            state: State::Unanswered,
            transaction_id: None,
            note: Some("no question".into()),
            begun: UNIX_EPOCH + Duration::from_millis(5),
            changed: UNIX_EPOCH + Duration::from_millis(7),
            tries: 2,
        };
        let csv = to_csv(&[entry("a,\"b\"\r\nc"), entry("=1+1"), entry("\n@SUM(1)"), entry("plain")]);
        let expected = "id,provider,operation,reference,amount,currency,state,transaction_id,note,begun_ms,changed_ms,tries\r\n\
            1,pagamio,purchase,\"a,\"\"b\"\"\r\nc\",12.50,GBP,unanswered,,no question,5,7,2\r\n\
            1,pagamio,purchase,\"'=1+1\",12.50,GBP,unanswered,,no question,5,7,2\r\n\
            1,pagamio,purchase,\"'\n@SUM(1)\",12.50,GBP,unanswered,,no question,5,7,2\r\n\
            1,pagamio,purchase,plain,12.50,GBP,unanswered,,no question,5,7,2\r\n";
        assert_eq!(csv, expected);
        let json = to_json(&[entry("a\"b")]);
        assert!(json.starts_with(r#"[{"id":"1","provider":"pagamio","operation":"purchase","reference":"a\"b","amount":"12.50","currency":"GBP","state":"unanswered","transaction_id":null,"#));
    }
}

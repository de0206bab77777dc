//! One schema and one set of statements for both databases; what differs is the clock and how workers share work.

use std::sync::LazyLock;

/// What brings a database from each version of the schema to the next; the newest version is their number. Both databases understand
/// the words. What was published is never changed: databases in use have it.
pub(crate) const MIGRATIONS: [&str; 2] = [
    "
CREATE TABLE pay_intent (
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  provider TEXT NOT NULL,
  operation TEXT NOT NULL,
  reference TEXT,
  keyed BOOLEAN NOT NULL,
  request BYTEA,
  state TEXT NOT NULL,
  transaction_id TEXT,
  reply BYTEA,
  note TEXT,
  begun_ms BIGINT NOT NULL,
  changed_ms BIGINT NOT NULL,
  busy_until_ms BIGINT NOT NULL,
  claim TEXT,
  tries BIGINT NOT NULL
);
CREATE INDEX pay_intent_unsettled ON pay_intent (account, busy_until_ms)
  WHERE state IN ('open', 'pending', 'unknown');
CREATE INDEX pay_intent_reference ON pay_intent (reference);
CREATE TABLE pay_event (
  event TEXT PRIMARY KEY,
  nonce BIGINT NOT NULL,
  held_until_ms BIGINT NOT NULL,
  done BOOLEAN NOT NULL,
  changed_ms BIGINT NOT NULL
);
",
    "
ALTER TABLE pay_intent ADD COLUMN amount TEXT;
ALTER TABLE pay_intent ADD COLUMN currency TEXT;
",
];

#[cfg(feature = "sqlite")]
pub(crate) static SQLITE: LazyLock<Sql> =
    LazyLock::new(|| Sql::new("CAST(unixepoch('subsec') * 1000 AS INTEGER)", "", "?"));

/// The server's clock: the machines' own may differ.
#[cfg(feature = "postgres")]
pub(crate) const POSTGRES_NOW: &str = "(extract(epoch from clock_timestamp()) * 1000)::bigint";

#[cfg(feature = "postgres")]
pub(crate) static POSTGRES: LazyLock<Sql> = LazyLock::new(|| Sql::new(POSTGRES_NOW, "FOR UPDATE SKIP LOCKED", "$"));

pub(crate) struct Sql {
    pub(crate) begin: String,
    pub(crate) end: String,
    pub(crate) resolve: String,
    pub(crate) take: String,
    pub(crate) finish: String,
    pub(crate) list: String,
    pub(crate) reply: String,
    pub(crate) forget: String,
}

const CLOSE: &str = "UPDATE pay_intent SET state = $2, transaction_id = coalesce($3, transaction_id),
   reply = coalesce($4, reply), note = $5, changed_ms = {now}, busy_until_ms = {now}, claim = NULL
 WHERE id = $1 AND state IN ('open', 'pending', 'unknown', 'unanswered')";

impl Sql {
    /// `mark` stands before a parameter's number.
    fn new(now: &str, share: &str, mark: &str) -> Self {
        let with = |sql: &str| sql.replace("{now}", now).replace("{share}", share).replace('$', mark);
        Self {
            begin: with(
                "INSERT INTO pay_intent (id, account, provider, operation, reference, keyed, request, state,
                   busy_until_ms, begun_ms, changed_ms, tries, amount, currency)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, 'open', {now} + $8, {now}, {now}, 0, $9, $10) RETURNING id",
            ),
            // A call's own end is worth more than what a recovery has not finished, so it takes the claim away.
            // But not where the call did nothing, and a recovery may have sent the same request: that one may have done it.
            end: with(&format!("{CLOSE} AND NOT (keyed AND tries > 0 AND $2 IN ('not_done', 'refused')) RETURNING id")),
            resolve: with(&format!("{CLOSE} RETURNING id")),
            take: with(
                "UPDATE pay_intent SET claim = $1, busy_until_ms = {now} + $2, tries = tries + 1
                 WHERE id = (
                   SELECT id FROM pay_intent
                   WHERE account = $3 AND state IN ('open', 'pending', 'unknown')
                     AND (busy_until_ms <= {now} OR ($4 AND claim IS NULL AND tries = 0))
                   ORDER BY busy_until_ms LIMIT 1 {share})
                 RETURNING id, operation, reference, transaction_id, request, state, begun_ms, {now} - begun_ms, amount,
                   EXISTS (SELECT 1 FROM pay_intent AS other
                     WHERE other.reference = pay_intent.reference AND other.account = pay_intent.account
                       AND other.operation = pay_intent.operation AND other.id <> pay_intent.id
                       AND other.state <> 'not_done')",
            ),
            finish: with(
                "UPDATE pay_intent SET state = $2, transaction_id = coalesce($3, transaction_id),
                   reply = coalesce($4, reply), note = $5, changed_ms = {now}, busy_until_ms = {now} + $6, claim = NULL
                 WHERE id = $1 AND claim = $7 RETURNING id",
            ),
            list: with(
                "SELECT id, provider, operation, reference, amount, currency, state, transaction_id, note, begun_ms,
                   changed_ms, tries
                 FROM pay_intent
                 WHERE (provider = $1 OR $1 IS NULL) AND begun_ms >= $2
                   AND (NOT $3 OR state IN ('open', 'pending', 'unknown', 'unanswered'))
                   AND (begun_ms, id) > ($4, $5)
                 ORDER BY begun_ms, id LIMIT $6",
            ),
            reply: with("SELECT reply FROM pay_intent WHERE id = $1"),
            forget: with(
                "DELETE FROM pay_intent
                 WHERE state IN ('completed', 'not_done', 'refused') AND changed_ms < {now} - $1 RETURNING id",
            ),
        }
    }
}

//! Real stores for clients under test, and all that stands in them.
#![allow(unreachable_pub)]

use crate::postgres::Postgres;
use crate::redis::Redis;
use async_trait::async_trait;
use pay_core::auth::SealAtRest;
use pay_core::journal::{Ended, Intent, Journal, JournalError};
use pay_proof::leaks::{Dump, Sink, Stores};
use pay_proof::{Broken, Kept, Run};
use pay_store::{IntentJournal, Listing, RedisTokens, to_csv, to_json};
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

/// As it is named where a server is not installed.
pub const PART: &str = "leaks into stores";

/// Tokens on Redis, and one journal on SQLite and on PostgreSQL.
pub struct Shelves<'a> {
    redis: Redis,
    server: &'a Postgres,
    database: String,
    folder: TempDir,
    sqlite: IntentJournal,
    postgres: IntentJournal,
    kept: Kept,
}

impl<'a> Shelves<'a> {
    /// New ones under this pair, whose clients write to what `between` makes of the journal. `None`, and told, without a `redis-server`.
    pub async fn open(
        server: &'a Postgres,
        pair: Arc<dyn SealAtRest>,
        between: impl FnOnce(Arc<dyn Journal>) -> Arc<dyn Journal>,
    ) -> Option<Self> {
        // Its log holds all that was ever written, so each run has a server of its own.
        let redis = Redis::start(PART)?;
        let folder = tempfile::tempdir().unwrap();
        let url = server.database();
        let sqlite = IntentJournal::sqlite(folder.path().join("intents.db"), Arc::clone(&pair)).unwrap();
        let postgres = IntentJournal::postgres(&url, Arc::clone(&pair)).await.unwrap();
        let tokens = RedisTokens::new(&redis.url(), pair).unwrap();
        let both = Both(sqlite.clone(), postgres.clone());
        let kept = Kept { tokens: Some(Arc::new(tokens)), journal: Some(between(Arc::new(both))) };
        let database = url.rsplit('/').next().unwrap().to_owned();
        Some(Self { redis, server, database, folder, sqlite, postgres, kept })
    }

    /// How many intents were written.
    pub async fn intents(&self) -> usize {
        self.sqlite.list(&Listing::new()).await.unwrap().len()
    }

    fn tables(&self) -> Result<Vec<u8>, String> {
        let sql = |sql: &str| self.server.sql(&self.database, sql);
        let names = sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")?;
        let mut all = String::new();
        for name in names.lines() {
            // As text where bytes are text: in hexadecimal digits any number would stand somewhere.
            all += &sql(&format!("SET bytea_output = 'escape'; SELECT * FROM {name}"))?;
            all.push('\n');
        }
        Ok(all.into_bytes())
    }
}

impl Stores for Shelves<'_> {
    fn kept(&self) -> Kept {
        self.kept.clone()
    }

    fn dump(&self) -> Run<'_, Result<Dump, Broken>> {
        Box::pin(async move {
            let mut all = Vec::new();
            // Its log holds what was overwritten and deleted too.
            files(self.redis.folder.path(), &mut |content| all.push((Sink::Redis, content)))?;
            for key in self.redis.cli(&["--scan"]).lines() {
                let value = self.redis.cli(&["--raw", "HGETALL", key]);
                all.push((Sink::Redis, format!("{key}\n{value}").into_bytes()));
            }
            files(self.folder.path(), &mut |content| all.push((Sink::Sqlite, content)))?;
            all.push((Sink::Postgres, self.tables()?));
            for journal in [&self.sqlite, &self.postgres] {
                let entries = journal.list(&Listing::new()).await.map_err(|error| error.to_string())?;
                all.push((Sink::Csv, to_csv(&entries).into_bytes()));
                all.push((Sink::Json, to_json(&entries).into_bytes()));
            }
            Ok(all)
        })
    }
}

fn files(folder: &Path, found: &mut dyn FnMut(Vec<u8>)) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files(&path, found)?;
        } else {
            found(std::fs::read(&path)?);
        }
    }
    Ok(())
}

/// One journal in two databases: a call's intent stands in both before its first byte leaves.
struct Both(IntentJournal, IntentJournal);

#[async_trait]
impl Journal for Both {
    async fn begin(&self, intent: &Intent) -> Result<(), JournalError> {
        self.0.begin(intent).await?;
        self.1.begin(intent).await
    }

    async fn end(&self, id: &str, ended: &Ended) -> Result<(), JournalError> {
        self.0.end(id, ended).await?;
        self.1.end(id, ended).await
    }
}

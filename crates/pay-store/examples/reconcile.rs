//! What a journal holds that nobody has settled, as CSV or JSON: `JOURNAL=intents.db FORMAT=json cargo run --example reconcile --features sqlite`.
//!
//! Hand it to whoever compares your books with the provider's, or to the `reconcile` examples of the provider crates, by the references in it.

use pay_core::auth::{SealAtRest, StoreError};
use pay_store::{IntentJournal, Listing, to_csv, to_json};
use std::error::Error;
use std::sync::Arc;

/// A list needs no key: requests and answers stay sealed.
struct NoKey;

impl SealAtRest for NoKey {
    fn seal(&self, _: &[u8]) -> Result<Vec<u8>, StoreError> {
        Err(StoreError("there is no key here".to_owned()))
    }

    fn open(&self, _: &[u8]) -> Result<Vec<u8>, StoreError> {
        Err(StoreError("there is no key here".to_owned()))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::var("JOURNAL").map_err(|_| "set JOURNAL to the file")?;
    let as_json = std::env::var("FORMAT").is_ok_and(|format| format == "json");
    print!("{}", listed(&path, as_json).await?);
    Ok(())
}

/// What is not settled.
pub(crate) async fn listed(path: &str, as_json: bool) -> Result<String, Box<dyn Error>> {
    if !std::path::Path::new(path).exists() {
        return Err(format!("JOURNAL: {path} does not exist").into());
    }
    let journal = IntentJournal::sqlite(path, Arc::new(NoKey))?;
    let mut entries = Vec::new();
    loop {
        let mut page = Listing::new().unsettled();
        if let Some(last) = entries.last() {
            page = page.after(last);
        }
        let more = journal.list(&page).await?;
        if more.is_empty() {
            break;
        }
        entries.extend(more);
    }
    Ok(if as_json { to_json(&entries) + "\n" } else { to_csv(&entries) })
}

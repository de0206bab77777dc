//! Buys airtime with a journal on SQLite: `first-pay-store FILE`. Exit status 0 only if the journal holds the purchase, settled.

use pagamio::auth::{SealAtRest, StoreError};
use pagamio::{Account, Client, Purchase, Purchased};
use pay_store::{IntentJournal, Listing};
use std::error::Error;
use std::sync::Arc;

/// Worthless outside of a sandbox: a real pair is an AEAD cipher.
struct Flip;

impl SealAtRest for Flip {
    fn seal(&self, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        Ok(plain.iter().map(|byte| byte ^ 0x55).collect())
    }

    fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        self.seal(sealed)
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let file = std::env::args().nth(1).ok_or("usage: first-pay-store FILE")?;
    let set = |name: &str| std::env::var(format!("PAGAMIO_{name}")).map_err(|_| format!("PAGAMIO_{name} is not set"));
    let journal = IntentJournal::sqlite(&file, Arc::new(Flip))?;
    let client = Client::builder()
        .local(set("BASE_URL")?)
        .credentials(set("USERNAME")?, set("PASSWORD")?)
        .account(Account::Merchant(set("MERCHANT_ID")?))
        .channel(set("CHANNEL_ID")?)
        .journal(Arc::new(IntentJournal::sqlite(&file, Arc::new(Flip))?))
        .build()?;
    let reference = format!("example-{}", std::process::id());
    println!("reference {reference}");
    let sale = Purchase::airtime("AIR-VOD-001", "10.00".parse()?, "+27821234567").reference(&reference);
    let Purchased::Completed(_) = client.purchase(sale).send().await? else { return Err("not completed".into()) };
    let (all, open) = (journal.list(&Listing::new()).await?, journal.list(&Listing::new().unsettled()).await?);
    println!("journal: {} settled, {} unsettled", all.len() - open.len(), open.len());
    if (all.len(), open.len()) == (1, 0) { Ok(()) } else { Err("the journal does not say so".into()) }
}

//! Finds out what became of a purchase: `settle REFERENCE [TRANSACTION_ID]`.
//!
//! Settings come from the environment, as the crate's README lists them; `PAGAMIO_USER_TYPE_ID` is needed here.
//! Exit status: 0 completed, 1 failed, 2 nothing was asked, 3 nobody knows yet.

use pagamio::{Client, Reason, Settled, Sought};
use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

#[tokio::main]
async fn main() -> ExitCode {
    settle().await.unwrap_or_else(|error| {
        eprintln!("{error}");
        ExitCode::from(2)
    })
}

async fn settle() -> Result<ExitCode, Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let reference = arguments.next().ok_or("usage: settle REFERENCE [TRANSACTION_ID]")?;
    let client = Client::from_env()?;
    let mut sought = Sought::reference(&reference);
    // An id, where an answer named one, finds records that carry no reference.
    if let Some(id) = arguments.next() {
        sought = sought.transaction_id(id);
    }

    // A person waits here: a shop's own job would ask for longer. The pauses between are the provider's documented ones.
    let settled = client.settle(sought).within(Duration::from_secs(60)).await;
    Ok(match settled {
        Settled::Completed(settlement) => {
            println!("{reference}: completed");
            if let Some(total) = settlement.record.and_then(|record| record.total_amount) {
                println!("total R{total}");
            }
            ExitCode::SUCCESS
        }
        Settled::Failed(_) => {
            println!("{reference}: failed, nothing was sold; another try takes a new reference");
            ExitCode::FAILURE
        }
        Settled::StillUnknown(unknown) => {
            let why = match unknown.reason {
                Reason::StillOpen => "still on its way: ask again later",
                Reason::NotFound => "no record of it yet, which does not mean that it failed: ask again later",
                Reason::NoQuestion => {
                    "records carry no reference: give the transaction id, or send the same purchase again with the same reference"
                }
                Reason::CannotAsk => "the history could not be asked",
                _ => "nobody knows yet",
            };
            println!("{reference}: unknown: {why}");
            if let Some(error) = unknown.error {
                println!("{error}");
            }
            ExitCode::from(3)
        }
    })
}

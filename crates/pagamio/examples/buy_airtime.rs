//! Buys airtime: `buy_airtime [PRODUCT_CODE [AMOUNT [MOBILE_NUMBER]]]`.
//!
//! Who buys, and where, is in the environment: `PAGAMIO_ENVIRONMENT` and the other variables of the crate's README.
//! Exit status: 0 bought, 1 not bought, 2 nothing was tried, 3 nobody knows yet.

use pagamio::{Client, Outcome, Purchase, Purchased, Receipt, Settled};
use std::error::Error;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

#[tokio::main]
async fn main() -> ExitCode {
    buy().await.unwrap_or_else(|error| {
        eprintln!("{error}");
        ExitCode::from(2)
    })
}

async fn buy() -> Result<ExitCode, Box<dyn Error>> {
    let client = Client::from_env()?;
    let given: Vec<String> = std::env::args().skip(1).collect();
    if std::env::var("PAGAMIO_ENVIRONMENT").as_deref() == Ok("production") && given.len() < 3 {
        return Err("in production, name product code, amount and mobile number: the defaults are test data".into());
    }
    let argument = |at: usize, default: &str| given.get(at).map_or(default, String::as_str).to_owned();
    // The provider's documented test data.
    let (product, amount, number) = (argument(0, "AIR-VOD-001"), argument(1, "10.00"), argument(2, "+27821234567"));

    // The reference comes first, and a shop stores it with its order: whatever happens from here on can be found out by it.
    let reference =
        format!("example-{}-{}", SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis(), std::process::id());
    println!("reference {reference}");

    let mut call = client.purchase(Purchase::airtime(product, amount.parse()?, number).reference(&reference));
    // The exact bytes: after a crash, or where no question can be asked, the same ones can be sent again.
    let prepared = call.prepare().await?;
    let settled = match call.send().await {
        Ok(Purchased::Completed(receipt)) => return Ok(bought(Some(&receipt))),
        Ok(Purchased::Pending(pending)) => {
            // Accepted, and not finished. Buying again would buy twice, so we ask.
            println!("pending: asking until it is settled...");
            client.settle(&pending).await
        }
        Err(error) => match error.outcome() {
            Outcome::NotDone => {
                println!("not done, so it is safe to start again: {error}");
                return Ok(ExitCode::FAILURE);
            }
            Outcome::Refused => {
                println!("refused, and the same again will be refused too: {error}");
                return Ok(ExitCode::FAILURE);
            }
            Outcome::Unknown => {
                println!("it may have happened, so we find out: {error}");
                client.settle(&error).or_resend(prepared).await
            }
        },
    };
    Ok(match settled {
        Settled::Completed(settlement) => bought(settlement.receipt.as_ref()),
        Settled::Failed(_) => {
            println!("failed: nothing was sold, another try takes a new reference");
            ExitCode::FAILURE
        }
        Settled::StillUnknown(unknown) => {
            // Never "failed": the reference is kept, and asked for again later.
            println!("still unknown ({:?}); ask again: settle {reference}", unknown.reason);
            ExitCode::from(3)
        }
    })
}

fn bought(receipt: Option<&Receipt>) -> ExitCode {
    let id = receipt.and_then(Receipt::transaction_id).unwrap_or("not told");
    println!("bought: transaction {id}");
    // PINs are worth money: they go to the customer, and never into a log. How many there are is no secret.
    match receipt.map_or(0, |receipt| receipt.pins().len()) {
        0 => {}
        pins => println!("{pins} PIN in the receipt: deliver it to the customer"),
    }
    ExitCode::SUCCESS
}

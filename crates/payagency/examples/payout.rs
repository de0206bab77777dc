//! Estimates a payout to a test card, and pays it out: `payout WALLET_ID [AMOUNT [CURRENCY]]`; without a wallet it lists them.
//!
//! Which account, and where, is in the environment: `PAYAGENCY_ENVIRONMENT` and the other variables of the crate's README.
//! Only with a test key: the card is a test number.
//! Exit status: 0 paid out, 1 not paid out, 2 nothing was tried, 3 nobody knows yet.

use payagency::{
    Client, Environment, Error, Estimate, Expiry, Money, Order, Outcome, Pan, Payer, Payment, Payout, PayoutCard,
    Settled,
};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

#[tokio::main]
async fn main() -> ExitCode {
    run().await.unwrap_or_else(|error| {
        eprintln!("{error}");
        ExitCode::from(2)
    })
}

async fn run() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let client = Client::from_env()?;
    if client.environment() == Environment::Production {
        return Err("the card is a test card: use a test key".into());
    }
    let given: Vec<String> = std::env::args().skip(1).collect();
    let Some(wallet) = given.first() else {
        for wallet in client.wallets().send().await? {
            let amount = wallet.amount.map_or_else(String::new, |amount| amount.to_string());
            let status = wallet.status.map_or_else(String::new, |status| status.to_string());
            println!("{} {amount} {} {status}", wallet.wallet_id, wallet.currency.unwrap_or_default());
        }
        return Ok(ExitCode::from(2));
    };
    let argument = |at: usize, default: &str| given.get(at).map_or(default, String::as_str).to_owned();
    let money = Money { amount: argument(1, "10").parse()?, currency: argument(2, "USD") };

    // A read: it can be asked again, and nothing moves by it. What it says is a hint.
    match client.estimate_payout(Estimate::new(wallet, money.amount, pan()?)).send().await {
        Ok(estimate) => {
            let told =
                |amount: Option<payagency::Amount>| amount.map_or("not told".to_owned(), |amount| amount.to_string());
            println!("takes {}, fees {}", told(estimate.amount_required), told(estimate.total_fee));
        }
        Err(error) => println!("no estimate: {error}"),
    }

    let id = format!("example-{}-{}", SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis(), std::process::id());
    let card = PayoutCard::new(pan()?, Expiry::new(10, 2030)?);
    let payout = Payout::new(wallet, Order::new(&id, money), payee()?, card);
    println!("to keep: {}", serde_json::to_string(&payout.intent())?);
    let settled = match client.payout(payout).send().await {
        Ok(Payment::Refused(record)) => {
            println!("{}: nothing was paid out", record.status);
            return Ok(ExitCode::FAILURE);
        }
        // The answer is a hint, "done" too: its status decides.
        Ok(payment) => client.settle_payout(&payment).await,
        Err(error) if error.outcome() == Outcome::Unknown => {
            println!("it may have happened, so we find out: {error}");
            client.settle_payout(&error).await
        }
        Err(error) => {
            println!("{}: {error}", error.outcome());
            return Ok(ExitCode::FAILURE);
        }
    };
    Ok(match settled {
        Settled::Completed(record) => {
            println!("paid out: transaction {}", record.transaction_id().unwrap_or("not told"));
            ExitCode::SUCCESS
        }
        Settled::Failed(record) => {
            println!("{}: nothing was paid out", record.status);
            ExitCode::FAILURE
        }
        Settled::StillUnknown(unknown) => {
            println!("still unknown ({:?}): ask for {id} again later", unknown.reason);
            ExitCode::from(3)
        }
    })
}

/// A test number, whose check digit need not be right.
fn pan() -> Result<Pan, Error> {
    Pan::unchecked("4222 2222 2222 2222")
}

fn payee() -> Result<Payer, Error> {
    Payer::builder()
        .first_name("Ada")
        .last_name("Byron")
        .email("ada@example.com")
        .phone_number("7000000001")
        .address("1 Analytical Row")
        .city("Newport")
        .state("RI")
        .zip("02840")
        .country("US")
        .ip_address("203.0.113.7")
        .build()
}

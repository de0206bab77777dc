//! Creates a payment, shows where the customer pays, and waits: `create_and_redirect [AMOUNT CURRENCY COUNTRY] [--show-link]`.
//!
//! Who is paid, and where, is in the environment: `PAY1ST_ENVIRONMENT` and the other variables of the crate's README.
//! `PAY1ST_WAIT` is how many seconds to wait for the customer (60 unless given).
//! Exit status: 0 paid, 1 not paid, 2 nothing was tried, 3 nobody knows yet.

use pay1st::{Client, Customer, Item, Money, NewPayment, Outcome, Settled};
use std::error::Error;
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

#[tokio::main]
async fn main() -> ExitCode {
    create().await.unwrap_or_else(|error| {
        eprintln!("{error}");
        ExitCode::from(2)
    })
}

async fn create() -> Result<ExitCode, Box<dyn Error>> {
    let client = Client::from_env()?;
    let wait = Duration::from_secs(std::env::var("PAY1ST_WAIT").map_or(Ok(60), |text| text.parse())?);
    let (flags, given): (Vec<_>, Vec<_>) = std::env::args().skip(1).partition(|text| text.starts_with("--"));
    if let Some(flag) = flags.iter().find(|flag| *flag != "--show-link") {
        return Err(format!("{flag}: the one flag is --show-link").into());
    }
    let (amount, currency, country) = match given.as_slice() {
        [] if std::env::var("PAY1ST_ENVIRONMENT").as_deref() == Ok("production") => {
            return Err("in production, name amount, currency and country: the defaults are for tests".into());
        }
        [] => ("100.00", "NGN", "NG"),
        [amount, currency, country] => (amount.as_str(), currency.as_str(), country.as_str()),
        _ => return Err("usage: create_and_redirect [AMOUNT CURRENCY COUNTRY] [--show-link]".into()),
    };
    let price = Money { amount: amount.parse()?, currency: currency.to_owned() };

    // The reference comes first, and a shop stores it with its order. It is unique for ever.
    let reference =
        format!("example-{}-{}", SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis(), std::process::id());
    println!("reference {reference}");
    let item = Item { title: "Credits".into(), sku: "credits".into(), price: price.clone(), quantity: 1 };
    let customer = Customer { id: "example".into(), country: country.to_owned() };
    // A redirect proves nothing, so the shop's own order id is all that it needs to carry.
    let payment = NewPayment::new(&reference, price, customer, item)
        .success_url(format!("https://shop.example/orders/{reference}"))
        .failure_url(format!("https://shop.example/orders/{reference}"));

    let created = match client.create_payment(payment).send().await {
        Ok(created) => created,
        Err(error) => {
            match error.outcome() {
                Outcome::NotDone => println!("not done, so it is safe to start again: {error}"),
                Outcome::Refused => println!("refused, and the same again will be refused too: {error}"),
                Outcome::Unknown => {
                    // There is no question by our reference. Nobody has a link to it, so nobody can pay it.
                    println!("it may have been created, so the next try takes a new reference: {error}");
                    return Ok(ExitCode::from(3));
                }
            }
            return Ok(ExitCode::FAILURE);
        }
    };
    // Stored with the order too: every later question needs it.
    println!("created {}", created.reference());
    if flags.is_empty() {
        println!("the link to pay at holds a token: --show-link shows it");
    } else {
        // A shop redirects the browser there (302) and writes it nowhere.
        println!("pay at {}", created.checkout_link().expose_url());
    }

    println!("waiting {} s for the customer...", wait.as_secs());
    Ok(match client.settle(&created).within(wait).await {
        Settled::Completed(payment) => {
            println!("paid: {} {}", payment.amount, payment.currency_code);
            ExitCode::SUCCESS
        }
        Settled::Failed(payment) => {
            println!("not paid: {}", payment.status);
            ExitCode::FAILURE
        }
        Settled::Reversed(payment) => {
            println!("paid and taken back: {}", payment.status);
            ExitCode::FAILURE
        }
        Settled::StillUnknown(unknown) => {
            println!("still open ({:?}); its webhook will tell, or ask again later", unknown.reason);
            ExitCode::from(3)
        }
    })
}

//! Pays with a test card, through 3-D Secure where it is asked for: `card_3ds [AMOUNT [CURRENCY]]`.
//!
//! Which account, and where, is in the environment: `PAYAGENCY_ENVIRONMENT` and the other variables of the crate's README.
//! `WEBHOOK_URL`, where it is set, is told what became of it: see `webhook_server`.
//! Only with a test key: the card is a test number that everybody knows, or the one in `TEST_CARD`; which number does what is no
//! document's to say, and the sandbox's pages list its own.
//! Exit status: 0 paid, 1 not paid, 2 nothing was tried, 3 nobody knows yet.

use payagency::{
    Card, CardPayment, Client, Cvv, Environment, Error, Expiry, Money, Order, Outcome, Pan, Payer, Payment, Record,
    Settled, StillUnknown,
};
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

#[tokio::main]
async fn main() -> ExitCode {
    pay().await.unwrap_or_else(|error| {
        eprintln!("{error}");
        ExitCode::from(2)
    })
}

async fn pay() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let client = Client::from_env()?;
    if client.environment() == Environment::Production {
        return Err("the card is a test card: use a test key".into());
    }
    let given: Vec<String> = std::env::args().skip(1).collect();
    let argument = |at: usize, default: &str| given.get(at).map_or(default, String::as_str).to_owned();
    let money = Money { amount: argument(0, "10").parse()?, currency: argument(1, "GBP") };

    // The order id comes first, and a shop stores it: whatever happens from here on can be found out by it.
    let id = format!("example-{}-{}", SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis(), std::process::id());
    let mut order = Order::new(&id, money);
    if let Ok(url) = std::env::var("WEBHOOK_URL") {
        order = order.webhook_url(url);
    }
    let payment = CardPayment::new(order, payer()?, card()?, "https://merchant.example/return");
    println!("to keep: {}", serde_json::to_string(&payment.intent())?);

    let settled = match client.card(payment).send().await {
        Ok(Payment::Completed(record)) => return Ok(paid(&record)),
        Ok(Payment::Refused(record)) => return Ok(not_paid(&record)),
        Ok(Payment::Redirect(page)) => {
            // The address is for the payer's browser alone, so it goes there and into no log.
            println!("3-D Secure: open {}", page.url());
            println!("asking what became of it...");
            client.settle(page.record()).within(Duration::from_secs(600)).await
        }
        Ok(Payment::Pending(record)) => {
            println!("{}: asking what becomes of it...", record.status);
            client.settle(&record).await
        }
        Err(error) => match error.outcome() {
            Outcome::NotDone | Outcome::Refused => {
                println!("{}: {error}", error.outcome());
                return Ok(ExitCode::FAILURE);
            }
            Outcome::Unknown => {
                println!("it may have happened, so we find out: {error}");
                client.settle(&error).await
            }
        },
    };
    Ok(match settled {
        Settled::Completed(record) => paid(&record),
        Settled::Failed(record) => not_paid(&record),
        Settled::StillUnknown(StillUnknown { reason, .. }) => {
            // Never "failed": the order id is kept, and asked for again later.
            println!("still unknown ({reason:?}): ask for {id} again later");
            ExitCode::from(3)
        }
    })
}

fn paid(record: &Record) -> ExitCode {
    println!("paid: transaction {}", record.transaction_id().unwrap_or("not told"));
    ExitCode::SUCCESS
}

fn not_paid(record: &Record) -> ExitCode {
    println!("{}: no money moved; another try takes a new order id", record.status);
    ExitCode::FAILURE
}

fn card() -> Result<Card, Error> {
    let number = std::env::var("TEST_CARD").unwrap_or_else(|_| "4111 1111 1111 1111".to_owned());
    Ok(Card::new(Pan::new(&number)?, Expiry::new(12, 2030)?, Cvv::new("029")?))
}

fn payer() -> Result<Payer, Error> {
    Payer::builder()
        .first_name("Ada")
        .last_name("Byron")
        .email("ada@example.com")
        .phone_number("7000000001")
        .address("1 Analytical Row")
        .city("London")
        .state("LND")
        .zip("SW1A 1AA")
        .country("GB")
        .ip_address("203.0.113.7")
        .build()
}

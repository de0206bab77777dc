//! Sends a user through the consent page, charges the wallet once, and says what happened: `charge_user [AMOUNT]`.
//!
//! It prints the address of the consent page. Open it, consent, and paste the address at which the browser ends (it need not show a
//! page). Who asks, and where, is in the environment: `PAGA_CONNECT_ENVIRONMENT` and the other variables of the crate's README; the redirect
//! address is needed. A shop does the same in two requests of a web server: see the example `merchant_site`.
//! Exit status: 0 charged, 1 not charged, 2 nothing was tried, 3 nobody knows.

use paga_connect::{
    Client, DetailsShape, Kind, MerchantPayment, Outcome, PaymentReferences, Scope, UserData, UserSession,
};
use std::error::Error;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

#[tokio::main]
async fn main() -> ExitCode {
    charge().await.unwrap_or_else(|error| {
        eprintln!("{error}");
        ExitCode::from(2)
    })
}

async fn charge() -> Result<ExitCode, Box<dyn Error>> {
    let client = Client::from_env()?;
    let given: Vec<_> = std::env::args().skip(1).collect();
    let amount = match given.as_slice() {
        [] if std::env::var("PAGA_CONNECT_ENVIRONMENT").as_deref() == Ok("production") => {
            return Err("with real money, name the amount: the default is for tests".into());
        }
        [] => "100.00",
        [amount] => amount.as_str(),
        _ => return Err("usage: charge_user [AMOUNT]".into()),
    };
    let amount = amount.parse()?;

    // Asked for once. `pending` belongs into the session of the very user who is sent away.
    let consent = client.consent([Scope::MerchantPayment, Scope::UserDetailsRequest]);
    let (url, mut pending) = consent.user_data([UserData::FirstName]).start()?;
    println!("open {}", url.expose_url());
    println!("then paste the address at which the browser ends:");
    let mut back = String::new();
    std::io::stdin().read_line(&mut back)?;
    let query = back.trim().split_once('?').map_or("", |(_, query)| query.split('#').next().unwrap_or_default());

    // State wrong, missing or used, a no of the user, no code: each is an error of its own, and nothing was sent.
    let code = pending.finish(query)?;
    let tokens = client.exchange(code).await?;
    let user = client.user("example-user");
    // A program that goes on for years gives the builder a store on disk: here the consent ends with the program.
    user.keep(&tokens).await?;
    println!("consented");
    greet(&user).await;

    // The reference comes first, and a shop stores it with its order. It is for this one charge.
    let reference = format!("example-{}", SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis());
    println!("reference {reference}");
    let references = PaymentReferences { reference, customer: "example-user".into() };
    match user.merchant_payment(MerchantPayment::new(references, amount)).send().await {
        Ok(receipt) => {
            let id = receipt.transaction_id.or(receipt.confirmation_code);
            println!("charged NGN {amount}, transaction {}", id.as_ref().map_or("-", |id| id.as_str()));
            Ok(ExitCode::SUCCESS)
        }
        Err(error) if error.kind() == Kind::ConsentRequired => {
            println!("nothing was charged, and the user must consent again: {error}");
            Ok(ExitCode::FAILURE)
        }
        Err(error) => {
            match error.outcome() {
                Outcome::NotDone => println!("not done, so it is safe to start again: {error}"),
                Outcome::Refused => println!("refused: {error}"),
                Outcome::Unknown => {
                    // There is no question by reference: only your books at Paga, or its support, know.
                    println!("it may have been charged; do not start it again: {error}");
                    return Ok(ExitCode::from(3));
                }
            }
            Ok(ExitCode::FAILURE)
        }
    }
}

/// What the user shares is personal: a program says no more of it than that it came.
async fn greet(user: &UserSession) {
    match user.user_details(DetailsShape::Bare).send().await {
        Ok(profile) if profile.details.first_name.is_some() => println!("the first name came"),
        Ok(_) => println!("no first name came"),
        Err(error) => println!("no details: {error}"),
    }
}

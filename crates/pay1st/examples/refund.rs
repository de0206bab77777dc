//! Asks for a refund: `refund TRANSACTION_REFERENCE OWN_REFERENCE [AMOUNT]`; without an amount, of all.
//!
//! Which reference of Pay1st's a refund takes (`...-T`, and where it comes from) no page says: it is sent as given.
//! Settings come from the environment, as the crate's README lists them.
//! Exit status: 0 taken, 1 not taken, 2 nothing was tried, 3 nobody knows.

use pay1st::{Client, NewRefund, Outcome, RefundOf, Refunded};
use std::error::Error;
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    refund().await.unwrap_or_else(|error| {
        eprintln!("{error}");
        ExitCode::from(2)
    })
}

async fn refund() -> Result<ExitCode, Box<dyn Error>> {
    let client = Client::from_env()?;
    let given: Vec<String> = std::env::args().skip(1).collect();
    let [transaction, own, amount @ ..] = given.as_slice() else {
        return Err("usage: refund TRANSACTION_REFERENCE OWN_REFERENCE [AMOUNT]".into());
    };
    let of = RefundOf { transaction_reference: transaction.clone(), partner_refund_reference: own.clone() };
    let refund = match amount {
        [] => NewRefund::full(of),
        [amount] => NewRefund::partial(of, amount.parse()?),
        _ => return Err("usage: refund TRANSACTION_REFERENCE OWN_REFERENCE [AMOUNT]".into()),
    };
    Ok(match client.refund(refund).send().await {
        Ok(Refunded::Completed(refund)) => {
            println!("refunded: {}", refund.refund_reference);
            ExitCode::SUCCESS
        }
        Ok(Refunded::Pending(refund)) => {
            println!("taken, and {}: {}", refund.status, refund.refund_reference);
            ExitCode::SUCCESS
        }
        Err(error) => match error.outcome() {
            Outcome::NotDone => {
                println!("not done, so it is safe to start again: {error}");
                ExitCode::FAILURE
            }
            Outcome::Refused => {
                println!("refused: {error}");
                ExitCode::FAILURE
            }
            Outcome::Unknown => {
                // Nothing can be asked: the money may be on its way back.
                println!("it may have been taken, so nothing is started again: {error}");
                ExitCode::from(3)
            }
        },
    })
}

//! Asks for a deposit by Pix, shows its code, and waits for the payer: `deposit [AMOUNT] [--open-finance] [--simulate]`.
//!
//! With `PAYER_CPF` (and `PAYER_NAME`) in the environment the payer is known; without, anybody may pay the code. `WEBHOOK_URL` is where
//! events go. `--open-finance` asks for a page instead of a code, and needs `PAYER_CPF`, `WEBHOOK_URL` and `REDIRECT_URL`.
//! `--simulate` completes it in a sandbox.
//!
//! Which account, and where, is in the environment: `PAGFAST_ENVIRONMENT` and the other variables of the crate's README.
//! Exit status: 0 paid, 1 not paid, 2 nothing was tried, 3 nobody knows yet.

use pagfast::{Amount, Client, Cpf, NewOpenFinanceDeposit, NewPixDeposit, Notify, Outcome, Payer, Settled, Sought};
use std::env::var;
use std::error::Error;
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

#[tokio::main]
async fn main() -> ExitCode {
    run().await.unwrap_or_else(|error| {
        eprintln!("{error}");
        ExitCode::from(2)
    })
}

async fn run() -> Result<ExitCode, Box<dyn Error>> {
    let (flags, given): (Vec<_>, Vec<_>) = std::env::args().skip(1).partition(|text| text.starts_with("--"));
    let flag = |name: &str| flags.iter().any(|flag| flag == name);
    if given.len() > 1 || flags.iter().any(|flag| flag != "--open-finance" && flag != "--simulate") {
        return Err("usage: deposit [AMOUNT] [--open-finance] [--simulate]".into());
    }
    let amount: Amount = given.first().map_or("50.00", String::as_str).parse()?;
    let client = Client::from_env()?;
    let order_id =
        format!("example-{}-{}", SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis(), std::process::id());
    // Both are what a lost answer is looked up by: keep them before you send.
    let sent_at = SystemTime::now();
    println!("order: {order_id}");
    let asked = if flag("--open-finance") {
        open_finance(&client, &order_id, amount, sent_at).await
    } else {
        pix(&client, &order_id, amount, sent_at).await
    };
    let (sought, id) = match asked? {
        Asked::Waiting(sought, id) => (sought, id),
        Asked::Over(code) => return Ok(code),
    };
    if let (true, Some(id)) = (flag("--simulate"), &id) {
        let simulate = if flag("--open-finance") { client.simulate_open_finance(id) } else { client.simulate_pix(id) };
        let simulated = match payer()? {
            None => simulate.payer("Ana Exemplo", &Cpf::new("12345678909")?).await?,
            Some(_) => simulate.await?,
        };
        println!(
            "{}",
            if simulated.webhook_reached { "simulated" } else { "simulated, and the webhook was out of reach" }
        );
    }
    let wait = var("WAIT_SECONDS")
        .ok()
        .map(|text| text.parse())
        .transpose()?
        .map_or(Duration::from_secs(300), Duration::from_secs);
    Ok(match client.settle(sought).within(wait).await {
        Settled::Completed(record) => {
            println!("paid: transaction {}", record.transaction.id);
            ExitCode::SUCCESS
        }
        Settled::Failed(record) | Settled::Reversed(record) => {
            println!("{}: not paid, or given back", record.transaction.state);
            ExitCode::FAILURE
        }
        Settled::StillUnknown(why) => {
            println!("still unknown ({:?}): ask for {order_id} again later", why.reason);
            ExitCode::from(3)
        }
    })
}

/// Either somebody can pay it now, or there is nothing to wait for.
enum Asked {
    /// With PagFast's id, where it is known.
    Waiting(Sought, Option<String>),
    Over(ExitCode),
}

async fn pix(client: &Client, order_id: &str, amount: Amount, sent_at: SystemTime) -> Result<Asked, Box<dyn Error>> {
    let mut deposit = match payer()? {
        Some(payer) => NewPixDeposit::identified(order_id, amount, payer),
        None => NewPixDeposit::anonymous(order_id, amount),
    };
    if let Ok(url) = var("WEBHOOK_URL") {
        deposit = deposit.notify(Notify::to(url));
    }
    let sought = deposit.sought(sent_at);
    Ok(match client.pix_cash_in(deposit).send().await {
        Ok(charge) => {
            println!(
                "Pix copia e cola: {}",
                charge.qr_code().unwrap_or("not where it is assumed: look into the raw answer")
            );
            Asked::Waiting(Sought::from(&charge), Some(charge.id().to_owned()))
        }
        Err(error) => failed(&error, sought),
    })
}

async fn open_finance(
    client: &Client,
    order_id: &str,
    amount: Amount,
    sent_at: SystemTime,
) -> Result<Asked, Box<dyn Error>> {
    let cpf = Cpf::new(&var("PAYER_CPF").map_err(|_| "PAYER_CPF is not set")?)?;
    let (hook, back) = (
        var("WEBHOOK_URL").map_err(|_| "WEBHOOK_URL is not set")?,
        var("REDIRECT_URL").map_err(|_| "REDIRECT_URL is not set")?,
    );
    let deposit = NewOpenFinanceDeposit::new(order_id, amount, cpf).redirect_url(back).notify(Notify::to(hook));
    let sought = deposit.sought(sent_at);
    Ok(match client.open_finance_cash_in(deposit).send().await {
        Ok(charge) => {
            println!("Open Finance: open {}", charge.checkout_url().unwrap_or("no page in the answer"));
            Asked::Waiting(Sought::from(&charge), Some(charge.id().to_owned()))
        }
        Err(error) => failed(&error, sought),
    })
}

fn failed(error: &pagfast::Error, sought: Sought) -> Asked {
    if error.outcome() == Outcome::Unknown {
        println!("it may have been created, so we find out: {error}");
        return Asked::Waiting(sought, None);
    }
    println!("{}: {error}", error.outcome());
    Asked::Over(ExitCode::FAILURE)
}

fn payer() -> Result<Option<Payer>, Box<dyn Error>> {
    let Ok(cpf) = var("PAYER_CPF") else { return Ok(None) };
    let payer = Payer::new(Cpf::new(&cpf)?);
    Ok(Some(match var("PAYER_NAME") {
        Ok(name) => payer.name(name),
        Err(_) => payer,
    }))
}

//! Withdraws by Pix and never loses track of it: `withdraw_and_reconcile INTENTS.csv AMOUNT`.
//!
//! Before anything is sent, order id, time and amount go to the file, and the file to the disk. A lost answer is then looked up by them,
//! now or by the example `reconcile` after a crash; nothing is ever sent twice.
//!
//! Who is paid is in the environment: `RECIPIENT_NAME`, `RECIPIENT_CPF`, and where the key is not that CPF, `PIX_KEY_TYPE` (`EMAIL`, `PHONE`,
//! `EVP`) and `PIX_KEY`; `WEBHOOK_URL` is where events go. Which account, and where: `PAGFAST_ENVIRONMENT` and the other variables
//! of the crate's README. `SIMULATE=1` completes the withdrawal in a sandbox.
//! Exit status: 0 paid, 1 not paid, 2 nothing was tried, 3 nobody knows yet.

use pagfast::{
    Amount, Client, Cpf, NewPixWithdrawal, Notify, Outcome, PixKey, PixKeyType, Recipient, Settled, Sought, Withdrawal,
};
use std::env::var;
use std::error::Error;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;
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
    let given: Vec<String> = std::env::args().skip(1).collect();
    let [file, amount] = given.as_slice() else {
        return Err("usage: withdraw_and_reconcile INTENTS.csv AMOUNT".into());
    };
    let amount: Amount = amount.parse()?;
    let (client, recipient) = (Client::from_env()?, recipient()?);
    let hook = var("WEBHOOK_URL").map_err(|_| "WEBHOOK_URL is not set")?;

    let sent_at = SystemTime::now();
    let millis = sent_at.duration_since(UNIX_EPOCH)?.as_millis();
    let order_id = format!("example-{millis}-{}", std::process::id());
    keep(Path::new(file), &format!("{order_id},{millis},{amount}"))?;
    println!("kept: {order_id}");

    let withdrawal = NewPixWithdrawal::new(&order_id, amount, recipient).notify(Notify::to(hook));
    let lost = withdrawal.sought(sent_at);
    // A task of its own: nobody who waits for it can drop it half-way.
    let sender = client.clone();
    let sought = match tokio::spawn(async move { sender.pix_cash_out(withdrawal).send().await }).await? {
        Ok(withdrawal) => {
            simulate(&client, &withdrawal).await;
            Sought::from(&withdrawal)
        }
        Err(error) if error.outcome() == Outcome::Unknown => {
            println!("it may have been made, so we find out: {error}");
            lost
        }
        Err(error) => {
            println!("{}: {error}", error.outcome());
            return Ok(ExitCode::FAILURE);
        }
    };
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
        Settled::Failed(record) => {
            println!("{}: nothing was paid", record.transaction.state);
            ExitCode::FAILURE
        }
        Settled::Reversed(record) => {
            println!("{}: it was paid and came back", record.transaction.state);
            ExitCode::FAILURE
        }
        Settled::StillUnknown(why) => {
            println!("still unknown ({:?}): reconcile {order_id} later, and do not withdraw again", why.reason);
            ExitCode::from(3)
        }
    })
}

/// One line more, on the disk before this returns.
fn keep(file: &Path, line: &str) -> std::io::Result<()> {
    let new = !file.exists();
    let mut out = OpenOptions::new().create(true).append(true).open(file)?;
    if new {
        writeln!(out, "order_id,sent_at_ms,amount")?;
    }
    writeln!(out, "{line}")?;
    out.sync_all()
}

fn recipient() -> Result<Recipient, Box<dyn Error>> {
    let needed = |name: &'static str| var(name).map_err(|_| format!("{name} is not set"));
    let (name, cpf) = (needed("RECIPIENT_NAME")?, Cpf::new(&needed("RECIPIENT_CPF")?)?);
    Ok(match var("PIX_KEY_TYPE") {
        Ok(kind) => Recipient::new(name, cpf, PixKey::other(PixKeyType::from(kind.as_str()), needed("PIX_KEY")?)),
        Err(_) => Recipient::by_cpf(name, cpf),
    })
}

async fn simulate(client: &Client, withdrawal: &Withdrawal) {
    if var("SIMULATE").as_deref() != Ok("1") {
        return;
    }
    match client.simulate_pix(withdrawal.id()).await {
        Ok(simulated) if simulated.webhook_reached => println!("simulated"),
        Ok(_) => println!("simulated, and the webhook was out of reach"),
        // Not the withdrawal's own end: that is asked for next.
        Err(error) => println!("not simulated: {error}"),
    }
}

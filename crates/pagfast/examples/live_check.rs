//! Checks the crate's assumptions against a real account: `live_check [--create]`.
//!
//! Much of PagFast's reference is private, and a part of what this crate sends is assumed from a sister platform. Each line of the table is
//! one assumption: confirmed, contradicted, or not exercised. It only reads, unless `--create` is given: then it asks for deposits
//! that nobody pays, and completes one with the simulator (never in production). No secret and no personal value is printed.
//! Settings come from the environment, as the crate's README lists them.
//! Exit status: 0, also where something is contradicted; 1 if a call failed; 2 if nothing was tried.

use pagfast::auth::TokenSource;
use pagfast::{
    Amount, Client, Cpf, CredentialError, Error, Kind, NewPixDeposit, OrderQuery, Outcome, PageSize, ReceiverQuery,
    SecretString, TransactionState,
};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What reading can tell.
const READINGS: [&str; 9] = [
    "the token call has the assumed path, members and answer",
    "the token says when it ends",
    "a bad token is refused as documented",
    "an unknown transaction is answered 404",
    "an unknown order id gives an empty list",
    "a page of 50 is taken too",
    "more than one day is refused",
    "receivers hang below the service prefix",
    "receivers stand in data.items",
];

/// What only a deposit can.
const NEED_A_DEPOSIT: [&str; 8] = [
    "the id of a deposit is readable",
    "its code stands in data.payment.qrCode",
    "a new deposit is Registered",
    "it needs no webhook",
    "it is found by its order id at once",
    "amounts come with six decimals",
    "the simulator hangs where it is assumed",
    "the same order id again is refused",
];

/// What a program like this one cannot see.
const OUT_OF_REACH: [(&str, &str); 4] = [
    ("webhooks are signed as reproduced", "needs a server that receives one: webhook_server"),
    ("withdrawals answer as deposits do", "moves money: withdraw_and_reconcile"),
    ("transactions of Open Finance are found by id", "needs a payer on a page: deposit --open-finance"),
    ("tokens live for 60 minutes", "needs the time"),
];

#[tokio::main]
async fn main() -> ExitCode {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let create = given == ["--create"];
    if !given.is_empty() && !create {
        return stop("usage: live_check [--create]");
    }
    let client = match Client::from_env() {
        Ok(client) => client,
        Err(error) => return stop(&error.to_string()),
    };
    if create && !client.environment().has_simulators() {
        return stop("--create makes deposits that nobody wants: not in production");
    }
    let mut table = Table::default();
    let log_in = log_in(&client, &mut table).await;
    if table.keep("log in", log_in).is_none() {
        return table.print();
    }
    bad_token(&client, &mut table).await;
    let transactions = transactions(&client, &mut table).await;
    table.keep("ask for transactions", transactions);
    receivers(&client, &mut table).await;
    if create {
        let deposit = deposit(&client, &mut table).await;
        table.keep("ask for a deposit", deposit);
    } else {
        NEED_A_DEPOSIT.iter().for_each(|item| table.add(item, None, "needs --create"));
    }
    OUT_OF_REACH.iter().for_each(|(item, why)| table.add(item, None, *why));
    table.print()
}

fn stop(why: &str) -> ExitCode {
    eprintln!("{why}");
    ExitCode::from(2)
}

async fn log_in(client: &Client, table: &mut Table) -> Result<(), Error> {
    let logged_in = client.check_credentials().await?;
    table.add("the token call has the assumed path, members and answer", Some(true), "");
    let left = logged_in.expires_at.and_then(|end| end.duration_since(SystemTime::now()).ok());
    let minutes = left.map_or("not told".to_owned(), |left| format!("in {} minutes", (left.as_secs() + 30) / 60));
    table.add("the token says when it ends", Some(left.is_some()), minutes);
    Ok(())
}

/// Tokens that nobody gave out.
struct Made;

#[async_trait::async_trait]
impl TokenSource for Made {
    async fn token(&self) -> Result<SecretString, CredentialError> {
        Ok("eyJhbGciOiJIUzM4NCIsInR5cCI6IkpXVCJ9.eyJ1aWQiOiIifQ.bm90IGEgc2lnbmF0dXJl".into())
    }
}

async fn bad_token(client: &Client, table: &mut Table) {
    let seen = match client.with_token_source(Arc::new(Made)).build() {
        Ok(other) => other.transaction("live-check").send().await.map(|_| ()),
        Err(error) => Err(error),
    };
    let (holds, seen) = match seen {
        Ok(()) => (Some(false), "it was taken".to_owned()),
        Err(error) => (error.status().map(|_| error.kind() == Kind::TokenRefused), status(&error)),
    };
    table.add("a bad token is refused as documented", holds, seen);
}

async fn transactions(client: &Client, table: &mut Table) -> Result<(), Error> {
    match client.transaction("00000000-0000-4000-8000-000000000000").send().await {
        Ok(_) => table.add("an unknown transaction is answered 404", Some(false), "there is such a transaction"),
        Err(error) if error.status().is_some() => {
            table.add("an unknown transaction is answered 404", Some(error.kind() == Kind::NotFound), status(&error));
        }
        Err(error) => return Err(error),
    }
    let from = SystemTime::now() - Duration::from_secs(3600);
    let day = OrderQuery::new("live-check-unknown", from);
    match client.transactions(&day).send().await {
        Ok(page) => table.add("an unknown order id gives an empty list", Some(page.items.is_empty()), ""),
        Err(error) if error.outcome() == Outcome::Refused => {
            table.add("an unknown order id gives an empty list", Some(false), status(&error));
        }
        Err(error) => return Err(error),
    }
    let large = client.transactions(&day.clone().size(PageSize::Other(50))).send().await;
    table.add("a page of 50 is taken too", Some(large.is_ok()), large.err().map_or_else(String::new, |e| status(&e)));
    let long = client.transactions(&day.until(from + Duration::from_secs(3 * 86_400))).send().await;
    let refused = long.as_ref().is_err_and(|error| error.outcome() == Outcome::Refused);
    table.add("more than one day is refused", Some(refused), long.err().map_or_else(String::new, |e| status(&e)));
    Ok(())
}

async fn receivers(client: &Client, table: &mut Table) {
    match client.companies().receivers(&ReceiverQuery::new()).send().await {
        Ok(page) => {
            table.add("receivers hang below the service prefix", Some(true), "");
            table.add(
                "receivers stand in data.items",
                Some(page.total.is_some()),
                format!("{} of them", page.items.len()),
            );
        }
        Err(error) if error.kind() == Kind::Decode => {
            table.add("receivers hang below the service prefix", Some(true), "");
            table.add("receivers stand in data.items", Some(false), "");
        }
        // The account may not have this product.
        Err(error) => table.add("receivers hang below the service prefix", None, status(&error)),
    }
}

/// One deposit that the simulator pays, and the same once more.
async fn deposit(client: &Client, table: &mut Table) -> Result<(), Error> {
    let invalid = |_| Error::invalid("live_check", "no such value");
    let sent_at = SystemTime::now();
    let millis = sent_at.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    let amount: Amount = "1.00".parse().map_err(invalid)?;
    let wanted = NewPixDeposit::anonymous(format!("live-check-{millis}"), amount);
    let charge = match client.pix_cash_in(wanted.clone()).send().await {
        Ok(charge) => charge,
        Err(error) if error.kind() == Kind::Decode => {
            table.add("the id of a deposit is readable", Some(false), error.to_string());
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    table.add("the id of a deposit is readable", Some(true), "");
    table.add("it needs no webhook", Some(true), "");
    table.add("its code stands in data.payment.qrCode", Some(charge.qr_code().is_some()), "");
    let state = charge.created().state.clone();
    let seen = state.as_ref().map_or("no state", TransactionState::as_str).to_owned();
    table.add("a new deposit is Registered", Some(state == Some(TransactionState::Registered)), seen);
    let found = client.find_by_order_id(wanted.order_id(), sent_at).await?;
    table.add("it is found by its order id at once", Some(found.len() == 1), format!("{} found", found.len()));
    let decimals = found.first().and_then(|record| record.transaction.amount).map(|amount| amount.decimals());
    table.add("amounts come with six decimals", decimals.map(|decimals| decimals == 6), "");

    let cpf = Cpf::new("12345678909").map_err(|_| Error::invalid("live_check", "no CPF"))?;
    let simulated = client.simulate_pix(charge.id()).payer("Live Check", &cpf).await;
    let seen = match &simulated {
        Ok(done) => done.state.as_ref().map_or("no state", TransactionState::as_str).to_owned(),
        Err(error) => status(error),
    };
    table.add("the simulator hangs where it is assumed", Some(simulated.is_ok()), seen);
    let seen = match client.pix_cash_in(wanted).send().await {
        Ok(again) if again.id() == charge.id() => (false, "it answers the first deposit".to_owned()),
        Ok(_) => (false, "it makes a second deposit".to_owned()),
        Err(error) => (error.kind() == Kind::Duplicate, status(&error)),
    };
    table.add("the same order id again is refused", Some(seen.0), seen.1);
    Ok(())
}

/// The HTTP status and the code of an error.
fn status(error: &Error) -> String {
    let status = error.status().map_or("no answer".to_owned(), |status| status.as_u16().to_string());
    format!("{status} {}", error.provider_code().unwrap_or_default()).trim_end().to_owned()
}

/// What was assumed, and what was seen.
#[derive(Default)]
struct Table {
    lines: Vec<(String, &'static str, String)>,
    failed: bool,
}

impl Table {
    fn add(&mut self, assumed: &str, holds: Option<bool>, seen: impl Into<String>) {
        let verdict = match holds {
            Some(true) => "confirmed",
            Some(false) => "contradicted",
            None => "not exercised",
        };
        self.lines.push((assumed.to_owned(), verdict, seen.into()));
    }

    fn keep<T>(&mut self, what: &str, outcome: Result<T, Error>) -> Option<T> {
        outcome
            .map_err(|error| {
                self.failed = true;
                self.lines.push((what.to_owned(), "FAILED", error.to_string()));
            })
            .ok()
    }

    fn print(mut self) -> ExitCode {
        let out_of_reach = OUT_OF_REACH.iter().map(|(item, _)| item);
        for item in READINGS.iter().chain(&NEED_A_DEPOSIT).chain(out_of_reach) {
            if !self.lines.iter().any(|(assumed, ..)| assumed == item) {
                self.add(item, None, "");
            }
        }
        let width = self.lines.iter().map(|(assumed, ..)| assumed.len()).fold("assumed".len(), usize::max);
        println!("{:<width$}  {:<13}  seen", "assumed", "verdict");
        for (assumed, verdict, seen) in &self.lines {
            println!("{}", format!("{assumed:<width$}  {verdict:<13}  {seen}").trim_end());
        }
        if self.failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
    }
}

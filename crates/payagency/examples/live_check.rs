//! Checks the crate's assumptions against a real account: `live_check [--pay]`.
//!
//! Pay Agency's pages could be read in part, and sources contradict each other. Each line of the table is one reading of them:
//! confirmed, contradicted, or not exercised. It only reads, unless `--pay` is given: then it pays with a test card, tries the same
//! order id again, and refunds what was paid (never with a live key). No secret and no personal value is printed.
//! Settings come from the environment, as the crate's README lists them.
//! Exit status: 0, also where something is contradicted; 1 if a call failed; 2 if nothing was tried.

use payagency::{
    Card, CardPayment, Client, Cvv, Environment, Error, Expiry, Kind, ListQuery, Money, Order, Pan, Payer, Payment,
    PaymentStatus, Refund, Reply, Settled,
};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

/// What reading can tell.
const READINGS: [&str; 11] = [
    "the secret key is taken",
    "lists are served under /api/v1/{environment}-...",
    "amounts of lists are text",
    "the newest payment comes first",
    "status words are the known ones",
    "cursors come also where no page follows",
    "wallets are served to this key",
    "templates are served to this key",
    "currencies are served",
    "an unknown order id is answered 404",
    "errors are a JSON object with a message",
];

/// What only a payment can.
const NEED_A_PAYMENT: [&str; 8] = [
    "a test card is paid at once",
    "the order id comes back",
    "an order id is found by the status call",
    "amounts of the status call are text",
    "a used order id is refused",
    "a refused order id names `order_id`",
    "a refund is marked at once",
    "a second refund is refused",
];

/// What a program like this one cannot see.
const OUT_OF_REACH: [(&str, &str); 3] = [
    ("amounts are main units", "look at the payment in the dashboard, and ask Pay Agency"),
    ("fs-webhook-hash is HMAC-SHA256 in hexadecimal digits", "needs a server that receives one: webhook_server"),
    ("a declined card is a full reply", "needs a card that is declined: none is documented"),
];

#[tokio::main]
async fn main() -> ExitCode {
    let pay = match std::env::args().nth(1).as_deref() {
        None => false,
        Some("--pay") => true,
        Some(_) => return stop("usage: live_check [--pay]"),
    };
    let client = match Client::from_env() {
        Ok(client) => client,
        Err(error) => return stop(&error.to_string()),
    };
    if pay && client.environment() == Environment::Production {
        return stop("--pay pays with a test card: not with a live key");
    }
    let mut table = Table::default();
    let lists = lists(&client, &mut table).await;
    if table.keep("read the lists", lists).is_none() {
        return table.print();
    }
    served(&client, &mut table).await;
    let unknown = unknown(&client, &mut table).await;
    table.keep("ask for an unknown order", unknown);
    if pay {
        let paid = payment(&client, &mut table).await;
        table.keep("pay", paid);
    }
    OUT_OF_REACH.iter().for_each(|(item, why)| table.add(item, None, *why));
    table.print()
}

fn stop(why: &str) -> ExitCode {
    eprintln!("{why}");
    ExitCode::from(2)
}

/// Whether the first member of this name in an answer is text.
fn is_text<T>(reply: &Reply<T>, name: &str) -> Option<bool> {
    let body = reply.body.expose_str()?;
    let after = body.split_once(&format!("\"{name}\""))?.1.trim_start().strip_prefix(':')?;
    Some(after.trim_start().starts_with('"'))
}

async fn lists(client: &Client, table: &mut Table) -> Result<(), Error> {
    let reply = client.transactions(&ListQuery::new()).reply().await?;
    table.add("the secret key is taken", Some(true), "");
    table.add("lists are served under /api/v1/{environment}-...", Some(true), "");
    table.add("amounts of lists are text", is_text(&reply, "amount"), "");
    let rows = &reply.model.items;
    let dates: Vec<_> = rows.iter().filter_map(|row| row.created_at.as_deref()).collect();
    let sorted = (dates.len() > 1).then(|| dates.is_sorted_by(|a, b| a >= b));
    table.add("the newest payment comes first", sorted, format!("{} rows", rows.len()));
    let strange = rows.iter().filter_map(|row| match &row.status {
        Some(PaymentStatus::Unknown(word)) => Some(word.as_str()),
        _ => None,
    });
    let strange: Vec<_> = strange.collect();
    table.add("status words are the known ones", (!rows.is_empty()).then_some(strange.is_empty()), strange.join(" "));
    // Without a row there is nothing that a cursor could name.
    let last = reply.model.next.is_none() && !rows.is_empty();
    let cursor = is_text(&reply, "nextCursor").unwrap_or(false);
    table.add("cursors come also where no page follows", last.then_some(cursor), "");
    Ok(())
}

/// Whether what the SDKs never ask with a test key is served.
async fn served(client: &Client, table: &mut Table) {
    let told = |result: Result<usize, Error>| match result {
        Ok(count) => (Some(true), format!("{count} entries")),
        Err(error) => (Some(false), error.to_string()),
    };
    let (holds, seen) = told(client.wallets().send().await.map(|list| list.len()));
    table.add("wallets are served to this key", holds, seen);
    let (holds, seen) = told(client.payment_templates().send().await.map(|list| list.len()));
    table.add("templates are served to this key", holds, seen);
    let Ok(hundred) = "100".parse() else { return };
    let (holds, seen) = told(client.crypto_currencies("GB", hundred).send().await.map(|list| list.len()));
    table.add("currencies are served", holds, seen);
}

async fn unknown(client: &Client, table: &mut Table) -> Result<(), Error> {
    match client.status(id("nobody")).send().await {
        Ok(_) => table.add("an unknown order id is answered 404", Some(false), "it is known"),
        Err(error) => {
            let status = error.status().map(|status| status.as_u16());
            table.add(
                "an unknown order id is answered 404",
                Some(error.kind() == Kind::NotFound),
                format!("{status:?}"),
            );
            let message = error.provider_message().is_some();
            table.add("errors are a JSON object with a message", Some(message), "");
        }
    }
    Ok(())
}

fn id(what: &str) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_millis());
    format!("check-{what}-{now}-{}", std::process::id())
}

async fn payment(client: &Client, table: &mut Table) -> Result<(), Error> {
    let order = id("pay");
    let first = client.card(card_payment(&order)?).send().await?;
    table.add("a test card is paid at once", Some(matches!(first, Payment::Completed(_))), first.status().to_string());
    table.add("the order id comes back", Some(first.order_id() == Some(&order)), "");
    let reply = client.status(&order).reply().await;
    table.add("an order id is found by the status call", Some(reply.is_ok()), "");
    if let Ok(reply) = &reply {
        table.add("amounts of the status call are text", is_text(reply, "amount"), "");
    }
    match client.card(card_payment(&order)?).send().await {
        Ok(again) => table.add("a used order id is refused", Some(false), again.status().to_string()),
        Err(error) => {
            let status = error.status().map(|status| status.as_u16());
            table.add("a used order id is refused", Some(true), format!("{status:?}"));
            let body = error.body().and_then(|body| body.expose_str()).unwrap_or_default();
            table.add("a refused order id names `order_id`", Some(body.contains("\"order_id\"")), "");
        }
    }
    let Settled::Completed(record) = client.settle(&first).await else { return Ok(()) };
    let Some(transaction) = record.transaction_id() else { return Ok(()) };
    let refund = || Refund::of(transaction).because("a check of the client");
    let refunded = client.refund(refund()).send().await?;
    table.add("a refund is marked at once", Some(refunded.record().is_refunded()), refunded.status().to_string());
    let second = client.refund(refund()).send().await;
    let seen = second.as_ref().map_or_else(|error| format!("{:?}", error.status()), |again| again.status().to_string());
    table.add("a second refund is refused", Some(second.is_err()), seen);
    Ok(())
}

fn card_payment(order: &str) -> Result<CardPayment, Error> {
    let amount = "10".parse().map_err(|_| Error::invalid("live_check", "no amount"))?;
    let order = Order::new(order, Money { amount, currency: "GBP".to_owned() });
    let card = Card::new(Pan::new("4111 1111 1111 1111")?, Expiry::new(12, 2030)?, Cvv::new("029")?);
    let payer = Payer::builder()
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
        .build()?;
    Ok(CardPayment::new(order, payer, card, "https://merchant.example/return"))
}

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
        for item in READINGS {
            if !self.lines.iter().any(|(assumed, ..)| assumed == item) {
                self.add(item, None, "");
            }
        }
        for item in NEED_A_PAYMENT {
            if !self.lines.iter().any(|(assumed, ..)| assumed == item) {
                self.add(item, None, "needs --pay");
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

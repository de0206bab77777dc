//! Receives webhooks: verifies, keeps, answers; then confirms with a question, and credits each deposit once.
//!
//! ```sh
//! PAGFAST_ENVIRONMENT=assumed_provider_test PAGFAST_ACCESS_KEY=... PAGFAST_SECRET=... PAGFAST_WEBHOOK_KEY=... \
//!     WEBHOOK_PRICE=50.00 cargo run --features axum-08 --example webhook_server
//! ```
//!
//! `WEBHOOK_LISTEN` is where it listens (default `127.0.0.1:8088`); `WEBHOOK_PRICE` is what each order costs here, in reais. What lies
//! in memory here belongs into a database: the inbox and the guard.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use pagfast::webhook::{Accepted, Ask, Confirmation, Event, GuardError, MemoryGuard, Once, Webhook, Webhooks, once};
use pagfast::{Amount, Client, Error, Outcome, TransactionType};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// Longer than crediting takes: after it, another delivery may credit.
const LEASE: Duration = Duration::from_secs(60);
const ASK_AGAIN_AFTER: Duration = Duration::from_secs(2);
const MOST_TRIES: u32 = 3;

/// What the route needs: the keys, and somewhere to put what came.
#[derive(Clone)]
struct Desk {
    webhooks: Arc<Webhooks>,
    inbox: mpsc::Sender<Ask>,
}

impl axum::extract::FromRef<Desk> for Arc<Webhooks> {
    fn from_ref(desk: &Desk) -> Self {
        desk.webhooks.clone()
    }
}

/// Keeps what to ask about, and answers. What is unsigned or forged never comes here: the extractor answers 401.
async fn receive(State(desk): State<Desk>, Webhook(delivery): Webhook<Webhooks>) -> StatusCode {
    let ask = match delivery {
        Accepted::Verified(Event::Transaction(event)) => Ask::from(&*event),
        Accepted::Stale(event) => Ask::from(&event),
        // Kept for a person in a real shop: signed, but of no known form.
        Accepted::Verified(_) => return StatusCode::OK,
    };
    match desk.inbox.try_send(ask) {
        Ok(()) => StatusCode::OK,
        // Not kept, so not acknowledged.
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

struct Worker {
    client: Client,
    guard: MemoryGuard,
    price: Amount,
}

impl Worker {
    async fn run(self, mut inbox: mpsc::Receiver<Ask>) {
        while let Some(ask) = inbox.recv().await {
            match self.confirm(&ask).await {
                Ok(confirmation) => self.act(&confirmation).await,
                Err(error) => eprintln!("not confirmed, kept for later: {error}"),
            }
        }
    }

    /// Asks; where the question reached nobody, a few times more.
    async fn confirm(&self, ask: &Ask) -> Result<Confirmation, Error> {
        let mut tries = 0;
        loop {
            match self.client.confirm(ask.clone()).await {
                Err(error) if error.outcome() == Outcome::NotDone && tries < MOST_TRIES => tries += 1,
                answer => return answer,
            }
            tokio::time::sleep(ASK_AGAIN_AFTER).await;
        }
    }

    /// Only what the record says counts.
    async fn act(&self, confirmation: &Confirmation) {
        let (record, key) = match (confirmation.record(), confirmation.key()) {
            (Some(record), Some(key)) => (record, key),
            _ => {
                println!("kept for a person: {confirmation:?}");
                return;
            }
        };
        let transaction = &record.transaction;
        let (order, state) = (transaction.order_id.as_deref().unwrap_or_default(), &transaction.state);
        if transaction.direction == Some(TransactionType::Debit) {
            println!("withdrawal {order}: {state}");
            return;
        }
        // A real shop looks its own order up by the order id, and takes the price from there.
        if !confirmation.pays(order, &self.price) {
            println!("{state} of {order}: nothing to credit");
            return;
        }
        let credit = || async {
            println!("credited {order}");
            Ok::<_, GuardError>(())
        };
        match once(&self.guard, &key, LEASE, credit).await {
            Ok(Once::Acted(()) | Once::ActedLate(())) => {}
            Ok(Once::DoneBefore | Once::Held) => println!("credited before: {order}"),
            Err(error) => eprintln!("not credited: {error}"),
        }
    }
}

fn price() -> Result<Amount, Error> {
    let text = std::env::var("WEBHOOK_PRICE").unwrap_or_default();
    text.parse().map_err(|_| Error::config("WEBHOOK_PRICE", "must be an amount in reais, such as `50.00`"))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let worker = Worker { client: Client::from_env()?, guard: MemoryGuard::new(100_000), price: price()? };
    let (inbox, asks) = mpsc::channel(1000);
    let desk = Desk { webhooks: Arc::new(Webhooks::from_env()?), inbox };
    tokio::spawn(worker.run(asks));

    let listen = std::env::var("WEBHOOK_LISTEN").unwrap_or_else(|_| "127.0.0.1:8088".to_owned());
    let listener = tokio::net::TcpListener::bind(listen).await?;
    println!("listening on http://{}/webhooks/pagfast", listener.local_addr()?);
    axum::serve(listener, Router::new().route("/webhooks/pagfast", post(receive)).with_state(desk)).await?;
    Ok(())
}

//! Receives webhooks: verifies, keeps, answers; then confirms each by the status call, and ships once.
//!
//! ```sh
//! PAYAGENCY_ENVIRONMENT=provider_test PAYAGENCY_SECRET_KEY=... PAYAGENCY_ENCRYPTION_KEY=... \
//!     PAYAGENCY_WEBHOOK_SCHEME=assumed_hmac_sha256_hex PAYAGENCY_WEBHOOK_KEY=... WEBHOOK_PRICE="10 GBP" \
//!     cargo run --features axum-08 --example webhook_server
//! ```
//!
//! `WEBHOOK_LISTEN` is where it listens (default `127.0.0.1:8088`); `WEBHOOK_PRICE` is what each order costs here. What lies in
//! memory here belongs into a database: the inbox and the guard.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use payagency::webhook::{Accepted, Event, EventKey, GuardError, MemoryGuard, Once, Webhook, Webhooks, once};
use payagency::{Client, Error, Money, Outcome, Payment, Sought};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// Longer than shipping takes: after it, another delivery may ship.
const LEASE: Duration = Duration::from_secs(60);
const ASK_AGAIN_AFTER: Duration = Duration::from_secs(2);
const MOST_TRIES: u32 = 3;

/// What the route needs: the keys, and somewhere to put what came.
#[derive(Clone)]
struct Desk {
    webhooks: Arc<Webhooks>,
    inbox: mpsc::Sender<Sought>,
}

impl axum::extract::FromRef<Desk> for Arc<Webhooks> {
    fn from_ref(desk: &Desk) -> Self {
        desk.webhooks.clone()
    }
}

/// Keeps what to ask about, and answers. What is unsigned or forged never comes here: the extractor answers 401.
async fn receive(State(desk): State<Desk>, Webhook(delivery): Webhook<Webhooks>) -> StatusCode {
    let sought = match delivery {
        Accepted::Verified(Event::Payment(event)) => Sought::from(&event),
        Accepted::Stale(event) => Sought::from(&event),
        // Kept for a person in a real shop: what payouts and ramps send is not documented.
        Accepted::Verified(_) => return StatusCode::OK,
    };
    match desk.inbox.try_send(sought) {
        Ok(()) => StatusCode::OK,
        // Not kept, so not acknowledged: the provider tries up to three times more.
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

struct Worker {
    client: Client,
    guard: MemoryGuard,
    price: Money,
}

impl Worker {
    async fn run(self, mut inbox: mpsc::Receiver<Sought>) {
        while let Some(sought) = inbox.recv().await {
            match self.confirm(&sought).await {
                Ok(payment) => self.act(&payment).await,
                Err(error) => eprintln!("not confirmed, kept for later: {error}"),
            }
        }
    }

    /// Asks; where the question reached nobody, a few times more.
    async fn confirm(&self, sought: &Sought) -> Result<Payment, Error> {
        let mut tries = 0;
        loop {
            match self.client.confirm(sought.clone()).send().await {
                Err(error) if error.outcome() == Outcome::NotDone && tries < MOST_TRIES => tries += 1,
                answer => return answer,
            }
            tokio::time::sleep(ASK_AGAIN_AFTER).await;
        }
    }

    /// Only what the status call says counts.
    async fn act(&self, payment: &Payment) {
        let (Payment::Completed(record), Some(order)) = (payment, payment.order_id()) else {
            println!("{}: nothing to ship", payment.status());
            return;
        };
        // A real shop looks its own order up by the order id, and takes the price from there.
        let money = (record.data.amount, record.data.currency.as_deref());
        if money != (Some(self.price.amount), Some(self.price.currency.as_str()))
            || record.is_refunded()
            || record.is_charged_back()
        {
            println!("kept for a person: {order} is not as it was meant");
            return;
        }
        let ship = || async {
            println!("shipped {order}");
            Ok::<_, GuardError>(())
        };
        // One order, one parcel, however many events there are of it.
        match once(&self.guard, &EventKey::new("shop", &[order]), LEASE, ship).await {
            Ok(Once::Acted(()) | Once::ActedLate(())) => {}
            Ok(Once::DoneBefore | Once::Held) => println!("shipped before: {order}"),
            Err(error) => eprintln!("not shipped: {error}"),
        }
    }
}

fn price() -> Result<Money, Error> {
    let text = std::env::var("WEBHOOK_PRICE").unwrap_or_default();
    let wrong = || Error::config("WEBHOOK_PRICE", "must be an amount and a currency, such as `10 GBP`");
    let (amount, currency) = text.split_once(' ').ok_or_else(wrong)?;
    Ok(Money { amount: amount.parse().map_err(|_| wrong())?, currency: currency.to_owned() })
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let worker = Worker { client: Client::from_env()?, guard: MemoryGuard::new(100_000), price: price()? };
    let (inbox, hints) = mpsc::channel(1000);
    let desk = Desk { webhooks: Arc::new(Webhooks::from_env()?), inbox };
    tokio::spawn(worker.run(hints));

    let listen = std::env::var("WEBHOOK_LISTEN").unwrap_or_else(|_| "127.0.0.1:8088".to_owned());
    let listener = tokio::net::TcpListener::bind(listen).await?;
    println!("listening on http://{}/webhooks/payagency", listener.local_addr()?);
    axum::serve(listener, Router::new().route("/webhooks/payagency", post(receive)).with_state(desk)).await?;
    Ok(())
}

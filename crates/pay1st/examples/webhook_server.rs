//! Receives payment webhooks: verifies, keeps, answers; then confirms with a question, and ships once.
//!
//! ```sh
//! PAY1ST_ENVIRONMENT=provider_test PAY1ST_API_KEY=... PAY1ST_API_SECRET=... PAY1ST_SIGNING_KEY=... \
//!     WEBHOOK_PRICE="100 NGN" cargo run --features axum-08 --example webhook_server
//! ```
//!
//! `WEBHOOK_LISTEN` is where it listens (default `127.0.0.1:8088`); `WEBHOOK_PRICE` is what each order costs here. What lies
//! in memory here belongs into a database: the inbox and the guard.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use pay1st::webhook::{
    Accepted, Confirmation, Event, GuardError, MemoryGuard, Once, UnconfirmedEvent, Webhook, Webhooks, once,
};
use pay1st::{Client, Error, Money, Outcome};
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
    inbox: mpsc::Sender<Hint>,
}

impl axum::extract::FromRef<Desk> for Arc<Webhooks> {
    fn from_ref(desk: &Desk) -> Self {
        desk.webhooks.clone()
    }
}

/// Something happened, perhaps: a webhook is a reason to ask.
enum Hint {
    Event(Box<Event>),
    Stale(Box<UnconfirmedEvent>),
}

/// Keeps the event and answers. What is unsigned or forged never comes here: the extractor answers 401.
async fn receive(State(desk): State<Desk>, Webhook(delivery): Webhook<Webhooks>) -> StatusCode {
    let hint = match delivery {
        Accepted::Verified(event) => Hint::Event(Box::new(event)),
        Accepted::Stale(event) => Hint::Stale(Box::new(event)),
    };
    match desk.inbox.try_send(hint) {
        Ok(()) => StatusCode::OK,
        // Not kept, so not acknowledged.
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

struct Worker {
    client: Client,
    guard: MemoryGuard,
    price: Money,
}

impl Worker {
    async fn run(self, mut inbox: mpsc::Receiver<Hint>) {
        while let Some(hint) = inbox.recv().await {
            match self.confirm(&hint).await {
                Ok(confirmation) => self.act(&confirmation).await,
                Err(error) => eprintln!("not confirmed, kept for later: {error}"),
            }
        }
    }

    /// Asks; where the question reached nobody, a few times more.
    async fn confirm(&self, hint: &Hint) -> Result<Confirmation, Error> {
        let mut tries = 0;
        loop {
            let asked = match hint {
                Hint::Event(event) => self.client.confirm(&**event).await,
                Hint::Stale(event) => self.client.confirm(&**event).await,
            };
            match asked {
                Err(error) if error.outcome() == Outcome::NotDone && tries < MOST_TRIES => tries += 1,
                answer => return answer,
            }
            tokio::time::sleep(ASK_AGAIN_AFTER).await;
        }
    }

    async fn act(&self, confirmation: &Confirmation) {
        let (payment, key) = match (confirmation, confirmation.payment(), confirmation.key()) {
            (_, Some(payment), Some(key)) => (payment, key),
            (Confirmation::Different(members), ..) => {
                println!("not believed: {} differ", members.join(", "));
                return;
            }
            _ => {
                println!("kept for a person: not a payment event");
                return;
            }
        };
        // A real shop looks its own order up by `partner_reference`, and takes the price from there.
        if !confirmation.pays(&payment.partner_reference, &self.price) {
            println!("{} of {}: nothing to ship", payment.status.as_str(), payment.partner_reference);
            return;
        }
        let ship = || async {
            println!("shipped {}", payment.partner_reference);
            Ok::<_, GuardError>(())
        };
        match once(&self.guard, &key, LEASE, ship).await {
            Ok(Once::Acted(()) | Once::ActedLate(())) => {}
            Ok(Once::DoneBefore | Once::Held) => println!("shipped before: {}", payment.partner_reference),
            Err(error) => eprintln!("not shipped: {error}"),
        }
    }
}

fn price() -> Result<Money, Error> {
    let text = std::env::var("WEBHOOK_PRICE").unwrap_or_default();
    let wrong = || Error::config("WEBHOOK_PRICE", "must be an amount and a currency, such as `100 NGN`");
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
    println!("listening on http://{}/webhooks/pay1st", listener.local_addr()?);
    axum::serve(listener, Router::new().route("/webhooks/pay1st", post(receive)).with_state(desk)).await?;
    Ok(())
}

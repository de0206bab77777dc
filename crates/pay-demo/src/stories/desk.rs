//! The shop's server: it receives webhooks, and the customers that come back.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Html;
use axum::routing::{get, post};
use pay_core::webhook::{Accepted, Receiver, Refusal, Webhook};
use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

/// Far longer than anything on this machine takes, so only what never comes is missed.
const PATIENCE: Duration = Duration::from_secs(10);

/// A webhook as the extractor judged it.
#[derive(Debug)]
pub(crate) enum Delivery<E, S> {
    Verified(E),
    Stale(S),
    Refused(Refusal),
}

/// What a provider's receiver makes of a webhook.
type Judged<R> = Delivery<<R as Receiver>::Event, <R as Receiver>::Stale>;

/// The running server; it ends with its owner.
pub(crate) struct Desk<R: Receiver> {
    url: String,
    deliveries: UnboundedReceiver<Judged<R>>,
    visits: UnboundedReceiver<String>,
    task: JoinHandle<()>,
}

struct Inbox<R: Receiver> {
    webhooks: Arc<R>,
    deliveries: UnboundedSender<Judged<R>>,
    visits: UnboundedSender<String>,
}

impl<R: Receiver> Clone for Inbox<R> {
    fn clone(&self) -> Self {
        let (deliveries, visits) = (self.deliveries.clone(), self.visits.clone());
        Self { webhooks: Arc::clone(&self.webhooks), deliveries, visits }
    }
}

impl<R: Receiver> axum::extract::FromRef<Inbox<R>> for Arc<R> {
    fn from_ref(inbox: &Inbox<R>) -> Self {
        Arc::clone(&inbox.webhooks)
    }
}

impl<R: Receiver> Desk<R> {
    /// Listens on a loopback port of its own.
    pub(crate) async fn open(webhooks: R) -> io::Result<Self> {
        let (to_deliveries, deliveries) = unbounded_channel();
        let (to_visits, visits) = unbounded_channel();
        let inbox = Inbox { webhooks: Arc::new(webhooks), deliveries: to_deliveries, visits: to_visits };
        let routes = Router::new()
            .route("/webhooks", post(receive::<R>))
            .route("/orders/{order}/{page}", get(welcome::<R>))
            .with_state(inbox);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let task = tokio::spawn(async move {
            // It ends with the task; an error has nobody to go to, and the step that waits for a webhook says that none came.
            let _ = axum::serve(listener, routes).await;
        });
        Ok(Self { url, deliveries, visits, task })
    }

    pub(crate) fn webhook_url(&self) -> String {
        format!("{}/webhooks", self.url)
    }

    /// A page of the shop on an order.
    pub(crate) fn page(&self, order: &str, page: &str) -> String {
        format!("{}/orders/{order}/{page}", self.url)
    }

    /// The next webhook.
    pub(crate) async fn delivery(&mut self) -> Result<Judged<R>, &'static str> {
        let next = tokio::time::timeout(PATIENCE, self.deliveries.recv()).await;
        next.ok().flatten().ok_or("no webhook came")
    }

    /// The page to which the next customer came back: `order/page`.
    pub(crate) async fn visit(&mut self) -> Result<String, &'static str> {
        let next = tokio::time::timeout(PATIENCE, self.visits.recv()).await;
        next.ok().flatten().ok_or("no customer came back")
    }

    /// Forgets what came and was not waited for.
    pub(crate) fn clear(&mut self) {
        while self.deliveries.try_recv().is_ok() {}
        while self.visits.try_recv().is_ok() {}
    }

    /// Whether nothing else came.
    pub(crate) fn is_empty(&self) -> bool {
        self.deliveries.is_empty() && self.visits.is_empty()
    }
}

impl<R: Receiver> Drop for Desk<R> {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Keeps what came, and answers before anything is done with it.
async fn receive<R: Receiver>(State(inbox): State<Inbox<R>>, judged: Result<Webhook<R>, Refusal>) -> StatusCode {
    let (delivery, status) = match judged {
        Ok(Webhook(Accepted::Verified(event))) => (Delivery::Verified(event), StatusCode::OK),
        Ok(Webhook(Accepted::Stale(event))) => (Delivery::Stale(event), StatusCode::OK),
        Err(refusal) => (Delivery::Refused(refusal), refusal.status()),
    };
    // What is not kept is not acknowledged.
    if inbox.deliveries.send(delivery).is_ok() { status } else { StatusCode::SERVICE_UNAVAILABLE }
}

/// Says nothing of the payment: which page a customer comes to proves nothing.
async fn welcome<R: Receiver>(
    State(inbox): State<Inbox<R>>,
    Path((order, page)): Path<(String, String)>,
) -> Html<&'static str> {
    // Nobody waits for a customer once the story is over.
    let _ = inbox.visits.send(format!("{order}/{page}"));
    Html("<!doctype html><html lang=\"en\"><title>The shop</title><h1>Thank you. We are asking the provider.</h1>")
}

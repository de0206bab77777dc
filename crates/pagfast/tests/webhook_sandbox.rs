//! What the sandbox sends, in every form that the sources show or leave open, as the extractor takes it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use pagfast::webhook::{Confirmation, Event, TransactionEvent, Webhooks};
use pagfast::{Client, Cpf, NewPixDeposit, Notify, Payer, TransactionState};
use pay_core::webhook::{Accepted, Refusal, Webhook};
use pay_sandbox::{Sandbox, WebhookFault, WebhookPolicy, WebhookRule};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

type Taken = Result<Webhook<Webhooks>, Refusal>;

#[derive(Clone)]
struct Inbox(Arc<Webhooks>, UnboundedSender<Taken>);

impl axum::extract::FromRef<Inbox> for Arc<Webhooks> {
    fn from_ref(inbox: &Inbox) -> Self {
        inbox.0.clone()
    }
}

async fn receive(State(inbox): State<Inbox>, taken: Taken) -> StatusCode {
    let status = taken.as_ref().map_or_else(|refusal| refusal.status(), |_| StatusCode::OK);
    inbox.1.send(taken).unwrap();
    status
}

struct Shop {
    sandbox: Sandbox,
    client: Client,
    url: String,
    taken: UnboundedReceiver<Taken>,
}

impl Shop {
    async fn open() -> Self {
        let sandbox = Sandbox::start().await.unwrap();
        sandbox.set_webhook_policy(WebhookPolicy::new().retries([]));
        let webhooks = Webhooks::new(sandbox.pagfast().webhook_key()).unwrap();
        Self::with(sandbox, webhooks).await
    }

    async fn with(sandbox: Sandbox, webhooks: Webhooks) -> Self {
        let pagfast = sandbox.pagfast();
        let builder = Client::builder().local(pagfast.base_url()).credentials(pagfast.access_key(), pagfast.secret());
        let (sender, taken) = unbounded_channel();
        let routes = Router::new().route("/hook", post(receive)).with_state(Inbox(Arc::new(webhooks), sender));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { client: builder.build().unwrap(), sandbox, url, taken }
    }

    /// A deposit whose registration was told.
    async fn deposit(&mut self, order: &str) -> String {
        let payer = Payer::new(Cpf::new("12345678909").unwrap());
        let deposit = NewPixDeposit::identified(order, "50.00".parse().unwrap(), payer);
        let charge = self.client.pix_cash_in(deposit.notify(Notify::to(&self.url))).send().await.unwrap();
        assert_eq!(self.event().await.state, TransactionState::Registered);
        charge.id().to_owned()
    }

    async fn next(&mut self) -> Taken {
        tokio::time::timeout(Duration::from_secs(30), self.taken.recv()).await.unwrap().unwrap()
    }

    async fn event(&mut self) -> TransactionEvent {
        match self.next().await {
            Ok(Webhook(Accepted::Verified(Event::Transaction(event)))) => *event,
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_form_that_the_sandbox_knows_is_verified_and_confirmed() {
    let mut shop = Shop::open().await;
    for (index, (mode, value)) in [
        ("signature_form", "prefixed"),
        ("signature_form", "spaced"),
        ("signature_form", "bare"),
        ("amounts", "two_decimals"),
        ("amounts", "numbers"),
        ("webhook_id", "event"),
    ]
    .into_iter()
    .enumerate()
    {
        shop.sandbox.pagfast().set_mode(mode, value).unwrap();
        let order = format!("ORDER-{index}");
        let id = shop.deposit(&order).await;
        shop.sandbox.pagfast().complete(&id).unwrap();
        let event = shop.event().await;
        assert_eq!((event.state.as_str(), event.order_id.as_deref()), ("Completed", Some(order.as_str())), "{value}");
        assert_eq!(event.amount, Some("50".parse().unwrap()), "{value}");
        assert_eq!(event.id == id, mode != "webhook_id", "{value}");
        let confirmation = shop.client.confirm(&event).await.unwrap();
        assert!(matches!(confirmation, Confirmation::Confirmed(_)), "{value}: {confirmation:?}");
        assert!(confirmation.pays(&order, &"50.00".parse().unwrap()), "{value}");
        assert!(
            !confirmation.pays(&order, &"5.00".parse().unwrap()) && !confirmation.pays("ORDER", &"50".parse().unwrap())
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_end_is_told_with_its_dates_and_its_cause() {
    let mut shop = Shop::open().await;
    let pagfast = shop.sandbox.pagfast();
    pagfast.set_mode("error_cause", "object").unwrap();
    pagfast.set_mode("refund_date", "present").unwrap();

    let cancelled = shop.deposit("cancelled").await;
    pagfast.cancel(&cancelled).unwrap();
    let event = shop.event().await;
    assert_eq!(event.state, TransactionState::Cancelled);
    assert!(event.state_cancelled_date.is_some() && event.state_completed_date.is_none());

    let refused = shop.deposit("refused").await;
    pagfast.complete_as(&refused, "Bia Exemplo", "98765432100").unwrap();
    let event = shop.event().await;
    assert_eq!(event.state, TransactionState::Error);
    assert!(
        event.state_error_date.is_some() && event.state_refund_date.is_some() && event.state_reversed_date.is_none()
    );
    assert!(event.state_error_cause.as_ref().unwrap().expose_str().unwrap().starts_with('{'));
    let confirmation = shop.client.confirm(&event).await.unwrap();
    assert!(
        matches!(confirmation, Confirmation::Confirmed(_)) && !confirmation.pays("refused", &"50".parse().unwrap())
    );

    let reversed = shop.deposit("reversed").await;
    pagfast.complete(&reversed).unwrap();
    let completed = shop.event().await;
    pagfast.reverse(&reversed).unwrap();
    let event = shop.event().await;
    assert_eq!(event.state, TransactionState::Reversed);
    assert!(event.state_reversed_date.is_some() && event.state_completed_date.is_some());
    // The first of the two comes late: the record has moved on, and pays no more.
    let late = shop.client.confirm(&completed).await.unwrap();
    assert!(matches!(late, Confirmation::OtherState(_)) && !late.pays("reversed", &"50".parse().unwrap()));
    assert_eq!(late.key(), Some(event.key()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_wrong_on_the_way_is_told_apart() {
    let mut shop = Shop::open().await;
    for (order, fault, refusal) in [
        ("tampered", WebhookFault::Tamper, Refusal::Forged),
        ("badly signed", WebhookFault::BadSignature, Refusal::Forged),
        ("unsigned", WebhookFault::Unsigned, Refusal::Unsigned),
    ] {
        let id = shop.deposit(order).await;
        shop.sandbox.add_webhook_rule(WebhookRule::new("pagfast", fault).subject(&id)).unwrap();
        shop.sandbox.pagfast().complete(&id).unwrap();
        assert_eq!(shop.next().await.err(), Some(refusal), "{order}");
    }
    let id = shop.deposit("late").await;
    let two_days = WebhookFault::Stale(Duration::from_secs(2 * 86_400));
    shop.sandbox.add_webhook_rule(WebhookRule::new("pagfast", two_days).subject(&id)).unwrap();
    shop.sandbox.pagfast().complete(&id).unwrap();
    let Ok(Webhook(Accepted::Stale(event))) = shop.next().await else { panic!("fresh") };
    let confirmation = shop.client.confirm(&event).await.unwrap();
    assert!(confirmation.pays("late", &"50".parse().unwrap()));
    assert_eq!(confirmation.key(), Some(event.key()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_replaced_without_losing_an_event() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.set_webhook_policy(WebhookPolicy::new().retries([]));
    let (pagfast, old) = (sandbox.pagfast(), sandbox.pagfast().webhook_key());
    let webhooks = Webhooks::new("the next key").unwrap().and_key(old).unwrap();
    let mut shop = Shop::with(sandbox, webhooks).await;
    let before = shop.deposit("before").await;
    pagfast.complete(&before).unwrap();
    assert_eq!(shop.event().await.id, before);
    pagfast.set_webhook_key(pagfast.account(), "the next key").unwrap();
    let after = shop.deposit("after").await;
    pagfast.complete(&after).unwrap();
    assert_eq!(shop.event().await.id, after);
    pagfast.set_webhook_key(pagfast.account(), "a key of somebody else").unwrap();
    pagfast.reverse(&after).unwrap();
    assert_eq!(shop.next().await.err(), Some(Refusal::Forged));
}

//! A merchant whose users consent once: its client, its callback, and what the sandbox's books should say.

use super::super::customer::Customer;
use super::super::step::Seen;
use axum::Router;
use axum::extract::{RawQuery, State};
use axum::response::Html;
use axum::routing::get;
use paga_connect::auth::TokenStore;
use paga_connect::{Amount, Client, MerchantPayment, PaymentReferences, UserSession};
use pay_sandbox::paga_connect::PagaConnect;
use pay_sandbox::{Fault, FaultRule, ProviderLedger, Sandbox};
use std::error::Error;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

/// What the sandbox's server does in this story: refresh tokens work once, and a replaced access token ends.
const STRICT: [(&str, &str); 2] = [("refresh_token", "rotated"), ("old_access_token", "dead")];

/// The merchant, with the books as they should be.
pub(super) struct Shop<'a> {
    pub(super) sandbox: &'a Sandbox,
    pub(super) paga: PagaConnect,
    pub(super) client: Client,
    pub(super) customer: Customer,
    pub(super) callback: Callback,
    tokens: PathBuf,
    /// The modes as they were found.
    modes: Vec<(&'static str, &'static str)>,
    /// How many payments should stand in the ledger.
    pub(super) payments: usize,
}

impl<'a> Shop<'a> {
    pub(super) async fn open(sandbox: &'a Sandbox) -> Result<Self, Box<dyn Error>> {
        let paga = sandbox.paga_connect();
        let found = sandbox.modes().into_iter().filter(|mode| mode.provider == "paga-connect");
        let changed =
            |name: &str| name == "consent_without_browser" || STRICT.iter().any(|(strict, _)| *strict == name);
        let modes = found.filter(|mode| changed(mode.name)).map(|mode| (mode.name, mode.value)).collect();
        // Where there is no browser, the sandbox's API consents for the user; the table says so.
        sandbox.set_modes("paga-connect", &[STRICT[0], STRICT[1], ("consent_without_browser", "on")])?;
        let callback = Callback::open().await?;
        paga.register_redirect_uri(&paga.client_id(), &callback.url)?;
        let tokens = folder();
        let client = client(sandbox, &paga, &callback.url, store(&tokens)?)?;
        let customer = Customer::new(sandbox);
        Ok(Self { sandbox, paga, client, customer, callback, tokens, modes, payments: 0 })
    }

    /// Leaves the sandbox as it was found, for whoever goes on with it, and no tokens on the disk.
    pub(super) fn close(self) {
        // They were read from it a moment ago.
        let _ = self.sandbox.set_modes("paga-connect", &self.modes);
        self.sandbox.clear_faults();
        // A folder that stays holds the sandbox's tokens alone.
        let _ = std::fs::remove_dir_all(&self.tokens);
    }

    /// The client as a program has it that starts now: it knows the store alone.
    pub(super) fn restarted_client(&self) -> Result<Client, Box<dyn Error>> {
        client(self.sandbox, &self.paga, &self.callback.url, store(&self.tokens)?)
    }

    pub(super) fn session(&self, user: &str) -> UserSession {
        self.client.user(user)
    }

    /// Access tokens have ended, refresh tokens have not.
    pub(super) fn later(&self) {
        self.sandbox.clock().advance(Duration::from_secs(13 * 3600));
    }

    pub(super) fn refreshes(&self, user: &str) -> u32 {
        self.paga.refreshes(user).unwrap_or_default()
    }

    /// Something will go wrong with the next request of this operation.
    pub(super) fn fault(&self, operation: &str, fault: Fault) -> Result<(), pay_sandbox::Error> {
        self.sandbox.add_fault(FaultRule::new("paga-connect", fault).operation(operation))?;
        Ok(())
    }

    /// How many requests the sandbox has had for an operation.
    pub(super) fn requests(&self, operation: &str) -> usize {
        let log = self.sandbox.requests();
        log.iter().filter(|record| record.provider == "paga-connect" && record.operation == Some(operation)).count()
    }

    /// Paga Connect's part of the books: other stories write into others.
    pub(super) fn books(&self) -> ProviderLedger {
        self.sandbox.ledger().providers.remove("paga-connect").unwrap_or_default()
    }

    /// Checks that nothing moved, and says so.
    pub(super) fn nothing_moved(&self, seen: Seen) -> Seen {
        let payments = self.books().sales.len();
        seen.ledger("nothing moved").same("payments in the ledger", payments, self.payments)
    }

    /// A new payment: counts it, and checks that it was charged once, to the kobo.
    pub(super) fn sold(&mut self, seen: Seen, reference: &str, cents: i64) -> Seen {
        self.payments += 1;
        let books = self.books();
        let found = books.sales.iter().find(|sale| sale.reference == reference);
        let charges = self.sandbox.ledger().charges(reference);
        let amount = found.map_or(0, |sale| sale.amount_cents);
        seen.ledger(format!("{}, {}", charged(charges), naira(amount)))
            .same("charges", charges, 1)
            .same("kobo", amount, cents)
            .same("payments in the ledger", books.sales.len(), self.payments)
    }
}

/// A payment of the story. Which customer it is for, the merchant's own books say.
pub(super) fn payment(reference: &str, amount: &str) -> Result<MerchantPayment, paga_connect::AmountError> {
    let references = PaymentReferences { reference: reference.to_owned(), customer: "customer-1".to_owned() };
    Ok(MerchantPayment::new(references, amount.parse()?))
}

fn client(
    sandbox: &Sandbox,
    paga: &PagaConnect,
    callback: &str,
    store: Arc<dyn TokenStore>,
) -> Result<Client, Box<dyn Error>> {
    let (id, clock) = (paga.client_id(), sandbox.clock());
    let secret = paga.client_secret(&id).unwrap_or_default();
    let builder = Client::builder().local(paga.base_url()).credentials(id, secret);
    Ok(builder.redirect_uri(callback).token_store(store).wall_clock(move || clock.now()).build()?)
}

/// In clear: they are the sandbox's, and worthless elsewhere.
#[cfg(unix)]
fn store(folder: &std::path::Path) -> Result<Arc<dyn TokenStore>, Box<dyn Error>> {
    Ok(Arc::new(paga_connect::auth::FileStore::plain_text(folder)?))
}

/// Without a store on files, one store for the whole program stands in its place.
#[cfg(not(unix))]
fn store(_folder: &std::path::Path) -> Result<Arc<dyn TokenStore>, Box<dyn Error>> {
    static ALL: std::sync::LazyLock<Arc<paga_connect::auth::MemoryStore>> = std::sync::LazyLock::new(Arc::default);
    Ok(ALL.clone())
}

/// A folder that no other story has.
fn folder() -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    std::env::temp_dir().join(format!("pay-demo-tokens-{}-{number}", std::process::id()))
}

/// Where browsers come back to.
pub(super) struct Callback {
    pub(super) url: String,
    returns: UnboundedReceiver<String>,
    task: JoinHandle<()>,
}

impl Callback {
    async fn open() -> Result<Self, std::io::Error> {
        let (sender, returns) = unbounded_channel();
        let routes = Router::new().route("/paga/callback", get(back)).with_state(sender);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://{}/paga/callback", listener.local_addr()?);
        let task = tokio::spawn(async move {
            // It ends with the task; an error has nobody to go to, and the step that waits for a return says that none came.
            let _ = axum::serve(listener, routes).await;
        });
        Ok(Self { url, returns, task })
    }

    /// The query that the next browser comes back with.
    pub(super) async fn next(&mut self) -> Result<String, &'static str> {
        // Far longer than anything on this machine takes.
        let next = tokio::time::timeout(Duration::from_secs(10), self.returns.recv()).await;
        next.ok().flatten().ok_or("nobody came back")
    }
}

impl Drop for Callback {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn back(State(returns): State<UnboundedSender<String>>, RawQuery(query): RawQuery) -> Html<&'static str> {
    let _ = returns.send(query.unwrap_or_default());
    Html("<!doctype html><title>Back at the shop</title><h1>Back at the shop</h1>")
}

/// Kobo as an amount, for people.
pub(super) fn naira(cents: i64) -> String {
    Amount::from_minor(cents, 2).map_or_else(|| format!("NGN {cents} kobo"), |amount| format!("NGN {amount}"))
}

/// How often, in words.
fn charged(times: u32) -> String {
    match times {
        0 => "not charged".to_owned(),
        1 => "charged once".to_owned(),
        more => format!("charged {more} times"),
    }
}

//! The sandbox itself: started per test or by the program, told what to do, and asked what happened.

use crate::faults::{FaultBook, FaultRule, FaultStatus};
use crate::paga_connect::{PagaConnect, PagaConnectProvider};
use crate::pagamio::{Pagamio, PagamioProvider};
use crate::pagfast::{PagFast, PagFastProvider};
use crate::pay1st::{Pay1st, Pay1stProvider};
use crate::payagency::{PayAgency, PayAgencyProvider};
use crate::provider::Provider;
use crate::request_log::{RequestLog, RequestRecord};
use crate::webhooks::Outbox;
use crate::{Error, Ledger, ModeState, SandboxClock, server};
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// What the listener, the control plane and the handles share.
pub(crate) struct Shared {
    pub(crate) clock: SandboxClock,
    pub(crate) faults: FaultBook,
    pub(crate) log: RequestLog,
    pub(crate) outbox: Arc<Outbox>,
    pub(crate) pagamio: PagamioProvider,
    pub(crate) pay1st: Pay1stProvider,
    pub(crate) payagency: PayAgencyProvider,
    pub(crate) pagfast: PagFastProvider,
    pub(crate) paga_connect: PagaConnectProvider,
}

/// A running sandbox on a loopback port of its own. Dropping it stops it.
pub struct Sandbox {
    pub(crate) shared: Arc<Shared>,
    address: SocketAddr,
    tls: Option<Tls>,
    /// Dropping it stops the task, which ends all connections.
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

/// Settings of a sandbox that is yet to be started.
#[derive(Clone, Debug, Default)]
pub struct SandboxBuilder {
    port: u16,
    webhook_hosts: Vec<String>,
    #[cfg(feature = "tls")]
    tls: Option<(u16, std::path::PathBuf)>,
}

/// Where a sandbox speaks HTTPS, and what a client has to trust.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tls {
    /// `https://localhost:PORT`.
    pub url: String,
    /// The CA's certificate, in PEM.
    pub ca: std::path::PathBuf,
}

impl SandboxBuilder {
    /// Listens on this port of the loopback address; 0 (the default): any free one.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Allows webhooks to this host (a name or an address, without port) beside this machine.
    #[must_use]
    pub fn allow_webhook_host(mut self, host: impl Into<String>) -> Self {
        self.webhook_hosts.push(host.into());
        self
    }

    /// Speaks HTTPS too, on this port of the loopback address (0: any free one). The CA stands in this directory; it is made
    /// on first use, its key readable by its owner only, and can speak for this machine only.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn tls(mut self, port: u16, directory: impl Into<std::path::PathBuf>) -> Self {
        self.tls = Some((port, directory.into()));
        self
    }

    #[cfg(feature = "tls")]
    async fn open_tls(&self) -> Result<Option<(server::Door, Tls)>, Error> {
        let Some((port, directory)) = &self.tls else { return Ok(None) };
        let (acceptor, ca) = server::tls::open(directory)?;
        let bind = |source| Error::Bind { port: *port, source };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).await.map_err(bind)?;
        let url = format!("https://localhost:{}", listener.local_addr().map_err(bind)?.port());
        Ok(Some((server::Door::tls(listener, acceptor), Tls { url, ca })))
    }

    #[cfg(not(feature = "tls"))]
    async fn open_tls(&self) -> Result<Option<(server::Door, Tls)>, Error> {
        Ok(None)
    }

    /// Starts listening.
    ///
    /// # Errors
    ///
    /// [`Error::Bind`] when the port cannot be opened, [`Error::NoRuntime`] outside a Tokio runtime,
    /// [`Error::Invalid`] when what is allowed is no host, [`Error::Tls`] when TLS was asked for and cannot be set up.
    pub async fn start(self) -> Result<Sandbox, Error> {
        let runtime = Handle::try_current().map_err(|_| Error::NoRuntime)?;
        let bind = |source| Error::Bind { port: self.port, source };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port)).await.map_err(bind)?;
        let address = listener.local_addr().map_err(bind)?;
        let (tls_door, tls) = self.open_tls().await?.unzip();
        let clock = SandboxClock::new();
        let outbox = Outbox::new(clock.clone());
        outbox.open(address.port(), &self.webhook_hosts)?;
        let shared = Arc::new(Shared {
            pagamio: PagamioProvider::new(clock.clone()),
            pay1st: Pay1stProvider::new(clock.clone(), Arc::clone(&outbox)),
            payagency: PayAgencyProvider::new(clock.clone(), Arc::clone(&outbox), &format!("http://{address}")),
            pagfast: PagFastProvider::new(clock.clone(), Arc::clone(&outbox), &format!("http://{address}")),
            paga_connect: PagaConnectProvider::new(clock.clone()),
            clock,
            faults: FaultBook::default(),
            log: RequestLog::default(),
            outbox: Arc::clone(&outbox),
        });
        let (stop, stopped) = oneshot::channel();
        let serving = Arc::clone(&shared);
        let task = runtime.spawn(async move {
            let sending = Sending(tokio::spawn(outbox.run()));
            server::serve(server::Door::plain(listener), tls_door, serving, stopped).await;
            drop(sending);
        });
        Ok(Sandbox { shared, address, tls, stop, task })
    }
}

/// The task that sends webhooks; it ends with the listener, however that ends.
struct Sending(JoinHandle<()>);

impl Drop for Sending {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Sandbox {
    /// Starts a sandbox on any free port.
    ///
    /// # Errors
    ///
    /// As [`SandboxBuilder::start`].
    pub async fn start() -> Result<Self, Error> {
        Self::builder().start().await
    }

    /// A sandbox with settings of one's own.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder::default()
    }

    /// `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where it speaks HTTPS, if it was told to.
    pub fn tls(&self) -> Option<&Tls> {
        self.tls.as_ref()
    }

    /// Where the control plane listens.
    pub fn control_url(&self) -> String {
        format!("{}/_sandbox", self.url())
    }

    /// Pagamio's part: its base URL, its seeded accounts, its floats.
    pub fn pagamio(&self) -> Pagamio {
        Pagamio::new(Arc::clone(&self.shared), &self.url())
    }

    /// Pay1st's part: its base URLs, its credentials, its console and its customers.
    pub fn pay1st(&self) -> Pay1st {
        Pay1st::new(Arc::clone(&self.shared), &self.url())
    }

    /// Pay Agency's part: its base URL, its keys, its wallets, its operator and its payers.
    pub fn payagency(&self) -> PayAgency {
        PayAgency::new(Arc::clone(&self.shared), &self.url())
    }

    /// PagFast's part: its base URL, its accounts with their keys, its payers and its people.
    pub fn pagfast(&self) -> PagFast {
        PagFast::new(Arc::clone(&self.shared), &self.url())
    }

    /// Paga Connect's part: its base URL, its clients, its users and their consents.
    pub fn paga_connect(&self) -> PagaConnect {
        PagaConnect::new(Arc::clone(&self.shared), &self.url())
    }

    /// The sandbox's clock.
    pub fn clock(&self) -> SandboxClock {
        self.shared.clock.clone()
    }

    /// Adds a fault rule and answers its number.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] when the rule names a provider or operation that does not exist, or a value that
    /// cannot be put on the wire.
    pub fn add_fault(&self, rule: FaultRule) -> Result<u64, Error> {
        self.shared.add_fault(rule)
    }

    /// Every rule, and how many requests each has taken.
    pub fn faults(&self) -> Vec<FaultStatus> {
        self.shared.faults.all()
    }

    /// Removes one rule; `false`: there was none with this number.
    pub fn remove_fault(&self, id: u64) -> bool {
        self.shared.faults.remove(id)
    }

    /// Removes every rule.
    pub fn clear_faults(&self) {
        self.shared.faults.clear();
    }

    /// A snapshot of the books.
    pub fn ledger(&self) -> Ledger {
        self.shared.ledger()
    }

    /// The last 10,000 requests to providers, oldest first.
    pub fn requests(&self) -> Vec<RequestRecord> {
        self.shared.log.all()
    }

    /// Which secrets of this sandbox stand in a text, such as the log of a client under test: passwords, bearer and
    /// refresh tokens, electricity tokens, PINs and their serial numbers. Says whose they are, never what they are.
    pub fn leaks(&self, text: &str) -> Vec<String> {
        self.shared.leaks(text)
    }

    /// Every mode of every provider.
    pub fn modes(&self) -> Vec<ModeState> {
        self.shared.providers().iter().flat_map(|it| it.modes()).collect()
    }

    /// Sets modes of a provider: all of them, or none when one is wrong.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] with the provider, mode or value that does not exist.
    pub fn set_modes(&self, provider: &str, modes: &[(&str, &str)]) -> Result<(), Error> {
        self.shared.provider(provider, "provider")?.set_modes(modes)
    }

    /// Back to the state just after the start: accounts, sales, tokens, faults, modes, log and clock.
    pub fn reset(&self) {
        self.shared.reset();
    }

    /// Stops listening, ends every connection, and waits until that is done.
    pub async fn stop(self) {
        drop(self.stop);
        // The task ends by itself or was cancelled with its runtime; both are a stop.
        let _ = self.task.await;
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("url", &self.url()).finish_non_exhaustive()
    }
}

impl Shared {
    pub(crate) fn providers(&self) -> [&dyn Provider; 5] {
        [&self.pagamio, &self.pay1st, &self.payagency, &self.pagfast, &self.paga_connect]
    }

    /// A provider by name; `field` is named in the error when there is none.
    pub(crate) fn provider(&self, name: &str, field: &str) -> Result<&dyn Provider, Error> {
        self.providers()
            .into_iter()
            .find(|provider| provider.name() == name)
            .ok_or_else(|| Error::invalid(field, format!("no provider named {name:?}")))
    }

    pub(crate) fn add_fault(&self, rule: FaultRule) -> Result<u64, Error> {
        self.check_fault(&rule)?;
        Ok(self.faults.add(rule))
    }

    pub(crate) fn check_fault(&self, rule: &FaultRule) -> Result<(), Error> {
        let provider = self.provider(&rule.provider, "provider")?;
        rule.check(&provider.operations())
    }

    pub(crate) fn ledger(&self) -> Ledger {
        Ledger { providers: self.providers().iter().map(|provider| (provider.name(), provider.ledger())).collect() }
    }

    pub(crate) fn leaks(&self, text: &str) -> Vec<String> {
        self.providers().iter().flat_map(|provider| provider.leaks(text)).collect()
    }

    pub(crate) fn reset(&self) {
        self.faults.clear();
        self.log.clear();
        self.clock.set_offset(std::time::Duration::ZERO);
        self.providers().iter().for_each(|provider| provider.reset());
        self.outbox.reset();
    }

    /// Sandbox time in RFC 3339, to the millisecond.
    pub(crate) fn now_text(&self) -> String {
        self.clock.text()
    }
}

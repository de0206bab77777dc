//! Three processes on one token and one journal: one dies in the middle of a payment, another settles it, and the ledger shows one charge.

use super::progress::Progress;
use super::step::{Seen, Teller};
use super::table;
use crate::term;
use aes_gcm::aead::{Aead, OsRng};
use aes_gcm::{AeadCore, Aes256Gcm, KeyInit};
use pagamio::{Account, Client, Pacing, Purchase};
use pay_core::auth::{FileStore, SealAtRest, StoreError};
use pay_sandbox::{Fault, FaultRule, Sandbox};
use pay_store::{IntentJournal, Listing};
use std::error::Error;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

const PHONE: &str = "+27821234567";

/// What tokens and intents are sealed with. A real key comes from a vault.
struct Pair(Aes256Gcm);

const NONCE: usize = 12;

impl SealAtRest for Pair {
    fn seal(&self, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        let nonce = Aes256Gcm::generate_nonce(&mut OsRng);
        let sealed = self.0.encrypt(&nonce, plain).map_err(|_| StoreError("sealing failed".to_owned()))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        let failed = || StoreError("what was kept does not open".to_owned());
        let (nonce, sealed) = sealed.split_at_checked(NONCE).ok_or_else(failed)?;
        self.0.decrypt(nonce.into(), sealed).map_err(|_| failed())
    }
}

pub(crate) fn pair() -> Arc<dyn SealAtRest> {
    Arc::new(Pair(Aes256Gcm::new(b"the key of a demo, 32 bytes long".into())))
}

/// Tells it; whether every step was as it should be.
pub(crate) async fn run() -> Result<bool, String> {
    let sandbox = Sandbox::start().await.map_err(|error| error.to_string())?;
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let mut teller = Teller::new("scale", Progress::new());
    tell(&sandbox, folder.path(), &mut teller).await;
    let rows = teller.into_rows();
    term::out(&table::render("three processes, one token, one journal", &rows, term::wants_colour()));
    sandbox.stop().await;
    Ok(!rows.is_empty() && rows.iter().all(super::step::Row::is_right))
}

async fn tell(sandbox: &Sandbox, folder: &Path, teller: &mut Teller) {
    let start = async || Process::start(sandbox, folder).await;
    let Some((mut first, mut second, mut third)) = teller
        .step("three processes log in", async {
            let mut three = (start().await?, start().await?, start().await?);
            let (a, b, c) = tokio::join!(three.0.ask("products"), three.1.ask("products"), three.2.ask("products"));
            let seen = Seen::new(format!("{}, {}, {}", a?, b?, c?));
            let log_ins = count(sandbox, "token");
            let seen = seen.ledger(format!("{log_ins} log-in for all three")).same("log-ins", log_ins, 1);
            Ok(seen.with(three))
        })
        .await
    else {
        return;
    };
    teller
        .step("the second buys, and is killed while the answer is on its way", async {
            let stalls = FaultRule::new("pagamio", Fault::StallAfterActing(None)).operation("purchase").times(1);
            sandbox.add_fault(stalls)?;
            second.tell("buy scale-1").await?;
            while sandbox.ledger().charges("scale-1") == 0 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            second.child.kill().await?;
            let journal = journal(folder)?;
            let state = journal.list(&Listing::new()).await?.first().map(|entry| entry.state.as_str());
            Ok(charged(sandbox, Seen::new(format!("nothing; its intent is {}", state.unwrap_or("missing")))).same(
                "intent",
                state,
                Some("open"),
            ))
        })
        .await;
    teller
        .step("the first and the third recover at once", async {
            let (one, two) = tokio::join!(first.ask("recover"), third.ask("recover"));
            let (one, two) = (one?, two?);
            let settled = [one.as_str(), two.as_str()].iter().filter(|said| **said == "1 settled").count();
            Ok(charged(sandbox, Seen::new(format!("{one}; {two}"))).same("who settled it", settled, 1))
        })
        .await;
    teller
        .step("the third buys on", async {
            let said = third.ask("buy scale-2").await?;
            let log_ins = count(sandbox, "token");
            let wrong = sandbox.ledger().check();
            Ok(Seen::new(said.as_str())
                .ledger(format!("{log_ins} log-in still"))
                .same("answer", said.as_str(), "completed")
                .same("log-ins", log_ins, 1)
                .same("the books' rules", wrong, Vec::<String>::new()))
        })
        .await;
}

fn charged(sandbox: &Sandbox, seen: Seen) -> Seen {
    let charges = sandbox.ledger().charges("scale-1");
    seen.ledger(format!("charged {charges} time")).same("charges", charges, 1)
}

fn count(sandbox: &Sandbox, operation: &str) -> usize {
    sandbox.requests().iter().filter(|request| request.operation == Some(operation)).count()
}

fn journal(folder: &Path) -> Result<IntentJournal, Box<dyn Error>> {
    Ok(IntentJournal::sqlite(folder.join("intents.db"), pair())?)
}

/// One of the three.
struct Process {
    child: Child,
    stdin: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Process {
    async fn start(sandbox: &Sandbox, folder: &Path) -> Result<Self, Box<dyn Error>> {
        let (pagamio, merchant) = (sandbox.pagamio(), sandbox.pagamio().merchant());
        let mut child = Command::new(std::env::current_exe()?)
            .arg("scale-worker")
            .env("SCALE_FOLDER", folder)
            .env("SCALE_URL", pagamio.base_url())
            .env("SCALE_USER", merchant.username())
            .env("SCALE_PASSWORD", merchant.password())
            .env("SCALE_ACCOUNT", merchant.account_id())
            .env("SCALE_CHANNEL", merchant.channel_id())
            .env("SCALE_TYPE", merchant.user_type_id())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let (stdin, stdout) = (child.stdin.take().ok_or("no stdin")?, child.stdout.take().ok_or("no stdout")?);
        Ok(Self { child, stdin, lines: BufReader::new(stdout).lines() })
    }

    async fn tell(&mut self, command: &str) -> Result<(), Box<dyn Error>> {
        Ok(self.stdin.write_all(format!("{command}\n").as_bytes()).await?)
    }

    async fn ask(&mut self, command: &str) -> Result<String, Box<dyn Error>> {
        self.tell(command).await?;
        Ok(self.lines.next_line().await?.ok_or("the process is gone")?)
    }
}

/// One of the three processes: commands come line by line, answers go out.
pub(crate) fn worker() -> Result<(), String> {
    let runtime = tokio::runtime::Runtime::new().map_err(|error| error.to_string())?;
    runtime.block_on(work()).map_err(|error| error.to_string())
}

async fn work() -> Result<(), Box<dyn Error>> {
    let folder = std::path::PathBuf::from(std::env::var("SCALE_FOLDER")?);
    let journal = journal(&folder)?;
    let client = Client::builder()
        .local(std::env::var("SCALE_URL")?)
        .credentials(std::env::var("SCALE_USER")?, std::env::var("SCALE_PASSWORD")?)
        .account(Account::Merchant(std::env::var("SCALE_ACCOUNT")?))
        .channel(std::env::var("SCALE_CHANNEL")?)
        .user_type_id(std::env::var("SCALE_TYPE")?)
        .pacing(Pacing::Wait)
        // The two lines.
        .token_store(Arc::new(FileStore::sealed(folder.join("tokens"), pair())?))
        .journal(Arc::new(journal.clone()))
        .build()?;
    // Nothing else runs between two commands.
    for command in std::io::stdin().lines() {
        let command = command?;
        let said = match command.split_once(' ') {
            Some(("buy", reference)) => buy(&client, reference).await?,
            None if command == "recover" => {
                // The demo knows that the process is gone; by default an intent is left alone until its call's deadline.
                let report = journal.recover(&client).even_if_busy().run().await?;
                format!("{} settled", report.settled.len())
            }
            _ => format!("{} products", client.products().send().await?.len()),
        };
        term::out(&format!("{said}\n"));
    }
    Ok(())
}

async fn buy(client: &Client, reference: &str) -> Result<String, Box<dyn Error>> {
    let sale = Purchase::airtime("AIR-VOD-001", "50.00".parse()?, PHONE).reference(reference);
    Ok(match client.purchase(sale).send().await? {
        pagamio::Purchased::Completed(_) => "completed".to_owned(),
        pagamio::Purchased::Pending(_) => "pending".to_owned(),
    })
}

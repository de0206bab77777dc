//! The examples of `paga-connect`, run as a user runs them: with their settings in the environment, here a sandbox's.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;
#[path = "../../pay-sandbox/tests/browser/install.rs"]
mod install;

use common::Ran;
use pay_sandbox::{Fault, FaultRule, Sandbox};
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

fn example(sandbox: &Sandbox, name: &'static str, arguments: &[&str]) -> Command {
    let paga = sandbox.paga_connect();
    let id = paga.client_id();
    let mut command = Command::new(common::example("paga-connect", name));
    command.args(arguments).envs([
        ("PAGA_CONNECT_ENVIRONMENT", "local"),
        ("PAGA_CONNECT_BASE_URL", paga.base_url()),
        ("PAGA_CONNECT_CLIENT_ID", id.as_str()),
        ("PAGA_CONNECT_CLIENT_SECRET", paga.client_secret(&id).unwrap().as_str()),
        ("PAGA_CONNECT_REDIRECT_URI", paga.redirect_uri()),
    ]);
    command
}

/// A program that asks for a consent; `browser` makes of the page's address the one at which the browser ends.
fn converse(mut command: Command, browser: impl FnOnce(&str) -> String) -> Ran {
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut process = piped.spawn().unwrap();
    let mut out = BufReader::new(process.stdout.take().unwrap());
    let mut said = String::new();
    out.read_line(&mut said).unwrap();
    let page = said.trim_end().strip_prefix("open ").unwrap_or_else(|| panic!("it says {said:?}")).to_owned();
    writeln!(process.stdin.take().unwrap(), "{}", browser(&page)).unwrap();
    // What follows is short: no pipe is full while the other is read.
    said.clear();
    out.read_to_string(&mut said).unwrap();
    let mut ran: Ran = process.wait_with_output().unwrap().into();
    ran.out = said;
    ran
}

/// The running site; it ends with its owner.
struct Site {
    process: Child,
    url: String,
}

impl Site {
    /// Starts it on this port, with users' tokens in this directory.
    fn start(sandbox: &Sandbox, port: u16, tokens: &Path) -> Self {
        let mut command = example(sandbox, "merchant_site", &[]);
        command.env("MERCHANT_SITE_LISTEN", format!("127.0.0.1:{port}")).env("MERCHANT_SITE_TOKENS", tokens);
        command.env("PAGA_CONNECT_REDIRECT_URI", redirect_uri(port));
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let url =
            line.trim_end().strip_prefix("the site is at ").unwrap_or_else(|| panic!("it says {line:?}")).to_owned();
        Self { process, url }
    }

    /// Kills it as `kill -9` does; answers what it said on standard error.
    fn kill(&mut self) -> String {
        self.process.kill().unwrap();
        let mut said = String::new();
        self.process.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        self.process.wait().unwrap();
        said
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn redirect_uri(port: u16) -> String {
    format!("http://127.0.0.1:{port}/paga/callback")
}

/// A customer's browser, as far as one is needed: a cookie, and the forms of the last page.
struct Browser {
    http: reqwest::Client,
    site: String,
    cookie: String,
    page: String,
}

impl Browser {
    fn new(site: &Site) -> Self {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { http, site: site.url.clone(), cookie: String::new(), page: String::new() }
    }

    async fn logged_in(site: &Site, name: &str, password: &str) -> Self {
        let mut browser = Self::new(site);
        let (status, to) = browser.post("/log-in", &[("name", name), ("password", password)]).await;
        assert_eq!((status, to.as_deref()), (303, Some("/")));
        browser.get("/").await;
        browser
    }

    /// Status, and where it leads.
    async fn get(&mut self, path: &str) -> (u16, Option<String>) {
        let address = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.site) };
        self.send(self.http.get(address)).await
    }

    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> (u16, Option<String>) {
        let encoded = reqwest::Url::parse_with_params("http://form", fields).unwrap();
        let form = self.http.post(format!("{}{path}", self.site)).body(encoded.query().unwrap_or_default().to_owned());
        self.send(form.header("content-type", "application/x-www-form-urlencoded")).await
    }

    async fn send(&mut self, request: reqwest::RequestBuilder) -> (u16, Option<String>) {
        let answer = request.header(COOKIE, format!("other=1; shop={}", self.cookie)).send().await.unwrap();
        if let Some(set) = answer.headers().get(SET_COOKIE) {
            let set = set.to_str().unwrap();
            assert!(set.contains("Max-Age=0") || set.contains("HttpOnly; SameSite=Lax"), "{set}");
            self.cookie = set["shop=".len()..set.find(';').unwrap()].to_owned();
        }
        let to = answer.headers().get(LOCATION).map(|to| to.to_str().unwrap().to_owned());
        let status = answer.status().as_u16();
        self.page = answer.text().await.unwrap();
        (status, to)
    }

    /// The value of a hidden field.
    fn field(&self, name: &str) -> String {
        let (_, rest) =
            self.page.split_once(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("{}", self.page));
        rest[..rest.find('"').unwrap()].to_owned()
    }

    /// Presses a button of the shop's page.
    async fn press(&mut self, action: &str) -> (u16, Option<String>) {
        self.get("/").await;
        let token = self.field("token");
        self.post(action, &[("token", &token)]).await
    }

    /// Buys the book; answers status and order.
    async fn buy(&mut self) -> (u16, String) {
        self.get("/").await;
        let (token, order) = (self.field("token"), self.field("order"));
        (self.post("/pay", &[("token", &token), ("order", &order)]).await.0, order)
    }

    /// Connects the wallet of a user of the sandbox's, who signs in and approves there.
    async fn connect(&mut self, sandbox: &Sandbox, user: &str) {
        let paga = self.press("/connect").await.1.unwrap();
        let back = sandbox.paga_connect().approve(&paga, user).unwrap();
        assert_eq!(self.get(&back).await, (303, Some("/".to_owned())), "{}", self.page);
    }
}

struct Town {
    sandbox: Sandbox,
    port: u16,
    tokens: tempfile::TempDir,
}

/// A port that nobody has: below those which the system hands out, and never the same twice here.
fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = 20_000 + u16::try_from(std::process::id() % 10_000).unwrap();
    loop {
        let port = first + NEXT.fetch_add(1, Ordering::Relaxed);
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

impl Town {
    async fn new() -> Self {
        let sandbox = Sandbox::start().await.unwrap();
        let paga = sandbox.paga_connect();
        paga.set_mode("consent_without_browser", "on").unwrap();
        paga.set_mode("refresh_token", "rotated").unwrap();
        // Paga must know the address before the site listens there.
        let port = free_port();
        paga.register_redirect_uri(&paga.client_id(), &redirect_uri(port)).unwrap();
        Self { sandbox, port, tokens: tempfile::tempdir().unwrap() }
    }

    async fn site(&self) -> Site {
        tokio::task::block_in_place(|| Site::start(&self.sandbox, self.port, &self.tokens.path().join("tokens")))
    }

    fn charges(&self, order: &str) -> u32 {
        self.sandbox.ledger().charges(order)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_site_lets_nobody_in_and_nothing_through_that_does_not_belong() {
    let town = Town::new().await;
    let site = town.site().await;
    let mut stranger = Browser::new(&site);
    assert_eq!(stranger.get("/").await.0, 200);
    assert!(stranger.page.contains("<h1>Log in</h1>"));
    for (name, password) in [("ann", "ben-likes-maps"), ("", ""), ("nobody", "x")] {
        assert_eq!(stranger.post("/log-in", &[("name", name), ("password", password)]).await, (403, None));
    }
    for action in ["/connect", "/pay", "/disconnect", "/sign-out"] {
        assert_eq!(stranger.post(action, &[("token", "")]).await.0, 403, "{action}");
    }
    assert_eq!(stranger.get("/paga/callback?code=abc123&state=x").await.0, 400);

    let mut ann = Browser::logged_in(&site, "ann", "ann-likes-books").await;
    let mut ben = Browser::logged_in(&site, "ben", "ben-likes-maps").await;
    assert!(ann.page.contains("Hello, ann.") && ann.page.contains("Connect Paga"), "{}", ann.page);
    let (of_ann, of_ben) = (ann.field("token"), ben.field("token"));
    assert_ne!(of_ann, of_ben);
    // A form that another page made, and one of another customer's.
    for token in ["", "guess", &of_ben] {
        assert_eq!(ann.post("/connect", &[("token", token)]).await.0, 403);
    }
    // The consent of one browser is of no use to another, nor twice, nor with another state.
    let paga = ann.press("/connect").await.1.unwrap();
    assert!(paga.starts_with(town.sandbox.paga_connect().base_url()) && paga.contains("state="));
    let back = town.sandbox.paga_connect().approve(&paga, "ada").unwrap();
    assert_eq!(ben.get(&back).await.0, 400);
    ben.press("/connect").await;
    assert_eq!(ben.get(&back).await.0, 400, "{}", ben.page);
    // Whoever can make this browser open an address, with an image or a link: nothing of it takes the customer's own return away.
    for forged in [back.replace("state=", "state=x"), back.replace("state=", "s="), format!("{back}&state=x")] {
        assert_eq!(ann.get(&forged).await.0, 400, "{forged}");
    }
    assert_eq!(ann.get(&back).await.0, 303, "somebody else's return spoils nothing");
    assert_eq!(ann.get(&back).await.0, 400);
    // Who declines is told so, and nothing is connected.
    let paga = ben.press("/connect").await.1.unwrap();
    let back = town.sandbox.paga_connect().decline(&paga, "ngozi").unwrap();
    assert_eq!(ben.get(&back).await.0, 200);
    assert!(ben.page.contains("nothing was connected"), "{}", ben.page);
    ben.get("/").await;
    assert!(ben.page.contains("Connect Paga"));
    // An order is its customer's own.
    ann.get("/").await;
    let order = ann.field("order");
    let token = ben.field("token");
    assert_eq!(ben.post("/pay", &[("token", &token), ("order", &order)]).await.0, 404);
    // Signing out ends the cookie, wherever it was copied to.
    let copied = ann.cookie.clone();
    assert_eq!(ann.press("/sign-out").await.0, 303);
    ann.cookie = copied;
    ann.get("/").await;
    assert!(ann.page.contains("<h1>Log in</h1>"));
    assert_eq!(town.sandbox.ledger().sales().count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_connects_once_and_pays_over_a_restart_without_being_charged_twice() {
    let town = Town::new().await;
    let paga = town.sandbox.paga_connect();
    // What is refreshed lives long; the first tokens end soon.
    let lives = |access| paga.set_lives(Duration::from_secs(300), access, Duration::from_secs(86_400));
    lives(Duration::from_secs(2));
    let mut site = town.site().await;
    let mut ann = Browser::logged_in(&site, "ann", "ann-likes-books").await;
    ann.connect(&town.sandbox, "ada").await;
    let (status, first) = ann.buy().await;
    assert_eq!((status, town.charges(&first)), (200, 1), "{}", ann.page);
    assert!(ann.page.contains("Thank you"), "{}", ann.page);
    let paid = ann.page.clone();
    // The page loaded again sends the form again.
    let token = {
        ann.get("/").await;
        ann.field("token")
    };
    assert_eq!(ann.post("/pay", &[("token", &token), ("order", &first)]).await.0, 200);
    assert_eq!((ann.page.as_str(), town.charges(&first)), (paid.as_str(), 1));

    lives(Duration::from_secs(3600));
    let mut said = site.kill();
    tokio::time::sleep(Duration::from_millis(2100)).await;
    let mut site = town.site().await;
    // The browser's session was the site's memory; the wallet is still connected.
    let mut ann = Browser::logged_in(&site, "ann", "ann-likes-books").await;
    let (status, second) = ann.buy().await;
    assert_eq!((status, town.charges(&second), paga.refreshes("ada")), (200, 1, Some(1)), "{}", ann.page);

    // The answer is lost: nobody is charged again, whatever is pressed.
    let fault = FaultRule::new("paga-connect", Fault::ResetAfterActing).operation("merchant_payment");
    town.sandbox.add_fault(fault).unwrap();
    let (status, lost) = ann.buy().await;
    assert_eq!(status, 502);
    assert!(ann.page.contains("will not charge again") && ann.page.contains(&lost), "{}", ann.page);
    ann.get("/").await;
    let token = ann.field("token");
    assert_eq!(ann.post("/pay", &[("token", &token), ("order", &lost)]).await.0, 502);
    assert_eq!(town.charges(&lost), 1);
    // No money.
    paga.set_balance("ada", "3.00").unwrap();
    let (status, poor) = ann.buy().await;
    assert_eq!((status, town.charges(&poor)), (402, 0), "{}", ann.page);
    assert!(ann.page.contains("Paga said no"), "{}", ann.page);
    said += &site.kill();
    assert_eq!(town.sandbox.leaks(&said), Vec::<String>::new(), "{said}");
    assert!(said.contains(&lost) && !said.contains("state="), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_revokes_is_asked_to_connect_again_and_others_go_on() {
    let town = Town::new().await;
    let paga = town.sandbox.paga_connect();
    paga.set_lives(Duration::from_secs(300), Duration::from_secs(2), Duration::from_secs(86_400));
    let site = town.site().await;
    let mut ann = Browser::logged_in(&site, "ann", "ann-likes-books").await;
    let mut ben = Browser::logged_in(&site, "ben", "ben-likes-maps").await;
    ann.connect(&town.sandbox, "ada").await;
    ben.connect(&town.sandbox, "ngozi").await;
    paga.revoke("ada").unwrap();
    tokio::time::sleep(Duration::from_millis(2100)).await;
    let (status, order) = ann.buy().await;
    assert_eq!((status, town.charges(&order)), (409, 0), "{}", ann.page);
    assert!(ann.page.contains("connect it again"), "{}", ann.page);
    ann.get("/").await;
    assert!(ann.page.contains("Connect Paga") && !ann.page.contains("Buy"), "{}", ann.page);
    let (status, order) = ben.buy().await;
    assert_eq!((status, town.charges(&order)), (200, 1), "{}", ben.page);
    ann.connect(&town.sandbox, "ada").await;
    let (status, order) = ann.buy().await;
    assert_eq!((status, town.charges(&order)), (200, 1), "{}", ann.page);
    // Disconnecting forgets here, and says where the consent itself ends.
    assert_eq!(ann.press("/disconnect").await.0, 200);
    assert!(ann.page.contains("go to Paga"), "{}", ann.page);
    ann.get("/").await;
    assert!(ann.page.contains("Connect Paga"), "{}", ann.page);
    assert!(town.sandbox.ledger().check().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_browser_a_customer_connects_and_buys() {
    let found = match install::find() {
        Ok(found) => found,
        Err(missing) => return install::not_run("demo", &missing),
    };
    let town = Town::new().await;
    let site = town.site().await;
    let mut node = Command::new("node");
    // Read from standard input, it finds packages from where it runs.
    node.args(["--input-type=module", "-"]).current_dir(&found.folder);
    node.env("CHROMIUM", &found.chromium).env("SITE", &site.url);
    node.env("PASSWORD", town.sandbox.paga_connect().password("ada").unwrap());
    let ran: Ran = away(move || {
        let piped = node.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = piped.spawn().unwrap();
        process.stdin.take().unwrap().write_all(include_bytes!("merchant_site.mjs")).unwrap();
        process.wait_with_output().unwrap()
    })
    .await
    .into();
    assert_eq!(ran.status, Some(0), "{}{}", ran.out, ran.err);
    let ledger = town.sandbox.ledger();
    assert_eq!(ledger.charges_to("ada"), 2, "two books, though a page was loaded again");
    assert!(ledger.check().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_site_does_not_start_with_settings_that_are_missing_or_unwise() {
    let sandbox = Sandbox::start().await.unwrap();
    for (name, value, told) in [
        ("PAGA_CONNECT_CLIENT_SECRET", None, "PAGA_CONNECT_CLIENT_SECRET"),
        ("PAGA_CONNECT_ENVIRONMENT", Some("live"), "PAGA_CONNECT_ENVIRONMENT"),
        ("PAGA_CONNECT_ENVIRONMENT", Some("production"), "MERCHANT_SITE_TOKENS"),
        ("MERCHANT_SITE_LISTEN", Some("0.0.0.0:0"), "MERCHANT_SITE_LISTEN"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mut command = example(&sandbox, "merchant_site", &[]);
        command.env("MERCHANT_SITE_TOKENS", folder.path().join("tokens")).env("MERCHANT_SITE_LISTEN", "127.0.0.1:0");
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
        if value == Some("production") {
            command.env_remove("PAGA_CONNECT_BASE_URL");
        }
        let ran: Ran = command.output().unwrap().into();
        assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""), "{name}");
        assert!(ran.err.contains(told), "{name}: {}", ran.err);
        assert!(!folder.path().join("tokens").exists());
    }
    assert!(sandbox.requests().is_empty());
}

/// A sandbox whose users can consent by its API.
async fn sandbox() -> Sandbox {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.paga_connect().set_mode("consent_without_browser", "on").unwrap();
    sandbox
}

/// Away from the test's own runtime, which the sandbox answers from.
async fn away<R: Send + 'static>(work: impl FnOnce() -> R + Send + 'static) -> R {
    tokio::task::spawn_blocking(work).await.unwrap()
}

/// Runs it with a user who approves.
async fn approved(sandbox: &Sandbox, example_name: &'static str, arguments: &[&'static str]) -> Ran {
    let (command, paga) = (example(sandbox, example_name, arguments), sandbox.paga_connect());
    let ran = away(move || converse(command, |page| paga.approve(page, "ada").unwrap())).await;
    let said = format!("{}{}", ran.out, ran.err);
    assert_eq!(sandbox.leaks(&said), Vec::<String>::new(), "{said}");
    for personal in ["Ada", "Obi", "state=", "code="] {
        assert!(!said.contains(personal), "{personal} in {said}");
    }
    ran
}

/// What stands behind a word at the beginning of a line.
fn told<'a>(ran: &'a Ran, word: &str) -> &'a str {
    ran.out
        .lines()
        .find_map(|line| line.strip_prefix(word))
        .unwrap_or_else(|| panic!("no {word:?}: {}{}", ran.out, ran.err))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_consents_and_is_charged_once() {
    let sandbox = sandbox().await;
    let ran = approved(&sandbox, "charge_user", &["12.50"]).await;
    assert_eq!((ran.status, ran.err.as_str()), (Some(0), ""), "{}", ran.out);
    assert!(ran.out.contains("consented\n") && ran.out.contains("the first name came"), "{}", ran.out);
    let sale = sandbox.ledger().sale(told(&ran, "reference ")).cloned().unwrap();
    assert_eq!((sale.amount_cents, sale.charges), (1250, 1));
    assert_eq!(told(&ran, "charged NGN 12.5"), format!("0, transaction {}", sale.transaction_id));

    let fault = FaultRule::new("paga-connect", Fault::ResetAfterActing).operation("merchant_payment");
    sandbox.add_fault(fault).unwrap();
    let ran = approved(&sandbox, "charge_user", &[]).await;
    assert_eq!(ran.status, Some(3), "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("do not start it again"), "{}", ran.out);
    assert_eq!(sandbox.ledger().charges(told(&ran, "reference ")), 1);

    sandbox.paga_connect().set_balance("ada", "1.00").unwrap();
    let ran = approved(&sandbox, "charge_user", &[]).await;
    assert_eq!(ran.status, Some(1), "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("refused: ") && ran.out.contains("SANDBOX_INSUFFICIENT_FUNDS"), "{}", ran.out);
    assert_eq!(sandbox.ledger().sales().count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_consent_nobody_is_charged() {
    let sandbox = sandbox().await;
    let paga = sandbox.paga_connect();
    let command = || example(&sandbox, "charge_user", &[]);
    let (command_1, paga_1) = (command(), paga.clone());
    let ran = away(move || converse(command_1, |page| paga_1.decline(page, "ada").unwrap())).await;
    assert_eq!((ran.status, ran.err.contains("did not consent")), (Some(2), true), "{}", ran.err);
    let (command_2, paga_2) = (command(), paga.clone());
    let forged = move |page: &str| paga_2.approve(page, "ada").unwrap().replace("state=", "state=x");
    let ran = away(move || converse(command_2, forged)).await;
    assert_eq!((ran.status, ran.err.contains("another `state`")), (Some(2), true), "{}", ran.err);
    let requests = sandbox.requests().len();
    for (name, value) in [("PAGA_CONNECT_CLIENT_ID", None), ("PAGA_CONNECT_ENVIRONMENT", Some("production"))] {
        for arguments in [&[][..], &["one", "two"]] {
            let mut command = example(&sandbox, "charge_user", arguments);
            command.env_remove("PAGA_CONNECT_BASE_URL");
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
            let ran: Ran = command.output().unwrap().into();
            assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""), "{}", ran.err);
        }
    }
    assert_eq!((sandbox.requests().len(), sandbox.ledger().sales().count()), (requests, 0));
}

/// The table of `live_check`: what was assumed, and the verdict.
fn verdicts(ran: &Ran) -> BTreeMap<&str, &str> {
    let mut lines = ran.out.lines().skip_while(|line| !line.starts_with("assumed"));
    let head = lines.next().unwrap_or_else(|| panic!("{}{}", ran.out, ran.err));
    let (verdict, seen) = (head.find("verdict").unwrap(), head.find("seen").unwrap());
    let mut table = BTreeMap::new();
    for line in lines {
        let word = line.get(verdict..seen).unwrap_or(&line[verdict..]);
        assert_eq!(table.insert(line[..verdict].trim(), word.trim()), None, "twice: {line}");
    }
    table
}

fn with<'a>(table: &BTreeMap<&'a str, &str>, verdict: &str) -> Vec<&'a str> {
    table.iter().filter(|(_, is)| **is == verdict).map(|(item, _)| *item).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn live_check_only_asks_for_itself_unless_told_otherwise() {
    let sandbox = sandbox().await;
    let command = example(&sandbox, "live_check", &[]);
    let ran: Ran = away(move || {
        let mut command = command;
        command.output().unwrap()
    })
    .await
    .into();
    assert_eq!((ran.status, ran.err.as_str()), (Some(0), ""), "{}", ran.out);
    let table = verdicts(&ran);
    assert_eq!(table["token parameters are taken from a form body"], "confirmed", "{}", ran.out);
    assert_eq!(table["the state comes back as it was sent"], "not exercised", "{}", ran.out);
    assert_eq!(with(&table, "FAILED"), Vec::<&str>::new(), "{}", ran.out);
    assert!(sandbox.requests().iter().all(|record| record.operation == Some("token")));
    assert!(sandbox.paga_connect().consents().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn live_check_confirms_what_is_so_and_names_what_is_not() {
    let sandbox = sandbox().await;
    let ran = approved(&sandbox, "live_check", &["--user", "--charge", "5.00"]).await;
    assert_eq!((ran.status, ran.err.as_str()), (Some(0), ""), "{}", ran.out);
    let table = verdicts(&ran);
    assert_eq!(with(&table, "FAILED"), Vec::<&str>::new(), "{}", ran.out);
    assert_eq!(table["a refresh token can be used"], "confirmed", "{}", ran.out);
    assert_eq!(table["the amount comes back as it was sent"], "confirmed", "{}", ran.out);
    assert_eq!(sandbox.ledger().charges(told(&ran, "reference ")), 1);
    assert_eq!(sandbox.paga_connect().refreshes("ada"), Some(1));

    for (mode, value) in [("expires_in", "absent"), ("result", "flat"), ("token_parameters", "query")] {
        sandbox.paga_connect().set_mode(mode, value).unwrap();
    }
    let mut command = example(&sandbox, "live_check", &["--user", "--charge", "5.00"]);
    command.env("PAGA_CONNECT_TOKEN_PARAMETERS", "query");
    let paga = sandbox.paga_connect();
    let ran = away(move || converse(command, |page| paga.approve(page, "ngozi").unwrap())).await;
    assert_eq!(ran.status, Some(0), "contradictions are no errors: {}{}", ran.out, ran.err);
    let contradicted = with(&verdicts(&ran), "contradicted");
    for item in [
        "expires_in tells a lifetime",
        "the result stands in merchantPaymentResult",
        "token parameters are taken from a form body",
    ] {
        assert!(contradicted.contains(&item), "{item}: {}", ran.out);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn live_check_fails_where_a_call_fails() {
    let sandbox = sandbox().await;
    let mut command = example(&sandbox, "live_check", &["--user"]);
    command.env("PAGA_CONNECT_CLIENT_SECRET", "not-the-secret");
    let ran: Ran = away(move || command.output().unwrap()).await.into();
    assert_eq!(ran.status, Some(1), "{}{}", ran.out, ran.err);
    assert_eq!(with(&verdicts(&ran), "FAILED"), ["ask the token endpoint"], "{}", ran.out);
    assert!(!ran.out.contains("not-the-secret"));
}

#[tokio::test(flavor = "multi_thread")]
async fn intents_are_reconciled_with_a_statement_alone() {
    let sandbox = sandbox().await;
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let intents = file(
        "intents.csv",
        "reference,amount,outcome\na,10.00,completed\nb,5,unknown\nc,7,unknown\nd,1,refused\ne,2,not_done\nf,3,completed\ng,4,completed\n",
    );
    let statement = file("statement.csv", "reference,amount\na,10\nb,5.00\ne,2\nf,3.01\nx,9\n");
    let run = |arguments: &[&str]| -> Ran { example(&sandbox, "reconcile", arguments).output().unwrap().into() };
    let ran = run(&[&intents, &statement]);
    assert_eq!(ran.status, Some(1), "{}{}", ran.out, ran.err);
    let verdict = |reference: &str| {
        let line = ran.out.lines().find(|line| line.starts_with(&format!("{reference},"))).unwrap();
        line.split(',').nth(1).unwrap().to_owned()
    };
    let all = ["a", "b", "c", "d", "e", "f", "g", "x"].map(verdict);
    let expected = ["matched", "charged", "unanswerable", "matched", "unexpected", "different", "missing", "foreign"];
    assert_eq!(all, expected, "{}", ran.out);

    // Without a statement nothing is known, and nothing is guessed.
    let ran = run(&[&intents]);
    assert_eq!(ran.status, Some(1));
    assert_eq!(ran.out.matches(",unanswerable,").count(), 7, "{}", ran.out);
    let good = file("good.csv", "reference,amount,outcome\na,10.00,completed\nb,5,unknown\n");
    let booked = file("booked.csv", "reference,amount\na,10.00\nb,5\n");
    assert_eq!(run(&[&good, &booked]).status, Some(0));
    for wrong in ["reference,amount,outcome\na,5e3,completed\n", "reference,amount,outcome\na,5,perhaps\n"] {
        let ran = run(&[&file("wrong.csv", wrong)]);
        assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""), "{}", ran.err);
        assert!(ran.err.contains("line 2"), "{}", ran.err);
    }
    assert!(sandbox.requests().is_empty());
}

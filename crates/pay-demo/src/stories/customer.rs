//! The customer: in a headless Chromium where everything for one is here already, else by the sandbox's API.

use pay_sandbox::Sandbox;
use reqwest::{Client, Url, header};
use serde::{Deserialize, Serialize};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

const SCRIPT: &str = include_str!("customer.mjs");
/// The script's own limits add up to less.
const LIMIT: Duration = Duration::from_secs(90);
/// With which the script ends where no browser could be started.
const NO_BROWSER: i32 = 3;

/// What a customer does on a page.
#[derive(Serialize)]
pub(crate) struct Acts<'a> {
    /// Whether one of several choices is to be made: the first.
    pub(crate) choose: bool,
    /// Labels, and what is typed there.
    pub(crate) fill: &'a [(&'a str, &'a str)],
    /// How the label of the button begins.
    pub(crate) press: &'a str,
    pub(crate) ends: Ends<'a>,
}

/// What a customer does on two pages that follow each other.
#[derive(Serialize)]
pub(crate) struct InTwoSteps<'a> {
    #[serde(flatten)]
    pub(crate) first: Acts<'a>,
    /// How the label of the second page's button begins.
    pub(crate) then: &'a str,
}

/// Where that leads.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Ends<'a> {
    /// To an address like this.
    Url(&'a str),
    /// To a page whose heading holds this.
    Heading(&'a str),
}

/// What is done where there is no browser.
pub(crate) enum Instead<'a> {
    /// The sandbox's API speaks for the customer.
    Api(Action<'a>),
    /// The page's form is sent with these fields.
    Form(&'a [(&'a str, &'a str)]),
    /// This is posted below the control address, which answers where the customer goes.
    Ask { path: &'a str, body: serde_json::Value },
}

/// What the sandbox's API does as a customer would: `provider/subject/action` below its control address.
#[derive(Clone, Copy)]
pub(crate) struct Action<'a> {
    pub(crate) provider: &'a str,
    /// What the provider calls it that is acted on: `payments`, `transactions`.
    pub(crate) subjects: &'a str,
    pub(crate) id: &'a str,
    pub(crate) action: &'a str,
}

/// A customer.
pub(crate) struct Customer {
    http: Client,
    control: String,
    browser: Result<Browser, String>,
}

/// What drives a browser.
struct Browser {
    node: PathBuf,
    chromium: PathBuf,
    /// The folder whose `node_modules` holds `playwright-core`: the tests of the sandbox's pages put it there.
    packages: PathBuf,
}

/// What a customer did.
pub(crate) struct Visit {
    /// By what, for people.
    pub(crate) by: String,
    /// What the page asked for.
    pub(crate) shown: String,
}

#[derive(Deserialize)]
struct Told {
    shown: String,
    version: String,
}

#[derive(Deserialize)]
struct Acted {
    redirect: Option<String>,
}

impl Customer {
    /// Looks for a browser. Nothing is fetched: what is not here is done without.
    pub(crate) fn new(sandbox: &Sandbox) -> Self {
        Self { http: Client::new(), control: sandbox.control_url(), browser: Browser::find() }
    }

    /// Opens the link, does what is to be done there, and follows where that leads.
    pub(crate) async fn go(
        &self,
        link: &str,
        acts: &impl Serialize,
        instead: Instead<'_>,
    ) -> Result<Visit, Box<dyn Error>> {
        let why = match &self.browser {
            Ok(browser) => match browser.go(link, acts).await? {
                Ok(told) => {
                    return Ok(Visit {
                        by: format!("headless Chromium {}", told.version.split('.').next().unwrap_or_default()),
                        shown: told.shown,
                    });
                }
                Err(why) => why,
            },
            Err(missing) => missing.clone(),
        };
        let (status, page) = self.open(link).await?;
        let shown = page.split_once("<h1>").and_then(|(_, rest)| rest.split_once("</h1>")).map_or("", |(text, _)| text);
        if status != 200 {
            return Err(format!("the page was answered with {status}").into());
        }
        let shown = shown.split('<').map(|text| text.split_once('>').map_or(text, |(_, text)| text)).collect();
        let by = match instead {
            Instead::Api(action) => {
                self.act(action).await?;
                "the sandbox's API"
            }
            Instead::Form(fields) => {
                self.submit(link, fields).await?;
                "the page's form alone"
            }
            Instead::Ask { path, body } => {
                self.ask(path, &body).await?;
                "the sandbox's API"
            }
        };
        Ok(Visit { by: format!("{by} ({why})"), shown })
    }

    /// What the link leads to: status and page.
    pub(crate) async fn open(&self, link: &str) -> Result<(u16, String), reqwest::Error> {
        // The address may hold a token, and errors print addresses.
        let answer = self.http.get(link).send().await.map_err(reqwest::Error::without_url)?;
        let status = answer.status().as_u16();
        Ok((status, answer.text().await.map_err(reqwest::Error::without_url)?))
    }

    /// Does as a customer by the sandbox's API, and follows the redirect.
    pub(crate) async fn act(&self, action: Action<'_>) -> Result<(), Box<dyn Error>> {
        let Action { provider, subjects, id, action } = action;
        self.ask(&format!("{provider}/{subjects}/{id}/{action}"), &serde_json::json!({})).await
    }

    /// Asks the sandbox's API for where a customer goes after this, and goes there.
    async fn ask(&self, path: &str, body: &serde_json::Value) -> Result<(), Box<dyn Error>> {
        let request = self.http.post(format!("{}/{path}", self.control)).json(body);
        let acted: Acted = request.send().await?.error_for_status()?.json().await?;
        let redirect = acted.redirect.ok_or("the customer was sent nowhere")?;
        self.visit(&redirect).await
    }

    /// Sends a page's form, and follows where that leads.
    async fn submit(&self, page: &str, fields: &[(&str, &str)]) -> Result<(), Box<dyn Error>> {
        let encoded = Url::parse_with_params(page, fields)?;
        let form = self.http.post(page).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let sent = form.body(encoded.query().unwrap_or_default().to_owned()).send().await;
        sent.and_then(reqwest::Response::error_for_status).map_err(reqwest::Error::without_url)?;
        Ok(())
    }

    /// Opens a page of the shop.
    pub(crate) async fn visit(&self, page: &str) -> Result<(), Box<dyn Error>> {
        self.http.get(page).send().await?.error_for_status()?;
        Ok(())
    }
}

impl Browser {
    fn find() -> Result<Self, String> {
        let node = on_path(&["node"]).ok_or("no node here")?;
        let chromium = on_path(&["chromium", "chromium-browser", "google-chrome"]).ok_or("no Chromium here")?;
        // `target/debug/pay-demo` finds `target/browser-tools`.
        let program = std::env::current_exe().map_err(|error| error.to_string())?;
        let has = |folder: &PathBuf| folder.join("node_modules/playwright-core/package.json").is_file();
        let packages = program.ancestors().skip(2).take(2).map(|target| target.join("browser-tools")).find(has);
        Ok(Self { node, chromium, packages: packages.ok_or("no playwright-core here")? })
    }

    /// Runs the script. `Ok(Err(why))`: the browser did not start, which says nothing of the page.
    async fn go(&self, link: &str, acts: &impl Serialize) -> Result<Result<Told, String>, Box<dyn Error>> {
        let mut node = Command::new(&self.node)
            // Read from standard input, it finds packages from where it runs.
            .args(["--input-type=module", "-"])
            .current_dir(&self.packages)
            .env("CHROMIUM", &self.chromium)
            // Other users can list a program's arguments, not its environment.
            .env("LINK", link)
            .env("ACTS", serde_json::to_string(acts)?)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        if let Some(mut stdin) = node.stdin.take() {
            stdin.write_all(SCRIPT.as_bytes()).await?;
        }
        let ended = tokio::time::timeout(LIMIT, node.wait_with_output()).await??;
        let why = String::from_utf8_lossy(&ended.stderr).lines().next().unwrap_or("it did not say why").to_owned();
        match ended.status.code() {
            Some(0) => Ok(Ok(serde_json::from_slice(&ended.stdout)?)),
            Some(NO_BROWSER) => Ok(Err(format!("Chromium did not start: {why}"))),
            _ => Err(format!("the page in Chromium: {why}").into()),
        }
    }
}

fn on_path(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).filter(|folder| folder.is_absolute()).collect();
    let files = names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    files.map(|file| file.with_extension(std::env::consts::EXE_EXTENSION)).find(|file| Path::is_file(file))
}

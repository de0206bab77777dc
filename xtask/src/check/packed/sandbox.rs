//! The packed pay-sandbox, running, and what a stranger's program does with it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use serde_json::{Value, json};

use super::files::Packed;
use super::output;
use super::project::Project;
use crate::workspace::PROVIDERS;
use crate::{Error, Result};

/// Longer than any program here takes: a wait that nobody ends is a failure, not a check that hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running `pay-sandbox serve`; it ends with its owner.
pub(super) struct Sandbox {
    process: Child,
    /// What it says that a client needs.
    environment: Vec<(String, String)>,
    /// Address and port.
    host: String,
}

impl Sandbox {
    /// Builds it from what is packed, and starts it.
    pub(super) fn build(packed: &Packed) -> Result<Self> {
        let dir = packed.dir("pay-sandbox")?;
        std::fs::copy(&packed.lock, dir.join("Cargo.lock"))?;
        output(packed.cargo(&dir).args(["build", "--quiet", "--bin", "pay-sandbox"]))?;
        let mut process = Command::new(packed.program("pay-sandbox"))
            .args(["serve", "--port", "0"])
            .current_dir(&packed.root)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let output = process.stdout.take();
        let mut sandbox = Self { process, environment: Vec::new(), host: String::new() };
        let lines = lines(output.ok_or("pay-sandbox has no output")?);
        // It says all at once; the providers come in order, and the last one's settings end it.
        while let Ok(line) = lines.recv_timeout(if sandbox.complete() { Duration::from_millis(500) } else { PATIENCE })
        {
            sandbox.environment.extend(setting(&line));
        }
        if !sandbox.complete() {
            return Err(Error::from("pay-sandbox does not say what a client needs"));
        }
        let address = sandbox.environment.iter().find(|(name, _)| name.ends_with("_BASE_URL"));
        let address = address.and_then(|(_, url)| url.strip_prefix("http://")).ok_or("no base URL is told")?;
        sandbox.host = address.split('/').next().unwrap_or_default().to_owned();
        Ok(sandbox)
    }

    fn complete(&self) -> bool {
        let told = |provider: &str| self.environment.iter().any(|(name, _)| *name == base_url(provider));
        PROVIDERS.iter().all(|provider| told(provider))
    }

    /// The program ends well, and the books hold one more sale of this provider's, charged once.
    pub(super) fn buys(&self, program: &std::path::Path, project: &Project) -> Result<()> {
        let before = self.sales(project.provider)?.len();
        self.run(program, project)?;
        let sales = self.sales(project.provider)?;
        let charged: Vec<&Value> = sales.iter().map(|sale| &sale["charges"]).collect();
        if sales.len() != before + 1 || charged.iter().any(|charges| **charges != json!(1)) {
            return Err(Error::from(format!(
                "bought once, and the books say otherwise: {before} before, now {sales:?}"
            )));
        }
        Ok(())
    }

    fn run(&self, program: &std::path::Path, project: &Project) -> Result<()> {
        if project.provider == "paga-connect" {
            self.control("POST", "/modes", &json!({"paga-connect": {"consent_without_browser": "on"}}))?;
        }
        let mut command = Command::new(program);
        command.args(project.arguments).current_dir(program.parent().ok_or("a program has a folder")?);
        // What the one who runs the check has set is not a stranger's.
        for (name, _) in std::env::vars().filter(|(name, _)| {
            PROVIDERS.iter().any(|provider| name.starts_with(&prefix(provider)))
                || ["WEBHOOK_URL", "PAYER_CPF", "TEST_CARD"].contains(&name.as_str())
        }) {
            command.env_remove(name);
        }
        command.envs(self.environment.iter().cloned()).env("PAY1ST_WAIT", "30").env("WAIT_SECONDS", "30");
        let mut process = Ends(command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?);
        let mut input = process.0.stdin.take();
        let lines = lines(process.0.stdout.take().ok_or("the program has no output")?);
        let mut said = String::new();
        loop {
            let line = match lines.recv_timeout(PATIENCE) {
                Ok(line) => line,
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    process.0.kill()?;
                    said.push_str("(it said no more, and was killed)\n");
                    break;
                }
            };
            // What the customer does meanwhile.
            if let Some(reference) = line.strip_prefix("created ") {
                self.control("POST", &format!("/pay1st/payments/{reference}/pay"), &json!({}))?;
            } else if let (Some(url), Some(mut input)) = (line.strip_prefix("open http"), input.take()) {
                let consent = json!({"url": format!("http{url}"), "user": "ada", "approve": true});
                let back = self.control("POST", "/paga-connect/consent", &consent)?;
                writeln!(input, "{}", back["redirect"].as_str().unwrap_or_default())?;
            }
            said.push_str(&line);
            said.push('\n');
        }
        let mut errors = String::new();
        // It is short: the program never waits for somebody to read it.
        process.0.stderr.take().map(|mut stderr| stderr.read_to_string(&mut errors)).transpose()?;
        let status = process.0.wait()?;
        if status.success() {
            Ok(())
        } else {
            Err(Error::from(format!("the program ended with {status}\n{said}{errors}")))
        }
    }

    fn sales(&self, provider: &str) -> Result<Vec<Value>> {
        let ledger = self.control("GET", "/ledger", &Value::Null)?;
        if ledger["violations"] != json!([]) {
            return Err(Error::from(format!("the books are wrong: {}", ledger["violations"])));
        }
        let sales = ledger["providers"][provider]["sales"].as_array();
        Ok(sales.ok_or("the ledger lists no sales")?.clone())
    }

    /// Asks the control plane, which answers JSON.
    fn control(&self, method: &str, path: &str, body: &Value) -> Result<Value> {
        let mut stream = TcpStream::connect(&self.host)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let (host, length) = (&self.host, body.len());
        write!(
            stream,
            "{method} /_sandbox{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (head, body) = answer.split_once("\r\n\r\n").ok_or("half an answer")?;
        if !head.starts_with("HTTP/1.1 200") {
            return Err(Error::from(format!("{method} {path}: {}\n{body}", head.lines().next().unwrap_or_default())));
        }
        Ok(serde_json::from_str(body)?)
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A program that does not outlive the check.
struct Ends(Child);

impl Drop for Ends {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The lines of an output as they come, read to its end so that its writer never waits.
fn lines(output: impl std::io::Read + Send + 'static) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(std::result::Result::ok) {
            // The last lines may have no reader.
            let _ = sender.send(line);
        }
    });
    receiver
}

/// Name and value of a line `export NAME=VALUE`.
fn setting(line: &str) -> Option<(String, String)> {
    let (name, value) = line.trim().strip_prefix("export ")?.split_once('=')?;
    Some((name.to_owned(), value.to_owned()))
}

fn prefix(provider: &str) -> String {
    format!("{}_", provider.to_uppercase().replace('-', "_"))
}

fn base_url(provider: &str) -> String {
    format!("{}BASE_URL", prefix(provider))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_as_a_shell_would() {
        let pair = Some(("PAGAMIO_BASE_URL".to_owned(), "http://127.0.0.1:1/x?a=b".to_owned()));
        assert_eq!(setting("  export PAGAMIO_BASE_URL=http://127.0.0.1:1/x?a=b"), pair);
        assert_eq!(setting("In a browser   http://127.0.0.1:1"), None);
        assert_eq!(base_url("paga-connect"), "PAGA_CONNECT_BASE_URL");
    }

    #[test]
    fn lines_come_until_the_end() {
        let received: Vec<String> = lines("a\nb\n".as_bytes()).iter().collect();
        assert_eq!(received, ["a", "b"]);
    }
}

//! What the guides tell to run of this program: each command is taken from its page and run.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "guides/shell.rs"]
mod shell;

use shell::Command;
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

/// A running program that ends with its owner.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs `serve` with these words, on a free port where the page has one that may be taken here; its first line.
fn serve(command: &Command, arguments: &[String]) -> (Running, String) {
    let directory = tempfile::tempdir().unwrap();
    let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_pay-sandbox"));
    program.arg("serve");
    let mut before = "";
    for argument in arguments {
        match before {
            "--port" | "--tls-port" => program.arg("0"),
            "--tls-dir" => program.arg(directory.path()),
            _ => program.arg(argument),
        };
        before = argument;
    }
    if !arguments.iter().any(|argument| argument == "--port") {
        program.args(["--port", "0"]);
    }
    let mut child = program.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let running = Running(child);
    assert!(!line.is_empty(), "{}: it says nothing: {:?}", command.at, command.words);
    (running, line)
}

/// What a `curl` asks for: its method, where, and its body.
fn request(command: &Command, control: &str) -> (String, String, Option<String>) {
    let (mut method, mut url, mut body) = ("GET".to_owned(), None, None);
    let mut words = command.words[1..].iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "-s" => {}
            "-X" => method.clone_from(words.next().unwrap()),
            "-d" => body = words.next().cloned(),
            address => {
                let path = address.strip_prefix("$C").or(address.strip_prefix("http://127.0.0.1:4010/_sandbox"));
                url = Some(format!("{control}{}", path.unwrap_or_else(|| panic!("{}: {address}", command.at))));
            }
        }
    }
    (method, url.unwrap(), body)
}

#[tokio::test]
async fn the_commands_of_the_guides_work() {
    let commands = shell::commands();
    if commands.is_empty() {
        return; // a packed crate
    }
    let mut served = 0;
    for command in &commands {
        let start = [&["pay-sandbox", "serve"][..], &["cargo", "run", "-p", "pay-sandbox", "--", "serve"]];
        let Some(arguments) = start.iter().find_map(|start| command.after(start)) else { continue };
        let (_running, line) = serve(command, arguments);
        let json = arguments.iter().any(|argument| argument == "--json");
        assert!(line.contains(if json { "\"control\"" } else { "unofficial" }), "{}: {line}", command.at);
        served += 1;
    }
    let sandbox = pay_sandbox::Sandbox::start().await.unwrap();
    let control = format!("{}/_sandbox", sandbox.url());
    let mut asked = 0;
    for command in commands.iter().filter(|command| command.words[0] == "curl") {
        let (method, url, body) = request(command, &control);
        let request = reqwest::Client::new().request(method.parse().unwrap(), &url);
        let answer = request.body(body.unwrap_or_default()).send().await.unwrap();
        assert!(answer.status().is_success(), "{}: {:?}: {}", command.at, command.words, answer.status());
        asked += 1;
    }
    assert!(served > 3 && asked > 5, "{served} programs, {asked} requests: the pages are not read");
}

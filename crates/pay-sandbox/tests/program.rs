//! The program: its first line, its exits, and a client in another language that talks to it.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Output, Stdio};

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pay-sandbox"));
    command.args(arguments);
    command
}

/// A running program that ends with the test.
struct Running {
    child: Child,
    first_line: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn start(arguments: &[&str]) -> Running {
    let mut child = program(arguments).stdout(Stdio::piped()).spawn().unwrap();
    let mut first_line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut first_line).unwrap();
    Running { child, first_line }
}

fn output(arguments: &[&str]) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = program(arguments).output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

#[test]
fn the_first_line_is_json_with_all_that_a_client_needs() {
    let running = start(&["serve", "--port", "0", "--json"]);
    let facts: Value = serde_json::from_str(&running.first_line).unwrap();
    let control = facts["control"].as_str().unwrap();
    assert!(control.starts_with("http://127.0.0.1:") && control.ends_with("/_sandbox"));
    let pagamio = &facts["providers"]["pagamio"];
    assert!(pagamio["base_url"].as_str().unwrap().ends_with("/pagamio/api/v1"));
    for name in ["username", "password", "merchant_id", "user_type_id", "channel_id"] {
        assert!(pagamio[name].is_string(), "{name}");
        assert_eq!(pagamio[name], pagamio["accounts"]["merchant"][name]);
    }
    let pay1st = &facts["providers"]["pay1st"];
    assert!(pay1st["base_url"].as_str().unwrap().ends_with("/pay1st"));
    for name in ["checkout_url", "api_key", "api_secret", "signing_key", "partner_code"] {
        assert!(pay1st[name].is_string(), "{name}");
    }
    let pagfast = &facts["providers"]["pagfast"];
    assert!(pagfast["base_url"].as_str().unwrap().ends_with("/pagfast/v1"));
    for keys in [pagfast, &pagfast["companies"], &pagfast["second"], &pagfast["pending"]] {
        assert!(["account", "access_key", "secret", "webhook_key"].iter().all(|name| keys[name].is_string()));
    }
    let payagency = &facts["providers"]["payagency"];
    assert!(payagency["base_url"].as_str().unwrap().ends_with("/payagency"));
    for (keys, prefix) in [(payagency, "PA_TEST_"), (&payagency["live"], "PA_LIVE_")] {
        assert!(keys["secret_key"].as_str().unwrap().starts_with(prefix));
        assert_eq!(keys["encryption_key"].as_str().unwrap().len(), 32);
    }
    assert!(payagency["webhook_secret"].is_string() && facts.get("tls").is_none());
    let connect = &facts["providers"]["paga-connect"];
    assert!(connect["base_url"].as_str().unwrap().ends_with("/paga-connect"));
    for client in [connect, &connect["awkward"], &connect["live"]] {
        assert!(client["client_id"].as_str().unwrap().len() == 36 && client["client_secret"].is_string(), "{connect}");
    }
    assert!(connect["users"]["ada"]["password"].is_string() && connect["recipient"].is_string());
    // A second one on the same port is told so.
    let port = control.trim_start_matches("http://127.0.0.1:").trim_end_matches("/_sandbox");
    let (code, stdout, stderr) = output(&["serve", "--port", port]);
    assert_eq!((code, stdout.as_str()), (Some(2), ""));
    assert!(stderr.contains(&format!("port {port} is in use")), "{stderr}");
}

#[test]
fn tls_is_printed_with_the_path_of_what_to_trust() {
    let directory = std::env::temp_dir().join(format!("pay-sandbox-{}-program", std::process::id()));
    let path = directory.to_str().unwrap();
    let running = start(&["serve", "--port", "0", "--json", "--tls-port", "0", "--tls-dir", path]);
    let facts: Value = serde_json::from_str(&running.first_line).unwrap();
    assert!(facts["tls"]["url"].as_str().unwrap().starts_with("https://localhost:"), "{facts}");
    let ca = std::fs::read_to_string(facts["tls"]["ca"].as_str().unwrap()).unwrap();
    assert!(ca.starts_with("-----BEGIN CERTIFICATE-----"), "{ca}");
    drop(running);
    std::fs::remove_dir_all(directory).unwrap();
    // Where nothing can be kept, there is a reason and no sandbox.
    let (code, _, stderr) = output(&["serve", "--port", "0", "--tls-port", "0", "--tls-dir", "/dev/null/x"]);
    assert!(code == Some(2) && stderr.contains("TLS: /dev/null/x"), "{stderr}");
}

#[test]
fn without_json_it_greets_a_person() {
    let mut running = start(&["serve", "--port", "0"]);
    assert!(running.first_line.contains("unofficial"), "{}", running.first_line);
    assert!(running.child.try_wait().unwrap().is_none(), "it keeps running");
}

#[test]
fn the_greeting_exports_the_environment_of_a_client() {
    let mut child = program(&["serve", "--port", "0", "--allow-webhook-host", "shop.example"]);
    let mut child = child.stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    // The redirect URI is the last of them: reading on would wait for the program to end.
    let mut exports: Vec<String> = Vec::new();
    for line in lines {
        exports.extend(line.trim().strip_prefix("export ").map(str::to_owned));
        if line.contains("PAGA_CONNECT_REDIRECT_URI") {
            break;
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    for name in ["ENVIRONMENT=local", "BASE_URL=http://127.0.0.1:", "CHECKOUT_URL=http://", "API_KEY=", "API_SECRET="] {
        let start = format!("PAY1ST_{name}");
        assert!(exports.iter().any(|line| line.starts_with(&start)), "{start}: {exports:?}");
    }
    for name in ["ENVIRONMENT=local", "BASE_URL=http://127.0.0.1:", "SECRET_KEY=PA_TEST_", "ENCRYPTION_KEY="] {
        let start = format!("PAYAGENCY_{name}");
        assert!(exports.iter().any(|line| line.starts_with(&start)), "{start}: {exports:?}");
    }
    for name in ["ENVIRONMENT=local", "BASE_URL=http://127.0.0.1:", "ACCESS_KEY=sandbox-", "SECRET=sandbox-"] {
        let start = format!("PAGFAST_{name}");
        assert!(exports.iter().any(|line| line.starts_with(&start)), "{start}: {exports:?}");
    }
    for name in
        ["ENVIRONMENT=local", "BASE_URL=http://127.0.0.1:", "CLIENT_ID=5a4db0c5", "CLIENT_SECRET=", "REDIRECT_URI=http"]
    {
        let start = format!("PAGA_CONNECT_{name}");
        assert!(exports.iter().any(|line| line.starts_with(&start)), "{start}: {exports:?}");
    }
    let (code, _, stderr) = output(&["serve", "--port", "0", "--allow-webhook-host", "http://shop.example"]);
    assert_eq!(code, Some(2));
    assert!(stderr.contains("not a host name"), "{stderr}");
}

#[test]
fn help_says_what_it_is_and_what_it_is_not() {
    let (code, help, _) = output(&["--help"]);
    assert_eq!(code, Some(0));
    for text in ["public documentation only", "endorsed by any provider", "127.0.0.1", "--port", "--json"] {
        assert!(help.contains(text), "{text}");
    }
    let (code, version, _) = output(&["--version"]);
    assert_eq!((code, version.trim()), (Some(0), concat!("pay-sandbox ", env!("CARGO_PKG_VERSION"))));
}

#[test]
fn bad_arguments_end_with_2_and_a_reason() {
    for (arguments, reason) in [
        (&[][..], "no command"),
        (&["sreve"], "sreve"),
        (&["serve", "--prot", "1"], "--prot"),
        (&["serve", "--port"], "--port"),
        (&["serve", "--port", "70000"], "70000"),
        (&["serve", "again"], "again"),
        (&["serve", "--allow-webhook-host"], "--allow-webhook-host"),
        (&["serve", "--tls-port", "0"], "--tls-dir"),
        (&["serve", "--tls-dir", "x"], "--tls-port"),
    ] {
        let (code, stdout, stderr) = output(arguments);
        assert_eq!((code, stdout.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(stderr.contains(reason) && stderr.contains("--help"), "{arguments:?}: {stderr}");
    }
}

#[cfg(unix)]
#[test]
fn an_interrupt_stops_it_cleanly() {
    let mut running = start(&["serve", "--port", "0", "--json"]);
    let id = running.child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    assert_eq!(running.child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_python_client_written_from_the_documentation_buys_airtime() {
    let Some(python) = python() else {
        not_run("python3");
        return;
    };
    let running = start(&["serve", "--port", "0", "--json"]);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/client.py");
    let output = Command::new(python).args([script, &running.first_line]).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}{err}");
    assert!(out.contains("bought R10 of airtime once"), "{out}");
}

fn python() -> Option<&'static str> {
    let found = Command::new("python3").arg("--version").output();
    found.is_ok_and(|output| output.status.success()).then_some("python3")
}

/// A missing program fails the test only where everything must run; elsewhere it is noted.
fn not_run(program: &str) {
    let line = format!("pay-sandbox: {program} not found");
    assert_ne!(std::env::var("PAY_REQUIRE_ALL").as_deref(), Ok("1"), "{line}");
    println!("{line}");
    if let Some(path) = std::env::var_os("PAY_NOT_RUN_FILE") {
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path).unwrap();
        writeln!(file, "{line}").unwrap();
    }
}

//! The examples that the guides tell to run: each command is taken from its page and run with its own words.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;
#[path = "../../pay-sandbox/tests/guides/shell.rs"]
mod shell;

use pay_sandbox::Sandbox;
use std::io::{BufRead, BufReader, Read as _};
use std::path::Path;
use std::process::{Command, Stdio};

/// What `pay-sandbox serve` tells to export.
fn exports(sandbox: &Sandbox) -> Vec<(&'static str, String)> {
    let (pagamio, pay1st, agency) = (sandbox.pagamio(), sandbox.pay1st(), sandbox.payagency());
    let (pagfast, paga) = (sandbox.pagfast(), sandbox.paga_connect());
    let (merchant, test) = (pagamio.merchant(), pay_sandbox::payagency::Environment::Test);
    let id = paga.client_id();
    vec![
        ("PAGAMIO_ENVIRONMENT", "local".into()),
        ("PAGAMIO_BASE_URL", pagamio.base_url().into()),
        ("PAGAMIO_USERNAME", merchant.username().into()),
        ("PAGAMIO_PASSWORD", merchant.password().into()),
        ("PAGAMIO_MERCHANT_ID", merchant.account_id().into()),
        ("PAGAMIO_USER_TYPE_ID", merchant.user_type_id().into()),
        ("PAGAMIO_CHANNEL_ID", merchant.channel_id().into()),
        ("PAY1ST_ENVIRONMENT", "local".into()),
        ("PAY1ST_BASE_URL", pay1st.base_url().into()),
        ("PAY1ST_CHECKOUT_URL", pay1st.checkout_url().into()),
        ("PAY1ST_API_KEY", pay1st.api_key().into()),
        ("PAY1ST_API_SECRET", pay1st.api_secret().into()),
        ("PAY1ST_SIGNING_KEY", pay1st.signing_key()),
        ("PAYAGENCY_ENVIRONMENT", "local".into()),
        ("PAYAGENCY_BASE_URL", agency.base_url().into()),
        ("PAYAGENCY_SECRET_KEY", agency.secret_key(test)),
        ("PAYAGENCY_ENCRYPTION_KEY", agency.encryption_key(test)),
        ("PAYAGENCY_WEBHOOK_SCHEME", "assumed_hmac_sha256_hex".into()),
        ("PAYAGENCY_WEBHOOK_KEY", agency.webhook_secret()),
        ("PAGFAST_ENVIRONMENT", "local".into()),
        ("PAGFAST_BASE_URL", pagfast.base_url().into()),
        ("PAGFAST_ACCESS_KEY", pagfast.access_key()),
        ("PAGFAST_SECRET", pagfast.secret()),
        ("PAGFAST_WEBHOOK_KEY", pagfast.webhook_key()),
        ("PAGA_CONNECT_ENVIRONMENT", "local".into()),
        ("PAGA_CONNECT_BASE_URL", paga.base_url().into()),
        ("PAGA_CONNECT_CLIENT_ID", id.clone()),
        ("PAGA_CONNECT_CLIENT_SECRET", paga.client_secret(&id).unwrap()),
        ("PAGA_CONNECT_REDIRECT_URI", paga.redirect_uri().into()),
    ]
}

/// Runs one until it ends well, or until it shows an address at which somebody is to do something.
fn run(command: &shell::Command, exports: &[(&'static str, String)], folder: &Path) {
    let value = |name: &str| command.words.iter().skip_while(|word| *word != name).nth(1);
    let (package, example) = (value("-p").unwrap(), value("--example").unwrap());
    let arguments = command.words.iter().skip_while(|word| *word != "--").skip(1);
    let mut process = Command::new(common::example(package.clone().leak(), example.clone().leak()));
    process.args(arguments).current_dir(folder).envs(exports.iter().map(|(name, value)| (name, value)));
    // Ports of this machine that may be taken.
    process.envs([("WEBHOOK_LISTEN", "127.0.0.1:0"), ("MERCHANT_SITE_LISTEN", "127.0.0.1:0")]);
    process.envs(command.settings.iter().map(|(name, value)| (name, value)));
    let mut child = process.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = String::new();
    let mut waits = false;
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        said.push_str(&line);
        said.push('\n');
        waits = line.contains("http://");
        if waits {
            child.kill().unwrap();
            break;
        }
    }
    let status = child.wait().unwrap();
    let mut error = String::new();
    child.stderr.take().unwrap().read_to_string(&mut error).unwrap();
    assert!(waits || status.success(), "{}: {:?}: {status}\n{said}{error}", command.at, command.words);
    assert!(!said.is_empty(), "{}: {:?} says nothing", command.at, command.words);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_examples_of_the_guides_run_as_they_are_printed() {
    let sandbox = Sandbox::start().await.unwrap();
    let exports = exports(&sandbox);
    let folder = tempfile::tempdir().unwrap();
    let commands = shell::commands();
    let examples: Vec<_> = commands.iter().filter(|it| it.words.iter().any(|word| word == "--example")).collect();
    for command in &examples {
        assert!(command.after(&["cargo", "run", "-p"]).is_some(), "{}: {:?}", command.at, command.words);
        tokio::task::block_in_place(|| run(command, &exports, folder.path()));
    }
    assert!(examples.len() > 5, "{} examples: the pages are not read", examples.len());
}

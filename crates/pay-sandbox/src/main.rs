//! `pay-sandbox`: the sandbox as a program, for clients in any language.

use lexopt::prelude::*;
use pay_sandbox::paga_connect::PagaConnect;
use pay_sandbox::pagamio::Account;
use pay_sandbox::pagfast::AccessKey;
use pay_sandbox::payagency::Environment;
use pay_sandbox::{Error, Sandbox, SandboxBuilder};
use serde_json::{Value, json};
use std::io::{self, Write};
use std::process::ExitCode;

const HELP: &str = "\
A local sandbox for payment provider APIs. It listens on 127.0.0.1 only, works offline and moves no money.

Built from the providers' public documentation only; not made, checked or endorsed by any provider.

Usage:
  pay-sandbox serve [--port 4010] [--json] [--allow-webhook-host HOST]... [--tls-port PORT --tls-dir DIR]

Options:
  --port <PORT>  Port to listen on; 0: any free one [default: 4010]
  --json         Print one line of JSON (URLs and fixture credentials) instead of text
  --allow-webhook-host <HOST>
                 Let webhooks go to this host too (a name or an address, without port); else only to this machine
  --tls-port <PORT>
                 Speak HTTPS too, on this port; 0: any free one
  --tls-dir <DIR>
                 Where the CA for that is kept; it is made on first use, and its certificate's path printed
  -h, --help     Print this
  -V, --version  Print the version

Providers: pagamio, pay1st, payagency, paga-connect.  Control plane: /_sandbox (faults, clock, modes, ledger, requests, webhooks).
The credentials are fixtures of the sandbox, worthless anywhere else.
";

const DEFAULT_PORT: u16 = 4010;

enum Command {
    Serve { builder: SandboxBuilder, json: bool },
    Print(String),
}

fn main() -> ExitCode {
    let run = match parse(lexopt::Parser::from_env()) {
        Ok(Command::Print(text)) => print(&text).map_err(|error| error.to_string()),
        Ok(Command::Serve { builder, json }) => serve(builder, json),
        Err(error) => Err(format!("{error}\nTry 'pay-sandbox --help'.")),
    };
    match run {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("pay-sandbox: {message}");
            ExitCode::from(2)
        }
    }
}

fn parse(mut arguments: lexopt::Parser) -> Result<Command, lexopt::Error> {
    let (mut serve, mut json, mut builder) = (false, false, Sandbox::builder().port(DEFAULT_PORT));
    let (mut tls_port, mut tls_dir) = (None, None);
    while let Some(argument) = arguments.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Command::Print(HELP.to_owned())),
            Short('V') | Long("version") => {
                return Ok(Command::Print(format!("pay-sandbox {}\n", env!("CARGO_PKG_VERSION"))));
            }
            Long("port") if serve => builder = builder.port(arguments.value()?.parse()?),
            Long("json") if serve => json = true,
            Long("allow-webhook-host") if serve => {
                builder = builder.allow_webhook_host(arguments.value()?.parse::<String>()?);
            }
            Long("tls-port") if serve => tls_port = Some(arguments.value()?.parse()?),
            Long("tls-dir") if serve => tls_dir = Some(arguments.value()?),
            Value(word) if !serve && word == "serve" => serve = true,
            other => return Err(other.unexpected()),
        }
    }
    if !serve {
        return Err("no command; there is one: serve".into());
    }
    match (tls_port, tls_dir) {
        (Some(port), Some(directory)) => builder = builder.tls(port, directory),
        (None, None) => {}
        _ => return Err("--tls-port and --tls-dir go together".into()),
    }
    Ok(Command::Serve { builder, json })
}

fn serve(builder: SandboxBuilder, json: bool) -> Result<(), String> {
    let runtime = tokio::runtime::Runtime::new().map_err(|error| error.to_string())?;
    runtime.block_on(async {
        let sandbox = builder.start().await;
        let sandbox = sandbox.map_err(|error| match error {
            Error::Bind { port, ref source } if source.kind() == io::ErrorKind::AddrInUse => {
                format!("port {port} is in use; choose another with --port, or --port 0 for any free one")
            }
            error => error.to_string(),
        })?;
        let mut interrupt = std::pin::pin!(tokio::signal::ctrl_c());
        // Its first poll takes the signal over: whoever has read the greeting may interrupt at once.
        tokio::select! {
            biased;
            interrupted = &mut interrupt => return interrupted.map_err(|error| error.to_string()),
            () = std::future::ready(()) => {}
        }
        let greeting = if json { as_json(&sandbox) } else { as_text(&sandbox) };
        print(&greeting).map_err(|error| error.to_string())?;
        interrupt.await.map_err(|error| error.to_string())?;
        sandbox.stop().await;
        Ok(())
    })
}

/// Prints and flushes: whoever started this program may wait for the first line.
fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

fn as_json(sandbox: &Sandbox) -> String {
    let pagamio = sandbox.pagamio();
    let mut facts = account(&pagamio.merchant());
    facts["base_url"] = json!(pagamio.base_url());
    facts["accounts"] = json!({
        "merchant": account(&pagamio.merchant()),
        "sub_merchant": account(&pagamio.sub_merchant()),
        "poor_merchant": account(&pagamio.poor_merchant()),
        "other_merchant": account(&pagamio.other_merchant()),
        "vendor": account(&pagamio.vendor()),
        "partner": account(&pagamio.partner()),
    });
    let pay1st = sandbox.pay1st();
    let pay1st = json!({
        "base_url": pay1st.base_url(),
        "checkout_url": pay1st.checkout_url(),
        "api_key": pay1st.api_key(),
        "api_secret": pay1st.api_secret(),
        "signing_key": pay1st.signing_key(),
        "partner_id": pay1st.partner_id(),
        "partner_code": pay1st.partner_code(),
    });
    let payagency = sandbox.payagency();
    let keys = |environment| {
        let (secret, encryption) = (payagency.secret_key(environment), payagency.encryption_key(environment));
        json!({ "secret_key": secret, "encryption_key": encryption })
    };
    let mut agency = keys(Environment::Test);
    agency["base_url"] = json!(payagency.base_url());
    agency["webhook_secret"] = json!(payagency.webhook_secret());
    agency["live"] = keys(Environment::Live);
    let providers = json!({ "pagamio": facts, "pay1st": pay1st, "payagency": agency, "pagfast": pagfast_facts(sandbox), "paga-connect": connect(&sandbox.paga_connect()) });
    let mut all = json!({ "control": sandbox.control_url(), "providers": providers });
    if let Some(tls) = sandbox.tls() {
        all["tls"] = json!({ "url": tls.url, "ca": tls.ca });
    }
    format!("{all}\n")
}

fn pagfast_facts(sandbox: &Sandbox) -> Value {
    let pagfast = sandbox.pagfast();
    let whole = |key: AccessKey| {
        // Every key of the start belongs to an account of the start.
        let webhook_key = pagfast.webhook_key_of(&key.account).unwrap_or_default();
        let (account, access_key, secret) = (key.account, key.access_key, key.secret);
        json!({ "account": account, "access_key": access_key, "secret": secret, "webhook_key": webhook_key })
    };
    json!({
        "base_url": pagfast.base_url(),
        "service_prefix": pagfast.service_prefix(),
        "account": pagfast.account(),
        "access_key": pagfast.access_key(),
        "secret": pagfast.secret(),
        "webhook_key": pagfast.webhook_key(),
        "companies": whole(pagfast.companies_key()),
        "second": whole(pagfast.second_key()),
        "pending": whole(pagfast.pending_key()),
    })
}

fn connect(paga: &PagaConnect) -> Value {
    let client = |id: String| json!({ "client_secret": paga.client_secret(&id), "client_id": id });
    let mut facts = client(paga.client_id());
    facts["base_url"] = json!(paga.base_url());
    facts["redirect_uri"] = json!(paga.redirect_uri());
    facts["awkward"] = client(paga.awkward_client_id());
    facts["live"] = client(paga.live_client_id());
    facts["recipient"] = json!(paga.recipient());
    for user in paga.users() {
        let name = user.username;
        facts["users"][name] = json!({ "password": paga.password(name), "mobile_number": paga.mobile_number(name) });
    }
    facts
}

fn account(account: &Account) -> Value {
    json!({
        "username": account.username(),
        "password": account.password(),
        "merchant_id": account.account_id(),
        "user_type": account.role().user_type(),
        "user_type_id": account.user_type_id(),
        "channel_id": account.channel_id(),
    })
}

fn as_text(sandbox: &Sandbox) -> String {
    let pagamio = sandbox.pagamio();
    let merchant = pagamio.merchant();
    let pay1st = sandbox.pay1st();
    let payagency = sandbox.payagency();
    let pagfast = sandbox.pagfast();
    let connect = sandbox.paga_connect();
    let users = connect.users().into_iter();
    let people: Vec<String> = users
        .map(|user| format!("{}/{}", user.username, connect.password(user.username).unwrap_or_default()))
        .collect();
    let tls = sandbox
        .tls()
        .map_or_else(String::new, |tls| format!("HTTPS          {}\n  to be trusted: {}\n", tls.url, tls.ca.display()));
    format!(
        "\
pay-sandbox {version}: a local, unofficial sandbox. Not endorsed by any provider. Ctrl-C stops it.

In a browser   {pages}
Control plane  {control}
Pagamio        {base_url}
Pay1st         {pay1st_url}
Pay Agency     {agency_url}
PagFast        {pagfast_url}
Paga Connect   {connect_url}
{tls}
Environment of a client (fixture credentials, worthless elsewhere):

  export PAGAMIO_ENVIRONMENT=local
  export PAGAMIO_BASE_URL={base_url}
  export PAGAMIO_USERNAME={username}
  export PAGAMIO_PASSWORD={password}
  export PAGAMIO_MERCHANT_ID={merchant_id}
  export PAGAMIO_USER_TYPE_ID={user_type_id}
  export PAGAMIO_CHANNEL_ID={channel_id}

  export PAY1ST_ENVIRONMENT=local
  export PAY1ST_BASE_URL={pay1st_url}
  export PAY1ST_CHECKOUT_URL={checkout_url}
  export PAY1ST_API_KEY={api_key}
  export PAY1ST_API_SECRET={api_secret}
  export PAY1ST_SIGNING_KEY={signing_key}

  export PAYAGENCY_ENVIRONMENT=local
  export PAYAGENCY_BASE_URL={agency_url}
  export PAYAGENCY_SECRET_KEY={secret_key}
  export PAYAGENCY_ENCRYPTION_KEY={encryption_key}
  export PAYAGENCY_WEBHOOK_SCHEME=assumed_hmac_sha256_hex
  export PAYAGENCY_WEBHOOK_KEY={webhook_key}

  export PAGFAST_ENVIRONMENT=local
  export PAGFAST_BASE_URL={pagfast_url}
  export PAGFAST_ACCESS_KEY={pagfast_key}
  export PAGFAST_SECRET={pagfast_secret}
  export PAGFAST_WEBHOOK_KEY={pagfast_webhook_key}

  export PAGA_CONNECT_ENVIRONMENT=local
  export PAGA_CONNECT_BASE_URL={connect_url}
  export PAGA_CONNECT_CLIENT_ID={client_id}
  export PAGA_CONNECT_CLIENT_SECRET={client_secret}
  export PAGA_CONNECT_REDIRECT_URI={redirect_uri}
  (people for its consent page: {people})
",
        version = env!("CARGO_PKG_VERSION"),
        pages = sandbox.url(),
        control = sandbox.control_url(),
        base_url = pagamio.base_url(),
        username = merchant.username(),
        password = merchant.password(),
        merchant_id = merchant.account_id(),
        user_type_id = merchant.user_type_id(),
        channel_id = merchant.channel_id(),
        pay1st_url = pay1st.base_url(),
        checkout_url = pay1st.checkout_url(),
        api_key = pay1st.api_key(),
        api_secret = pay1st.api_secret(),
        signing_key = pay1st.signing_key(),
        agency_url = payagency.base_url(),
        secret_key = payagency.secret_key(Environment::Test),
        encryption_key = payagency.encryption_key(Environment::Test),
        webhook_key = payagency.webhook_secret(),
        pagfast_url = pagfast.base_url(),
        pagfast_key = pagfast.access_key(),
        pagfast_secret = pagfast.secret(),
        pagfast_webhook_key = pagfast.webhook_key(),
        connect_url = connect.base_url(),
        client_id = connect.client_id(),
        client_secret = connect.client_secret(&connect.client_id()).unwrap_or_default(),
        redirect_uri = connect.redirect_uri(),
        people = people.join(", "),
    )
}

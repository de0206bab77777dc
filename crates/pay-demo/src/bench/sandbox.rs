//! The sandbox as a program: how soon it is ready, how much it serves, and what it keeps.

use super::Context;
use super::load::{Until, once, per_second};
use super::machine::resident_mib;
use super::rounds::{Contender, alternate};
use super::row::{Column, Mark, Measured, Ratio, Row, Side};
use hyper::Method;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

const PART: &str = "sandbox";
const CONNECTIONS: usize = 32;
/// What the goal says; a figure of its own, since nothing that starts a runtime stands beside it.
const READY_MS: f64 = 50.0;

/// A program that ends with this value.
struct Running {
    process: Child,
    out: BufReader<ChildStdout>,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The sandbox, logged in.
struct Sandbox {
    running: Running,
    port: u16,
    path: String,
    authorization: String,
    ready_ms: f64,
}

pub(crate) fn run(context: &Context) -> Result<Measured, String> {
    let program = context.sandbox.as_deref().ok_or("no --sandbox PROGRAM was given")?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    let mut measured = Measured::default();
    let starts = if context.quick { 7 } else { 21 };
    let starts: Result<Vec<f64>, String> =
        (0..=starts).map(|_| Ok(Sandbox::start(program, &runtime)?.ready_ms)).collect();
    let starts = starts?.split_off(1);
    let allowed = Side::new("allowed", vec![READY_MS; starts.len()]);
    let row = |what: &str, unit, ours, other, ratio, mark| Row {
        part: PART,
        what: what.to_owned(),
        unit,
        ours,
        other,
        column: Column::Peer,
        ratio,
        mark,
    };
    measured.rows.push(row(
        "spawned to first answer",
        "ms",
        Side::new("ours", starts),
        allowed,
        Ratio::OursByOther,
        Mark::AtMost(1.0),
    ));
    let sandbox = Sandbox::start(program, &runtime)?;
    match served(context, &runtime, &sandbox) {
        Ok((prism, ours)) => {
            measured.rows.push(row("requests per second", "/s", ours, prism, Ratio::OursByOther, Mark::AtLeast(5.0)));
        }
        Err(why) => measured.not_run.push(format!("{PART}: Prism: {why}")),
    }
    let sandbox = Sandbox::start(program, &runtime)?;
    let after = |count| -> Result<f64, String> {
        let until = Until::Count(count);
        runtime.block_on(per_second(sandbox.port, &sandbox.path, &sandbox.authorization, CONNECTIONS, until))?;
        resident_mib(sandbox.running.process.id()).ok_or_else(|| "no /proc to read memory from".into())
    };
    let few = after(20_000)?;
    let many = after(180_000)?;
    measured.rows.push(row(
        "memory after 200,000 requests",
        "MiB",
        Side::new("ours", vec![many]),
        Side::new("after 20,000", vec![few]),
        Ratio::OursByOther,
        Mark::AtMost(1.1),
    ));
    measured.said.push(format!(
        "{PART}: a release build as a process of its own; ready is from its spawn to the first answered request; requests are reads of the \
         categories over {CONNECTIONS} kept connections from this process, with a token that the sandbox checks and Prism does not; both \
         serve crates/pagamio/openapi.yaml, in turn, on the same cores as the load."
    ));
    Ok(measured)
}

impl Sandbox {
    fn start(program: &Path, runtime: &Runtime) -> Result<Self, String> {
        let from = Instant::now();
        let mut command = Command::new(program);
        command.args(["serve", "--port", "0", "--json"]);
        let (running, line) = spawn(command, |line| line.starts_with('{'))?;
        let facts: Value = serde_json::from_str(&line).map_err(|error| error.to_string())?;
        let pagamio = &facts["providers"]["pagamio"];
        let base_url = pagamio["base_url"].as_str().ok_or("the sandbox names no base URL")?;
        let (port, path) = place(base_url).ok_or_else(|| format!("{base_url} has no port"))?;
        let login = json!({ "username": pagamio["username"], "password": pagamio["password"] }).to_string();
        let place = format!("{path}/auth/token");
        let (status, body) = runtime.block_on(once(port, Method::POST, &place, &login))?;
        let ready_ms = from.elapsed().as_secs_f64() * 1e3;
        let answer: Value = serde_json::from_slice(&body).unwrap_or_default();
        let token = answer["data"]["token"].as_str().or(answer["accessToken"].as_str());
        let token = token.ok_or_else(|| format!("the sandbox answers a log-in with {status} and no token"))?;
        let authorization = format!("Bearer {token}");
        Ok(Self { running, port, path: format!("{path}/products/categories"), authorization, ready_ms })
    }
}

/// Requests per second of both, in turn.
fn served(context: &Context, runtime: &Runtime, sandbox: &Sandbox) -> Result<(Side, Side), String> {
    let prism =
        context.prism.as_deref().ok_or("it is not installed; `cargo xtask check readers` brings it where npm is")?;
    let port = TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr());
    let port = port.map_err(|error| error.to_string())?.port();
    let mut command = Command::new(prism);
    command.args(["mock", "--host", "127.0.0.1", "--port", &port.to_string()]);
    command.arg(context.workspace.join("crates/pagamio/openapi.yaml"));
    let (_prism, _) = spawn(command, |line| line.contains("Prism is listening"))?;
    let time = Until::Time(Duration::from_millis(if context.quick { 1_500 } else { 3_000 }));
    let load = |port, path: &str, authorization: &str| {
        runtime.block_on(per_second(port, path, authorization, CONNECTIONS, time))
    };
    let contenders = vec![
        Contender::new("Prism", || load(port, "/products/categories", "Bearer token")),
        Contender::new("ours", || load(sandbox.port, &sandbox.path, &sandbox.authorization)),
    ];
    let [prism, ours]: [Side; 2] =
        alternate(contenders, if context.quick { 3 } else { 5 })?.try_into().map_err(|_| "two were measured")?;
    Ok((prism, ours))
}

/// Starts a program and reads its output up to the line that says that it is ready.
fn spawn(mut command: Command, ready: impl Fn(&str) -> bool) -> Result<(Running, String), String> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut process = command.spawn().map_err(|error| format!("{:?}: {error}", command.get_program()))?;
    let out = process.stdout.take().map(BufReader::new).ok_or("a program without output")?;
    let mut running = Running { process, out };
    loop {
        let mut line = String::new();
        if running.out.read_line(&mut line).map_err(|error| error.to_string())? == 0 {
            return Err(format!("{:?} ended before it was ready", command.get_program()));
        }
        if ready(&line) {
            return Ok((running, line));
        }
    }
}

/// Port and path of `http://127.0.0.1:4010/path`.
fn place(url: &str) -> Option<(u16, &str)> {
    let (_, place) = url.split_once("://")?;
    let (host, path) = place.split_at(place.find('/')?);
    Some((host.rsplit_once(':')?.1.parse().ok()?, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_taken_apart() {
        assert_eq!(place("http://127.0.0.1:4010/pagamio/api/v1"), Some((4010, "/pagamio/api/v1")));
        assert_eq!(place("http://127.0.0.1/x"), None);
    }

    #[test]
    fn a_program_that_ends_early_is_named() {
        let error = spawn(Command::new("true"), |_| false).err().unwrap();
        assert!(error.contains("true"), "{error}");
    }
}

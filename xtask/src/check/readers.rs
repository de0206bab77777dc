//! The step `readers`: tools that anyone may use read every provider's `openapi.yaml`: Redoc shows it, Prism mocks it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use super::{Progress, Report};
use crate::Result;
use crate::workspace::Workspace;

/// Pinned, so that a new version of one never fails an old commit.
const TOOLS: [&str; 2] = ["@redocly/cli@2.77.0", "@stoplight/prism-cli@5.16.0"];

pub(crate) fn run(workspace: &Workspace, progress: &Progress) -> Result<Report> {
    let mut report = Report::default();
    let folder = workspace.target.join("xtask-readers");
    progress.at("installing Redoc and Prism");
    if let Err(why) = install(&folder, "npm")? {
        report.not_run.push(why);
        return Ok(report);
    }
    // Documents of crates that are published: the others are for our own tests.
    for package in workspace.packages.iter().filter(|package| package.published) {
        let document = package.dir.join("openapi.yaml");
        if document.is_file() {
            progress.at(&format!("{}, Redoc", package.name));
            report.looked(redoc(&folder, &document, &package.name)?);
            progress.at(&format!("{}, Prism", package.name));
            report.looked(prism(&folder, &document)?.map(|problem| format!("{}: {problem}", document.display())));
        }
    }
    Ok(report)
}

/// Installs the tools beside the build once; the inner error says why there are none.
fn install(folder: &Path, npm: &str) -> Result<std::result::Result<(), String>> {
    let stamp = folder.join("installed.txt");
    let wanted = TOOLS.join("\n");
    if std::fs::read_to_string(&stamp).is_ok_and(|have| have == wanted) {
        return Ok(Ok(()));
    }
    std::fs::create_dir_all(folder)?;
    let arguments = ["install", "--no-audit", "--no-fund", "--loglevel=error", "--prefix"];
    let Ok(output) = Command::new(npm).args(arguments).arg(folder).args(TOOLS).stdin(Stdio::null()).output() else {
        return Ok(Err(format!("{npm} missing")));
    };
    if !output.status.success() {
        return Ok(Err(format!("Redoc and Prism cannot be installed: {}", text(&output))));
    }
    std::fs::write(stamp, wanted)?;
    Ok(Ok(()))
}

fn redoc(folder: &Path, document: &Path, name: &str) -> Result<Option<String>> {
    let page = folder.join(format!("{name}.html"));
    let _ = std::fs::remove_file(&page);
    let output = Command::new(bin(folder, "redocly"))
        .args(["build-docs", "--output"])
        .args([page.as_path(), document])
        .env("REDOCLY_TELEMETRY", "off")
        .env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true")
        .stdin(Stdio::null())
        .output()?;
    let html = std::fs::read_to_string(&page).unwrap_or_default();
    let source = std::fs::read_to_string(document)?;
    let missing: Vec<_> =
        operation_ids(&source).filter(|id| !html.contains(&format!("\"operationId\":\"{id}\""))).collect();
    Ok((!output.status.success() || !missing.is_empty())
        .then(|| format!("{}: Redoc does not show {missing:?}: {}", document.display(), text(&output))))
}

/// Prism serves the document, and answers the first read that needs no parameter.
fn prism(folder: &Path, document: &Path) -> Result<Option<String>> {
    let Some(path) = plain_read(&std::fs::read_to_string(document)?) else {
        return Ok(Some("no read without parameters to ask Prism for".to_owned()));
    };
    let port = free_port()?;
    let mut server = Stopped(
        Command::new(bin(folder, "prism"))
            .args(["mock", "--host", "127.0.0.1", "--port", &port.to_string()])
            .arg(document)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?,
    );
    let Some(output) = server.0.stdout.take() else {
        return Ok(Some("Prism says nothing".to_owned()));
    };
    let mut said = String::new();
    for line in BufReader::new(output).lines() {
        let line = line?;
        if line.contains("Prism is listening") {
            let answer = ask(port, &path)?;
            let ok = answer.starts_with("HTTP/1.1 200");
            return Ok((!ok).then(|| format!("GET {path}: {}", answer.lines().next().unwrap_or("no answer"))));
        }
        said.push_str(&line);
        said.push('\n');
    }
    Ok(Some(format!("Prism ended: {}", said.trim())))
}

/// A port that nobody has. Below those which the system hands out, so that no other program is given it before Prism listens there.
fn free_port() -> Result<u16> {
    let first = 20_000 + u16::try_from(std::process::id() % 10_000)?;
    (first..first + 1_000)
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .ok_or_else(|| format!("no port is free from {first} on").into())
}

fn ask(port: u16, path: &str) -> Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    let head = "Host: 127.0.0.1\r\nAuthorization: Bearer token\r\nAccessToken: Bearer token\r\nAccept: application/json\r\nConnection: close\r\n\r\n";
    write!(stream, "GET {path} HTTP/1.1\r\n{head}")?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// The path of the first `get` whose path has no value in it, with the parameters that must be there as their examples say.
fn plain_read(document: &str) -> Option<String> {
    let mut path = None;
    let mut lines = document.lines();
    loop {
        let line = lines.next()?;
        if let Some(key) = line.strip_prefix("  /") {
            let key = key.trim_end().trim_end_matches(':');
            path = (!key.contains('{')).then(|| format!("/{key}"));
        } else if line.trim_end() == "    get:"
            && let Some(path) = path
        {
            let of_it = lines.take_while(|line| line.starts_with("      "));
            let query: Vec<_> = of_it.filter_map(example).collect();
            return Some(if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) });
        }
    }
}

/// `name=example` of a required parameter that is written on one line.
fn example(line: &str) -> Option<String> {
    let inside = line.trim().strip_prefix("- {")?.strip_suffix('}')?;
    let value = |key: &str| inside.split(", ").find_map(|pair| pair.trim().strip_prefix(key));
    value("required: true")?;
    Some(format!("{}={}", value("name: ")?, value("example: ")?))
}

/// The ids of a document's operations.
pub(super) fn operation_ids(document: &str) -> impl Iterator<Item = &str> {
    document.lines().filter_map(|line| line.trim().strip_prefix("operationId:")).map(str::trim)
}

fn bin(folder: &Path, name: &str) -> PathBuf {
    folder.join("node_modules/.bin").join(name)
}

fn text(output: &Output) -> String {
    let all = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    let all = String::from_utf8_lossy(&all).into_owned();
    all.lines().filter(|line| !line.trim().is_empty()).collect::<Vec<_>>().join("\n")
}

/// A server that ends with the check.
struct Stopped(Child);

impl Drop for Stopped {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_npm_is_named() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(install(&folder.path().join("tools"), "no-such-npm").unwrap().unwrap_err(), "no-such-npm missing");
    }

    #[test]
    fn the_first_read_without_values_is_found() {
        let document = "paths:\n  /a/{id}:\n    get:\n  /b:\n    post:\n  /c:\n    get:\n      operationId: c\n";
        assert_eq!(plain_read(document).as_deref(), Some("/c"));
        assert_eq!(plain_read("paths:\n  /a/{id}:\n    get:\n"), None);
        let asked = "paths:\n  /a:\n    get:\n      parameters:\n        \
            - {name: b, in: query, required: true, schema: {type: string}, example: NG}\n        \
            - {name: c, in: query, schema: {type: string}, example: no}\n  /d:\n    get:\n        \
            - {name: e, in: query, required: true, example: no}\n";
        assert_eq!(plain_read(asked).as_deref(), Some("/a?b=NG"));
        assert_eq!(operation_ids(document).collect::<Vec<_>>(), ["c"]);
    }
}

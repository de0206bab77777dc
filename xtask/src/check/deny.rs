//! The steps `licences` and `advisories`: cargo-deny reads what all dependencies say of themselves, and what is known against them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::{Progress, Report};
use crate::Result;
use crate::tools::CARGO_DENY;
use crate::workspace::Workspace;

/// The way from us to a dependency is long, and told by `cargo tree --invert` where it is wanted.
const HIDE_TREE: &str = "--hide-inclusion-graph";
/// What cargo-deny calls the folder of the database that it fetches by default.
const DATABASE: &str = "advisory-db-3157b0e258782691";
const NO_DATABASE: &str = "no RustSec database could be fetched and none lies here, so nobody knows whether a dependency has a \
    known flaw. Before a release, run `cargo xtask check advisories` where github.com can be reached, or put a clone of \
    rustsec/advisory-db at";

/// Every dependency has a licence of the list, comes from the public registry, and is asked for with a version.
pub(crate) fn licences(workspace: &Workspace, progress: &Progress) -> Result<Report> {
    let mut report = Report::default();
    let Some(program) = program(workspace, progress, &mut report)? else { return Ok(report) };
    progress.at("reading licences");
    let output = deny(workspace, &program, &["check", HIDE_TREE, "licenses", "bans", "sources"]).output()?;
    report.looked(problem(&output));
    report.note = sums(&output);
    Ok(report)
}

/// No dependency has a known flaw; said loudly where nobody can know.
pub(crate) fn advisories(workspace: &Workspace, progress: &Progress) -> Result<Report> {
    let mut report = Report::default();
    let Some(program) = program(workspace, progress, &mut report)? else { return Ok(report) };
    progress.at("fetching the RustSec database");
    let fetched = fetch(workspace, &program)?;
    let folder = databases();
    let Some(database) = database(&folder) else {
        report.out_of_reach.push(format!("{NO_DATABASE} {}", folder.join(DATABASE).display()));
        return Ok(report);
    };
    if !fetched {
        let last = last_change(&database);
        report
            .out_of_reach
            .push(format!("what became known after {last}: the RustSec database could not be fetched anew"));
    }
    progress.at("looking for known flaws");
    // What was fetched is what is read.
    let output = deny(workspace, &program, &["--offline", "check", HIDE_TREE, "advisories"]).output()?;
    report.looked(problem(&output));
    Ok(report)
}

fn program(workspace: &Workspace, progress: &Progress, report: &mut Report) -> Result<Option<PathBuf>> {
    progress.at("installing cargo-deny, once");
    Ok(CARGO_DENY.get(workspace)?.map_err(|why| report.not_run.push(why)).ok())
}

/// cargo-deny finds its rules in `.cargo/deny.toml`.
fn deny(workspace: &Workspace, program: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(["--locked", "--all-features", "--color", "never"]).args(arguments);
    command.current_dir(&workspace.root);
    command
}

fn fetch(workspace: &Workspace, program: &Path) -> Result<bool> {
    let mut command = deny(workspace, program, &["fetch", "db"]);
    // A network that swallows everything must not hold up the checks.
    command
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_HTTP_LOW_SPEED_LIMIT", "1000")
        .env("GIT_HTTP_LOW_SPEED_TIME", "20");
    Ok(command.output()?.status.success())
}

/// Where cargo-deny keeps what it fetched.
fn databases() -> PathBuf {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo")));
    home.unwrap_or_default().join("advisory-dbs")
}

/// The database that has advisories in it, if one lies there.
fn database(folder: &Path) -> Option<PathBuf> {
    let mut folders = std::fs::read_dir(folder).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    folders.find(|folder| folder.join("crates").is_dir())
}

fn last_change(database: &Path) -> String {
    let output = Command::new("git").arg("-C").arg(database).args(["log", "-1", "--format=%cs"]).output();
    let date = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    date.ok().filter(|date| !date.is_empty()).unwrap_or_else(|| "a day that is not known".to_owned())
}

fn problem(output: &Output) -> Option<String> {
    (!output.status.success()).then(|| String::from_utf8_lossy(&output.stderr).into_owned())
}

/// The line that sums up: `bans ok, licenses ok, sources ok`.
fn sums(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
    said.lines().find(|line| line.starts_with("bans ")).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt as _;
    use std::process::ExitStatus;

    use super::*;

    fn output(code: i32, stderr: &str) -> Output {
        Output { status: ExitStatus::from_raw(code << 8), stdout: Vec::new(), stderr: stderr.into() }
    }

    #[test]
    fn what_is_refused_is_told_and_the_sums_are_noted() {
        let said = "error[rejected]: failed to satisfy\nbans ok, licenses FAILED, sources ok\n";
        assert_eq!(problem(&output(1, said)).as_deref(), Some(said));
        assert_eq!(problem(&output(0, said)), None);
        assert_eq!(sums(&output(1, said)), "bans ok, licenses FAILED, sources ok");
    }

    #[test]
    fn a_database_is_a_folder_with_advisories() {
        let folder = tempfile::tempdir().unwrap();
        assert!(database(&folder.path().join("none")).is_none());
        std::fs::create_dir_all(folder.path().join("advisory-db-1")).unwrap();
        std::fs::write(folder.path().join("db.lock"), "").unwrap();
        assert!(database(folder.path()).is_none());
        std::fs::create_dir_all(folder.path().join("advisory-db-1/crates")).unwrap();
        assert!(database(folder.path()).is_some());
    }
}

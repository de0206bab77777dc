//! `cargo xtask test`: every test of the workspace, and what came of it.
//!
//! - `tally` reads the counts out of what the tests print

mod tally;

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{ExitCode, Stdio};
use std::time::Instant;

use crate::cli::Test;
use crate::term::{self, Tone, human, paint};
use crate::workspace::{Workspace, cargo, everything_required};
use crate::{Error, Result};
use tally::{Summary, Tally};

/// Runs the tests and sums up.
pub(crate) fn run(options: &Test) -> Result<ExitCode> {
    let all = everything_required(options.all);
    let started = Instant::now();
    let workspace = Workspace::load()?;
    let not_run_file = workspace.target.join("not-run.txt");
    std::fs::create_dir_all(&workspace.target)?;
    std::fs::write(&not_run_file, "")?;

    let (tally, succeeded) = run_cargo(&not_run_file, all)?;
    let not_run = read_not_run(&not_run_file)?;
    let summary = Summary::new(tally, not_run, succeeded, all);
    print(&summary, all, &human(started.elapsed()));
    Ok(if summary.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn run_cargo(not_run_file: &Path, all: bool) -> Result<(Tally, bool)> {
    let mut command = cargo();
    // One failing suite must not hide the others.
    command.args(["test", "--workspace", "--no-fail-fast"]);
    command.env("PAY_NOT_RUN_FILE", not_run_file);
    if all {
        command.env("PAY_REQUIRE_ALL", "1");
    }
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let stdout = child.stdout.take();
    let mut output = BufReader::new(stdout.ok_or_else(|| Error::from("no output of cargo"))?);
    let mut tally = Tally::default();
    let mut line = Vec::new();
    while output.read_until(b'\n', &mut line)? > 0 {
        term::out_bytes(&line);
        tally.read(&String::from_utf8_lossy(&line));
        line.clear();
    }
    Ok((tally, child.wait()?.success()))
}

fn read_not_run(file: &Path) -> Result<Vec<String>> {
    let text = std::fs::read_to_string(file)?;
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    Ok(lines.map(str::to_owned).collect())
}

fn print(summary: &Summary, all: bool, time: &str) {
    let title =
        if summary.failed == 0 { paint(Tone::Good, "all tests passed") } else { paint(Tone::Bad, "TESTS FAILED") };
    term::out(&format!("\n{title}, {} suites in {time}\n", summary.suites));
    for name in &summary.ignored {
        term::out(&format!("{} {name}\n", paint(Tone::Caution, "ignored:")));
    }
    let tone = if all { Tone::Bad } else { Tone::Caution };
    for line in &summary.not_run {
        term::out(&format!("{} {line}\n", paint(tone, "not run:")));
    }
    for reason in &summary.failures {
        term::out(&format!("{} {reason}\n", paint(Tone::Bad, "failed:")));
    }
    term::out(&format!("{}\n", summary.last_line()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn not_run_lines_are_read_without_blank_ones() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("not-run.txt");
        std::fs::write(&file, "sandbox: python3 not found\n\n  pages: chromium not found\n").unwrap();
        assert_eq!(read_not_run(&file).unwrap(), ["sandbox: python3 not found", "pages: chromium not found"]);
    }
}

//! The steps that cargo itself does: formatting.

use std::process::{Command, Stdio};

use super::{Progress, Report};
use crate::Result;
use crate::workspace::{Workspace, cargo};

/// The code is formatted.
pub(crate) fn fmt(_: &Workspace, _: &Progress) -> Result<Report> {
    let mut command = cargo();
    // rustfmt colours its differences even when they go into a pipe.
    command.args(["fmt", "--all", "--check", "--", "--color", "never"]);
    component("rustfmt", &["fmt", "--version"], command)
}

fn component(name: &str, probe: &[&str], command: Command) -> Result<Report> {
    let mut report = Report::default();
    if cargo().args(probe).output()?.status.success() {
        report.looked(run(command)?);
    } else {
        report.not_run.push(format!("{name} is not installed"));
    }
    Ok(report)
}

/// Runs a command; what it printed if it failed.
pub(super) fn run(mut command: Command) -> Result<Option<String>> {
    let output = command.stdin(Stdio::null()).output()?;
    if output.status.success() {
        return Ok(None);
    }
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    Ok(Some(format!("{stdout}{stderr}")))
}

/// Like [`run`], and a warning is a failure: for commands whose flags, were they to deny it, would build all dependencies anew.
pub(super) fn run_without_warnings(mut command: Command) -> Result<Option<String>> {
    let output = command.stdin(Stdio::null()).output()?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let warned = said.lines().any(|line| line.starts_with("warning"));
    Ok((warned || !output.status.success()).then_some(said))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_fails_is_told_with_its_output() {
        let mut command = cargo();
        command.arg("--no-such-option");
        let problem = run(command).unwrap().unwrap();
        assert!(problem.contains("no-such-option"), "{problem}");
        let mut version = cargo();
        version.arg("--version");
        assert_eq!(run(version).unwrap(), None);
    }

    #[test]
    #[cfg(unix)]
    fn a_warning_is_a_failure_where_it_is_asked_for() {
        let says = |line: &str| {
            let mut command = Command::new("sh");
            command.args(["-c", &format!("echo '{line}' >&2")]);
            run_without_warnings(command).unwrap()
        };
        assert_eq!(says("warning: unused import").unwrap(), "warning: unused import\n");
        assert_eq!(says("Checking a warning sign"), None);
    }

    #[test]
    fn a_missing_component_is_named() {
        let report = component("rustfmt", &["no-such-subcommand"], cargo()).unwrap();
        assert_eq!(report.not_run, ["rustfmt is not installed"]);
        assert_eq!(report.done, 0);
    }
}

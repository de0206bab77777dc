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
    fn a_missing_component_is_named() {
        let report = component("rustfmt", &["no-such-subcommand"], cargo()).unwrap();
        assert_eq!(report.not_run, ["rustfmt is not installed"]);
        assert_eq!(report.done, 0);
    }
}

//! The step `spec`: somebody else's validator reads every `openapi.yaml`.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use super::{Progress, Report};
use crate::Result;
use crate::workspace::Workspace;

/// Pinned, so that a new version of it never fails an old commit.
const VALIDATOR: &str = "openapi-spec-validator==0.9.0";

/// Installs the validator beside the build once, and shows it every document.
pub(crate) fn run(workspace: &Workspace, progress: &Progress) -> Result<Report> {
    let mut report = Report::default();
    let folder = workspace.target.join(format!("xtask-{}", VALIDATOR.replace("==", "-")));
    progress.at("installing the validator");
    let python = match install(&folder, "python3")? {
        Ok(python) => python,
        Err(why) => {
            report.not_run.push(why);
            return Ok(report);
        }
    };
    for package in &workspace.packages {
        let document = package.dir.join("openapi.yaml");
        if document.is_file() {
            progress.at(&package.name);
            let output = run_python(&python, &["-m", "openapi_spec_validator"], Some(&document))?;
            report.looked((!output.status.success()).then(|| format!("{}: {}", document.display(), text(&output))));
        }
    }
    Ok(report)
}

/// The interpreter that has the validator, or why there is none.
fn install(folder: &Path, system: &str) -> Result<std::result::Result<PathBuf, String>> {
    let python = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    if python.is_file() && run_python(&python, &["-c", "import openapi_spec_validator"], None)?.status.success() {
        return Ok(Ok(python));
    }
    let Ok(made) = run_python(Path::new(system), &["-m", "venv", "--clear"], Some(folder)) else {
        return Ok(Err(format!("{system} missing")));
    };
    if !made.status.success() {
        return Ok(Err(format!("{system} cannot make a virtual environment: {}", text(&made))));
    }
    let arguments = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", VALIDATOR];
    let installed = run_python(&python, &arguments, None)?;
    if !installed.status.success() {
        return Ok(Err(format!("{VALIDATOR} cannot be installed: {}", text(&installed))));
    }
    Ok(Ok(python))
}

fn run_python(python: &Path, arguments: &[&str], file: Option<&Path>) -> std::io::Result<Output> {
    Command::new(python).args(arguments).args(file).stdin(Stdio::null()).output()
}

/// What a program said, without the empty lines.
fn text(output: &Output) -> String {
    let all = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    let all = String::from_utf8_lossy(&all).into_owned();
    all.lines().filter(|line| !line.trim().is_empty()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_python_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let why = install(&folder.path().join("venv"), "no-such-python").unwrap().unwrap_err();
        assert_eq!(why, "no-such-python missing");
    }
}

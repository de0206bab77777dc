//! The step `spec`: somebody else's validator reads every `openapi.yaml`.

use super::python::{self, text};
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
    let python = match python::install(&folder, "python3", VALIDATOR)? {
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
            let output = python::run(&python, &["-m", "openapi_spec_validator"], Some(&document))?;
            report.looked((!output.status.success()).then(|| format!("{}: {}", document.display(), text(&output))));
        }
    }
    Ok(report)
}

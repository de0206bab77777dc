//! The step `codegen`: what lies in the repository is what the specs say.

use super::{Progress, Report};
use crate::Result;
use crate::codegen;
use crate::workspace::{Workspace, cargo};

/// Generates in memory and compares.
pub(crate) fn run(workspace: &Workspace, _: &Progress) -> Result<Report> {
    let mut report = Report::default();
    if !cargo().args(["fmt", "--version"]).output()?.status.success() {
        report.not_run.push("rustfmt is not installed".to_owned());
        return Ok(report);
    }
    report.looked(None);
    report.problems = codegen::differences(&workspace.root)?;
    if !report.problems.is_empty() {
        report.problems.push(format!("mend it with `{}`", codegen::MEND));
    }
    Ok(report)
}

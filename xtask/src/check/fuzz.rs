//! The step `fuzz`: every parser is shown broken input for a moment, half a minute in all.

use super::{Progress, Report};
use crate::workspace::Workspace;
use crate::{Result, fuzz};

const SECONDS_IN_ALL: u32 = 30;

/// Runs all targets.
pub(crate) fn run(workspace: &Workspace, progress: &Progress) -> Result<Report> {
    let mut report = Report::default();
    let host = match fuzz::host() {
        Ok(host) => host,
        Err(missing) => {
            report.not_run.push(missing.to_owned());
            return Ok(report);
        }
    };
    progress.at("build");
    let program = fuzz::build(workspace, &host)?;
    let targets = fuzz::targets(&workspace.root)?;
    let each = (SECONDS_IN_ALL / u32::try_from(targets.len())?.max(1)).max(1);
    let mut inputs = 0;
    for name in &targets {
        progress.at(name);
        let tried = fuzz::Tried::read(name, &fuzz::fuzz(workspace, &program, name, each)?);
        inputs += tried.inputs;
        report.looked(tried.crash);
    }
    report.note = format!("{} targets, {inputs} inputs tried, {} crashes", targets.len(), report.problems.len());
    Ok(report)
}

//! The step `api`: the public API of each published crate is the one that is written down, and names whose types it may.

use super::{Progress, Report};
use crate::Result;
use crate::api::{self, Snapshot, Trouble};
use crate::workspace::Workspace;

/// How many lines of a difference are shown; `cargo xtask api` shows all.
const SHOWN: usize = 20;

/// Reads the APIs from the code, and compares.
pub(crate) fn run(workspace: &Workspace, progress: &Progress) -> Result<Report> {
    let mut report = Report::default();
    let found = match api::read(workspace, &|what| progress.at(what)) {
        Ok(found) => found,
        Err(Trouble::Missing(what)) => {
            report.not_run.push(what);
            return Ok(report);
        }
        Err(Trouble::Failed(error)) => return Err(error),
    };
    for (name, now) in &found.snapshots {
        let kept = Snapshot::kept(&workspace.root, name)?;
        report.looked((kept.as_ref() != Some(now)).then(|| now.difference(kept.as_ref(), SHOWN)));
    }
    report.looked(None);
    report.problems.extend(found.foreign);
    let items: usize = found.snapshots.values().map(|snapshot| snapshot.lines.len()).sum();
    report.note = format!("{items} items in {} crates", found.snapshots.len());
    Ok(report)
}

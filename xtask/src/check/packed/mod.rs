//! The step `packed`: what the registry would be given works for a stranger who has nothing else.
//!
//! - `files` packs the crates and unpacks them in a folder outside the workspace
//! - `project` writes a program there that depends on one crate, builds it, and reads its tree
//! - `sandbox` starts the packed pay-sandbox, and knows what the program did to its books
//! - `journal_program` is a program of its own, only read as text

mod files;
mod project;
mod sandbox;

use std::process::{Command, Stdio};

use super::{Progress, Report};
use crate::workspace::Workspace;
use crate::{Error, Result};
use files::Packed;
use project::{Project, Source};
use sandbox::Sandbox;

/// What a stranger builds for each crate, and how that buys.
const PROJECTS: [Project; 6] = [
    Project { provider: "pagamio", store: false, source: Source::Example("buy_airtime"), arguments: &[] },
    Project { provider: "pay1st", store: false, source: Source::Example("create_and_redirect"), arguments: &[] },
    Project { provider: "payagency", store: false, source: Source::Example("card_3ds"), arguments: &[] },
    Project { provider: "pagfast", store: false, source: Source::Example("deposit"), arguments: &["--simulate"] },
    Project { provider: "paga-connect", store: false, source: Source::Example("charge_user"), arguments: &[] },
    Project {
        provider: "pagamio",
        store: true,
        source: Source::Text(include_str!("journal_program.rs")),
        arguments: &["intents.db"],
    },
];

/// Packs, unpacks, builds, looks at the tree, compiles the examples, buys.
pub(crate) fn run(workspace: &Workspace, progress: &Progress) -> Result<Report> {
    progress.at("packing");
    let mut report = Report::default();
    let packed = match Packed::new(workspace) {
        Ok(packed) => packed,
        Err(error) if out_of_reach(&error.to_string()) => {
            report.not_run.push("cargo packs nothing without the registry, which cannot be reached".to_owned());
            return Ok(report);
        }
        Err(error) => return Err(error),
    };
    progress.at("pay-sandbox");
    let sandbox = Sandbox::build(&packed)?;
    for project in &PROJECTS {
        progress.at(&project.title());
        report.looked(one(&packed, &sandbox, project).err().map(|error| format!("{}: {error}", project.title())));
    }
    report.note = "each builds, holds one provider, buys; its examples compile".to_owned();
    Ok(report)
}

fn one(packed: &Packed, sandbox: &Sandbox, project: &Project) -> Result<()> {
    let folder = project.write(packed)?;
    let program = project.build(packed, &folder)?;
    project::tree(packed, &folder, project.provider)?;
    project::examples(packed, project.title().as_str())?;
    sandbox.buys(&program, project)
}

/// Cargo's words for a registry that does not answer.
fn out_of_reach(message: &str) -> bool {
    ["download of config.json failed", "failed to download"].iter().any(|words| message.contains(words))
}

/// What a command printed; what it said on both outputs if it failed.
fn output(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output()?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        return Ok(text(&output.stdout));
    }
    let called = format!("{} {:?}", command.get_program().display(), command.get_args().collect::<Vec<_>>());
    Err(Error::from(format!("{called} failed\n{}{}", text(&output.stdout), text(&output.stderr))))
}

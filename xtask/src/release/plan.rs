//! `cargo xtask release plan`: what changed since each crate's tag, and the smallest bump that semver allows.

use std::process::ExitCode;

use lexopt::prelude::{Long, Short};
use semver::Version;

use super::{Release, tags};
use crate::workspace::{Package, Workspace};
use crate::{Result, term};

/// The help text.
const HELP: &str = "\
What changed in each published crate since its last tag, and the smallest bump that semver allows

Usage: cargo xtask release plan
";

/// What is asked for.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Options {}

/// Reads the arguments that follow the step's name.
pub(super) fn parse(parser: &mut lexopt::Parser) -> std::result::Result<Release, lexopt::Error> {
    match parser.next()? {
        Some(Long("help") | Short('h')) => Ok(Release::Help(HELP)),
        Some(other) => Err(other.unexpected()),
        None => Ok(Release::Plan(Options::default())),
    }
}

/// Prints the plan.
pub(super) fn run(_: &Options) -> Result<ExitCode> {
    let workspace = Workspace::load()?;
    for package in workspace.packages.iter().filter(|package| package.published) {
        let last = tags::last(&workspace.root, &package.name)?;
        let since = last.map_or("first release".to_owned(), |tag| format!("since {}", tag.name));
        term::out(&format!("{} {}: {since}\n", package.name, package.version));
    }
    Ok(ExitCode::SUCCESS)
}

/// The smallest version that the next release of a crate may have: for the first one, what its manifest says.
pub(super) fn smallest(workspace: &Workspace, package: &Package) -> Result<Version> {
    let Some(last) = tags::last(&workspace.root, &package.name)? else { return Ok(Version::parse(&package.version)?) };
    Ok(Version::new(last.version.major, last.version.minor, last.version.patch + 1))
}

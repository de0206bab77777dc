//! `cargo xtask release plan`: what changed since each crate's tag, and the smallest bump that semver allows.
//!
//! - `facts` asks git and the APIs what changed, `manifest` reads what a crate inherits from the workspace
//! - `bump` knows versions, `decide` makes the plan of all crates from the facts
//! - `text` prints it

mod bump;
mod decide;
mod facts;
mod manifest;
mod text;

use std::collections::BTreeMap;
use std::process::ExitCode;

use lexopt::prelude::{Long, Short, ValueExt};

use semver::Version;

use super::{Release, tags};
use crate::api::{self, Snapshot, Trouble};
use crate::workspace::{Package, Workspace};
use crate::{Error, Result, term};
pub(crate) use bump::Bump;
pub(crate) use decide::Plan;

/// The help text.
const HELP: &str = "\
What changed in each published crate since its last tag, and the smallest bump that semver allows

Usage: cargo xtask release plan [--bump CRATE=LEVEL]... [--kept]

Options:
  --bump CRATE=LEVEL   Take patch, minor or major for this crate; one that is too small is refused
  --kept               Believe the texts in docs/api, without reading the APIs from the code

Compared are the commits that touch a crate's folder, what it inherits from the workspace, and
docs/api/CRATE.txt with the text at the tag <crate>-v<version>:
  breaking   an item removed or changed; a variant, public field or item to implement added where
             users had to be complete; a feature removed; a named library of another major version
  support    a newer compiler needed
  added      anything else that is new in the API
  internal   anything else that is packed: code, dependencies, openapi.yaml, README, examples
Before 1.0, breaking and support need minor, the rest patch; from 1.0 on, breaking needs major,
support and added minor, internal patch. A breaking crate forces the same on those whose API names
its types, in the same plan. A crate without a tag is released as its manifest says. Where only a
compiler could tell, a change counts as breaking; `cargo semver-checks -p CRATE --baseline-rev TAG`
gives a second opinion.

The exit status is 1 if a bump, or a version that stands in a manifest already, is too small.
";

/// What is asked for.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Options {
    /// Levels that were chosen.
    bumps: BTreeMap<String, Bump>,
    /// Take the APIs from the texts.
    kept: bool,
}

/// Reads the arguments that follow the step's name.
pub(super) fn parse(parser: &mut lexopt::Parser) -> std::result::Result<Release, lexopt::Error> {
    let mut options = Options::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("help") | Short('h') => return Ok(Release::Help(HELP)),
            Long("bump") => {
                let value = parser.value()?.string()?;
                let pair = value.split_once('=').and_then(|(name, level)| Some((name.to_owned(), Bump::parse(level)?)));
                let (name, bump) =
                    pair.ok_or_else(|| format!("--bump wants CRATE=patch|minor|major, not {value:?}"))?;
                options.bumps.insert(name, bump);
            }
            Long("kept") => options.kept = true,
            other => return Err(other.unexpected()),
        }
    }
    Ok(Release::Plan(options))
}

/// Prints the plan.
pub(super) fn run(options: &Options) -> Result<ExitCode> {
    let workspace = Workspace::load()?;
    let plan = make(&workspace, &options.bumps, options.kept)?;
    term::out(&text::render(&plan));
    let waiting = tags::git(&workspace.root, &["status", "--porcelain", "--", "crates", "Cargo.toml", api::FOLDER])?;
    if !waiting.is_empty() {
        term::out("\nThere are changes that are not committed: the plan may change with them.\n");
    }
    let refused = text::refusals(&plan);
    if refused.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    Err(Error::from(refused))
}

/// The smallest version that the next release of a crate may have: for the first one, what its manifest says. Believes
/// the texts of the APIs, which `cargo xtask check api` holds.
pub(super) fn smallest(workspace: &Workspace, package: &Package) -> Result<Version> {
    let plan = make(workspace, &BTreeMap::new(), true)?;
    let row = plan.rows.into_iter().find(|row| row.name == package.name);
    let row = row.ok_or_else(|| format!("there is no published crate {}", package.name))?;
    Ok(row.released.map_or(row.next, |released| row.needed.unwrap_or(Bump::Patch).apply(&released)))
}

/// The plan for all published crates; `kept` believes the texts of their APIs.
pub(crate) fn make(workspace: &Workspace, bumps: &BTreeMap<String, Bump>, kept: bool) -> Result<Plan> {
    let released = facts::released(workspace)?;
    if let Some(name) = bumps.keys().find(|name| !released.contains_key(*name)) {
        let known: Vec<&str> = released.keys().map(String::as_str).collect();
        return Err(Error::from(format!("no published crate {name:?}, there are: {}", known.join(", "))));
    }
    // Nothing to compare with, nothing to read.
    let none_released = released.values().all(Option::is_none);
    let apis = if kept || none_released { written(workspace)? } else { read_and_compare(workspace)? };
    decide::plan(&facts::gather(workspace, &released, &apis)?, bumps)
}

fn written(workspace: &Workspace) -> Result<BTreeMap<String, Snapshot>> {
    let published = workspace.packages.iter().filter(|package| package.published);
    let kept = published.map(|package| Snapshot::kept(&workspace.root, &package.name));
    kept.filter_map(Result::transpose).map(|kept| kept.map(|kept| (kept.name.clone(), kept))).collect()
}

/// A plan on texts that lag behind the code would promise too much.
fn read_and_compare(workspace: &Workspace) -> Result<BTreeMap<String, Snapshot>> {
    let found =
        api::read(workspace, &|what| eprintln!("… reading the APIs, {what}")).map_err(|trouble| match trouble {
            Trouble::Missing(what) => {
                Error::from(format!("{what}; or believe the texts in {} with --kept", api::FOLDER))
            }
            Trouble::Failed(error) => error,
        })?;
    for (name, now) in &found.snapshots {
        let kept = Snapshot::kept(&workspace.root, name)?;
        if kept.as_ref() != Some(now) {
            return Err(Error::from(now.difference(kept.as_ref(), 10)));
        }
    }
    Ok(found.snapshots)
}

#[cfg(test)]
mod tests;

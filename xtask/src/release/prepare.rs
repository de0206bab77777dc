//! `cargo xtask release prepare`: writes the version of one crate and what names it, as one commit.

use std::path::PathBuf;
use std::process::{ExitCode, Stdio};

use lexopt::prelude::{Long, Short, Value, ValueExt as _};
use semver::Version;
use time::OffsetDateTime;

use super::{Release, changelog, manifest, plan, printed, tags};
use crate::workspace::{Package, Workspace, cargo};
use crate::{Error, Result, term};

/// The help text.
const HELP: &str = "\
Makes one crate ready: version, changelog, requirement bounds, README versions; one commit

Usage: cargo xtask release prepare CRATE [VERSION]

Without a version, the smallest one that `cargo xtask release plan` allows; a smaller one is refused. What stands below
`## [Unreleased]` in the crate's changelog goes under the version and today's date. The tree must hold no other change.
";

/// What is asked for.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Options {
    /// The crate.
    package: String,
    /// The version, if not the smallest.
    version: Option<Version>,
}

/// Reads the arguments that follow the step's name.
pub(super) fn parse(parser: &mut lexopt::Parser) -> std::result::Result<Release, lexopt::Error> {
    let mut given: Vec<String> = Vec::new();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("help") | Short('h') => return Ok(Release::Help(HELP)),
            Value(text) if given.len() < 2 => given.push(text.string()?),
            other => return Err(other.unexpected()),
        }
    }
    let mut given = given.into_iter();
    let package = given.next().ok_or("name the crate")?;
    let version = given.next().map(|text| Version::parse(&text).map_err(|error| format!("{text:?}: {error}")));
    Ok(Release::Prepare(Options { package, version: version.transpose()? }))
}

/// Runs the step.
pub(super) fn run(options: &Options) -> Result<ExitCode> {
    let workspace = Workspace::load()?;
    let root = &workspace.root;
    let package = workspace.published_named(&options.package)?;
    if !tags::git(root, &["status", "--porcelain"])?.is_empty() {
        return Err(Error::from("the tree has changes that no commit holds; the release is a commit of its own"));
    }
    let smallest = plan::smallest(&workspace, package)?;
    let version = options.version.clone().unwrap_or_else(|| smallest.clone());
    if version < smallest {
        let why = "`cargo xtask release plan` says why";
        return Err(Error::from(format!(
            "{} {version} is too small, the plan says {smallest} or more: {why}",
            package.name
        )));
    }
    // All is read and changed before anything is written: an error leaves the tree as it was.
    let files = changes(&workspace, package, &version.to_string(), &OffsetDateTime::now_utc().date().to_string())?;
    for (file, text) in &files {
        std::fs::write(file, text)?;
    }
    lock()?;
    let message = format!("{} {version}", package.name);
    tags::git(root, &["commit", "--quiet", "--all", "-m", &message])?;
    term::out(&format!("{}committed {message}\n", tags::git(root, &["show", "--stat", "--format=", "HEAD"])?));
    Ok(ExitCode::SUCCESS)
}

/// Every file that changes, with its new text.
fn changes(workspace: &Workspace, package: &Package, version: &str, date: &str) -> Result<Vec<(PathBuf, String)>> {
    let mut files = Vec::new();
    let mut change = |file: PathBuf, with: &dyn Fn(&str) -> Result<String>| -> Result<()> {
        let old = std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        let new = with(&old).map_err(|error| format!("{}: {error}", file.display()))?;
        if new != old {
            files.push((file, new));
        }
        Ok(())
    };
    change(package.dir.join("CHANGELOG.md"), &|text| changelog::released(text, version, date))?;
    let bound = |text: &str| manifest::with_bound(text, &package.name, version);
    change(workspace.root.join("Cargo.toml"), &bound)?;
    for member in &workspace.packages {
        let own = member.name == package.name;
        let with = |text: &str| if own { bound(&manifest::with_version(text, version)?) } else { bound(text) };
        change(member.dir.join("Cargo.toml"), &with)?;
    }
    for page in pages(workspace)? {
        change(page, &|text| Ok(printed::with_version(text, &package.name, version)))?;
    }
    Ok(files)
}

/// The pages that may print a version; changelogs tell of the past, and stay.
fn pages(workspace: &Workspace) -> Result<Vec<PathBuf>> {
    let listed = tags::git(&workspace.root, &["ls-files", "-z", "--", "*.md"])?;
    let pages = listed.split_terminator('\0').map(|page| workspace.root.join(page));
    Ok(pages.filter(|page| page.file_name() != Some("CHANGELOG.md".as_ref())).collect())
}

/// The versions of a crate that the pages print, and that are not the one that it has.
pub(super) fn misprinted(workspace: &Workspace, package: &Package) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for page in pages(workspace)? {
        let text = std::fs::read_to_string(&page)?;
        let name = page.strip_prefix(&workspace.root).unwrap_or(&page).display().to_string();
        let wrong = printed::others(&text, &package.name, &package.version).into_iter();
        problems.extend(wrong.map(|wrong| format!("{name} prints {wrong} of {}", package.name)));
    }
    Ok(problems)
}

/// The lock file names the version too.
fn lock() -> Result<()> {
    let output = cargo().args(["update", "--quiet", "--workspace"]).stdin(Stdio::null()).output()?;
    if output.status.success() {
        Ok(())
    } else {
        Err(Error::from(String::from_utf8_lossy(&output.stderr).into_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crate_and_version_are_read() {
        let of = |arguments: &[&str]| parse(&mut lexopt::Parser::from_args(arguments));
        let Ok(Release::Prepare(options)) = of(&["pagamio", "0.2.0"]) else { panic!("not read") };
        assert_eq!((options.package.as_str(), options.version), ("pagamio", Some(Version::new(0, 2, 0))));
        assert!(of(&[]).unwrap_err().to_string().contains("name the crate"));
        assert!(of(&["pagamio", "soon"]).is_err() && of(&["pagamio", "0.2.0", "more"]).is_err());
        assert!(matches!(of(&["--help"]), Ok(Release::Help(_))));
    }
}

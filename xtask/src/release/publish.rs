//! `cargo xtask release publish`: gives the crates to the registry, and tags them.
//!
//! It keeps no notes of its own: what is done is what the index and the tags say, so it can be stopped anywhere and run again.

use std::process::{ExitCode, Stdio};

use lexopt::prelude::{Long, Short, Value, ValueExt as _};
use semver::Version;

use super::index::{Standing, standing};
use super::{Release, ready, tags};
use crate::workspace::{Package, Workspace, cargo};
use crate::{Error, Result, term};

/// The help text.
const HELP: &str = "\
Publishes what the registry does not have, and tags it; goes on where it was stopped

Usage: cargo xtask release publish [CRATE...] [--dry-run] [--registry NAME]

Options:
  --dry-run         Pack and build what is due, and publish nothing
  --registry NAME   Another registry that cargo's configuration names

Without names, every published crate. Cargo orders them, packs and builds each one, and waits for the index. What the
index has is left out. A tag <crate>-v<version> is set where the index has what this very commit packs.
";

/// What is asked for.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Options {
    /// The crates; none means every one.
    crates: Vec<String>,
    /// Publish nothing.
    dry_run: bool,
    /// Another registry.
    registry: Option<String>,
}

/// Reads the arguments that follow the step's name.
pub(super) fn parse(parser: &mut lexopt::Parser) -> std::result::Result<Release, lexopt::Error> {
    let mut options = Options::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("help") | Short('h') => return Ok(Release::Help(HELP)),
            Long("dry-run") => options.dry_run = true,
            Long("registry") => options.registry = Some(parser.value()?.string()?),
            Value(name) => options.crates.push(name.string()?),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Release::Publish(options))
}

/// One version, and where it stands.
struct Row<'w> {
    package: &'w Package,
    tag: String,
    standing: Standing,
    tagged: bool,
}

/// Runs the step.
pub(super) fn run(options: &Options) -> Result<ExitCode> {
    let workspace = Workspace::load()?;
    let registry = options.registry.as_deref();
    let chosen = choose(&workspace, &options.crates)?;
    // What is packed is what is tagged: a change that no commit holds would be published and lost.
    if !options.dry_run && !tags::git(&workspace.root, &["status", "--porcelain"])?.is_empty() {
        return Err(Error::from("the tree has changes that no commit holds; commit them first, or use --dry-run"));
    }
    let rows: Vec<Row> = chosen.iter().map(|package| row(&workspace, registry, package)).collect::<Result<_>>()?;
    term::out(&plan(&rows));
    let problems = problems(&workspace, registry, &rows)?;
    if !problems.is_empty() {
        return Err(Error::from(format!("nothing was published\n  {}", problems.join("\n  "))));
    }
    let due: Vec<&str> = rows.iter().filter(|row| row.is_due()).map(|row| row.package.name.as_str()).collect();
    let published = due.is_empty() || publish(options, &due)?;
    if options.dry_run {
        return if published { Ok(ExitCode::SUCCESS) } else { Err(Error::from("the dry run failed")) };
    }
    // Also where cargo has failed: what it had published by then is published.
    let untagged = tag(&workspace, registry, rows)?;
    if !untagged.is_empty() {
        return Err(Error::from(untagged.join("\n")));
    }
    if published { Ok(ExitCode::SUCCESS) } else { Err(Error::from("cargo stopped; run this again to go on")) }
}

/// The packages of these names, or every published one.
fn choose<'w>(workspace: &'w Workspace, names: &[String]) -> Result<Vec<&'w Package>> {
    if names.is_empty() {
        return Ok(workspace.packages.iter().filter(|package| package.published).collect());
    }
    names.iter().map(|name| workspace.published_named(name)).collect()
}

fn row<'w>(workspace: &Workspace, registry: Option<&str>, package: &'w Package) -> Result<Row<'w>> {
    let tag = tags::name(&package.name, &Version::parse(&package.version)?);
    let tagged = !tags::git(&workspace.root, &["tag", "--list", &tag])?.is_empty();
    Ok(Row { package, tag, standing: standing(registry, &package.name, &package.version)?, tagged })
}

impl Row<'_> {
    fn is_due(&self) -> bool {
        self.standing == Standing::Absent
    }
}

/// What is there, and what will be done.
fn plan(rows: &[Row]) -> String {
    let mut text = format!("{:<14} {:<10} {:<13} {:<9} will\n", "crate", "version", "index", "tag");
    for row in rows {
        let (index, act) = match (&row.standing, row.tagged) {
            (Standing::Absent, false) => ("no", "publish, tag"),
            (Standing::Absent, true) => ("no", "stop: tagged, and not published"),
            (Standing::Published(_), true) => ("yes", "nothing"),
            (Standing::Published(_), false) => ("yes", "tag"),
            (Standing::Yanked, _) => ("yanked", "stop: this number is used up"),
        };
        let tag = if row.tagged { "yes" } else { "no" };
        text += &format!("{:<14} {:<10} {index:<13} {tag:<9} {act}\n", row.package.name, row.package.version);
    }
    text
}

/// Why nothing may be published.
fn problems(workspace: &Workspace, registry: Option<&str>, rows: &[Row]) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for row in rows {
        let named = format!("{} {}", row.package.name, row.package.version);
        match (&row.standing, row.tagged) {
            (Standing::Yanked, _) => problems.push(format!("{named} was yanked; prepare a higher version")),
            (Standing::Absent, true) => problems.push(format!(
                "{named} is tagged, and not in the index: a wrong tag is taken away with `git tag -d {}`",
                row.tag
            )),
            (Standing::Absent, false) => problems.extend(ready::lacks(workspace, row.package)?),
            (Standing::Published(_), _) => {}
        }
    }
    let due: Vec<&Package> = rows.iter().filter(|row| row.is_due()).map(|row| row.package).collect();
    let absent = |name: &str| match workspace.package(name) {
        Some(package) => Ok(standing(registry, name, &package.version)? == Standing::Absent),
        None => Ok(false),
    };
    problems.extend(ready::needs(workspace, &due, absent)?);
    Ok(problems)
}

/// Cargo publishes these, in the order of their dependencies; whether it came to the end.
fn publish(options: &Options, due: &[&str]) -> Result<bool> {
    let mut command = cargo();
    command.arg("publish").args(due.iter().flat_map(|name| ["--package", name])).stdin(Stdio::null());
    command.args(options.registry.iter().flat_map(|name| ["--registry", name]));
    if options.dry_run {
        command.args(["--dry-run", "--allow-dirty"]);
    }
    Ok(command.status()?.success())
}

/// Tags what the index has; the reasons why not, where it has something else.
fn tag(workspace: &Workspace, registry: Option<&str>, rows: Vec<Row>) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for row in rows.into_iter().filter(|row| !row.tagged) {
        let Package { name, version, .. } = row.package;
        let standing = if row.is_due() { standing(registry, name, version)? } else { row.standing };
        let Standing::Published(checksum) = standing else { continue };
        if packed(workspace, registry, row.package)? == checksum {
            tags::git(&workspace.root, &["tag", &row.tag])?;
            term::out(&format!("tagged {}\n", row.tag));
        } else {
            problems.push(format!(
                "{name} {version} was published from another commit, so this one is not tagged: the file \
                 .cargo_vcs_info.json of the published crate names it; check it out and run this again"
            ));
        }
    }
    Ok(problems)
}

/// The checksum of what this commit packs. The packed file names the commit, so no other one has the same.
fn packed(workspace: &Workspace, registry: Option<&str>, package: &Package) -> Result<String> {
    let mut command = cargo();
    command
        .args(["package", "--quiet", "--no-verify", "--package", &package.name, "--target-dir"])
        .arg(&workspace.target);
    command.args(registry.iter().flat_map(|name| ["--registry", name])).stdin(Stdio::null());
    let output = command.output()?;
    if !output.status.success() {
        return Err(Error::from(String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    ready::sha256(&workspace.target.join("package").join(format!("{}-{}.crate", package.name, package.version)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, published: bool) -> Package {
        Package { name: name.into(), version: "0.1.0".into(), published, ..Package::default() }
    }

    #[test]
    fn names_and_options_are_read() {
        let mut parser = lexopt::Parser::from_args(["pagamio", "--dry-run", "--registry", "mine", "pay-core"]);
        let Ok(Release::Publish(options)) = parse(&mut parser) else { panic!("not read") };
        assert_eq!(options.crates, ["pagamio", "pay-core"]);
        assert_eq!((options.dry_run, options.registry.as_deref()), (true, Some("mine")));
    }

    #[test]
    fn only_published_crates_can_be_chosen() {
        let workspace =
            Workspace { packages: vec![package("a", true), package("demo", false)], ..Workspace::default() };
        let names = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            choose(&workspace, &names)
                .map(|chosen| chosen.iter().map(|package| package.name.clone()).collect::<Vec<_>>())
        };
        assert_eq!(names(&[]).unwrap(), ["a"]);
        assert_eq!(names(&["a"]).unwrap(), ["a"]);
        for name in ["demo", "b"] {
            let why = format!("no published crate \"{name}\", there are: a");
            assert_eq!(names(&[name]).unwrap_err().to_string(), why);
        }
    }

    #[test]
    fn the_plan_says_what_will_be_done() {
        let package = package("pay-core", true);
        let row = |standing, tagged| Row { package: &package, tag: "pay-core-v0.1.0".into(), standing, tagged };
        for (row, words) in [
            (row(Standing::Absent, false), "no no publish, tag"),
            (row(Standing::Published("1".into()), false), "yes no tag"),
            (row(Standing::Published("1".into()), true), "yes yes nothing"),
            (row(Standing::Absent, true), "no yes stop: tagged, and not published"),
            (row(Standing::Yanked, false), "yanked no stop: this number is used up"),
        ] {
            let text = plan(&[row]);
            let line = text.lines().nth(1).unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
            assert_eq!(line, format!("pay-core 0.1.0 {words}"));
        }
    }
}

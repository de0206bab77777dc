//! The steps `clippy` and `unused`: both read what one run of clippy says, which cargo repeats as long as nothing has changed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;

use super::features::Everything;
use super::{Progress, Report};
use crate::Result;
use crate::workspace::{Dependency, Kind, Package, Workspace, cargo};

/// The compiler's own: it names each dependency that a target is given and does not use.
const UNUSED: &str = "unused_crate_dependencies";

/// Dependencies that no code names, and why they are there.
const KEPT: [(&str, &str, &str); 1] =
    [("pay-core", "rustls", "named so that `rustls-no-provider` brings it without a provider of cryptography")];

/// No lint warns, in no code that a feature brings.
pub(crate) fn clippy(workspace: &Workspace, _: &Progress) -> Result<Report> {
    let mut report = Report::default();
    let Some(said) = said(workspace, &mut report)? else { return Ok(report) };
    report.done = 1;
    report.problems = said.problems;
    Ok(report)
}

/// No dependency is declared that nothing uses.
pub(crate) fn unused(workspace: &Workspace, _: &Progress) -> Result<Report> {
    let mut report = Report::default();
    let Some(said) = said(workspace, &mut report)? else { return Ok(report) };
    if said.complete {
        for package in &workspace.packages {
            let targets = said.targets.get(&package.name);
            report.looked(targets.is_none().then(|| format!("{}: clippy told nothing of it", package.name)));
            report.problems.extend(targets.into_iter().flat_map(|targets| unused_of(package, targets)));
        }
    } else {
        report.problems.push("not all code compiles: cargo xtask check clippy".to_owned());
    }
    Ok(report)
}

/// What one run of clippy said.
#[derive(Debug, Default)]
struct Said {
    /// Whether every target was looked at.
    complete: bool,
    /// What it refused.
    problems: Vec<String>,
    /// Package to target to what that one is given and does not use.
    targets: BTreeMap<String, BTreeMap<Target, BTreeSet<String>>>,
}

fn said(workspace: &Workspace, report: &mut Report) -> Result<Option<Said>> {
    if !cargo().args(["clippy", "--version"]).output()?.status.success() {
        report.not_run.push("clippy is not installed".to_owned());
        return Ok(None);
    }
    let all = Everything::of(&workspace.packages, workspace);
    report.not_run.extend(all.left_out);
    let mut command = cargo();
    command.args(["clippy", "--quiet", "--workspace", "--all-targets", "--message-format=json"]).args(&all.arguments);
    // Forced, it stays a warning where warnings are denied.
    command.args(["--", "-D", "warnings", "--force-warn", UNUSED]);
    let output = command.output()?;
    let mut said = Said::read(workspace, &String::from_utf8_lossy(&output.stdout));
    said.complete = output.status.success();
    if !said.complete && said.problems.is_empty() {
        said.problems.push(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    Ok(Some(said))
}

/// A line of what cargo prints; of the kinds that have no target, nothing is wanted.
#[derive(Debug, Deserialize)]
struct Line {
    target: Target,
    message: Option<Message>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
struct Target {
    kind: Vec<String>,
    name: String,
    src_path: String,
}

#[derive(Debug, Deserialize)]
struct Message {
    message: String,
    level: String,
    code: Option<Code>,
    rendered: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Code {
    code: String,
}

impl Said {
    fn read(workspace: &Workspace, lines: &str) -> Self {
        let mut said = Self::default();
        for line in lines.lines().filter_map(|line| serde_json::from_str::<Line>(line).ok()) {
            let inside = |package: &&Package| Path::new(&line.target.src_path).starts_with(&package.dir);
            let Some(package) = workspace.packages.iter().find(inside) else { continue };
            let unused = said.targets.entry(package.name.clone()).or_default().entry(line.target).or_default();
            let Some(message) = line.message else { continue };
            if message.code.is_some_and(|code| code.code == UNUSED) {
                // "extern crate `axum` is unused in crate `pay_core`"
                unused.extend(message.message.split('`').nth(1).map(str::to_owned));
            } else if message.level == "error" {
                said.problems.push(message.rendered.unwrap_or(message.message));
            }
        }
        // The same code is compiled for a library and for its tests.
        said.problems.sort();
        said.problems.dedup();
        said
    }
}

impl Target {
    /// Whether it is what users get: all else is given what only tests need, too.
    fn ships(&self) -> bool {
        self.kind.iter().any(|kind| ["lib", "bin", "proc-macro"].contains(&kind.as_str()))
    }
}

/// A dependency of the code is used by a library or a program; one of the tests by anything, and an optional one too, since those of
/// tests cannot be optional.
fn unused_of(package: &Package, targets: &BTreeMap<Target, BTreeSet<String>>) -> Vec<String> {
    let mut problems = Vec::new();
    let of_code = |name: &str| package.dependencies.iter().any(|one| one.kind == Kind::Normal && named(one) == name);
    for dependency in package.dependencies.iter().filter(|dependency| dependency.kind != Kind::Build) {
        let name = named(dependency);
        let of_tests = dependency.kind == Kind::Dev;
        // Named twice for the sake of features: what the code needs is what counts.
        if of_tests && of_code(name) {
            continue;
        }
        let extern_name = name.replace('-', "_");
        let anything = of_tests || dependency.optional;
        let mut given = targets.iter().filter(|(target, _)| anything || target.ships()).peekable();
        let unused = given.peek().is_some() && given.all(|(_, unused)| unused.contains(&extern_name));
        let kept = KEPT.iter().any(|(of, kept, _)| *of == package.name && *kept == name);
        let problem = match (unused, kept) {
            (true, false) if anything => format!("{name} is not used: take it out of Cargo.toml"),
            (true, false) => {
                format!("{name} is not used by the code: take it out of Cargo.toml, or move it to [dev-dependencies]")
            }
            (false, true) => format!("{name} is used, so it needs no place in KEPT"),
            _ => continue,
        };
        problems.push(format!("{}: {problem}", package.name));
    }
    problems.sort();
    problems.dedup();
    problems
}

/// The name that it has in the code, but for dashes.
fn named(dependency: &Dependency) -> &str {
    dependency.rename.as_deref().unwrap_or(&dependency.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace() -> Workspace {
        let dependency = |name: &str, kind: Kind| Dependency { name: name.into(), kind, ..Dependency::default() };
        let core = Package {
            name: "pay-core".into(),
            dir: "/w/crates/pay-core".into(),
            dependencies: vec![
                dependency("http", Kind::Normal),
                dependency("serde-json", Kind::Normal),
                dependency("rustls", Kind::Normal),
                dependency("http", Kind::Dev),
                dependency("toml", Kind::Dev),
            ],
            ..Package::default()
        };
        Workspace { packages: vec![core], ..Workspace::default() }
    }

    /// What cargo prints when a target is done, and before that of each of these crates that it does not use.
    fn target(kind: &str, name: &str, unused: &str) -> String {
        let target =
            format!(r#""target":{{"kind":["{kind}"],"name":"{name}","src_path":"/w/crates/pay-core/{name}.rs"}}"#);
        let mut lines = String::new();
        for unused in unused.split_whitespace() {
            lines += &format!(
                r#"{{"reason":"compiler-message",{target},"message":{{"level":"warning","rendered":"...",
                "message":"extern crate `{unused}` is unused in crate `{name}`","code":{{"code":"{UNUSED}"}}}}}}"#
            )
            .replace('\n', "");
            lines += "\n";
        }
        lines + &format!(r#"{{"reason":"compiler-artifact",{target}}}"#) + "\n"
    }

    fn found(lines: &str) -> Vec<String> {
        let workspace = workspace();
        let said = Said::read(&workspace, &format!("{{\"reason\":\"build-finished\",\"success\":true}}\n{lines}"));
        assert_eq!(said.problems, [""; 0]);
        unused_of(&workspace.packages[0], &said.targets["pay-core"])
    }

    #[test]
    fn what_something_that_may_use_it_uses_is_used() {
        // The library uses http and serde_json, its tests toml.
        let fine = target("lib", "pay_core", "rustls toml") + &target("test", "wire", "rustls http serde_json");
        assert_eq!(found(&fine), [""; 0]);
        // A program beside the library uses what the library does not.
        let program = target("lib", "pay_core", "rustls toml serde_json") + &target("bin", "main", "rustls http toml");
        assert_eq!(found(&(program + &target("test", "wire", "rustls"))), [""; 0]);
    }

    #[test]
    fn what_only_tests_use_and_what_nothing_uses_is_named() {
        let lines = target("lib", "pay_core", "rustls toml http") + &target("test", "wire", "toml rustls");
        let expected = [
            "pay-core: http is not used by the code: take it out of Cargo.toml, or move it to [dev-dependencies]",
            "pay-core: toml is not used: take it out of Cargo.toml",
        ];
        assert_eq!(found(&lines), expected);
    }

    #[test]
    fn an_optional_dependency_may_be_there_for_tests() {
        let mut workspace = workspace();
        workspace.packages[0].dependencies[0].optional = true;
        let lines = target("lib", "pay_core", "rustls toml http") + &target("test", "wire", "rustls");
        let said = Said::read(&workspace, &lines);
        assert_eq!(unused_of(&workspace.packages[0], &said.targets["pay-core"]), [""; 0]);
    }

    #[test]
    fn an_exception_that_is_needed_no_more_is_named() {
        let lines = target("lib", "pay_core", "") + &target("test", "wire", "");
        assert_eq!(found(&lines), ["pay-core: rustls is used, so it needs no place in KEPT"]);
    }

    #[test]
    fn what_clippy_refuses_is_told_once() {
        let refused = r#"{"target":{"kind":["lib"],"name":"pay_core","src_path":"/w/crates/pay-core/a.rs"},"message":
            {"level":"error","message":"used `unwrap()`","code":{"code":"clippy::unwrap_used"},"rendered":"error: used"}}"#;
        let said = Said::read(&workspace(), &format!("{0}\n{0}\n", refused.replace('\n', "")));
        assert_eq!(said.problems, ["error: used"]);
    }
}

//! A public API as a text that lies in the repository, and is read by people too.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use semver::{Op, VersionReq};

use super::{MEND, foreign};
use crate::workspace::{Kind, Package, Workspace};
use crate::{Error, Result};

/// Where the snapshots lie, from the top.
pub(crate) const FOLDER: &str = "docs/api";

/// The public API of one crate, with all its features.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Snapshot {
    /// The crate.
    pub(crate) name: String,
    /// The oldest compiler that it supports.
    pub(crate) rust_version: String,
    /// Its features, and which other features of its own each turns on.
    pub(crate) features: BTreeMap<String, BTreeSet<String>>,
    /// Other crates whose types it names, and their version as far as it decides which types these are.
    pub(crate) names: BTreeMap<String, String>,
    /// Its items.
    pub(crate) lines: Vec<String>,
}

/// The file of a crate's snapshot, from the top.
pub(crate) fn file(name: &str) -> String {
    format!("{FOLDER}/{name}.txt")
}

impl Snapshot {
    /// Of what was found in the code.
    pub(super) fn new(workspace: &Workspace, package: &Package, lines: Vec<String>) -> Self {
        let own = |enables: &Vec<String>| {
            let own = enables.iter().filter(|enabled| package.features.contains_key(*enabled));
            own.cloned().collect()
        };
        let names = foreign::named(&lines, &package.name).into_keys();
        Self {
            name: package.name.clone(),
            rust_version: package.rust_version.clone().unwrap_or_default(),
            features: package.features.iter().map(|(name, enables)| (name.clone(), own(enables))).collect(),
            names: names.map(|code_name| version_of(workspace, package, &code_name)).collect(),
            lines,
        }
    }

    /// What lies in the repository, if anything.
    pub(crate) fn kept(root: &Path, name: &str) -> Result<Option<Self>> {
        match std::fs::read_to_string(root.join(file(name))) {
            Ok(text) => Self::parse(name, &text).map(Some),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::from(format!("{}: {error}", file(name)))),
        }
    }

    /// Reads the text.
    pub(crate) fn parse(name: &str, text: &str) -> Result<Self> {
        let mut snapshot = Self { name: name.to_owned(), ..Self::default() };
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with("# ")) {
            match line.split_once(' ') {
                Some(("rust-version", version)) => version.clone_into(&mut snapshot.rust_version),
                Some(("feature", feature)) => {
                    let (name, enables) = feature.split_once(" = ").unwrap_or((feature, ""));
                    let enables = enables.split(", ").filter(|name| !name.is_empty()).map(str::to_owned).collect();
                    snapshot.features.insert(name.to_owned(), enables);
                }
                Some(("names", named)) => {
                    let (name, version) = named.split_once(' ').unwrap_or((named, ""));
                    snapshot.names.insert(name.to_owned(), version.to_owned());
                }
                Some((word, _)) if word == "pub" || word.starts_with("impl") || word.starts_with("#[") => {
                    snapshot.lines.push(line.to_owned());
                }
                _ => return Err(Error::from(format!("{}: cannot be read: {line}", file(name)))),
            }
        }
        Ok(snapshot)
    }

    /// The text.
    pub(crate) fn text(&self) -> String {
        let mut text = format!(
            "# The public API of {} with all its features. Written by `{MEND}`, held by `cargo xtask check api`.\n\
             # At an end, `{{ .. }}` says that there is more: private fields, or in a trait a body that is given. `(not dyn)`: no `dyn` of it.\n\n\
             rust-version {}\n",
            self.name, self.rust_version
        );
        for (name, enables) in &self.features {
            let enables: Vec<&str> = enables.iter().map(String::as_str).collect();
            let equals = if enables.is_empty() { "" } else { " = " };
            text.push_str(&format!("feature {name}{equals}{}\n", enables.join(", ")));
        }
        for (name, version) in &self.names {
            text.push_str(format!("names {name} {version}").trim_end());
            text.push('\n');
        }
        text.push('\n');
        for line in &self.lines {
            text.push_str(line);
            text.push('\n');
        }
        text
    }

    /// Writes the file.
    pub(crate) fn write(&self, root: &Path) -> Result<()> {
        std::fs::create_dir_all(root.join(FOLDER))?;
        Ok(std::fs::write(root.join(file(&self.name)), self.text())?)
    }

    /// What differs from the text that is kept, at most `limit` lines of it, and how to mend it.
    pub(crate) fn difference(&self, kept: Option<&Self>, limit: usize) -> String {
        let file = file(&self.name);
        let mend = format!("if this is meant, write it down with `{MEND} {}`", self.name);
        let Some(kept) = kept else {
            return format!("{file}: missing; {mend}");
        };
        let (before, after) = (kept.text(), self.text());
        let (old, new): (BTreeSet<&str>, BTreeSet<&str>) = (before.lines().collect(), after.lines().collect());
        let gone = before.lines().filter(|line| !new.contains(line)).map(|line| format!("- {line}"));
        let come = after.lines().filter(|line| !old.contains(line)).map(|line| format!("+ {line}"));
        let all: Vec<String> = gone.chain(come).collect();
        let mut shown = all[..all.len().min(limit)].join("\n");
        if all.is_empty() {
            shown.push_str("the same lines in another order");
        } else if all.len() > limit {
            shown.push_str(&format!("\nand {} lines more", all.len() - limit));
        }
        format!("{file}: not what the code has\n{shown}\n{mend}")
    }
}

/// The package that code names so, and the part of its version that semver holds fast. A crate of this workspace has
/// none here: its own plan says when its types become others.
fn version_of(workspace: &Workspace, package: &Package, code_name: &str) -> (String, String) {
    let is_it = |name: &str| name.replace('-', "_") == code_name;
    if let Some(member) = workspace.packages.iter().find(|member| is_it(&member.name)) {
        return (member.name.clone(), String::new());
    }
    let mut declared = package.dependencies.iter().filter(|dependency| dependency.kind == Kind::Normal);
    match declared.find(|dependency| is_it(&dependency.name)) {
        Some(dependency) => (dependency.name.clone(), held(&dependency.version)),
        None => (code_name.to_owned(), String::new()),
    }
}

/// The part of a requirement that decides which types are meant: `1` of `^1.2`, `0.5` of `0.5.3`.
pub(crate) fn held(requirement: &str) -> String {
    let requirement = VersionReq::parse(requirement).unwrap_or_default();
    match requirement.comparators.first() {
        Some(of) if of.major > 0 || of.minor.is_none() => of.major.to_string(),
        Some(of) if of.op != Op::Wildcard => format!("{}.{}", of.major, of.minor.unwrap_or_default()),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Dependency;

    fn snapshot() -> Snapshot {
        let dependency = |name: &str, version: &str| Dependency {
            name: name.into(),
            version: version.into(),
            ..Dependency::default()
        };
        let package = Package {
            name: "pay-a".into(),
            rust_version: Some("1.89".into()),
            features: BTreeMap::from([
                ("default".into(), vec!["tls".into(), "other/tls".into()]),
                ("tls".into(), vec!["dep:rustls".into()]),
            ]),
            dependencies: vec![
                dependency("http", "^1.2"),
                dependency("axum-core", "^0.5.1"),
                dependency("pay-b", "^0.1"),
            ],
            ..Package::default()
        };
        let workspace = Workspace {
            packages: vec![package.clone(), Package { name: "pay-b".into(), ..Package::default() }],
            ..Workspace::default()
        };
        let lines = ["pub mod pay_a", "pub fn pay_a::f(http::Method, axum_core::X, Option<pay_b::Y>, far::Z)"];
        Snapshot::new(&workspace, &package, lines.map(str::to_owned).to_vec())
    }

    #[test]
    fn the_head_says_compiler_features_and_named_crates() {
        let text = snapshot().text();
        let head: Vec<&str> = text.lines().skip(3).take_while(|line| !line.is_empty()).collect();
        let expected = [
            "rust-version 1.89",
            "feature default = tls",
            "feature tls",
            "names axum-core 0.5",
            "names far",
            "names http 1",
            "names pay-b",
        ];
        assert_eq!(head, expected);
    }

    #[test]
    fn what_is_written_is_read() {
        let snapshot = snapshot();
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(Snapshot::kept(dir.path(), "pay-a").unwrap(), None);
        snapshot.write(dir.path()).unwrap();
        assert_eq!(Snapshot::kept(dir.path(), "pay-a").unwrap(), Some(snapshot));
        assert!(Snapshot::parse("pay-a", "<<<<<<< HEAD\n").unwrap_err().to_string().contains("HEAD"));
    }

    #[test]
    fn a_difference_is_told_with_what_mends_it() {
        let kept = snapshot();
        let mut now = kept.clone();
        now.lines[1] = "pub fn pay_a::g()".into();
        now.lines.push("pub fn pay_a::h()".into());
        let text = now.difference(Some(&kept), 2);
        assert!(text.contains("- pub fn pay_a::f(") && text.contains("+ pub fn pay_a::g()"), "{text}");
        assert!(text.contains("and 1 lines more") && text.contains("cargo xtask api --write pay-a"), "{text}");
        assert!(now.difference(None, 2).contains("missing"));
        now.lines = kept.lines.iter().rev().cloned().collect();
        assert!(now.difference(Some(&kept), 2).contains("another order"));
    }
}

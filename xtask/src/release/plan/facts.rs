//! What changed in each crate since its tag, as git and the texts of the APIs say.

use std::collections::BTreeMap;
use std::path::Path;

use semver::Version;

use super::manifest;
use crate::Result;
use crate::api::{self, Change, Level, Snapshot};
use crate::release::tags::{self, Tag, git};
use crate::workspace::{Kind, Package, Workspace};

/// One crate, as far as its next version depends on it.
#[derive(Debug)]
pub(super) struct Facts {
    /// Its name.
    pub(super) name: String,
    /// The version of its last tag.
    pub(super) released: Option<Version>,
    /// The version in its manifest.
    pub(super) manifest: Version,
    /// The published crates of the workspace that it is built on.
    pub(super) builds_on: Vec<On>,
    /// What changed since the tag.
    pub(super) changes: Vec<Change>,
    /// What the commits since then say, newest first.
    pub(super) commits: Vec<String>,
}

/// A crate below another.
#[derive(Debug)]
pub(super) struct On {
    /// Its name.
    pub(super) name: String,
    /// Whether the public API names its types.
    pub(super) in_api: bool,
}

/// The last tag of each published crate.
pub(super) fn released(workspace: &Workspace) -> Result<BTreeMap<String, Option<Tag>>> {
    let published = workspace.packages.iter().filter(|package| package.published);
    published.map(|package| Ok((package.name.clone(), tags::last(&workspace.root, &package.name)?))).collect()
}

/// The facts of each published crate.
pub(super) fn gather(
    workspace: &Workspace,
    released: &BTreeMap<String, Option<Tag>>,
    apis: &BTreeMap<String, Snapshot>,
) -> Result<Vec<Facts>> {
    let published = workspace.packages.iter().filter(|package| package.published);
    let all = published.map(|package| {
        let api = apis.get(&package.name);
        let tag = released.get(&package.name).and_then(Option::as_ref);
        let mut facts = Facts {
            name: package.name.clone(),
            released: tag.map(|tag| tag.version.clone()),
            manifest: Version::parse(&package.version)?,
            builds_on: builds_on(workspace, package, api),
            changes: Vec::new(),
            commits: Vec::new(),
        };
        if let Some(tag) = tag {
            (facts.changes, facts.commits) = since(&workspace.root, package, tag, api)?;
        }
        Ok(facts)
    });
    all.collect()
}

fn builds_on(workspace: &Workspace, package: &Package, api: Option<&Snapshot>) -> Vec<On> {
    let dependencies = package.dependencies.iter().filter(|dependency| dependency.kind != Kind::Dev);
    let members = dependencies.filter(|dependency| {
        workspace.package(&dependency.name).is_some_and(|member| member.published && member.name != package.name)
    });
    let on = members.map(|dependency| On {
        name: dependency.name.clone(),
        // Where the API is not known, it is taken to name them.
        in_api: api.is_none_or(|api| api.names.contains_key(&dependency.name)),
    });
    on.collect()
}

fn since(root: &Path, package: &Package, tag: &Tag, api: Option<&Snapshot>) -> Result<(Vec<Change>, Vec<String>)> {
    let folder = package.dir.strip_prefix(root).unwrap_or(&package.dir).to_string_lossy().replace('\\', "/");
    let commits = git(root, &["log", "--format=%s", &format!("{}..HEAD", tag.name), "--", &folder])?;
    let mut changes = Vec::new();
    let (before, after) = (tag.name.as_str(), "HEAD");
    changes.extend(manifest::changes(root, &folder, (before, after), api)?);
    let files = git(root, &["diff", "--name-only", "--no-renames", before, after, "--", &folder])?;
    let packed: Vec<&str> = files.lines().filter_map(|file| packed(file, &folder)).collect();
    match (at(root, before, &api::file(&package.name))?, api) {
        (Some(then), Some(now)) => changes.extend(api::changes(&Snapshot::parse(&package.name, &then)?, now)),
        (then, _) if !packed.is_empty() => {
            let place = if then.is_none() { before } else { "now" };
            let what = format!("the API {place} is not known: there is no {}", api::file(&package.name));
            changes.push(Change { level: Level::Breaking, what });
        }
        _ => {}
    }
    if let [first, rest @ ..] = packed.as_slice() {
        let more = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
        changes.push(Change { level: Level::Internal, what: format!("packed files changed: {first}{more}") });
    }
    Ok((changes, commits.lines().map(str::to_owned).collect()))
}

/// The file within the crate, if users get it. Tests are not packed, and a changelog tells of changes, but is none.
fn packed<'f>(file: &'f str, folder: &str) -> Option<&'f str> {
    let file = file.strip_prefix(folder)?.trim_start_matches('/');
    (!file.starts_with("tests/") && file != "CHANGELOG.md").then_some(file)
}

/// A file as a commit has it.
pub(super) fn at(root: &Path, commit: &str, file: &str) -> Result<Option<String>> {
    if git(root, &["ls-tree", "--name-only", commit, "--", file])?.trim().is_empty() {
        return Ok(None);
    }
    git(root, &["show", &format!("{commit}:{file}")]).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_users_do_not_get_is_no_reason() {
        for (file, expected) in [
            ("crates/a/src/lib.rs", Some("src/lib.rs")),
            ("crates/a/README.md", Some("README.md")),
            ("crates/a/openapi.yaml", Some("openapi.yaml")),
            ("crates/a/examples/b.rs", Some("examples/b.rs")),
            ("crates/a/tests/wire.rs", None),
            ("crates/a/CHANGELOG.md", None),
        ] {
            assert_eq!(packed(file, "crates/a"), expected, "{file}");
        }
    }
}

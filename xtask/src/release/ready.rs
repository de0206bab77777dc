//! What a crate must have before anybody is given it.

use std::path::Path;

use super::{changelog, prepare};
use crate::Result;
use crate::check::not_packed_right;
use crate::workspace::{Kind, Package, Workspace};

/// What is missing in a crate; none means that it may be published.
pub(super) fn lacks(workspace: &Workspace, package: &Package) -> Result<Vec<String>> {
    let mut problems = not_packed_right(package)?;
    let text = std::fs::read_to_string(package.dir.join("CHANGELOG.md")).unwrap_or_default();
    if !changelog::has_section(&text, &package.version) {
        let (name, version) = (&package.name, &package.version);
        problems.push(format!("CHANGELOG.md has no dated section of {version}: `cargo xtask release prepare {name}`"));
    }
    problems.extend(prepare::misprinted(workspace, package)?);
    Ok(problems.into_iter().map(|problem| format!("{}: {problem}", package.name)).collect())
}

/// Crates of this workspace that a chosen one needs, that are not chosen themselves, and that `absent` says nobody can get.
pub(super) fn needs(
    workspace: &Workspace,
    chosen: &[&Package],
    absent: impl Fn(&str) -> Result<bool>,
) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for package in chosen {
        for dependency in package.dependencies.iter().filter(|dependency| dependency.kind != Kind::Dev) {
            let known = workspace.package(&dependency.name).filter(|_| dependency.by_path);
            let with_it = chosen.iter().any(|other| other.name == dependency.name);
            if known.is_some() && !with_it && absent(&dependency.name)? {
                let (name, needed) = (&package.name, &dependency.name);
                problems.push(format!("{name}: needs {needed}, which is not published: name it too"));
            }
        }
    }
    Ok(problems)
}

/// Whether two files have the same content.
pub(super) fn sha256(file: &Path) -> Result<String> {
    use sha2::{Digest as _, Sha256};
    let digest = Sha256::digest(std::fs::read(file)?);
    Ok(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}

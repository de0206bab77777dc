//! What a crate must have before anybody is given it.

use std::path::Path;

use crate::Result;
use crate::check::not_packed_right;
use crate::workspace::{Kind, Package, Workspace};

/// What is missing in a crate; none means that it may be published.
pub(super) fn lacks(package: &Package) -> Result<Vec<String>> {
    let mut problems = not_packed_right(package)?;
    let changelog = std::fs::read_to_string(package.dir.join("CHANGELOG.md")).unwrap_or_default();
    if !has_section(&changelog, &package.version) {
        let (name, version) = (&package.name, &package.version);
        problems.push(format!("CHANGELOG.md has no dated section of {version}: `cargo xtask release prepare {name}`"));
    }
    Ok(problems.into_iter().map(|problem| format!("{}: {problem}", package.name)).collect())
}

/// `## [0.2.0] - 2026-11-30`, with something below it.
fn has_section(changelog: &str, version: &str) -> bool {
    let mut lines = changelog.lines().skip_while(|line| !heading_of(line, version));
    lines.next().is_some() && lines.take_while(|line| !line.starts_with("## ")).any(|line| !line.trim().is_empty())
}

fn heading_of(line: &str, version: &str) -> bool {
    let date = line.strip_prefix(&format!("## [{version}] - "));
    date.is_some_and(|date| date.len() == 10 && date.split('-').map(str::len).eq([4, 2, 2]))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_has_the_version_a_date_and_something_below() {
        let dated = "# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2026-11-30\n\n### Added\n\n- x\n\n## [0.1.0] - 2026-11-01\n";
        assert!(has_section(dated, "0.2.0"));
        assert!(!has_section(dated, "0.1.0"), "nothing stands below it");
        assert!(!has_section(dated, "0.2"), "another version");
        assert!(!has_section("## [0.2.0]\n\n- x\n", "0.2.0"), "no date");
        assert!(!has_section("## [0.2.0] - soon\n\n- x\n", "0.2.0"), "no date");
    }
}

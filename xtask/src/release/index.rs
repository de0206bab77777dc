//! What the registry's index says of a version, asked through cargo, so that any registry works that cargo knows.

use std::path::Path;
use std::process::Stdio;

use toml_edit::DocumentMut;

use crate::workspace::cargo;
use crate::{Error, Result};

/// What an index says of one version of a crate.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Standing {
    /// It was never published.
    Absent,
    /// It can be used; the SHA-256 of its packed file.
    Published(String),
    /// It was published, and taken back: its number is used up.
    Yanked,
}

/// Asks cargo to lock exactly this version in a package that needs nothing else.
pub(super) fn standing(registry: Option<&str>, name: &str, version: &str) -> Result<Standing> {
    let folder = tempfile::tempdir()?;
    let manifest = folder.path().join("Cargo.toml");
    std::fs::write(&manifest, question(registry, name, version))?;
    std::fs::write(folder.path().join("lib.rs"), "")?;
    // Cargo reads its configuration, which may name registries, from where it runs: at the top of the workspace.
    let mut ask = cargo();
    ask.args(["generate-lockfile", "--color", "never", "--manifest-path"]).arg(&manifest).stdin(Stdio::null());
    let output = ask.output()?;
    if output.status.success() {
        return published(&folder.path().join("Cargo.lock"), name);
    }
    let message = String::from_utf8_lossy(&output.stderr);
    refused(&message, name, version)
        .ok_or_else(|| Error::from(format!("the index cannot be asked for {name} {version}\n{}", message.trim())))
}

fn question(registry: Option<&str>, name: &str, version: &str) -> String {
    let registry = registry.map_or(String::new(), |registry| format!("registry = \"{registry}\"\n"));
    format!(
        "[package]\nname = \"index-question\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[lib]\npath = \"lib.rs\"\n\n\
         [workspace]\n\n[dependencies.{name}]\nversion = \"={version}\"\n{registry}"
    )
}

fn published(lock: &Path, name: &str) -> Result<Standing> {
    let lock: DocumentMut = std::fs::read_to_string(lock)?.parse()?;
    let packages = lock.get("package").and_then(|item| item.as_array_of_tables()).into_iter().flatten();
    let text =
        |package: &toml_edit::Table, key: &str| package.get(key).and_then(|item| item.as_str()).map(str::to_owned);
    let mut found = packages.filter(|package| text(package, "name").as_deref() == Some(name));
    let checksum = found.find_map(|package| text(package, "checksum"));
    checksum.map(Standing::Published).ok_or_else(|| format!("the index tells no checksum of {name}").into())
}

/// Cargo's words for a version that is not there, and for one that was taken back; others are failures of something else.
fn refused(message: &str, name: &str, version: &str) -> Option<Standing> {
    let this = message.contains(&format!("failed to select a version for the requirement `{name} = \"={version}\"`"));
    if this && message.contains(&format!("version {version} is yanked")) {
        return Some(Standing::Yanked);
    }
    let unknown = message.contains(&format!("no matching package named `{name}` found"));
    let other = this && message.contains("candidate versions found which didn't match");
    (unknown || other).then_some(Standing::Absent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_yanked_and_out_of_reach_are_told_apart() {
        let of = |message: &str| refused(message, "pagamio", "0.2.0");
        let select = "error: failed to select a version for the requirement `pagamio = \"=0.2.0\"`\n";
        assert_eq!(of("error: no matching package named `pagamio` found\n"), Some(Standing::Absent));
        assert_eq!(
            of(&format!("{select}candidate versions found which didn't match: 0.1.0\n")),
            Some(Standing::Absent)
        );
        assert_eq!(of(&format!("{select}  version 0.2.0 is yanked\n")), Some(Standing::Yanked));
        assert_eq!(of("error: failed to get `pagamio` as a dependency: download failed\n"), None);
        // That of a dependency of it is no word on it.
        assert_eq!(of("error: no matching package named `pay-core` found\n"), None);
        let core = "error: failed to select a version for the requirement `pay-core = \"^0.2\"`\n";
        assert_eq!(of(&format!("{core}candidate versions found which didn't match: 0.1.0\n")), None);
    }

    #[test]
    fn the_checksum_is_that_of_the_crate_itself() {
        let folder = tempfile::tempdir().unwrap();
        let lock = folder.path().join("Cargo.lock");
        let package = |name: &str, sum: &str| format!("[[package]]\nname = \"{name}\"\nchecksum = \"{sum}\"\n");
        std::fs::write(&lock, package("b", "1") + &package("a", "2")).unwrap();
        assert_eq!(published(&lock, "a").unwrap(), Standing::Published("2".into()));
        assert!(published(&lock, "c").is_err());
    }
}

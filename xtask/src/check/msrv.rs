//! The step `msrv`: what is published builds with the oldest Rust that it says it supports.

use std::collections::BTreeMap;

use super::features::Everything;
use super::{Progress, Report, commands};
use crate::workspace::{Package, Workspace};
use crate::{Result, toolchain};

/// Builds the published crates, all features on, with the locked dependencies.
pub(crate) fn run(workspace: &Workspace, progress: &Progress) -> Result<Report> {
    let mut report = Report::default();
    let (versions, silent) = by_version(workspace.published());
    report.problems.extend(silent.into_iter().map(|name| format!("{name}: Cargo.toml says no rust-version")));
    for (version, packages) in &versions {
        let oldest = release(version);
        if toolchain::host(&oldest).is_none() {
            progress.at(&format!("installing Rust {oldest}"));
            if let Err(why) = toolchain::install(&oldest) {
                report.not_run.push(why);
                continue;
            }
        }
        progress.at(&format!("building with Rust {oldest}"));
        let all = Everything::of(packages.iter().copied(), workspace);
        let mut command = toolchain::program(&oldest, "cargo", workspace);
        command.args(["build", "--quiet", "--locked"]).args(&all.arguments);
        for package in packages {
            command.args(["--package", &package.name]);
        }
        command.arg("--target-dir").arg(toolchain::target(&oldest, workspace));
        report.not_run.extend(all.left_out);
        report.looked(commands::run(command)?.map(|output| format!("Rust {oldest}:\n{output}")));
        report.note = format!("{} crates, Rust {oldest}", packages.len());
    }
    Ok(report)
}

/// The crates of each supported version, and the names of those that say none.
fn by_version<'p>(packages: impl Iterator<Item = &'p Package>) -> (BTreeMap<&'p str, Vec<&'p Package>>, Vec<&'p str>) {
    let mut versions: BTreeMap<&str, Vec<&Package>> = BTreeMap::new();
    let mut silent = Vec::new();
    for package in packages {
        match &package.rust_version {
            Some(version) => versions.entry(version).or_default().push(package),
            None => silent.push(package.name.as_str()),
        }
    }
    (versions, silent)
}

/// The first release of a version: the oldest that `1.89` promises is `1.89.0`.
fn release(version: &str) -> String {
    if version.split('.').count() == 2 { format!("{version}.0") } else { version.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_supported_version_has_its_crates_and_silence_is_named() {
        let package = |name: &str, version: Option<&str>| Package {
            name: name.into(),
            rust_version: version.map(str::to_owned),
            ..Package::default()
        };
        let packages =
            [package("a", Some("1.89")), package("b", Some("1.90.1")), package("c", Some("1.89")), package("d", None)];
        let (versions, silent) = by_version(packages.iter());
        let named: Vec<String> = versions
            .iter()
            .map(|(version, packages)| {
                let names: Vec<&str> = packages.iter().map(|package| package.name.as_str()).collect();
                format!("{} {}", release(version), names.join(" "))
            })
            .collect();
        assert_eq!(named, ["1.89.0 a c", "1.90.1 b"]);
        assert_eq!(silent, ["d"]);
    }
}

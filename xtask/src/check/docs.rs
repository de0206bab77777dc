//! The steps `docs` and `docsrs`: the documentation builds without a warning, here and as docs.rs builds it.

use std::path::Path;

use super::features::Everything;
use super::{Progress, Report, commands};
use crate::Result;
use crate::toolchain::{self, NIGHTLY};
use crate::workspace::{Package, Workspace, cargo};

/// How nightly's rustdoc begins the badge of an item that needs a feature.
const BADGE: &str = "<div class=\"stab portability\">Available on <strong>crate feature";

/// The documentation of every crate, with all features.
pub(crate) fn stable(workspace: &Workspace, _: &Progress) -> Result<Report> {
    let all = Everything::of(&workspace.packages, workspace);
    let mut command = cargo();
    command.args(["doc", "--quiet", "--workspace", "--no-deps"]).args(&all.arguments);
    command.env("RUSTDOCFLAGS", "-D warnings");
    let mut report = Report::default();
    report.not_run.extend(all.left_out);
    report.looked(commands::run(command)?);
    Ok(report)
}

/// The published crates as docs.rs shows them: by nightly, with the badges that name an item's feature.
pub(crate) fn docs_rs(workspace: &Workspace, _: &Progress) -> Result<Report> {
    let mut report = Report::default();
    for package in workspace.published() {
        report.looked(
            (!package.documents_all_features)
                .then(|| format!("{}: Cargo.toml lacks [package.metadata.docs.rs] all-features = true", package.name)),
        );
    }
    if toolchain::host(NIGHTLY).is_none() {
        report.not_run.push("the nightly toolchain is not installed (rustup toolchain install nightly)".to_owned());
        return Ok(report);
    }
    let all = Everything::of(workspace.published(), workspace);
    let target = toolchain::target(NIGHTLY, workspace);
    let mut command = toolchain::program(NIGHTLY, "cargo", workspace);
    command.args(["doc", "--quiet", "--locked", "--no-deps"]).args(&all.arguments);
    for package in workspace.published() {
        command.args(["--package", &package.name]);
    }
    command.arg("--target-dir").arg(&target);
    // docs.rs sets the first.
    command.env("RUSTDOCFLAGS", "--cfg docsrs -D warnings");
    report.not_run.extend(all.left_out);
    let problem = commands::run(command)?;
    if problem.is_none() {
        for package in workspace.published() {
            report.looked(without_badges(package, &target.join("doc"))?);
        }
    }
    report.looked(problem);
    Ok(report)
}

/// A crate with features shows somewhere which one an item needs.
fn without_badges(package: &Package, docs: &Path) -> Result<Option<String>> {
    let features = package.features.keys().any(|feature| feature != "default");
    let folder = docs.join(package.name.replace('-', "_"));
    Ok((features && !has_badge(&folder)?).then(|| {
        format!("{}: no item says which feature it needs; lib.rs: #![cfg_attr(docsrs, feature(doc_cfg))]", package.name)
    }))
}

fn has_badge(folder: &Path) -> Result<bool> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        let found = if entry.file_type()?.is_dir() {
            has_badge(&path)?
        } else {
            path.extension().is_some_and(|ending| ending == "html") && std::fs::read_to_string(&path)?.contains(BADGE)
        };
        if found {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_with_features_shows_a_badge_in_some_page() {
        let docs = tempfile::tempdir().unwrap();
        let page = |name: &str, text: &str| {
            let file = docs.path().join(name);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        };
        page("pay_core/index.html", "<p>Available on <strong>crate feature</p>");
        let with = |features: &[&str]| Package {
            name: "pay-core".into(),
            features: features.iter().map(|name| ((*name).to_owned(), Vec::new())).collect(),
            ..Package::default()
        };
        assert_eq!(without_badges(&with(&["default"]), docs.path()).unwrap(), None);
        let problem = without_badges(&with(&["default", "seal"]), docs.path()).unwrap().unwrap();
        assert!(problem.contains("pay-core") && problem.contains("doc_cfg"), "{problem}");
        page("pay_core/seal/index.html", &format!("<p>{BADGE} <code>seal</code>"));
        assert_eq!(without_badges(&with(&["default", "seal"]), docs.path()).unwrap(), None);
    }
}

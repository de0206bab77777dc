//! The step `package`: what published crates are packed with is what users need, and nothing else.

use std::path::Path;

use super::{Progress, Report};
use crate::workspace::{PROVIDERS, Package, Workspace, cargo};
use crate::{Error, Result};

/// What every published crate is packed with, beside its code.
const NEEDED: [&str; 4] = ["README.md", "CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT"];

/// What cargo adds of itself.
const FROM_CARGO: [&str; 4] = [".cargo_vcs_info.json", "Cargo.lock", "Cargo.toml", "Cargo.toml.orig"];

/// The document of a provider's API.
const DOCUMENT: &str = "openapi.yaml";

/// What is packed of a folder: its beginning, and how its files end.
const FOLDERS: [(&str, &str); 2] = [("src/", ".rs"), ("examples/", ".rs")];

/// What one crate packs beside that, because its code includes it.
const INCLUDED: [(&str, &str, &str); 3] = [
    ("pay-sandbox", "src/generated/", ".json"),
    ("pay-sandbox", "src/pages/", ".css"),
    ("pay-sandbox", "src/pages/", ".svg"),
];

/// No file is larger, in bytes: the largest, a document in the sandbox, has about half of it.
const LARGEST: u64 = 160 * 1024;

/// Lists what cargo would pack, for each published crate.
pub(crate) fn run(workspace: &Workspace, progress: &Progress) -> Result<Report> {
    let mut report = Report::default();
    let (mut files, mut bytes) = (0, 0);
    for package in workspace.published() {
        progress.at(&package.name);
        let packed = sized(package)?;
        files += packed.len();
        bytes += packed.iter().map(|(_, size)| size).sum::<u64>();
        report.looked(None);
        let problems = wrong(package, &packed);
        report.problems.extend(problems.into_iter().map(|problem| format!("{}: {problem}", package.name)));
    }
    report.note = format!("{} crates, {files} files, {} kB", report.done, bytes / 1000);
    Ok(report)
}

/// What is missing in a packed crate, or should not be there.
pub(crate) fn not_packed_right(package: &Package) -> Result<Vec<String>> {
    Ok(wrong(package, &sized(package)?))
}

/// The files that cargo packs, as paths from the package's own folder.
pub(super) fn packed(package: &str) -> Result<Vec<String>> {
    let output = cargo().args(["package", "--list", "--allow-dirty", "--package", package]).output()?;
    if !output.status.success() {
        return Err(Error::from(String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect())
}

fn sized(package: &Package) -> Result<Vec<(String, u64)>> {
    let files = packed(&package.name)?.into_iter();
    Ok(files.map(|file| (file.clone(), size(&package.dir.join(file)))).collect())
}

/// Cargo makes some of the files while it packs, so there is nothing to measure yet.
fn size(file: &Path) -> u64 {
    std::fs::metadata(file).map_or(0, |metadata| metadata.len())
}

fn wrong(package: &Package, packed: &[(String, u64)]) -> Vec<String> {
    let provider = PROVIDERS.contains(&package.name.as_str());
    let needed = NEEDED.into_iter().chain(provider.then_some(DOCUMENT));
    let missing = needed.filter(|needed| !packed.iter().any(|(file, _)| file == needed));
    let mut problems: Vec<String> = missing.map(|file| format!("{file} is not packed")).collect();
    for (file, size) in packed {
        if !belongs(&package.name, file) {
            problems.push(format!(
                "{file} is packed; if users need it, xtask/src/check/package.rs lists it, and if not, exclude"
            ));
        }
        if *size > LARGEST {
            problems.push(format!("{file} has {size} bytes, and no packed file more than {LARGEST}"));
        }
    }
    problems
}

fn belongs(package: &str, file: &str) -> bool {
    let within = |folder: &str, ending: &str| file.starts_with(folder) && file.ends_with(ending);
    let included = INCLUDED.iter().any(|(of, folder, ending)| *of == package && within(folder, ending));
    let code = FOLDERS.iter().any(|(folder, ending)| within(folder, ending));
    let fixed = NEEDED.iter().chain(&FROM_CARGO).chain(&[DOCUMENT]).any(|one| *one == file);
    fixed || ((code || included) && !is_test(file))
}

/// Tests belong to the repository: they need its fixtures and its sandbox.
fn is_test(file: &str) -> bool {
    let folder = file.split('/').any(|part| ["tests", "fixtures", "benches"].contains(&part));
    folder || file.ends_with("/tests.rs") || file.ends_with("_tests.rs")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(name: &str, files: &[&str]) -> Vec<String> {
        let package = Package { name: name.into(), ..Package::default() };
        let whole = NEEDED.iter().chain(&FROM_CARGO).chain(files).map(|file| ((*file).to_owned(), 10));
        wrong(&package, &whole.collect::<Vec<_>>())
    }

    #[test]
    fn what_users_need_is_packed() {
        let files = ["src/lib.rs", "src/a/b.rs", "examples/c.rs"];
        assert_eq!(problems("pay-core", &files), [""; 0]);
        assert_eq!(problems("pagamio", &files), ["openapi.yaml is not packed"]);
        assert_eq!(problems("pagamio", &[DOCUMENT]), [""; 0]);
        let package = Package { name: "pay-core".into(), ..Package::default() };
        assert_eq!(wrong(&package, &[("src/lib.rs".to_owned(), 1)]).len(), 4);
    }

    #[test]
    fn what_they_do_not_need_is_named() {
        for file in [
            "tests/wire.rs",
            "src/a/tests/mod.rs",
            "src/a/tests.rs",
            "src/a/desk_tests.rs",
            "src/fixtures/a.rs",
            "src/a.pem",
            ".env",
            "notes.md",
            "build.rs",
            "src/generated/a.json",
        ] {
            let found = problems("pay-core", &[file]);
            assert!(found.len() == 1 && found[0].starts_with(file), "{file}: {found:?}");
        }
        assert_eq!(problems("pay-sandbox", &["src/generated/a.json", "src/pages/style.css"]), [""; 0]);
    }

    #[test]
    fn a_file_that_is_too_large_is_named() {
        let package = Package { name: "pay-core".into(), ..Package::default() };
        let mut files: Vec<(String, u64)> = NEEDED.iter().map(|file| ((*file).to_owned(), LARGEST)).collect();
        assert_eq!(wrong(&package, &files), [""; 0]);
        files.push(("src/a.rs".to_owned(), LARGEST + 1));
        assert!(wrong(&package, &files)[0].starts_with("src/a.rs has 163841 bytes"));
    }
}

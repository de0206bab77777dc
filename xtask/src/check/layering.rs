//! The step `layering`: which crate may depend on which.

use super::{Progress, Report};
use crate::workspace::{Dependency, Kind, PROVIDERS, Package, Workspace, cargo};
use crate::{Error, Result};

/// What a client must not bring with it, because its provider asks for none of it: Pagamio's neither signs nor seals, Pay1st's signs,
/// Pay Agency's seals, and PagFast's reads a JWT, for which it needs no backend of cryptography (`rsa`, `p256`).
const NOT_IN: [(&str, &[&str]); 4] = [
    ("pagamio", &["hmac", "aes", "cbc", "jsonwebtoken", "oauth2", "native-tls"]),
    ("pay1st", &["aes", "cbc", "jsonwebtoken", "oauth2", "native-tls"]),
    ("payagency", &["jsonwebtoken", "oauth2", "native-tls"]),
    ("pagfast", &["aes", "cbc", "rsa", "p256", "oauth2", "native-tls"]),
];

/// Looks at every declared dependency, and at all that each client brings with it.
pub(crate) fn run(workspace: &Workspace, _: &Progress) -> Result<Report> {
    let mut report = Report::default();
    for package in &workspace.packages {
        for dependency in &package.dependencies {
            report.looked(forbidden(workspace, package, dependency));
        }
    }
    for (name, unwanted) in NOT_IN.iter().filter(|(name, _)| workspace.package(name).is_some()) {
        let tree = tree_of(name)?;
        report.looked(None);
        report.problems.extend(too_heavy(name, unwanted, &tree));
    }
    Ok(report)
}

/// What is wrong with one declared dependency, if anything.
fn forbidden(workspace: &Workspace, package: &Package, dependency: &Dependency) -> Option<String> {
    workspace.package(&dependency.name)?;
    let (from, to) = (package.name.as_str(), dependency.name.as_str());
    if package.published && to == "pay-sandbox" {
        return match dependency.kind {
            // Packing drops only what has no version; the registry would be asked for all else.
            Kind::Dev if dependency.by_path && dependency.version == "*" => None,
            Kind::Dev => Some(format!("{from}: the dev-dependency pay-sandbox must have a path and no version")),
            Kind::Normal | Kind::Build => Some(format!("{from} is published, so it must not depend on pay-sandbox")),
        };
    }
    if to == "pay-proof" {
        return Some(format!("pay-proof puts the others to the proof, so {from} must not depend on it"));
    }
    if from == "xtask" {
        return Some(format!("xtask must depend on no workspace crate, but does on {to}"));
    }
    if dependency.kind == Kind::Dev {
        return None;
    }
    if from == "pay-core" {
        return Some(format!("pay-core must depend on no workspace crate, but does on {to}"));
    }
    if PROVIDERS.contains(&from) && to != "pay-core" {
        return Some(format!("{from} may depend only on pay-core here, but does on {to}"));
    }
    if from == "pay-store" && to != "pay-core" {
        return Some(format!("pay-store knows no client, but depends on {to}"));
    }
    if from == "pay-golden" && to != "pay-core" {
        return Some(format!("pay-golden may depend only on pay-core, as a client does, but does on {to}"));
    }
    if to == "pay-golden" {
        return Some(format!("pay-golden is a test of the generator, so {from} must not depend on it"));
    }
    if to == "pay-fuzz" {
        return Some(format!("pay-fuzz only tests others, so {from} must not depend on it"));
    }
    if from == "pay-sandbox" && PROVIDERS.contains(&to) {
        return Some(format!("pay-sandbox must know no client, but depends on {to}"));
    }
    None
}

fn tree_of(package: &str) -> Result<String> {
    let output = cargo().args(["tree", "--package", package, "--edges", "normal", "--prefix", "none"]).output()?;
    if !output.status.success() {
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(Error::from(format!("cargo tree failed\n{message}")));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn too_heavy(package: &str, unwanted: &[&str], tree: &str) -> Vec<String> {
    let names: Vec<&str> = tree.lines().filter_map(|line| line.split_whitespace().next()).collect();
    unwanted
        .iter()
        .filter(|name| names.contains(name))
        .map(|name| format!("{package} brings {name} with it by default: cargo tree --package {package} --edges normal --invert {name}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, published: bool, dependencies: &[(&str, Kind, &str)]) -> Package {
        let dependencies = dependencies.iter().map(|(name, kind, version)| Dependency {
            name: (*name).to_owned(),
            kind: *kind,
            version: version.trim_start_matches("registry ").to_owned(),
            rename: None,
            optional: false,
            by_path: !version.starts_with("registry "),
        });
        Package { name: name.into(), published, dependencies: dependencies.collect(), ..Package::default() }
    }

    fn problems(changed: Package) -> Vec<String> {
        let good = [
            package("pay-core", true, &[("http", Kind::Normal, "^1")]),
            package("pagamio", true, &[("pay-core", Kind::Normal, "^0.1"), ("pay-sandbox", Kind::Dev, "*")]),
            package("pay1st", true, &[("pay-core", Kind::Normal, "^0.1")]),
            package("pay-sandbox", true, &[("pagamio", Kind::Dev, "*")]),
            package("pay-demo", false, &[("pagamio", Kind::Normal, "*"), ("pay-sandbox", Kind::Normal, "*")]),
            package("pay-golden", false, &[("pay-core", Kind::Normal, "*")]),
            package("pay-fuzz", false, &[("pagamio", Kind::Normal, "*"), ("pay-sandbox", Kind::Normal, "*")]),
            package("pay-proof", false, &[("pagamio", Kind::Normal, "*"), ("pay-sandbox", Kind::Normal, "*")]),
            package("xtask", false, &[("serde_json", Kind::Normal, "^1")]),
        ];
        let mut packages: Vec<Package> = good.into();
        packages.retain(|package| package.name != changed.name);
        packages.push(changed);
        let workspace = Workspace { packages, ..Workspace::default() };
        let every = workspace.packages.iter().flat_map(|package| {
            let dependencies = package.dependencies.iter();
            dependencies.filter_map(|dependency| forbidden(&workspace, package, dependency))
        });
        every.collect()
    }

    #[test]
    fn the_intended_shape_passes() {
        let none: [String; 0] = [];
        assert_eq!(problems(package("pay-store", true, &[])), none);
    }

    #[test]
    fn each_broken_rule_is_named() {
        let cases = [
            (package("pay-core", true, &[("pagamio", Kind::Normal, "^0.1")]), "pay-core must depend on no"),
            (package("pay-core", true, &[("pay1st", Kind::Build, "^0.1")]), "pay-core must depend on no"),
            (package("pay1st", true, &[("pagamio", Kind::Normal, "^0.1")]), "pay1st may depend only on pay-core"),
            (package("pagamio", true, &[("pay-sandbox", Kind::Normal, "^0.1")]), "pagamio is published"),
            (package("pagamio", true, &[("pay-sandbox", Kind::Dev, "^0.1")]), "no version"),
            (package("pagamio", true, &[("pay-sandbox", Kind::Dev, "registry *")]), "must have a path"),
            (package("pay-store", true, &[("pay-sandbox", Kind::Build, "*")]), "pay-store is published"),
            (package("pay-store", true, &[("pagamio", Kind::Normal, "^0.1")]), "pay-store knows no client"),
            (package("pay-sandbox", true, &[("pagamio", Kind::Normal, "^0.1")]), "must know no client"),
            (package("pay-golden", false, &[("pagamio", Kind::Normal, "*")]), "pay-golden may depend only on pay-core"),
            (package("pay-demo", false, &[("pay-fuzz", Kind::Normal, "*")]), "pay-fuzz only tests others"),
            (package("pay-demo", false, &[("pay-golden", Kind::Normal, "*")]), "pay-demo must not depend on it"),
            (package("pay-demo", false, &[("pay-proof", Kind::Normal, "*")]), "pay-demo must not depend on it"),
            (package("pagamio", true, &[("pay-proof", Kind::Dev, "*")]), "pagamio must not depend on it"),
            (package("xtask", false, &[("pay-core", Kind::Normal, "*")]), "xtask must depend on no"),
            (package("xtask", false, &[("pay-core", Kind::Dev, "*")]), "xtask must depend on no"),
        ];
        for (broken, words) in cases {
            let found = problems(broken);
            assert_eq!(found.len(), 1, "{words}: {found:?}");
            assert!(found[0].contains(words), "{words}: {found:?}");
        }
    }

    #[test]
    fn heavy_dependencies_are_named_by_whole_names() {
        let tree = "pagamio v0.1.0 (/x/crates/pagamio)\nhmac-like v1.0.0\nsha2 v0.11.0 (*)\n";
        assert!(too_heavy("pagamio", &["hmac", "aes", "native-tls"], tree).is_empty());
        let tree = format!("{tree}aes v0.9.0\nnative-tls v0.2.0 (*)\n");
        let found = too_heavy("pagamio", &["hmac", "aes", "native-tls"], &tree);
        assert_eq!(found.len(), 2);
        assert!(found[0].contains("brings aes") && found[1].contains("brings native-tls"));
    }
}

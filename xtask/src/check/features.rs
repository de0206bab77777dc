//! The step `features`: each published crate compiles, without a warning, with no, the default, each single, and all features.

use std::collections::BTreeSet;
use std::process::Command;

use super::{Progress, Report, commands};
use crate::Result;
use crate::workspace::{Package, Workspace, cargo};

/// The feature that, on Linux, links the system's OpenSSL.
const SYSTEM_TLS: &str = "native-tls";

/// Compiles them all.
pub(crate) fn run(workspace: &Workspace, progress: &Progress) -> Result<Report> {
    let have_openssl = has_system_tls();
    let mut report = Report::default();
    for package in workspace.published() {
        for choice in choices(package) {
            let name = format!("{}, {}", package.name, choice.name());
            if !have_openssl && choice.needs_openssl(workspace, package) {
                report.not_run.push(format!("{name}: needs libssl-dev"));
                continue;
            }
            progress.at(&name);
            let mut command = cargo();
            command.args(choice.arguments(&package.name));
            let problem = commands::run_without_warnings(command)?;
            report.looked(problem.map(|output| format!("{name}:\n{output}")));
        }
    }
    Ok(report)
}

/// All features of some packages at once, as far as they link here.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Everything {
    /// What cargo is told.
    pub(super) arguments: Vec<String>,
    /// What is missing for the others.
    pub(super) left_out: Option<String>,
}

impl Everything {
    /// For a command that is about these packages.
    pub(super) fn of<'p>(packages: impl IntoIterator<Item = &'p Package>, workspace: &Workspace) -> Self {
        if has_system_tls() {
            return Self { arguments: vec!["--all-features".to_owned()], left_out: None };
        }
        let names = packages.into_iter().flat_map(|package| {
            let linking =
                package.features.keys().filter(|feature| !Choice::Only(feature).needs_openssl(workspace, package));
            linking.map(|feature| format!("{}/{feature}", package.name))
        });
        let arguments = vec!["--features".to_owned(), names.collect::<Vec<_>>().join(",")];
        Self { arguments, left_out: Some(format!("{SYSTEM_TLS}: needs libssl-dev")) }
    }
}

/// One selection of features.
#[derive(Debug, PartialEq)]
enum Choice<'p> {
    None,
    Default,
    Only(&'p str),
    All,
}

fn choices(package: &Package) -> Vec<Choice<'_>> {
    let alone = package.features.keys().filter(|name| *name != "default");
    let alone = alone.map(|name| Choice::Only(name));
    [Choice::None, Choice::Default].into_iter().chain(alone).chain([Choice::All]).collect()
}

impl Choice<'_> {
    fn name(&self) -> String {
        match self {
            Self::None => "no features".to_owned(),
            Self::Default => "default features".to_owned(),
            Self::Only(name) => format!("only {name}"),
            Self::All => "all features".to_owned(),
        }
    }

    fn arguments(&self, package: &str) -> Vec<String> {
        let more: &[&str] = match self {
            Self::None => &["--no-default-features"],
            Self::Default => &[],
            Self::Only(name) => &["--no-default-features", "--features", name],
            Self::All => &["--all-features"],
        };
        let arguments = ["check", "--quiet", "--package", package].into_iter();
        let arguments = arguments.chain(more.iter().copied());
        arguments.map(str::to_owned).collect()
    }

    fn needs_openssl(&self, workspace: &Workspace, package: &Package) -> bool {
        let reaches = |feature: &str| reaches(workspace, package, feature, &mut BTreeSet::new());
        match self {
            Self::None => false,
            Self::Default => reaches("default"),
            Self::Only(name) => reaches(name),
            Self::All => package.features.keys().any(|feature| reaches(feature)),
        }
    }
}

/// Whether a feature leads to the system's TLS, through any crate of the workspace.
fn reaches(workspace: &Workspace, package: &Package, feature: &str, seen: &mut BTreeSet<(String, String)>) -> bool {
    if feature == SYSTEM_TLS {
        return true;
    }
    if !seen.insert((package.name.clone(), feature.to_owned())) {
        return false;
    }
    let enables = package.features.get(feature).into_iter().flatten();
    enables.into_iter().any(|enabled| {
        let Some((key, feature)) = enabled.split_once('/') else {
            return reaches(workspace, package, enabled, seen);
        };
        let key = key.trim_end_matches('?');
        let named = |name: &str, rename: Option<&str>| rename.unwrap_or(name) == key;
        let dependency =
            package.dependencies.iter().find(|dependency| named(&dependency.name, dependency.rename.as_deref()));
        match dependency.and_then(|dependency| workspace.package(&dependency.name)) {
            Some(member) => reaches(workspace, member, feature, seen),
            None => feature == SYSTEM_TLS,
        }
    })
}

/// Whether `native-tls` links here: only on Linux it needs a library that has to be installed.
pub(crate) fn has_system_tls() -> bool {
    !cfg!(target_os = "linux") || has_openssl()
}

fn has_openssl() -> bool {
    let named = std::env::var_os("OPENSSL_DIR").is_some();
    let probe = Command::new("pkg-config").args(["--exists", "openssl"]).output();
    named || probe.is_ok_and(|output| output.status.success())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Dependency;

    fn package(name: &str, features: &[(&str, &[&str])], dependencies: &[&str]) -> Package {
        let strings = |texts: &[&str]| texts.iter().map(ToString::to_string).collect();
        Package {
            name: name.into(),
            published: true,
            features: features.iter().map(|(name, enables)| ((*name).to_owned(), strings(enables))).collect(),
            dependencies: dependencies
                .iter()
                .map(|name| Dependency { name: (*name).to_owned(), ..Dependency::default() })
                .collect(),
            ..Package::default()
        }
    }

    fn workspace() -> Workspace {
        let core = package(
            "pay-core",
            &[("default", &["rustls"]), ("rustls", &["reqwest/rustls"]), ("system", &["reqwest/native-tls"])],
            &["reqwest"],
        );
        let client = package(
            "pagamio",
            &[
                ("default", &["rustls"]),
                ("rustls", &["pay-core/rustls"]),
                ("all", &["rustls", "platform"]),
                ("platform", &["pay-core?/system"]),
            ],
            &["pay-core"],
        );
        Workspace { packages: vec![core, client], ..Workspace::default() }
    }

    #[test]
    fn none_default_each_alone_and_all_are_compiled() {
        let workspace = workspace();
        let core = workspace.package("pay-core").unwrap();
        let lines: Vec<String> = choices(core).iter().map(|choice| choice.arguments(&core.name).join(" ")).collect();
        assert_eq!(
            lines,
            [
                "check --quiet --package pay-core --no-default-features",
                "check --quiet --package pay-core",
                "check --quiet --package pay-core --no-default-features --features rustls",
                "check --quiet --package pay-core --no-default-features --features system",
                "check --quiet --package pay-core --all-features",
            ]
        );
    }

    #[test]
    fn a_feature_that_leads_to_the_system_tls_is_known_through_other_crates() {
        let workspace = workspace();
        let client = workspace.package("pagamio").unwrap();
        let needing: Vec<String> = choices(client)
            .iter()
            .filter(|choice| choice.needs_openssl(&workspace, client))
            .map(Choice::name)
            .collect();
        assert_eq!(needing, ["only all", "only platform", "all features"]);
    }

    #[test]
    fn features_that_enable_each_other_end() {
        let circle = package("a", &[("x", &["y"]), ("y", &["x"])], &[]);
        let workspace = Workspace::default();
        assert!(!Choice::Only("x").needs_openssl(&workspace, &circle));
    }
}

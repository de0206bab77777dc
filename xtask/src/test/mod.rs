//! `cargo xtask test`: every test of the workspace, and what came of it.
//!
//! - `tally` reads the counts out of what the tests print

mod tally;

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{ExitCode, Stdio};
use std::time::Instant;

use crate::cli::Test;
use crate::term::{self, Tone, human, paint};
use crate::workspace::{PROVIDERS, Workspace, cargo, everything_required};
use crate::{Error, Result};
use tally::{Summary, Tally};

/// Runs the tests and sums up.
pub(crate) fn run(options: &Test) -> Result<ExitCode> {
    let all = everything_required(options.all);
    let started = Instant::now();
    let workspace = Workspace::load()?;
    let not_run_file = workspace.target.join("not-run.txt");
    std::fs::create_dir_all(&workspace.target)?;
    std::fs::write(&not_run_file, "")?;

    let mut tally = Tally::default();
    let engines = with_engines(&workspace);
    let arguments: Vec<&str> = engines.iter().map(String::as_str).collect();
    let mut succeeded = run_cargo(&arguments, &not_run_file, all, &mut tally)?;
    // Another crate of a user's build may switch this on, and it changes how numbers are held.
    if let Some(arguments) = arbitrary_precision(&workspace) {
        term::out("\nonce more with serde_json's arbitrary_precision\n");
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        succeeded &= run_cargo(&arguments, &not_run_file, all, &mut tally)?;
    }
    let (features, missing) = tls_features(&workspace, crate::check::has_system_tls());
    for feature in features {
        term::out(&format!("\nTLS once more with {feature}\n"));
        let arguments = ["--package", TLS_CRATE, "--no-default-features", "--features", feature, "--test", "tls"];
        succeeded &= run_cargo(&arguments, &not_run_file, all, &mut tally)?;
    }
    let not_run = read_not_run(&not_run_file)?;
    let mut summary = Summary::new(tally, not_run, succeeded, all);
    for line in missing {
        summary.left_out(line, all);
    }
    print(&summary, all, &human(started.elapsed()));
    Ok(if summary.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The whole workspace, with what is off by default and has tests of its own: every engine of the stores, the story of three processes,
/// and what the stores keep.
/// One build for all of it: a run for these packages alone would compile what they share with the others once more.
fn with_engines(workspace: &Workspace) -> Vec<String> {
    let mut features = Vec::new();
    if let Some(store) = workspace.package("pay-store") {
        features
            .extend(store.features.keys().filter(|name| *name != "default").map(|name| format!("pay-store/{name}")));
    }
    for (package, feature) in [("pay-demo", "scale"), ("pay-proof", "store")] {
        if workspace.package(package).is_some_and(|package| package.features.contains_key(feature)) {
            features.push(format!("{package}/{feature}"));
        }
    }
    let mut arguments = vec!["--workspace".to_owned()];
    if !features.is_empty() {
        arguments.extend(["--features".to_owned(), features.join(",")]);
    }
    arguments
}

/// The crates that hold amounts, built with the feature that a crate of the workspace has for that.
fn arbitrary_precision(workspace: &Workspace) -> Option<Vec<String>> {
    const FEATURE: &str = "arbitrary-precision";
    let holder = workspace.packages.iter().find(|package| package.features.contains_key(FEATURE))?;
    // Examples and documentation hold amounts as the tests do: they are built and run once.
    let mut arguments = vec!["--tests".to_owned(), "--features".to_owned(), format!("{}/{FEATURE}", holder.name)];
    for name in ["pay-core", &holder.name].into_iter().chain(PROVIDERS) {
        if workspace.package(name).is_some() {
            arguments.extend(["--package".to_owned(), name.to_owned()]);
        }
    }
    Some(arguments)
}

/// The crate that knows the HTTP library, whose test `tls` is the same under each feature.
const TLS_CRATE: &str = "pay-core";

/// The TLS features to test beside the default one, and the line for each that this machine cannot link.
fn tls_features(workspace: &Workspace, has_system_tls: bool) -> (Vec<&'static str>, Vec<String>) {
    let has = |feature: &&str| workspace.package(TLS_CRATE).is_some_and(|core| core.features.contains_key(*feature));
    let mut features: Vec<&str> = ["rustls-no-provider", "native-tls"].into_iter().filter(has).collect();
    let mut missing = Vec::new();
    if !has_system_tls {
        features.retain(|feature| *feature != "native-tls");
        missing.push("native-tls: libssl-dev not found".to_owned());
    }
    (features, missing)
}

fn run_cargo(arguments: &[&str], not_run_file: &Path, all: bool, tally: &mut Tally) -> Result<bool> {
    let mut command = cargo();
    // One failing suite must not hide the others.
    command.args(["test", "--no-fail-fast"]).args(arguments);
    command.env("PAY_NOT_RUN_FILE", not_run_file);
    if all {
        command.env("PAY_REQUIRE_ALL", "1");
    }
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let stdout = child.stdout.take();
    let mut output = BufReader::new(stdout.ok_or_else(|| Error::from("no output of cargo"))?);
    let mut line = Vec::new();
    while output.read_until(b'\n', &mut line)? > 0 {
        term::out_bytes(&line);
        tally.read(&String::from_utf8_lossy(&line));
        line.clear();
    }
    Ok(child.wait()?.success())
}

fn read_not_run(file: &Path) -> Result<Vec<String>> {
    let text = std::fs::read_to_string(file)?;
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    Ok(lines.map(str::to_owned).collect())
}

fn print(summary: &Summary, all: bool, time: &str) {
    let title =
        if summary.failed == 0 { paint(Tone::Good, "all tests passed") } else { paint(Tone::Bad, "TESTS FAILED") };
    term::out(&format!("\n{title}, {} suites in {time}\n", summary.suites));
    for name in &summary.ignored {
        term::out(&format!("{} {name}\n", paint(Tone::Caution, "ignored:")));
    }
    let tone = if all { Tone::Bad } else { Tone::Caution };
    for line in &summary.not_run {
        term::out(&format!("{} {line}\n", paint(tone, "not run:")));
    }
    for reason in &summary.failures {
        term::out(&format!("{} {reason}\n", paint(Tone::Bad, "failed:")));
    }
    term::out(&format!("{}\n", summary.last_line()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Package;

    #[test]
    fn amounts_are_tested_with_both_kinds_of_numbers() {
        let package = |name: &str, features: &[&str]| Package {
            name: name.into(),
            features: features.iter().map(|name| ((*name).to_owned(), Vec::new())).collect(),
            ..Package::default()
        };
        let mut workspace =
            Workspace { packages: vec![package("pay-core", &[]), package("pagamio", &[])], ..Workspace::default() };
        assert_eq!(arbitrary_precision(&workspace), None);
        workspace.packages.push(package("pay-golden", &["arbitrary-precision"]));
        let arguments = arbitrary_precision(&workspace).unwrap().join(" ");
        assert_eq!(
            arguments,
            "--tests --features pay-golden/arbitrary-precision --package pay-core --package pay-golden --package pagamio"
        );
    }

    #[test]
    fn every_engine_is_tested_with_all_others_in_one_build() {
        let mut workspace = Workspace::default();
        assert_eq!(with_engines(&workspace), ["--workspace"]);
        let package = |name: &str, features: &[&str]| Package {
            name: name.into(),
            features: features.iter().map(|name| ((*name).to_owned(), Vec::new())).collect(),
            ..Package::default()
        };
        workspace.packages = vec![
            package("pay-store", &["default", "redis", "sqlite"]),
            package("pay-demo", &["scale"]),
            package("pay-proof", &["store"]),
        ];
        let arguments = with_engines(&workspace).join(" ");
        let features = "pay-store/redis,pay-store/sqlite,pay-demo/scale,pay-proof/store";
        assert_eq!(arguments, format!("--workspace --features {features}"));
    }

    #[test]
    fn each_tls_feature_that_links_is_tested_and_the_other_named() {
        let features = ["default", "rustls", "rustls-no-provider", "native-tls"];
        let core = Package {
            name: "pay-core".into(),
            features: features.iter().map(|name| ((*name).to_owned(), Vec::new())).collect(),
            ..Package::default()
        };
        let workspace = Workspace { packages: vec![core], ..Workspace::default() };
        assert_eq!(tls_features(&workspace, true), (vec!["rustls-no-provider", "native-tls"], Vec::new()));
        let missing = vec!["native-tls: libssl-dev not found".to_owned()];
        assert_eq!(tls_features(&workspace, false), (vec!["rustls-no-provider"], missing));
    }

    #[test]
    fn not_run_lines_are_read_without_blank_ones() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("not-run.txt");
        std::fs::write(&file, "sandbox: python3 not found\n\n  pages: chromium not found\n").unwrap();
        assert_eq!(read_not_run(&file).unwrap(), ["sandbox: python3 not found", "pages: chromium not found"]);
    }
}

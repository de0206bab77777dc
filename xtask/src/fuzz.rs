//! `cargo xtask fuzz`: builds the fuzz targets with the nightly toolchain, and runs one of them for a while.
//!
//! The step `fuzz` of `cargo xtask check` runs all of them, each for a moment.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output, Stdio};

use crate::cli::Fuzz;
use crate::term::{self, Tone, paint};
use crate::toolchain::{self, NIGHTLY};
use crate::workspace::Workspace;
use crate::{Error, Result};

const PACKAGE: &str = "pay-fuzz";

/// What libFuzzer needs to see which branches an input takes; what cargo-fuzz would set.
const RUSTFLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Zsanitizer=address --cfg fuzzing";

/// Runs the target that is asked for.
pub(crate) fn run(options: &Fuzz) -> Result<ExitCode> {
    let workspace = Workspace::load()?;
    let targets = targets(&workspace.root)?;
    let names = targets.join(", ");
    let Some(name) = options.target.as_ref().filter(|name| targets.contains(name)) else {
        return Err(Error::from(match &options.target {
            Some(name) => format!("no target {name:?}, there are: {names}"),
            None => format!("which target? There are: {names}"),
        }));
    };
    let host = host().map_err(Error::from)?;
    let program = build(&workspace, &host)?;
    let tried = Tried::read(name, &fuzz(&workspace, &program, name, options.seconds)?);
    let tone = if tried.crash.is_none() { Tone::Good } else { Tone::Bad };
    let crashes = usize::from(tried.crash.is_some());
    term::out(&format!("{} {name}: {} inputs tried, {crashes} crashes\n", paint(tone, "fuzz"), tried.inputs));
    if let Some(crash) = tried.crash {
        term::out(&format!("{crash}\n"));
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

/// The targets: each has a folder of inputs.
pub(crate) fn targets(root: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(corpus(root))? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

fn corpus(root: &Path) -> PathBuf {
    root.join("crates").join(PACKAGE).join("corpus")
}

/// The platform to build for, or what is missing.
pub(crate) fn host() -> std::result::Result<String, &'static str> {
    let host =
        toolchain::host(NIGHTLY).ok_or("the nightly toolchain is not installed (rustup toolchain install nightly)")?;
    // libFuzzer itself is C++.
    let compiler = std::env::var_os("CXX").unwrap_or_else(|| "c++".into());
    let found = Command::new(compiler).arg("--version").output().is_ok_and(|output| output.status.success());
    found.then_some(host).ok_or("c++ not found")
}

/// Builds the program that holds all targets.
pub(crate) fn build(workspace: &Workspace, host: &str) -> Result<PathBuf> {
    let folder = workspace.target.join("fuzz");
    let mut command = toolchain::program(NIGHTLY, "cargo", workspace);
    // With a platform named, the flags spare build scripts and macros.
    command.args(["build", "--quiet", "--release", "--package", PACKAGE, "--target", host, "--target-dir"]);
    command.arg(&folder);
    // So that an overflow is a finding.
    command.env("RUSTFLAGS", RUSTFLAGS).env("CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS", "true");
    let output = command.output()?;
    if !output.status.success() {
        return Err(Error::from(format!("cargo build failed\n{}", String::from_utf8_lossy(&output.stderr))));
    }
    Ok(folder.join(host).join("release").join(PACKAGE))
}

/// Runs one target; what it finds to be new lands in the target folder, never among the kept inputs.
pub(crate) fn fuzz(workspace: &Workspace, program: &Path, name: &str, seconds: u32) -> Result<Output> {
    let folder = workspace.target.join("fuzz").join("found").join(name);
    std::fs::create_dir_all(&folder)?;
    let mut command = Command::new(program);
    command.args([&folder, &corpus(&workspace.root).join(name)]);
    command.args([format!("-max_total_time={seconds}"), format!("-artifact_prefix={}-", folder.display())]);
    // Threads of the sandbox outlive the last input, so what they hold is no leak.
    command.args([
        "-print_final_stats=1",
        "-print_funcs=0",
        "-max_len=4096",
        "-timeout=20",
        "-detect_leaks=0",
        "-verbosity=0",
    ]);
    Ok(command.env("PAY_FUZZ_TARGET", name).stdin(Stdio::null()).output()?)
}

/// What came of a run.
#[derive(Debug, PartialEq)]
pub(crate) struct Tried {
    /// How many inputs were tried.
    pub(crate) inputs: u64,
    /// What broke, and what to do with the input that did it.
    pub(crate) crash: Option<String>,
}

impl Tried {
    /// Reads what libFuzzer printed.
    pub(crate) fn read(name: &str, output: &Output) -> Self {
        Self::of(name, &String::from_utf8_lossy(&output.stderr), output.status.success())
    }

    fn of(name: &str, text: &str, succeeded: bool) -> Self {
        let count = text.lines().find_map(|line| line.strip_prefix("stat::number_of_executed_units:"));
        let inputs = count.and_then(|count| count.trim().parse().ok()).unwrap_or(0);
        // A run that tried nothing has shown nothing.
        let crash = (!succeeded || inputs == 0).then(|| {
            let all: Vec<&str> = text.lines().filter(|line| !line.starts_with("    #")).collect();
            let shown = all[all.len().saturating_sub(40)..].join("\n");
            format!("{name}: broke after {inputs} inputs; keep the input in crates/{PACKAGE}/corpus/{name}/\n{shown}")
        });
        Self { inputs, crash }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_are_counted_and_a_crash_is_told_with_what_was_printed() {
        let fine = "INFO: Seed: 1\nDone 12345 runs in 3 second(s)\nstat::number_of_executed_units: 12345\n";
        assert_eq!(Tried::of("money", fine, true), Tried { inputs: 12345, crash: None });
        let broken = "thread panicked at money.rs\nTest unit written to found/money-crash-1\n";
        let tried = Tried::of("money", broken, false);
        let crash = tried.crash.unwrap();
        assert!(crash.contains("money.rs") && crash.contains("crates/pay-fuzz/corpus/money/"), "{crash}");
    }

    #[test]
    fn a_run_that_tried_nothing_is_no_success() {
        assert!(Tried::of("money", "", true).crash.is_some());
    }

    #[test]
    fn each_folder_of_inputs_is_a_target() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["text", "money"] {
            std::fs::create_dir_all(corpus(dir.path()).join(name)).unwrap();
        }
        assert_eq!(targets(dir.path()).unwrap(), ["money", "text"]);
    }
}

//! Rustdoc's JSON of crates, made with one pinned compiler, since its format is that compiler's own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::UNIX_EPOCH;

use serde::Deserialize;

use super::Trouble;
use crate::Error;
use crate::toolchain;
use crate::workspace::{Package, Workspace, cargo, exit_code};

/// Another compiler writes other JSON, and some of the same things in other words. With a new one, take
/// the `public-api` that reads its format, and write the snapshots anew.
const VERSION: &str = "1.95.0";

/// With it, this program stands in for rustdoc, and hands over to the one named there.
const REAL: &str = "PAY_XTASK_RUSTDOC";
/// Where that one should write.
const OUT: &str = "PAY_XTASK_RUSTDOC_OUT";

/// What rustdoc wrote of one crate.
pub(super) struct Document {
    /// The file.
    pub(super) file: PathBuf,
    /// The same, read.
    pub(super) content: rustdoc_types::Crate,
}

/// The pinned compiler.
#[derive(Debug)]
pub(super) struct Rust {
    rustdoc: PathBuf,
    /// Whether it is the one that runs now.
    is_active: bool,
}

impl Rust {
    /// The compiler that runs now, if it is the pinned one, else the one that rustup has or gets. The error says why there is none.
    pub(super) fn find(workspace: &Workspace) -> std::result::Result<Self, String> {
        let series = format!("rustc {}.", VERSION.rsplit_once('.').map_or(VERSION, |(series, _)| series));
        let mut active = Command::new("rustc");
        active.current_dir(&workspace.root).stdin(Stdio::null());
        let is_active = says(active, "--version").is_some_and(|version| version.starts_with(&series));
        if !is_active && toolchain::host(VERSION).is_none() {
            let why = |said| format!("the texts are made with the rustdoc of Rust {VERSION}, which is missing: {said}");
            toolchain::install(VERSION).map_err(why)?;
        }
        let mut compiler =
            if is_active { Command::new("rustc") } else { toolchain::program(VERSION, "rustc", workspace) };
        compiler.current_dir(&workspace.root).stdin(Stdio::null());
        let sysroot = says(compiler, "--print=sysroot").ok_or("rustc does not say where it lies")?;
        let rustdoc = Path::new(&sysroot).join("bin").join(format!("rustdoc{}", std::env::consts::EXE_SUFFIX));
        Ok(Self { rustdoc, is_active })
    }

    fn cargo(&self, workspace: &Workspace) -> (Command, PathBuf) {
        match self.is_active {
            true => (cargo(), workspace.target.clone()),
            false => (toolchain::program(VERSION, "cargo", workspace), toolchain::target(VERSION, workspace)),
        }
    }

    /// Documents the libraries with all their features, but for those in `without` and what turns them on.
    pub(super) fn documents(
        &self,
        workspace: &Workspace,
        packages: &[&Package],
        without: &[&str],
    ) -> std::result::Result<BTreeMap<String, Document>, Trouble> {
        let out = workspace.target.join("api");
        std::fs::create_dir_all(&out)?;
        let (mut cargo, target) = self.cargo(workspace);
        cargo.args(["doc", "--quiet", "--no-deps", "--lib", "--target-dir"]).arg(target).stdin(Stdio::null());
        for package in packages {
            cargo.args(["--package", &package.name]);
            // What an earlier run left is not this run's answer.
            let _ = std::fs::remove_file(json(&out, package));
        }
        if without.is_empty() {
            cargo.arg("--all-features");
        } else {
            cargo.args(["--no-default-features", "--features"]);
            cargo.arg(packages.iter().flat_map(|package| others(package, without)).collect::<Vec<_>>().join(","));
        }
        // Only rustdoc itself is told to allow unstable options: build scripts look at that variable, so everything
        // would be compiled again. The `cfg` makes cargo call it each time: it does not know this output.
        let now = UNIX_EPOCH.elapsed().unwrap_or_default().as_nanos();
        let flags = format!("-Z unstable-options --output-format json --cap-lints allow --cfg api_{now}");
        cargo.env("RUSTDOCFLAGS", flags).env("RUSTDOC", std::env::current_exe()?);
        cargo.env(REAL, &self.rustdoc).env(OUT, &out);
        let output = cargo.output()?;
        if !output.status.success() {
            return Err(Error::from(format!("rustdoc failed\n{}", String::from_utf8_lossy(&output.stderr))).into());
        }
        let read = |package: &&Package| Ok((package.name.clone(), Document::read(json(&out, package))?));
        packages.iter().map(read).collect()
    }
}

impl Document {
    fn read(file: PathBuf) -> std::result::Result<Self, Trouble> {
        #[derive(Deserialize)]
        struct Format {
            format_version: u32,
        }
        let bytes = std::fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        let Format { format_version } = serde_json::from_slice(&bytes)?;
        if format_version != rustdoc_types::FORMAT_VERSION {
            let wanted = rustdoc_types::FORMAT_VERSION;
            return Err(Trouble::Missing(format!(
                "rustdoc wrote its JSON in format {format_version}, and only {wanted}, that of Rust {VERSION}, is read here"
            )));
        }
        let content = serde_json::from_slice(&bytes)?;
        Ok(Self { file, content })
    }
}

fn says(mut compiler: Command, question: &str) -> Option<String> {
    let output = compiler.arg(question).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn json(out: &Path, package: &Package) -> PathBuf {
    out.join(format!("{}.json", package.name.replace('-', "_")))
}

/// The features of a package, as cargo takes them, that lead to none of `without`.
fn others(package: &Package, without: &[&str]) -> Vec<String> {
    let features = package.features.keys().filter(|feature| !leads_to(package, feature, without, 0));
    features.map(|feature| format!("{}/{feature}", package.name)).collect()
}

fn leads_to(package: &Package, feature: &str, without: &[&str], depth: usize) -> bool {
    // A feature that turns itself on, by others, ends here: there are not more steps than features.
    if depth > package.features.len() {
        return false;
    }
    let enables = package.features.get(feature).into_iter().flatten();
    without.contains(&feature) || enables.into_iter().any(|next| leads_to(package, next, without, depth + 1))
}

/// Where cargo started this program as its rustdoc: hands over to the real one, and returns its status.
pub(crate) fn as_rustdoc() -> Option<ExitCode> {
    let real = std::env::var_os(REAL)?;
    let out = std::env::var_os(OUT)?;
    let mut command = Command::new(real);
    let mut arguments = std::env::args_os().skip(1);
    while let Some(argument) = arguments.next() {
        let is_output = ["-o", "--out-dir", "--output"].iter().any(|name| argument == *name);
        command.arg(argument);
        if is_output {
            arguments.next();
            command.arg(&out);
        }
    }
    let status = command.env("RUSTC_BOOTSTRAP", "1").env_remove(REAL).status();
    Some(status.map_or(ExitCode::FAILURE, exit_code))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(features: &[(&str, &[&str])]) -> Package {
        let texts = |enables: &[&str]| enables.iter().map(ToString::to_string).collect();
        let features = features.iter().map(|(name, enables)| ((*name).to_owned(), texts(enables))).collect();
        Package { name: "a".into(), features, ..Package::default() }
    }

    #[test]
    fn features_that_lead_to_a_gate_are_left_out_with_it() {
        let package = package(&[("axum-08", &["webhook"]), ("web", &["axum-08"]), ("webhook", &[]), ("all", &["web"])]);
        assert_eq!(others(&package, &["axum-08"]), ["a/webhook"]);
    }

    #[test]
    fn features_that_enable_each_other_end() {
        let package = package(&[("x", &["y"]), ("y", &["x"]), ("gate", &[])]);
        assert_eq!(others(&package, &["gate"]), ["a/x", "a/y"]);
    }

    #[test]
    fn json_of_another_format_is_not_read_and_said_so() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("a.json");
        std::fs::write(&file, r#"{"format_version": 4, "root": 0}"#).unwrap();
        let Err(Trouble::Missing(why)) = Document::read(file) else { panic!("it was read") };
        assert!(why.contains("format 4") && why.contains(VERSION), "{why}");
    }
}

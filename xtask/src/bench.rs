//! `cargo xtask bench`: builds what the benchmarks need, and starts them.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::cli::Bench;
use crate::workspace::{Workspace, cargo, exit_code};
use crate::{Error, Result};

/// What there is to measure with.
#[derive(Debug, Default)]
struct Found {
    peers: Option<PathBuf>,
    prism: Option<PathBuf>,
}

/// Builds, measures, and passes the exit status on.
pub(crate) fn run(options: &Bench) -> Result<ExitCode> {
    let workspace = Workspace::load()?;
    eprintln!("building the benchmarks and the sandbox...");
    let wanted = |part: &str| options.only.as_deref().is_none_or(|only| only.split(',').any(|named| named == part));
    // One at a time, so that neither is built with features that only the other asks for.
    let with_stores: &[&str] = if wanted("store") { &["pay-demo", "--features", "store"] } else { &["pay-demo"] };
    for package in [with_stores, &["pay-sandbox"]] {
        if !cargo().args(["build", "--release", "--package"]).args(package).status()?.success() {
            return Err(Error::from(format!("{} did not build", package[0])));
        }
    }
    let prism = workspace.target.join("xtask-readers/node_modules/.bin/prism");
    let found = Found {
        peers: if wanted("lease") || wanted("herd") { peers(&workspace)? } else { None },
        prism: prism.is_file().then_some(prism),
    };
    let program = workspace.target.join("release/pay-demo");
    let status = std::process::Command::new(program).args(arguments(options, &workspace, &found)).status()?;
    Ok(exit_code(status))
}

/// Other libraries' caches: a workspace of their own with its own lock file, so that nothing else builds them.
fn peers(workspace: &Workspace) -> Result<Option<PathBuf>> {
    eprintln!("building the peers...");
    let folder = workspace.target.join("bench-peers");
    let manifest = workspace.root.join("crates/pay-demo/peers/Cargo.toml");
    let status = cargo()
        .args(["build", "--release", "--locked", "--manifest-path"])
        .arg(manifest)
        .arg("--target-dir")
        .arg(&folder)
        .status()?;
    Ok(status.success().then(|| folder.join("release/pay-bench-peers")))
}

fn arguments(options: &Bench, workspace: &Workspace, found: &Found) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = vec!["bench".into()];
    let mut path = |name: &str, path: &Path| arguments.extend([name.into(), path.into()]);
    path("--workspace", &workspace.root);
    path("--target", &workspace.target);
    path("--sandbox", &workspace.target.join("release/pay-sandbox"));
    path("--json", options.json.as_deref().unwrap_or(&workspace.target.join("bench.json")));
    if let Some(peers) = &found.peers {
        path("--peers", peers);
    }
    if let Some(prism) = &found.prism {
        path("--prism", prism);
    }
    if options.write {
        path("--write", &workspace.root.join("docs/figures.md"));
    }
    if let Some(only) = &options.only {
        path("--only", Path::new(only));
    }
    if options.quick {
        arguments.push("--quick".into());
    }
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_go_to_the_program() {
        let workspace = Workspace { root: "/w".into(), target: "/t".into(), ..Workspace::default() };
        let line = |options: &Bench, found: &Found| {
            let arguments = arguments(options, &workspace, found);
            arguments.iter().map(|argument| argument.to_string_lossy()).collect::<Vec<_>>().join(" ")
        };
        let bare = "bench --workspace /w --target /t --sandbox /t/release/pay-sandbox --json";
        assert_eq!(line(&Bench::default(), &Found::default()), format!("{bare} /t/bench.json"));
        let options = Bench { quick: true, only: Some("call".into()), json: Some("x".into()), write: true };
        let found = Found { peers: Some("/p".into()), prism: Some("/q".into()) };
        let rest = "x --peers /p --prism /q --write /w/docs/figures.md --only call --quick";
        assert_eq!(line(&options, &found), format!("{bare} {rest}"));
    }
}

//! Runs the scripts of this folder in Node, against a sandbox.

use crate::install;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

/// The programs, where all of them are here.
#[derive(Debug)]
struct Tools {
    chromium: PathBuf,
    scripts: PathBuf,
}

/// Runs a script against a sandbox, which must end well. Where a program is missing, that is noted instead.
pub(crate) fn run(script: &str, arguments: &[&str], variables: &[(&str, String)]) {
    static TOOLS: OnceLock<Result<Tools, String>> = OnceLock::new();
    let tools = match TOOLS.get_or_init(find) {
        Ok(tools) => tools,
        Err(missing) => return install::not_run("pages", missing),
    };
    let output = Command::new("node")
        .arg(tools.scripts.join(script))
        .args(arguments)
        .env("CHROMIUM", &tools.chromium)
        .env("SCREENSHOTS", screenshots())
        .envs(variables.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(output.status.success(), "{script}:\n{}", text(&output));
    println!("{}", text(&output));
}

/// `target/browser`, kept by CI.
fn screenshots() -> PathBuf {
    let folder = install::target().join("browser");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn find() -> Result<Tools, String> {
    let found = install::find()?;
    let scripts = found.folder.join("scripts");
    copy_scripts(&scripts);
    Ok(Tools { chromium: found.chromium, scripts })
}

/// Modules are looked for beside the script that wants them, so the scripts run where those were installed.
fn copy_scripts(to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/browser")).unwrap() {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name())).unwrap();
        if path.extension().is_some_and(|extension| extension == "mjs") {
            // Another run may read it just now: it changes whole or not at all.
            let part = to.join(format!("{}.part", std::process::id()));
            std::fs::copy(&path, &part).unwrap();
            std::fs::rename(part, to.join(name)).unwrap();
        }
    }
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), output.stderr.as_slice()].concat()).into_owned()
}

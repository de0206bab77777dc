//! What drives a browser here: Node, Debian's Chromium, and two packages that are fetched under `target`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

/// Pinned, so that a new version of one never fails an old commit.
const PACKAGES: [&str; 2] = ["playwright-core@1.65.1", "axe-core@4.14.1"];

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
        Err(missing) => return not_run(missing),
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
    let folder = target().join("browser");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn target() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap()
}

fn find() -> Result<Tools, String> {
    let runs = |program: &str| {
        let version = Command::new(program).arg("--version").stdin(Stdio::null()).output();
        version.is_ok_and(|output| output.status.success())
    };
    if !runs("node") {
        return Err("node not found".to_owned());
    }
    let chromium = ["chromium", "chromium-browser", "google-chrome"].into_iter().find(|name| runs(name));
    let Some(chromium) = chromium.and_then(on_path) else {
        return Err("chromium not found".to_owned());
    };
    let folder = target().join("browser-tools");
    install(&folder)?;
    let scripts = folder.join("scripts");
    copy_scripts(&scripts);
    Ok(Tools { chromium, scripts })
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

fn on_path(program: &str) -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?).map(|folder| folder.join(program)).find(|path| path.is_file())
}

/// Once per version; `Err` says what is missing.
fn install(folder: &Path) -> Result<(), String> {
    let stamp = folder.join("installed.txt");
    let wanted = PACKAGES.join("\n");
    if std::fs::read_to_string(&stamp).is_ok_and(|have| have == wanted) {
        return Ok(());
    }
    std::fs::create_dir_all(folder).unwrap();
    let arguments = ["install", "--no-audit", "--no-fund", "--loglevel=error", "--ignore-scripts", "--prefix"];
    let output = Command::new("npm").args(arguments).arg(folder).args(PACKAGES).stdin(Stdio::null()).output();
    match output {
        Ok(output) if output.status.success() => {
            std::fs::write(stamp, wanted).unwrap();
            Ok(())
        }
        Ok(_) => Err("playwright-core and axe-core not found".to_owned()),
        Err(_) => Err("npm not found".to_owned()),
    }
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), output.stderr.as_slice()].concat()).into_owned()
}

/// A missing program fails the test only where everything must run; elsewhere it is noted.
fn not_run(missing: &str) {
    // Each line stands for one test, whose name its thread has.
    let thread = std::thread::current();
    let line = format!("pages, {}: {missing}", thread.name().unwrap_or("a test"));
    assert_ne!(std::env::var("PAY_REQUIRE_ALL").as_deref(), Ok("1"), "{line}");
    println!("{line}");
    if let Some(path) = std::env::var_os("PAY_NOT_RUN_FILE") {
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path).unwrap();
        // In one piece: other tests write at the same time.
        file.write_all(format!("{line}\n").as_bytes()).unwrap();
    }
}

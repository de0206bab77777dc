//! Where Node, Debian's Chromium and the packages are that drive it: those are fetched under `target`, once per version.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Pinned, so that a new version of one never fails an old commit.
const PACKAGES: [&str; 2] = ["playwright-core@1.65.1", "axe-core@4.14.1"];

/// The programs, where all of them are here.
#[derive(Debug)]
pub(crate) struct Found {
    #[allow(dead_code, reason = "what only wants it to be there shares this file")]
    pub(crate) chromium: PathBuf,
    /// The folder whose `node_modules` holds the packages.
    #[allow(dead_code, reason = "what only wants it to be there shares this file")]
    pub(crate) folder: PathBuf,
}

pub(crate) fn target() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap()
}

/// Looks for the programs and fetches the packages; `Err` says what is missing.
pub(crate) fn find() -> Result<Found, String> {
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
    Ok(Found { chromium, folder })
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

/// A missing program fails the test only where everything must run; elsewhere it is noted.
pub(crate) fn not_run(part: &str, missing: &str) {
    // Each line stands for one test, whose name its thread has.
    let thread = std::thread::current();
    let line = format!("{part}, {}: {missing}", thread.name().unwrap_or("a test"));
    assert_ne!(std::env::var("PAY_REQUIRE_ALL").as_deref(), Ok("1"), "{line}");
    println!("{line}");
    if let Some(path) = std::env::var_os("PAY_NOT_RUN_FILE") {
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path).unwrap();
        // In one piece: other tests write at the same time.
        file.write_all(format!("{line}\n").as_bytes()).unwrap();
    }
}

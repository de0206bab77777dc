//! The files that published crates are packed with: no marker may have got into one, such as a recorded answer.

use super::Secrets;
use super::run::Row;
use super::scan::Scanner;
use crate::Broken;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Searches every packed file of every published crate for markers.
pub(crate) fn search(secrets: &Secrets) -> Result<Row, Broken> {
    let scanner = Scanner::new(&secrets.all())?;
    let mut row = Row { secrets: scanner.secrets(), ..Row::default() };
    for folder in published()? {
        for file in list(&folder)? {
            // Cargo makes some of them while it packs.
            let Ok(bytes) = std::fs::read(&file) else { continue };
            row.texts += 1;
            row.bytes += bytes.len();
            let mut leaks = scanner.scan(&bytes);
            for leak in &mut leaks {
                leak.near = file.display().to_string();
            }
            row.leaks.extend(leaks);
        }
    }
    Ok(row)
}

/// The folders of the crates that may be published.
fn published() -> Result<Vec<PathBuf>, Broken> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("no folder of crates")?;
    let mut folders = Vec::new();
    for entry in std::fs::read_dir(crates)? {
        let folder = entry?.path();
        let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
        if !manifest.is_empty() && !manifest.lines().any(|line| line.trim() == "publish = false") {
            folders.push(folder);
        }
    }
    Ok(folders)
}

/// What cargo would pack.
fn list(folder: &Path) -> Result<Vec<PathBuf>, Broken> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo).args(["package", "--list", "--allow-dirty"]).current_dir(folder).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    Ok(String::from_utf8_lossy(&output.stdout).lines().map(|file| folder.join(file)).collect())
}

//! Tools from Python's package index, in an environment of their own beside the build.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::Result;

/// Installs packages once for each list of them, by the interpreter `system`. Answers the environment's own interpreter; the inner
/// error says why there is none.
pub(super) fn install(folder: &Path, system: &str, requirements: &str) -> Result<std::result::Result<PathBuf, String>> {
    let python = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let stamp = folder.join("installed.txt");
    if std::fs::read_to_string(&stamp).is_ok_and(|have| have == requirements) {
        return Ok(Ok(python));
    }
    let Ok(made) = run(Path::new(system), &["-m", "venv", "--clear"], Some(folder)) else {
        return Ok(Err(format!("{system} missing")));
    };
    if !made.status.success() {
        return Ok(Err(format!("{system} cannot make a virtual environment: {}", text(&made))));
    }
    let list = folder.join("requirements.txt");
    std::fs::write(&list, requirements)?;
    let arguments = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"];
    let installed = run(&python, &arguments, Some(&list))?;
    if !installed.status.success() {
        return Ok(Err(format!("Python packages cannot be installed: {}", text(&installed))));
    }
    std::fs::write(stamp, requirements)?;
    Ok(Ok(python))
}

/// Runs an interpreter, with a file as its last argument.
pub(super) fn run(python: &Path, arguments: &[&str], file: Option<&Path>) -> std::io::Result<Output> {
    Command::new(python).args(arguments).args(file).stdin(Stdio::null()).output()
}

/// What a program said, without the empty lines.
pub(super) fn text(output: &Output) -> String {
    let all = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    let all = String::from_utf8_lossy(&all).into_owned();
    all.lines().filter(|line| !line.trim().is_empty()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_python_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let why = install(&folder.path().join("venv"), "no-such-python", "").unwrap().unwrap_err();
        assert_eq!(why, "no-such-python missing");
    }
}

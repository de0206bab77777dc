//! Cargo's helpers that tasks borrow: which, in which version, and where they lie once built.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::Result;
use crate::workspace::{Workspace, cargo};

/// A program of the registry, pinned so that a new version of it never fails an old commit.
#[derive(Debug)]
pub(crate) struct Tool {
    name: &'static str,
    version: &'static str,
}

/// Licences, bans, sources, advisories.
pub(crate) const CARGO_DENY: Tool = Tool { name: "cargo-deny", version: "0.20.2" };

impl Tool {
    /// The program, built beside the workspace's own code the first time; the inner error says why there is none.
    pub(crate) fn get(&self, workspace: &Workspace) -> Result<std::result::Result<PathBuf, String>> {
        let folder = self.folder(workspace);
        let program = self.program(&folder);
        if program.is_file() {
            return Ok(Ok(program));
        }
        let output = self.install(&folder).output()?;
        Ok(if output.status.success() { Ok(program) } else { Err(self.why(&output)) })
    }

    fn folder(&self, workspace: &Workspace) -> PathBuf {
        workspace.target.join("tools").join(format!("{}-{}", self.name, self.version))
    }

    fn program(&self, folder: &Path) -> PathBuf {
        folder.join("bin").join(format!("{}{}", self.name, std::env::consts::EXE_SUFFIX))
    }

    fn install(&self, folder: &Path) -> Command {
        let mut command = cargo();
        // Not optimised: that would take longer than all its runs.
        command.args(["install", "--quiet", "--locked", "--debug", "--version", self.version, "--root"]);
        command.arg(folder).arg(self.name).stdin(Stdio::null());
        command.env("CARGO_PROFILE_DEV_DEBUG", "0").env("CARGO_INCREMENTAL", "0");
        // Flags and folders that are meant for the workspace.
        command.env_remove("RUSTFLAGS").env_remove("CARGO_TARGET_DIR");
        command
    }

    fn why(&self, output: &Output) -> String {
        let said = String::from_utf8_lossy(&output.stderr);
        let first = said.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("nothing said");
        format!("{} {} cannot be installed: {first}", self.name, self.version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOOL: Tool = Tool { name: "cargo-none", version: "1.2.3" };

    #[test]
    fn a_tool_lies_below_the_build_by_version_and_is_installed_once() {
        let target = tempfile::tempdir().unwrap();
        let workspace = Workspace { target: target.path().to_owned(), ..Workspace::default() };
        let folder = TOOL.folder(&workspace);
        assert_eq!(folder, target.path().join("tools/cargo-none-1.2.3"));
        let program = TOOL.program(&folder);
        std::fs::create_dir_all(program.parent().unwrap()).unwrap();
        std::fs::write(&program, "").unwrap();
        // There is no such package, so a look at the registry would fail.
        assert_eq!(TOOL.get(&workspace).unwrap().unwrap(), program);
    }

    #[test]
    fn it_is_asked_for_by_version_and_with_its_own_lock_file() {
        let command = TOOL.install(Path::new("here"));
        let arguments: Vec<_> = command.get_args().map(|argument| argument.to_string_lossy()).collect();
        let line = arguments.join(" ");
        assert_eq!(line, "install --quiet --locked --debug --version 1.2.3 --root here cargo-none");
    }

    #[test]
    fn why_there_is_none_is_one_line() {
        let mut command = cargo();
        let output = command.arg("--no-such-option").output().unwrap();
        let why = TOOL.why(&output);
        assert!(why.starts_with("cargo-none 1.2.3 cannot be installed: ") && !why.contains('\n'), "{why}");
        assert!(why.contains("--no-such-option"), "{why}");
    }
}

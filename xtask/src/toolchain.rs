//! Toolchains other than the one that runs this program, by rustup.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::workspace::Workspace;

/// The toolchain for what the stable one does not do: sanitizers, docs as docs.rs builds them.
pub(crate) const NIGHTLY: &str = "nightly";

/// A program of a toolchain, at the top of the workspace; the `CARGO` that started this program belongs to another toolchain.
pub(crate) fn program(toolchain: &str, program: &str, workspace: &Workspace) -> Command {
    let mut command = bare(toolchain, program);
    command.current_dir(&workspace.root);
    command
}

/// Where a toolchain builds: never where another one does, since neither can use what the other made.
pub(crate) fn target(toolchain: &str, workspace: &Workspace) -> PathBuf {
    workspace.target.join(toolchain)
}

/// The platform that a toolchain builds for; none where it is not installed.
pub(crate) fn host(toolchain: &str) -> Option<String> {
    let output = bare(toolchain, "rustc").arg("-vV").stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let host = text.lines().find_map(|line| line.strip_prefix("host: "))?;
    output.status.success().then(|| host.to_owned())
}

/// Installs a toolchain with nothing but the compiler and cargo; what rustup said if it could not.
pub(crate) fn install(toolchain: &str) -> Result<(), String> {
    let mut command = Command::new("rustup");
    command.args(["toolchain", "install", toolchain, "--profile", "minimal", "--no-self-update"]).stdin(Stdio::null());
    let output = command.output().map_err(|_| "rustup not found".to_owned())?;
    let said = || format!("rustup toolchain install {toolchain}: {}", String::from_utf8_lossy(&output.stderr).trim());
    if output.status.success() { Ok(()) } else { Err(said()) }
}

fn bare(toolchain: &str, program: &str) -> Command {
    let mut command = Command::new("rustup");
    command.args(["run", toolchain, program]).stdin(Stdio::null());
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_toolchain_that_is_not_there_has_no_host() {
        assert_eq!(host("no-such-toolchain"), None);
    }
}

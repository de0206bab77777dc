//! The sandbox of this workspace, built and running, for other programs to talk to.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::workspace::cargo;
use crate::{Error, Result};

/// A running `pay-sandbox serve`; it ends with its owner.
pub(super) struct Sandbox {
    process: Child,
    /// The line by which it says where it listens and what its fixtures are.
    pub(super) printed: String,
}

impl Sandbox {
    /// Builds it and starts it, on a port that nobody has.
    pub(super) fn start(target: &Path) -> Result<Self> {
        let build = ["build", "--quiet", "--package", "pay-sandbox", "--bin", "pay-sandbox"];
        let built = cargo().args(build).stdin(Stdio::null()).output()?;
        if !built.status.success() {
            return Err(Error::from(format!("pay-sandbox does not build\n{}", String::from_utf8_lossy(&built.stderr))));
        }
        let program = target.join("debug").join(format!("pay-sandbox{}", std::env::consts::EXE_SUFFIX));
        let process = Command::new(program)
            .args(["serve", "--port", "0", "--json"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut sandbox = Self { process, printed: String::new() };
        let output = sandbox.process.stdout.take().ok_or("pay-sandbox has no output")?;
        // Nothing follows that line, so nobody has to read on.
        BufReader::new(output).read_line(&mut sandbox.printed)?;
        Ok(sandbox)
    }

    /// What stands before the paths of a provider's document.
    pub(super) fn base_url(&self, provider: &str) -> Result<String> {
        base_url(&self.printed, provider)
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn base_url(printed: &str, provider: &str) -> Result<String> {
    let printed: Value = serde_json::from_str(printed)?;
    let provider = &printed["providers"][provider];
    let url = provider["base_url"].as_str().ok_or("pay-sandbox tells no base URL")?;
    Ok(format!("{url}{}", provider["service_prefix"].as_str().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_url_is_that_of_the_document() {
        let printed = r#"{"providers": {"a": {"base_url": "http://h/a"}, "b": {"base_url": "http://h/b/v1", "service_prefix": "/x"}}}"#;
        assert_eq!(base_url(printed, "a").unwrap(), "http://h/a");
        assert_eq!(base_url(printed, "b").unwrap(), "http://h/b/v1/x");
        assert!(base_url(printed, "c").is_err() && base_url("", "a").is_err());
    }
}

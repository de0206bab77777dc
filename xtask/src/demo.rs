//! `cargo xtask demo`: builds the demo and runs its stories.

use std::process::ExitCode;

use crate::cli::Demo;
use crate::workspace::{cargo, exit_code};
use crate::{Error, Result};

/// Builds, runs, and passes the demo's exit status on.
pub(crate) fn run(options: &Demo) -> Result<ExitCode> {
    eprintln!("building the demo...");
    // A build of its own, so that cargo shows its progress and stays out of the demo's output.
    let built = cargo().args(["build", "--package", "pay-demo"]).status()?;
    if !built.success() {
        return Err(Error::from("the demo did not build"));
    }
    let ran = cargo().args(arguments(options)).status()?;
    Ok(exit_code(ran))
}

fn arguments(options: &Demo) -> Vec<&str> {
    let mut arguments = vec!["run", "--quiet", "--package", "pay-demo", "--", "stories"];
    if let Some(provider) = &options.provider {
        arguments.extend(["--provider", provider]);
    }
    if options.keep {
        arguments.push("--keep");
    }
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_go_to_the_demo() {
        let plain = arguments(&Demo::default()).join(" ");
        assert_eq!(plain, "run --quiet --package pay-demo -- stories");
        let options = Demo { provider: Some("pagamio".into()), keep: true };
        let both = arguments(&options).join(" ");
        assert_eq!(both, format!("{plain} --provider pagamio --keep"));
    }
}

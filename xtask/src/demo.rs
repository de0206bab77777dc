//! `cargo xtask demo`: builds the demo and runs its stories.

use std::process::ExitCode;

use crate::cli::Demo;
use crate::workspace::{cargo, exit_code};
use crate::{Error, Result};

/// Builds, runs, and passes the demo's exit status on.
pub(crate) fn run(options: &Demo) -> Result<ExitCode> {
    eprintln!("building the demo...");
    // A build of its own, so that cargo shows its progress and stays out of the demo's output.
    let mut build = vec!["build", "--package", "pay-demo"];
    if options.scale {
        build.extend(["--features", "scale"]);
    }
    let built = cargo().args(build).status()?;
    if !built.success() {
        return Err(Error::from("the demo did not build"));
    }
    let ran = cargo().args(arguments(options)).status()?;
    Ok(exit_code(ran))
}

fn arguments(options: &Demo) -> Vec<&str> {
    if options.scale {
        return vec!["run", "--quiet", "--package", "pay-demo", "--features", "scale", "--", "scale"];
    }
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
        let options = Demo { provider: Some("pagamio".into()), keep: true, scale: false };
        let both = arguments(&options).join(" ");
        let scale = arguments(&Demo { scale: true, ..Demo::default() }).join(" ");
        assert_eq!(scale, "run --quiet --package pay-demo --features scale -- scale");
        assert_eq!(both, format!("{plain} --provider pagamio --keep"));
    }
}

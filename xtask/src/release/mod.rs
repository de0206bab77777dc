//! `cargo xtask release`: what is due, making it ready, publishing it.
//!
//! - `plan` says which bump each crate needs, and refuses a smaller one
//! - `prepare` writes the version and what names it, as one commit
//! - `publish` gives the crates to the registry, tags them, and goes on where it was stopped
//! - `index` asks what the registry has, `ready` what a crate lacks
//! - `changelog`, `manifest` and `printed` change the places where a version stands
//! - `tags` knows which versions were released

mod changelog;
mod index;
mod manifest;
mod plan;
mod prepare;
mod printed;
mod publish;
mod ready;
mod tags;

use std::process::ExitCode;

use lexopt::prelude::{Long, Short, Value};

use crate::{Result, term};

/// The help text.
pub(crate) const HELP: &str = "\
Releases the published crates, each with its own version

Usage: cargo xtask release <STEP> [OPTIONS]

Steps:
  plan      What changed since each crate's tag, the smallest bump that semver allows, and why
  prepare   Version, changelog, requirement bounds and README of one crate, as one commit
  publish   Publish what the registry does not have, and tag it

`cargo xtask release <STEP> --help` tells more about one step. Tags are <crate>-v<version>.
";

/// What `release` is asked for.
#[derive(Debug, PartialEq)]
pub(crate) enum Release {
    /// Print a help text.
    Help(&'static str),
    /// Propose bumps.
    Plan(plan::Options),
    /// Make one crate ready.
    Prepare(prepare::Options),
    /// Publish.
    Publish(publish::Options),
}

/// Reads the arguments that follow `release`.
pub(crate) fn parse(parser: &mut lexopt::Parser) -> std::result::Result<Release, lexopt::Error> {
    match parser.next()? {
        None | Some(Long("help") | Short('h')) => Ok(Release::Help(HELP)),
        Some(Value(step)) => match step.to_str() {
            Some("help") => Ok(Release::Help(HELP)),
            Some("plan") => plan::parse(parser),
            Some("prepare") => prepare::parse(parser),
            Some("publish") => publish::parse(parser),
            _ => Err(format!("no step {step:?}, there are: plan, prepare, publish").into()),
        },
        Some(other) => Err(other.unexpected()),
    }
}

/// Runs the step.
pub(crate) fn run(release: &Release) -> Result<ExitCode> {
    match release {
        Release::Help(text) => {
            term::out(text);
            Ok(ExitCode::SUCCESS)
        }
        Release::Plan(options) => plan::run(options),
        Release::Prepare(options) => prepare::run(options),
        Release::Publish(options) => publish::run(options),
    }
}

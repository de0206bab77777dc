//! `cargo xtask release publish`: gives the crates to the registry, and tags them.

use std::process::ExitCode;

use lexopt::prelude::{Long, Short};

use super::Release;
use crate::{Error, Result};

/// The help text.
const HELP: &str = "\
Publishes what the registry does not have, and tags it; goes on where it was stopped

Usage: cargo xtask release publish [CRATE...] [--dry-run]
";

/// What is asked for.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Options {}

/// Reads the arguments that follow the step's name.
pub(super) fn parse(parser: &mut lexopt::Parser) -> std::result::Result<Release, lexopt::Error> {
    match parser.next()? {
        Some(Long("help") | Short('h')) => Ok(Release::Help(HELP)),
        Some(other) => Err(other.unexpected()),
        None => Ok(Release::Publish(Options::default())),
    }
}

/// Runs the step.
pub(super) fn run(_: &Options) -> Result<ExitCode> {
    Err(Error::from("`release publish` is not there yet"))
}

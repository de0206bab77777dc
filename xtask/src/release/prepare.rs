//! `cargo xtask release prepare`: writes the version of one crate and what names it, as one commit.

use std::process::ExitCode;

use lexopt::prelude::{Long, Short};

use super::Release;
use crate::{Error, Result};

/// The help text.
const HELP: &str = "\
Makes one crate ready: version, changelog, requirement bounds, README versions; one commit

Usage: cargo xtask release prepare CRATE
";

/// What is asked for.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Options {}

/// Reads the arguments that follow the step's name.
pub(super) fn parse(parser: &mut lexopt::Parser) -> std::result::Result<Release, lexopt::Error> {
    match parser.next()? {
        Some(Long("help") | Short('h')) => Ok(Release::Help(HELP)),
        Some(other) => Err(other.unexpected()),
        None => Ok(Release::Prepare(Options::default())),
    }
}

/// Runs the step.
pub(super) fn run(_: &Options) -> Result<ExitCode> {
    Err(Error::from("`release prepare` is not there yet"))
}

//! The command line.

use lexopt::prelude::*;

const HELP: &str = "\
Tells one story per provider against a local sandbox, through the public API of the provider's crate, and checks
every step. Works offline; no money moves.

Usage:
  pay-demo stories [--provider NAME] [--keep]

Options:
  --provider <NAME>  Only this provider's story
  --keep             Leave the sandbox up until Ctrl-C, and print what points a client at it
  -h, --help         Print this

Exit status: 0 all steps as they should be, 1 a step differs, 2 the story could not be told.
";

/// What is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    /// Tell stories: of one provider, or of all.
    Stories { provider: Option<String>, keep: bool },
    /// Print a text.
    Print(String),
}

/// Reads the arguments.
pub(crate) fn parse(mut arguments: lexopt::Parser) -> Result<Command, lexopt::Error> {
    let (mut stories, mut provider, mut keep) = (false, None, false);
    while let Some(argument) = arguments.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Command::Print(HELP.to_owned())),
            Long("provider") if stories => provider = Some(arguments.value()?.string()?),
            Long("keep") if stories => keep = true,
            Value(word) if !stories && word == "stories" => stories = true,
            other => return Err(other.unexpected()),
        }
    }
    if stories { Ok(Command::Stories { provider, keep }) } else { Err("no command; there is one: stories".into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(arguments: &str) -> Result<Command, String> {
        let parser = lexopt::Parser::from_args(arguments.split_whitespace());
        parse(parser).map_err(|error| error.to_string())
    }

    #[test]
    fn arguments_are_read() {
        assert_eq!(parsed("stories"), Ok(Command::Stories { provider: None, keep: false }));
        let both = Command::Stories { provider: Some("pagamio".into()), keep: true };
        assert_eq!(parsed("stories --keep --provider pagamio"), Ok(both));
        assert!(matches!(parsed("--help"), Ok(Command::Print(_))));
    }

    #[test]
    fn mistakes_are_named() {
        for (arguments, named) in [
            ("", "stories"),
            ("sing", "sing"),
            ("--keep", "--keep"),
            ("stories --provider", "--provider"),
            ("stories --loud", "--loud"),
            ("stories stories", "stories"),
        ] {
            let error = parsed(arguments).unwrap_err();
            assert!(error.contains(named), "{arguments}: {error}");
        }
    }
}

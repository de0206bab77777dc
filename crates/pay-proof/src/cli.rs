//! The command line.

use lexopt::prelude::*;

const HELP: &str = "\
Puts the provider crates to the proof against the local sandbox. Works offline; no money moves.

Usage:
  pay-proof faults [--provider NAME]
  pay-proof ledger [--provider NAME] [--operations N] [--seed N]
  pay-proof leaks [--provider NAME]

Commands:
  faults   Every operation under every fault: survived / tried
  ledger   Thousands of purchases under random faults, compared with the books
  leaks    Every operation under every fault with markers in place of all that is secret, and every output
           searched for them; then answers that would forge lines or colours

Options:
  --provider <NAME>   Only this provider
  --operations <N>    How many purchases the ledger harness makes (2000)
  --seed <N>          The seed of its faults (20261121)
  -h, --help          Print this

Exit status: 0 nothing went wrong, 1 something did, 2 it could not be run.
";

/// What is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    /// The fault table.
    Faults { provider: Option<String> },
    /// The ledger harness.
    Ledger { provider: Option<String>, operations: usize, seed: u64 },
    /// The leak scanner.
    Leaks { provider: Option<String> },
    /// Print a text.
    Print(String),
}

/// Reads the arguments.
pub(crate) fn parse(mut arguments: lexopt::Parser) -> Result<Command, lexopt::Error> {
    let (mut word, mut provider, mut operations, mut seed) = (None, None, 2_000, 20_261_121);
    while let Some(argument) = arguments.next()? {
        let ledger = word.as_deref() == Some("ledger");
        match argument {
            Short('h') | Long("help") => return Ok(Command::Print(HELP.to_owned())),
            Long("provider") if word.is_some() => provider = Some(arguments.value()?.string()?),
            Long("operations") if ledger => operations = arguments.value()?.parse()?,
            Long("seed") if ledger => seed = arguments.value()?.parse()?,
            Value(value) if word.is_none() && ["faults", "ledger", "leaks"].iter().any(|known| value == *known) => {
                word = Some(value.string()?);
            }
            other => return Err(other.unexpected()),
        }
    }
    match word.as_deref() {
        Some("faults") => Ok(Command::Faults { provider }),
        Some("leaks") => Ok(Command::Leaks { provider }),
        Some(_) => Ok(Command::Ledger { provider, operations, seed }),
        None => Err("no command; there are faults, ledger and leaks".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(arguments: &str) -> Result<Command, String> {
        parse(lexopt::Parser::from_args(arguments.split_whitespace())).map_err(|error| error.to_string())
    }

    #[test]
    fn arguments_are_read_and_mistakes_named() {
        assert_eq!(parsed("faults"), Ok(Command::Faults { provider: None }));
        assert_eq!(parsed("leaks --provider pay1st"), Ok(Command::Leaks { provider: Some("pay1st".into()) }));
        let ledger = Command::Ledger { provider: Some("pagamio".into()), operations: 10, seed: 3 };
        assert_eq!(parsed("ledger --operations 10 --seed 3 --provider pagamio"), Ok(ledger));
        for (arguments, named) in [
            ("", "leaks"),
            ("sing", "sing"),
            ("faults --seed 1", "--seed"),
            ("leaks --seed 1", "--seed"),
            ("ledger --operations x", "x"),
        ] {
            let error = parsed(arguments).unwrap_err();
            assert!(error.contains(named), "{arguments}: {error}");
        }
    }
}

//! The command line.

use lexopt::prelude::*;

const HELP: &str = "\
Tells one story per provider against a local sandbox, through the public API of the provider's crate, and checks
every step. Works offline; no money moves.

Usage:
  pay-demo stories [--provider NAME] [--keep]
  pay-demo scale
  pay-demo bench [--quick] [--only PART,...] [--json FILE] [--write FILE] [--peers PROGRAM] [--sandbox PROGRAM]
                 [--prism PROGRAM] [--workspace DIR] [--target DIR]

`scale` tells of three processes on one token and one journal, of which one is killed in the middle of a payment; it
needs the feature of that name: `cargo xtask demo --scale` asks for it.

`cargo xtask bench` builds what the benchmarks need and starts them.

Options of the stories:
  --provider <NAME>  Only this provider's story
  --keep             Leave the sandbox up until Ctrl-C, and print what points a client at it
  -h, --help         Print this

Exit status: 0 all steps as they should be, 1 a step differs, 2 the story could not be told.
";

use crate::bench::Context;

/// What is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    /// Tell stories: of one provider, or of all.
    Stories { provider: Option<String>, keep: bool },
    /// Tell of three processes.
    Scale,
    /// Be one of them.
    ScaleWorker,
    /// Measure.
    Bench(Box<Context>),
    /// Print a text.
    Print(String),
}

/// Reads the arguments.
pub(crate) fn parse(mut arguments: lexopt::Parser) -> Result<Command, lexopt::Error> {
    match arguments.next()? {
        Some(Short('h') | Long("help")) => Ok(Command::Print(HELP.to_owned())),
        Some(Value(word)) if word == "stories" => stories(arguments),
        Some(Value(word)) if word == "scale" => Ok(Command::Scale),
        Some(Value(word)) if word == "scale-worker" => Ok(Command::ScaleWorker),
        Some(Value(word)) if word == "bench" => bench(arguments),
        Some(other) => Err(other.unexpected()),
        None => Err("no command; there are three: stories, scale, bench".into()),
    }
}

fn stories(mut arguments: lexopt::Parser) -> Result<Command, lexopt::Error> {
    let (mut provider, mut keep) = (None, false);
    while let Some(argument) = arguments.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Command::Print(HELP.to_owned())),
            Long("provider") => provider = Some(arguments.value()?.string()?),
            Long("keep") => keep = true,
            other => return Err(other.unexpected()),
        }
    }
    Ok(Command::Stories { provider, keep })
}

fn bench(mut arguments: lexopt::Parser) -> Result<Command, lexopt::Error> {
    let mut context = Context { workspace: ".".into(), target: "target".into(), ..Context::default() };
    while let Some(argument) = arguments.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Command::Print(HELP.to_owned())),
            Long("quick") => context.quick = true,
            Long("only") => context.only.extend(arguments.value()?.string()?.split(',').map(str::to_owned)),
            Long("json") => context.json = Some(arguments.value()?.into()),
            Long("write") => context.write = Some(arguments.value()?.into()),
            Long("peers") => context.peers = Some(arguments.value()?.into()),
            Long("sandbox") => context.sandbox = Some(arguments.value()?.into()),
            Long("prism") => context.prism = Some(arguments.value()?.into()),
            Long("workspace") => context.workspace = arguments.value()?.into(),
            Long("target") => context.target = arguments.value()?.into(),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Command::Bench(Box::new(context)))
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
        assert_eq!(parsed("scale"), Ok(Command::Scale));
        assert!(matches!(parsed("--help"), Ok(Command::Print(_))));
    }

    #[test]
    fn arguments_of_bench_are_read() {
        let context = Context {
            quick: true,
            only: vec!["call".into(), "herd".into()],
            prism: Some("/p/prism".into()),
            workspace: ".".into(),
            target: "/t".into(),
            ..Context::default()
        };
        let read = parsed("bench --quick --only call,herd --prism /p/prism --target /t");
        assert_eq!(read, Ok(Command::Bench(Box::new(context))));
    }

    #[test]
    fn mistakes_are_named() {
        for (arguments, named) in [
            ("", "stories"),
            ("bench --loud", "loud"),
            ("bench --only", "only"),
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

//! The command line: what is asked for, or a hint what was meant.

use std::ffi::OsString;

use lexopt::prelude::{Long, Short, Value, ValueExt};

use crate::release::{self, Release};

const TASKS: &str = "\
Tasks of this workspace

Usage: cargo xtask <TASK> [OPTIONS]

Tasks:
  demo     Take payments from the local sandbox, with every provider's client
  test     Run every test of the workspace, and sum up
  check    Formatting, lints, docs, features, layering, specs, generated code, files
  codegen  Types, operations, routes and coverage from the providers' openapi.yaml
  fuzz     Show broken input to one parser for a while
  api      The public APIs as texts, and whose types they name
  bench    Measure ours beside the floor and peers, as ratios
  release  Plan, prepare and publish versions of the published crates

`cargo xtask <TASK> --help` tells more about one task.
";

const DEMO: &str = "\
Builds the demo and runs its stories against the local sandbox, offline

Usage: cargo xtask demo [--provider NAME] [--keep]
       cargo xtask demo --scale

Options:
  --provider NAME   Only the stories of this provider
  --keep            Leave the sandbox running at the end
  --scale           Instead of the stories: three processes on one token and one
                    journal, of which one is killed in the middle of a payment

The exit status is that of the demo.
";

const TEST: &str = "\
Runs every test of the workspace: unit, integration and doc tests; builds the examples

Usage: cargo xtask test [--all]

Options:
  --all   Fail where a test cannot run because a program is missing

Needs Rust and a C compiler. A test that needs another program and does not find it is
named at the end as not run. The last line of the output is
\"N passed, N failed, N skipped\"; skipped are the ignored and the not run ones.
";

const CHECK: &str = "\
Checks the workspace in steps; all of them run, even after one has failed

Usage: cargo xtask check [--list] [--all] [STEP...]

Options:
  --list   Name the steps and what each looks at
  --all    Fail where a step, or a part of it, cannot run because something is missing

The exit status is 1 if a step has failed.
";

const CODEGEN: &str = "\
Writes what crates/*/openapi.yaml say: src/generated, docs/coverage.md, the sandbox's routes

Usage: cargo xtask codegen [--check] [--lines] [PROVIDER...]

Options:
  --check   Write nothing; fail where a generated file differs
  --lines   Write nothing; count the lines of Rust for each endpoint

With names of crates, only the files of those crates and what is made of all of them.
A spec that breaks a rule is told with file, line and what to do: docs/spec.md.
";

const FUZZ: &str = "\
Shows broken input to one parser for a while, with libFuzzer

Usage: cargo xtask fuzz TARGET [--seconds N]

Options:
  --seconds N   How long; 600 if not given

The targets are the folders in crates/pay-fuzz/corpus. Needs the nightly toolchain and a C++
compiler. An input that breaks the target is written beside the build, and named; keep it in
the target's folder, where every test run reads it again. The exit status is 1 if one did.
";

const API: &str = "\
Compares the public API of each published crate with the text in docs/api

Usage: cargo xtask api [--write] [CRATE...]

Options:
  --write   Write the texts of these crates, or of all, anew

Prints what differs, and types of other libraries that docs/api/foreign.toml does not allow. The
APIs are read with all features on, by the rustdoc of one pinned compiler, which is named if it
is missing. The exit status is 1 if something differs or is not allowed.
";

const BENCH: &str = "\
Measures ours beside the floor and beside peers in one run, and prints a table of ratios

Usage: cargo xtask bench [--quick] [--only PART,...] [--json FILE] [--write]

Options:
  --quick       Fewer rounds, and not the weight of dependencies: about a minute after the build
  --only PART   Of lease, herd, call, signing, sandbox, weight; several with commas
  --json FILE   Where the raw figures go; bench.json beside the build if not given
  --write       Puts the table into docs/figures.md

Release builds. Other libraries' token caches are built where the registry can be reached, and Prism
is started where `cargo xtask check readers` has brought it; what cannot run is named. A mark that is
missed is named as missed, and the exit status is 0.
";

/// What the command line asks for.
#[derive(Debug, PartialEq)]
pub(crate) enum Command {
    /// Print a help text.
    Help(Topic),
    /// Run the demo.
    Demo(Demo),
    /// Run the tests.
    Test(Test),
    /// Run the checks.
    Check(Check),
    /// Generate code.
    Codegen(Codegen),
    /// Fuzz.
    Fuzz(Fuzz),
    /// Measure.
    Bench(Bench),
    /// Compare or write the public APIs.
    Api(Api),
    /// Release.
    Release(Release),
}

/// Which help text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Topic {
    Tasks,
    Demo,
    Test,
    Check,
    Codegen,
    Fuzz,
    Bench,
    Api,
    Release,
}

impl Topic {
    /// The text itself.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Tasks => TASKS,
            Self::Demo => DEMO,
            Self::Test => TEST,
            Self::Check => CHECK,
            Self::Codegen => CODEGEN,
            Self::Fuzz => FUZZ,
            Self::Bench => BENCH,
            Self::Api => API,
            Self::Release => release::HELP,
        }
    }

    /// What to type for this text.
    fn command(self) -> &'static str {
        match self {
            Self::Tasks => "cargo xtask --help",
            Self::Demo => "cargo xtask demo --help",
            Self::Test => "cargo xtask test --help",
            Self::Check => "cargo xtask check --help",
            Self::Codegen => "cargo xtask codegen --help",
            Self::Fuzz => "cargo xtask fuzz --help",
            Self::Bench => "cargo xtask bench --help",
            Self::Api => "cargo xtask api --help",
            Self::Release => "cargo xtask release --help",
        }
    }
}

/// Options of `demo`.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Demo {
    /// Only this provider's stories.
    pub(crate) provider: Option<String>,
    /// Leave the sandbox running.
    pub(crate) keep: bool,
    /// The story of three processes instead.
    pub(crate) scale: bool,
}

/// Options of `test`.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Test {
    /// A test that cannot run is a failure.
    pub(crate) all: bool,
}

/// Options of `check`.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Check {
    /// Only name the steps.
    pub(crate) list: bool,
    /// A step that cannot run is a failure.
    pub(crate) all: bool,
    /// The steps to run; none means every step.
    pub(crate) steps: Vec<String>,
}

/// Options of `codegen`.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Codegen {
    /// Only compare.
    pub(crate) check: bool,
    /// Only count.
    pub(crate) lines: bool,
    /// The crates; none means every one with a spec.
    pub(crate) providers: Vec<String>,
}

/// Options of `fuzz`.
#[derive(Debug, PartialEq)]
pub(crate) struct Fuzz {
    /// The target.
    pub(crate) target: Option<String>,
    /// How long.
    pub(crate) seconds: u32,
}

/// Options of `bench`.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Bench {
    /// Fewer rounds.
    pub(crate) quick: bool,
    /// Only these parts, with commas.
    pub(crate) only: Option<String>,
    /// Where the raw figures go.
    pub(crate) json: Option<std::path::PathBuf>,
    /// Into the page too.
    pub(crate) write: bool,
}

/// Options of `api`.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Api {
    /// Write, too.
    pub(crate) write: bool,
    /// The crates; none means every published one.
    pub(crate) crates: Vec<String>,
}

/// A command line that asks for nothing known, with a hint.
#[derive(Debug, PartialEq)]
pub(crate) struct Usage(pub(crate) String);

/// Reads the arguments that follow the program's name.
pub(crate) fn parse(args: impl IntoIterator<Item = impl Into<OsString>>) -> std::result::Result<Command, Usage> {
    let mut parser = lexopt::Parser::from_args(args);
    let first = parser.next().map_err(|error| usage(Topic::Tasks, error))?;
    let task = match first {
        None | Some(Long("help") | Short('h')) => return Ok(Command::Help(Topic::Tasks)),
        Some(Value(task)) => task,
        Some(option) => return Err(usage(Topic::Tasks, option.unexpected())),
    };
    match task.to_str() {
        Some("help") => Ok(Command::Help(Topic::Tasks)),
        Some("demo") => demo(&mut parser).map_err(|error| usage(Topic::Demo, error)),
        Some("test") => test(&mut parser).map_err(|error| usage(Topic::Test, error)),
        Some("check") => check(&mut parser).map_err(|error| usage(Topic::Check, error)),
        Some("codegen") => codegen(&mut parser).map_err(|error| usage(Topic::Codegen, error)),
        Some("fuzz") => fuzz(&mut parser).map_err(|error| usage(Topic::Fuzz, error)),
        Some("bench") => bench(&mut parser).map_err(|error| usage(Topic::Bench, error)),
        Some("api") => api(&mut parser).map_err(|error| usage(Topic::Api, error)),
        Some("release") => {
            release::parse(&mut parser).map(Command::Release).map_err(|error| usage(Topic::Release, error))
        }
        _ => Err(usage(Topic::Tasks, format!("no task {:?}", task.to_string_lossy()))),
    }
}

fn demo(parser: &mut lexopt::Parser) -> std::result::Result<Command, lexopt::Error> {
    let mut options = Demo::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("help") | Short('h') => return Ok(Command::Help(Topic::Demo)),
            Long("provider") => options.provider = Some(parser.value()?.string()?),
            Long("keep") => options.keep = true,
            Long("scale") => options.scale = true,
            other => return Err(other.unexpected()),
        }
    }
    Ok(Command::Demo(options))
}

fn test(parser: &mut lexopt::Parser) -> std::result::Result<Command, lexopt::Error> {
    let mut options = Test::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("help") | Short('h') => return Ok(Command::Help(Topic::Test)),
            Long("all") => options.all = true,
            other => return Err(other.unexpected()),
        }
    }
    Ok(Command::Test(options))
}

fn check(parser: &mut lexopt::Parser) -> std::result::Result<Command, lexopt::Error> {
    let mut options = Check::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("help") | Short('h') => return Ok(Command::Help(Topic::Check)),
            Long("list") => options.list = true,
            Long("all") => options.all = true,
            Value(step) => {
                let step = step.string()?;
                if !crate::check::is_step(&step) {
                    let known = crate::check::step_names().join(", ");
                    return Err(format!("no step {step:?}, there are: {known}").into());
                }
                options.steps.push(step);
            }
            other => return Err(other.unexpected()),
        }
    }
    Ok(Command::Check(options))
}

fn codegen(parser: &mut lexopt::Parser) -> std::result::Result<Command, lexopt::Error> {
    let mut options = Codegen::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("help") | Short('h') => return Ok(Command::Help(Topic::Codegen)),
            Long("check") => options.check = true,
            Long("lines") => options.lines = true,
            Value(provider) => options.providers.push(provider.string()?),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Command::Codegen(options))
}

fn fuzz(parser: &mut lexopt::Parser) -> std::result::Result<Command, lexopt::Error> {
    let mut options = Fuzz { target: None, seconds: 600 };
    while let Some(argument) = parser.next()? {
        match argument {
            Long("help") | Short('h') => return Ok(Command::Help(Topic::Fuzz)),
            Long("seconds") => options.seconds = parser.value()?.parse()?,
            Value(target) if options.target.is_none() => options.target = Some(target.string()?),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Command::Fuzz(options))
}

fn bench(parser: &mut lexopt::Parser) -> std::result::Result<Command, lexopt::Error> {
    let mut options = Bench::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("help") | Short('h') => return Ok(Command::Help(Topic::Bench)),
            Long("quick") => options.quick = true,
            Long("only") => options.only = Some(parser.value()?.string()?),
            Long("json") => options.json = Some(parser.value()?.into()),
            Long("write") => options.write = true,
            other => return Err(other.unexpected()),
        }
    }
    Ok(Command::Bench(options))
}

fn api(parser: &mut lexopt::Parser) -> std::result::Result<Command, lexopt::Error> {
    let mut options = Api::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("help") | Short('h') => return Ok(Command::Help(Topic::Api)),
            Long("write") => options.write = true,
            Value(name) => options.crates.push(name.string()?),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Command::Api(options))
}

fn usage(topic: Topic, problem: impl std::fmt::Display) -> Usage {
    Usage(format!("{problem}\nhint: `{}` shows what there is", topic.command()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ok(args: &[&str]) -> Command {
        parse(args).unwrap()
    }

    fn err(args: &[&str]) -> String {
        parse(args).unwrap_err().0
    }

    #[test]
    fn nothing_and_help_list_the_tasks() {
        for args in [&[][..], &["--help"], &["-h"], &["help"]] {
            assert_eq!(ok(args), Command::Help(Topic::Tasks));
        }
        for task in ["demo", "test", "check", "codegen", "fuzz", "api", "bench", "release"] {
            assert!(Topic::Tasks.text().contains(&format!("\n  {task} ")));
        }
    }

    #[test]
    fn each_task_has_its_own_help() {
        assert_eq!(ok(&["demo", "--help"]), Command::Help(Topic::Demo));
        assert_eq!(ok(&["test", "-h"]), Command::Help(Topic::Test));
        assert_eq!(ok(&["check", "fmt", "--help"]), Command::Help(Topic::Check));
    }

    #[test]
    fn options_are_read() {
        let pagamio = Demo { provider: Some("pagamio".into()), keep: true, scale: false };
        assert_eq!(ok(&["demo", "--scale"]), Command::Demo(Demo { scale: true, ..Demo::default() }));
        assert_eq!(ok(&["demo", "--provider=pagamio", "--keep"]), Command::Demo(pagamio));
        assert_eq!(ok(&["test", "--all"]), Command::Test(Test { all: true }));
        let check = Check { list: false, all: true, steps: vec!["fmt".into(), "files".into()] };
        assert_eq!(ok(&["check", "fmt", "--all", "files"]), Command::Check(check));
    }

    #[test]
    fn options_of_codegen_are_read() {
        let options = Codegen { check: true, lines: false, providers: vec!["pagamio".into()] };
        assert_eq!(ok(&["codegen", "--check", "pagamio"]), Command::Codegen(options));
        assert_eq!(ok(&["codegen", "-h"]), Command::Help(Topic::Codegen));
    }

    #[test]
    fn options_of_fuzz_are_read() {
        let money = |seconds| Command::Fuzz(Fuzz { target: Some("money".into()), seconds });
        assert_eq!(ok(&["fuzz", "money"]), money(600));
        assert_eq!(ok(&["fuzz", "--seconds", "5", "money"]), money(5));
        assert_eq!(ok(&["fuzz", "-h"]), Command::Help(Topic::Fuzz));
        assert!(err(&["fuzz", "money", "--seconds=long"]).contains("long"));
    }

    #[test]
    fn options_of_bench_are_read() {
        let options = Bench { quick: true, only: Some("call".into()), json: Some("x.json".into()), write: true };
        assert_eq!(ok(&["bench", "--quick", "--only", "call", "--json=x.json", "--write"]), Command::Bench(options));
        assert_eq!(ok(&["bench", "-h"]), Command::Help(Topic::Bench));
    }

    #[test]
    fn options_of_api_are_read() {
        let options = Api { write: true, crates: vec!["pagamio".into()] };
        assert_eq!(ok(&["api", "--write", "pagamio"]), Command::Api(options));
        assert_eq!(ok(&["api", "-h"]), Command::Help(Topic::Api));
    }

    #[test]
    fn steps_of_release_are_read() {
        assert_eq!(ok(&["release"]), Command::Release(Release::Help(release::HELP)));
        assert!(matches!(ok(&["release", "plan"]), Command::Release(Release::Plan(_))));
        assert!(matches!(ok(&["release", "plan", "--help"]), Command::Release(Release::Help(_))));
        assert!(err(&["release", "plain"]).contains("publish"));
    }

    #[test]
    fn what_is_not_known_is_refused_with_a_hint() {
        let cases = [
            (&["tset"][..], "tset", "cargo xtask --help"),
            (&["--verbose"], "--verbose", "cargo xtask --help"),
            (&["demo", "--fast"], "--fast", "cargo xtask demo --help"),
            (&["demo", "pagamio"], "pagamio", "cargo xtask demo --help"),
            (&["demo", "--provider"], "--provider", "cargo xtask demo --help"),
            (&["test", "pay-core"], "pay-core", "cargo xtask test --help"),
            (&["test", "--all=yes"], "yes", "cargo xtask test --help"),
            (&["check", "fnt"], "layering", "cargo xtask check --help"),
        ];
        for (args, names, hint) in cases {
            let message = err(args);
            assert!(message.contains(names), "{args:?}: {message}");
            assert!(message.contains(hint), "{args:?}: {message}");
        }
    }
}

//! `cargo xtask check`: the steps, one after the other, and one table at the end.
//!
//! - `commands` checks the formatting, `lints` has clippy run, `docs` builds the documentation
//! - `features` compiles each published crate with none of its features and with each alone, `msrv` with the oldest Rust
//! - `layering` says which crate may depend on which, `parity` what the clients must have in common
//! - `deny` has cargo-deny read licences, sources and advisories
//! - `spec` shows every openapi.yaml to a validator, `readers` to tools that people use, `generated` compares what is
//!   made of them
//! - `contract` tries every operation on the sandbox, with a tool that `python` installs
//! - `files` reads the files of the repository
//! - `markdown` follows what the pages say
//! - `package` lists what published crates are packed with, `leaks` reads it, `packed` builds on it and buys
//! - `api` compares the public APIs with the texts in `docs/api`
//! - `fuzz` shows broken input to every parser
//! - `table` shows what came of it, with the processor time that `cpu` reads

mod api;
mod commands;
mod contract;
mod cpu;
mod deny;
mod docs;
mod features;
mod files;
mod fuzz;
mod generated;
mod layering;
mod leaks;
mod lints;
mod markdown;
mod msrv;
mod package;
mod packed;
mod parity;
mod python;
mod readers;
mod spec;
mod table;

use std::process::ExitCode;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::Result;
use crate::cli::Check;
use crate::term::{self, LiveLine, Tone, paint};
use crate::workspace::{Workspace, everything_required};
pub(crate) use features::has_system_tls;
pub(crate) use package::not_packed_right;
use table::{Row, Verdict};

/// One step: its name, what it looks at, and what does it.
struct Step {
    name: &'static str,
    about: &'static str,
    run: fn(&Workspace, &Progress) -> Result<Report>,
}

const STEPS: &[Step] = &[
    Step { name: "fmt", about: "the code is formatted (cargo fmt)", run: commands::fmt },
    Step { name: "clippy", about: "no lint warns (cargo clippy, all targets, all features)", run: lints::clippy },
    Step {
        name: "unused",
        about: "no dependency is declared that nothing uses (the compiler's unused_crate_dependencies)",
        run: lints::unused,
    },
    Step {
        name: "docs",
        about: "the documentation builds without a warning (cargo doc, all features)",
        run: docs::stable,
    },
    Step {
        name: "docsrs",
        about: "as docs.rs builds it too, with badges that name an item's feature (nightly)",
        run: docs::docs_rs,
    },
    Step {
        name: "features",
        about: "published crates compile without a warning with no, the default, each single, and all features",
        run: features::run,
    },
    Step {
        name: "msrv",
        about: "published crates build with the oldest Rust that they say they support (rustup), all features",
        run: msrv::run,
    },
    Step {
        name: "licences",
        about: "dependencies have a licence of the list, a version, and come from the public registry (cargo-deny)",
        run: deny::licences,
    },
    Step {
        name: "advisories",
        about: "no dependency has a known flaw (cargo-deny; said loudly where no RustSec database can be had)",
        run: deny::advisories,
    },
    Step { name: "layering", about: "crates depend only on what they may know", run: layering::run },
    Step { name: "parity", about: "what the five clients have in common is alike, or has a reason", run: parity::run },
    Step { name: "spec", about: "an independent validator accepts every openapi.yaml (python3)", run: spec::run },
    Step { name: "readers", about: "Redoc and Prism read every provider's openapi.yaml (npm)", run: readers::run },
    Step {
        name: "codegen",
        about: "generated files are what the specs say (cargo xtask codegen --check)",
        run: generated::run,
    },
    Step {
        name: "contract",
        about: "the sandbox answers as every openapi.yaml says (python3, Schemathesis)",
        run: contract::run,
    },
    Step { name: "files", about: "layout, headers, sizes, licences, unfinished marks", run: files::run },
    Step {
        name: "markdown",
        about: "pages: links resolve, commands run, Rust blocks compile, tables say what the code has",
        run: markdown::run,
    },
    Step {
        name: "package",
        about: "published crates are packed with licences, README, changelog and openapi.yaml, and with nothing else than code",
        run: package::run,
    },
    Step {
        name: "leaks",
        about: "packed files hold no private key, no token, no card number, no file of secrets",
        run: leaks::run,
    },
    Step {
        name: "packed",
        about: "a program on a packed crate alone builds and buys; its examples compile",
        run: packed::run,
    },
    Step {
        name: "api",
        about: "the public APIs are those in docs/api, and name only types that docs/api/foreign.toml allows",
        run: api::run,
    },
    Step { name: "fuzz", about: "no parser breaks in 30 s of broken input (nightly, C++ compiler)", run: fuzz::run },
];

/// What a step found.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// What is wrong; none means that all is well.
    problems: Vec<String>,
    /// What could not be looked at, and why; a failure where everything is required.
    not_run: Vec<String>,
    /// What could not be looked at for want of something that is not everybody's to install: said below the table, never a failure.
    out_of_reach: Vec<String>,
    /// How many things were looked at.
    done: usize,
    /// What else the table should say.
    note: String,
}

impl Report {
    /// One thing was looked at; `problem` is what is wrong with it.
    fn looked(&mut self, problem: Option<String>) {
        self.done += 1;
        self.problems.extend(problem);
    }

    /// A step that looked at nothing and does not say why has found nothing out, and must not pass for one that has.
    fn or_idle(mut self) -> Self {
        if self.done == 0 && self.problems.is_empty() && self.not_run.is_empty() && self.out_of_reach.is_empty() {
            self.problems.push("looked at nothing: what it reads has moved, or the step is broken".to_owned());
        }
        self
    }

    fn verdict(&self, all: bool) -> Verdict {
        let missing = !self.not_run.is_empty();
        if !self.problems.is_empty() || (all && missing) {
            Verdict::Failed
        } else if (missing || !self.out_of_reach.is_empty()) && self.done == 0 {
            Verdict::NotRun
        } else {
            Verdict::Ok
        }
    }
}

/// What a running step is at, for the line on the terminal.
#[derive(Debug, Default)]
pub(crate) struct Progress(Mutex<String>);

impl Progress {
    fn at(&self, what: &str) {
        if let Ok(mut at) = self.0.lock() {
            what.clone_into(&mut at);
        }
    }

    fn line(&self, step: &str) -> String {
        match self.0.lock() {
            Ok(at) if !at.is_empty() => format!("{step}: {at}"),
            _ => step.to_owned(),
        }
    }
}

/// The names of the steps, in order.
pub(crate) fn step_names() -> Vec<&'static str> {
    STEPS.iter().map(|step| step.name).collect()
}

/// Whether there is a step of that name.
pub(crate) fn is_step(name: &str) -> bool {
    step_names().contains(&name)
}

/// Runs the steps that are asked for.
pub(crate) fn run(options: &Check) -> Result<ExitCode> {
    if options.list {
        let width = STEPS.iter().map(|step| step.name.len()).max().unwrap_or(0);
        for step in STEPS {
            term::out(&format!("{:<width$}  {}\n", step.name, step.about));
        }
        return Ok(ExitCode::SUCCESS);
    }
    let all = everything_required(options.all);
    let workspace = Workspace::load()?;
    let wanted = |step: &&Step| options.steps.is_empty() || options.steps.iter().any(|name| name == step.name);
    let rows: Vec<Row> = STEPS.iter().filter(wanted).map(|step| run_step(step, &workspace, all)).collect();
    term::out(&table::render(&rows));
    let failed = rows.iter().any(|row| row.verdict == Verdict::Failed);
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn run_step(step: &Step, workspace: &Workspace, all: bool) -> Row {
    let started = Instant::now();
    let cpu = cpu::of_children();
    let report = watch(step, workspace)
        .unwrap_or_else(|error| Report { problems: vec![error.to_string()], ..Report::default() })
        .or_idle();
    let verdict = report.verdict(all);
    if verdict == Verdict::Failed {
        term::out(&format!("\n{} {}\n", step.name, paint(Tone::Bad, "FAILED")));
        term::out(&format!("  once more: cargo xtask check {}\n", step.name));
        let missing = report.not_run.iter().filter(|_| all);
        for problem in report.problems.iter().chain(missing) {
            term::out(&format!("  {}\n", problem.trim_end().replace('\n', "\n  ")));
        }
    }
    let cpu = cpu::of_children().zip(cpu).map(|(after, before)| after.saturating_sub(before));
    Row::new(step.name, verdict, &report, started.elapsed(), cpu)
}

/// Runs a step on a thread of its own while this one shows how long it takes.
fn watch(step: &Step, workspace: &Workspace) -> Result<Report> {
    let progress = Progress::default();
    let started = Instant::now();
    let mut line = LiveLine::new();
    std::thread::scope(|scope| {
        let running = scope.spawn(|| (step.run)(workspace, &progress));
        line.show(step.name, started.elapsed());
        while !running.is_finished() {
            std::thread::sleep(Duration::from_millis(50));
            line.show(&progress.line(step.name), started.elapsed());
        }
        line.clear();
        running.join().unwrap_or_else(|_| Err("the step itself broke, see above".into()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_with_a_problem_has_failed() {
        let mut report = Report::default();
        report.looked(None);
        assert_eq!(report.verdict(true), Verdict::Ok);
        report.looked(Some("wrong".into()));
        assert_eq!(report.verdict(false), Verdict::Failed);
    }

    #[test]
    fn what_could_not_run_fails_only_when_all_is_required() {
        let mut report = Report { not_run: vec!["pagamio/native-tls: needs libssl-dev".into()], ..Report::default() };
        assert_eq!(report.verdict(false), Verdict::NotRun);
        assert_eq!(report.verdict(true), Verdict::Failed);
        report.looked(None);
        assert_eq!(report.verdict(false), Verdict::Ok);
        assert_eq!(report.verdict(true), Verdict::Failed);
    }

    #[test]
    fn what_is_out_of_reach_is_said_and_never_fails() {
        let mut report = Report { out_of_reach: vec!["no database".into()], ..Report::default() };
        assert_eq!(report.verdict(true), Verdict::NotRun);
        report.looked(None);
        assert_eq!(report.verdict(true), Verdict::Ok);
    }

    #[test]
    fn a_step_that_looked_at_nothing_has_failed() {
        let none = Step { name: "none", about: "", run: |_, _| Ok(Report::default()) };
        assert_eq!(run_step(&none, &Workspace::default(), false).verdict, Verdict::Failed);
        let one = Step { run: |_, _| Ok(Report { done: 1, ..Report::default() }), ..none };
        assert_eq!(run_step(&one, &Workspace::default(), false).verdict, Verdict::Ok);
    }

    #[test]
    fn a_step_that_breaks_is_an_error() {
        let step = Step { name: "broken", about: "", run: |_, _| panic!("on purpose") };
        let error = watch(&step, &Workspace::default()).unwrap_err();
        assert_eq!(error.to_string(), "the step itself broke, see above");
    }

    #[test]
    fn the_terminal_shows_what_a_step_is_at() {
        let progress = Progress::default();
        assert_eq!(progress.line("features"), "features");
        progress.at("pagamio/rustls");
        assert_eq!(progress.line("features"), "features: pagamio/rustls");
    }
}

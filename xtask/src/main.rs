//! The tasks of this workspace: `cargo xtask` lists them, one file holds each.
//!
//! - `cli` reads the command line, `term` writes to the terminal
//! - `workspace` asks cargo what the workspace holds; `toolchain` and `tools` get what stable Rust does not bring
//! - `demo`, `test`, `check`, `codegen`, `fuzz`, `api`, `bench`, `release` are the tasks
//!
//! Depends on no crate of the workspace, so that broken code there never stops the tasks that report it.

mod api;
mod bench;
mod check;
mod cli;
mod codegen;
mod demo;
mod fuzz;
mod release;
mod term;
mod test;
mod toolchain;
mod tools;
mod workspace;

use std::process::ExitCode;

use cli::{Command, Usage};

/// What a task may fail with: a sentence for the person who started it.
type Error = Box<dyn std::error::Error + Send + Sync>;
/// The result of a step of a task.
type Result<T> = std::result::Result<T, Error>;

fn main() -> ExitCode {
    if let Some(status) = api::as_rustdoc() {
        return status;
    }
    let command = match cli::parse(std::env::args_os().skip(1)) {
        Ok(command) => command,
        Err(Usage(message)) => {
            eprintln!("error: {message}");
            return ExitCode::from(2);
        }
    };
    let result = match command {
        Command::Help(topic) => {
            term::out(topic.text());
            Ok(ExitCode::SUCCESS)
        }
        Command::Demo(options) => demo::run(&options),
        Command::Test(options) => test::run(&options),
        Command::Check(options) => check::run(&options),
        Command::Codegen(options) => codegen::run(&options),
        Command::Fuzz(options) => fuzz::run(&options),
        Command::Bench(options) => bench::run(&options),
        Command::Api(options) => api::run(&options),
        Command::Release(step) => release::run(&step),
    };
    result.unwrap_or_else(|error| {
        eprintln!("error: {error}");
        ExitCode::FAILURE
    })
}

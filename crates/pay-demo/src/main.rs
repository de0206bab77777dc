//! `pay-demo`: stories that show the provider crates at work against the local sandbox, every step checked; and the benchmarks.

mod bench;
mod cli;
mod stories;
mod term;

use cli::Command;
use std::process::ExitCode;

fn main() -> ExitCode {
    let outcome = match cli::parse(lexopt::Parser::from_env()) {
        Ok(Command::Print(text)) => {
            term::out(&text);
            Ok(ExitCode::SUCCESS)
        }
        Ok(Command::Bench(context)) => bench::run(&context).map(|()| ExitCode::SUCCESS),
        Ok(Command::Scale) => scale(),
        Ok(Command::ScaleWorker) => scale_worker(),
        Ok(Command::Stories { provider, keep }) => run(provider.as_deref(), keep),
        Err(error) => Err(format!("{error}\nTry 'pay-demo --help'.")),
    };
    outcome.unwrap_or_else(|message| {
        term::err(&format!("pay-demo: {message}\n"));
        ExitCode::from(2)
    })
}

#[cfg(feature = "scale")]
fn scale() -> Result<ExitCode, String> {
    let runtime = tokio::runtime::Runtime::new().map_err(|error| error.to_string())?;
    let all_as_they_should_be = runtime.block_on(stories::scale::run())?;
    Ok(if all_as_they_should_be { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

#[cfg(feature = "scale")]
fn scale_worker() -> Result<ExitCode, String> {
    stories::scale::worker().map(|()| ExitCode::SUCCESS)
}

#[cfg(not(feature = "scale"))]
fn scale() -> Result<ExitCode, String> {
    Err("this story needs the feature `scale`: cargo xtask demo --scale".to_owned())
}

#[cfg(not(feature = "scale"))]
fn scale_worker() -> Result<ExitCode, String> {
    scale()
}

fn run(provider: Option<&str>, keep: bool) -> Result<ExitCode, String> {
    let chosen = stories::choose(provider)?;
    let runtime = tokio::runtime::Runtime::new().map_err(|error| error.to_string())?;
    let all_as_they_should_be = runtime.block_on(stories::run(&chosen, keep))?;
    Ok(if all_as_they_should_be { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

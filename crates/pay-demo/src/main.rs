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
        Ok(Command::Stories { provider, keep }) => run(provider.as_deref(), keep),
        Err(error) => Err(format!("{error}\nTry 'pay-demo --help'.")),
    };
    outcome.unwrap_or_else(|message| {
        term::err(&format!("pay-demo: {message}\n"));
        ExitCode::from(2)
    })
}

fn run(provider: Option<&str>, keep: bool) -> Result<ExitCode, String> {
    let chosen = stories::choose(provider)?;
    let runtime = tokio::runtime::Runtime::new().map_err(|error| error.to_string())?;
    let all_as_they_should_be = runtime.block_on(stories::run(&chosen, keep))?;
    Ok(if all_as_they_should_be { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

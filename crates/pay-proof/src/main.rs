//! `pay-proof`: the fault table, the ledger harness and the leak scanner, as commands.

mod cli;

use cli::Command;
use pay_proof::{Broken, Subject, leaks, ledger, subjects, table};
use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;

fn main() -> ExitCode {
    match cli::parse(lexopt::Parser::from_env()).map_err(Broken::from).and_then(run) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            // Nobody is left to tell when even this fails.
            let _ = writeln!(std::io::stderr(), "pay-proof: {error}");
            ExitCode::from(2)
        }
    }
}

/// Runs a command; `false` where something went wrong that should not have.
fn run(command: Command) -> Result<bool, Broken> {
    let runtime = tokio::runtime::Runtime::new()?;
    let mut out = std::io::stdout();
    let mut well = true;
    match command {
        Command::Print(text) => out.write_all(text.as_bytes())?,
        Command::Faults { provider } => {
            let mut cells = Vec::new();
            for subject in chosen(provider.as_deref())? {
                cells.extend(runtime.block_on(table::run(subject))?);
            }
            out.write_all(table::render(&cells).as_bytes())?;
            well = cells.iter().all(|cell| cell.wrong.is_empty());
        }
        Command::Leaks { provider } => {
            for subject in chosen(provider.as_deref())? {
                let report = runtime.block_on(leaks::run(Arc::clone(&subject)))?;
                out.write_all(leaks::render(&report).as_bytes())?;
                let injected = runtime.block_on(leaks::injection::run(subject))?;
                write!(out, "{injected}")?;
                well &= report.well() && injected.forged.is_empty();
            }
        }
        Command::Ledger { provider, operations, seed } => {
            for subject in chosen(provider.as_deref())? {
                let name = subject.name();
                let report = runtime.block_on(ledger::run(subject, operations, seed))?;
                write!(out, "{name}, seed {seed}\n{report}")?;
                well &= report.books.is_empty() && report.counterexamples.is_empty();
            }
        }
    }
    Ok(well)
}

fn chosen(name: Option<&str>) -> Result<Vec<Arc<dyn Subject>>, Broken> {
    let mut all = subjects::all();
    all.retain(|subject| name.is_none_or(|name| name == subject.name()));
    if all.is_empty() { Err(format!("no provider named {}", name.unwrap_or_default()).into()) } else { Ok(all) }
}

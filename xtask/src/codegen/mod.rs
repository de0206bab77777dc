//! `cargo xtask codegen`: types, operations, codes, coverage and the sandbox's routes, from `crates/*/openapi.yaml`.
//!
//! - `load` reads a spec into `model`, `lower` holds the rules and gives `ir`, `problem` says what is wrong where
//! - `emit` writes the Rust of one provider
//! - `sandbox`, `json` and `coverage` write what is made of all of them
//! - `outputs` compares with what lies there, writes, and deletes what has no source any more
//! - `lines` counts

mod coverage;
mod emit;
mod ir;
mod json;
mod lines;
mod load;
mod lower;
mod model;
mod names;
mod outputs;
mod problem;
mod sandbox;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::process::ExitCode;

use crate::cli::Codegen;
use crate::term;
use crate::workspace::{PROVIDERS, Workspace};
use crate::{Error, Result};
use load::Spec;
use outputs::Outputs;

/// What mends a difference.
pub(crate) const MEND: &str = "cargo xtask codegen";

/// Generates, or compares, or counts.
pub(crate) fn run(options: &Codegen) -> Result<ExitCode> {
    let root = Workspace::load()?.root;
    let specs = load_all(&root)?;
    for name in &options.providers {
        if !specs.iter().any(|spec| spec.krate == *name) {
            let known: Vec<&str> = specs.iter().map(|spec| spec.krate.as_str()).collect();
            return Err(format!("no spec of {name:?}, there are: {}", known.join(", ")).into());
        }
    }
    let wanted = |krate: &str| options.providers.is_empty() || options.providers.iter().any(|name| name == krate);
    if options.lines {
        let specs: Vec<&Spec> = specs.iter().filter(|spec| wanted(&spec.krate)).collect();
        term::out(&lines::table(&root, &specs)?);
        return Ok(ExitCode::SUCCESS);
    }
    let outputs = generate(&root, &specs)?;
    let changes = outputs.changes(&root)?.of_crates(&wanted);
    if options.check {
        let problems = changes.told();
        if problems.is_empty() {
            term::out("generated files are what the specs say\n");
            return Ok(ExitCode::SUCCESS);
        }
        return Err(format!("{}\nmend it with `{MEND}`", problems.join("\n")).into());
    }
    changes.apply(&root)?;
    for line in changes.told() {
        term::out(&format!("{line}\n"));
    }
    Ok(ExitCode::SUCCESS)
}

/// What differs from what the specs say, a line for each file; for `cargo xtask check`.
pub(crate) fn differences(root: &Path) -> Result<Vec<String>> {
    let specs = load_all(root)?;
    Ok(generate(root, &specs)?.changes(root)?.told())
}

/// Every spec of the workspace, by crate name.
fn load_all(root: &Path) -> Result<Vec<Spec>> {
    let mut crates: Vec<String> = Vec::new();
    for entry in std::fs::read_dir(root.join("crates"))? {
        let entry = entry?;
        if entry.path().join("openapi.yaml").is_file() {
            crates.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    crates.sort();
    let mut specs = Vec::new();
    let mut problems = Vec::new();
    for krate in crates {
        let file = format!("crates/{krate}/openapi.yaml");
        match load::load(&krate, &file, &root.join(&file)) {
            Ok(spec) => specs.push(spec),
            Err(found) => problems.extend(found.iter().map(ToString::to_string)),
        }
    }
    if problems.is_empty() { Ok(specs) } else { Err(Error::from(problems.join("\n"))) }
}

/// Everything that the specs give, without touching a file.
fn generate(root: &Path, specs: &[Spec]) -> Result<Outputs> {
    let mut outputs = Outputs::default();
    for spec in specs {
        for (file, text) in emit::files(&spec.api)? {
            outputs.add(format!("crates/{}/src/generated/{file}", spec.krate), text);
        }
    }
    // Other crates with a spec, such as the generator's own, are nothing that anyone calls.
    let providers: Vec<&Spec> = specs.iter().filter(|spec| PROVIDERS.contains(&spec.krate.as_str())).collect();
    for (file, text) in sandbox::files(&providers)? {
        outputs.add(file, text);
    }
    let mut apis = Vec::new();
    for spec in &providers {
        apis.push((&spec.api, coverage::Used::read(root, &spec.krate)?));
    }
    if !apis.is_empty() {
        outputs.add(coverage::FILE.to_owned(), coverage::table(&apis));
    }
    Ok(outputs)
}

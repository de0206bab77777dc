//! The benchmarks: floor, peer and ours in one run, as ratios; every part is one file.
//!
//! - `lease`, `herd`, `call`, `signing`, `sealing`, `store`, `weight`, `sandbox` are the parts; a new one joins `PARTS`
//! - `caches`, `peers`, `server`, `servers`, `load`, `scenarios` are what they measure with
//! - `rounds` takes turns, `row` holds figures against marks, `table` and `figures` show them, `machine` says where

mod caches;
mod call;
mod figures;
mod herd;
mod lease;
mod load;
mod machine;
mod peers;
mod rounds;
mod row;
mod sandbox;
mod scenarios;
mod sealing;
mod server;
#[cfg(feature = "store")]
mod servers;
mod signing;
#[cfg(feature = "store")]
mod store;
mod table;
mod weight;

use crate::term;
use peers::Peers;
use row::Measured;
use serde_json::json;
use std::path::PathBuf;

/// What is measured, and what it needs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Context {
    /// Fewer rounds, and nothing that builds.
    pub(crate) quick: bool,
    /// Only these parts; none means all.
    pub(crate) only: Vec<String>,
    /// Where the raw figures go.
    pub(crate) json: Option<PathBuf>,
    /// The page whose table is replaced.
    pub(crate) write: Option<PathBuf>,
    /// The program with other libraries' caches.
    pub(crate) peers: Option<PathBuf>,
    /// The sandbox's program.
    pub(crate) sandbox: Option<PathBuf>,
    /// Prism's program.
    pub(crate) prism: Option<PathBuf>,
    /// The top of the workspace.
    pub(crate) workspace: PathBuf,
    /// Where is built.
    pub(crate) target: PathBuf,
}

impl Context {
    fn peers(&self) -> Result<Peers, String> {
        Peers::start(self.peers.as_deref().ok_or("their program was not built (no registry)")?)
    }
}

/// A part of the table.
struct Part {
    name: &'static str,
    run: fn(&Context) -> Result<Measured, String>,
    /// Whether `--quick` leaves it out.
    slow: bool,
}

#[cfg(feature = "store")]
const STORE: fn(&Context) -> Result<Measured, String> = store::run;
#[cfg(not(feature = "store"))]
const STORE: fn(&Context) -> Result<Measured, String> =
    |_| Err("it needs the feature `store`: `cargo xtask bench` asks for it".to_owned());

const PARTS: [Part; 8] = [
    Part { name: "lease", run: lease::run, slow: false },
    Part { name: "herd", run: herd::run, slow: false },
    Part { name: "call", run: call::run, slow: false },
    Part { name: "signing", run: signing::run, slow: false },
    Part { name: "sealing", run: sealing::run, slow: false },
    Part { name: "store", run: STORE, slow: false },
    Part { name: "sandbox", run: sandbox::run, slow: false },
    Part { name: "weight", run: weight::run, slow: true },
];

/// Measures, prints, and writes what was asked for. A missed mark is told and is no failure.
pub(crate) fn run(context: &Context) -> Result<(), String> {
    if let Some(unknown) = context.only.iter().find(|only| !PARTS.iter().any(|part| part.name == *only)) {
        let names = PARTS.map(|part| part.name).join(", ");
        return Err(format!("no part {unknown:?}; there are: {names}"));
    }
    let machine = machine::described();
    let mut all = Measured { said: vec![machine::sentence(&machine)], ..Measured::default() };
    for part in PARTS.iter().filter(|part| wanted(context, part)) {
        term::err(&format!("measuring: {}\n", part.name));
        match (part.run)(context) {
            Ok(measured) => {
                all.rows.extend(measured.rows);
                all.not_run.extend(measured.not_run);
                all.said.extend(measured.said);
            }
            // The other parts' figures are worth having.
            Err(why) => all.not_run.push(format!("{}: {why}", part.name)),
        }
    }
    if context.only.is_empty() {
        let left_out = PARTS.iter().filter(|part| !wanted(context, part));
        all.not_run.extend(left_out.map(|part| format!("{}: left out by --quick", part.name)));
    }
    term::out(&format!("\n{}\n", table::plain(&all)));
    let write =
        |path: &PathBuf, text: &str| std::fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()));
    if let Some(path) = &context.json {
        let rows: Vec<_> = all.rows.iter().map(row::Row::json).collect();
        let raw = json!({ "machine": machine, "quick": context.quick, "rows": rows, "said": all.said, "not_run": all.not_run });
        write(path, &format!("{raw:#}\n"))?;
        term::out(&format!("raw figures: {}\n", path.display()));
    }
    if let Some(path) = &context.write {
        let page = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        write(path, &figures::replaced(&page, &table::markdown(&all))?)?;
        term::out(&format!("figures written: {}\n", path.display()));
    }
    Ok(())
}

fn wanted(context: &Context, part: &Part) -> bool {
    if context.only.is_empty() {
        !(part.slow && context.quick)
    } else {
        context.only.iter().any(|only| only == part.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quick_leaves_out_what_builds_unless_it_is_named() {
        let names = |context: &Context| -> Vec<&str> {
            PARTS.iter().filter(|part| wanted(context, part)).map(|part| part.name).collect()
        };
        let quick = Context { quick: true, ..Context::default() };
        assert_eq!(names(&quick), ["lease", "herd", "call", "signing", "sealing", "store", "sandbox"]);
        assert_eq!(names(&Context { only: vec!["weight".into()], ..quick }), ["weight"]);
        assert_eq!(names(&Context::default()).len(), PARTS.len());
    }

    #[test]
    fn a_part_that_does_not_exist_is_named() {
        let error = run(&Context { only: vec!["leese".into()], ..Context::default() }).unwrap_err();
        assert!(error.contains("leese") && error.contains("lease"), "{error}");
    }
}

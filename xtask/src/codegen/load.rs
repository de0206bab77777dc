//! Reading a spec: YAML into the typed model, with the line of whatever does not fit.

use std::path::Path;

use super::ir::Api;
use super::lower;
use super::model::Document;
use super::problem::Problem;

/// A spec that holds all rules.
#[derive(Debug)]
pub(crate) struct Spec {
    /// The crate's name.
    pub(crate) krate: String,
    pub(crate) api: Api,
    /// The document as JSON, without examples.
    pub(crate) json: serde_json::Value,
}

const UNKNOWN: &str = "docs/spec.md lists the keys and values that are read: mend the spelling, or teach \
                       xtask/src/codegen/model the new one";

/// Reads the spec at `path`, which problems call `file`.
pub(crate) fn load(krate: &str, file: &str, path: &Path) -> Result<Spec, Vec<Problem>> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| vec![Problem::new(file, 1, error.to_string(), "the spec must be a readable file")])?;
    parse(krate, file, &text)
}

/// The same from text.
pub(crate) fn parse(krate: &str, file: &str, text: &str) -> Result<Spec, Vec<Problem>> {
    let document: Document = serde_saphyr::from_str(text).map_err(|error| vec![syntax(file, &error)])?;
    let api = lower::lower(krate, file, &document)?;
    let json = serde_saphyr::from_str(text).map_err(|error| vec![syntax(file, &error)])?;
    Ok(Spec { krate: krate.to_owned(), api, json })
}

fn syntax(file: &str, error: &serde_saphyr::Error) -> Problem {
    let line = error.location().map_or(1, |location| location.line());
    let message = error.without_snippet().to_string();
    // The place stands at the start already.
    let message = message.split(" at line ").next().unwrap_or(&message).to_owned();
    let hint = if message.contains("unknown field") || message.contains("unknown variant") {
        UNKNOWN
    } else if message.contains("missing field") {
        "add the key: OpenAPI, or docs/spec.md, asks for it"
    } else if message.contains("duplicate") {
        "a key may stand only once: leave one of the two out"
    } else {
        "the file must be YAML in the subset of docs/spec.md"
    };
    Problem::new(file, line, message, hint)
}

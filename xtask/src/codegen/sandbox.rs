//! What the sandbox gets: routes as data, and the document for validation.

use super::ir::Api;
use super::load::Spec;
use super::{emit, json};
use crate::Result;

/// The folder that is owned here.
pub(super) const FOLDER: &str = "crates/pay-sandbox/src/generated";

/// The files for all providers, by their path from the top.
pub(super) fn files(specs: &[&Spec]) -> Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    let mut modules = String::new();
    for spec in specs {
        let module = spec.krate.replace('-', "_");
        modules.push_str(&format!("pub(crate) mod {module};\n"));
        files.push((format!("{FOLDER}/{module}.rs"), routes(&spec.api, &module)?));
        files.push((format!("{FOLDER}/{module}.json"), json::document(&spec.krate, &spec.json)));
    }
    if !files.is_empty() {
        files.push((format!("{FOLDER}/mod.rs"), map(&modules)?));
    }
    Ok(files)
}

fn map(modules: &str) -> Result<String> {
    emit::format_rust(&format!(
        "//! Every provider's routes and document, as data.\n//!\n//! {} the providers' `openapi.yaml`: do not edit.\n\n\
         #![allow(dead_code, reason = \"the sandbox takes what it needs\")]\n\n{modules}\n\
         /// One endpoint.\n#[derive(Debug, Clone, Copy, PartialEq, Eq)]\npub(crate) struct Route {{\n\
         /// Its name, the same as in the client.\npub(crate) operation: &'static str,\n\
         /// HTTP method.\npub(crate) method: &'static str,\n\
         /// Path below the base URL, with `{{names}}` for values.\npub(crate) template: &'static str,\n}}\n",
        emit::HEADER
    ))
}

fn routes(api: &Api, module: &str) -> Result<String> {
    let rows: String = api
        .operations
        .iter()
        .map(|operation| {
            format!(
                "Route {{ operation: {:?}, method: {:?}, template: {:?} }},\n",
                operation.name, operation.method, operation.path
            )
        })
        .collect();
    emit::format_rust(&format!(
        "//! The routes and the document of {}.\n//!\n//! {} crates/{}/openapi.yaml: do not edit.\n\n\
         use super::Route;\n\n\
         /// Every endpoint, in the order of the document.\npub(crate) static ROUTES: [Route; {}] = [\n{rows}];\n\n\
         /// The document as JSON, for validation: requests are held against its schemas.\n\
         pub(crate) static DOCUMENT: &str = include_str!(\"{module}.json\");\n",
        api.title,
        emit::HEADER,
        api.krate,
        api.operations.len(),
    ))
}

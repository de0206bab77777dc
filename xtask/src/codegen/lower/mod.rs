//! From the document to what is emitted, with every rule that a spec must keep.
//!
//! - `context` resolves references and evidence, and collects problems
//! - `ty` reads the type of a member
//! - `types` reads schemas with a name
//! - `operations` reads endpoints, `bodies` what they send and answer
//! - `reach` tells which type is sent, which received, and which is unused
//! - `codes` reads the provider's codes

mod bodies;
mod codes;
mod context;
mod operations;
mod reach;
mod ty;
mod types;

use super::ir::Api;
use super::model::{Document, line};
use super::problem::{Problem, Problems};
use context::Context;

/// Reads a document into what is emitted, or tells everything that is wrong with it.
pub(crate) fn lower(krate: &str, file: &str, document: &Document) -> Result<Api, Vec<Problem>> {
    let mut context = Context { document, problems: Problems::of(file) };
    check_document(&mut context);
    let mut types = types::all(&mut context);
    let operations = operations::all(&mut context, &mut types);
    let codes = codes::all(&mut context);
    let codes_source = document.evidence.as_ref().and_then(|evidence| context.source(Some(evidence)));
    let mut api = Api {
        krate: krate.to_owned(),
        title: document.info.title.clone(),
        operations,
        types,
        codes,
        codes_source,
        tags: document.tags.iter().map(|tag| (tag.name.value.clone(), tag.description.clone())).collect(),
    };
    reach::mark(&mut context, &mut api);
    context.problems.or(api)
}

fn check_document(context: &mut Context<'_>) {
    let document = context.document;
    if !document.openapi.value.starts_with("3.1.") {
        context.problems.add(
            line(&document.openapi),
            format!("openapi {} is not read", document.openapi.value),
            "write `openapi: 3.1.0`",
        );
    }
    for server in &document.servers {
        if !server.url.value.starts_with("http") {
            context.problems.add(line(&server.url), "a server is no base URL", "write the whole URL, version included");
        }
    }
    for (number, tag) in document.tags.iter().enumerate() {
        if document.tags[..number].iter().any(|former| former.name.value == tag.name.value) {
            context.problems.add(
                line(&tag.name),
                format!("the tag `{}` is there twice", tag.name.value),
                "leave one of them out",
            );
        }
    }
    for (name, at, _) in document.components.schemas.iter() {
        if !super::names::is_type(name) {
            context.problems.add(
                at,
                format!("`{name}` cannot name a Rust type"),
                "write schema names as in `PurchaseRequest`",
            );
        }
        if super::emit::is_taken(name) {
            context.problems.add(at, format!("`{name}` means something else in generated code"), "choose another name");
        }
    }
}

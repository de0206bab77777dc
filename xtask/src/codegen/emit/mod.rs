//! From operations and types to Rust text.
//!
//! - `structs`, `requests`, `wire`, `unions` and `choices` write types; `types` puts them into files
//! - `operations` writes endpoints as data, `calls` the client's methods, `codes` the provider's codes
//! - `support` holds the few functions that the types need
//! - `print` turns tokens into text with its imports, `docs` writes comments

mod calls;
mod choices;
mod codes;
mod docs;
mod operations;
mod print;
mod requests;
mod structs;
mod support;
mod types;
mod unions;
mod wire;

use quote::{format_ident, quote};

use super::ir::Api;
use crate::Result;
use print::Source;

pub(super) use print::{HEADER, format as format_rust, is_taken};

/// The Rust files of a provider, by their path below `src/generated/`.
pub(super) fn files(api: &Api) -> Result<Vec<(String, String)>> {
    let mut files = types::files(api)?;
    files.push(("operations.rs".to_owned(), operations::file(api).print()?));
    if !api.codes.is_empty() {
        files.push(("codes.rs".to_owned(), codes::file(api).print()?));
    }
    if api.operations.iter().any(|operation| operation.call) {
        files.push(("calls.rs".to_owned(), calls::file(api).print()?));
    }
    if let Some(support) = support::file(&files)? {
        files.push(("support.rs".to_owned(), support));
    }
    files.push(("mod.rs".to_owned(), map(api, &files).print()?));
    for (_, text) in &mut files {
        *text = text.replace(print::ORIGIN, &format!("crates/{}/openapi.yaml", api.krate));
    }
    files.sort();
    Ok(files)
}

/// `mod.rs`: what there is.
fn map(api: &Api, files: &[(String, String)]) -> Source {
    let mut source = Source::new(&format!("{}: what its document says, as Rust.", api.title));
    source.attributes(quote! {
        #![allow(dead_code, unreachable_pub, unused_imports, reason = "the hand-written part takes what it needs")]
        #![allow(clippy::large_enum_variant, reason = "an answer is read once and matched at once")]
    });
    let has = |name: &str| files.iter().any(|(file, _)| file.starts_with(name));
    let modules = [
        ("calls", "The client's methods."),
        ("codes", "The provider's codes."),
        ("operations", "The endpoints as data, and how a request of each is written."),
        ("support", "What reading and writing needs."),
        ("types", "Requests and replies."),
    ];
    let mut items = Vec::new();
    for (name, what) in modules {
        if !has(name) {
            continue;
        }
        let docs = docs::lines(&[what.to_owned()]);
        let ident = format_ident!("{name}");
        let visibility = if matches!(name, "calls" | "support") { quote!() } else { quote!(pub(crate)) };
        items.push(quote! { #docs #visibility mod #ident; });
    }
    source.item(quote! { #(#items)* });
    source
}

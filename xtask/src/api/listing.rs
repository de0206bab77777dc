//! The items of a public API as lines, from rustdoc's JSON.

use std::collections::BTreeMap;

use rustdoc_types::{Crate, Id, Item, ItemEnum, StructKind, VariantKind};

use super::rustdoc::Document;
use crate::Result;

/// What stands at the end of an item of which there is more than the line shows: private fields, a body.
pub(super) const MORE: &str = " { .. }";

/// What stands at the end of a trait that `dyn` cannot take.
pub(super) const NOT_DYN: &str = " (not dyn)";

/// What one document holds.
pub(super) struct Listing {
    /// An item each, grouped by where they stand.
    pub(super) lines: Vec<String>,
    /// Where an item is defined to where a user finds it, which is not the same where its module is private.
    pub(super) public_paths: BTreeMap<String, String>,
}

/// Reads a document.
pub(super) fn read(document: &Document) -> Result<Listing> {
    let api = public_api::Builder::from_rustdoc_json(&document.file)
        .omit_blanket_impls(true)
        .omit_auto_trait_impls(false)
        .build()
        .map_err(|error| format!("{}: {error}", document.file.display()))?;
    let content = &document.content;
    let mut lines: Vec<String> = Vec::new();
    let mut public_paths = BTreeMap::new();
    for item in api.items() {
        let text = item.to_string();
        let Some(of) = content.index.get(&item.id()) else {
            lines.push(text);
            continue;
        };
        if let (Some(defined), Some(path)) = (content.paths.get(&of.id), super::compare::path(&text)) {
            keep_shortest(&mut public_paths, defined.path.join("::"), path);
        }
        let parent = item.parent_id().and_then(|id| content.index.get(&id));
        if !is_implied(of, parent, &text) {
            lines.push(format!("{text}{}", rest(content, of, parent)));
        }
    }
    // One item that is found in two places has its impls listed in both.
    let mut seen = std::collections::BTreeSet::new();
    lines.retain(|line| seen.insert(line.clone()));
    Ok(Listing { lines, public_paths })
}

/// The shortest of several places is the one that users know.
fn keep_shortest(paths: &mut BTreeMap<String, String>, defined: String, path: String) {
    let length = |path: &str| (path.matches("::").count(), path.to_owned());
    match paths.get(&defined) {
        Some(known) if length(known) <= length(&path) => {}
        _ => {
            paths.insert(defined, path);
        }
    }
}

/// Whether another line says it already: the functions of a trait's impl, and auto traits as nearly every type has them.
fn is_implied(item: &Item, parent: Option<&Item>, text: &str) -> bool {
    let of_trait_impl = matches!(parent.map(|parent| &parent.inner), Some(ItemEnum::Impl(of)) if of.trait_.is_some());
    match &item.inner {
        ItemEnum::Function(_) | ItemEnum::AssocConst { .. } => of_trait_impl,
        ItemEnum::Impl(of) if of.is_synthetic => {
            let counts = of.trait_.as_ref().is_some_and(|of| {
                let name = of.path.rsplit("::").next().unwrap_or(&of.path);
                ["Send", "Sync", "Unpin"].contains(&name)
            });
            !counts || (!of.is_negative && !text.contains(" where "))
        }
        ItemEnum::Impl(of) => match &of.trait_ {
            // Made by the derive of `PartialEq`, for patterns with constants.
            Some(of) => of.path.ends_with("StructuralPartialEq"),
            // Its items name the type; only generics may have conditions.
            None => !text.contains('<'),
        },
        _ => false,
    }
}

/// What the line itself does not say, and a version depends on.
fn rest(content: &Crate, item: &Item, parent: Option<&Item>) -> String {
    let in_trait = matches!(parent.map(|parent| &parent.inner), Some(ItemEnum::Trait(_)));
    let more = match &item.inner {
        ItemEnum::Trait(of) if !of.is_dyn_compatible => return NOT_DYN.to_owned(),
        ItemEnum::Use(of) => return format!(" = {}", source(content, of.id, &of.source)),
        ItemEnum::Struct(of) => matches!(of.kind, StructKind::Plain { has_stripped_fields: true, .. }),
        ItemEnum::Variant(of) => matches!(of.kind, VariantKind::Struct { has_stripped_fields: true, .. }),
        ItemEnum::Function(of) => in_trait && of.has_body,
        ItemEnum::AssocConst { value, .. } => in_trait && value.is_some(),
        ItemEnum::AssocType { type_, .. } => in_trait && type_.is_some(),
        _ => false,
    };
    if more { MORE.to_owned() } else { String::new() }
}

/// Where a re-exported item comes from.
fn source(content: &Crate, id: Option<Id>, written: &str) -> String {
    let summary = id.and_then(|id| content.paths.get(&id));
    summary.map_or_else(|| written.to_owned(), |summary| summary.path.join("::"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_places_the_shortest_is_the_name() {
        let mut paths = BTreeMap::new();
        for path in ["a::b::X", "a::X", "a::c::X", "a::Y"] {
            keep_shortest(&mut paths, "a::private::X".into(), path.into());
        }
        assert_eq!(paths["a::private::X"], "a::X");
    }
}

//! Types into files: one file while it is short, then one for each group of operations.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;

use super::print::Source;
use super::{choices, structs, unions};
use crate::Result;
use crate::codegen::ir::{Api, Named, Shape};
use crate::codegen::names::snake;

/// From this length on the types are split.
const LONGEST: usize = 300;
/// The file of what several groups share.
const COMMON: &str = "common";

/// `types.rs`, or `types/` with a file for each tag.
pub(super) fn files(api: &Api) -> Result<Vec<(String, String)>> {
    if api.types.is_empty() {
        return Ok(Vec::new());
    }
    let all: Vec<&Named> = api.types.iter().collect();
    let whole = source(api, "Requests and replies.", &all, None).print()?;
    if whole.lines().count() <= LONGEST || api.types.iter().all(|named| named.tag == api.types[0].tag) {
        return Ok(vec![("types.rs".to_owned(), whole)]);
    }
    let mut groups: BTreeMap<String, Vec<&Named>> = BTreeMap::new();
    for named in &api.types {
        groups.entry(file_of(named)).or_default().push(named);
    }
    let mut files = Vec::new();
    let mut map = format!(
        "//! Requests and replies, by what they are about.\n//!\n//! {} {}: do not edit.\n\n",
        super::HEADER,
        super::print::ORIGIN
    );
    for name in groups.keys() {
        map.push_str(&format!("mod {name};\n"));
    }
    map.push('\n');
    for (name, types) in &groups {
        let about = about(api, name);
        files.push((format!("types/{name}.rs"), source(api, &about, types, Some(name)).print()?));
        map.push_str(&format!("pub use {name}::{{{}}};\n", exported(api, types).join(", ")));
        let wires = wrappers(api, types);
        if !wires.is_empty() {
            map.push_str(&format!("pub(crate) use {name}::{{{}}};\n", wires.join(", ")));
        }
    }
    files.push(("types/mod.rs".to_owned(), super::format_rust(&map)?));
    Ok(files)
}

fn file_of(named: &Named) -> String {
    named.tag.as_deref().map_or_else(|| COMMON.to_owned(), snake)
}

fn about(api: &Api, name: &str) -> String {
    let tag = api.tags.iter().find(|(tag, _)| snake(tag) == name);
    match tag {
        Some((_, Some(description))) => description.trim().to_owned(),
        Some((tag, None)) => format!("Requests and replies of {tag}."),
        None => "Types that several groups of operations share.".to_owned(),
    }
}

/// The names of a file that others may use.
fn exported(api: &Api, types: &[&Named]) -> Vec<String> {
    let mut names: Vec<String> = types.iter().map(|named| named.name.clone()).collect();
    let text = |named: &Named| items(api, named).iter().map(ToString::to_string).collect::<String>();
    let builders = types.iter().filter(|named| text(named).contains("Builder"));
    names.extend(builders.map(|named| format!("{}Builder", named.name)));
    names.sort();
    names
}

fn wrappers(api: &Api, types: &[&Named]) -> Vec<String> {
    let wrapped = types.iter().filter(|named| match &named.shape {
        Shape::Struct(shape) => structs::writing(api, named, shape) == structs::Writing::Wrapped,
        _ => false,
    });
    let mut names: Vec<String> = wrapped.map(|named| format!("{}Wire", named.name)).collect();
    names.sort();
    names
}

fn source(api: &Api, about: &str, types: &[&Named], file: Option<&str>) -> Source {
    let mut source = Source::new(about);
    for name in types.iter().flat_map(|named| named.refers()) {
        let other = api.named(&name).filter(|named| file.is_some_and(|file| file_of(named) != file));
        if other.is_some() {
            source.knows(&format!("{name}Wire"), "super");
            source.knows(&name, "super");
        }
    }
    for named in types {
        items(api, named).into_iter().for_each(|item| source.item(item));
    }
    source
}

fn items(api: &Api, named: &Named) -> Vec<TokenStream> {
    match &named.shape {
        Shape::Struct(shape) => structs::items(api, named, shape),
        Shape::Union(variants) => unions::items(api, named, variants),
        Shape::Choice(choice) => choices::items(named, choice),
    }
}

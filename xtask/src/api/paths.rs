//! Paths as a user would write them, so that a module that moves inside another crate changes no line.

use std::collections::BTreeMap;

/// What needs no path in any program.
const PRELUDE: [&str; 34] = [
    "AsMut",
    "AsRef",
    "AsyncFn",
    "AsyncFnMut",
    "AsyncFnOnce",
    "Box",
    "Clone",
    "Copy",
    "Default",
    "DoubleEndedIterator",
    "Drop",
    "Eq",
    "ExactSizeIterator",
    "Extend",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "FromIterator",
    "Future",
    "Into",
    "IntoFuture",
    "IntoIterator",
    "Iterator",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Send",
    "Sized",
    "String",
    "Sync",
    "ToOwned",
    "Vec",
];

/// A path in a line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Found<'l> {
    /// Where it begins.
    pub(super) at: usize,
    /// From its crate to its name.
    pub(super) text: &'l str,
}

impl<'l> Found<'l> {
    /// The crate, as code names it.
    pub(super) fn of_crate(self) -> &'l str {
        self.text.split("::").next().unwrap_or(self.text)
    }
}

/// All paths of a line that begin with a crate.
pub(super) fn all(line: &str) -> Vec<Found<'_>> {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = line[at..].find(part).map(|offset| at + offset) {
        let mut end = start;
        loop {
            end += line[end..].find(|c| !part(c)).unwrap_or(line.len() - end);
            match line[end..].strip_prefix("::") {
                Some(rest) if rest.starts_with(part) => end += 2,
                _ => break,
            }
        }
        let text = &line[start..end];
        // Behind generics a path goes on, and a lifetime is none; types begin with a capital, crates do not.
        let whole = !line[..start].ends_with("::") && !line[..start].ends_with('\'');
        if whole && text.contains("::") && !text.starts_with(|c: char| c.is_uppercase()) {
            found.push(Found { at: start, text });
        }
        at = end;
    }
    found
}

/// The line with short paths: `std` for all of the standard library, the public place of an item of the workspace,
/// and only crate and name for others, whose inner modules are their own affair.
pub(super) fn readable(line: &str, own: &str, public: &BTreeMap<String, String>) -> String {
    let mut text = String::with_capacity(line.len());
    let mut done = 0;
    for path in all(line) {
        text.push_str(&line[done..path.at]);
        done = path.at + path.text.len();
        // The crate's own items are listed where they are found.
        if path.of_crate() == own {
            text.push_str(path.text);
        } else {
            text.push_str(&short(path, public));
        }
    }
    text.push_str(&line[done..]);
    text
}

fn short(path: Found<'_>, public: &BTreeMap<String, String>) -> String {
    let parts: Vec<&str> = path.text.split("::").collect();
    let name = parts.last().copied().unwrap_or_default();
    match parts[..] {
        ["core" | "alloc" | "std", "result", "Result"] => "Result".to_owned(),
        ["core" | "alloc" | "std", .., _] if PRELUDE.contains(&name) => name.to_owned(),
        ["core" | "alloc" | "std", module, _, ..] => format!("std::{module}::{name}"),
        // The half of serde that has no macros; nobody names it.
        ["serde_core", ..] => format!("serde::{name}"),
        _ => match public.get(path.text) {
            Some(place) => place.clone(),
            None if public.keys().any(|known| known.split("::").next() == Some(path.of_crate())) => {
                path.text.to_owned()
            }
            None => format!("{}::{name}", path.of_crate()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn readable_line(line: &str) -> String {
        let public = BTreeMap::from([("core_lib::hidden::Error".to_owned(), "core_lib::Error".to_owned())]);
        readable(line, "a", &public)
    }

    #[test]
    fn each_path_is_found_whole_and_once() {
        let line = "pub fn a::B<T>::c<'x>(&'x self, <T as core::fmt::Debug>::Out, &http::Map) -> T::Item";
        let found: Vec<&str> = all(line).iter().map(|found| found.text).collect();
        assert_eq!(found, ["a::B", "core::fmt::Debug", "http::Map"]);
    }

    #[test]
    fn the_standard_library_is_written_as_everybody_does() {
        let line = "pub fn a::f(alloc::vec::Vec<u8>, core::time::Duration) -> core::result::Result<std::path::PathBuf, \
            alloc::collections::btree::map::BTreeMap<(), core::fmt::Error>>";
        let expected = "pub fn a::f(Vec<u8>, std::time::Duration) -> Result<std::path::PathBuf, \
            std::collections::BTreeMap<(), std::fmt::Error>>";
        assert_eq!(readable_line(line), expected);
        assert_eq!(readable_line("pub fn a::f() -> core::fmt::Result"), "pub fn a::f() -> std::fmt::Result");
    }

    #[test]
    fn private_modules_of_other_crates_are_not_shown() {
        let line = "impl serde_core::ser::Serialize for a::X<core_lib::hidden::Error, http::header::map::HeaderMap>";
        assert_eq!(readable_line(line), "impl serde::Serialize for a::X<core_lib::Error, http::HeaderMap>");
    }

    #[test]
    fn the_crate_itself_shows_where_an_item_is_found() {
        let public = BTreeMap::from([("a::hidden::X".to_owned(), "a::X".to_owned())]);
        assert_eq!(readable("pub fn a::hidden::X::f()", "a", &public), "pub fn a::hidden::X::f()");
    }
}

//! Rust blocks: each is compiled by somebody.

use super::page::{Block, Page};
use crate::check::files::Tree;

/// What rustdoc compiles a block with; `ignore` and the like would only look as if they did.
const COMPILED: [&str; 4] = ["no_run", "should_panic", "compile_fail", "edition2024"];

/// Blocks of Rust on pages that no crate's documentation includes, and blocks that it would leave out.
pub(super) fn not_compiled(tree: &Tree, pages: &[Page]) -> Vec<String> {
    let included = included(tree);
    let mut problems = Vec::new();
    for page in pages {
        for block in page.blocks.iter().filter(|block| is_rust(block)) {
            let at = format!("{}:{}", page.file, block.line);
            let odd = attributes(block).find(|word| *word != "rust" && !COMPILED.contains(word));
            if let Some(odd) = odd {
                problems.push(format!(
                    "{at}: a Rust block that `{odd}` keeps from being compiled; call it `text` if it must be"
                ));
            } else if !included.contains(&page.file) {
                problems.push(format!(
                    "{at}: nobody compiles this block: include the page in a crate's doctests, as crates/pay-proof/src/lib.rs does"
                ));
            }
        }
    }
    problems
}

fn attributes(block: &Block) -> impl Iterator<Item = &str> {
    block.language.split([',', ' ']).filter(|word| !word.is_empty())
}

// Without a language rustdoc takes a block for Rust.
fn is_rust(block: &Block) -> bool {
    attributes(block).next().is_none_or(|first| first == "rust")
}

/// The pages that sources include as documentation, by their path from the top.
fn included(tree: &Tree) -> Vec<String> {
    let mut pages = Vec::new();
    for (file, text) in tree.sources() {
        let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
        for (_, rest) in text.match_indices("doc = include_str!(\"").map(|(at, found)| text[at..].split_at(found.len()))
        {
            let mut parts: Vec<&str> = folder.split('/').collect();
            for part in rest.split('"').next().unwrap_or_default().split('/') {
                if part == ".." {
                    parts.pop();
                } else {
                    parts.push(part);
                }
            }
            pages.push(parts.join("/"));
        }
    }
    pages
}

#[cfg(test)]
mod tests {
    use super::super::tests::pages;
    use super::*;
    use crate::check::files::Sample;

    #[test]
    fn what_a_crate_includes_is_compiled() {
        let block = |language: &str| format!("x\n\n```{language}\nlet x = 1;\n```\n");
        let sample = Sample::new(&[
            ("crates/a/src/lib.rs", "//! A.\n#![doc = include_str!(\"../README.md\")]\n"),
            ("crates/a/README.md", &block("rust,no_run")),
            ("docs/b.md", &block("sh")),
        ]);
        let problems = || not_compiled(&sample.tree(), &pages(&sample.tree()));
        assert_eq!(problems(), [""; 0]);
        sample.write("docs/b.md", &block("rust"));
        assert!(problems()[0].starts_with("docs/b.md:3: nobody compiles this block"), "{:?}", problems());
        sample.write("docs/b.md", &block(""));
        assert_eq!(problems().len(), 1, "rustdoc would take it for Rust");
        sample.write("docs/b.md", &block("text"));
        sample.write("crates/a/README.md", &block("rust,ignore"));
        assert!(problems()[0].contains("`ignore` keeps"), "{:?}", problems());
    }
}

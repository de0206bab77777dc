//! The step `markdown`: what the pages say can be followed.
//!
//! - `page` reads a page
//! - `links` follows links and paths
//! - `commands` looks for who runs what a page tells to run
//! - `rust` looks for who compiles what a page shows
//! - `settings` compares features, variables and versions with the crates
//! - `tables` asks of every table what holds it
//! - `maps` sees that the map of the guides leads to each, and that steps exist

mod commands;
mod links;
mod maps;
mod page;
mod rust;
mod settings;
mod tables;

use super::files::Tree;
use super::{Progress, Report};
use crate::Result;
use crate::workspace::Workspace;
use page::Page;

/// Holds every rule against every page.
pub(crate) fn run(workspace: &Workspace, _: &Progress) -> Result<Report> {
    let tree = Tree::of_repository(&workspace.root)?;
    let pages = pages(&tree);
    let steps = super::step_names();
    let rules = [
        links::broken(&tree, &pages, &locked(&tree)),
        commands::the_two(&tree, &pages),
        commands::unknown(&tree, workspace, &steps, &pages),
        rust::not_compiled(&tree, &pages),
        settings::drifted(&tree, workspace, &pages),
        tables::not_held(&tree, &steps, &pages),
        maps::drifted(&steps, &pages),
    ];
    let count = |of: fn(&Page) -> usize| pages.iter().map(of).sum::<usize>();
    let note = format!(
        "{} pages: {} links, {} blocks, {} tables",
        pages.len(),
        count(|page| page.links.len()),
        count(|page| page.blocks.len()),
        count(|page| page.tables.len())
    );
    let mut report = Report { note, ..Report::default() };
    for problems in rules {
        report.looked(None);
        report.problems.extend(problems);
    }
    Ok(report)
}

fn pages(tree: &Tree) -> Vec<Page> {
    let texts = tree.texts().filter(|(file, _)| file.ends_with(".md"));
    texts.map(|(file, text)| Page::read(file, &text)).collect()
}

/// The names of all crates that the lock file knows.
fn locked(tree: &Tree) -> Vec<String> {
    let lock = tree.text("Cargo.lock").unwrap_or_default();
    let names = lock.lines().filter_map(|line| line.strip_prefix("name = \""));
    names.map(|name| name.trim_end_matches('"').to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn pages(tree: &Tree) -> Vec<Page> {
        super::pages(tree)
    }
}

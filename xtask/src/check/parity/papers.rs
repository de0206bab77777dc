//! What a client's papers show: headings and tables of README and guide, and the names of its examples and tests.

use std::path::Path;

use crate::Result;

/// The names of the programs in a folder of examples or tests: files, and folders with a `main.rs`.
pub(super) fn programs(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))? {
        let path = entry?.path();
        let program = path.join("main.rs").is_file() || path.extension().is_some_and(|extension| extension == "rs");
        names.extend(path.file_stem().filter(|_| program).map(|stem| stem.to_string_lossy().into_owned()));
    }
    names.sort();
    Ok(names)
}

/// The headings of the second level, in order; what is fenced is code.
pub(super) fn headings(markdown: &str) -> Vec<String> {
    prose(markdown).filter_map(|line| line.strip_prefix("## ")).map(|heading| heading.trim().to_owned()).collect()
}

/// The columns of the tables below a heading of the second level.
pub(super) fn tables(markdown: &str, heading: &str) -> Vec<String> {
    let from = prose(markdown).skip_while(|line| line.strip_prefix("## ").is_none_or(|found| found.trim() != heading));
    let lines: Vec<&str> = from.skip(1).take_while(|line| !line.starts_with("## ")).collect();
    let heads = lines.windows(2).filter(|pair| pair[0].starts_with('|') && pair[1].starts_with("|-"));
    heads.map(|pair| pair[0].to_owned()).collect()
}

fn prose(markdown: &str) -> impl Iterator<Item = &str> {
    let mut fenced = false;
    markdown.lines().filter(move |line| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        !fenced && !fence
    })
}

/// Headings that two papers share and have in another order than the first.
pub(super) fn out_of_order(paper: &str, orders: &[(&str, Vec<String>)]) -> Vec<String> {
    let Some(((first, reference), others)) = orders.split_first() else { return Vec::new() };
    let problems = others.iter().filter_map(|(name, headings)| {
        let shared = |list: &[String], other: &[String]| {
            list.iter().filter(|heading| other.contains(heading)).cloned().collect::<Vec<_>>()
        };
        let (here, there) = (shared(headings, reference), shared(reference, headings));
        (here != there)
            .then(|| format!("{paper} of {name}: {} stand in another order than in {first}'s", here.join(", ")))
    });
    problems.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# X\n## A\n```rust\n## not this\n| nor | this |\n```\n### Below\n## B \n\n| Row | What |\n|---|---|\n| a | b |\n";

    #[test]
    fn headings_and_tables_are_found_outside_of_code() {
        assert_eq!(headings(TEXT), ["A", "B"]);
        assert_eq!(tables(TEXT, "B"), ["| Row | What |"]);
        assert_eq!(tables(TEXT, "A"), [""; 0]);
    }

    #[test]
    fn another_order_is_named_and_headings_of_ones_own_are_not() {
        let order = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let good = [("a", order(&["A", "B", "C"])), ("b", order(&["A", "own", "C"]))];
        assert_eq!(out_of_order("guide", &good), [""; 0]);
        let bad = [("a", order(&["A", "B"])), ("b", order(&["B", "A"]))];
        assert_eq!(out_of_order("guide", &bad).len(), 1);
    }
}

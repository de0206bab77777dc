//! Maps: the map of the guides leads to each page, and tables of steps name steps.

use super::page::Page;

const MAP: &str = "docs/README.md";

/// Pages that the map leaves out, and steps that a table names although there is none.
pub(super) fn drifted(steps: &[&str], pages: &[Page]) -> Vec<String> {
    let mut problems = unmapped(pages);
    for page in pages {
        for table in page.tables.iter().filter(|table| table.head.first().is_some_and(|head| head == "Step")) {
            // Other steps than those of `check` are numbered.
            for span in table.first_column().filter(|span| !steps.contains(span)) {
                problems.push(format!("{}:{}: no step `{span}` (cargo xtask check --list)", page.file, table.line));
            }
        }
    }
    problems
}

fn unmapped(pages: &[Page]) -> Vec<String> {
    let Some(map) = pages.iter().find(|page| page.file == MAP) else {
        return vec![format!("{MAP}: missing; it tells which guide is for whom")];
    };
    let led_to = |file: &str| map.links.iter().any(|link| link.to.split('#').next() == Some(file));
    let guides = pages.iter().filter(|page| page.file != MAP).filter_map(|page| page.file.strip_prefix("docs/"));
    guides.filter(|guide| !led_to(guide)).map(|guide| format!("{MAP}: does not lead to {guide}: add a row")).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::pages;
    use super::*;
    use crate::check::files::Sample;

    fn problems(map: &str, page: &str) -> Vec<String> {
        let sample = Sample::new(&[(MAP, map), ("docs/providers/a.md", page), ("crates/a/README.md", "# A\n")]);
        drifted(&["fmt"], &pages(&sample.tree()))
    }

    #[test]
    fn every_guide_is_on_the_map() {
        assert_eq!(problems("[a](providers/a.md#one)\n", "# A\n"), [""; 0]);
        let found = problems("[a](../crates/a/README.md)\n", "# A\n");
        assert_eq!(found, ["docs/README.md: does not lead to providers/a.md: add a row"]);
        assert_eq!(unmapped(&[]).len(), 1);
    }

    #[test]
    fn a_table_of_steps_names_steps() {
        let table =
            |step: &str| problems("[a](providers/a.md)\n", &format!("| Step | Is |\n|---|---|\n| {step} | x |\n"));
        assert_eq!(table("`fmt`"), [""; 0]);
        assert_eq!(table("1"), [""; 0]);
        assert_eq!(table("`gone`"), ["docs/providers/a.md:1: no step `gone` (cargo xtask check --list)"]);
    }
}

//! Puts the table between the markers of `docs/figures.md`; the prose around it is by hand.
//!
//! A run of some parts replaces their lines alone: those of the others stay, and the page says that they are older.

const START: &str = "<!-- figures: made by `cargo xtask bench --write`, not by hand -->\n";
const END: &str = "<!-- end of figures -->";
const OLDER: &str = "- Measured in an earlier run: ";
/// The lines that begin the table.
const HEAD: usize = 2;

/// The page with `table` in the place of the old one.
pub(crate) fn replaced(page: &str, table: &str) -> Result<String, String> {
    let missing = || format!("the page has no line {:?} and after it {END:?}", START.trim_end());
    let from = page.find(START).ok_or_else(missing)? + START.len();
    let to = from + page[from..].find(END).ok_or_else(missing)?;
    Ok(format!("{}\n{}\n\n{}", &page[..from], merged(&page[from..to], table).join("\n"), &page[to..]))
}

/// The lines of `new`, and those of the parts in `old` that `new` has not.
fn merged<'a>(old: &'a str, new: &'a str) -> Vec<std::borrow::Cow<'a, str>> {
    let measured: Vec<&str> = new.lines().filter_map(row_of).collect();
    let mut kept: Vec<&str> = Vec::new();
    for part in old.lines().skip_while(|line| row_of(line).is_none()).filter_map(row_of) {
        if !measured.contains(&part) && !kept.contains(&part) {
            kept.push(part);
        }
    }
    let of_kept = |line: &&str| row_of(line).or_else(|| said_of(line)).is_some_and(|part| kept.contains(&part));
    let (rows, said): (Vec<&str>, Vec<&str>) = old.lines().filter(of_kept).partition(|line| row_of(line).is_some());
    let (table, prose) = new.trim().split_once("\n\n").unwrap_or((new.trim(), ""));
    let mut lines: Vec<std::borrow::Cow<'_, str>> = table.lines().take(HEAD).map(Into::into).collect();
    lines.extend(rows.into_iter().map(Into::into));
    lines.extend(table.lines().skip(HEAD).map(Into::into));
    lines.push("".into());
    lines.extend(prose.lines().map(Into::into));
    if !kept.is_empty() {
        lines.push(format!("{OLDER}{}.", kept.join(", ")).into());
    }
    lines.extend(said.into_iter().map(Into::into));
    lines
}

/// The part of a row that holds figures.
fn row_of(line: &str) -> Option<&str> {
    let part = line.strip_prefix("| ")?.split(" |").next()?;
    (part != "part").then_some(part)
}

/// The part of a line that says what was measured.
fn said_of(line: &str) -> Option<&str> {
    line.strip_prefix("- ")?.split_once(": ").map(|(part, _)| part)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: &str = "| part | what |\n|---|---|\n";

    #[test]
    fn only_what_is_between_the_markers_changes() {
        let page = format!("# A\n\n{START}old\n{END}\n\nprose\n");
        let table = format!("{ROWS}| a | new |\n\n- Machine: m\n- a: said\n");
        let new = replaced(&page, &table).unwrap();
        assert_eq!(new, format!("# A\n\n{START}\n{table}\n{END}\n\nprose\n"));
        assert_eq!(replaced(&new, &table).unwrap(), new);
        assert!(replaced("# A\n", "x").unwrap_err().contains("end of figures"));
    }

    #[test]
    fn a_run_of_one_part_keeps_the_others_and_says_that_they_are_older() {
        let old =
            format!("{ROWS}| a | 1 |\n| b | 1 |\n| b | 2 |\n\n- Machine: m\n- a: said\n- b: said\n- Not run: x\n");
        let page = format!("{START}\n{old}\n{END}\n");
        let new = replaced(&page, &format!("{ROWS}| a | 9 |\n\n- Machine: n\n- a: again\n")).unwrap();
        let rows = "| b | 1 |\n| b | 2 |\n| a | 9 |\n";
        let said = "- Machine: n\n- a: again\n- Measured in an earlier run: b.\n- b: said\n";
        assert_eq!(new, format!("{START}\n{ROWS}{rows}\n{said}\n{END}\n"));
    }
}

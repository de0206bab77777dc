//! Puts the table between the markers of `docs/figures.md`; the prose around it is by hand.

const START: &str = "<!-- figures: made by `cargo xtask bench --write`, not by hand -->\n";
const END: &str = "<!-- end of figures -->";

/// The page with `table` in the place of the old one.
pub(crate) fn replaced(page: &str, table: &str) -> Result<String, String> {
    let missing = || format!("the page has no line {:?} and after it {END:?}", START.trim_end());
    let from = page.find(START).ok_or_else(missing)? + START.len();
    let to = from + page[from..].find(END).ok_or_else(missing)?;
    Ok(format!("{}\n{}\n{}", &page[..from], table.trim_end(), &page[to..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_markers_changes() {
        let page = format!("# A\n\n{START}old\n{END}\n\nprose\n");
        let new = replaced(&page, "| new |\n").unwrap();
        assert_eq!(new, format!("# A\n\n{START}\n| new |\n{END}\n\nprose\n"));
        assert_eq!(replaced(&new, "| new |\n").unwrap(), new);
        assert!(replaced("# A\n", "x").unwrap_err().contains("end of figures"));
    }
}

//! Versions of our crates that pages print: `pagamio = "0.1"`, `pagamio = { version = "0.1.0"`, `pagamio@0.1.0`.

use std::ops::Range;

/// What stands between a crate's name and its version.
const BETWEEN: [&str; 3] = [" = \"", " = { version = \"", "@"];

/// The page with this version of the crate; where a page says `0.1`, it goes on saying no more than that.
pub(super) fn with_version(page: &str, name: &str, version: &str) -> String {
    let mut changed = page.to_owned();
    // From the end, so that the places before stay where they are.
    for place in places(page, name).into_iter().rev() {
        let parts = page[place.clone()].split('.').count();
        changed.replace_range(place, &cut(version, parts));
    }
    changed
}

/// The versions of the crate that the page prints, and that are not this one.
pub(super) fn others(page: &str, name: &str, version: &str) -> Vec<String> {
    let printed = places(page, name).into_iter().map(|place| page[place].to_owned());
    printed.filter(|printed| *printed != cut(version, printed.split('.').count())).collect()
}

fn cut(version: &str, parts: usize) -> String {
    if parts < 3 { version.split('.').take(parts).collect::<Vec<_>>().join(".") } else { version.to_owned() }
}

fn places(page: &str, name: &str) -> Vec<Range<usize>> {
    let joins = |letter: char| letter.is_alphanumeric() || "-_/".contains(letter);
    let names = page.match_indices(name).filter(|(at, _)| !page[..*at].ends_with(joins));
    names
        .filter_map(|(at, _)| {
            let rest = &page[at + name.len()..];
            let between = BETWEEN.iter().find(|between| rest.starts_with(**between))?;
            let start = at + name.len() + between.len();
            let part = |letter: char| letter.is_ascii_alphanumeric() || ".-+".contains(letter);
            let length = page[start..].find(|letter| !part(letter)).unwrap_or(page.len() - start);
            let length = page[start..start + length].trim_end_matches('.').len();
            page[start..].starts_with(|letter: char| letter.is_ascii_digit()).then_some(start..start + length)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_changes_with_the_precision_that_it_has() {
        let page = "pay-core = \"0.1\"\npay-core = { version = \"0.1.0\", features = [] }\n`cargo add pay-core@0.1.0`.\n\
                    my-pay-core = \"0.1\"\npay-core-x = \"0.1\"\npay-core = \"*\"\nsee pay-core@0.1.\n";
        let new = with_version(page, "pay-core", "0.2.3");
        assert_eq!(
            new,
            "pay-core = \"0.2\"\npay-core = { version = \"0.2.3\", features = [] }\n`cargo add pay-core@0.2.3`.\n\
             my-pay-core = \"0.1\"\npay-core-x = \"0.1\"\npay-core = \"*\"\nsee pay-core@0.2.\n"
        );
        assert_eq!(others(page, "pay-core", "0.1.0"), [""; 0]);
        assert_eq!(others(page, "pay-core", "0.2.0").len(), 4);
        assert_eq!(with_version("a = \"0.1.0\"", "a", "0.2.0-beta.1"), "a = \"0.2.0-beta.1\"");
    }
}

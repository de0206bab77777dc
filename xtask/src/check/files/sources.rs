//! What each Rust file that a person wrote must look like.

use super::{Tree, has_word};
use crate::workspace::PROVIDERS;

/// How many lines of production code a file may have.
const LONGEST: usize = 400;

/// Each file starts by saying what it is.
pub(super) fn headers(tree: &Tree) -> Vec<String> {
    let bare = tree.sources().filter(|(_, text)| !text.starts_with("//!"));
    bare.map(|(file, _)| format!("{file}: must start with a `//!` sentence")).collect()
}

/// No file is too long to read at once; tests are not counted.
pub(super) fn lengths(tree: &Tree) -> Vec<String> {
    let mut problems = Vec::new();
    for (file, text) in tree.sources().filter(|(file, _)| !is_test(file)) {
        let lines = production_lines(&text);
        if lines > LONGEST {
            problems.push(format!("{file}: {lines} lines of production code, at most {LONGEST}"));
        }
    }
    problems
}

/// Floating point stays away from money; a comment may name it.
pub(super) fn floats(tree: &Tree) -> Vec<String> {
    let sources: Vec<String> =
        PROVIDERS.iter().chain(&["pay-core"]).map(|name| format!("crates/{name}/src/")).collect();
    let mut problems = Vec::new();
    for (file, text) in tree.texts() {
        let counts = file.ends_with(".rs") && sources.iter().any(|source| file.starts_with(source));
        if !counts {
            continue;
        }
        for (number, line) in (1..).zip(text.lines()) {
            let comment = line.trim_start().starts_with("//");
            if !comment && ["f32", "f64"].iter().any(|float| has_word(line, float)) {
                problems.push(format!("{file}:{number}: floating point: {}", line.trim()));
            }
        }
    }
    problems
}

pub(super) fn is_test(file: &str) -> bool {
    file.split('/').any(|part| part == "tests" || part == "tests.rs")
}

/// The lines before the file's own test module.
pub(super) fn production_lines(text: &str) -> usize {
    let lines: Vec<&str> = text.lines().collect();
    let starts_tests = |at: usize| {
        let mut following = lines[at + 1..].iter();
        let item = following.find(|line| !line.trim_start().starts_with("#["));
        item.is_some_and(|line| line.starts_with("mod tests {"))
    };
    let tests = lines.iter().enumerate().position(|(at, line)| *line == "#[cfg(test)]" && starts_tests(at));
    tests.unwrap_or(lines.len())
}

#[cfg(test)]
mod tests {
    use super::super::tests::Sample;
    use super::*;

    #[test]
    fn a_file_without_a_header_is_named() {
        let sample =
            Sample::new(&[("crates/a/src/lib.rs", "//! Fine.\n"), ("crates/a/src/generated/types.rs", "struct A;\n")]);
        assert!(headers(&sample.tree()).is_empty());
        sample.write("crates/a/tests/wire.rs", "#![allow(dead_code)]\n//! Late.\n");
        let problems = headers(&sample.tree());
        assert_eq!(problems.len(), 1);
        assert!(problems[0].starts_with("crates/a/tests/wire.rs: "));
    }

    #[test]
    fn a_file_that_is_too_long_is_named_and_tests_are_not_counted() {
        let lines = |count: usize| "let x = 1;\n".repeat(count);
        let tests = format!("#[cfg(test)]\n#[allow(x)]\nmod tests {{\n{}}}\n", lines(500));
        let sample = Sample::new(&[
            ("src/lib.rs", &lines(400)),
            ("src/own_tests.rs", &format!("{}{tests}", lines(399))),
            ("src/cell/tests.rs", &lines(900)),
            ("tests/wire.rs", &lines(900)),
            ("src/generated/types.rs", &lines(900)),
        ]);
        assert!(lengths(&sample.tree()).is_empty());
        sample.write("src/lib.rs", &lines(401));
        let other = "#[cfg(test)]\nmod tests;\n#[cfg(test)]\nuse std::fmt;\n";
        sample.write("src/own_tests.rs", &format!("{other}{}", lines(400)));
        assert_eq!(
            lengths(&sample.tree()),
            [
                "src/lib.rs: 401 lines of production code, at most 400",
                "src/own_tests.rs: 404 lines of production code, at most 400"
            ]
        );
    }

    #[test]
    fn floating_point_is_named_where_money_is() {
        let float = "//! Never f64.\nfn a(x: f64) {}\n";
        let sample = Sample::new(&[
            ("crates/pay-sandbox/src/lib.rs", float),
            ("crates/pagamio/tests/wire.rs", float),
            ("crates/pagamio/src/lib.rs", "//! Never f64.\n/// No f32.\nstruct Buf64;\n"),
        ]);
        assert!(floats(&sample.tree()).is_empty());
        sample.write("crates/pagamio/src/lib.rs", float);
        sample.write("crates/pay-core/src/generated/money.rs", "type A = Vec<f32>;\n");
        assert_eq!(
            floats(&sample.tree()),
            [
                "crates/pagamio/src/lib.rs:2: floating point: fn a(x: f64) {}",
                "crates/pay-core/src/generated/money.rs:1: floating point: type A = Vec<f32>;"
            ]
        );
    }
}

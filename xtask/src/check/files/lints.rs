//! Nothing takes back that `unwrap`, `expect` and `panic!` are denied in library code.

use super::{Crate, Tree};

/// What clippy calls them.
const LINTS: [&str; 3] = ["unwrap_used", "expect_used", "panic"];

/// The workspace asks for the lints, every published crate inherits them, and no production code waives one.
pub(super) fn panics(tree: &Tree, crates: &[Crate]) -> Vec<String> {
    let mut problems = Vec::new();
    let workspace = tree.text("Cargo.toml").unwrap_or_default();
    for lint in LINTS {
        if !workspace.contains(&format!("\n{lint} = \"warn\"\n")) {
            problems.push(format!("Cargo.toml: [workspace.lints.clippy] lacks {lint} = \"warn\""));
        }
    }
    for Crate { dir, .. } in crates.iter().filter(|member| member.published) {
        let file = format!("{dir}/Cargo.toml");
        if !tree.text(&file).is_some_and(|text| text.contains("[lints]\nworkspace = true")) {
            problems.push(format!("{file}: does not inherit the lints: [lints] workspace = true"));
        }
        let source = format!("{dir}/src/");
        let inside = tree.texts().filter(|(file, _)| file.starts_with(&source) && file.ends_with(".rs"));
        for (file, text) in inside.filter(|(file, _)| !super::sources::is_test(file)) {
            let production = super::sources::production_lines(&text);
            let lines = (1..).zip(text.lines().take(production));
            let waived = lines.filter(|(_, line)| waives(line));
            problems.extend(waived.map(|(number, line)| format!("{file}:{number}: in library code: {}", line.trim())));
        }
    }
    problems
}

/// An attribute that switches one of the lints off; an attribute of several lines has the lint on a line of its own.
fn waives(line: &str) -> bool {
    let code = line.trim_start();
    let named = LINTS.iter().any(|lint| super::has_word(code, &format!("clippy::{lint}")));
    let all = ["clippy::all", "clippy::restriction", "warnings"]
        .iter()
        .any(|group| ["allow", "expect"].iter().any(|waiver| code.contains(&format!("{waiver}({group}"))));
    !code.starts_with("//") && (named || all)
}

#[cfg(test)]
mod tests {
    use super::super::tests::Sample;
    use super::*;

    const WORKSPACE: &str =
        "[workspace.lints.clippy]\nunwrap_used = \"warn\"\nexpect_used = \"warn\"\npanic = \"warn\"\n";
    const MANIFEST: &str = "[package]\n\n[lints]\nworkspace = true\n";

    #[test]
    fn a_waiver_in_library_code_is_named_and_tests_may_have_one() {
        let tests = "//! A.\n#[cfg(test)]\n#[allow(clippy::unwrap_used)]\nmod tests {}\n";
        let sample = Sample::new(&[
            ("Cargo.toml", WORKSPACE),
            ("crates/a/Cargo.toml", MANIFEST),
            ("crates/a/src/lib.rs", tests),
            ("crates/a/src/b/tests.rs", "#![allow(clippy::unwrap_used)]\n"),
            ("crates/a/tests/b.rs", "#![allow(clippy::unwrap_used)]\n"),
            ("crates/own/src/main.rs", "#[allow(clippy::panic)]\n"),
        ]);
        let crates =
            [Crate { dir: "crates/a".into(), published: true }, Crate { dir: "crates/own".into(), published: false }];
        assert_eq!(panics(&sample.tree(), &crates), [""; 0]);
        sample.write(
            "crates/a/src/c.rs",
            "// clippy::panic is denied\n#[expect(clippy::expect_used)]\n#[allow(clippy::all)]\n",
        );
        sample.write("crates/a/src/generated/d.rs", "#![allow(\n    clippy::panic,\n)]\n");
        let found = panics(&sample.tree(), &crates);
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(
            found.contains(&"crates/a/src/c.rs:2: in library code: #[expect(clippy::expect_used)]".to_owned()),
            "{found:?}"
        );
    }

    #[test]
    fn a_crate_without_the_lints_and_a_workspace_without_one_are_named() {
        let sample =
            Sample::new(&[("Cargo.toml", &WORKSPACE.replace("panic", "todo")), ("crates/a/Cargo.toml", "[package]\n")]);
        let crates = [Crate { dir: "crates/a".into(), published: true }];
        let found = panics(&sample.tree(), &crates);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].contains("lacks panic") && found[1].contains("does not inherit"), "{found:?}");
    }
}

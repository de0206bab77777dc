//! What may lie at the top, and what a published crate holds.

use super::{Crate, Tree};

const TOP_FILES: [&str; 5] = ["Cargo.toml", "Cargo.lock", "README.md", "clippy.toml", "rustfmt.toml"];
const TOP_FOLDERS: [&str; 3] = ["crates", "docs", "xtask"];
const LICENCES: [&str; 2] = ["LICENSE-MIT", "LICENSE-APACHE"];

/// The top level holds only what a reader expects there.
pub(super) fn top_level(tree: &Tree) -> Vec<String> {
    let mut strangers: Vec<&str> = Vec::new();
    for file in &tree.files {
        let (name, known) = match file.split_once('/') {
            Some((folder, _)) => (folder, TOP_FOLDERS.contains(&folder)),
            None => (file.as_str(), TOP_FILES.contains(&file.as_str()) || file.starts_with("LICENSE-")),
        };
        if !known && !name.starts_with('.') && !strangers.contains(&name) {
            strangers.push(name);
        }
    }
    let problems = strangers.into_iter().map(|name| format!("{name}: does not belong to the top level"));
    problems.collect()
}

/// Published crates hold a README, a changelog and the licences; a licence is the same everywhere.
pub(super) fn crate_files(tree: &Tree, crates: &[Crate]) -> Vec<String> {
    let mut problems = Vec::new();
    for licence in LICENCES {
        let Some(original) = tree.text(licence) else {
            problems.push(format!("{licence}: missing"));
            continue;
        };
        for Crate { dir, published } in crates {
            let file = format!("{dir}/{licence}");
            match tree.text(&file) {
                Some(copy) if copy != original => {
                    problems.push(format!("{file}: differs, mend it with `cp {licence} {dir}/`"));
                }
                None if *published => {
                    problems.push(format!("{file}: missing, mend it with `cp {licence} {dir}/`"));
                }
                _ => {}
            }
        }
    }
    for Crate { dir, .. } in crates.iter().filter(|member| member.published) {
        for name in ["README.md", "CHANGELOG.md"] {
            let file = format!("{dir}/{name}");
            if tree.text(&file).is_none_or(|text| text.trim().is_empty()) {
                problems.push(format!("{file}: missing or empty"));
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::super::tests::Sample;
    use super::*;

    fn sample() -> Sample {
        Sample::new(&[
            ("Cargo.toml", ""),
            ("Cargo.lock", ""),
            ("README.md", ""),
            ("LICENSE-MIT", "MIT"),
            ("LICENSE-APACHE", "Apache"),
            (".ci/run", ""),
            (".gitignore", ""),
            ("docs/architecture.md", ""),
            ("xtask/src/main.rs", ""),
            ("crates/a/README.md", "a"),
            ("crates/a/CHANGELOG.md", "a"),
            ("crates/a/LICENSE-MIT", "MIT"),
            ("crates/a/LICENSE-APACHE", "Apache"),
            ("crates/demo/Cargo.toml", ""),
        ])
    }

    fn crates() -> [Crate; 2] {
        let member = |dir: &str, published| Crate { dir: dir.into(), published };
        [member("crates/a", true), member("crates/demo", false)]
    }

    #[test]
    fn strangers_at_the_top_are_named_once() {
        let sample = sample();
        assert!(top_level(&sample.tree()).is_empty());
        sample.write("notes.txt", "");
        sample.write("scripts/a.sh", "");
        sample.write("scripts/b.sh", "");
        let problems = top_level(&sample.tree());
        assert_eq!(
            problems,
            ["notes.txt: does not belong to the top level", "scripts: does not belong to the top level"]
        );
    }

    #[test]
    fn each_missing_file_of_a_published_crate_is_named() {
        for name in ["README.md", "CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE"] {
            let sample = sample();
            assert!(crate_files(&sample.tree(), &crates()).is_empty());
            let file = format!("crates/a/{name}");
            sample.remove(&file);
            let problems = crate_files(&sample.tree(), &crates());
            assert_eq!(problems.len(), 1, "{problems:?}");
            assert!(problems[0].starts_with(&file), "{problems:?}");
        }
    }

    #[test]
    fn a_licence_that_differs_is_named_even_where_none_is_needed() {
        let sample = sample();
        sample.write("crates/a/LICENSE-MIT", "MIT, changed");
        sample.write("crates/demo/LICENSE-APACHE", "Apache, changed");
        let problems = crate_files(&sample.tree(), &crates());
        assert_eq!(problems.len(), 2, "{problems:?}");
        assert!(problems[0].contains("cp LICENSE-MIT crates/a/"));
        assert!(problems[1].contains("cp LICENSE-APACHE crates/demo/"));
    }

    #[test]
    fn the_original_licences_must_be_there() {
        let sample = sample();
        sample.remove("LICENSE-APACHE");
        assert_eq!(crate_files(&sample.tree(), &crates()), ["LICENSE-APACHE: missing"]);
    }
}

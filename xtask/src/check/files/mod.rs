//! The step `files`: what lies in the repository, and what stands in it.
//!
//! - `layout` knows what may lie where, and what a published crate holds
//! - `lints` sees that nothing takes back what is denied
//! - `sources` reads Rust files: header, length, floating point
//! - `texts` reads every file: machine paths, registry hosts, unfinished marks
//! - `claims` looks for the tests that the guides name

pub(super) mod claims;
mod layout;
mod lints;
mod sources;
mod texts;

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Progress, Report};
use crate::workspace::Workspace;
use crate::{Error, Result};

/// Holds every rule against the repository.
pub(crate) fn run(workspace: &Workspace, _: &Progress) -> Result<Report> {
    let tree = Tree::of_repository(&workspace.root)?;
    let crates = crates(workspace);
    let rules = [
        layout::top_level(&tree),
        layout::crate_files(&tree, &crates),
        lints::panics(&tree, &crates),
        sources::headers(&tree),
        sources::lengths(&tree),
        sources::floats(&tree),
        texts::machine_paths(&tree),
        texts::registry_hosts(&tree),
        texts::unfinished_marks(&tree),
        claims::shown(&tree, &super::step_names()),
    ];
    let mut report = Report::default();
    for problems in rules {
        report.looked(None);
        report.problems.extend(problems);
    }
    Ok(report)
}

/// A crate as these rules see it.
#[derive(Debug)]
pub(super) struct Crate {
    /// Its folder from the top, with `/`.
    dir: String,
    published: bool,
}

fn crates(workspace: &Workspace) -> Vec<Crate> {
    let packages = workspace
        .packages
        .iter()
        .map(|package| Crate { dir: relative(&workspace.root, &package.dir), published: package.published });
    packages.collect()
}

/// The files of the repository, by their path from the top.
#[derive(Debug)]
pub(super) struct Tree {
    root: PathBuf,
    files: Vec<String>,
}

impl Tree {
    /// What git tracks or would, and without git what lies there, build output aside.
    pub(super) fn of_repository(root: &Path) -> Result<Self> {
        let listed = Command::new("git")
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .current_dir(root)
            .output();
        let Ok(output) = listed else {
            return Self::walk(root);
        };
        if !output.status.success() {
            return Self::walk(root);
        }
        let tree = Self::of_listing(root, &String::from_utf8_lossy(&output.stdout));
        if tree.files.is_empty() {
            return Err(Error::from("git lists no file, so nothing would be looked at"));
        }
        Ok(tree)
    }

    fn of_listing(root: &Path, names: &str) -> Self {
        // A tracked file may be deleted and not yet committed.
        let files = names.split('\0').filter(|name| root.join(name).is_file());
        Self { root: root.to_owned(), files: files.map(str::to_owned).collect() }
    }

    fn walk(root: &Path) -> Result<Self> {
        let mut files = Vec::new();
        let mut folders = vec![root.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder)? {
                let entry = entry?;
                let skipped = [".git", "target"].iter().any(|name| entry.file_name() == *name);
                if entry.file_type()?.is_dir() && !skipped {
                    folders.push(entry.path());
                } else if !skipped {
                    files.push(relative(root, &entry.path()));
                }
            }
        }
        files.sort();
        Ok(Self { root: root.to_owned(), files })
    }

    /// The paths, sorted as git lists them.
    pub(super) fn files(&self) -> &[String] {
        &self.files
    }

    /// The content, if it is there and text.
    pub(super) fn text(&self, file: &str) -> Option<String> {
        std::fs::read_to_string(self.root.join(file)).ok()
    }

    /// Every Rust file that a person wrote, with its content.
    pub(super) fn sources(&self) -> impl Iterator<Item = (&str, String)> {
        let written = |file: &&String| {
            let path = Path::new(file);
            path.extension().is_some_and(|extension| extension == "rs")
                && !path.components().any(|part| part.as_os_str() == "generated")
        };
        let files = self.files.iter().filter(written);
        files.filter_map(|file| Some((file.as_str(), self.text(file)?)))
    }

    /// Every text file with its content.
    pub(super) fn texts(&self) -> impl Iterator<Item = (&str, String)> {
        let files = self.files.iter();
        files.filter_map(|file| Some((file.as_str(), self.text(file)?)))
    }
}

fn relative(root: &Path, path: &Path) -> String {
    let path = path.strip_prefix(root).unwrap_or(path);
    path.to_string_lossy().replace('\\', "/")
}

/// Whether `word` stands in `text` with no letter, digit or underscore beside it.
fn has_word(text: &str, word: &str) -> bool {
    let joins = |character: char| character.is_alphanumeric() || character == '_';
    text.match_indices(word).any(|(start, _)| {
        let before = text[..start].chars().next_back();
        let after = text[start + word.len()..].chars().next();
        !before.is_some_and(joins) && !after.is_some_and(joins)
    })
}

#[cfg(test)]
pub(super) use tests::Sample;

#[cfg(test)]
mod tests {
    use super::*;

    /// A made-up repository in a folder that goes away with the test.
    pub(in crate::check) struct Sample {
        dir: tempfile::TempDir,
    }

    impl Sample {
        pub(in crate::check) fn new(files: &[(&str, &str)]) -> Self {
            let sample = Self { dir: tempfile::tempdir().unwrap() };
            for (file, text) in files {
                sample.write(file, text);
            }
            sample
        }

        pub(in crate::check) fn write(&self, file: &str, text: &str) {
            let path = self.dir.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }

        pub(in crate::check) fn remove(&self, file: &str) {
            std::fs::remove_file(self.dir.path().join(file)).unwrap();
        }

        pub(in crate::check) fn tree(&self) -> Tree {
            Tree::walk(self.dir.path()).unwrap()
        }
    }

    #[test]
    fn without_git_build_output_is_left_out() {
        let sample = Sample::new(&[("a/b.rs", ""), ("target/c.rs", ""), (".ci/run", "")]);
        assert_eq!(sample.tree().files, [".ci/run", "a/b.rs"]);
    }

    #[test]
    fn of_what_git_lists_only_what_is_there_is_read() {
        let sample = Sample::new(&[("a/b.rs", ""), ("not listed", "")]);
        let tree = Tree::of_listing(sample.dir.path(), "a/b.rs\0deleted.rs\0");
        assert_eq!(tree.files, ["a/b.rs"]);
    }

    #[test]
    fn generated_files_are_no_sources() {
        let sample = Sample::new(&[("src/lib.rs", ""), ("src/generated/types.rs", ""), ("a.md", "")]);
        let tree = sample.tree();
        let names: Vec<&str> = tree.sources().map(|(name, _)| name).collect();
        assert_eq!(names, ["src/lib.rs"]);
    }

    #[test]
    fn a_word_is_whole() {
        assert!(has_word("let x: f64;", "f64"));
        assert!(has_word("f64", "f64"));
        assert!(!has_word("buf64 f640 _f64", "f64"));
    }
}

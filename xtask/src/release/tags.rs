//! Which versions of a crate were released: the tags `<crate>-v<version>`.

use std::path::Path;
use std::process::{Command, Stdio};

use semver::Version;

use crate::{Error, Result};

/// A released version.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tag {
    /// The tag's name.
    pub(crate) name: String,
    /// The version that it names.
    pub(crate) version: Version,
}

/// The tag of a version of a crate.
pub(crate) fn name(package: &str, version: &Version) -> String {
    format!("{package}-v{version}")
}

/// The newest released version among the tags that the checked-out commit has behind it.
pub(crate) fn last(root: &Path, package: &str) -> Result<Option<Tag>> {
    let listed = git(root, &["tag", "--list", "--merged", "HEAD", &format!("{package}-v*")])?;
    let tags = listed.lines().filter_map(|tag| of(tag, package));
    Ok(tags.max_by(|a, b| a.version.cmp(&b.version)))
}

/// Only a whole version counts: `pay-core-v0.1.0` is no tag of a crate `pay`.
fn of(tag: &str, package: &str) -> Option<Tag> {
    let version = Version::parse(tag.strip_prefix(package)?.strip_prefix("-v")?).ok()?;
    let name = name(package, &version);
    (name == tag).then_some(Tag { name, version })
}

/// What git prints; its message if it fails.
pub(crate) fn git(root: &Path, arguments: &[&str]) -> Result<String> {
    let output = Command::new("git").args(arguments).current_dir(root).stdin(Stdio::null()).output()?;
    if !output.status.success() {
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(Error::from(format!("git {} failed: {}", arguments.join(" "), message.trim())));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository(tags: &[&str]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        let run = |arguments: &[&str]| git(dir.path(), arguments).unwrap();
        run(&["init", "--quiet"]);
        run(&["-c", "user.name=t", "-c", "user.email=t@t", "commit", "--quiet", "--allow-empty", "-m", "a"]);
        for tag in tags {
            run(&["tag", tag]);
        }
        dir
    }

    #[test]
    fn the_newest_version_counts_and_not_the_last_word() {
        let dir = repository(&["pay-core-v0.9.0", "pay-core-v0.10.0", "pay-core-v0.10.0-beta.1", "pay-core-vnext"]);
        assert_eq!(last(dir.path(), "pay-core").unwrap().unwrap().name, "pay-core-v0.10.0");
        assert_eq!(last(dir.path(), "pay").unwrap(), None);
    }

    #[test]
    fn a_tag_of_another_branch_is_not_the_last() {
        let dir = repository(&["a-v0.1.0"]);
        let run = |arguments: &[&str]| git(dir.path(), arguments).unwrap();
        run(&["checkout", "--quiet", "-b", "other"]);
        run(&["-c", "user.name=t", "-c", "user.email=t@t", "commit", "--quiet", "--allow-empty", "-m", "b"]);
        run(&["tag", "a-v0.2.0"]);
        run(&["checkout", "--quiet", "-"]);
        assert_eq!(last(dir.path(), "a").unwrap().unwrap().name, "a-v0.1.0");
    }

    #[test]
    fn where_git_fails_its_message_is_told() {
        let dir = tempfile::tempdir().unwrap();
        assert!(last(dir.path(), "a").unwrap_err().to_string().contains("not a git repository"));
    }
}

//! `release prepare`: every place where a version stands, in one commit; and what it refuses.

use super::registry::Registry;
use super::scratch::{Scratch, failure, text};

const CHANGELOG: &str = "crates/scratch-core/CHANGELOG.md";

/// A scratch whose core is released, and has changed since.
fn changed(registry: &Registry) -> Scratch {
    let scratch = Scratch::new(registry);
    text(scratch.release(&["publish", "--registry", "loopback"]));
    let changelog = scratch.read(CHANGELOG);
    let unreleased = "## [Unreleased]\n\n### Added\n\n- More.\n\n### Provider facts\n\n- It answers otherwise.\n";
    scratch.write(CHANGELOG, &changelog.replace("## [Unreleased]\n", unreleased));
    scratch.write(
        "README.md",
        "Take `scratch-core@0.1.0`, or:\n\n```toml\nscratch-core = \"0.1\"\nscratch-alpha = \"0.1\"\n```\n",
    );
    scratch.commit("a change");
    scratch
}

#[test]
fn a_version_stands_everywhere_after_one_commit() {
    let registry = Registry::start();
    let scratch = changed(&registry);
    let before = scratch.head();
    text(scratch.release(&["prepare", "scratch-core", "0.2.0"]));

    assert_eq!(scratch.git(&["rev-list", "--count", &format!("{before}..HEAD")]).trim(), "1");
    assert_eq!(scratch.git(&["status", "--porcelain"]), "");
    assert_eq!(scratch.git(&["log", "-1", "--format=%s"]).trim(), "scratch-core 0.2.0");
    let files = scratch.git(&["show", "--name-only", "--format=", "HEAD"]);
    let files: Vec<&str> = files.lines().collect();
    let core = ["CHANGELOG.md", "Cargo.toml", "README.md"].map(|file| format!("crates/scratch-core/{file}"));
    assert_eq!(files, ["Cargo.lock", "Cargo.toml", "README.md", &core[0], &core[1], &core[2]]);

    let changelog = scratch.read(CHANGELOG);
    let section = changelog.split("\n## ").find(|section| section.starts_with("[0.2.0] - 20")).unwrap();
    assert!(section.contains("### Provider facts\n\n- It answers otherwise."), "{changelog}");
    assert!(changelog.contains("## [Unreleased]\n\n## [0.2.0]"), "{changelog}");
    assert!(scratch.read("crates/scratch-core/Cargo.toml").contains("version = \"0.2.0\""));
    assert!(scratch.read("crates/scratch-core/README.md").contains("scratch-core = \"0.2.0\""));
    let manifest = scratch.read("Cargo.toml");
    assert!(manifest.contains("path = \"crates/scratch-core\", version = \"0.2.0\", default-features"), "{manifest}");
    assert!(manifest.contains("path = \"crates/scratch-alpha\", version = \"0.1.0\""), "{manifest}");
    assert!(scratch.read("Cargo.lock").contains("name = \"scratch-core\"\nversion = \"0.2.0\""));
    let page = scratch.read("README.md");
    assert!(page.contains("scratch-core@0.2.0") && page.contains("core = \"0.2\"") && page.contains("alpha = \"0.1\""));

    // It is what `publish` wants.
    text(scratch.release(&["publish", "--registry", "loopback"]));
    assert_eq!(registry.uploads().last().unwrap(), "scratch-core 0.2.0");
    assert!(scratch.tags().contains(&("scratch-core-v0.2.0".to_owned(), scratch.head())));
    let again = failure(&scratch.release(&["prepare", "scratch-core"]));
    assert!(again.contains("nothing to release"), "{again}");
}

#[test]
fn what_cannot_be_prepared_changes_nothing() {
    let registry = Registry::start();
    let scratch = changed(&registry);
    let before = scratch.head();
    let refused = |arguments: &[&str], words: &str| {
        let said = failure(&scratch.release(&[&["prepare"], arguments].concat()));
        assert!(said.contains(words), "{said}");
        assert_eq!(
            (scratch.head(), scratch.git(&["status", "--porcelain"])),
            (before.clone(), String::new()),
            "{said}"
        );
    };
    refused(&["scratch-core", "0.1.0"], "scratch-core 0.1.0 is too small");
    refused(&["scratch-alpha"], "nothing to release");
    refused(&["scratch-demo"], "no published crate \"scratch-demo\", there are: ");
    scratch.write("README.md", "changed\n");
    let dirty = failure(&scratch.release(&["prepare", "scratch-core", "0.2.0"]));
    assert!(dirty.contains("changes that no commit holds"), "{dirty}");
    assert_eq!(scratch.head(), before);
}

#[test]
fn a_page_that_prints_another_version_stops_the_release() {
    let registry = Registry::start();
    let scratch = Scratch::new(&registry);
    scratch.write("crates/scratch-beta/README.md", "scratch-core = \"0.3\"\n");
    scratch.commit("a wrong page");
    let said = failure(&scratch.release(&["publish", "--registry", "loopback"]));
    assert!(said.contains("scratch-core: crates/scratch-beta/README.md prints 0.3 of scratch-core"), "{said}");
    assert_eq!(registry.uploads(), [""; 0]);
}

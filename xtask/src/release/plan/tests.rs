//! The plan of a small repository, from its first tags on.

use super::*;
use crate::workspace::{Dependency, Package};

const CORE: &str = "\
rust-version 1.89

pub mod core_lib
pub enum core_lib::Kind
pub core_lib::Kind::One
pub fn core_lib::run()
";
const SHOP: &str = "\
rust-version 1.89
names core-lib

pub mod shop
pub fn shop::sell(core_lib::Kind)
";

/// A repository with two crates, of which the second is built on the first.
struct Sample {
    dir: tempfile::TempDir,
}

impl Sample {
    /// Both are released as 0.1.0.
    fn released() -> Self {
        let sample = Self { dir: tempfile::tempdir().unwrap() };
        sample.git(&["init", "--quiet"]);
        sample.write(
            "Cargo.toml",
            "[workspace.dependencies]\ncore-lib = { path = \"crates/core-lib\", version = \"0.1.0\" }\nhttp = \"1\"\n",
        );
        sample.write("crates/core-lib/Cargo.toml", "[dependencies]\nhttp.workspace = true\n");
        sample.write("crates/shop/Cargo.toml", "[dependencies]\ncore-lib.workspace = true\n");
        sample.write("docs/api/core-lib.txt", CORE);
        sample.write("docs/api/shop.txt", SHOP);
        sample.commit("the first version");
        sample.git(&["tag", "core-lib-v0.1.0"]);
        sample.git(&["tag", "shop-v0.1.0"]);
        sample
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.dir.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn git(&self, arguments: &[&str]) {
        let person = ["-c", "user.name=test", "-c", "user.email=test@example.com"];
        tags::git(self.dir.path(), &[&person[..], arguments].concat()).unwrap();
    }

    fn commit(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "-m", message]);
    }

    fn workspace(&self, versions: [&str; 2]) -> Workspace {
        let root = self.dir.path();
        let on_core = Dependency { name: "core-lib".into(), by_path: true, ..Dependency::default() };
        let package = |name: &str, version: &str, dependencies: Vec<Dependency>| Package {
            name: name.into(),
            version: version.into(),
            dir: root.join("crates").join(name),
            published: true,
            dependencies,
            ..Package::default()
        };
        let packages = vec![package("shop", versions[1], vec![on_core]), package("core-lib", versions[0], vec![])];
        Workspace { root: root.into(), packages, ..Workspace::default() }
    }

    fn plan(&self, bumps: &[(&str, Bump)]) -> Plan {
        self.plan_of(["0.1.0", "0.1.0"], bumps)
    }

    fn plan_of(&self, versions: [&str; 2], bumps: &[(&str, Bump)]) -> Plan {
        let bumps = bumps.iter().map(|(name, bump)| ((*name).to_owned(), *bump)).collect();
        make(&self.workspace(versions), &bumps, true).unwrap()
    }

    /// What both crates come to.
    fn next(&self) -> [String; 2] {
        let plan = self.plan(&[]);
        [0, 1].map(|index| plan.rows[index].next.to_string())
    }
}

#[test]
fn unchanged_is_nothing_to_release() {
    let sample = Sample::released();
    assert_eq!(sample.next(), ["0.1.0", "0.1.0"]);
    assert!(sample.plan(&[]).rows.iter().all(|row| !row.is_due() && row.changes.is_empty()));
}

#[test]
fn an_added_function_is_a_patch_before_one_and_forces_nobody() {
    let sample = Sample::released();
    sample.write("docs/api/core-lib.txt", &format!("{CORE}pub fn core_lib::walk()\n"));
    sample.write("crates/core-lib/src/lib.rs", "");
    sample.commit("core-lib: walk");
    assert_eq!(sample.next(), ["0.1.1", "0.1.0"]);
    let core = &sample.plan(&[]).rows[0];
    assert_eq!(core.commits, ["core-lib: walk"]);
    assert_eq!(core.changes[0].what, "added: pub fn core_lib::walk()");
    assert_eq!(core.changes[1].what, "packed files changed: src/lib.rs");
}

#[test]
fn a_removed_function_breaks_and_so_do_those_built_on_it() {
    let sample = Sample::released();
    sample.write("docs/api/core-lib.txt", &CORE.replace("pub fn core_lib::run()\n", ""));
    sample.commit("core-lib: run is gone");
    assert_eq!(sample.next(), ["0.2.0", "0.2.0"]);
    let plan = sample.plan(&[("core-lib", Bump::Patch)]);
    let said = text::refusals(&plan);
    assert!(said.contains("core-lib: patch is too small, minor is needed"), "{said}");
    assert!(said.contains("removed: pub fn core_lib::run()"), "{said}");
    let said = text::refusals(&sample.plan(&[("shop", Bump::Patch)]));
    assert!(said.contains("shop: patch is too small") && said.contains("moves to core-lib 0.2.0"), "{said}");
    assert_eq!(text::refusals(&sample.plan(&[("shop", Bump::Minor)])), "");
}

#[test]
fn a_variant_of_an_enum_that_is_matched_whole_breaks() {
    let sample = Sample::released();
    sample.write("docs/api/core-lib.txt", &format!("{CORE}pub core_lib::Kind::Two\n"));
    sample.commit("core-lib: two");
    assert_eq!(sample.next(), ["0.2.0", "0.2.0"]);
}

#[test]
fn a_readme_is_a_patch_and_tests_and_changelog_are_nothing() {
    let sample = Sample::released();
    sample.write("crates/core-lib/tests/a.rs", "");
    sample.write("crates/core-lib/CHANGELOG.md", "");
    sample.commit("tests");
    assert_eq!(sample.next(), ["0.1.0", "0.1.0"]);
    sample.write("crates/shop/README.md", "more");
    sample.commit("a better README");
    assert_eq!(sample.next(), ["0.1.0", "0.1.1"]);
}

#[test]
fn what_the_workspace_says_of_a_dependency_changes_those_that_inherit_it() {
    let sample = Sample::released();
    let shared = std::fs::read_to_string(sample.dir.path().join("Cargo.toml")).unwrap();
    sample.write("Cargo.toml", &shared.replace("http = \"1\"", "http = \"1.3\""));
    sample.commit("http 1.3");
    assert_eq!(sample.next(), ["0.1.1", "0.1.0"]);
    assert!(sample.plan(&[]).rows[0].changes[0].what.contains("http"));
    // Where the crate below has broken and is released already, its bound tells.
    sample.write("Cargo.toml", &shared.replace("version = \"0.1.0\"", "version = \"0.2.0\""));
    sample.commit("core-lib 0.2");
    sample.git(&["tag", "core-lib-v0.2.0"]);
    let plan = sample.plan_of(["0.2.0", "0.1.0"], &[]);
    assert_eq!(plan.rows.iter().map(|row| row.next.to_string()).collect::<Vec<_>>(), ["0.2.0", "0.2.0"]);
}

#[test]
fn an_api_that_nobody_wrote_down_at_the_tag_breaks() {
    let sample = Sample::released();
    sample.git(&["tag", "--delete", "shop-v0.1.0"]);
    std::fs::remove_file(sample.dir.path().join("docs/api/shop.txt")).unwrap();
    sample.commit("not yet");
    sample.git(&["tag", "shop-v0.1.0"]);
    sample.write("docs/api/shop.txt", SHOP);
    sample.commit("now");
    assert_eq!(sample.next(), ["0.1.0", "0.1.0"], "nothing changed");
    sample.write("crates/shop/src/lib.rs", "");
    sample.commit("more");
    assert_eq!(sample.next(), ["0.1.0", "0.2.0"]);
}

#[test]
fn without_tags_the_manifests_say_what_comes_and_no_compiler_is_asked() {
    let sample = Sample::released();
    sample.git(&["tag", "--delete", "shop-v0.1.0", "core-lib-v0.1.0"]);
    let plan = make(&sample.workspace(["0.1.0", "0.3.0"]), &BTreeMap::new(), false).unwrap();
    assert_eq!(plan.rows.iter().map(|row| row.next.to_string()).collect::<Vec<_>>(), ["0.1.0", "0.3.0"]);
    assert!(plan.rows.iter().all(|row| row.released.is_none() && row.is_due()));
}

#[test]
fn a_crate_that_is_not_there_is_named() {
    let sample = Sample::released();
    let bumps = BTreeMap::from([("shopp".to_owned(), Bump::Patch)]);
    let error = make(&sample.workspace(["0.1.0", "0.1.0"]), &bumps, true).unwrap_err().to_string();
    assert!(error.contains("shopp") && error.contains("core-lib, shop"), "{error}");
}

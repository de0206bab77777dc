//! `cargo xtask api` and `cargo xtask release plan` on a small workspace, from code to proposed versions.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

const CORE: &str = "//! A crate of a test.

mod hidden {
    /// What is there.
    #[derive(Debug)]
    pub enum Kind {
        /// One.
        One,
    }
}
pub use hidden::Kind;

/// Private fields.
#[derive(Debug, Default)]
pub struct Closed {
    /// Seen.
    pub seen: u8,
    unseen: u8,
}

impl Closed {
    /// Of which nobody else knows.
    pub fn unseen(&self) -> u8 {
        self.unseen
    }
}

/// Can be implemented.
pub trait Source {
    /// Must be there.
    fn wanted(&self) -> Kind;
    /// Is there.
    fn given(&self) -> u8 {
        1
    }
}

/// With generics.
pub trait Into2 {
    /// Makes it.
    fn make<T>(&self) -> Option<T>;
}

/// Runs.
pub fn run() {}
";
const SHOP: &str = "//! A crate of a test.

pub use core_lib::Kind;

/// Sells.
///
/// # Errors
/// When sold out.
pub fn sell(_: &Kind, _: std::time::Duration) -> Result<String, std::fmt::Error> {
    Ok(String::new())
}
";

struct Scratch {
    dir: tempfile::TempDir,
}

impl Scratch {
    fn new() -> Self {
        let scratch = Self { dir: tempfile::tempdir().unwrap() };
        scratch.write("Cargo.toml", "[workspace]\nresolver = \"3\"\nmembers = [\"crates/*\"]\n");
        scratch.write(".gitignore", "/target\n");
        scratch.member("core-lib", CORE, "");
        scratch.member("shop", SHOP, "[dependencies]\ncore-lib = { path = \"../core-lib\", version = \"0.1.0\" }\n");
        scratch.git(&["init", "--quiet"]);
        scratch
    }

    fn member(&self, name: &str, code: &str, rest: &str) {
        let package = "version = \"0.1.0\"\nedition = \"2024\"\nrust-version = \"1.89\"\n";
        self.write(&format!("crates/{name}/Cargo.toml"), &format!("[package]\nname = \"{name}\"\n{package}\n{rest}"));
        self.write(&format!("crates/{name}/src/lib.rs"), code);
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.dir.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.dir.path().join(file)).unwrap()
    }

    fn git(&self, arguments: &[&str]) {
        let mut git = Command::new("git");
        git.args(["-c", "user.name=test", "-c", "user.email=test@example.com"]).args(arguments);
        assert!(git.current_dir(self.dir.path()).status().unwrap().success(), "{arguments:?}");
    }

    fn commit(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "-m", message]);
    }

    /// `cargo xtask ...` here.
    fn xtask(&self, arguments: &[&str]) -> Output {
        let mut xtask = Command::new(env!("CARGO_BIN_EXE_xtask"));
        xtask.args(arguments).current_dir(self.dir.path()).env("CARGO_MANIFEST_DIR", self.dir.path().join("xtask"));
        xtask.env_remove("CARGO_TARGET_DIR").env_remove("RUSTFLAGS").env_remove("RUSTDOCFLAGS");
        xtask.stdin(Stdio::null()).output().unwrap()
    }

    /// Standard output and error of a run, and whether it succeeded.
    fn said(&self, arguments: &[&str]) -> (String, bool) {
        let output = self.xtask(arguments);
        let text = [output.stdout, output.stderr].concat();
        (String::from_utf8_lossy(&text).into_owned(), output.status.success())
    }
}

/// Whether the pinned compiler is here; else what the run of all tests is told.
fn has_compiler(said: &str) -> bool {
    if !said.contains("which is missing") {
        return true;
    }
    assert!(std::env::var_os("PAY_REQUIRE_ALL").is_none_or(|value| value != "1"), "{said}");
    println!("not run: {said}");
    if let Some(file) = std::env::var_os("PAY_NOT_RUN_FILE") {
        let mut file = std::fs::OpenOptions::new().append(true).create(true).open(file).unwrap();
        writeln!(file, "release plan: Rust 1.95.0 not found").unwrap();
    }
    false
}

#[test]
fn from_code_to_versions() {
    let scratch = Scratch::new();
    let (said, fine) = scratch.said(&["api", "--write"]);
    if !has_compiler(&said) {
        return;
    }
    assert!(fine, "{said}");
    let core = scratch.read("docs/api/core-lib.txt");
    for line in [
        "rust-version 1.89",
        "pub enum core_lib::Kind",
        "pub core_lib::Kind::One",
        "impl std::fmt::Debug for core_lib::Kind",
        "pub struct core_lib::Closed { .. }",
        "pub core_lib::Closed::seen: u8",
        "pub fn core_lib::Closed::unseen(&self) -> u8",
        "impl Default for core_lib::Closed",
        "pub fn core_lib::Source::wanted(&self) -> core_lib::Kind",
        "pub fn core_lib::Source::given(&self) -> u8 { .. }",
        "pub trait core_lib::Source",
        "pub trait core_lib::Into2 (not dyn)",
        "pub fn core_lib::run()",
    ] {
        assert!(core.lines().any(|found| found == line), "{line} is not in\n{core}");
    }
    assert!(!core.contains("hidden") && !core.contains("Send for") && !core.contains("::fmt("), "{core}");
    let shop = scratch.read("docs/api/shop.txt");
    let sell = "pub fn shop::sell(&core_lib::Kind, std::time::Duration) -> Result<String, std::fmt::Error>";
    for line in ["names core-lib", "pub use shop::Kind = core_lib::Kind", sell] {
        assert!(shop.lines().any(|found| found == line), "{line} is not in\n{shop}");
    }
    scratch.commit("the first version");
    let (said, fine) = scratch.said(&["release", "plan"]);
    assert!(fine && said.matches("first release").count() == 2, "{said}");
    scratch.git(&["tag", "core-lib-v0.1.0"]);
    scratch.git(&["tag", "shop-v0.1.0"]);
    let (said, fine) = scratch.said(&["release", "plan"]);
    assert!(fine && said.matches("nothing to release").count() == 2, "{said}");

    // An enum that others match gets a variant.
    scratch.write("crates/core-lib/src/lib.rs", &CORE.replace("One,", "One,\n        /// Two.\n        Two,"));
    let (said, fine) = scratch.said(&["release", "plan"]);
    assert!(!fine && said.contains("+ pub core_lib::Kind::Two"), "the texts lag behind: {said}");
    let (said, fine) = scratch.said(&["check", "api"]);
    assert!(!fine && said.contains("cargo xtask api --write core-lib"), "{said}");
    let (said, fine) = scratch.said(&["api", "--write", "core-lib"]);
    assert!(fine && said.contains("docs/api/core-lib.txt written"), "{said}");
    scratch.commit("Two");
    let (said, fine) = scratch.said(&["release", "plan"]);
    assert!(fine, "{said}");
    for words in [
        "core-lib  0.1.0 → 0.2.0  needs minor: breaking",
        "added: pub core_lib::Kind::Two  (whoever matches has no arm for it)",
        "shop      0.1.0 → 0.2.0  needs minor: breaking",
        "moves to core-lib 0.2.0, whose types its public API names",
    ] {
        assert!(said.contains(words), "{words} is not in\n{said}");
    }
    let (said, fine) = scratch.said(&["release", "plan", "--kept", "--bump", "shop=patch"]);
    assert!(!fine && said.contains("refused: shop: patch is too small, minor is needed"), "{said}");
}

#[test]
fn a_foreign_type_is_named_with_its_item() {
    let scratch = Scratch::new();
    // A crate from elsewhere: not a member, so no package of this workspace.
    scratch.write("crates-of-others/far/Cargo.toml", "[package]\nname = \"far\"\nversion = \"0.3.1\"\n");
    scratch.write("crates-of-others/far/src/lib.rs", "pub mod inner { pub struct Away; }\n");
    scratch.member(
        "shop",
        "//! A crate of a test.\n\n/// Sells.\npub fn sell(_: far::inner::Away) {}\n",
        "[dependencies]\nfar = { path = \"../../crates-of-others/far\", version = \"0.3\" }\n",
    );
    scratch.write(
        "Cargo.toml",
        "[workspace]\nresolver = \"3\"\nmembers = [\"crates/*\"]\nexclude = [\"crates-of-others\"]\n",
    );
    let (said, fine) = scratch.said(&["api", "--write"]);
    if !has_compiler(&said) {
        return;
    }
    assert!(!fine && said.contains("shop names a type of far: pub fn shop::sell(far::Away)"), "{said}");
    assert!(scratch.read("docs/api/shop.txt").contains("\nnames far 0.3\n"));
    scratch.write("docs/api/foreign.toml", "[everywhere]\n[exceptions.shop]\nfar = \"a test\"\n");
    let (said, fine) = scratch.said(&["check", "api"]);
    assert!(fine, "{said}");
}

//! A small workspace of the same shape as this one, as a git repository, with a registry of its own.

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use super::registry::Registry;

/// Name, and whether it needs `scratch-core`. Cargo orders them otherwise than their names do.
const CRATES: [(&str, bool); 3] = [("scratch-alpha", true), ("scratch-core", false), ("scratch-beta", true)];

pub(crate) struct Scratch {
    pub(crate) dir: tempfile::TempDir,
    home: tempfile::TempDir,
}

impl Scratch {
    pub(crate) fn new(registry: &Registry) -> Self {
        let scratch = Self { dir: tempfile::tempdir().unwrap(), home: tempfile::tempdir().unwrap() };
        let write = |path: &str, text: &str| scratch.write(path, text);
        write(
            "Cargo.toml",
            "[workspace]\nresolver = \"3\"\nmembers = [\"crates/*\"]\n\n[workspace.package]\nedition = \"2024\"\n\
             license = \"MIT OR Apache-2.0\"\n\n[workspace.dependencies]\n\
             scratch-alpha = { path = \"crates/scratch-alpha\", version = \"0.1.0\" }\n\
             scratch-core = { path = \"crates/scratch-core\", version = \"0.1.0\", default-features = false }\n",
        );
        write(".gitignore", "/target\n");
        let index = &registry.address;
        write(
            ".cargo/config.toml",
            &format!(
                "[source.crates-io]\nreplace-with = \"loopback\"\n\n\
                 [registries.loopback]\nindex = \"sparse+{index}/index/\"\n"
            ),
        );
        for (name, needs_core) in CRATES {
            let needs = if needs_core { "[dependencies]\nscratch-core.workspace = true\n\n" } else { "" };
            scratch.member(
                name,
                &format!(
                    "[package]\nname = \"{name}\"\ndescription = \"A crate of a test\"\nversion = \"0.1.0\"\n\
                     edition.workspace = true\nlicense.workspace = true\n\n{needs}\
                     [dev-dependencies]\nscratch-demo = {{ path = \"../scratch-demo\" }}\n"
                ),
            );
        }
        scratch.member("scratch-demo", "[package]\nname = \"scratch-demo\"\nversion = \"0.1.0\"\npublish = false\n");
        scratch.cargo(&["generate-lockfile", "--quiet"]);
        scratch.git(&["init", "--quiet"]);
        scratch.commit("the first version");
        scratch
    }

    fn member(&self, name: &str, manifest: &str) {
        let dir = format!("crates/{name}");
        self.write(&format!("{dir}/Cargo.toml"), manifest);
        self.write(&format!("{dir}/src/lib.rs"), "//! A crate of a test.\n");
        self.write(&format!("{dir}/README.md"), &format!("# {name}\n\n```toml\n{name} = \"0.1.0\"\n```\n"));
        self.write(
            &format!("{dir}/CHANGELOG.md"),
            "# Changelog\n\n## [Unreleased]\n\n## [0.1.0] - 2026-11-01\n\n- All.\n",
        );
        self.write(&format!("{dir}/LICENSE-MIT"), "MIT\n");
        self.write(&format!("{dir}/LICENSE-APACHE"), "Apache\n");
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.dir.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.dir.path().join(path)).unwrap()
    }

    pub(crate) fn commit(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "-m", message]);
    }

    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        let mut git = Command::new("git");
        git.args(["-c", "user.name=test", "-c", "user.email=test@example.com"]).args(arguments);
        text(git.current_dir(self.dir.path()).output().unwrap())
    }

    fn cargo(&self, arguments: &[&str]) {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap());
        text(self.surroundings(&mut cargo).args(arguments).output().unwrap());
    }

    /// `cargo xtask release ...` here.
    pub(crate) fn release(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// The same in a process group of its own, with what it says in files that nobody has to read.
    pub(crate) fn start(&self, arguments: &[&str]) -> Child {
        use std::os::unix::process::CommandExt as _;
        self.command(arguments).process_group(0).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut xtask = Command::new(env!("CARGO_BIN_EXE_xtask"));
        self.surroundings(&mut xtask).arg("release").args(arguments);
        xtask
    }

    /// Nothing of whoever runs the test: no registry, proxy, target folder or name of theirs.
    fn surroundings<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        for name in
            ["CARGO_TARGET_DIR", "http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
        {
            command.env_remove(name);
        }
        let person =
            |name: &str| [(format!("GIT_{name}_NAME"), "test"), (format!("GIT_{name}_EMAIL"), "test@example.com")];
        command
            .current_dir(self.dir.path())
            .env("CARGO_MANIFEST_DIR", self.dir.path().join("xtask"))
            .env("CARGO_HOME", self.home.path())
            .env("CARGO_REGISTRIES_LOOPBACK_TOKEN", "worthless")
            .envs(person("AUTHOR").into_iter().chain(person("COMMITTER")))
            .stdin(Stdio::null())
    }

    /// Every tag, each with the commit it is set at.
    pub(crate) fn tags(&self) -> Vec<(String, String)> {
        let listed = self.git(&["tag", "--list", "--format=%(refname:short) %(objectname)"]);
        let pair = |line: &str| line.split_once(' ').map(|(tag, commit)| (tag.to_owned(), commit.to_owned()));
        listed.lines().filter_map(pair).collect()
    }

    pub(crate) fn head(&self) -> String {
        self.git(&["rev-parse", "HEAD"]).trim().to_owned()
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }
}

/// What a program printed, and its failure as the test's own.
pub(crate) fn text(output: Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
    text(&output.stdout)
}

/// What a program said when it failed.
pub(crate) fn failure(output: &Output) -> String {
    assert!(!output.status.success(), "it did not fail: {}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8_lossy(&output.stderr).into_owned()
}

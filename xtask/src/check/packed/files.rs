//! The packed crates, unpacked in a folder of their own outside the workspace.

use std::collections::hash_map::DefaultHasher;
use std::fmt::Write as _;
use std::hash::{Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use toml_edit::DocumentMut;

use super::output;
use crate::Result;
use crate::workspace::{Package, Workspace, cargo};

/// The folder that a stranger works in. It goes away with its owner.
pub(super) struct Packed {
    /// Outside of the workspace, so that no crate is taken from there.
    pub(super) root: PathBuf,
    /// Where libraries are built, so that those of others are not built once more for this.
    build: PathBuf,
    /// Name and version of each published crate.
    crates: Vec<(String, String)>,
    /// The workspace's lock file: the same third-party versions as everywhere else in a check.
    pub(super) lock: PathBuf,
}

impl Packed {
    /// Packs every published crate and unpacks it.
    pub(super) fn new(workspace: &Workspace) -> Result<Self> {
        let published: Vec<&Package> = workspace.packages.iter().filter(|package| package.published).collect();
        // One folder for each checkout: what cargo builds belongs to a path, and new paths would fill the disk.
        let mut hasher = DefaultHasher::new();
        workspace.root.hash(&mut hasher);
        let root = std::env::temp_dir().join(format!("packed-crates-{:016x}", hasher.finish()));
        let packed = Self {
            root,
            build: workspace.target.clone(),
            crates: published.iter().map(|package| (package.name.clone(), package.version.clone())).collect(),
            lock: workspace.root.join("Cargo.lock"),
        };
        // What a killed run has left.
        let _ = std::fs::remove_dir_all(&packed.root);
        std::fs::create_dir_all(packed.root.join("crates"))?;
        let mut pack = cargo();
        // The next line of a clean checkout is the commit that is checked; someone who works on it wants the check too.
        pack.args(["package", "--quiet", "--no-verify", "--allow-dirty", "--target-dir"]).arg(&workspace.target);
        output(pack.args(packed.crates.iter().flat_map(|(name, _)| ["--package", name])))?;
        for (name, version) in &packed.crates {
            let file = workspace.target.join("package").join(format!("{name}-{version}.crate"));
            // Every packed file bears the same date of long ago, by which cargo would take a changed one for built.
            output(Command::new("tar").args(["-xzmf"]).arg(file).arg("-C").arg(packed.root.join("crates")))?;
        }
        std::fs::create_dir(packed.root.join(".cargo"))?;
        let manifest = std::fs::read_to_string(workspace.root.join("Cargo.toml"))?;
        std::fs::write(packed.root.join(".cargo/config.toml"), packed.config(&manifest)?)?;
        Ok(packed)
    }

    /// Where a crate is unpacked.
    pub(super) fn dir(&self, name: &str) -> Result<PathBuf> {
        let version = self.version(name)?;
        Ok(self.root.join("crates").join(format!("{name}-{version}")))
    }

    /// The packed version of a crate.
    pub(super) fn version(&self, name: &str) -> Result<&str> {
        let found = self.crates.iter().find(|(known, _)| known == name);
        found.map(|(_, version)| version.as_str()).ok_or_else(|| format!("{name} is not published").into())
    }

    /// Cargo in one of the stranger's folders.
    pub(super) fn cargo(&self, folder: &Path) -> Command {
        let mut command = cargo();
        command.current_dir(folder).env("CARGO_TARGET_DIR", self.root.join("out"));
        command.env("CARGO_BUILD_BUILD_DIR", &self.build);
        command
    }

    /// A program that was built there.
    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.root.join("out/debug").join(name).with_extension(std::env::consts::EXE_EXTENSION)
    }

    /// Crates of this workspace come from what is unpacked; others are compiled as the workspace compiles them.
    fn config(&self, manifest: &str) -> Result<String> {
        let mut config = "[patch.crates-io]\n".to_owned();
        for (name, version) in &self.crates {
            writeln!(config, "{name} = {{ path = \"crates/{name}-{version}\" }}")?;
        }
        let mut manifest: DocumentMut = manifest.parse()?;
        let mut profiles = DocumentMut::new();
        if let Some(profile) = manifest.remove("profile") {
            profiles.insert("profile", profile);
        }
        Ok(format!("{config}\n{profiles}"))
    }
}

impl Drop for Packed {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.root);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_config_takes_our_crates_from_the_folder_and_keeps_the_profile() {
        let packed = Packed {
            root: "no-such-folder".into(),
            build: "t".into(),
            crates: vec![("a".into(), "0.2.0".into())],
            lock: "Cargo.lock".into(),
        };
        let config = packed.config("[workspace]\n[profile.dev]\ndebug = 1\n[profile.dev.package]\nb.opt-level = 3\n");
        let config = config.unwrap();
        assert!(config.contains("a = { path = \"crates/a-0.2.0\" }"), "{config}");
        assert!(config.contains("[profile.dev]\ndebug = 1\n"), "{config}");
        assert!(config.contains("b.opt-level = 3") && !config.contains("workspace"), "{config}");
        assert!(packed.dir("a").unwrap().ends_with("crates/a-0.2.0"));
        assert!(packed.dir("b").is_err());
    }
}

//! What cargo knows about the workspace: its packages, their dependencies and features.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus};

use serde_json::Value;

use crate::{Error, Result};

/// The clients of the providers, each of which may know only `pay-core`.
pub(crate) const PROVIDERS: [&str; 5] = ["pagamio", "pay1st", "payagency", "pagfast", "paga-connect"];

/// The packages of the workspace and where they are built.
#[derive(Debug, Default)]
pub(crate) struct Workspace {
    /// The top folder.
    pub(crate) root: PathBuf,
    /// Where cargo builds.
    pub(crate) target: PathBuf,
    /// The member packages.
    pub(crate) packages: Vec<Package>,
}

/// One member.
#[derive(Debug, Clone, Default)]
pub(crate) struct Package {
    /// Its name.
    pub(crate) name: String,
    /// Its version.
    pub(crate) version: String,
    /// Its folder.
    pub(crate) dir: PathBuf,
    /// The oldest Rust that it supports, as its manifest says it.
    pub(crate) rust_version: Option<String>,
    /// Whether docs.rs is told to build it with all features.
    pub(crate) documents_all_features: bool,
    /// Whether it may be published.
    pub(crate) published: bool,
    /// What it declares to depend on, of the workspace or not.
    pub(crate) dependencies: Vec<Dependency>,
    /// Feature to what it turns on.
    pub(crate) features: BTreeMap<String, Vec<String>>,
}

/// One declared dependency.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Dependency {
    /// The package's own name.
    pub(crate) name: String,
    /// The name that it has in features, where it is renamed.
    pub(crate) rename: Option<String>,
    /// When it is needed.
    pub(crate) kind: Kind,
    /// The version asked for, `*` if none is.
    pub(crate) version: String,
    /// Whether a feature has to ask for it.
    pub(crate) optional: bool,
    /// Whether it is taken from a folder.
    pub(crate) by_path: bool,
}

/// When a dependency is needed.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) enum Kind {
    /// By the library or program itself.
    #[default]
    Normal,
    /// By its build script.
    Build,
    /// By its tests and examples.
    Dev,
}

impl Workspace {
    /// Asks cargo.
    pub(crate) fn load() -> Result<Self> {
        let output = cargo().args(["metadata", "--format-version", "1", "--no-deps"]).output()?;
        if !output.status.success() {
            let message = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(Error::from(format!("cargo metadata failed\n{message}")));
        }
        Self::parse(&output.stdout)
    }

    fn parse(metadata: &[u8]) -> Result<Self> {
        let metadata: Value = serde_json::from_slice(metadata)?;
        Ok(Self {
            root: text(&metadata, "workspace_root")?.into(),
            target: text(&metadata, "target_directory")?.into(),
            packages: list(&metadata, "packages").map(package).collect::<Result<_>>()?,
        })
    }

    /// The members that are published.
    pub(crate) fn published(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| package.published)
    }

    /// The published member that somebody asked for by its name; the others, where there is none.
    pub(crate) fn published_named(&self, name: &str) -> Result<&Package> {
        self.published().find(|package| package.name == name).ok_or_else(|| {
            let known: Vec<&str> = self.published().map(|package| package.name.as_str()).collect();
            Error::from(format!("no published crate {name:?}, there are: {}", known.join(", ")))
        })
    }

    /// The member of that name.
    pub(crate) fn package(&self, name: &str) -> Option<&Package> {
        self.packages.iter().find(|package| package.name == name)
    }
}

fn package(value: &Value) -> Result<Package> {
    let manifest = Path::new(text(value, "manifest_path")?);
    let features = value.get("features").and_then(Value::as_object);
    Ok(Package {
        name: text(value, "name")?.to_owned(),
        version: text(value, "version")?.to_owned(),
        dir: manifest.parent().unwrap_or(manifest).to_owned(),
        rust_version: text(value, "rust_version").ok().map(str::to_owned),
        documents_all_features: value.pointer("/metadata/docs/rs/all-features") == Some(&Value::Bool(true)),
        // `publish = false` is an empty list of registries here.
        published: value.get("publish").and_then(Value::as_array) != Some(&Vec::new()),
        dependencies: list(value, "dependencies").map(dependency).collect::<Result<_>>()?,
        features: features.into_iter().flatten().map(|(name, enables)| (name.clone(), strings(enables))).collect(),
    })
}

fn dependency(value: &Value) -> Result<Dependency> {
    Ok(Dependency {
        name: text(value, "name")?.to_owned(),
        rename: text(value, "rename").ok().map(str::to_owned),
        kind: match value.get("kind").and_then(Value::as_str) {
            Some("dev") => Kind::Dev,
            Some("build") => Kind::Build,
            _ => Kind::Normal,
        },
        version: text(value, "req")?.to_owned(),
        optional: value.get("optional").and_then(Value::as_bool) == Some(true),
        by_path: text(value, "path").is_ok(),
    })
}

fn text<'v>(value: &'v Value, key: &str) -> Result<&'v str> {
    let text = value.get(key).and_then(Value::as_str);
    text.ok_or_else(|| Error::from(format!("cargo metadata has no text {key:?}")))
}

fn list<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

fn strings(value: &Value) -> Vec<String> {
    let items = value.as_array().into_iter().flatten();
    items.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The cargo that started this program, at the top of the workspace.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

fn root() -> PathBuf {
    // Cargo says at run time where this package lies; a program started by hand was built there.
    let package =
        std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    package.parent().map_or(package.clone(), Path::to_owned)
}

/// Another program's exit status as our own.
pub(crate) fn exit_code(status: ExitStatus) -> ExitCode {
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    code.map_or(ExitCode::FAILURE, ExitCode::from)
}

/// Whether `--all` holds, given or from `PAY_REQUIRE_ALL=1`.
pub(crate) fn everything_required(flag: bool) -> bool {
    flag || std::env::var_os("PAY_REQUIRE_ALL").is_some_and(|value| value == "1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_is_read() {
        let metadata = br#"{
            "workspace_root": "/w", "target_directory": "/t",
            "packages": [{
                "name": "a", "version": "0.1.2", "manifest_path": "/w/crates/a/Cargo.toml", "publish": null,
                "rust_version": "1.89", "metadata": {"docs": {"rs": {"all-features": true}}},
                "features": {"default": ["tls"], "tls": ["core/tls"]},
                "dependencies": [
                    {"name": "pay-core", "rename": "core", "kind": null, "req": "^0.1", "optional": true},
                    {"name": "pay-sandbox", "rename": null, "kind": "dev", "req": "*",
                     "path": "/w/crates/pay-sandbox"}
                ]
            }, {
                "name": "b", "version": "0.1.0", "manifest_path": "/w/b/Cargo.toml", "publish": [],
                "features": {}, "dependencies": []
            }]
        }"#;
        let workspace = Workspace::parse(metadata).unwrap();
        assert_eq!(workspace.target, Path::new("/t"));
        let a = workspace.package("a").unwrap();
        assert_eq!(a.dir, Path::new("/w/crates/a"));
        assert!(a.published && a.documents_all_features);
        assert_eq!(a.rust_version.as_deref(), Some("1.89"));
        assert_eq!(a.version, "0.1.2");
        assert_eq!(a.features["tls"], ["core/tls"]);
        assert_eq!(a.dependencies[0].rename.as_deref(), Some("core"));
        assert_eq!(a.dependencies[0].kind, Kind::Normal);
        assert!(a.dependencies[0].optional && !a.dependencies[1].optional);
        assert_eq!(a.dependencies[1].kind, Kind::Dev);
        assert!(a.dependencies[1].by_path && !a.dependencies[0].by_path);
        let b = workspace.package("b").unwrap();
        assert!(!b.published && !b.documents_all_features && b.rust_version.is_none());
        assert_eq!(workspace.published().count(), 1);
    }

    #[test]
    fn metadata_without_a_name_is_refused() {
        let metadata = br#"{"workspace_root": "/w", "target_directory": "/t", "packages": [{}]}"#;
        let error = Workspace::parse(metadata).unwrap_err().to_string();
        assert!(error.contains("manifest_path"), "{error}");
    }
}

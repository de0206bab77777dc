//! A stranger's project: one program on one packed crate.

use std::fs;
use std::path::{Path, PathBuf};

use toml_edit::DocumentMut;

use super::files::Packed;
use super::output;
use crate::workspace::PROVIDERS;
use crate::{Error, Result};

/// What a program is made of.
#[derive(Debug)]
pub(super) struct Project {
    /// The provider whose crate it depends on.
    pub(super) provider: &'static str,
    /// Whether it has a journal from `pay-store` too.
    pub(super) store: bool,
    pub(super) source: Source,
    pub(super) arguments: &'static [&'static str],
}

/// Where the program's text comes from.
#[derive(Debug)]
pub(super) enum Source {
    /// An example that is packed with the crate.
    Example(&'static str),
    Text(&'static str),
}

impl Project {
    /// The crate that it is about.
    pub(super) fn title(&self) -> String {
        if self.store { "pay-store".to_owned() } else { self.provider.to_owned() }
    }

    fn name(&self) -> String {
        format!("first-{}", self.title())
    }

    /// Writes it; its folder.
    pub(super) fn write(&self, packed: &Packed) -> Result<PathBuf> {
        let folder = packed.root.join(self.name());
        fs::create_dir_all(folder.join("src"))?;
        let provider = packed.dir(self.provider)?;
        match self.source {
            Source::Example(name) => {
                let example = format!("examples/{name}.rs");
                fs::copy(provider.join(&example), folder.join("src/main.rs"))
                    .map_err(|error| format!("{example} is not packed: {error}"))?;
            }
            Source::Text(text) => fs::write(folder.join("src/main.rs"), text)?,
        }
        fs::write(folder.join("Cargo.toml"), self.manifest(packed)?)?;
        fs::copy(&packed.lock, folder.join("Cargo.lock"))?;
        Ok(folder)
    }

    /// The crate as a user writes it, and what every program on it needs: the runtime, and JSON where the example prints some.
    fn manifest(&self, packed: &Packed) -> Result<String> {
        let version = packed.version(self.provider)?;
        let store = if self.store {
            format!("pay-store = {{ version = \"{}\", features = [\"sqlite\"] }}\n", packed.version("pay-store")?)
        } else {
            String::new()
        };
        Ok(format!(
            "[package]\nname = \"{}\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n\
             [dependencies]\n{} = \"{version}\"\n{store}serde_json = \"1\"\n\
             tokio = {{ version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }}\n\n[workspace]\n",
            self.name(),
            self.provider
        ))
    }

    /// Builds it; the program.
    pub(super) fn build(&self, packed: &Packed, folder: &Path) -> Result<PathBuf> {
        output(packed.cargo(folder).args(["build", "--quiet"]))?;
        Ok(packed.program(&self.name()))
    }
}

/// Its tree holds the packed crate, no other provider and no sandbox.
pub(super) fn tree(packed: &Packed, folder: &Path, provider: &str) -> Result<()> {
    let printed =
        output(packed.cargo(folder).args(["tree", "--quiet", "--edges", "normal,build", "--prefix", "none"]))?;
    let wrong = strangers(&printed, provider, &packed.dir(provider)?.to_string_lossy());
    if wrong.is_empty() { Ok(()) } else { Err(Error::from(wrong.join("\n"))) }
}

fn strangers(tree: &str, provider: &str, dir: &str) -> Vec<String> {
    let names = || tree.lines().filter_map(|line| line.split(' ').next());
    let others = PROVIDERS.iter().chain(&["pay-sandbox"]).filter(|name| **name != provider);
    let mut wrong: Vec<String> = others
        .filter(|other| names().any(|name| name == **other))
        .map(|other| format!("its tree holds {other}"))
        .collect();
    let packed = |line: &str| line.starts_with(&format!("{provider} v")) && line.contains(dir);
    if !tree.lines().any(packed) {
        wrong.push(format!("its tree does not hold the packed {provider}"));
    }
    wrong
}

/// The crate's examples compile from what is packed, with what they say that they need.
pub(super) fn examples(packed: &Packed, name: &str) -> Result<()> {
    let dir = packed.dir(name)?;
    let features = features_of_examples(&fs::read_to_string(dir.join("Cargo.toml"))?)?;
    output(packed.cargo(&dir).args(["check", "--quiet", "--examples", "--features", &features.join(",")]))?;
    Ok(())
}

/// The features that the examples of a packed manifest require; no example is an error.
fn features_of_examples(manifest: &str) -> Result<Vec<String>> {
    let manifest: DocumentMut = manifest.parse()?;
    let examples = manifest.get("example").and_then(|item| item.as_array_of_tables());
    let examples = examples.filter(|examples| !examples.is_empty()).ok_or("no example is packed")?;
    let mut features: Vec<String> = Vec::new();
    for example in examples {
        let required = example.get("required-features").and_then(|item| item.as_array()).into_iter().flatten();
        features.extend(required.filter_map(|feature| feature.as_str()).map(str::to_owned));
    }
    features.sort();
    features.dedup();
    Ok(features)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_may_hold_one_provider_and_only_the_packed_one() {
        let fine =
            "first-pagamio v0.0.0 (/t/first-pagamio)\npagamio v0.1.0 (/t/crates/pagamio-0.1.0)\npay-core v0.1.0\n";
        let dir = "/t/crates/pagamio-0.1.0";
        assert_eq!(strangers(fine, "pagamio", dir), [""; 0]);
        assert_eq!(strangers(&format!("{fine}pay1st v0.1.0\n"), "pagamio", dir), ["its tree holds pay1st"]);
        assert_eq!(strangers(&format!("{fine}pay-sandbox v0.1.0\n"), "pagamio", dir), ["its tree holds pay-sandbox"]);
        let other = strangers("pagamio v0.1.0 (/w/crates/pagamio)\n", "pagamio", dir);
        assert_eq!(other, ["its tree does not hold the packed pagamio"]);
    }

    #[test]
    fn features_that_examples_require_are_found() {
        let manifest = "[[example]]\nname = \"a\"\nrequired-features = [\"y\", \"x\"]\n[[example]]\nname = \"b\"\n\
                        [[example]]\nname = \"c\"\nrequired-features = [\"x\"]\n";
        assert_eq!(features_of_examples(manifest).unwrap(), ["x", "y"]);
        assert!(features_of_examples("[package]\nname = \"a\"\n").is_err());
    }
}

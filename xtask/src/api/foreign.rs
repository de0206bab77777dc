//! Whose types the public APIs name, and whose they may: `docs/api/foreign.toml`.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::{FOLDER, Snapshot, paths};
use crate::{Error, Result};

const FILE: &str = "foreign.toml";

/// What the file allows; each value says why.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Allowed {
    /// By every crate.
    everywhere: BTreeMap<String, String>,
    /// Only where a feature is on that is named by the library's major version.
    #[serde(default, rename = "behind-a-feature")]
    gated: BTreeMap<String, Gated>,
    /// By single crates.
    #[serde(default)]
    exceptions: BTreeMap<String, BTreeMap<String, String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Gated {
    feature: String,
    why: String,
}

/// The crates that the lines name, beside the standard library and `own`, with the first line that does.
pub(super) fn named(lines: &[String], own: &str) -> BTreeMap<String, String> {
    let own = own.replace('-', "_");
    let mut named = BTreeMap::new();
    for line in lines {
        for path in paths::all(line) {
            let name = path.of_crate();
            if name != own && !["std", "core", "alloc"].contains(&name) {
                named.entry(name.to_owned()).or_insert_with(|| line.clone());
            }
        }
    }
    named
}

impl Allowed {
    /// Reads the file.
    pub(super) fn read(root: &Path) -> Result<Self> {
        let file = root.join(FOLDER).join(FILE);
        match std::fs::read_to_string(&file) {
            Ok(text) => Self::parse(&text),
            // A workspace without the file allows nothing.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(Error::from(format!("{FOLDER}/{FILE}: {error}"))),
        }
    }

    fn parse(text: &str) -> Result<Self> {
        let allowed: Self = toml::from_str(text).map_err(|error| format!("{FOLDER}/{FILE}: {error}"))?;
        let gated = allowed.gated.iter().map(|(name, gated)| (name, &gated.why));
        let single = allowed.exceptions.values().flatten();
        let mut reasons = allowed.everywhere.iter().chain(gated).chain(single);
        if let Some((name, _)) = reasons.find(|(_, why)| why.trim().is_empty()) {
            return Err(Error::from(format!("{FOLDER}/{FILE}: {name} has no reason")));
        }
        if let Some(gated) = allowed.gated.values().find(|gated| !gated.feature.ends_with(|c: char| c.is_numeric())) {
            let feature = &gated.feature;
            return Err(Error::from(format!("{FOLDER}/{FILE}: the feature {feature} does not name a major version")));
        }
        Ok(allowed)
    }

    /// The features that hide types.
    pub(super) fn gates(&self) -> Vec<&str> {
        let mut gates: Vec<&str> = self.gated.values().map(|gated| gated.feature.as_str()).collect();
        gates.sort_unstable();
        gates.dedup();
        gates
    }

    /// What is named and not allowed, and what is allowed and no longer named.
    pub(super) fn problems(&self, snapshots: &BTreeMap<String, Snapshot>) -> Vec<String> {
        let mut problems = Vec::new();
        for (krate, snapshot) in snapshots {
            for (name, line) in foreign(snapshot, snapshots) {
                let single = self.exceptions.get(krate).is_some_and(|names| names.contains_key(&name));
                if !single && !self.everywhere.contains_key(&name) && !self.gated.contains_key(&name) {
                    problems.push(format!(
                        "{krate} names a type of {name}: {line}\n  keep it out of the public API, or allow it in {FOLDER}/{FILE} with a reason"
                    ));
                }
            }
        }
        for (krate, names) in &self.exceptions {
            let named = snapshots.get(krate).map(|snapshot| foreign(snapshot, snapshots)).unwrap_or_default();
            let unused = names.keys().filter(|name| !named.contains_key(*name));
            problems.extend(unused.map(|name| {
                format!("{FOLDER}/{FILE}: {krate} names no type of {name} any more, so the exception can go")
            }));
        }
        problems
    }

    /// What is named though its feature is off.
    pub(super) fn leaks(&self, gate: &str, without: &BTreeMap<String, Snapshot>) -> Vec<String> {
        let mut problems = Vec::new();
        for (krate, snapshot) in without {
            for (name, line) in foreign(snapshot, without) {
                if self.gated.get(&name).is_some_and(|gated| gated.feature == gate) {
                    problems.push(format!("{krate} names a type of {name} without the feature {gate}: {line}"));
                }
            }
        }
        problems
    }
}

/// The packages from outside that a snapshot names, with the first line that does.
fn foreign(snapshot: &Snapshot, snapshots: &BTreeMap<String, Snapshot>) -> BTreeMap<String, String> {
    let named = named(&snapshot.lines, &snapshot.name);
    let package = |code_name: &str| snapshot.names.keys().find(|name| name.replace('-', "_") == code_name);
    let all = named.into_iter().map(|(name, line)| (package(&name).cloned().unwrap_or(name), line));
    all.filter(|(name, _)| !snapshots.contains_key(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"
[everywhere]
http = "methods and headers"
[behind-a-feature]
axum-core = { feature = "axum-08", why = "the extractor" }
[exceptions.pay-a]
url = "addresses"
"#;

    fn snapshots(lines: &[&str]) -> BTreeMap<String, Snapshot> {
        let a = Snapshot {
            name: "pay-a".into(),
            names: [("axum-core", "0.5"), ("pay-b", "")].map(|(name, version)| (name.into(), version.into())).into(),
            lines: lines.iter().map(ToString::to_string).collect(),
            ..Snapshot::default()
        };
        let b = Snapshot { name: "pay-b".into(), ..Snapshot::default() };
        BTreeMap::from([("pay-a".into(), a), ("pay-b".into(), b)])
    }

    const FINE: &str = "pub fn pay_a::f(http::Method, url::Url, Vec<std::fmt::Error>, pay_a::X, pay_b::Y)";

    #[test]
    fn what_is_allowed_passes() {
        let allowed = Allowed::parse(TEXT).unwrap();
        let found = allowed.problems(&snapshots(&[FINE, "impl axum_core::FromRequest for pay_a::X"]));
        assert_eq!(found, [""; 0]);
    }

    #[test]
    fn what_is_not_is_named_with_its_item() {
        let allowed = Allowed::parse(TEXT).unwrap();
        let found = allowed.problems(&snapshots(&[FINE, "pub fn pay_a::g() -> Option<reqwest::Client>"]));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("pay-a names a type of reqwest: pub fn pay_a::g()"), "{found:?}");
    }

    #[test]
    fn an_exception_that_nobody_needs_is_named() {
        let found = Allowed::parse(TEXT).unwrap().problems(&snapshots(&["pub mod pay_a"]));
        assert_eq!(found.len(), 1);
        assert!(found[0].contains("url"), "{found:?}");
    }

    #[test]
    fn a_gated_type_without_its_gate_is_named() {
        let allowed = Allowed::parse(TEXT).unwrap();
        assert_eq!(allowed.gates(), ["axum-08"]);
        assert_eq!(allowed.leaks("axum-08", &snapshots(&[FINE])), [""; 0]);
        let found = allowed.leaks("axum-08", &snapshots(&["impl axum_core::FromRequest for pay_a::X"]));
        assert!(found.len() == 1 && found[0].contains("without the feature axum-08"), "{found:?}");
    }

    #[test]
    fn a_file_without_reasons_or_majors_is_refused() {
        for (from, to, words) in [
            ("\"addresses\"", "\" \"", "url has no reason"),
            ("axum-08", "axum", "does not name a major version"),
            ("everywhere", "anywhere", "anywhere"),
        ] {
            let error = Allowed::parse(&TEXT.replace(from, to)).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
    }
}

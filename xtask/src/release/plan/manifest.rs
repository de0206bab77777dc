//! What a crate's manifest says once the workspace's part is filled in: a change there touches no file of the crate.

use std::collections::BTreeMap;
use std::path::Path;

use toml::{Table, Value};

use super::facts::at;
use crate::Result;
use crate::api::{Change, Level, Snapshot};

/// What a crate inherits, at two commits.
pub(super) fn changes(
    root: &Path,
    folder: &str,
    (before, after): (&str, &str),
    api: Option<&Snapshot>,
) -> Result<Vec<Change>> {
    let manifest = format!("{folder}/Cargo.toml");
    let read = |commit: &str| -> Result<BTreeMap<String, Value>> {
        let (own, shared) = (at(root, commit, &manifest)?, at(root, commit, "Cargo.toml")?);
        inherited(&own.unwrap_or_default(), &shared.unwrap_or_default())
    };
    let (before, after) = (read(before)?, read(after)?);
    let mut changes = Vec::new();
    for (key, now) in &after {
        // What it inherits only now, or no longer, its own manifest tells.
        let Some(then) = before.get(key).filter(|then| *then != now) else { continue };
        let in_api = is_member(now) && api.is_none_or(|api| api.names.contains_key(key));
        changes.push(Change {
            level: if in_api { Level::Breaking } else { Level::Internal },
            what: format!("the workspace's {key} changed: {} → {}", one_line(then), one_line(now)),
        });
    }
    Ok(changes)
}

/// What has `workspace = true`, with the workspace's value.
fn inherited(own: &str, shared: &str) -> Result<BTreeMap<String, Value>> {
    let (own, shared): (Table, Table) = (toml::from_str(own)?, toml::from_str(shared)?);
    let shared = shared.get("workspace").and_then(Value::as_table);
    let from = |table: &str, key: &str| shared?.get(table)?.get(key).cloned();
    let mut all = BTreeMap::new();
    for (key, value) in entries(own.get("package")) {
        // Versions are what is decided here; the compiler stands in the API's text.
        if is_inherited(value) && !["version", "rust-version"].contains(&key.as_str()) {
            all.extend(from("package", key).map(|value| (key.clone(), value)));
        }
    }
    let targets = entries(own.get("target")).flat_map(|(_, target)| dependencies(target.as_table()));
    for (key, value) in dependencies(Some(&own)).chain(targets) {
        if is_inherited(value) {
            all.extend(from("dependencies", key).map(|value| (key.clone(), held(value))));
        }
    }
    Ok(all)
}

fn dependencies(manifest: Option<&Table>) -> impl Iterator<Item = (&String, &Value)> {
    let tables = ["dependencies", "build-dependencies"];
    tables.into_iter().flat_map(move |name| entries(manifest.and_then(|manifest| manifest.get(name))))
}

fn entries(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_table).into_iter().flatten()
}

fn is_inherited(value: &Value) -> bool {
    value.get("workspace").and_then(Value::as_bool) == Some(true)
}

fn is_member(value: &Value) -> bool {
    value.get("path").is_some()
}

/// Of a crate of the workspace, only what breaks: a bound that rises within it comes with each of its releases.
fn held(mut value: Value) -> Value {
    if is_member(&value)
        && let Some(version) = value.get_mut("version")
        && let Some(text) = version.as_str()
    {
        *version = Value::String(crate::api::held(text));
    }
    value
}

fn one_line(value: &Value) -> String {
    value.to_string().replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "\
[package]
name = \"a\"
version = \"0.1.0\"
edition.workspace = true
rust-version.workspace = true
[dependencies]
core = { workspace = true, features = [\"x\"] }
http.workspace = true
serde = \"1\"
[target.'cfg(unix)'.dependencies]
libc.workspace = true
[dev-dependencies]
tempfile.workspace = true
";
    const SHARED: &str = "\
[workspace.package]
edition = \"2024\"
rust-version = \"1.89\"
[workspace.dependencies]
core = { path = \"crates/core\", version = \"0.1.3\" }
http = \"1\"
libc = \"0.2\"
tempfile = \"3\"
unused = \"1\"
";

    #[test]
    fn what_users_get_of_the_workspace_is_known() {
        let all = inherited(OWN, SHARED).unwrap();
        assert_eq!(all.keys().collect::<Vec<_>>(), ["core", "edition", "http", "libc"]);
        assert_eq!(all["core"]["version"].as_str(), Some("0.1"));
    }

    #[test]
    fn a_bound_within_a_members_version_is_no_change() {
        let with = |from: &str, to: &str| inherited(OWN, &SHARED.replace(from, to)).unwrap();
        assert_eq!(with("0.1.3", "0.1.4"), with("", ""));
        assert_ne!(with("0.1.3", "0.2.0"), with("", ""));
        assert_ne!(with("http = \"1\"", "http = \"1.2\""), with("", ""));
    }
}

//! The places in manifests where a version stands: the crate's own, and the bounds of what depends on it.

use toml_edit::{DocumentMut, Item, TableLike, value};

use crate::{Error, Result};

const DEPENDENCIES: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];

/// The manifest with this version of the package itself.
pub(super) fn with_version(manifest: &str, version: &str) -> Result<String> {
    let mut document: DocumentMut = manifest.parse()?;
    let own = document.get_mut("package").and_then(|package| package.get_mut("version"));
    // `version.workspace = true` would change them all at once.
    let own = own.filter(|own| own.is_str()).ok_or("the package has no version of its own")?;
    set(own, version)?;
    Ok(document.to_string())
}

/// The manifest, of a package or of the workspace, with this lower bound wherever it takes `name` from a folder and says a version.
pub(super) fn with_bound(manifest: &str, name: &str, version: &str) -> Result<String> {
    let mut document: DocumentMut = manifest.parse()?;
    bound(document.as_table_mut(), name, version)?;
    if let Some(workspace) = document.get_mut("workspace").and_then(Item::as_table_like_mut) {
        bound(workspace, name, version)?;
    }
    Ok(document.to_string())
}

fn bound(table: &mut dyn TableLike, name: &str, version: &str) -> Result<()> {
    for kind in DEPENDENCIES {
        let dependency = table.get_mut(kind).and_then(|all| all.get_mut(name)).and_then(Item::as_table_like_mut);
        let Some(dependency) = dependency.filter(|dependency| dependency.contains_key("path")) else { continue };
        if let Some(bound) = dependency.get_mut("version") {
            set(bound, version)?;
        }
    }
    Ok(())
}

/// Changes a text, and not the blanks around it.
fn set(item: &mut Item, text: &str) -> Result<()> {
    let decor = item.as_value().map(|old| old.decor().clone());
    *item = value(text);
    let new = item.as_value_mut().ok_or_else(|| Error::from("not a value"))?;
    if let Some(decor) = decor {
        *new.decor_mut() = decor;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_packages_own_version_changes() {
        let manifest =
            "[package]\nname = \"a\" # the name\nversion = \"0.1.0\" # released\n\n[dependencies]\nb = \"0.1.0\"\n";
        assert_eq!(with_version(manifest, "0.2.0").unwrap(), manifest.replacen("0.1.0", "0.2.0", 1));
        assert!(with_version("[package]\nname = \"a\"\nversion.workspace = true\n", "0.2.0").is_err());
    }

    #[test]
    fn bounds_change_where_a_folder_and_a_version_stand_together() {
        let manifest = "[workspace.dependencies]\na = { path = \"crates/a\", version = \"0.1.0\", features = [] }\n\
                        b = { path = \"crates/b\", version = \"0.1.0\" }\n";
        assert_eq!(with_bound(manifest, "a", "0.2.0").unwrap(), manifest.replacen("0.1.0", "0.2.0", 1));
        let member = "[dependencies]\na.workspace = true\n\n[dev-dependencies]\na = { path = \"../a\" }\n";
        assert_eq!(with_bound(member, "a", "0.2.0").unwrap(), member);
        let foreign = "[dependencies]\na = \"0.1.0\"\n";
        assert_eq!(with_bound(foreign, "a", "0.2.0").unwrap(), foreign);
        let own = "[dependencies.a]\npath = \"../a\"\nversion = \"0.1.0\"\n";
        assert_eq!(with_bound(own, "a", "0.2.0").unwrap(), own.replace("0.1.0", "0.2.0"));
    }
}

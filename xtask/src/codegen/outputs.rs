//! Generated files: compared with what lies there, written, and deleted when their source is gone.

use std::collections::BTreeMap;
use std::path::Path;

use super::{coverage, sandbox};
use crate::Result;

/// What should lie where, by the path from the top.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Outputs(BTreeMap<String, String>);

/// What must change for that.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    written: BTreeMap<String, (String, bool)>,
    deleted: Vec<String>,
}

impl Outputs {
    pub(super) fn add(&mut self, file: String, text: String) {
        self.0.insert(file, text);
    }

    /// The files by name.
    #[cfg(test)]
    pub(super) fn files(&self) -> &BTreeMap<String, String> {
        &self.0
    }

    /// What differs below `root`.
    pub(super) fn changes(&self, root: &Path) -> Result<Changes> {
        let mut changes = Changes::default();
        for (file, text) in &self.0 {
            match std::fs::read_to_string(root.join(file)) {
                Ok(there) if there == *text => {}
                Ok(_) => drop(changes.written.insert(file.clone(), (text.clone(), false))),
                Err(_) => drop(changes.written.insert(file.clone(), (text.clone(), true))),
            }
        }
        let stale = owned(root)?.into_iter().filter(|file| !self.0.contains_key(file));
        changes.deleted = stale.collect();
        Ok(changes)
    }
}

/// Every file in the folders that belong to the generator.
fn owned(root: &Path) -> Result<Vec<String>> {
    let mut folders = vec![sandbox::FOLDER.to_owned()];
    if let Ok(crates) = std::fs::read_dir(root.join("crates")) {
        for entry in crates {
            let name = entry?.file_name().to_string_lossy().into_owned();
            folders.push(format!("crates/{name}/src/generated"));
        }
    }
    folders.sort();
    folders.dedup();
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(root.join(&folder)) else { continue };
        for entry in entries {
            let entry = entry?;
            let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    if root.join(coverage::FILE).is_file() {
        files.push(coverage::FILE.to_owned());
    }
    files.sort();
    Ok(files)
}

impl Changes {
    /// Only the changes of these crates, and of what is made of all of them.
    pub(super) fn of_crates(mut self, wanted: &dyn Fn(&str) -> bool) -> Self {
        let keep = |file: &String| {
            let krate = file.strip_prefix("crates/").and_then(|rest| rest.split('/').next());
            krate.is_none_or(|krate| krate == "pay-sandbox" || wanted(krate))
        };
        self.written.retain(|file, _| keep(file));
        self.deleted.retain(keep);
        self
    }

    /// A line for each file.
    pub(super) fn told(&self) -> Vec<String> {
        let written = self
            .written
            .iter()
            .map(|(file, (_, new))| format!("{file}: {}", if *new { "not there yet" } else { "differs" }));
        let deleted = self.deleted.iter().map(|file| format!("{file}: has no source any more"));
        written.chain(deleted).collect()
    }

    /// Writes and deletes.
    pub(super) fn apply(&self, root: &Path) -> Result<()> {
        for (file, (text, _)) in &self.written {
            let path = root.join(file);
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder)?;
            }
            std::fs::write(path, text)?;
        }
        for file in &self.deleted {
            let path = root.join(file);
            std::fs::remove_file(&path)?;
            // An empty folder would say that something belongs there.
            let mut folder = path.parent();
            while let Some(empty) = folder.filter(|folder| folder.ends_with("generated") || folder.ends_with("types")) {
                if std::fs::remove_dir(empty).is_err() {
                    break;
                }
                folder = empty.parent();
            }
        }
        Ok(())
    }
}

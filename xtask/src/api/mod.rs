//! `cargo xtask api`: the public API of each published crate as a text, and whose types it names.
//!
//! - `rustdoc` makes the JSON, with one pinned compiler
//! - `listing` makes lines of it, `paths` writes their paths as a user would
//! - `snapshot` is the text that lies in `docs/api`
//! - `foreign` holds the named crates against those which are allowed
//! - `compare` says what a difference means for the version

mod compare;
mod foreign;
mod listing;
mod paths;
mod rustdoc;
mod snapshot;

use std::collections::BTreeMap;
use std::process::ExitCode;

use crate::cli::Api;
use crate::workspace::{Package, Workspace};
use crate::{Error, Result, term};
pub(crate) use compare::{Change, Level, changes};
pub(crate) use rustdoc::as_rustdoc;
pub(crate) use snapshot::{FOLDER, Snapshot, file, held};

/// What writes the snapshots anew.
pub(crate) const MEND: &str = "cargo xtask api --write";

/// The APIs as the code has them now.
#[derive(Debug)]
pub(crate) struct Found {
    /// One of each published crate, by name.
    pub(crate) snapshots: BTreeMap<String, Snapshot>,
    /// Foreign types that should not be named, or not without their feature.
    pub(crate) foreign: Vec<String>,
}

/// Why there is no answer: what is missing here, or what went wrong.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// Nothing is wrong with the code; a program is missing.
    Missing(String),
    /// It was tried, and failed.
    Failed(Error),
}

impl<E: Into<Error>> From<E> for Trouble {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// Reads the APIs of all published crates from the code.
pub(crate) fn read(workspace: &Workspace, at: &dyn Fn(&str)) -> std::result::Result<Found, Trouble> {
    let rust = rustdoc::Rust::find(workspace).map_err(Trouble::Missing)?;
    if !crate::check::has_system_tls() {
        return Err(Trouble::Missing("all features together need libssl-dev".to_owned()));
    }
    let published: Vec<&Package> = workspace.packages.iter().filter(|package| package.published).collect();
    let allowed = foreign::Allowed::read(&workspace.root)?;
    at("with all features");
    let snapshots = snapshots(workspace, &published, &rust.documents(workspace, &published, &[])?)?;
    let mut foreign = allowed.problems(&snapshots);
    for gate in allowed.gates() {
        at(&format!("without {gate}"));
        let without = snapshots_without(workspace, &published, &rust, gate)?;
        foreign.extend(allowed.leaks(gate, &without));
    }
    Ok(Found { snapshots, foreign })
}

fn snapshots_without(
    workspace: &Workspace,
    published: &[&Package],
    rust: &rustdoc::Rust,
    gate: &str,
) -> std::result::Result<BTreeMap<String, Snapshot>, Trouble> {
    let gated: Vec<&Package> =
        published.iter().copied().filter(|package| package.features.contains_key(gate)).collect();
    Ok(snapshots(workspace, &gated, &rust.documents(workspace, &gated, &[gate])?)?)
}

fn snapshots(
    workspace: &Workspace,
    packages: &[&Package],
    documents: &BTreeMap<String, rustdoc::Document>,
) -> Result<BTreeMap<String, Snapshot>> {
    let mut listings = Vec::new();
    let mut public = BTreeMap::new();
    for package in packages {
        let document = documents.get(&package.name).ok_or_else(|| format!("{}: no document", package.name))?;
        let listing = listing::read(document)?;
        public.extend(listing.public_paths);
        listings.push((package, listing.lines));
    }
    let mut snapshots = BTreeMap::new();
    for (package, lines) in listings {
        let own = package.name.replace('-', "_");
        let lines = lines.iter().map(|line| paths::readable(line, &own, &public)).collect();
        snapshots.insert(package.name.clone(), Snapshot::new(workspace, package, lines));
    }
    Ok(snapshots)
}

/// Writes the snapshots, or tells how they differ.
pub(crate) fn run(options: &Api) -> Result<ExitCode> {
    let workspace = Workspace::load()?;
    options.crates.iter().try_for_each(|name| workspace.published_named(name).map(drop))?;
    let found = read(&workspace, &|what| eprintln!("… {what}")).map_err(|trouble| match trouble {
        Trouble::Missing(what) => Error::from(what),
        Trouble::Failed(error) => error,
    })?;
    let mut differ = Vec::new();
    let asked = |name: &str| options.crates.is_empty() || options.crates.iter().any(|wanted| wanted == name);
    for (name, now) in found.snapshots.iter().filter(|(name, _)| asked(name)) {
        let kept = Snapshot::kept(&workspace.root, name)?;
        if kept.as_ref() == Some(now) {
            continue;
        }
        if options.write {
            now.write(&workspace.root)?;
            term::out(&format!("{} written\n", file(name)));
        } else {
            differ.push(now.difference(kept.as_ref(), usize::MAX));
        }
    }
    for text in differ.iter().chain(&found.foreign) {
        term::out(&format!("{text}\n"));
    }
    let fine = differ.is_empty() && found.foreign.is_empty();
    Ok(if fine { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

//! From what changed in each crate to what each needs, a crate before those that depend on it.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use semver::Version;

use super::bump::{self, Bump};
use super::facts::Facts;
use crate::api::{Change, Level};
use crate::{Error, Result};

/// What is to be released, in the order in which it can be.
#[derive(Debug, PartialEq)]
pub(crate) struct Plan {
    /// All published crates.
    pub(crate) rows: Vec<Row>,
}

/// One crate.
#[derive(Debug, PartialEq)]
pub(crate) struct Row {
    /// Its name.
    pub(crate) name: String,
    /// The version of its last tag.
    pub(crate) released: Option<Version>,
    /// The version to release; the one before if there is nothing to release.
    pub(crate) next: Version,
    /// The smallest bump that its changes allow.
    pub(crate) needed: Option<Bump>,
    /// What changed since the tag, what asks for most first.
    pub(crate) changes: Vec<Change>,
    /// What the commits since the tag say.
    pub(crate) commits: Vec<String>,
    /// Whether the manifest has that version already.
    pub(crate) prepared: bool,
    /// Why it must not be so.
    pub(crate) refused: Option<String>,
}

impl Row {
    /// Whether there is anything to release.
    pub(crate) fn is_due(&self) -> bool {
        self.released.as_ref() != Some(&self.next)
    }

    /// Whether users of the last version do not get the next by themselves.
    fn breaks(&self) -> bool {
        self.released.as_ref().is_some_and(|released| bump::breaks(released, &self.next))
    }
}

/// Makes the plan.
pub(super) fn plan(facts: &[Facts], bumps: &BTreeMap<String, Bump>) -> Result<Plan> {
    let mut rows: Vec<Row> = Vec::new();
    while rows.len() < facts.len() {
        let done = |name: &str| rows.iter().any(|row| row.name == name);
        let ready = |of: &&Facts| !done(&of.name) && of.builds_on.iter().all(|below| done(&below.name));
        let Some(next) = facts.iter().find(ready) else {
            return Err(Error::from("published crates depend on each other in a circle"));
        };
        let row = row(next, &rows, bumps.get(&next.name).copied());
        rows.push(row);
    }
    Ok(Plan { rows })
}

fn row(facts: &Facts, below: &[Row], chosen: Option<Bump>) -> Row {
    let mut row = Row {
        name: facts.name.clone(),
        released: facts.released.clone(),
        next: facts.manifest.clone(),
        needed: None,
        changes: facts.changes.clone(),
        commits: facts.commits.clone(),
        prepared: true,
        refused: None,
    };
    let Some(released) = &facts.released else {
        row.refused =
            chosen.map(|_| format!("it was never released, so what its manifest says comes first: {}", facts.manifest));
        return row;
    };
    row.changes.extend(forced(facts, below));
    row.changes.sort_by_key(|change| Reverse(change.level));
    row.needed = row.changes.first().map(|most| Bump::needed(released, most.level));
    let bump = chosen.max(row.needed);
    let wanted = bump.map_or_else(|| released.clone(), |bump| bump.apply(released));
    row.refused = match (chosen, row.needed) {
        (Some(chosen), Some(needed)) if chosen < needed => {
            Some(format!("{} is too small, {} is needed", chosen.name(), needed.name()))
        }
        _ if facts.manifest < *released => {
            Some(format!("its manifest says {}, and {released} is released", facts.manifest))
        }
        _ if facts.manifest > *released && facts.manifest < wanted => {
            Some(format!("its manifest says {}, and {wanted} is needed", facts.manifest))
        }
        _ => None,
    };
    // A version that was prepared, and is large enough, stands.
    row.next = wanted.max(facts.manifest.clone());
    row.prepared = row.next == facts.manifest;
    row
}

/// What the crates below do to this one.
fn forced(facts: &Facts, below: &[Row]) -> Vec<Change> {
    let mut changes = Vec::new();
    for on in &facts.builds_on {
        let broken = below.iter().find(|row| row.name == on.name && row.breaks());
        changes.extend(broken.map(|row| Change {
            level: if on.in_api { Level::Breaking } else { Level::Internal },
            what: match on.in_api {
                true => format!("moves to {} {}, whose types its public API names", row.name, row.next),
                false => format!("moves to {} {}", row.name, row.next),
            },
        }));
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::super::facts::On;
    use super::*;

    fn facts(name: &str, released: Option<&str>, manifest: &str, on: &[(&str, bool)], levels: &[Level]) -> Facts {
        let on = on.iter().map(|(name, in_api)| On { name: (*name).to_owned(), in_api: *in_api });
        let change = |level: &Level| Change { level: *level, what: format!("{level:?}") };
        Facts {
            name: name.into(),
            released: released.map(|version| Version::parse(version).unwrap()),
            manifest: Version::parse(manifest).unwrap(),
            builds_on: on.collect(),
            changes: levels.iter().map(change).collect(),
            commits: Vec::new(),
        }
    }

    /// `name version` of each row, and ` refused` if it is.
    fn short(facts: &[Facts], bumps: &[(&str, Bump)]) -> Vec<String> {
        let bumps = bumps.iter().map(|(name, bump)| ((*name).to_owned(), *bump)).collect();
        let rows = plan(facts, &bumps).unwrap().rows.into_iter();
        let line =
            |row: Row| format!("{} {}{}", row.name, row.next, if row.refused.is_some() { " refused" } else { "" });
        rows.map(line).collect()
    }

    #[test]
    fn a_breaking_core_forces_those_whose_api_names_it_and_theirs() {
        let all = [
            facts("top", Some("0.3.1"), "0.3.1", &[("shop", true)], &[]),
            facts("shop", Some("0.1.4"), "0.1.4", &[("core", true)], &[Level::Added]),
            facts("tool", Some("1.2.0"), "1.2.0", &[("core", false)], &[]),
            facts("other", Some("0.1.0"), "0.1.0", &[], &[]),
            facts("core", Some("0.1.0"), "0.1.0", &[], &[Level::Breaking]),
        ];
        assert_eq!(short(&all, &[]), ["other 0.1.0", "core 0.2.0", "shop 0.2.0", "top 0.4.0", "tool 1.2.1"]);
    }

    #[test]
    fn more_in_the_core_forces_nobody() {
        let all = [
            facts("core", Some("0.1.0"), "0.1.0", &[], &[Level::Internal, Level::Added]),
            facts("shop", Some("0.1.4"), "0.1.4", &[("core", true)], &[]),
        ];
        assert_eq!(short(&all, &[]), ["core 0.1.1", "shop 0.1.4"]);
    }

    #[test]
    fn a_larger_bump_is_taken_and_forces_too() {
        let all = [
            facts("core", Some("0.1.0"), "0.1.0", &[], &[Level::Added]),
            facts("shop", Some("0.1.4"), "0.1.4", &[("core", true)], &[]),
        ];
        assert_eq!(short(&all, &[("core", Bump::Minor)]), ["core 0.2.0", "shop 0.2.0"]);
        assert_eq!(short(&all, &[("core", Bump::Major)]), ["core 1.0.0", "shop 0.2.0"]);
        assert_eq!(short(&all, &[("shop", Bump::Patch)]), ["core 0.1.1", "shop 0.1.5"]);
    }

    #[test]
    fn a_smaller_bump_is_refused_also_where_another_crate_forces_it() {
        let all = [
            facts("core", Some("0.1.0"), "0.1.0", &[], &[Level::Breaking]),
            facts("shop", Some("0.1.4"), "0.1.4", &[("core", true)], &[]),
        ];
        assert_eq!(short(&all, &[("core", Bump::Patch)]), ["core 0.2.0 refused", "shop 0.2.0"]);
        assert_eq!(short(&all, &[("shop", Bump::Patch)]), ["core 0.2.0", "shop 0.2.0 refused"]);
        assert_eq!(short(&all, &[("shop", Bump::Minor)]), ["core 0.2.0", "shop 0.2.0"]);
    }

    #[test]
    fn a_version_in_the_manifest_must_be_large_enough() {
        let with = |manifest: &str| short(&[facts("a", Some("0.1.4"), manifest, &[], &[Level::Breaking])], &[]);
        assert_eq!(with("0.1.4"), ["a 0.2.0"]);
        assert_eq!(with("0.1.5"), ["a 0.2.0 refused"]);
        assert_eq!(with("0.2.0"), ["a 0.2.0"]);
        assert_eq!(with("0.3.0"), ["a 0.3.0"]);
        assert_eq!(with("0.1.3"), ["a 0.2.0 refused"]);
    }

    #[test]
    fn the_first_release_is_what_the_manifest_says() {
        let first = [facts("a", None, "0.1.0", &[], &[])];
        assert_eq!(short(&first, &[]), ["a 0.1.0"]);
        assert_eq!(short(&first, &[("a", Bump::Minor)]), ["a 0.1.0 refused"]);
    }

    #[test]
    fn a_circle_is_an_error_and_no_endless_loop() {
        let all = [facts("a", None, "0.1.0", &[("b", true)], &[]), facts("b", None, "0.1.0", &[("a", true)], &[])];
        assert!(plan(&all, &BTreeMap::new()).unwrap_err().to_string().contains("circle"));
    }
}

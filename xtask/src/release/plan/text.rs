//! The plan as a person reads it.

use super::decide::{Plan, Row};
use crate::api::{Change, Level};
use crate::term::{Tone, paint};

/// How many changes of a level, and how many commits, are shown of each crate.
const SHOWN: usize = 8;

/// All crates, with what they need and why.
pub(super) fn render(plan: &Plan) -> String {
    let width = plan.rows.iter().map(|row| row.name.len()).max().unwrap_or(0);
    let mut text = String::new();
    for row in &plan.rows {
        text.push_str(&format!("{:<width$}  {}\n", row.name, headline(row)));
        let Some(released) = row.released.as_ref().filter(|_| row.is_due()) else { continue };
        text.push_str(&format!("  since {}-v{released}:\n", row.name));
        for level in [Level::Breaking, Level::Support, Level::Added, Level::Internal] {
            let changes = row.changes.iter().filter(|change| change.level == level);
            push(&mut text, name(level), changes.map(|Change { what, .. }| what.as_str()));
        }
        push(&mut text, "commit", row.commits.iter().map(String::as_str));
    }
    text
}

fn push<'t>(text: &mut String, label: &str, lines: impl Iterator<Item = &'t str>) {
    let lines: Vec<&str> = lines.collect();
    for line in lines.iter().take(SHOWN) {
        text.push_str(&format!("    {label:<9} {line}\n"));
    }
    if let Some(more) = lines.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        text.push_str(&format!("    {label:<9} and {more} more\n"));
    }
}

fn headline(row: &Row) -> String {
    let next = paint(Tone::Good, &row.next.to_string());
    let Some(released) = &row.released else {
        return format!("{next}  first release");
    };
    if !row.is_due() {
        return paint(Tone::Quiet, &format!("{released}  nothing to release"));
    }
    let why = match (row.needed, row.changes.first()) {
        (Some(needed), Some(most)) => format!("needs {}: {}", needed.name(), name(most.level)),
        _ => "nothing needs it".to_owned(),
    };
    let prepared = if row.prepared { ", prepared" } else { "" };
    format!("{released} → {next}  {why}{prepared}")
}

fn name(level: Level) -> &'static str {
    match level {
        Level::Breaking => "breaking",
        Level::Support => "support",
        Level::Added => "added",
        Level::Internal => "internal",
    }
}

/// What must not be, with the first reason of each; empty if all is well.
pub(super) fn refusals(plan: &Plan) -> String {
    let refused = plan.rows.iter().filter_map(|row| {
        let why = row.refused.as_ref()?;
        let reason = row.changes.first().map(|change| format!("\n  {}: {}", name(change.level), change.what));
        Some(format!("refused: {}: {why}{}", row.name, reason.unwrap_or_default()))
    });
    refused.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use semver::Version;

    use super::super::Bump;
    use super::*;

    fn row(released: Option<Version>, next: Version, changes: &[(Level, &str)], refused: Option<&str>) -> Row {
        let change = |(level, what): &(Level, &str)| Change { level: *level, what: (*what).to_owned() };
        Row {
            name: "pay-core".into(),
            released,
            next,
            needed: changes.first().map(|_| Bump::Minor),
            changes: changes.iter().map(change).collect(),
            commits: (1..=10).map(|n| format!("change {n}")).collect(),
            prepared: false,
            refused: refused.map(str::to_owned),
        }
    }

    #[test]
    fn a_plan_says_what_comes_and_why() {
        let changes =
            [(Level::Breaking, "removed: pub fn a::b()"), (Level::Internal, "packed files changed: src/a.rs")];
        let rows = vec![
            row(Some(Version::new(0, 1, 0)), Version::new(0, 2, 0), &changes, None),
            row(Some(Version::new(0, 1, 0)), Version::new(0, 1, 0), &[], None),
            row(None, Version::new(0, 1, 0), &[], None),
        ];
        let text = render(&Plan { rows });
        let expected = "\
pay-core  0.1.0 → 0.2.0  needs minor: breaking
  since pay-core-v0.1.0:
    breaking  removed: pub fn a::b()
    internal  packed files changed: src/a.rs
    commit    change 1
";
        assert!(text.starts_with(expected), "{text}");
        assert!(text.contains("    commit    and 2 more\npay-core  0.1.0  nothing to release\n"), "{text}");
        assert!(text.ends_with("pay-core  0.1.0  first release\n"), "{text}");
    }

    #[test]
    fn a_refusal_names_its_reason() {
        let changes = [(Level::Breaking, "removed: pub fn a::b()")];
        let refused = Some("patch is too small, minor is needed");
        let plan = Plan { rows: vec![row(Some(Version::new(0, 1, 0)), Version::new(0, 2, 0), &changes, refused)] };
        let expected = "refused: pay-core: patch is too small, minor is needed\n  breaking: removed: pub fn a::b()";
        assert_eq!(refusals(&plan), expected);
    }
}

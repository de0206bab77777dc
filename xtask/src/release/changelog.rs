//! A changelog in the form of Keep a Changelog: what is unreleased becomes a version.

use crate::{Error, Result};

const UNRELEASED: &str = "## [Unreleased]";

/// What changes are sorted under. The last one is ours: what a provider says or does has changed, and not only we.
const HEADINGS: [&str; 7] = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security", "Provider facts"];

/// The changelog with what is unreleased under this version and date, and nothing unreleased.
pub(super) fn released(text: &str, version: &str, date: &str) -> Result<String> {
    if text.lines().any(|line| heading_of(line, version)) {
        return Err(Error::from(format!("CHANGELOG.md has a section of {version} already")));
    }
    let mut heads = text.match_indices(UNRELEASED).filter(|(at, _)| *at == 0 || text[..*at].ends_with('\n'));
    let (Some((at, _)), None) = (heads.next(), heads.next()) else {
        return Err(Error::from(format!("CHANGELOG.md needs one line `{UNRELEASED}`")));
    };
    let (before, rest) = text.split_at(at + UNRELEASED.len());
    let unreleased = rest.split_once("\n## ").map_or(rest, |(section, _)| section);
    if !unreleased.lines().any(|line| line.trim_start().starts_with("- ")) {
        return Err(Error::from(format!("CHANGELOG.md has nothing below `{UNRELEASED}`: nothing to release")));
    }
    let unknown = unreleased.lines().filter_map(|line| line.strip_prefix("### ")).find(|head| !HEADINGS.contains(head));
    if let Some(unknown) = unknown {
        return Err(Error::from(format!("CHANGELOG.md: no heading {unknown:?}, there are: {}", HEADINGS.join(", "))));
    }
    Ok(format!("{before}\n\n## [{version}] - {date}{rest}"))
}

/// Whether there is `## [0.2.0] - 2026-11-30`, with something below it.
pub(super) fn has_section(text: &str, version: &str) -> bool {
    let mut lines = text.lines().skip_while(|line| !heading_of(line, version) || !dated(line));
    lines.next().is_some() && lines.take_while(|line| !line.starts_with("## ")).any(|line| !line.trim().is_empty())
}

fn heading_of(line: &str, version: &str) -> bool {
    line.starts_with(&format!("## [{version}]"))
}

fn dated(line: &str) -> bool {
    let date = line.split_once("] - ").map(|(_, date)| date);
    date.is_some_and(|date| date.split('-').map(str::len).eq([4, 2, 2]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "# Changelog\n\nAll.\n\n## [Unreleased]\n\n### Provider facts\n\n- x\n\n## [0.1.0] - 2026-11-01\n\n- y\n";

    #[test]
    fn what_is_unreleased_becomes_a_version() {
        let released = released(TEXT, "0.2.0", "2026-11-30").unwrap();
        let section =
            "## [Unreleased]\n\n## [0.2.0] - 2026-11-30\n\n### Provider facts\n\n- x\n\n## [0.1.0] - 2026-11-01\n";
        assert!(released.contains(section), "{released}");
        assert!(has_section(&released, "0.2.0") && has_section(&released, "0.1.0"));
        assert!(released.starts_with("# Changelog\n\nAll.\n") && released.ends_with("- y\n"));
    }

    #[test]
    fn what_cannot_be_released_is_said() {
        let said = |text: &str, version: &str| released(text, version, "2026-11-30").unwrap_err().to_string();
        assert!(said(&TEXT.replace("- x\n", ""), "0.2.0").contains("nothing to release"));
        assert!(said(&TEXT.replace("Provider facts", "Facts"), "0.2.0").contains("no heading \"Facts\""));
        assert!(said(&TEXT.replace("[Unreleased]", "[Soon]"), "0.2.0").contains("needs one line"));
        assert!(said(TEXT, "0.1.0").contains("already"));
        // Nothing is unreleased any more.
        let once = released(TEXT, "0.2.0", "2026-11-30").unwrap();
        assert!(said(&once, "0.3.0").contains("nothing to release"));
    }

    #[test]
    fn a_section_has_the_version_a_date_and_something_below() {
        let text = "# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2026-11-30\n\n### Added\n\n- x\n\n## [0.1.0] - 2026-11-01\n";
        assert!(has_section(text, "0.2.0"));
        assert!(!has_section(text, "0.1.0"), "nothing stands below it");
        assert!(!has_section(text, "0.2"), "another version");
        assert!(!has_section("## [0.2.0]\n\n- x\n", "0.2.0"), "no date");
        assert!(!has_section("## [0.2.0] - soon\n\n- x\n", "0.2.0"), "no date");
    }
}

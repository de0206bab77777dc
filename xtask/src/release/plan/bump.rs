//! Versions, and what cargo takes each step between two of them to promise.

use semver::{Prerelease, Version};

use crate::api::Level;

/// Which part of a version grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Bump {
    Patch,
    Minor,
    Major,
}

impl Bump {
    /// Reads its name.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        [Self::Patch, Self::Minor, Self::Major].into_iter().find(|bump| bump.name() == name)
    }

    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }

    /// The smallest that a change allows. To cargo, the first part that is not zero is the one that breaks.
    pub(super) fn needed(released: &Version, level: Level) -> Self {
        match (released.major, released.minor, level) {
            (1.., _, Level::Breaking) => Self::Major,
            (1.., _, Level::Support | Level::Added) => Self::Minor,
            (0, 1.., Level::Support | Level::Breaking) => Self::Minor,
            _ => Self::Patch,
        }
    }

    /// The version that it leads to; out of a pre-release that is the version it was for.
    pub(super) fn apply(self, released: &Version) -> Version {
        let Version { major, minor, patch, ref pre, .. } = *released;
        let next = match self {
            Self::Patch => Version::new(major, minor, patch + 1),
            Self::Minor => Version::new(major, minor + 1, 0),
            Self::Major => Version::new(major + 1, 0, 0),
        };
        let promised = Version { pre: Prerelease::EMPTY, ..released.clone() };
        let keeps = match self {
            Self::Patch => true,
            Self::Minor => patch == 0,
            Self::Major => patch == 0 && minor == 0,
        };
        if !pre.is_empty() && keeps { promised } else { next }
    }
}

/// Whether cargo gives nobody the second version who asked for the first.
pub(super) fn breaks(from: &Version, to: &Version) -> bool {
    let held = |version: &Version| match version {
        Version { major: 0, minor: 0, patch, .. } => (0, 0, *patch),
        Version { major: 0, minor, .. } => (0, *minor, 0),
        Version { major, .. } => (*major, 0, 0),
    };
    held(from) != held(to)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        Version::parse(text).unwrap()
    }

    #[test]
    fn what_a_change_needs_depends_on_the_first_part_that_is_not_zero() {
        use Level::{Added, Breaking, Internal, Support};
        for (released, level, next) in [
            ("0.1.2", Breaking, "0.2.0"),
            ("0.1.2", Support, "0.2.0"),
            ("0.1.2", Added, "0.1.3"),
            ("0.1.2", Internal, "0.1.3"),
            ("1.4.2", Breaking, "2.0.0"),
            ("1.4.2", Support, "1.5.0"),
            ("1.4.2", Added, "1.5.0"),
            ("1.4.2", Internal, "1.4.3"),
            ("0.0.3", Breaking, "0.0.4"),
            ("0.0.3", Internal, "0.0.4"),
            ("2.0.0-beta.1", Breaking, "2.0.0"),
            ("2.0.0-beta.1", Internal, "2.0.0"),
        ] {
            let released = version(released);
            let bump = Bump::needed(&released, level);
            assert_eq!(bump.apply(&released), version(next), "{released} {level:?}");
            let promise = breaks(&released, &version(next));
            assert!(promise || level != Breaking || !released.pre.is_empty(), "{released} {level:?}");
        }
    }

    #[test]
    fn breaking_is_what_cargo_does_not_give_to_those_who_ask_for_the_old() {
        for (from, to, expected) in [
            ("0.1.0", "0.1.9", false),
            ("0.1.9", "0.2.0", true),
            ("1.0.0", "1.9.0", false),
            ("1.9.0", "2.0.0", true),
            ("0.0.1", "0.0.2", true),
            ("0.9.0", "1.0.0", true),
        ] {
            assert_eq!(breaks(&version(from), &version(to)), expected, "{from} {to}");
        }
    }
}

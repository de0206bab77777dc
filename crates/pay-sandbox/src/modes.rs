//! Modes: switches for behaviour that the provider's documents leave open or contradict.

use serde::Serialize;

/// How well a mode's value is backed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Evidence {
    /// A document of the provider shows it.
    Documented,
    /// No document says so; a plausible guess of this sandbox.
    Assumed,
}

/// One value that a mode may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ModeValue {
    /// The value's name.
    pub value: &'static str,
    /// How well it is backed.
    pub evidence: Evidence,
}

/// A mode as it stands now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ModeState {
    /// The provider whose mode it is.
    pub provider: &'static str,
    /// The mode's name.
    pub name: &'static str,
    /// What it switches, in one sentence.
    pub about: &'static str,
    /// The value in force.
    pub value: &'static str,
    /// The value after a reset.
    pub default: &'static str,
    /// Every value that it may take; the first is the default.
    pub allowed: Vec<ModeValue>,
}

/// Defines a provider's modes: one small enum each, and a struct that holds and describes them all.
macro_rules! modes {
    ($provider:literal; $(
        #[doc = $about:literal]
        $field:ident: $kind:ident { $($text:literal => $variant:ident $evidence:ident),+ $(,)? }
    )+) => {
        $(
            #[doc = $about]
            #[derive(Clone, Copy, Debug, PartialEq, Eq)]
            pub(super) enum $kind { $(#[doc = $text] $variant),+ }

            impl $kind {
                const ALL: &'static [(Self, $crate::ModeValue)] = &[$((
                    Self::$variant,
                    $crate::ModeValue { value: $text, evidence: $crate::Evidence::$evidence },
                )),+];

                fn text(self) -> &'static str {
                    match self { $(Self::$variant => $text),+ }
                }
            }
        )+

        /// Every mode's current value.
        #[derive(Clone, Debug)]
        pub(super) struct Modes { $(pub(super) $field: $kind),+ }

        impl Default for Modes {
            fn default() -> Self {
                Self { $($field: $kind::ALL[0].0),+ }
            }
        }

        impl Modes {
            /// Every mode with its value, default and allowed values.
            pub(super) fn describe(&self) -> Vec<$crate::ModeState> {
                vec![$($crate::ModeState {
                    provider: $provider,
                    name: stringify!($field),
                    about: $about.trim(),
                    value: self.$field.text(),
                    default: $kind::ALL[0].0.text(),
                    allowed: $kind::ALL.iter().map(|(_, value)| *value).collect(),
                }),+]
            }

            /// Sets one mode by name; the error names the field at fault.
            pub(super) fn set(&mut self, name: &str, value: &str) -> Result<(), $crate::Error> {
                let field = || format!("{}.{name}", $provider);
                match name {
                    $(stringify!($field) => {
                        let known = $kind::ALL.iter().find(|(_, known)| known.value == value);
                        let allowed: Vec<&str> = $kind::ALL.iter().map(|(_, known)| known.value).collect();
                        self.$field = known.map(|(kind, _)| *kind).ok_or_else(|| {
                            $crate::Error::invalid(field(), format!("not one of {}", allowed.join(", ")))
                        })?;
                        Ok(())
                    })+
                    _ => Err($crate::Error::invalid(field(), "no such mode")),
                }
            }

            /// Sets modes by name: all of them, or none where one is wrong.
            pub(super) fn set_all(&mut self, modes: &[(&str, &str)]) -> Result<(), $crate::Error> {
                let mut changed = self.clone();
                for (name, value) in modes {
                    changed.set(name, value)?;
                }
                *self = changed;
                Ok(())
            }
        }

        #[cfg(test)]
        #[test]
        fn every_value_can_be_set_and_is_described() {
            let mut modes = Modes::default();
            for mode in modes.describe() {
                assert_eq!(mode.value, mode.default, "{}", mode.name);
                assert!(mode.about.ends_with('.'), "{}", mode.name);
                for value in &mode.allowed {
                    modes.set_all(&[(mode.name, value.value)]).unwrap();
                    let now = modes.describe();
                    let now = now.iter().find(|now| now.name == mode.name).unwrap();
                    assert_eq!(now.value, value.value);
                }
                let before = (mode.name, mode.allowed[0].value);
                assert!(modes.set_all(&[before, ("no such mode", "")]).is_err());
                let now = modes.describe();
                let now = now.iter().find(|now| now.name == mode.name).unwrap();
                assert_eq!(Some(now.value), mode.allowed.last().map(|value| value.value), "all or none");
            }
        }
    };
}
pub(crate) use modes;

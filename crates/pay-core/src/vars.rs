//! Settings from variables of the environment: each is named where it is missing or wrong.

use crate::error::Error;
use std::fmt;

/// Where variables come from: the environment, or a test's own table.
pub struct Vars(Box<dyn Fn(&'static str) -> Option<String>>);

impl Vars {
    /// This process's environment.
    pub fn of_process() -> Self {
        Self(Box::new(|name| std::env::var(name).ok()))
    }

    /// A table for tests: `full`, where a change gives another value or takes one away.
    #[cfg(any(test, feature = "script"))]
    pub fn table(full: &[(&'static str, &str)], change: &[(&'static str, Option<&str>)]) -> Self {
        let mut table: std::collections::BTreeMap<&'static str, String> =
            full.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        for (name, value) in change {
            match value {
                Some(value) => table.insert(name, (*value).to_owned()),
                None => table.remove(name),
            };
        }
        Self(Box::new(move |name| table.get(name).cloned()))
    }

    /// A variable that may be set.
    pub fn get(&self, name: &'static str) -> Option<String> {
        (self.0)(name)
    }

    /// A variable that must be set.
    ///
    /// # Errors
    /// `Kind::Config` with its name.
    pub fn required(&self, name: &'static str) -> Result<String, Error> {
        self.get(name).ok_or_else(|| Error::config(name, "is not set in the environment"))
    }

    /// The one of `choices` that a variable names, where it is set.
    ///
    /// # Errors
    /// `Kind::Config` with its name and the choices, where it names another.
    pub fn chosen<T: Clone>(&self, name: &'static str, choices: &[(&str, T)]) -> Result<Option<T>, Error> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let found = choices.iter().find(|(word, _)| *word == text).map(|(_, choice)| choice.clone());
        found.map(Some).ok_or_else(|| {
            let words: Vec<_> = choices.iter().map(|(word, _)| format!("`{word}`")).collect();
            let text = match words.split_last() {
                Some((last, [])) => last.clone(),
                Some((last, others)) => format!("{} or {last}", others.join(", ")),
                None => "left out".to_owned(),
            };
            Error::config(name, format!("must be {text}"))
        })
    }
}

/// Variables hold secrets.
impl fmt::Debug for Vars {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vars(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_or_wrong_is_named() {
        let vars = Vars::table(&[("A", "1"), ("B", "red")], &[("C", Some("x")), ("A", None)]);
        assert_eq!(vars.required("A").unwrap_err().setting(), Some("A"));
        assert_eq!((vars.get("C").as_deref(), vars.get("D")), (Some("x"), None));
        assert_eq!(vars.chosen("B", &[("red", 1), ("blue", 2)]).unwrap(), Some(1));
        assert_eq!(vars.chosen("D", &[("red", 1)]).unwrap(), None);
        let error = vars.chosen("C", &[("red", 1), ("blue", 2), ("green", 3)]).unwrap_err();
        assert_eq!(error.setting(), Some("C"));
        assert!(error.to_string().contains("must be `red`, `blue` or `green`"), "{error}");
    }
}

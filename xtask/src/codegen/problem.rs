//! What is wrong with a spec, where, and what to do about it.

use std::fmt;

/// A problem at a line of a file, with a hint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    file: String,
    line: u64,
    message: String,
    hint: String,
}

impl Problem {
    pub(crate) fn new(file: &str, line: u64, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line, message: message.into(), hint: hint.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}\n  hint: {}", self.file, self.line, self.message, self.hint)
    }
}

/// All problems of one file, in the order of its lines.
#[derive(Debug)]
pub(crate) struct Problems {
    file: String,
    found: Vec<Problem>,
}

impl Problems {
    pub(crate) fn of(file: &str) -> Self {
        Self { file: file.to_owned(), found: Vec::new() }
    }

    /// Keeps a problem and goes on, so that one run shows them all.
    pub(crate) fn add(&mut self, line: u64, message: impl Into<String>, hint: impl Into<String>) {
        let problem = Problem::new(&self.file, line, message, hint);
        if !self.found.contains(&problem) {
            self.found.push(problem);
        }
    }

    /// `value`, if nothing was found.
    pub(crate) fn or<T>(mut self, value: T) -> Result<T, Vec<Problem>> {
        if self.found.is_empty() {
            return Ok(value);
        }
        self.found.sort_by_key(|problem| problem.line);
        Err(self.found)
    }
}

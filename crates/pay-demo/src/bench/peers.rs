//! The program with other libraries' caches, asked line by line.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// The running program.
#[derive(Debug)]
pub(crate) struct Peers {
    process: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Peers {
    pub(crate) fn start(program: &Path) -> Result<Self, String> {
        let mut process = Command::new(program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("{}: {error}", program.display()))?;
        match (process.stdin.take(), process.stdout.take()) {
            (Some(to), Some(from)) => Ok(Self { process, to, from: BufReader::new(from) }),
            _ => Err("the peers' program has no pipes".into()),
        }
    }

    /// One scenario; its figures.
    pub(crate) fn ask(&mut self, scenario: &str) -> Result<Vec<f64>, String> {
        writeln!(self.to, "{scenario}").map_err(|error| error.to_string())?;
        let mut answer = String::new();
        self.from.read_line(&mut answer).map_err(|error| error.to_string())?;
        figures(&answer).map_err(|error| format!("{scenario}: {error}"))
    }
}

impl Drop for Peers {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn figures(answer: &str) -> Result<Vec<f64>, String> {
    let Some(figures) = answer.trim().strip_prefix("ok ") else {
        return Err(if answer.is_empty() { "it ended".into() } else { answer.trim().to_owned() });
    };
    figures.split_whitespace().map(|figure| figure.parse().map_err(|_| format!("{figure:?} is no figure"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_figures_or_errors() {
        assert_eq!(figures("ok 1 100 53.5\n"), Ok(vec![1.0, 100.0, 53.5]));
        assert_eq!(figures("error no token\n"), Err("error no token".into()));
        assert_eq!(figures(""), Err("it ended".into()));
        assert!(figures("ok x\n").unwrap_err().contains("\"x\""));
    }
}

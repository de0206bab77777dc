//! The shell commands that the repository's pages print, word for word.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use std::path::{Path, PathBuf};

/// One command of a fenced shell block.
#[derive(Debug)]
pub struct Command {
    /// Page and line of its block.
    pub at: String,
    /// What stands before it, such as `WEBHOOK_PRICE=10`.
    pub settings: Vec<(String, String)>,
    pub words: Vec<String>,
}

impl Command {
    /// The words that follow these, if it begins with them.
    pub fn after(&self, start: &[&str]) -> Option<&[String]> {
        let begins = self.words.len() >= start.len() && self.words.iter().zip(start).all(|(word, start)| word == start);
        begins.then(|| &self.words[start.len()..])
    }
}

/// All commands, page by page and in order; none in a packed crate, which has no repository around it.
pub fn commands() -> Vec<Command> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut pages = vec![root.join("README.md")];
    for folder in ["docs", "docs/providers"] {
        pages.extend(files(&root.join(folder)));
    }
    pages.extend(files(&root.join("crates")).into_iter().map(|dir| dir.join("README.md")));
    pages.sort();
    let pages = pages.iter().filter(|page| page.extension().is_some_and(|end| end == "md"));
    let read = |page: &PathBuf| {
        Some((page.strip_prefix(&root).ok()?.display().to_string(), std::fs::read_to_string(page).ok()?))
    };
    pages.filter_map(read).flat_map(|(page, text)| of_page(&page, &text)).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    entries.map(|entry| entry.unwrap().path()).collect()
}

fn of_page(page: &str, text: &str) -> Vec<Command> {
    let mut commands = Vec::new();
    let mut block: Option<(usize, String, String)> = None;
    for (number, line) in (1..).zip(text.lines().map(str::trim)) {
        match (&mut block, line.strip_prefix("```")) {
            (None, Some(language)) => block = Some((number, language.to_owned(), String::new())),
            (Some(_), Some(_)) => {
                let (number, language, text) = block.take().unwrap();
                if ["sh", "console"].contains(&language.as_str()) {
                    let lines = text.replace("\\\n", " ");
                    let prompts =
                        lines.lines().filter_map(|line| line.strip_prefix("$ ").or((language == "sh").then_some(line)));
                    commands.extend(prompts.filter_map(|line| command(format!("{page}:{number}"), line)));
                }
            }
            (Some((_, _, text)), None) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, None) => {}
        }
    }
    commands
}

/// Splits a line as a shell would, comments left out.
fn command(at: String, line: &str) -> Option<Command> {
    let mut words = shlex::split(line).unwrap().into_iter().peekable();
    let mut settings = Vec::new();
    let name = |name: &str| {
        !name.is_empty() && name.chars().all(|it| it.is_ascii_uppercase() || it.is_ascii_digit() || it == '_')
    };
    while let Some((key, value)) = words.peek().and_then(|word| word.split_once('=')).filter(|(key, _)| name(key)) {
        settings.push((key.to_owned(), value.to_owned()));
        words.next();
    }
    let words: Vec<String> = words.collect();
    (!words.is_empty()).then_some(Command { at, settings, words })
}

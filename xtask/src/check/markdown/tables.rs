//! Tables: `tables.txt` says of each what holds it, so that none is written and then forgotten.

use super::page::{Page, Table};
use crate::check::files::{Tree, claims};
use crate::cli;

const LIST: &str = include_str!("tables.txt");
const FILE: &str = "xtask/src/check/markdown/tables.txt";

/// What holds a table.
#[derive(Debug)]
enum Held<'l> {
    /// A step of `cargo xtask check` fails when it drifts.
    Step(&'l str),
    /// A test does.
    Test(&'l str),
    /// The first column's code spans stand in the sources below this path.
    Code(&'l str),
    /// A command makes it, and the page names the command.
    Made(&'l str),
    /// A person wrote it from the facts or about what to do; it holds no figure that is measured and lists nothing that code has.
    Words,
}

/// A line of the list.
#[derive(Debug)]
struct Entry<'l> {
    file: &'l str,
    head: &'l str,
    held: Held<'l>,
}

/// Every table is in the list, everything in the list is a table, and what holds it is there.
pub(super) fn not_held(tree: &Tree, steps: &[&str], pages: &[Page]) -> Vec<String> {
    compare(tree, steps, pages, LIST)
}

fn compare(tree: &Tree, steps: &[&str], pages: &[Page], list: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let mut entries = Vec::new();
    for (number, line) in (1..).zip(list.lines()).filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
        match entry(line) {
            Some(entry) => {
                problems.extend(absent(tree, steps, &entry.held).map(|why| format!("{FILE}:{number}: {why}")));
                entries.push((number, entry, false));
            }
            None => problems.push(format!("{FILE}:{number}: not `FILE | HEAD => step|test|code|made|words ...`")),
        }
    }
    for page in pages {
        for table in &page.tables {
            let head = table.head.join(" / ");
            let Some((_, entry, used)) =
                entries.iter_mut().find(|(_, it, _)| matches(it.file, &page.file) && it.head == head)
            else {
                problems.push(format!(
                    "{}:{}: {FILE} does not say what holds this table, such as `{} | {head} => words`",
                    page.file, table.line, page.file
                ));
                continue;
            };
            *used = true;
            if let Held::Code(path) = entry.held {
                let gone = gone_from(tree, path, table);
                problems.extend(gone.map(|name| format!("{}:{}: not in {path}: `{name}`", page.file, table.line)));
            }
            if let Held::Made(command) = entry.held
                && !tree.text(&page.file).unwrap_or_default().contains(command)
            {
                problems
                    .push(format!("{}:{}: does not name the command that makes it: {command}", page.file, table.line));
            }
        }
    }
    let gone = entries.iter().filter(|(_, _, used)| !used);
    problems.extend(gone.map(|(number, entry, _)| format!("{FILE}:{number}: no such table: {}", entry.head)));
    problems
}

fn entry(line: &str) -> Option<Entry<'_>> {
    let (table, held) = line.split_once(" => ")?;
    let (file, head) = table.split_once(" | ")?;
    let (kind, rest) = held.split_once(' ').unwrap_or((held, ""));
    let held = match kind {
        "step" => Held::Step(rest),
        "test" => Held::Test(rest),
        "code" => Held::Code(rest),
        "made" => Held::Made(rest),
        "words" => Held::Words,
        _ => return None,
    };
    Some(Entry { file, head, held })
}

fn absent(tree: &Tree, steps: &[&str], held: &Held) -> Option<String> {
    match held {
        Held::Step(name) => (!steps.contains(name)).then(|| format!("no step `{name}`")),
        Held::Test(command) => claims::missing(tree, steps, command),
        Held::Made(command) => match command.strip_prefix("cargo xtask ") {
            Some(arguments) => cli::parse(arguments.split_whitespace()).err().map(|cli::Usage(why)| why),
            None => claims::missing(tree, steps, command),
        },
        Held::Code(path) => {
            tree.files().iter().all(|file| !file.starts_with(path)).then(|| format!("nothing at {path}"))
        }
        Held::Words => None,
    }
}

/// The names of the first column that the sources below a path do not have.
fn gone_from<'t>(tree: &'t Tree, path: &str, table: &'t Table) -> impl Iterator<Item = &'t str> {
    let code: String = tree.sources().filter(|(file, _)| file.starts_with(path)).map(|(_, text)| text).collect();
    table.first_column().map(name_in).filter(move |name| !code.contains(name))
}

/// What to look for of `GET /clock`, `Verified(Event)`, `settle(..)` or `a::B`.
fn name_in(span: &str) -> &str {
    let span = span.rsplit(' ').next().unwrap_or(span);
    let span = span.split('(').next().unwrap_or(span);
    span.rsplit("::").next().unwrap_or(span)
}

/// A path, or one with one `*` for a part of it.
fn matches(pattern: &str, file: &str) -> bool {
    match pattern.split_once('*') {
        Some((start, end)) => file
            .strip_prefix(start)
            .is_some_and(|rest| rest.ends_with(end) && !rest[..rest.len() - end.len()].contains('/')),
        None => pattern == file,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::pages;
    use super::*;
    use crate::check::files::Sample;

    fn problems(list: &str) -> Vec<String> {
        let table = "# A\n\n`cargo xtask demo`\n\n| What | Ours |\n|---|---|\n| x `all(..)` | 1 |\n";
        let sample = Sample::new(&[("docs/a.md", table), ("crates/a/tests/wire.rs", "fn all() {}\n")]);
        compare(&sample.tree(), &["files"], &pages(&sample.tree()), list)
    }

    #[test]
    fn a_table_that_something_holds_passes() {
        for held in
            ["words", "code crates/a/", "step files", "made cargo xtask demo", "test cargo test -p a --test wire all"]
        {
            assert_eq!(problems(&format!("# a comment\n\ndocs/*.md | What / Ours => {held}\n")), [""; 0], "{held}");
        }
    }

    #[test]
    fn others_are_named() {
        let first = |list: &str| problems(list).remove(0);
        assert!(first("").starts_with("docs/a.md:5: "), "{}", first(""));
        assert!(first("docs/*.md | What / Ours => hope\n").contains("not `FILE"));
        for (held, why) in [
            ("step gone", "no step `gone`"),
            ("made cargo xtask gone", "no task \"gone\""),
            ("made cargo xtask test", "does not name the command"),
            ("test cargo test -p a --test wire gone", "no test `gone`"),
            ("code crates/b/", "nothing at crates/b/"),
            ("code docs/", "not in docs/: `all`"),
        ] {
            let problem = first(&format!("docs/a.md | What / Ours => {held}\n"));
            assert!(problem.contains(why), "{problem}");
        }
        let gone = problems("docs/a.md | What / Ours => words\ndocs/a.md | Else => words\n");
        assert_eq!(gone, [format!("{FILE}:2: no such table: Else")]);
    }
}

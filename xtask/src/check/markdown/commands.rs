//! Commands: each that a page shows exists, and somebody runs it or the page says that nobody does.

use super::page::{Block, Page};
use crate::check::files::{Tree, claims};
use crate::cli;
use crate::workspace::Workspace;

const DEMO: &str = "cargo xtask demo";
const TEST: &str = "cargo xtask test";

/// Who runs what begins or is so: the tests read the commands from the pages.
const RUN_BY: [(&str, &str, &str); 7] = [
    ("cargo run -p pay-sandbox ", "crates/pay-sandbox/tests/guides.rs", "the_commands_of_the_guides_work"),
    ("pay-sandbox serve", "crates/pay-sandbox/tests/guides.rs", "the_commands_of_the_guides_work"),
    ("curl -s ", "crates/pay-sandbox/tests/guides.rs", "the_commands_of_the_guides_work"),
    ("cargo run -p ", "crates/pay-demo/tests/guides.rs", "the_examples_of_the_guides_run_as_they_are_printed"),
    ("cargo xtask demo --scale", "crates/pay-demo/tests/scale.rs", ""),
    ("cargo xtask release prepare ", "xtask/tests/release/prepare.rs", "a_version_stands_everywhere_after_one_commit"),
    ("cargo xtask release publish", "xtask/tests/release/main.rs", "what_is_due_is_published_and_tagged_once"),
];

/// What CI does not run, and why: the reason stands behind the command on its page, too.
const NOT_RUN: [(&str, &str); 5] = [
    ("cargo add ", "needs the registry"),
    ("cargo install ", "needs the registry"),
    ("cargo yank ", "needs the registry"),
    ("git push ", "needs the repository that all share"),
    ("cargo xtask bench", "takes minutes, and wants a quiet machine"),
];
const MARK: &str = "not run in CI: ";

/// One fenced shell block of the README holds exactly the two commands, and CI runs both.
pub(super) fn the_two(tree: &Tree, pages: &[Page]) -> Vec<String> {
    let mut problems = Vec::new();
    let readme = pages.iter().find(|page| page.file == "README.md");
    let both = |block: &Block| {
        let lines: Vec<String> = commands(block).into_iter().map(|command| command.text).collect();
        lines.len() == 2 && [DEMO, TEST].iter().all(|command| lines.iter().any(|line| line == command))
    };
    if !readme.is_some_and(|page| page.blocks.iter().filter(|block| is_shell(block)).any(both)) {
        problems.push(format!("README.md: no fenced shell block holds exactly `{DEMO}` and `{TEST}`"));
    }
    let ci = tree.text(".ci/run").unwrap_or_default();
    let missing = [DEMO, TEST].into_iter().filter(|command| !in_ci(&ci, command));
    problems.extend(missing.map(|command| format!(".ci/run: does not run `{command}`")));
    problems
}

/// Every other command of a page is one that exists, and one that is run or marked.
pub(super) fn unknown(tree: &Tree, workspace: &Workspace, steps: &[&str], pages: &[Page]) -> Vec<String> {
    let ci = tree.text(".ci/run").unwrap_or_default();
    let mut problems = Vec::new();
    for page in pages {
        for code in page.codes.iter().filter(|code| code.text.starts_with("cargo ")) {
            let wrong = invalid(tree, workspace, steps, &code.text);
            problems.extend(wrong.map(|why| format!("{}:{}: {why}: {}", page.file, code.line, code.text)));
        }
        for block in &page.blocks {
            let at = format!("{}:{}", page.file, block.line);
            if !is_shell(block) {
                let hidden = block.text.lines().map(str::trim).find(|line| looks_like_a_command(line));
                problems.extend(hidden.map(|line| format!("{at}: a command in a block that is not `sh`: {line}")));
                continue;
            }
            for command in commands(block) {
                let wrong = invalid(tree, workspace, steps, &command.text).or_else(|| not_shown(tree, &ci, &command));
                problems.extend(wrong.map(|why| format!("{at}: {why}: {}", command.text)));
            }
        }
    }
    problems
}

/// A command of a block, with what stands behind its `#`.
#[derive(Debug, PartialEq)]
struct Command {
    text: String,
    comment: String,
}

fn is_shell(block: &Block) -> bool {
    ["sh", "bash", "shell", "console"].contains(&block.language.trim())
}

fn looks_like_a_command(line: &str) -> bool {
    ["$ ", "cargo ", "curl ", "pay-sandbox ", "git ", "npm "].iter().any(|start| line.starts_with(start))
}

/// The commands of a block: continued lines joined; settings before them, prompts and output left out.
fn commands(block: &Block) -> Vec<Command> {
    let prompts = block.language.trim() == "console";
    let text = block.text.replace("\\\n", " ");
    let mut commands = Vec::new();
    for line in text.lines().map(str::trim) {
        let line = match line.strip_prefix("$ ") {
            Some(line) => line,
            None if prompts => continue,
            None => line,
        };
        let (command, comment) = line.split_once(" #").unwrap_or((line, ""));
        // A line that no shell could split is kept as it is, and found to be nobody's.
        let words = shlex::split(command).unwrap_or_else(|| vec![command.to_owned()]);
        let text = words.into_iter().skip_while(|word| is_setting(word)).collect::<Vec<_>>().join(" ");
        if !text.is_empty() && !text.starts_with('#') {
            commands.push(Command { text, comment: comment.trim().to_owned() });
        }
    }
    commands
}

fn is_setting(word: &str) -> bool {
    let name = |letter: char| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_';
    word.split_once('=').is_some_and(|(before, _)| !before.is_empty() && before.chars().all(name))
}

/// Why a command could not be run by anybody. A form with brackets or dots shows what can be said, and is none.
fn invalid(tree: &Tree, workspace: &Workspace, steps: &[&str], command: &str) -> Option<String> {
    if command.contains(['[', '<', '…'])
        || command.contains("...")
        || command.contains("NAME")
        || command.contains("CRATE")
    {
        return None;
    }
    let words: Vec<&str> = command.split_whitespace().collect();
    match words[..] {
        ["cargo", "xtask", ref arguments @ ..] => match cli::parse(arguments) {
            Ok(_) => claims::missing(tree, steps, command),
            Err(cli::Usage(why)) => Some(why.lines().next().unwrap_or_default().to_owned()),
        },
        ["cargo", "test", ..] => claims::missing(tree, steps, command),
        ["cargo", "add" | "install", ref rest @ ..] => not_published(workspace, rest),
        ["cargo", "run", ref rest @ ..] => {
            let value = |name: &str| rest.iter().skip_while(|word| **word != name).nth(1);
            let package = value("-p")?;
            let example = value("--example")?;
            let file = |end: &str| tree.text(&format!("crates/{package}/examples/{example}{end}")).is_some();
            (!file(".rs") && !file("/main.rs")).then(|| format!("no example `{example}` of `{package}`"))
        }
        _ => None,
    }
}

fn not_published(workspace: &Workspace, words: &[&str]) -> Option<String> {
    let mut package = None;
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match *word {
            "--no-default-features" | "--dev" => {}
            "--features" => {
                let known: &crate::workspace::Package = package?;
                let features = words.next()?.split(',');
                if let Some(wrong) = features.into_iter().find(|name| !known.features.contains_key(*name)) {
                    return Some(format!("`{}` has no feature `{wrong}`", known.name));
                }
            }
            name => match workspace.package(name).filter(|package| package.published) {
                None if package.is_none() => return Some(format!("no published crate `{name}`")),
                found => package = found.or(package),
            },
        }
    }
    None
}

/// Why a command is not known to work: nobody runs it, and its page does not say so.
fn not_shown(tree: &Tree, ci: &str, command: &Command) -> Option<String> {
    if in_ci(ci, &command.text) {
        return None;
    }
    let begins = |start: &str| command.text == start.trim_end() || command.text.starts_with(start);
    if let Some((_, file, name)) = RUN_BY.iter().find(|(start, _, _)| begins(start)) {
        let there = tree.text(file).is_some_and(|text| text.contains(&format!("fn {name}")));
        return (!there).then(|| format!("no test `{name}` in {file} runs it"));
    }
    match NOT_RUN.iter().find(|(start, _)| begins(start)) {
        Some((_, reason)) if command.comment.ends_with(&format!("{MARK}{reason}")) => None,
        Some((_, reason)) => Some(format!("lacks its mark `# {MARK}{reason}`")),
        None => {
            Some("nobody runs it; xtask/src/check/markdown/commands.rs says what is run, and what is not".to_owned())
        }
    }
}

/// Whether CI runs a command, with `--all` or whatever else behind it.
fn in_ci(ci: &str, command: &str) -> bool {
    let mut lines = ci.lines().map(str::trim_start).filter(|line| !line.starts_with('#'));
    lines.any(|line| {
        line.split_once(command).is_some_and(|(_, rest)| rest.is_empty() || rest.starts_with([' ', '"', ')']))
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::pages;
    use super::*;
    use crate::check::files::Sample;
    use crate::workspace::Package;

    const CI: &str = "#!/usr/bin/env bash\npart test cargo xtask test --all\npart demo cargo xtask demo\n";

    fn two(block: &str, ci: &str) -> Vec<String> {
        let readme = format!("# x\n```rust\nlet x = 1;\n```\nThen:\n```sh\n{block}```\n");
        let sample = Sample::new(&[("README.md", &readme), (".ci/run", ci)]);
        the_two(&sample.tree(), &pages(&sample.tree()))
    }

    #[test]
    fn both_commands_in_one_block_pass() {
        assert_eq!(two("cargo xtask demo\ncargo xtask test\n", CI), [""; 0]);
        assert_eq!(two("cargo xtask test   # everything\n\n# offline\ncargo xtask demo\n", CI), [""; 0]);
    }

    #[test]
    fn a_readme_with_other_commands_is_named() {
        for block in [
            "cargo xtask demo\n",
            "cargo xtask demo\ncargo test\n",
            "cargo xtask demo\ncargo xtask test --all\n",
            "cargo xtask demo\ncargo xtask test\ncargo xtask check\n",
        ] {
            assert_eq!(two(block, CI).len(), 1, "{block}");
        }
    }

    #[test]
    fn commands_that_ci_does_not_run_are_named() {
        let both = "cargo xtask demo\ncargo xtask test\n";
        assert_eq!(two(both, "").len(), 2);
        let problems = two(both, "# cargo xtask test\ncargo xtask demo\n");
        assert_eq!(problems, [".ci/run: does not run `cargo xtask test`"]);
    }

    fn problems(page: &str) -> Vec<String> {
        let sample = Sample::new(&[
            ("docs/a.md", page),
            (".ci/run", CI),
            ("crates/shop/examples/buy.rs", ""),
            ("crates/pay-demo/tests/guides.rs", "fn the_examples_of_the_guides_run_as_they_are_printed() {}\n"),
        ]);
        let package = Package {
            name: "shop".into(),
            published: true,
            features: [("tls".to_owned(), Vec::new())].into(),
            ..Package::default()
        };
        let workspace = Workspace { packages: vec![package], ..Workspace::default() };
        unknown(&sample.tree(), &workspace, &["files"], &pages(&sample.tree()))
    }

    #[test]
    fn commands_that_are_run_or_marked_pass() {
        for block in [
            "cargo xtask test",
            "A=1 B=\"2 3\" cargo run -p shop --example buy -- 5",
            "A=1 \\\n   cargo run -p shop \\\n  --example buy",
            "cargo add shop --features tls  # not run in CI: needs the registry",
            "cargo xtask bench --quick  # a minute; not run in CI: takes minutes, and wants a quiet machine",
        ] {
            assert_eq!(problems(&format!("```sh\n{block}\n```\n")), [""; 0], "{block}");
        }
        assert_eq!(
            problems("```console\n$ cargo xtask test\ncargo it is not\n```\n`cargo xtask check files`"),
            [""; 0]
        );
    }

    #[test]
    fn others_are_named() {
        for (block, why) in [
            ("cargo xtask chekc", "no task"),
            ("cargo xtask bench --quick", "lacks its mark `# not run in CI: takes minutes"),
            ("cargo add shop --features ssl  # not run in CI: needs the registry", "`shop` has no feature `ssl`"),
            ("cargo add other  # not run in CI: needs the registry", "no published crate `other`"),
            ("cargo run -p shop --example sell", "no example `sell` of `shop`"),
            ("pay-sandbox serve", "no test `the_commands_of_the_guides_work`"),
            ("rm -rf x", "nobody runs it"),
        ] {
            let found = problems(&format!("```sh\n{block}\n```\n"));
            assert!(found.len() == 1 && found[0].contains(why), "{block}: {found:?}");
        }
        assert!(problems("```text\ncargo xtask test\n```\n")[0].contains("not `sh`"));
        assert!(problems("`cargo xtask gone`")[0].contains("no task"));
    }
}
